"""The world of one student: drawn from the secret and the id, within stated ranges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import hralign as hr

from .identity import derive

RANGES: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "intrinsic": {"internalisation": (0.04, 0.08)},
    "instrumental": {"conditionality": (0.5, 0.9), "substitution": (1.0, 2.0)},
    "selection": {"homophily": (1.5, 3.0), "anticipation": (1.5, 3.0)},
    "null": {},
}
"""By mechanism: the parameters that make it, and the range that each is drawn from (uniformly)."""

CLASSROOM = {
    "persistence": 0.985, "momentum": 0.65, "shock_sd": 0.03, "common_share": 0.0, "regional_share": 0.0, "unrest": 0.0,
    "unrest_sd": 0.0, "error_sd": 0.2, "error_persistence": 0.8, "reported_error": 1.0, "level_sd": 1.15,
    "conflict_effect": -0.5, "improvement": 0.015, "heaping": 0.0, "homophily": 0.0, "conditional_share": 1.0,
    "entry_rate": 0.0355, "aloofness": 0.75, "exit_share": 0.038, "n_dissolutions": 5, "n_igo_endings": 3,
}  # fmt: skip
"""The frame of students' worlds: quieter than the real world, and states join by chance, so that the questions have an
answer. In the book's own worlds, which move as real records do, the mechanism can hardly be told (chapter 22)."""

SIZES = {"n_states": (165, 190), "n_igos": (62, 74)}
"""Whole numbers drawn for every world, ends included."""

FEWEST_CASES, FEWEST_WITHDRAWALS = 300, 6
ATTEMPTS = 40


@dataclass(frozen=True)
class Draw:
    """What one student gets: ``src`` with its truth, the ``mechanism``, and a generator for what the questions pick.

    ``evidence`` is what the assignment found in the world when it accepted it.
    """

    chapter: int
    student: str
    mechanism: str
    src: hr.Sources
    rng: np.random.Generator
    evidence: Any = None


def draw_world(rng: np.random.Generator) -> tuple[str, hr.World]:
    """A mechanism, each as likely as the others, and a world that it makes."""
    mechanism = str(rng.choice(list(RANGES)))
    strengths = {name: float(rng.uniform(*ends)) for name, ends in RANGES[mechanism].items()}
    sizes = {name: int(rng.integers(low, high, endpoint=True)) for name, (low, high) in SIZES.items()}
    return mechanism, replace(hr.WORLDS[mechanism], **CLASSROOM | strengths | sizes)


def draw_for(
    secret: bytes, chapter: int, student: str, evidence: Callable[[hr.Sources, str], Any] | None = None
) -> Draw:
    """The world of this student in this chapter: always the same for the same secret.

    Worlds with too few cases or withdrawals to ask about are passed over, and those for which
    ``evidence(src, mechanism)`` is None.

    Raises
    ------
    HralignError
        If none of 40 worlds will do.
    """
    for attempt in range(ATTEMPTS):
        rng = np.random.default_rng(list(derive(secret, "world", chapter, student, attempt)))
        mechanism, world = draw_world(rng)
        src = hr.simulate(world, int.from_bytes(rng.bytes(16)))  # too many to try them all
        cases = hr.build_panel(src).drop_duplicates("case")
        enough = len(cases) >= FEWEST_CASES and cases["exit_kind"].eq("withdraws").sum() >= FEWEST_WITHDRAWALS
        found = evidence(src, mechanism) if enough and evidence else None
        if enough and (evidence is None or found is not None):
            return Draw(chapter, student, mechanism, src, rng, found)
    raise hr.HralignError(f"No usable world for student '{student}' in chapter {chapter} after {ATTEMPTS} draws.")
