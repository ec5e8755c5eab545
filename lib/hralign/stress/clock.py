"""Whose clock? One slope of duration under different rules about the calendar.

Let d be the year of membership, t the calendar year and e = t − d the entry, one less than the year of accession for a
case that never left.  Within such a case e is constant: d and t rise together, and no history of one case can tell
them apart.  A rule about the calendar is what does.  With d and t in a model of varying intercepts,

    (K1)  b·d + g·t  =  (b + g)·d + g·e ,

so that the model with the calendar year is the model with the entry year, in other words.  Table 2's slope b is the
*lived* slope b + g, what a case goes through while both clocks run, less g, by which cases of a later entry differ at
the same duration.  Taking g for the calendar's doing, as Table 2 does, supposes that cohorts began alike.

(K2)  Mundlak's device (1978, Econometrica 46(1)): w·(d − d̄) + m·d̄ + n·t̄, a bar being the mean of a case, with the case
      means of all controls that change within cases.  Table 2 is its special case w = m + n.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ..errors import HralignError
from ..panel import build_panel
from ..sources.tables import Sources
from ..study.alignment import weighted_sum
from .clock_sample import ClockSample

COLUMNS = ["rule", "timing", "estimate", "model_se", "state_se", "rows", "cases", "states"]

RULES: Mapping[str, Callable[[ClockSample], dict[str, float]]] = MappingProxyType({
    "table2": lambda s: weighted_sum(s.table2, {"duration": 1}),
    "without_year": lambda s: weighted_sum(s.fit(["duration", *s.controls]), {"duration": 1}),
    "case_effects": lambda s: s.needs_returns().case_effects("duration", "year"),
    "case_effects_no_year": lambda s: s.case_effects("duration"),
    "lived": lambda s: weighted_sum(s.table2, {"duration": 1, "year": s.a_year}),
    "mundlak_within": lambda s: weighted_sum(s.mundlak, {"within": 1}),
    "mundlak_between": lambda s: weighted_sum(s.mundlak, {"between": 1}),
    "year_effects": lambda s: weighted_sum(s.with_dummies("calendar"), {"duration": 1}),
    "cohort_effects": lambda s: weighted_sum(s.with_dummies("cohort"), {"duration": 1}),
})  # fmt: skip
"""How each rule estimates the slope of duration, in points per year: estimate, ``model_se`` and ``state_se``."""

COMPARES: Mapping[str, str] = MappingProxyType({
    "table2": "cases long in with cases newly in, in the same year (the calendar is a line)",
    "without_year": "both the same case over time and cases with each other",
    "case_effects": "the few cases that left and came back with their own earlier selves",
    "case_effects_no_year": "the same case over time, years counted alike (the calendar is nothing)",
    "lived": "the same case over time, cases counted alike (both clocks run)",
    "mundlak_within": "the same case over time, the means of all controls held",
    "mundlak_between": "cases with long records with cases with short ones, of the same mean year",
    "year_effects": "cases long in with cases newly in, in the same year (the calendar is free)",
    "cohort_effects": "cases of the same accession year at different durations",
})  # fmt: skip
"""What each rule compares, in words."""


def slope(sample: ClockSample, rule: str) -> dict[str, float]:
    """The slope of duration under a rule, in points per year: ``estimate``, ``model_se``, ``state_se``.

    Raises
    ------
    HralignError
        If there is no such rule.
    NotEnoughData
        If the sample cannot tell.
    """
    if rule not in RULES:
        raise HralignError(f"There is no rule '{rule}' about the calendar. Choose one of: {', '.join(RULES)}.")
    return RULES[rule](sample)


def clock(
    source: pd.DataFrame | Sources,
    score: str = "fariss",
    timing: str | Iterable[str] = "lag",
    rules: Iterable[str] | None = None,
) -> pd.DataFrame:
    """The slope of duration under different rules about the calendar, side by side.

    Parameters
    ----------
    source : DataFrame or Sources
        A panel, or sources to build one from under the default coding.
    score : str
        The score of that panel; a panel that is given has its own.
    timing : str or iterable of str
        When the outcome is taken: ``lag``, ``same``, ``lead``, or several of them.
    rules : iterable of str, optional
        Some of :data:`RULES`; :data:`COMPARES` says what each compares.

    Returns
    -------
    DataFrame
        One row per timing and rule: ``rule``, ``timing``, ``estimate``, ``model_se``, ``state_se`` (points per year)
        and the ``rows``, ``cases`` and ``states`` that the rule learns the slope from.  These are the whole sample but
        for ``case_effects``, which has only the cases that left and came back: within all others duration and calendar
        are one.  Where there is no such case its estimate is missing.

    Raises
    ------
    HralignError
        If a score, timing or rule is unknown.
    NotEnoughData
        If duration does not vary, all cases joined in one year, or a rule finds too few rows.

    Examples
    --------
    >>> import hralign as hr
    >>> table = hr.clock(hr.simulate("intrinsic", seed=1), rules=["table2", "lived"])
    >>> table.set_index("rule")["estimate"].round(4).to_dict()
    {'table2': 0.0..., 'lived': 0.0...}
    """
    panel = build_panel(source, score) if isinstance(source, Sources) else source
    timings = [timing] if isinstance(timing, str) else list(timing)
    rows = []
    for one in timings:
        sample = ClockSample(panel, one)
        for rule in RULES if rules is None else rules:
            told = sample.rows[sample.returning] if rule == "case_effects" else sample.rows
            missing = rule == "case_effects" and told.empty
            numbers = dict.fromkeys(("estimate", "model_se", "state_se"), np.nan) if missing else slope(sample, rule)
            sizes = {"rows": len(told), "cases": told["case"].nunique(), "states": told["state"].nunique()}
            rows.append({"rule": rule, "timing": one, **numbers, **sizes})
    return pd.DataFrame(rows, columns=COLUMNS)


def clock_estimators(timing: str = "lag", rules: Iterable[str] | None = None) -> dict[str, Callable]:
    """The rules as estimators for :func:`hralign.stress.recover.recover`; ``se`` is the error by state.

    They give ``model_se`` as well.  Asked one after another about the same panel, they share its sample.
    """
    last: dict[str, Any] = {"panel": None}

    def estimator(rule: str) -> Callable[[pd.DataFrame], dict[str, float]]:
        def estimate(panel: pd.DataFrame) -> dict[str, float]:
            if last["panel"] is not panel:
                last.update(panel=panel, sample=ClockSample(panel, timing))
            found = slope(last["sample"], rule)
            return {"estimate": found["estimate"], "se": found["state_se"], "model_se": found["model_se"]}

        return estimate

    return {rule: estimator(rule) for rule in (RULES if rules is None else rules)}
