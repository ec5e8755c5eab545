"""What was handed in: finding the notebooks, and whose each of them is."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat

from .assignments import ASSIGNMENTS
from .identity import code_of, find_line

LARGEST = 20 * 2**20


@dataclass(frozen=True)
class Submission:
    """One notebook of the folder.

    ``problem`` says why it cannot be graded ("" if it can), ``remark`` what else is to be known of it; ``likeness``
    is the same for notebooks with the same code.
    """

    file: str
    chapter: int | None = None
    student: str = ""
    cells: tuple[str, ...] = ()
    handed_in: float = 0.0
    likeness: str = ""
    problem: str = ""
    remark: str = ""


def find_submissions(folder: Path, students: Iterable[str], secret: bytes) -> list[Submission]:
    """Every notebook below the folder, each named to a student and chapter or with its problem.

    Of several notebooks of one student in one chapter the newest is to be graded.
    """
    students = list(students)
    files = sorted(path for path in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
    found = [_read(path, path.relative_to(folder).as_posix(), students, secret) for path in files]
    newest: dict[tuple, Submission] = {}
    for one in sorted((one for one in found if not one.problem), key=lambda one: one.handed_in):
        newest[one.student, one.chapter] = one
    return [
        one if one.problem or newest[one.student, one.chapter] is one
        else replace(one, problem=f"a newer notebook was graded instead: {newest[one.student, one.chapter].file}")
        for one in found
    ]  # fmt: skip


def _read(path: Path, file: str, students: list[str], secret: bytes) -> Submission:
    one = Submission(file)
    try:
        if path.stat().st_size > LARGEST:
            return replace(one, problem=f"the file is larger than {LARGEST // 2**20} MB")
        if not path.stat().st_size:
            return replace(one, problem="the file is empty")
        book = nbformat.read(path, as_version=4)
        cells = tuple(cell.source for cell in book.cells if cell.cell_type == "code" and cell.source.strip())
        text = "\n".join(cell.source for cell in book.cells)
    except Exception as error:  # nbformat has many ways to say that a file is no notebook
        return replace(one, problem=f"it cannot be read as a notebook ({type(error).__name__})")
    one = replace(one, cells=cells, handed_in=path.stat().st_mtime, likeness=_likeness(cells))
    if not cells:
        return replace(one, problem="the notebook has no code in it")
    return _identify(one, text, students, secret)


def _identify(one: Submission, text: str, students: list[str], secret: bytes) -> Submission:
    """Name student and chapter by the assignment line; by the name of the file if that line was deleted."""
    by_name = _in_name(one.file, students)
    line = find_line(text)
    if line is None:
        chapter = re.search(r"chapter-(\d\d)", one.file)
        if len(by_name) != 1 or not chapter or int(chapter[1]) not in ASSIGNMENTS:
            return replace(one, problem="the assignment line was deleted and the file name does not say whose it is")
        remark = "the assignment line was deleted; the file name was believed"
        return replace(one, student=by_name[0], chapter=int(chapter[1]), remark=remark)
    chapter, student, code = line
    one = replace(one, student=student, chapter=chapter)
    if chapter not in ASSIGNMENTS:
        return replace(one, problem=f"there is no assignment to chapter {chapter}: the assignment line was changed")
    if student not in students:
        return replace(one, problem=f"'{student}' is not on the roster")
    owners = [other for other in students if code_of(secret, chapter, other) == code]
    if owners != [student]:
        whose = f"is that of {owners[0]}" if owners else "belongs to nobody on the roster"
        return replace(
            one,
            problem=f"the world code of the assignment line {whose}: the line was changed, or the notebook was made "
            "with another course secret",
        )
    if by_name and student not in by_name:
        return replace(
            one, student=by_name[0], problem=f"handed in as {by_name[0]}, but it is the notebook of {student}"
        )
    return one


def _in_name(file: str, students: list[str]) -> list[str]:
    """Students whose id stands in the path as a word of its own."""
    return [one for one in students if re.search(rf"(?<![A-Za-z0-9]){re.escape(one)}(?![A-Za-z0-9])", file)]


def _likeness(cells: tuple[str, ...]) -> str:
    """A digest of the code as Python reads it: comments, blanks and order of quotes make no difference."""
    parts = []
    for source in cells:
        try:
            parts.append(ast.unparse(ast.parse(source)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            parts.append(" ".join(source.split()))
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
