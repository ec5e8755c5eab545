"""A dip or a front-loaded change: what selection on the year before accession does to a slope, by how long scores last.

Cases are chosen for standing below the IGO mean in the year before they join.  Part of that is passing, and passes.
How much, and how fast, follows from how scores hang together over the years, whatever states join.

(P1)  Let r(h) be the correlation over h years of a state's score, less the mean of its year.  States chosen for a
score c at t stand, on average, at c·r(h) at t + h, and at c·r(h) at t − h too: a stationary dip has two arms.

(P2)  Of a path −g·r(k + 1) in the kth year after accession, least squares make a slope in duration that is linear in g.

(P3)  Scores are a lasting level and a passing part of the second order, u_t = (p + q) u_{t−1} − pq u_{t−2} + e, with
r_u(h) = [p^{h+1}(1 − q²) − q^{h+1}(1 − p²)] / [(p − q)(1 + pq)]   (Yule 1927, Phil. Trans. A 226, in this form).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import NotEnoughData
from ..mixed import MixedModel
from ..panel import build_panel, select_cases
from ..sources.tables import Sources
from ..study.alignment import estimation_sample
from ..study.specification import TIMINGS

YEARS = (1965, 2013)
"""Years whose scores are looked at."""

LAGS = (1, 2, 3, 5, 10, 15, 20, 25, 30)
"""Distances in years over which the persistence is measured."""


@dataclass(frozen=True)
class Persistence:
    """How a score lasts: variances in squared points, p and q of (P3)."""

    lasting: float
    passing: float
    p: float
    q: float

    def correlation(self, years: np.ndarray | float) -> np.ndarray:
        """r(h) of the whole score, lasting level included."""
        return (self.lasting + self.passing * self.of_passing(years)) / (self.lasting + self.passing)

    def of_passing(self, years: np.ndarray | float) -> np.ndarray:
        """r_u(h) of the passing part alone."""
        h, p, q = np.asarray(years, dtype=float), self.p, self.q
        return (p ** (h + 1) * (1 - q**2) - q ** (h + 1) * (1 - p**2)) / ((p - q) * (1 + p * q))


def observed_persistence(src: Sources, score: str = "fariss") -> pd.DataFrame:
    """Correlation of a score with itself over :data:`LAGS`, and half its mean squared change.

    Returns
    -------
    DataFrame
        ``years``, ``variogram`` (squared points), ``correlation`` (one less the variogram over the variance), from
        scores less the mean of their year over all states.
    """
    wide = _deviations(src, score)
    total = float(np.nanvar(wide.to_numpy()))
    half = [np.nanmean((wide.to_numpy()[h:] - wide.to_numpy()[:-h]) ** 2) / 2 for h in LAGS]
    return pd.DataFrame({"years": LAGS, "variogram": half, "correlation": 1 - np.array(half) / total})


def fit_persistence(src: Sources, score: str = "fariss") -> Persistence:
    """(P3) fitted to the observed variogram, by least squares on its logarithm; the rest of the variance lasts."""
    from scipy.optimize import least_squares  # slow to import

    seen = observed_persistence(src, score)
    years, half = seen["years"].to_numpy(), seen["variogram"].to_numpy()
    total = float(np.nanvar(_deviations(src, score).to_numpy()))

    def made(x: np.ndarray) -> Persistence:
        share, p, q = 1 / (1 + np.exp(-x))
        return Persistence(total * (1 - share), total * share, p, p * q)

    def misfit(x: np.ndarray) -> np.ndarray:
        one = made(x)
        return np.log(one.passing * (1 - one.of_passing(years))) - np.log(half)

    return made(least_squares(misfit, [0.0, 2.5, 0.5]).x)


def redraw(src: Sources, kept: Persistence, rng: np.random.Generator, score: str = "fariss") -> Sources:
    """Sources in which scores go their way and no membership matters.

    A state keeps a lasting level, its own mean drawn in to the variance ``kept`` allows, so that rich and poor regions
    stay what they are; the world keeps its yearly means; what passes is drawn anew as (P3) has it.
    """
    rows = src.scores
    wide = _deviations(src, score, years=(int(rows["year"].min()), int(rows["year"].max())))
    year_mean = rows.groupby("year")[score].mean()
    level = wide.mean()
    level = (level - level.mean()) * np.sqrt(kept.lasting / level.var())
    count, steps = len(level), len(wide)
    u = np.zeros((steps, count))
    a, b = kept.p + kept.q, -kept.p * kept.q
    first = float(kept.of_passing(1))
    shock = np.sqrt(kept.passing * (1 - a * first - b * float(kept.of_passing(2))))
    u[0] = np.sqrt(kept.passing) * rng.standard_normal(count)
    u[1] = first * u[0] + np.sqrt(kept.passing * (1 - first**2)) * rng.standard_normal(count)
    for t in range(2, steps):
        u[t] = a * u[t - 1] + b * u[t - 2] + shock * rng.standard_normal(count)
    drawn = pd.DataFrame(u, wide.index, wide.columns).add(level, axis=1).add(year_mean.reindex(wide.index), axis=0)
    long = drawn.melt(ignore_index=False, value_name="drawn").reset_index()
    values = rows[["year", "state"]].merge(long, how="left", on=["year", "state"])["drawn"].set_axis(rows.index)
    return src.replace(scores=rows.assign(**{score: values.where(rows[score].notna())}))


def arms(panel: pd.DataFrame, years: Iterable[int] = (1, 2, 3, 5, 10)) -> pd.DataFrame:
    """Changes of distance before and after the year before accession, of the same cases.

    Returns
    -------
    DataFrame
        ``years``, ``cases`` (on record in all three years), ``before`` (from that many years earlier to the year before
        accession) and ``after`` (from there to as many years later), in points.
    """
    events = panel.assign(event=panel["year"] - panel["accession"])
    wide = events.pivot_table("distance", "case", "event", dropna=False)
    found = []
    for h in years:
        if not {-1 - h, -1, -1 + h} <= set(wide.columns):
            continue
        three = wide[[-1 - h, -1, -1 + h]].dropna()
        before, after = three[-1] - three[-1 - h], three[-1 + h] - three[-1]
        found.append({"years": h, "cases": len(three), "before": before.mean(), "after": after.mean()})
    if not found:
        raise NotEnoughData("No case is on record both before and after the year before accession.")
    return pd.DataFrame(found)


SPANS = {"all": (1, 99), "first ten": (1, 10), "from sixth": (6, 99)}
"""Years of membership that a slope is taken over."""


def slopes_by_span(panel: pd.DataFrame) -> pd.DataFrame:
    """Table 2's slope over :data:`SPANS`, by timing: ``timing``, ``span``, ``duration`` and ``se`` (points a year)."""
    rows = []
    for timing in TIMINGS:
        sample = estimation_sample(panel, timing)
        terms = [name for name in sample if name not in ("case", "igo", "state", "outcome")]
        for span, (first, last) in SPANS.items():
            part = sample[sample["duration"].between(first, last)].reset_index(drop=True)
            fit = MixedModel(part, "outcome", terms, "case", "duration").fit()
            rows.append({"timing": timing, "span": span, "duration": fit.params["duration"],
                         "se": fit.bse["duration"]})  # fmt: skip
    return pd.DataFrame(rows)


def redrawn_slopes(src: Sources, kept: Persistence, draw: int, seed: int) -> pd.DataFrame:
    """Table 2's slopes in one redrawn world, of cases from below, and of all joiners, whom nobody selected.

    Returns
    -------
    DataFrame
        ``draw``, ``cases`` ("below", "all"), ``timing``, ``span``, ``duration`` and ``se`` (points a year), and
        ``before`` and ``after`` (points over ten years, see :func:`arms`).
    """
    joiners = build_panel(redraw(src, kept, np.random.default_rng([seed, draw])), select="all")
    below = joiners[joiners["case"].isin(select_cases(joiners, "below"))]
    parts = []
    for cases, panel in (("below", below), ("all", joiners)):
        ten = arms(panel, years=(10,)).iloc[0]
        parts.append(slopes_by_span(panel).assign(cases=cases, before=ten["before"], after=ten["after"]))
    table = pd.concat(parts, ignore_index=True).assign(draw=draw)
    return table[["draw", "cases", "timing", "span", "duration", "se", "before", "after"]]


def _deviations(src: Sources, score: str, years: tuple[int, int] = YEARS) -> pd.DataFrame:
    """Scores by year and state, less the mean of the year."""
    wide = src.scores.pivot_table(score, "year", "state", dropna=False).loc[years[0] : years[1]]
    return wide.sub(wide.mean(axis=1), axis=0)
