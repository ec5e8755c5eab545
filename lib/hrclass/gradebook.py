"""The gradebook: what each student has in each chapter and in all, by the rules of the course."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

import hralign as hr

from .identity import read_roster
from .lms.tables import read_table
from .report import GRADED, NOTHING
from .rules import Rules

EXCUSED, OPEN = "excused", "open"
COLUMNS = ["student", "chapter", "state", "why", "earned", "late_days", "taken", "points", "out_of", "waiting",
           "counts", "file", "of", "note"]  # fmt: skip
Times = Mapping[tuple[str, int], dt.datetime]


def read_results(folder: Path) -> dict[str, Any]:
    """What the last run of ``hrclass grade`` into this folder has found.

    Raises
    ------
    HralignError
        If there is none, or it is of another format.
    """
    path = folder / "results.json"
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
        if results["format"] == 1 and isinstance(results["notebooks"], list):
            return results
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise hr.HralignError(f"There are no grades in {path}: run hrclass grade with --out {folder} first.")


def read_class(path: Path) -> pd.DataFrame:
    """The roster, if nothing is wrong with it."""
    roster = read_roster(path)
    if wrong := [problem for problem in roster["problem"] if problem]:
        raise hr.HralignError(f"The roster {path} needs mending. {' '.join(wrong)}")
    return roster.drop(columns="problem")


def read_times(path: Path | None, rules: Rules, students: Sequence[str]) -> dict[tuple[str, int], dt.datetime]:
    """When notebooks came, by student and chapter: a table with ``student``, ``chapter`` and ``handed_in``.

    Raises
    ------
    HralignError
        If it cannot be read, or has somebody who is not on the roster or a time that is none; the line is named.
    """
    if path is None:
        return {}
    table, times = read_table(path), {}
    if lacking := [name for name in ("student", "chapter", "handed_in") if name not in table.headings]:
        raise hr.HralignError(f"{path} lacks the columns {', '.join(lacking)}.")
    columns = zip(*(table.column(name) for name in ("student", "chapter", "handed_in")), table.lines, strict=True)
    for student, chapter, said, line in columns:
        try:
            time = rules.placed(dt.datetime.fromisoformat(said))
            times[student, int(chapter)] = time
        except ValueError:
            time = None
        if time is None or not time.tzinfo:
            why = "is no time like 2026-11-02 23:59+01:00 of a chapter" if time is None else "has no zone"
            raise hr.HralignError(f"{path}, line {line}: '{said}' {why}.")
        if student not in students:
            raise hr.HralignError(f"{path}, line {line}: '{student}' is not on the roster.")
    return times


def make_gradebook(
    results: Mapping[str, Any], students: Sequence[str], rules: Rules, times: Times | None = None
) -> pd.DataFrame:
    """One row per student and chapter that has been graded.

    Returns
    -------
    DataFrame
        ``state`` is graded, nothing handed in, excused, or open, and then ``why`` says what keeps it open.  ``earned``
        points, ``late_days``, the share that these have ``taken``, ``points`` that remain ``out_of`` how many,
        ``waiting`` points of the teacher's, whether the chapter ``counts`` in the total, the ``file`` and the student
        it is ``of``, and a ``note`` on all that the rules did.
    """
    by = defaultdict(list)
    for record in results["notebooks"]:
        by[record["student"], record["chapter"]].append(record)
    graded = [record for record in results["notebooks"] if record["status"] == GRADED]
    out_of = {record["chapter"]: record["out_of"] for record in graded}
    rows = []
    for chapter in sorted(out_of):
        own = {one: _row(by[one, chapter] + by[one, None], chapter, one, rules, times or {}) for one in students}
        for student in students:
            row = own[student]
            name, others = rules.group_of(student)
            if row["state"] == NOTHING and (there := [own[one] for one in others if own[one]["state"] == GRADED]):
                best = max(there, key=lambda one: one["points"])
                shared = [f"with the group {name}, from the notebook of {best['student']}", best["note"]]
                row = best | {"student": student, "note": "; ".join(filter(None, shared))}
            rows.append({"out_of": out_of[chapter], **row})
    table = pd.DataFrame(rows, columns=COLUMNS)
    return keep_best(table, rules.best)


def _row(found: Sequence[Mapping[str, Any]], chapter: int, student: str, rules: Rules, times: Times) -> dict[str, Any]:
    row = {"student": student, "chapter": chapter, "state": NOTHING, "why": "", "earned": 0.0, "late_days": 0,
           "taken": 0.0, "points": 0.0, "waiting": 0.0, "file": "", "of": student, "note": ""}  # fmt: skip
    if rules.is_excused(chapter, student):
        return row | {"state": EXCUSED, "note": "excused"}
    counts = [one for one in found if one["counts"]]
    if counts:
        one = counts[0]
        time = times.get((student, chapter)) or dt.datetime.fromtimestamp(one["handed_in"], dt.UTC)
        days = rules.late_days(chapter, student, time)
        taken = rules.taken(days)
        note = f"{days} day{'s' * (days > 1)} late, {taken:.0%} taken" if days else ""
        return row | {"state": GRADED, "earned": one["total"], "late_days": days, "taken": taken, "note": note,
                      "points": round(one["total"] * (1 - taken), 2), "waiting": one["waiting"],
                      "out_of": one["out_of"], "file": one["file"]}  # fmt: skip
    reasons = [one["reason"] for one in found if one["file"] and one["status"] != GRADED and one["chapter"] == chapter]
    if any(one["status"] == GRADED for one in found):
        return row | {"state": OPEN, "why": "several notebooks, none chosen: see count in marks.csv"}
    if reasons:
        return row | {"state": OPEN, "why": f"not graded: {reasons[0]}"}
    if unknown := [one["reason"] for one in found if one["file"] and one["chapter"] is None]:
        return row | {"state": OPEN, "why": f"not graded: {unknown[0]}"}
    return row


def keep_best(table: pd.DataFrame, best: int | None) -> pd.DataFrame:
    """Set ``counts``: excused chapters never do, of the others the best by share of points."""
    table = table.assign(counts=table["state"].ne(EXCUSED))
    if best is None:
        return table
    share = (table["points"] / table["out_of"]).where(table["counts"])
    rank = share.groupby(table["student"]).rank(ascending=False, method="first")
    dropped = table["counts"] & rank.gt(best)
    note = table["note"].where(~dropped, table["note"].where(table["note"].eq(""), table["note"] + "; ")
                               + f"does not count, the best {best} do")  # fmt: skip
    return table.assign(counts=table["counts"] & ~dropped, note=note)


def in_all(table: pd.DataFrame) -> pd.DataFrame:
    """One row per student with ``points`` and ``out_of`` of all that counts, ``waiting``, ``state`` and ``why``."""
    rows = []
    for student, own in table.groupby("student", sort=False):
        counts = own[own["counts"]]
        undecided = own[own["state"].eq(OPEN)]
        nothing = counts["state"].eq(NOTHING).all()
        state = EXCUSED if counts.empty else OPEN if len(undecided) else NOTHING if nothing else GRADED
        why = "; ".join(f"chapter {row.chapter}: {row.why}" for row in undecided.itertuples())
        rows.append({"student": student, "points": round(counts["points"].sum(), 2), "out_of": counts["out_of"].sum(),
                     "waiting": round(counts["waiting"].sum(), 2), "state": state, "why": why})  # fmt: skip
    return pd.DataFrame(rows, columns=["student", "points", "out_of", "waiting", "state", "why"])


def as_sheet(table: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    """The gradebook as a teacher reads it: a line per student, chapters side by side, notes at the end."""
    wide = table.set_index(["student", "chapter"])["points"].astype(object).unstack()  # noqa: PD010
    for row in table.itertuples():
        if row.state != GRADED and row.state != NOTHING:
            wide.loc[row.student, row.chapter] = row.state
    wide.columns = [f"chapter {chapter}" for chapter in wide]
    total = in_all(table).set_index("student")
    told = table.assign(said=table["why"].where(table["why"].ne(""), table["note"]))
    told = told.assign(said=told["said"].where(told["state"].ne(NOTHING) | told["said"].ne(""), NOTHING))
    notes = {student: "; ".join(f"chapter {one.chapter}: {one.said}" for one in own.itertuples() if one.said)
             for student, own in told.groupby("student")}  # fmt: skip
    percent = (100 * total["points"] / total["out_of"].where(total["out_of"].gt(0))).astype(float).round(1)
    sums = total[["points", "out_of", "waiting"]].rename(columns={"points": "total"})
    made = wide.join(sums).assign(percent=percent, notes=pd.Series(notes))
    return roster.set_index("student").drop(columns=made.columns, errors="ignore").join(made).reset_index()
