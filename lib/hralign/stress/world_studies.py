"""The long computations about worlds: the four tests in them, their moments, and the fits behind their parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..panel import build_panel
from ..study.verdicts import test_hypotheses
from ..worlds.family import WORLDS, calibrated_world
from ..worlds.world import World
from .calibration import HISTORIES, calibrate, foresight
from .estimand import effect_of_membership
from .moments import moments

STRENGTHS = {
    "null": (0.0,), "intrinsic": (0.5, 1.0, 2.0, 3.0), "instrumental": (0.25, 0.5, 1.0), "pressure": (0.5, 1.0),
    "selection": (0.25, 0.5, 1.0),
}  # fmt: skip
NOISES = (0.4, 0.7, 1.0)
CELLS = [[name, s, noise] for noise in NOISES for name, strengths in STRENGTHS.items() for s in strengths]
"""The cells of the study `surfaces`: mechanism, strength and noise."""


def tasks(n: int) -> list[list[Any]]:
    """World and number of each history of the study ``worlds``."""
    return [[name, k] for name in WORLDS for k in range(n)]


def run(_: None, task: list[Any], seed: int) -> pd.DataFrame:
    """The four tests on one history of a preset."""
    name, k = task
    return _tested(calibrated_world(name), k, seed).assign(world=name)


def surface_tasks(n: int) -> list[list[Any]]:
    """Cell and number of each history of the study ``surfaces``: n of each cell as noisy as the data, where verdicts
    are weighed, and a sixth as many of the quieter ones."""
    return [[*cell, k] for cell in CELLS for k in range(n if cell[-1] == 1 else max(n * 4 // 25, 1))]


def run_cell(_: None, task: list[Any], seed: int) -> pd.DataFrame:
    """The four tests on one history of a cell."""
    mechanism, strength, noise, k = task
    rows = _tested(calibrated_world(mechanism, strength, noise), k, seed)
    return rows.assign(world=mechanism, strength=strength, noise=noise)


def _tested(world: World, draw: int, seed: int) -> pd.DataFrame:
    """The four tests on one history of a world, and the true effect that H2 is about; a draw has the same states,
    wars and shocks in every world."""
    from ..worlds.simulate import simulate  # with it comes scipy, which reading a record does without

    src = simulate(world, history(seed, draw))
    panel = build_panel(src)
    true = effect_of_membership(src, panel)
    return test_hypotheses(src, panel=panel).reset_index().assign(draw=draw, **true)


def history(seed: int, draw: int) -> int:
    """The seed of a world for one draw of a study."""
    return int(np.random.SeedSequence([seed, draw]).generate_state(1)[0])


def run_fit(target: pd.Series, task: int, seed: int) -> pd.DataFrame:
    """One fit of the frame, with histories of its own: parameters, the moments reached, and the loss."""
    seeds = [history(seed, HISTORIES * task + k) for k in range(HISTORIES)]
    found = calibrate(target, seeds)
    ahead = foresight(target, seeds, replace(WORLDS["null"], **found.parameters))
    parameters = pd.concat([found.parameters, pd.Series({"anticipation": ahead})])
    parts = {"parameter": parameters, "moment": found.moments, "loss": pd.Series({"loss": found.loss})}
    rows = [part.rename("value").rename_axis("name").reset_index().assign(kind=kind) for kind, part in parts.items()]
    return pd.concat(rows).assign(fit=task)


def moment_tasks(n: int) -> list[list[Any]]:
    """The source itself, and world and seed of each history of the study ``moments``."""
    return [["source", 0], *([name, k] for name in WORLDS for k in range(1, n + 1))]


def run_moments(target: pd.Series, task: list[Any], seed: int) -> pd.DataFrame:
    """The moments of one history, or of the source."""
    from ..worlds.simulate import simulate

    world, k = task
    found = target if world == "source" else moments(simulate(world, k))
    return found.rename("value").reset_index().assign(world=world, seed=k)
