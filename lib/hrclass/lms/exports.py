"""Grades into the very file that a platform exported: one column filled, all else as it came."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

import hralign as hr

from ..gradebook import EXCUSED, NOTHING, OPEN
from .rosters import HEADINGS, is_canvas, no_student, plain
from .tables import Table

NO_GRADE = {"", "-", "N/A"}
NAMES = {"name", "first", "last"}


@dataclass(frozen=True)
class Filled:
    """The filled table, how students were matched, and what is to be said to the teacher."""

    table: Table
    by: tuple[str, str]
    count: int
    said: list[str]


def fill(
    table: Table, column: str, grades: pd.DataFrame, roster: pd.DataFrame, *, leave: Collection[str] = (),
    zero: bool = False, replace: bool = False, out_of: float | None = None, by: tuple[str, str] | None = None,
) -> Filled:  # fmt: skip
    """Fill one column.

    Parameters
    ----------
    grades : DataFrame
        One row per student with ``points``, ``out_of``, ``waiting``, ``state`` and ``why``.
    leave : collection of str
        Students, or lines of the export by any of their cells, that stay as they are.
    zero : bool
        Who handed in nothing gets 0.
    replace : bool
        Grades that are there already may change.
    out_of : float, optional
        Convert to so many points.
    by : (str, str), optional
        The column of the export and that of the roster that name the same student.

    Raises
    ------
    HralignError
        If anybody cannot be matched or has no grade, by name, or the column is out of other points.
    """
    heading = find_column(table, column)
    rows = [k for k in range(len(table.rows)) if not no_student(table, k)]
    left = {one.casefold() for one in leave}
    known = {*roster["student"].str.casefold(), *(cell.strip().casefold() for row in table.rows for cell in row)}
    if unknown := sorted(one for one in leave if one.casefold() not in known):
        raise hr.HralignError(
            f"--leave {', '.join(unknown)}: there is no such student, nor such a cell in {table.path}."
        )
    rows = [k for k in rows if not left & {cell.strip().casefold() for cell in table.rows[k]}]
    by = by or find_link(table, rows, heading, roster)
    whose, problems = match(table, rows, by, roster, left)
    grades, cells, said = grades.set_index("student"), {}, []
    written = table.column(heading)
    check_points(table, rows, heading, set(grades["out_of"][grades["state"].ne(EXCUSED)]), out_of)
    comma = decimal_comma(table)
    for k, student in whose.items():
        row = grades.loc[student]
        if row["state"] == OPEN:
            problems.append(f"{student} has no grade yet ({row['why']})")
        elif row["state"] == NOTHING and not zero:
            problems.append(f"{student} handed in nothing")
        elif row["state"] == EXCUSED:
            if is_canvas(table):
                cells[k] = "EX"
            else:
                said.append(f"{student} is excused, which this file cannot say: the cell stays as it is.")
        else:
            convert = out_of / row["out_of"] if out_of else 1.0
            cells[k] = f"{round(row['points'] * convert, 2):g}".replace(".", "," if comma else ".")
        if k in cells and written[k] not in NO_GRADE and not same(written[k], cells[k]) and not replace:
            problems.append(f"{student} has {written[k]} there already, and now {cells[k]}")
    if problems:
        raise hr.HralignError(f"Nothing was written. {'; '.join(problems)}. See --leave, --zero, --replace, --by.")
    waiting = [f"{one} ({grades.loc[one, 'waiting']:g})" for one in whose.values() if grades.loc[one, "waiting"] > 0]
    if waiting:
        said.append(f"Still without your marks, and filled in without them (points): {', '.join(waiting)}.")
    return Filled(table.filled(heading, cells), by, len(cells), said)


def find_column(table: Table, asked: str) -> str:
    """The heading that is meant: by all of it, by the number behind it in Canvas, or by a part that only one has."""
    if asked in table.headings:
        return asked
    numbered = [one for one in table.headings if re.search(rf"\({re.escape(asked)}\)$", one)]
    part = [one for one in table.headings if asked.casefold() in one.casefold()]
    for found in (numbered, part):
        if len(found) == 1:
            return found[0]
    what = f"several columns with '{asked}': {', '.join(part)}" if part else f"no column '{asked}'"
    raise hr.HralignError(f"{table.path} has {what}. Its columns are {', '.join(table.headings)}.")


def find_link(table: Table, rows: list[int], heading: str, roster: pd.DataFrame) -> tuple[str, str]:
    """The two columns that name the same students: those with most values in common, addresses before others.

    Names of people never do, since two may have the same.
    """
    links = []
    known_names = {word for field in NAMES for word in HEADINGS[field]}
    for at, theirs in enumerate(table.headings):
        values = [cell.casefold() for k, cell in enumerate(table.column(theirs)) if k in rows and cell]
        if theirs == heading or plain(theirs) in known_names or len(values) != len(set(values)):
            continue
        for own in (column for column in roster if column not in NAMES):
            common = set(roster[own].str.strip().str.casefold()) & set(values)
            if common:
                links.append((len(common), all("@" in one for one in common), -at, (theirs, own)))
    if not links:
        raise hr.HralignError(
            f"No column of {table.path} has ids or addresses of the roster: name two with --by THEIRS=OURS."
        )
    return max(links)[-1]


def match(
    table: Table, rows: list[int], by: tuple[str, str], roster: pd.DataFrame, left: Collection[str]
) -> tuple[dict[int, str], list[str]]:
    """Whose each row is, and who cannot be matched, by name."""
    theirs, own = by
    if theirs not in table.headings or own not in roster:
        raise hr.HralignError(f"--by {theirs}={own}: there is no such column in {table.path} or in the roster.")
    cells, known, problems = table.column(theirs), {}, []
    for student, value in zip(roster["student"], roster[own].str.strip().str.casefold(), strict=True):
        if value and known.setdefault(value, student) != student:
            problems.append(f"{student} and {known[value]} have the same {own} on the roster")
    whose: dict[int, str] = {}
    for k in rows:
        student = known.get(cells[k].casefold())
        if student is None:
            problems.append(f"line {table.lines[k]} ({names(table, k)}) is nobody on the roster")
        elif student in whose.values():
            problems.append(f"line {table.lines[k]} is {student} once more")
        elif student.casefold() not in left:
            whose[k] = student
    there = {cell.casefold() for cell in cells}
    for student, value in zip(roster["student"], roster[own].str.strip().str.casefold(), strict=True):
        if value not in there and student.casefold() not in left:
            problems.append(f"{student} is not in {table.path.name}")
    return whose, problems


def names(table: Table, k: int) -> str:
    """The first cells of a row, for the teacher to know it by."""
    return ", ".join([cell.strip() for cell in table.rows[k] if cell.strip()][:3])


def check_points(table: Table, rows: list[int], heading: str, ours: set[float], asked: float | None) -> None:
    """Refuse if the file says that its column is out of other points, or our own are out of different ones."""
    if asked is None and len(ours) > 1:
        raise hr.HralignError("The totals are out of different points, since some are excused: say --out-of 100.")
    own, theirs = asked or next(iter(ours), None), possible(table, rows, heading)
    if own is not None and theirs is not None and abs(theirs - own) > 1e-9:
        raise hr.HralignError(
            f"'{heading}' is out of {theirs:g} points, the grades of {own:g}: --out-of {theirs:g} converts them."
        )


def possible(table: Table, rows: list[int], heading: str) -> float | None:
    """How many points the file says its column is out of, if it does: a line in Canvas, the next column in Moodle."""
    at = table.headings.index(heading)
    if is_canvas(table):
        lines = [row for row in table.rows if row[0].strip().casefold() == "points possible"]
        return number(lines[0][at]) if lines else None
    if at + 1 < len(table.headings) and all(re.search(r"\D\d+$", table.rows[k][0].strip()) for k in rows):
        values = {table.rows[k][at + 1].strip() for k in rows}  # a worksheet: every line begins with "Participant 12"
        return number(values.pop()) if len(values) == 1 else None
    return None


def number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def same(one: str, other: str) -> bool:
    return one == other or (number(one) is not None and number(one) == number(other))


def decimal_comma(table: Table) -> bool:
    """Whether numbers in the file have a comma."""
    return any(re.fullmatch(r"\d+,\d+", cell.strip()) for row in table.rows for cell in row)


def gradescope(record: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """What Gradescope reads of one student: a test for each question, and the score after all rules."""
    by_hand = {text["question"]: text for text in record["written"]}
    tests = []
    for one in record["questions"]:
        text = by_hand.get(one["question"])
        said = [part["says"] for part in one["parts"] if part["says"]]
        if text:
            said += [f"Your teacher: {text['comment']}"] if text["comment"] else []
            said += ["The points for the argument are still to come."] if text["mark"] is None else []
        tests.append({
            "name": one["title"], "number": str(one["question"]), "max_score": one["possible"],
            "score": round(one["points"] + (text["mark"] or 0.0 if text else 0.0), 2),
            "output": "\n".join(said) or "Right.", "output_format": "text",
        })  # fmt: skip
    other = [said for said in record["comments"] if not re.match(r"q\d+ \(", said)]
    told = "\n".join([*other, *([row["note"]] if row["note"] else [])])
    return {"score": row["points"], "output": told, "output_format": "text", "visibility": "visible", "tests": tests}
