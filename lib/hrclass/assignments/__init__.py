"""The assignments, one module each, by the chapter that they belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import hralign as hr

from ..bank import Facts, Slots, fill
from ..draws import Draw
from . import construction, disappearances, exits, membership, slopes, truth


@dataclass(frozen=True)
class Assignment:
    """One assignment: what it is called, what it says first, what it works out of a draw, and what it asks.

    ``evidence(src, mechanism)``, where there is one, refuses a world with None; what else it gives, the draw keeps.
    """

    title: str
    intro: str
    facts: Callable[[Draw], Facts]
    slots: Slots
    evidence: Callable[[hr.Sources, str], Any] | None = None

    def questions(self, draw: Draw, pick: Sequence[int] | None = None) -> list:
        """The questions of one student; ``pick`` names the variants instead of the draw."""
        return fill(self.slots, self.facts(draw), draw.rng, pick)


def _of(title: str, module: Any) -> Assignment:
    return Assignment(title, module.INTRO, module.facts, module.SLOTS, getattr(module, "EVIDENCE", None))


ASSIGNMENTS: Mapping[int, Assignment] = {
    5: _of("Building a panel", construction),
    6: _of("Slopes that vary", slopes),
    7: _of("Alignment during membership", membership),
    8: _of("Before accession and after exit", exits),
    9: _of("A shift to disappearances?", disappearances),
    22: _of("Which mechanism made this world?", truth),
}


def find_assignment(chapter: int) -> Assignment:
    if chapter not in ASSIGNMENTS:
        listed = ", ".join(f"{number} ({one.title})" for number, one in ASSIGNMENTS.items())
        raise hr.HralignError(f"Chapter {chapter} has no assignment. Choose one of: {listed}.")
    return ASSIGNMENTS[chapter]
