"""Worlds that look like the world: moments of a source, and the parameters under which worlds have them.

What is matched, and what is not
--------------------------------
A world is a model of *scores, memberships and records* (the frame) and of *what IGOs do* (the mechanism).  Only the frame
is fitted: how far and how steadily scores move, how much of it states share, how far apart they stand, how accessions
come in waves.  It is fitted in the world without mechanism, and all worlds of the family share it, so that they differ
in their mechanism alone.  That joiners resemble the members they join belongs to the frame, for memberships show it.
Whether they are drawn by what they are or by what they will be nobody sees: the second is the mechanism of selection,
made just as strong that joiners resemble members as much.  What the four tests measure (slopes on duration, before
accession, after exit) is no moment of the fit: it is what the worlds are asked about afterwards.

How
---
Simulated method of moments (McFadden 1989, Econometrica 57; Duffie & Singleton 1993, Econometrica 61): the parameters
that minimise the sum of squared differences between the moments of the real data and the mean moments of a few
histories, each difference in the moment's own unit.  The histories keep their seeds while the parameters move (common
random numbers), so that the sum is smooth and Gauss-Newton steps with numerical derivatives find its minimum.  Each
task of the study ``calibration`` is a fit of its own with other seeds: tasks are independent and resumable, and their
scatter is the simulation error of the calibrated numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..errors import HralignError
from ..memberships import EXIT_KINDS, WINDOW
from ..panel import build_panel, select_cases
from ..sources.tables import Sources
from ..study.alignment import fit_alignment
from ..worlds.family import WORLDS
from ..worlds.world import World

LAST_SCORE = 2013
"""Last year of the score in the study."""


class Moment(NamedTuple):
    """What a moment is, the unit in which a difference counts as 1, whether that is relative, and whether it is fitted."""

    meaning: str
    unit: float
    relative: bool = True
    fitted: bool = True


MOMENTS: Mapping[str, Moment] = {
    "autocorrelation": Moment("correlation of a state's yearly change of score with the one before", 0.03, False),
    "autocorrelation_2": Moment("the same, two years before", 0.06, False),
    "sd_1": Moment("SD of changes of score over one year, points", 0.10),
    "sd_5": Moment("SD over five years, points", 0.05),
    "sd_20": Moment("SD over twenty years, points", 0.08),
    "drift": Moment("mean change over twenty years, points", 0.08, False),
    "common": Moment("share of the variance of yearly changes that is common to all states", 0.01, False),
    "regional": Moment("share that is common to a region, beyond that", 0.01, False),
    "unrest": Moment("correlation of a state's mean score with the log SD of its yearly changes", 0.08, False),
    "unrest_sd": Moment("SD of that log SD between states", 0.04, False),
    "spread": Moment("SD of states' mean scores, points", 0.06),
    "residual_variance": Moment("residual variance of Table 2, points squared", 0.06),
    "slope_sd": Moment("SD of case slopes of Table 2, points per year", 0.06),
    "civil_war": Moment("coefficient of civil war in Table 2, points", 0.04, False),
    "heaping": Moment("share of an IGO's accessions that fall into its fullest year", 0.03, False),
    "joiner_gap": Moment("mean size of a joiner's distance in the year before accession, in SDs of scores", 0.03),
    "intercept_sd": Moment("SD of case intercepts of Table 2, points", 0.05, True, False),
    "joiners_below": Moment("share of joiners below the IGO mean then", 0.05, False, False),
    "approach": Moment("mean slope of a case's distance in the ten years before accession, points per year", 0.005, False, False),
    "withdraws": Moment("share of cases whose state withdraws", 0.005, False, False),
    "state ceases": Moment("share of cases whose state ceases", 0.005, False, False),
    "IGO ends": Moment("share of cases whose IGO ends", 0.005, False, False),
    "cases": Moment("cases of Table 2", 0.05, True, False),
    "rows": Moment("rows of Table 2", 0.05, True, False),
}  # fmt: skip
"""Every moment by its name."""

FITTED = [name for name, moment in MOMENTS.items() if moment.fitted]

TOLERANCES = {"autocorrelation": 0.10, "sd_5": 0.08, "residual_variance": 0.20, "slope_sd": 0.25}
"""How far a calibrated world may be from the real moments that rule the tests: absolute for the first two, then relative."""

MANY, LONG = 5, 20
"""IGOs with fewer accessions do not count for heaping, nor states with fewer yearly changes for unrest."""

# --- moments --------------------------------------------------------------------------------------


def moments(src: Sources, score: str = "fariss") -> pd.Series:
    """The moments of a source, by name (:data:`MOMENTS` says what each is and in which unit).

    Changes of scores are those of 1965 to 2013; Table 2 is that of the default coding, under ``lag``.

    Raises
    ------
    NotEnoughData
        If Table 2 cannot be fitted.
    """
    everyone = build_panel(src, score, select="all")
    below = everyone[everyone["case"].isin(select_cases(everyone, "below"))].reset_index(drop=True)
    below.attrs = everyone.attrs
    fit = fit_alignment(below)
    values = _of_scores(src, score)
    values |= {
        "residual_variance": fit.scale,
        "slope_sd": float(np.sqrt(fit.cov_re.iloc[1, 1])),
        "civil_war": float(fit.params["civil_war"]),
        "intercept_sd": float(np.sqrt(fit.cov_re.iloc[0, 0])),
        "cases": float(fit.n_groups),
        "rows": float(fit.nobs),
    }
    values |= _of_accessions(everyone, below)
    values["joiner_gap"] /= values.pop("sd_all")
    return pd.Series(values, name="value").rename_axis("moment")[list(MOMENTS)]


def _of_scores(src: Sources, score: str) -> dict[str, float]:
    table = src.score(score).unstack("year").sort_index(axis=1)
    table = table.reindex(columns=range(WINDOW[0], LAST_SCORE + 1))
    level, step = table.to_numpy(), table.diff(axis=1).to_numpy()[:, 1:]
    region = src.states.set_index("state")["region"].reindex(table.index).fillna("").to_numpy()
    common, regional = _shared(step, region)
    long = (~np.isnan(step)).sum(axis=1) >= LONG
    size, mean = np.log(np.nanstd(step[long], axis=1)), np.nanmean(level[long], axis=1)

    def change(years: int) -> np.ndarray:
        return level[:, years:] - level[:, :-years]

    return {
        "autocorrelation": _correlation(step[:, 1:], step[:, :-1]),
        "autocorrelation_2": _correlation(step[:, 2:], step[:, :-2]),
        **{f"sd_{years}": float(np.nanstd(change(years))) for years in (1, 5, 20)},
        "drift": float(np.nanmean(change(20))),
        "common": common,
        "regional": regional,
        "unrest": _correlation(mean, size),
        "unrest_sd": float(size.std()),
        "spread": float(table.mean(axis=1).std()),
        "sd_all": float(np.nanstd(level)),
    }


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    known = ~np.isnan(one + other)
    return float(np.corrcoef(one[known], other[known])[0, 1])


def _shared(step: np.ndarray, region: np.ndarray) -> tuple[float, float]:
    """Adjusted shares of the variance of changes that years, and then regions within years, account for."""
    i, t = np.nonzero(~np.isnan(step))
    rows = pd.DataFrame({"change": step[i, t], "year": t, "region": region[i]})
    left = []
    for keys in (["year"], ["year", "region"]):
        groups = rows.groupby(keys)["change"]
        within = ((rows["change"] - groups.transform("mean")) ** 2).sum()
        left.append(within / (len(rows) - groups.ngroups) / rows["change"].var())
    return float(1 - left[0]), float(left[0] - left[1])


def _of_accessions(everyone: pd.DataFrame, below: pd.DataFrame) -> dict[str, float]:
    joined = everyone.drop_duplicates("case")
    per_igo = joined.groupby("igo")["accession"].agg(["size", lambda years: years.value_counts().iloc[0]])
    per_igo = per_igo[per_igo["size"] >= MANY].to_numpy().sum(axis=0)
    before = everyone.loc[everyone["years_to_accession"].eq(-1), "distance"].dropna()
    kinds = below.drop_duplicates("case")["exit_kind"].value_counts() / below["case"].nunique()
    return {
        "heaping": float(per_igo[1] / per_igo[0]) if len(per_igo) and per_igo[0] else np.nan,
        "joiner_gap": float(before.abs().mean()),
        "joiners_below": float(before.lt(0).mean()),
        "approach": _approach(below),
        **{kind: float(kinds.get(kind, 0.0)) for kind in EXIT_KINDS},
    }


def _approach(below: pd.DataFrame, years: int = 10) -> float:
    """Mean over cases of the straight line through the distances of the years before accession."""
    rows = below[below["years_to_accession"].between(-years, -1) & below["distance"].notna()]
    year, case = rows["years_to_accession"].astype(float), rows["case"]
    x = year - year.groupby(case).transform("mean")
    slopes = (x * rows["distance"]).groupby(case).sum() / (x**2).groupby(case).sum().replace(0, np.nan)
    return float(slopes.mean())


# --- the fit --------------------------------------------------------------------------------------

START: Mapping[str, float] = {
    "persistence": 0.9, "momentum": 0.84, "shock_sd": 0.067, "level_sd": 0.85, "common_share": 0.012,
    "regional_share": 0.045, "improvement": 0.02, "heaping": 1.45, "conflict_effect": -0.8,
    "unrest": 0.3, "unrest_sd": 0.12, "homophily": 0.22,
}  # fmt: skip
"""Where the search for the frame begins: the parameters that are fitted."""

_SHARES, _NEGATIVE = ("persistence", "momentum", "common_share", "regional_share"), ("conflict_effect",)

HISTORIES = 4
"""Histories whose mean moments are compared with the real ones, in each fit."""


@dataclass(frozen=True)
class Calibration:
    """A fitted frame: parameters by name, the mean moments they lead to, and the loss there."""

    parameters: pd.Series
    moments: pd.Series
    loss: float


def differences(found: pd.Series, target: pd.Series) -> pd.Series:
    """Differences of the fitted moments from their targets, each in its own unit."""
    unit = pd.Series({k: MOMENTS[k].unit * (abs(target[k]) if MOMENTS[k].relative else 1.0) for k in FITTED})
    return (found[FITTED] - target[FITTED]) / unit


def calibrate(
    target: pd.Series, seeds: list[int], base: World = WORLDS["null"], *, steps: int = 6, start: Mapping[str, float] = START
) -> Calibration:
    """The frame under which worlds have given moments.

    Parameters
    ----------
    target : Series
        From :func:`moments`.
    seeds : list of int
        The histories whose mean is compared; they keep their seeds throughout.
    base : World
        The world that is fitted; its other parameters stay as they are.
    steps : int
        Gauss-Newton steps; each takes one simulation of all histories.

    Raises
    ------
    HralignError
        If the nearest world is farther from a moment in :data:`TOLERANCES` than allowed there.
    """
    names = list(start)

    def natural(at: np.ndarray) -> dict[str, float]:
        return {name: _natural(name, value) for name, value in zip(names, at, strict=True)}

    def simulated(at: np.ndarray) -> pd.Series:
        return mean_moments(replace(base, **natural(at)), seeds)

    at = np.array([_free(name, value) for name, value in start.items()])
    best = simulated(at)
    gap, damping = differences(best, target).to_numpy(), 0.1
    nudges = STEP * np.eye(len(at))
    slopes = np.column_stack([(differences(simulated(at + by), target) - gap) / STEP for by in nudges])
    for _ in range(steps):
        normal = slopes.T @ slopes
        move = -np.linalg.solve(normal + damping * np.diag(np.diag(normal) + 1e-6), slopes.T @ gap)
        move = np.clip(move, -0.5, 0.5)
        found = simulated(at + move)
        there = differences(found, target).to_numpy()
        slopes += np.outer(there - gap - slopes @ move, move) / (move @ move)  # Broyden 1965: cheaper than anew
        if there @ there < gap @ gap:
            at, best, gap, damping = at + move, found, there, damping / 3
        else:
            damping *= 5
    check_reached(best, target)
    return Calibration(pd.Series(natural(at)), best, float((gap**2).mean()))


def mean_moments(world: World, seeds: list[int]) -> pd.Series:
    """Mean moments of some histories of a world."""
    from ..worlds.simulate import simulate

    return pd.DataFrame([moments(simulate(world, seed)) for seed in seeds]).mean().rename_axis("moment")


def foresight(target: pd.Series, seeds: list[int], frame: World, tried: tuple[float, ...] = (0.2, 0.6, 1.2)) -> float:
    """The anticipation that, without homophily, draws states to IGOs as like them as real joiners are (interpolated)."""
    worlds = [replace(frame, homophily=0.0, anticipation=value) for value in tried]
    gaps = [mean_moments(world, seeds)["joiner_gap"] for world in worlds]
    return float(np.interp(-target["joiner_gap"], -np.array(gaps), tried))


STEP = 0.1
"""Width of the numerical derivatives, on the scale on which parameters are searched (logarithms, log odds)."""


def _free(name: str, value: float) -> float:
    value = -value if name in _NEGATIVE else value
    return float(np.log(value / (1 - value)) if name in _SHARES else np.log(value))


def _natural(name: str, value: float) -> float:
    value = 1 / (1 + np.exp(-value)) if name in _SHARES else np.exp(value)
    return float(-value if name in _NEGATIVE else value)


def distance_from(found: pd.Series, target: pd.Series) -> pd.Series:
    """Of each moment in :data:`TOLERANCES`, how far it is from its target, as a share of what is allowed."""
    allowed = pd.Series({k: t * (1 if k in ("autocorrelation", "sd_5") else abs(target[k])) for k, t in TOLERANCES.items()})
    return (found[list(TOLERANCES)] - target[list(TOLERANCES)]).abs() / allowed


def check_reached(found: pd.Series, target: pd.Series) -> None:
    """An error, if a world misses a moment of :data:`TOLERANCES`: which, and how far it came."""
    missed = distance_from(found, target).loc[lambda far: ~(far <= 1)]
    if len(missed):
        listed = "; ".join(f"{k} is to be {target[k]:.3g} and came to {found[k]:.3g}" for k in missed.index)
        raise HralignError(
            f"No world has these moments: {listed}. Give moments of real scores, free more parameters, or start elsewhere."
        )
