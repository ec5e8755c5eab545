"""What an assignment asks, and what each answer is worth.

A question names the variables that hold its answers and carries checks on their values.  A check that fails says what
to do next, never what the right value is.  Where a number builds on an earlier one, half of its points are for the
method: they are given as well when the number follows from the student's own earlier answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Answers = Mapping[str, Any]
TOLERANCE = 5e-3
"""Numbers may differ by this share of the right value: enough for rounding to three digits."""

METHOD = 0.5
"""Share of a number's points that is for the method."""


@dataclass(frozen=True)
class Check:
    """``points`` if ``holds`` is true of the answers; else ``comment`` says what to do."""

    points: float
    holds: Callable[[Answers], bool]
    comment: Callable[[Answers], str]


@dataclass(frozen=True)
class Question:
    """One question of an assignment.

    Attributes
    ----------
    title, text : str
        What the student reads; ``text`` is Markdown.
    starter : str
        The code cell to fill in; ``...`` stands for what is missing.
    answers : tuple of str
        Variables that hold the answers.
    checks : tuple of Check
    probes : mapping
        Function name to lists of arguments with which it is called after the notebook has run; the results are
        answers too, under the name of the function.
    """

    title: str
    text: str
    starter: str
    answers: tuple[str, ...]
    checks: tuple[Check, ...]
    probes: Mapping[str, Sequence[Sequence[Any]]] = field(default_factory=dict)

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def close(value: Any, right: float, tolerance: float = TOLERANCE) -> bool:
    return is_number(value) and abs(value - right) <= max(tolerance * abs(right), 1e-9)


def number(
    name: str,
    right: float,
    points: float,
    *,
    follows: Callable[[Answers], float] | None = None,
    mistakes: Sequence[tuple[float, str]] = (),
    tolerance: float = TOLERANCE,
) -> tuple[Check, ...]:
    """Checks of one number.

    Parameters
    ----------
    follows : callable, optional
        The value that the right method gives from the student's own earlier answers.
    mistakes : sequence of (float, str)
        Values that a known half-right way leads to, worth the points for method, and what to say of each.
    """

    def carried(answers: Answers) -> bool:
        try:
            return follows is not None and close(answers.get(name), follows(answers), tolerance)
        except (TypeError, KeyError, ZeroDivisionError, OverflowError, ValueError):
            return False  # an earlier answer is missing or is no number

    def known(answers: Answers) -> str:
        value = answers.get(name)
        return next((said for wrong, said in mistakes if close(value, wrong, tolerance)), "")

    def is_right(answers: Answers) -> bool:
        return close(answers.get(name), right, tolerance)

    def comment(answers: Answers) -> str:
        value = answers.get(name)
        if value is None:
            return f"`{name}` has no value: replace the `...` and run the cell"
        if not is_number(value):
            return f"`{name}` is not a number"
        if carried(answers):
            return f"`{name}` follows rightly from your earlier numbers; mend those and it will be right"
        return known(answers) or f"`{name}` is not right"

    def silent(answers: Answers) -> str:
        return ""  # the other half has said it

    half = METHOD * points
    return (
        Check(half, lambda a: is_right(a) or carried(a) or bool(known(a)), silent),
        Check(points - half, is_right, comment),
    )


def count(name: str, right: int, points: float, **how: Any) -> tuple[Check, ...]:
    """Checks of a number of things: exact."""
    return number(name, right, points, tolerance=0, **how)


def choice(
    name: str, right: str, options: Sequence[str], points: float, *, follows: Callable[[Answers], str] | None = None,
    why: str = "",
) -> tuple[Check, ...]:  # fmt: skip
    """Checks of a word among ``options``; half of the points are for following from the student's own numbers."""

    def said(answers: Answers) -> str:
        value = answers.get(name)
        return value.strip().lower() if isinstance(value, str) else ""

    def carried(answers: Answers) -> bool:
        try:
            return follows is not None and said(answers) == follows(answers)
        except (TypeError, KeyError, ZeroDivisionError, OverflowError, ValueError):
            return False

    def comment(answers: Answers) -> str:
        if not said(answers):
            return f"`{name}` has no value: choose one of {', '.join(options)}"
        if said(answers) not in options:
            return f"`{name}` must be one of {', '.join(options)}"
        if carried(answers):
            return f"`{name}` follows rightly from your earlier numbers; mend those"
        return f"`{name}` is not right" + (f": {why}" if why else "")

    half = METHOD * points if follows else 0.0
    checks = (Check(points - half, lambda a: said(a) == right, comment),)
    if follows:
        checks = (Check(half, lambda a: said(a) == right or carried(a), lambda a: ""), *checks)
    return checks


def function(
    name: str, probes: Sequence[Sequence[Any]], rights: Sequence[Any], points: float, hints: Sequence[str]
) -> tuple[Check, ...]:
    """Checks of a function by its results: each probe has its share of the points, and a hint if it fails."""

    def same(value: Any, right: Any) -> bool:
        if isinstance(right, Sequence) and not isinstance(right, str):
            return (
                isinstance(value, Sequence)
                and len(value) == len(right)
                and all(same(a, b) for a, b in zip(value, right, strict=True))
            )
        return value is None if right is None else close(value, right)

    def check(k: int) -> Check:
        def holds(answers: Answers) -> bool:
            results = answers.get(name)
            return isinstance(results, list) and k < len(results) and same(results[k], rights[k])

        return Check(points / len(probes), holds, lambda a: f"`{name}`: {hints[k]}")

    return tuple(check(k) for k in range(len(probes)))
