"""The answer key: what each student's right answers are, for the teacher alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from .grading import prepare
from .questions import Choice, Function, Number


def answer_key(
    secret: bytes, chapter: int, students: Iterable[str], *, tick: Callable[[str], object] = lambda s: None
) -> pd.DataFrame:
    """Right answers of some students in a chapter.

    Returns
    -------
    DataFrame
        One row per answer: ``student``, ``chapter``, ``question``, ``title``, ``answer`` (name of the variable),
        ``right`` (as text: a number to two decimals more than are asked for, a word, the results of a function),
        ``unit``, ``points``.

    Raises
    ------
    HralignError
        If the chapter has no assignment.
    """
    rows = []
    for student in students:
        questions, _ = prepare(secret, chapter, student)
        for k, question in enumerate(questions, start=1):
            for part in question.parts:
                if isinstance(part, Number):
                    right, unit = f"{part.right:.{part.digits + 2 if part.digits else 0}f}", part.unit
                elif isinstance(part, Choice):
                    right, unit = part.right, "one of " + ", ".join(part.options)
                elif isinstance(part, Function):
                    right = "; ".join(
                        f"{call} -> {result}" for call, result in zip(part.calls, part.rights, strict=True)
                    )
                    unit = "results"
                else:
                    right, unit = "; ".join(f"{points:g}: {said}" for points, said in part.rubric), "rubric"
                rows.append({"student": student, "chapter": chapter, "question": k, "title": question.title,
                             "answer": part.name, "right": right, "unit": unit, "points": part.points})  # fmt: skip
        tick(student)
    return pd.DataFrame(rows)
