"""Worlds that look like the world: moments of a source, and the parameters under which worlds have them.

What is matched, and what is not
--------------------------------
A world is a model of *scores, memberships and records* (the frame) and of *what IGOs do* (the mechanism).  Only the
frame is fitted: how far and how steadily scores move, how much of it states share, how far apart they stand, how
accessions come in waves.  It is fitted in the world without mechanism, and all worlds of the family share it, so that
they differ in their mechanism alone.  That joiners resemble the members they join belongs to the frame, for memberships
show it.  Whether they are drawn by what they are or by what they will be nobody sees: the second is the mechanism of
selection, made just as strong that joiners resemble members as much.  What the four tests measure (slopes on duration,
before accession, after exit) is no moment of the fit: it is what the worlds are asked about afterwards.

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

import numpy as np
import pandas as pd

from ..errors import HralignError
from ..worlds.family import WORLDS
from ..worlds.world import World
from .moments import FITTED, MOMENTS, moments

TOLERANCES = {"autocorrelation": 0.10, "sd_5": 0.08, "residual_variance": 0.20, "slope_sd": 0.25}
"""How far a calibrated world may be from the moments that rule the tests: absolute for the first two, then relative."""


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
    target: pd.Series,
    seeds: list[int],
    base: World = WORLDS["null"],
    *,
    steps: int = 6,
    start: Mapping[str, float] = START,
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
        If a moment to be fitted is missing or not a number, or the nearest world is farther from a moment in
        :data:`TOLERANCES` than allowed there.
    """
    check_target(target)
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
    """The anticipation that, without homophily, makes joiners as like the members as real ones are (interpolated)."""
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
    allowed = pd.Series(
        {k: t * (1 if k in ("autocorrelation", "sd_5") else abs(target[k])) for k, t in TOLERANCES.items()}
    )
    return (found[list(TOLERANCES)] - target[list(TOLERANCES)]).abs() / allowed


def check_target(target: pd.Series) -> None:
    """An error, if a moment that is fitted or checked is not among the targets, or is no number."""
    needed = list(dict.fromkeys([*FITTED, *TOLERANCES]))
    bad = [name for name in needed if name not in target.index or not np.isfinite(target[name])]
    if bad:
        raise HralignError(
            f"These moments are missing or not numbers: {', '.join(bad)}. Give those of hralign.moments(source), of a "
            "source that has states, memberships and scores enough for all of them."
        )


def check_reached(found: pd.Series, target: pd.Series) -> None:
    """An error, if a world misses a moment of :data:`TOLERANCES`: which, and how far it came."""
    missed = distance_from(found, target).loc[lambda far: ~(far <= 1)]
    if len(missed):
        listed = "; ".join(f"{k} is to be {target[k]:.3g} and came to {found[k]:.3g}" for k in missed.index)
        raise HralignError(
            f"No world has these moments: {listed}. "
            "Give moments of real scores, free more parameters, or start elsewhere."
        )
