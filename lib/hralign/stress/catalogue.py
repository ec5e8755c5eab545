"""The long computations of the stress tests, each as a list of independent tasks and what one task does.

Task k depends on the study's seed and k only.  How studies are run, kept and read is in :mod:`hralign.stress.runner`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..mixed import joint_bootstrap
from ..panel import build_panel
from ..sources.tables import Sources
from ..sources.vocabulary import RIGHTS
from ..study.alignment import fit_alignment
from ..study.specification import TIMINGS
from ..study.verdicts import test_hypotheses
from ..worlds.family import WORLDS, calibrated_world
from ..worlds.world import World
from . import forensics, multiverse, placebo
from .calibration import HISTORIES, calibrate, foresight, moments
from .estimand import effect_of_membership

HEADLINES = {"table2": "fariss", **{f"table3/{right}": right for right in RIGHTS}}
"""The headline models and the score of each."""

CLUSTERS = {"state": "state", "igo": "igo", "case": "case", "two-way": ("state", "igo")}
"""What the study `dependence` resamples: whole states, IGOs or cases, or states and IGOs independently."""

STRENGTHS = {
    "null": (0.0,), "intrinsic": (0.5, 1.0, 2.0, 3.0), "instrumental": (0.25, 0.5, 1.0), "pressure": (0.5, 1.0),
    "selection": (0.25, 0.5, 1.0),
}  # fmt: skip
NOISES = (0.4, 0.7, 1.0)
CELLS = [[name, s, noise] for noise in NOISES for name, strengths in STRENGTHS.items() for s in strengths]
"""The cells of the study `surfaces`: mechanism, strength and noise."""

BLOCK = 25
"""Draws per task of a resampling study."""


@dataclass(frozen=True)
class Study:
    """One long computation.

    Attributes
    ----------
    summary : str
        What it asks, in a line.
    size : int
        Draws (or universes) of the recorded run.
    tasks : callable(n)
        The tasks of a run of ``n`` draws, as plain values.
    prepare : callable(Sources)
        What every task needs, computed once.
    run : callable(prepared, task, seed)
        One task's rows.
    """

    summary: str
    size: int
    tasks: Callable[[int], list[Any]]
    prepare: Callable[[Sources], Any]
    run: Callable[[Any, Any, int], pd.DataFrame]


def blocks(n: int) -> list[list[int]]:
    return [[start, min(start + BLOCK, n)] for start in range(0, n, BLOCK)]


# --- dependence -----------------------------------------------------------------------------------


def _headline_fits(src: Sources) -> dict[str, Any]:
    return {name: fit_alignment(build_panel(src, score)) for name, score in HEADLINES.items()}


def _dependence(fits: Mapping[str, Any], task: list[int], seed: int) -> pd.DataFrame:
    first, end = task
    parts = []
    for name, by in CLUSTERS.items():
        draws = joint_bootstrap(fits, by, end - first, seed, start=first, progress=False)
        parts.append(draws[["draw", "model", "duration"]].assign(by=name))
    return pd.concat(parts)


# --- timing ---------------------------------------------------------------------------------------


def _timed_fits(src: Sources) -> dict[str, Any]:
    panels = {name: build_panel(src, score) for name, score in HEADLINES.items()}
    return {f"{name}/{timing}": fit_alignment(panel, timing) for name, panel in panels.items() for timing in TIMINGS}


def _timing(fits: Mapping[str, Any], task: list[int], seed: int) -> pd.DataFrame:
    first, end = task
    return joint_bootstrap(fits, "state", end - first, seed, start=first, progress=False)[["draw", "model", "duration"]]


# --- placebo --------------------------------------------------------------------------------------


def _placebo(pool: placebo.PlaceboPool, task: list[int], seed: int) -> pd.DataFrame:
    rows = []
    for k in range(*task):
        drawn = placebo.draw_placebo(pool, np.random.default_rng([seed, k]))
        for timing in TIMINGS:
            fit = fit_alignment(drawn, timing)
            sizes = {"nobs": int(fit.nobs), "cases": int(fit.n_groups)}
            rows.append(
                {"draw": k, "timing": timing, "duration": fit.params["duration"], "se": fit.bse["duration"], **sizes}
            )
    return pd.DataFrame(rows)


def _placebo_curve(pool: placebo.PlaceboPool, task: list[int], seed: int) -> pd.DataFrame:
    parts = []
    for k in range(*task):
        drawn = placebo.draw_placebo(pool, np.random.default_rng([seed, k]))
        near = drawn[drawn["event_year"].between(-10, 20)]
        parts.append(near.groupby("event_year")["distance"].mean().rename("distance").reset_index().assign(draw=k))
    return pd.concat(parts)


# --- measurement ----------------------------------------------------------------------------------


def _measurement(src: Sources, task: list[int], seed: int) -> pd.DataFrame:
    rows = []
    for k in range(*task):
        for version_ in ("fariss", "fariss_v3"):
            noise = np.random.default_rng([seed, k]).standard_normal(len(src.scores))
            drawn = src.scores[version_] + src.scores[f"{version_}_sd"] * noise
            panel = build_panel(src.replace(scores=src.scores.assign(fariss=drawn)))
            fit = fit_alignment(panel)
            rows.append({"draw": k, "score": version_, "duration": fit.params["duration"], "se": fit.bse["duration"],
                         "cases": int(fit.n_groups)})  # fmt: skip
    return pd.DataFrame(rows)


# --- worlds ---------------------------------------------------------------------------------------


def _worlds(_: None, task: list[Any], seed: int) -> pd.DataFrame:
    name, k = task
    return _tested(calibrated_world(name), k, seed).assign(world=name)


def _surfaces(_: None, task: list[Any], seed: int) -> pd.DataFrame:
    mechanism, strength, noise, k = task
    rows = _tested(calibrated_world(mechanism, strength, noise), k, seed)
    return rows.assign(world=mechanism, strength=strength, noise=noise)


def _tested(world: World, draw: int, seed: int) -> pd.DataFrame:
    """The four tests on one history of a world, and the true effect that H2 is about; a draw has the same states,
    wars and shocks in every world."""
    from ..worlds.simulate import simulate  # with it comes scipy, which reading a record does without

    src = simulate(world, _history(seed, draw))
    panel = build_panel(src)
    true = effect_of_membership(src, panel)
    return test_hypotheses(src, panel=panel).reset_index().assign(draw=draw, **true)


def _history(seed: int, draw: int) -> int:
    return int(np.random.SeedSequence([seed, draw]).generate_state(1)[0])


# --- calibration ----------------------------------------------------------------------------------


def _calibration(target: pd.Series, task: int, seed: int) -> pd.DataFrame:
    seeds = [_history(seed, HISTORIES * task + k) for k in range(HISTORIES)]
    found = calibrate(target, seeds)
    ahead = foresight(target, seeds, replace(WORLDS["null"], **found.parameters))
    parameters = pd.concat([found.parameters, pd.Series({"anticipation": ahead})])
    parts = {"parameter": parameters, "moment": found.moments, "loss": pd.Series({"loss": found.loss})}
    rows = [part.rename("value").rename_axis("name").reset_index().assign(kind=kind) for kind, part in parts.items()]
    return pd.concat(rows).assign(fit=task)


def _moments(target: pd.Series, task: list[Any], seed: int) -> pd.DataFrame:
    from ..worlds.simulate import simulate

    world, k = task
    found = target if world == "source" else moments(simulate(world, k))
    return found.rename("value").reset_index().assign(world=world, seed=k)


STUDIES: Mapping[str, Study] = {
    "dependence": Study("slopes of Tables 2 and 3 when states, IGOs, cases or both are resampled",
                        1000, blocks, _headline_fits, _dependence),
    "timing": Study("the same slopes by timing of the outcome, states resampled", 500, blocks, _timed_fits, _timing),
    "placebo": Study("Table 2's slope among placebo members", 200, blocks, placebo.placebo_pool, _placebo),
    "placebo_curve": Study("distance in event time among placebo members",
                           200, blocks, placebo.placebo_pool, _placebo_curve),
    "measurement": Study("Table 2's slope with the score drawn from its own uncertainty",
                         100, blocks, lambda src: src, _measurement),
    "multiverse": Study("Table 2's slope under every combination of choices", len(multiverse.universes()),
                        lambda n: multiverse.panels(), lambda src: src,
                        lambda src, task, seed: multiverse.run_panel(src, **task)),
    "forensics": Study("which codings would have printed Table 2, and what it cannot tell", 8,
                       forensics.tasks, lambda src: (src, forensics.printed_tables()),
                       lambda prepared, task, seed: forensics.run(*prepared, task, seed)),
    "worlds": Study("the paper's four tests in worlds whose truth is known", 80,
                    lambda n: [[name, k] for name in WORLDS for k in range(n)], lambda src: None, _worlds),
    "surfaces": Study("the same tests where mechanisms are weaker or stronger and scores quieter", 32,
                      lambda n: [[*cell, k] for cell in CELLS for k in range(n)], lambda src: None, _surfaces),
    "calibration": Study("the parameters under which worlds have the moments of the source, fit by fit", 6,
                         lambda n: list(range(n)), moments, _calibration),
    "moments": Study("moments of the source, and of worlds beside it", 10,
                     lambda n: [["source", 0], *([name, k] for name in WORLDS for k in range(1, n + 1))],
                     moments, _moments),
}  # fmt: skip
"""Every study by its name in ``hralign study``."""
