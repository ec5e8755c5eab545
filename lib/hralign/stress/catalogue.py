"""The long computations of the stress tests, each as a list of independent tasks and what one task does.

Task k depends on the study's seed and k only.  How studies are run, kept and read is in :mod:`hralign.stress.runner`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..mixed import joint_bootstrap
from ..panel import build_panel
from ..sources.tables import Sources
from ..sources.vocabulary import RIGHTS
from ..study.alignment import fit_alignment
from ..study.specification import TIMINGS
from . import control_studies as controls
from . import dip, forensics, measurement, multiverse, plant_study, shared, world_studies
from .moments import moments
from .outsiders import find_outsiders

HEADLINES = {"table2": "fariss", **{f"table3/{right}": right for right in RIGHTS}}
"""The headline models and the score of each."""

CLUSTERS = {"state": "state", "igo": "igo", "case": "case", "two-way": ("state", "igo")}
"""What the study `dependence` resamples: whole states, IGOs or cases, or states and IGOs independently."""

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


# --- dip ------------------------------------------------------------------------------------------


def _dip(prepared: tuple[Sources, Any], task: list[int], seed: int) -> pd.DataFrame:
    return pd.concat([dip.redrawn_slopes(*prepared, k, seed) for k in range(*task)])


# --- measurement ----------------------------------------------------------------------------------


def _measurement(src: Sources, task: list[int], seed: int) -> pd.DataFrame:
    return pd.concat([measurement.measured_slopes(src, k, seed) for k in range(*task)])


STUDIES: Mapping[str, Study] = {
    "dependence": Study("slopes of Tables 2 and 3 when states, IGOs, cases or both are resampled",
                        1000, blocks, _headline_fits, _dependence),
    "shared": Study("Table 2's slope with effects of states, IGOs and years beside those of the case",
                    len(shared.SHARED), lambda n: list(shared.SHARED), shared.shared_model,
                    lambda model, task, seed: shared.shared_row(model, task)),
    "timing": Study("the same slopes by timing of the outcome, states resampled", 500, blocks, _timed_fits, _timing),
    "placebo": Study("Table 2's slope among cases and imitators followed for equally long",
                     200, blocks, find_outsiders, controls.placebo_slopes),
    "placebo_curve": Study("how cases and imitators moved in event time",
                           100, blocks, find_outsiders, controls.placebo_curves),
    "interference": Study("members and imitators in worlds with influence and without", 50,
                          controls.interference_tasks, lambda src: None, controls.interference),
    "event_worlds": Study("planted effects and event-time estimators in worlds without influence", 50,
                          lambda n: [["null", k] for k in range(n)], lambda src: None, controls.event_worlds),
    "exit_power": Study("tests of a fall after exit, planted among states that stayed",
                        400, blocks, controls.exit_changes_of, controls.exit_power),
    "dip": Study("Table 2's slope by timing where scores last as observed and no membership matters",
                 200, blocks, lambda src: (src, dip.fit_persistence(src)), _dip),
    "measurement": Study("Table 2's slope with the score drawn from its own uncertainty",
                         100, blocks, lambda src: src, _measurement),
    "multiverse": Study("Table 2's slope under every combination of choices",
                        sum(len(multiverse.universes(question)) for question in multiverse.QUESTIONS),
                        lambda n: multiverse.panels(), lambda src: src,
                        lambda src, task, seed: multiverse.run_panel(src, **task)),
    "forensics": Study("which codings would have printed Table 2, and what it cannot tell", 8,
                       forensics.tasks, lambda src: (src, forensics.printed_tables()),
                       lambda prepared, task, seed: forensics.run(*prepared, task, seed)),
    "plant": Study("planted effects and what the rules about the calendar bring back of them", 200,
                   plant_study.tasks, plant_study.prepare, plant_study.run),
    "worlds": Study("the paper's four tests in worlds whose truth is known", 200,
                    world_studies.tasks, lambda src: None, world_studies.run),
    "surfaces": Study("the same tests where mechanisms are weaker or stronger and scores quieter", 200,
                      world_studies.surface_tasks, lambda src: None, world_studies.run_cell),
    "calibration": Study("the parameters under which worlds have the moments of the source, fit by fit", 6,
                         lambda n: list(range(n)), moments, world_studies.run_fit),
    "moments": Study("moments of the source, and of worlds beside it", 10,
                     world_studies.moment_tasks, moments, world_studies.run_moments),
}  # fmt: skip
"""Every study by its name in ``hralign study``."""
