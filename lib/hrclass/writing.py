"""Writing assignments: for each student a folder with a notebook and the world it is about."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import hralign as hr

from .assignments import find_assignment
from .draws import draw_for
from .identity import check_id, line_of
from .questions import Question

PREAMBLE = """{line}
# Please leave the line above as it is: grading needs it.
# If hralign is missing, the page "How to use this book" says how to install it.
import numpy as np
import pandas as pd

import hralign as hr

src = hr.load_world("world.zip")  # keep notebook and world in one folder"""

RULES = """You work on a **simulated world**: fictional states and IGOs, made for you alone. Other students' worlds \
are different, and so are their right answers.

- Put each answer into the variable that the question names, in place of `...`. Do not round. Add cells as you like.
- Numbers may differ from the right ones by half a per cent. Where an answer builds on an earlier one, the right \
method earns points even if the earlier number was wrong.
- Before you hand in: *Restart kernel and run all cells*. Grading does the same, without network, and stops cells that \
run for longer than 45 seconds."""


def name_of(chapter: int, student: str) -> str:
    """Name of the folder and of the notebook in it."""
    return f"chapter-{chapter:02d}-{student}"


def write_assignments(
    chapter: int, students: Iterable[str], out: Path, secret: bytes, *, tick: Callable[[str], object] = lambda s: None
) -> list[Path]:
    """Write a folder for each student into ``out``: all of them, or none if anything goes wrong.

    Parameters
    ----------
    tick : callable
        Called with each student's id when the folder is ready.

    Returns
    -------
    list of Path
        The notebooks, each beside its ``world.zip``.

    Raises
    ------
    HralignError
        If the chapter has no assignment, an id will not do, or a folder is there already.
    """
    find_assignment(chapter)
    students = [check_id(student) for student in students]
    folders = [out / name_of(chapter, student) for student in students]
    there = [folder for folder in folders if folder.exists()]
    if there:
        raise hr.HralignError(f"{there[0]} is there already: nothing was written. Remove it or name another folder.")
    made = [folder for folder in (out, *out.parents) if not folder.exists()]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise hr.HralignError(f"Cannot make the folder {out}: {error.strerror}.") from None
    try:
        with tempfile.TemporaryDirectory(prefix=".assignments-", dir=out) as scratch:
            for student in students:
                write_assignment(chapter, student, Path(scratch, name_of(chapter, student)), secret)
                tick(student)
            for folder in folders:
                Path(scratch, folder.name).rename(folder)
    except BaseException:
        if made:
            shutil.rmtree(made[-1], ignore_errors=True)
        raise
    return [folder / f"{folder.name}.ipynb" for folder in folders]


def write_assignment(chapter: int, student: str, folder: Path, secret: bytes) -> None:
    """One student's notebook and world in a new folder."""
    assignment = find_assignment(chapter)
    draw = draw_for(secret, chapter, student, assignment.evidence)
    questions = assignment.questions(draw)
    folder.mkdir()
    hr.write_world(draw.src, folder / "world.zip")
    points = sum(question.points for question in questions)
    cells = [
        new_markdown_cell(
            f"# {assignment.title}\n\nAssignment to chapter {chapter} of *The Company States Keep*, for student "
            f"`{student}`; {points:g} points.\n\n{assignment.intro}\n\n{RULES}"
        ),
        new_code_cell(PREAMBLE.format(line=line_of(secret, chapter, student))),
    ]
    for k, question in enumerate(questions, start=1):
        cells += [new_markdown_cell(heading(k, question)), new_code_cell(question.starter)]
    book = new_notebook(cells=cells)
    book.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book.metadata["language_info"] = {"name": "python"}
    nbformat.write(book, folder / f"{folder.name}.ipynb")


def heading(k: int, question: Question) -> str:
    return f"## Question {k}. {question.title} ({question.points:g} points)\n\n{question.text}"
