"""Writing assignments: for each student a folder with a notebook and the world it is about."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import hralign as hr

from .assignments import find_assignment
from .bank import WORDS
from .draws import draw_for
from .identity import check_id, line_of
from .isolation import Limits
from .questions import Choice, Function, Question
from .written import Written

PREAMBLE = """{line}
# Please leave the line above as it is: grading needs it.
# If hralign is missing, the page "How to use this book" says how to install it.
import numpy as np
import pandas as pd

import hralign as hr

src = hr.load_world("world.zip")  # keep notebook and world in one folder"""

IN_COLAB = """\
# Colab lacks the library of the book. There, and nowhere else, this cell installs it.
import importlib.util
import sys

if "google.colab" in sys.modules and not importlib.util.find_spec("hralign"):
    get_ipython().run_line_magic("pip", "install -q git+https://github.com/{repository}")
    raise SystemExit("Now restart the session (menu Runtime), upload world.zip, and run all cells.")"""

RULES = f"""You work on a **simulated world**: fictional states and IGOs, made for you alone. Other students' worlds \
are different, and so are their right answers, and some of their questions.

- Put each answer into the variable that the question names, in place of `...`. Use a name for one thing only: what it \
holds at the end counts. Add cells as you like.
- The line below each question says unit and rounding. More decimals than it asks for are always fine.
- Where an answer builds on an earlier one, the right method earns points even if the earlier number was wrong.
- The last cell checks the *form* of your answers. It never says whether they are right.
- Before you hand in: *Restart kernel and run all cells*. Grading does the same, without network, and stops cells that \
run for longer than {Limits().cell_time:g} seconds."""

CHECK_TITLE = (
    "## Before you hand in: the form\n\nRun this cell. It says whether each answer is there and has the right kind."
)

CHECK = """{forms}
for _name, (_kind, _form) in _forms.items():
    _value = globals().get(_name, ...)
    _number = isinstance(_value, (int, float, np.number)) and _value is not True and abs(_value) < float("inf")
    _fits = {{
        "number": _number, "whole": _number and _value == int(_value), "function": callable(_value),
        "word": isinstance(_value, str) and _value.strip().lower() in str(_form).split(" | "),
        "text": isinstance(_value, str) and len(_value.split()) >= {words},
    }}[_kind]
    print("open " if _value is ... else "fits " if _fits else "CHECK", _name, "-", _form)"""


def name_of(chapter: int, student: str) -> str:
    """Name of the folder and of the notebook in it."""
    return f"chapter-{chapter:02d}-{student}"


def write_assignments(
    chapter: int, students: Iterable[str], out: Path, secret: bytes, *, repository: str = "",
    tick: Callable[[str], object] = lambda s: None,
) -> list[Path]:  # fmt: skip
    """Write a folder for each student into ``out``: all of them, or none if anything goes wrong.

    Parameters
    ----------
    repository : str
        ``owner/name`` on GitHub: the notebooks get a cell that installs the library from there in Colab.
    tick : callable
        Called with each student's id when the folder is ready.

    Returns
    -------
    list of Path
        The notebooks, each beside its ``world.zip``.

    Raises
    ------
    HralignError
        If the chapter has no assignment, an id or repository will not do, or a folder is there already.
    """
    find_assignment(chapter)
    students = [check_id(student) for student in students]
    if repository and not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise hr.HralignError(f"A repository on GitHub is named owner/name, not '{repository}': nothing was written.")
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
                write_assignment(chapter, student, Path(scratch, name_of(chapter, student)), secret, repository)
                tick(student)
            for folder in folders:
                Path(scratch, folder.name).rename(folder)
    except BaseException:
        if made:
            shutil.rmtree(made[-1], ignore_errors=True)
        raise
    return [folder / f"{folder.name}.ipynb" for folder in folders]


def write_assignment(chapter: int, student: str, folder: Path, secret: bytes, repository: str = "") -> None:
    """One student's notebook and world in a new folder."""
    assignment = find_assignment(chapter)
    draw = draw_for(secret, chapter, student, assignment.evidence)
    book = make_notebook(chapter, student, assignment.questions(draw), line_of(secret, chapter, student), repository)
    folder.mkdir()
    hr.write_world(draw.src, folder / "world.zip")
    nbformat.write(book, folder / f"{folder.name}.ipynb")


def make_notebook(
    chapter: int, student: str, questions: Sequence[Question | Written], line: str, repository: str = ""
) -> NotebookNode:
    """The notebook of one student, with open answers."""
    assignment, points = find_assignment(chapter), sum(question.points for question in questions)
    cells = [
        new_markdown_cell(
            f"# {assignment.title}\n\nAssignment to chapter {chapter} of *The Company States Keep*, for student "
            f"`{student}`; {points:g} points.\n\n{assignment.intro}\n\n{RULES}"
        ),
        *([new_code_cell(IN_COLAB.format(repository=repository))] if repository else []),
        new_code_cell(PREAMBLE.format(line=line)),
    ]
    for k, question in enumerate(questions, start=1):
        cells += [new_markdown_cell(heading(k, question)), new_code_cell(question.starter)]
    cells += [new_markdown_cell(CHECK_TITLE), new_code_cell(check_form(questions))]
    book = new_notebook(cells=cells)
    book.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book.metadata["language_info"] = {"name": "python"}
    return book


def heading(k: int, question: Question | Written) -> str:
    return f"## Question {k}. {question.title} ({question.points:g} points)\n\n{question.wording}"


def check_form(questions: Sequence[Question | Written]) -> str:
    """Code that says of each answer whether it is there and of the right kind; it knows nothing of the right ones."""
    forms = {}
    for part in (part for question in questions for part in question.parts):
        if isinstance(part, Written):
            forms[part.name] = ("text", f"{part.words} words or more")
        elif isinstance(part, Choice):
            forms[part.name] = ("word", " | ".join(part.options))
        elif isinstance(part, Function):
            forms[part.name] = ("function", "a function")
        else:
            forms[part.name] = ("number" if part.digits else "whole", part.unit)
    listed = "".join(f"    {name!r}: {form!r},\n" for name, form in forms.items())
    return CHECK.format(forms=f"_forms = {{\n{listed}}}", words=WORDS)
