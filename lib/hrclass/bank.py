"""A bank of questions: slots, each with several variants, of which every student is given one.

A variant is a function of the facts (what the assignment has worked out of the student's world) and a random
generator for what it picks. Later slots may build on names that all variants of an earlier slot ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace

import numpy as np

from .questions import Number, Question, Slip
from .written import Written

Facts = SimpleNamespace
Variant = Callable[[Facts, np.random.Generator], Question | Written]
Slots = Sequence[Sequence[Variant]]
WORDS = 80
"""Words that a written answer needs at least."""

POINTS = "points of the score"
A_YEAR = "points a year"
ERRORS = "standard errors"
SHARE = "a share between 0 and 1"

LEVELS = {"5 %": 1.959964, "1 %": 2.575829, "10 %": 1.644854}
"""Two-sided levels, and how many standard errors from zero each asks for."""


def fill(slots: Slots, facts: Facts, rng: np.random.Generator, pick: Sequence[int] | None = None) -> list:
    """One question of each slot; ``pick`` says which instead of chance (tests go through all of them)."""
    drawn = [int(rng.integers(len(slot))) for slot in slots]
    facts.names = []
    questions = []
    for slot, k in zip(slots, pick or drawn, strict=True):
        question = slot[k](facts, rng)
        facts.names += [part.name for part in question.parts if isinstance(part, Number)]
        questions.append(question)
    return questions


def lines(*names: str) -> str:
    """A starter that leaves these answers open."""
    return "\n".join(f"{name} = ..." for name in names)


def half(value: float, says: str) -> Slip:
    """A half-right way that is not one of the slips which every number knows."""
    return Slip("half", float(value), says)


def written(title: str, text: str, rubric: Sequence[tuple[float, str]], points: float = 4.0) -> Variant:
    """A variant that asks for a text in which two of the earlier numbers are cited."""

    def ask(facts: Facts, rng: np.random.Generator) -> Written:
        asked = f"{text} Write at least {WORDS} words, and cite at least two of your numbers from above."
        return Written(title, asked, "defence", points, WORDS, tuple(facts.names), rubric)

    return ask
