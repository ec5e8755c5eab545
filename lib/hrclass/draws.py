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
    return mechanism, replace(hr.WORLDS[mechanism], **strengths, **sizes)


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
        src = hr.simulate(world, int(rng.integers(2**31)))
        cases = hr.build_panel(src).drop_duplicates("case")
        enough = len(cases) >= FEWEST_CASES and cases["exit_kind"].eq("withdraws").sum() >= FEWEST_WITHDRAWALS
        found = evidence(src, mechanism) if enough and evidence else None
        if enough and (evidence is None or found is not None):
            return Draw(chapter, student, mechanism, src, rng, found)
    raise hr.HralignError(f"No usable world for student '{student}' in chapter {chapter} after {ATTEMPTS} draws.")
