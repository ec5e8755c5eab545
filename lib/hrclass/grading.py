"""Grading a class: what each notebook that was handed in has earned, and why.

The work on a notebook is done once and kept in a journal as soon as it is done, so that a run that was ended goes on
where it was. `report` makes of the journal what a teacher reads.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

import hralign as hr

from . import __version__
from .assignments import find_assignment
from .draws import draw_for
from .execution import Odd, Run, run_notebook
from .isolation import Isolation, Limits
from .journal import Journal
from .questions import Question, mark_all
from .submissions import Submission
from .written import Written

GRADED, NOT_GRADED = "graded", "not graded"


@dataclass(frozen=True)
class Grader:
    """All that the work on one notebook takes."""

    secret: bytes
    isolation: Isolation
    limits: Limits

    def grade(self, one: Submission) -> dict[str, Any]:
        """The record of one notebook; whatever goes wrong with it becomes a reason and never stops the others."""
        record = about(one)
        if one.problem:
            return record
        try:
            questions, world = prepare(self.secret, one.chapter, one.student)
            parts = [part for question in questions for part in question.parts]
            probes = {part.name: part.calls for part in parts if hasattr(part, "calls")}
            run = run_notebook(self.isolation, one.cells, [part.name for part in parts], probes, world, self.limits)
            return record | {"status": GRADED, "reason": "", "isolation": self.isolation.words,
                             "limits": asdict(self.limits)} | assess(questions, run, one)  # fmt: skip
        except Exception as error:  # one bad notebook never stops the rest
            return record | {"reason": f"grading it failed: {type(error).__name__}: {str(error)[:200]}"}


def about(one: Submission) -> dict[str, Any]:
    """The beginning of a record: whose it is, and why it is not graded, until it is."""
    return {
        "student": one.student, "chapter": one.chapter, "file": one.file, "digest": one.digest, "handed_in": one.time,
        "status": NOT_GRADED, "reason": one.problem, "version": __version__, "cells": list(one.cells),
        "comments": [one.remark] if one.remark else [], "flags": [],
    }  # fmt: skip


@functools.lru_cache(maxsize=4)
def prepare(secret: bytes, chapter: int, student: str) -> tuple[list[Question | Written], bytes]:
    """The questions of one student and the file with the world that they are about."""
    assignment = find_assignment(chapter)
    draw = draw_for(secret, chapter, student, assignment.evidence)
    questions = assignment.questions(draw)
    with tempfile.TemporaryDirectory(prefix="hrclass-world-") as scratch:
        world = Path(scratch, "world.zip")
        hr.write_world(draw.src, world)
        return questions, world.read_bytes()


def assess(questions: Sequence[Question | Written], run: Run, one: Submission) -> dict[str, Any]:
    """Points by question and part, comments for the student and flags for the teacher, of a notebook that has run."""
    marks = mark_all(questions, run.answers, run.first)
    comments, told = [], []
    for k, (question, of_parts) in enumerate(zip(questions, marks, strict=True), start=1):
        told.append({
            "question": k, "title": question.title, "doing": question.doing,
            "points": round(sum(mark.points for mark in of_parts), 2), "possible": question.points,
            "parts": [asdict(mark) for mark in of_parts],
        })  # fmt: skip
        if said := ", ".join(dict.fromkeys(mark.says for mark in of_parts if mark.says)):
            comments.append(f"q{k} ({question.title}): {said}")
    for k, error in run.errors.items():
        if k < len(one.cells):
            first = next((line for line in one.cells[k].splitlines() if line.strip(" \t%#")), "…")
            comments.append(f"the cell that begins with `{first.strip()[:60]}` stopped: {error}")
    if run.end:
        comments.append(f"not all of the notebook was run: {run.end}")
    written = [question for question in questions if isinstance(question, Written)]
    return {
        "questions": told, "points": round(sum(one["points"] for one in told), 2),
        "possible": sum(question.points for question in questions) - sum(text.by_hand for text in written),
        "written": [text.record(run.answers, k) for k, text in enumerate(questions, 1) if text in written],
        "answers": {name: without_odd(value) for name, value in run.answers.items()},
        "errors": {str(k): error for k, error in run.errors.items()}, "end": run.end,
        "comments": [*comments, *([one.remark] if one.remark else [])], "flags": [run.odd] if run.odd else [],
    }  # fmt: skip


def without_odd(value: Any) -> Any:
    """The answer as it is kept: None for what none can be."""
    if isinstance(value, list):
        return [without_odd(one) for one in value]
    return None if isinstance(value, Odd) else value


def grade_all(
    found: Sequence[Submission], grader: Grader, journal: Journal, *, again: Iterable[str] = (), jobs: int = 2,
    progress: bool = True,
) -> list[dict[str, Any]]:  # fmt: skip
    """The records of all submissions, those from the journal where the same file has been graded before.

    Parameters
    ----------
    again : iterable of str
        Students whose notebooks are graded anew ("all" for everybody).
    jobs : int
        Notebooks that run side by side.
    """
    again = set(again)
    anew = [one for one in found if one.problem or "all" in again or one.student in again or not journal.has(one)]
    made: dict[str, dict[str, Any]] = {}

    def work(one: Submission) -> None:
        record = grader.grade(one)
        if record["status"] == GRADED:
            journal.keep(record)
        made[one.file] = record

    pool = ThreadPoolExecutor(jobs)  # threads will do: the notebooks have processes of their own
    try:
        for _ in tqdm(pool.map(work, anew), total=len(anew), desc="Notebooks", disable=not progress):
            pass
    finally:
        pool.shutdown(cancel_futures=True)
    return [made.get(one.file) or refresh(journal.get(one), one) for one in found]


def refresh(record: dict[str, Any], one: Submission) -> dict[str, Any]:
    """A record of the journal under the name that the file has now."""
    return record | {"file": one.file, "handed_in": one.time}
