"""Plant and recover: before an estimator meets the data, it meets the real panel with a known effect in it.

A plant has two parts.  The *effect* is what membership does, and what an estimator is to find.  Two *disturbances* are
what it must not take for that: a calendar that moves all cases alike, and cohorts that begin at different levels.
What it is planted in is in :mod:`hralign.stress.bases`, what comes back in :mod:`hralign.stress.recover`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import HralignError, NotEnoughData
from ..panel import coding_of

KINDS: Mapping[str, str] = {
    "none": "membership does nothing",
    "constant": "a step of so many points",
    "growing": "so many points more in every year",
    "cohort": "so many points more in every year where the accession was early, nothing where it was late",
}
"""What membership may do."""


@dataclass(frozen=True)
class Effect:
    """What is planted.

    Attributes
    ----------
    kind : str
        One of :data:`KINDS`.
    size : float
        Points, or points per year.
    start : int
        Years from accession at which the effect begins: 0 with it, −5 five years before, 5 five years after.
    lasts : bool
        Whether the effect stays after an exit, as it stood in the last year, or is gone at once.
    calendar : float or mapping
        A disturbance: points per calendar year, or year -> points, the same for all cases.
    cohorts : float
        A disturbance: points per year of accession by which cases that join later stand higher in all years.

    Raises
    ------
    HralignError
        If the kind is unknown or a size is no number.
    """

    kind: str = "growing"
    size: float = 0.01
    start: int = 0
    lasts: bool = True
    calendar: float | Mapping[int, float] = 0.0
    cohorts: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise HralignError(f"There is no effect of kind '{self.kind}'. Choose one of: {', '.join(KINDS)}.")
        for name in ("size", "start", "calendar", "cohorts"):
            value = getattr(self, name)
            values = list(value.values()) if isinstance(value, Mapping) else value
            if not np.isfinite(np.asarray(values, dtype=float)).all():
                raise HralignError(f"The {name} of a planted effect is missing or infinite. Give a number.")


def plant(panel: pd.DataFrame, effect: Effect | str = "growing", **parts: Any) -> pd.DataFrame:
    """The panel with a known effect in its scores and distances.

    Parameters
    ----------
    panel : DataFrame
        From :func:`hralign.panel.build_panel`, as it is or any base; or a placebo panel with its clocks.
    effect : Effect or str
        An effect, or its kind, with the other attributes of :class:`Effect` as keywords.

    Returns
    -------
    DataFrame
        The panel, ``score`` and ``distance`` raised by what was planted, with the columns ``planted`` (what membership
        does in that case and year, in points) and ``disturbed`` (what calendar and cohorts do).  The n-th year of an
        effect that grows from accession has n times its size, so that it is ``size`` times ``duration`` for a member.
        While a state is out, the effect stays as it was.  Cases stay selected as they were, and the IGO means as they
        are.  ``.attrs["effect"]`` holds the :class:`Effect`.

    Raises
    ------
    HralignError
        If the kind is unknown or a size is no number.
    NotEnoughData
        If an effect is to depend on the cohort and there is one cohort only, or a calendar leaves out a year.
    """
    effect = effect if isinstance(effect, Effect) else Effect(effect, **parts)
    since = (_membership_clock(panel, effect.lasts) - effect.start + 1).clip(lower=0)  # 1 in the year it begins
    shape = {
        "none": lambda: 0.0 * since,
        "constant": lambda: since.gt(0).astype(float),
        "growing": lambda: since,
        "cohort": lambda: since * early(panel),
    }
    planted = effect.size * shape[effect.kind]()
    disturbed = _calendar(panel, effect.calendar) + effect.cohorts * (panel["accession"] - panel["accession"].mean())
    both = planted + disturbed
    out = panel.assign(
        score=panel["score"] + both, distance=panel["distance"] + both, planted=planted, disturbed=disturbed
    )
    out.attrs = {**panel.attrs, "effect": effect}
    return out


def _membership_clock(panel: pd.DataFrame, lasts: bool) -> pd.Series:
    """Years to accession before it, then years of membership completed before this one: −1, 0, 1, …

    It stands still while a state is out, or where an effect does not last, is gone (−∞).
    """
    event = (panel["year"] - panel["accession"]).astype(float)
    ordered = panel.sort_values(["case", "year"])
    inside = ordered["member"].where(event.loc[ordered.index].ge(0), 0)
    served = inside.groupby(ordered["case"]).cumsum().astype(float).reindex(panel.index)
    clock = event.where(event < 0, served - 1)
    return clock if lasts else clock.where(panel["member"].eq(1) | (event < 0), -np.inf)


def early(panel: pd.DataFrame) -> pd.Series:
    """1.0 in rows of cases that joined up to the median year of accession, else 0.0; an error for one cohort."""
    of_case = panel.drop_duplicates("case")["accession"]
    if of_case.nunique() < 2:
        raise NotEnoughData(
            f"All cases joined in one year ({of_case.iloc[0]}): an effect cannot depend on a cohort of one. Plant "
            "another kind, or take a panel with several years of accession."
        )
    # the last cohort is late whatever the median
    return panel["accession"].le(min(of_case.median(), of_case.max() - 1)).astype(float)


def _calendar(panel: pd.DataFrame, calendar: float | Mapping[int, float]) -> pd.Series:
    if not isinstance(calendar, Mapping):
        return calendar * (panel["year"] - panel["year"].mean())
    points = panel["year"].map(calendar)
    if points.isna().any():
        raise NotEnoughData(
            f"The planted calendar says nothing of {panel.loc[points.isna(), 'year'].min()}. Give every year of the "
            "panel its points."
        )
    return points.astype(float)


def true_slope(planted: pd.DataFrame) -> float:
    """The slope that was planted, in points per year: of ``planted`` on ``duration``, averaged over cases.

    Over membership years of the sample's span with a distance, in the same year; cases with one such year have none.
    """
    rows = planted[planted["member"].eq(1) & planted["year"].le(coding_of(planted).last_year)]
    rows = rows[rows["distance"].notna()]
    by_case = rows.groupby("case")
    d = rows["duration"].astype(float) - by_case["duration"].transform("mean").astype(float)
    sums = pd.DataFrame({"xy": d * rows["planted"], "xx": d * d}).groupby(rows["case"]).sum()
    sums = sums[sums["xx"] > 0]
    if sums.empty:
        raise NotEnoughData("No case has two membership years with a distance: there is no slope to plant.")
    return float((sums["xy"] / sums["xx"]).mean())


def true_at(event_year: int) -> Callable[[pd.DataFrame], float]:
    """A function that gives what was planted so many years after accession, averaged over cases: for event time."""

    def truth(planted: pd.DataFrame) -> float:
        there = (planted["year"] - planted["accession"]).eq(event_year) & planted["distance"].notna()
        if not there.any():
            raise NotEnoughData(f"No case has a distance in year {event_year} of event time. Ask for another year.")
        return float(planted.loc[there, "planted"].mean())

    return truth
