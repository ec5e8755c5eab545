"""Event time against outsiders: each case beside those that could have joined the same IGO in the same year.

For cases of IGO j with accession g, and k years later, the change in distance since the year before accession is set
against that of the outsiders of j (:mod:`hralign.stress.outsiders`) who are still outside then; before accession
likewise.  Such comparisons are averaged over cases.  Both are measured against the same company, the other members of
j.  That takes its mean out of the difference, which is one between scores: what the company does cannot move it.

This is the group-time average effect of Callaway & Sant'Anna (2021, J. Econometrics 225(2)) with not-yet-treated
controls, by IGO, weighted by cases.  No case is ever a control of another, so that effects may differ between cohorts
and grow in any way; two-way fixed effects, which do use early joiners as controls of late ones, are in
:mod:`hralign.stress.event_study`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import HralignError, NotEnoughData
from ..study.specification import Z
from .event_study import EVENT_WINDOW
from .outsiders import Outsiders, check_select


@dataclass(frozen=True)
class Path:
    """A path in event time.

    Attributes
    ----------
    estimate : Series
        Difference to the outsiders, in points, by event year; zero in the year before accession.
    pulls : DataFrame
        How far each state (rows) pulls each estimate (columns): sums of influence functions, which add up to zero.
    cases, outsiders : Series
        Cases and outsiders behind each year.
    lost : tuple of str
        Cases that no outsider stands beside.
    """

    estimate: pd.Series
    pulls: pd.DataFrame
    cases: pd.Series
    outsiders: pd.Series
    lost: tuple[str, ...]

    @property
    def covariance(self) -> pd.DataFrame:
        """Covariance of the estimates with states as clusters (Liang & Zeger's, with c/(c − 1))."""
        return pulled(self.pulls)

    @property
    def table(self) -> pd.DataFrame:
        """``event_year``, ``estimate``, ``std_error``, ``lower``, ``upper``, ``cases``, ``outsiders``."""
        error = pd.Series(np.sqrt(np.diag(self.covariance)), self.estimate.index)
        return pd.DataFrame({
            "estimate": self.estimate, "std_error": error, "lower": self.estimate - Z * error,
            "upper": self.estimate + Z * error, "cases": self.cases, "outsiders": self.outsiders,
        }).rename_axis("event_year").reset_index()  # fmt: skip


def pulled(pulls: pd.DataFrame) -> pd.DataFrame:
    """Covariance that pulls of states (rows) on estimates (columns) amount to."""
    c = len(pulls)
    return pulls.T @ pulls * (c / (c - 1))


def contrast(*parts: tuple[Path, Mapping[int, float]]) -> dict[str, float]:
    """A weighted sum of estimates of one or several paths, with the states that they share counted once.

    Parameters
    ----------
    *parts : (Path, mapping)
        A path and the weights of its event years.

    Returns
    -------
    dict
        ``estimate``, ``std_error``, ``lower``, ``upper`` (95 %).
    """
    sums = [(path.estimate[list(weights)] * pd.Series(weights)).sum() for path, weights in parts]
    pulls = [path.pulls[list(weights)] @ pd.Series(weights) for path, weights in parts]
    together = pd.concat(pulls, axis=1).fillna(0.0).sum(axis=1).to_frame("sum")
    error = float(np.sqrt(pulled(together).iloc[0, 0]))
    estimate = float(sum(sums))
    return {
        "estimate": estimate, "std_error": error, "lower": estimate - Z * error, "upper": estimate + Z * error
    }  # fmt: skip


def cohort_path(
    pool: Outsiders,
    panel: pd.DataFrame | None = None,
    *,
    select: str = "below",
    window: tuple[int, int] = EVENT_WINDOW,
    same_start: bool = False,
    joined: str = "leaves",
    own_region: bool = False,
    balanced: bool = False,
) -> Path:
    """The difference between cases and outsiders of the same IGO, by year relative to accession.

    Parameters
    ----------
    pool : Outsiders
    panel : DataFrame, optional
        The cases: that of the pool by default; any part of it, or one with planted effects.
    select : {"below", "above", "all"}
        By which rule outsiders are chosen in the year before accession; let it be that of the panel.
    window : (int, int)
        First and last event year.
    same_start : bool
        Compare with what outsiders of the *same distance* in the year before would have done: a line of the change on
        that distance, fitted to the outsiders of each IGO and year, with one slope for all.
    joined : {"leaves", "stays"}
        What happens with an outsider that joins later: it leaves the comparison (the pool's rule), or stays in it as if
        nothing had happened, which cannot be informative and dilutes the difference.
    own_region : bool
        Outsiders of the case's own region only.
    balanced : bool
        Only cases and outsiders with all years of the window.  It chooses by what happens later: for checks.

    Raises
    ------
    HralignError
        If ``select`` or ``joined`` is unknown, or the window does not hold the year before accession.
    NotEnoughData
        If no case has an outsider beside it, or all cases that have one belong to a single state.
    """
    check_select(select)
    if joined not in ("leaves", "stays"):
        raise HralignError(f"What becomes of an outsider that joins? '{joined}' is no answer: leaves or stays.")
    years = np.arange(window[0], window[1] + 1)
    if -1 not in years:
        raise HralignError(f"The window {window} does not hold the year before accession, −1. Widen it.")
    panel = pool.panel if panel is None else panel
    cells, lost = _cells(pool, panel, years, select, joined, own_region, balanced)
    if not cells or len(np.unique(np.concatenate([cell.treated for cell in cells]))) < 2:
        raise NotEnoughData(
            "Cases of fewer than two states have an outsider of their IGO beside them: nothing can be compared. Use a "
            "panel with more cases, or a source in which more states stay out."
        )
    return _average(cells, years, same_start, lost)


@dataclass(frozen=True)
class _Cell:
    """Cases of one IGO and year of accession beside their outsiders: (n, K) changes since the year before accession."""

    treated: np.ndarray  # (n,) states of the cases
    gap: np.ndarray  # (n, K) of a case, less the mean of its outsiders; missing where either is
    start: np.ndarray  # (n, K) score in the year before, less that mean
    control: np.ndarray  # (m,) states of the outsiders
    deviation: np.ndarray  # (m, K) of an outsider, less their mean
    deviation_start: np.ndarray
    weight: np.ndarray  # (m, K) cases per outsider; 0 where one of the two is missing


def _cells(
    pool: Outsiders, panel: pd.DataFrame, years: np.ndarray, select: str, joined: str, own_region: bool, balanced: bool
) -> tuple[list[_Cell], tuple[str, ...]]:
    event = panel["year"] - panel["accession"]
    seen = panel.assign(event=event)[(panel["member"].eq(1) | event.lt(0)) & event.isin(years)]
    seen["own"] = seen["distance"] + seen["igo_mean"]  # the score, with whatever was planted in the distance
    wide = seen.pivot_table(index="case", columns="event", values="own").reindex(columns=years)
    wide = wide[wide[-1].notna()]
    cases = panel.drop_duplicates("case").set_index("case").loc[wide.index]
    own, of_case, names = wide.to_numpy(), cases["state"].to_numpy(), wide.index.to_numpy()
    scores, leaves = pool.scores.to_numpy(), pool.pairs["leaves"].to_numpy()
    of_pair = pool.scores.index.get_level_values("state").to_numpy()
    calendar, base = pool.scores.columns.to_numpy(), int(np.flatnonzero(years == -1)[0])
    cells, lost = [], []
    for (igo, accession, *region), rows in cases.groupby(
        ["igo", "accession", *["region"][: int(own_region)]]
    ).indices.items():
        place = pool.at(igo, accession, select, *region)
        when = accession + years
        there = (when >= calendar[0]) & (when <= calendar[-1])
        other = np.full((len(place), len(years)), np.nan)
        other[:, there] = scores[np.ix_(place, when[there] - calendar[0])]
        if joined == "leaves":
            other[when >= leaves[place][:, None]] = np.nan
        if balanced:
            whole = ~np.isnan(other).any(axis=1)
            place, other, rows = place[whole], other[whole], rows[~np.isnan(own[rows]).any(axis=1)]
        if len(place) and len(rows):
            cells.append(_cell(of_case[rows], own[rows], of_pair[place], other, base))
        else:
            lost.extend(names[rows])
    return cells, tuple(lost)


def _cell(treated: np.ndarray, own: np.ndarray, control: np.ndarray, other: np.ndarray, base: int) -> _Cell:
    change, theirs = own - own[:, [base]], other - other[:, [base]]
    known = ~np.isnan(theirs)
    n, m = (~np.isnan(change)).sum(axis=0), np.where(known.any(axis=0), known.sum(axis=0), np.nan)
    start = np.where(known, other[:, [base]], np.nan)
    mean, mean_start = np.nansum(theirs, axis=0) / m, np.nansum(start, axis=0) / m
    gap = change - mean
    return _Cell(
        treated, gap, np.where(np.isnan(gap), np.nan, own[:, [base]] - mean_start),
        control, theirs - mean, start - mean_start, np.where(known, n / m, 0.0),
    )  # fmt: skip


def _average(cells: list[_Cell], years: np.ndarray, same_start: bool, lost: tuple[str, ...]) -> Path:
    """Mean gap over cases, and what each state pulls: its cases by their gaps, its outsiders by their mean.

    With the same start, gaps are freed of a slope on the start that is fitted to the outsiders within cells, whose own
    pull is added to theirs.
    """
    parts = {
        name: np.concatenate([getattr(cell, name) for cell in cells])
        for name in ("treated", "gap", "start", "control", "deviation", "deviation_start", "weight")
    }
    known = ~np.isnan(parts["gap"])
    n = np.where(known.any(axis=0), known.sum(axis=0), np.nan)
    gap, start, dev, x = (np.nan_to_num(parts[name]) for name in ("gap", "start", "deviation", "deviation_start"))
    w = parts["weight"]
    slope, lean = np.zeros(len(years)), np.zeros(len(years))
    if same_start:
        spread = (w * x**2).sum(axis=0)
        spread = np.where(spread > 0, spread, np.inf)
        slope = (w * x * dev).sum(axis=0) / spread
        lean = start.sum(axis=0) / n / spread
    gap = gap - slope * start
    estimate = gap.sum(axis=0) / n
    residual = w * (dev - slope * x)
    pulls = pd.concat([
        pd.DataFrame(np.where(known, gap - estimate, 0.0) / n, parts["treated"], years),
        pd.DataFrame(-residual / n - lean * x * residual, parts["control"], years),
    ])  # fmt: skip
    index = pd.Index(years, name="event_year")
    return Path(
        pd.Series(estimate, index), pulls.fillna(0.0).groupby(level=0).sum(), pd.Series(known.sum(axis=0), index),
        pd.Series((w > 0).sum(axis=0), index), lost,
    )  # fmt: skip
