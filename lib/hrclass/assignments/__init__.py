"""The assignments, one module each, by the chapter that they belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import hralign as hr

from ..draws import Draw
from ..questions import Question
from . import construction, disappearances, exits, membership, slopes, truth


@dataclass(frozen=True)
class Assignment:
    """One assignment: what it is called, what it says first and what it asks of a draw.

    ``evidence(src, mechanism)``, where there is one, refuses a world with None; what else it gives, the draw keeps.
    """

    title: str
    intro: str
    questions: Callable[[Draw], list[Question]]
    evidence: Callable[[hr.Sources, str], Any] | None = None


ASSIGNMENTS: Mapping[int, Assignment] = {
    5: Assignment("Building a panel", construction.INTRO, construction.questions),
    6: Assignment("Slopes that vary", slopes.INTRO, slopes.questions),
    7: Assignment("Alignment during membership", membership.INTRO, membership.questions),
    8: Assignment("Before accession and after exit", exits.INTRO, exits.questions),
    9: Assignment("A shift to disappearances?", disappearances.INTRO, disappearances.questions),
    22: Assignment("Which mechanism made this world?", truth.INTRO, truth.questions, truth.fair_evidence),
}


def find_assignment(chapter: int) -> Assignment:
    if chapter not in ASSIGNMENTS:
        listed = ", ".join(f"{number} ({one.title})" for number, one in ASSIGNMENTS.items())
        raise hr.HralignError(f"Chapter {chapter} has no assignment. Choose one of: {listed}.")
    return ASSIGNMENTS[chapter]
