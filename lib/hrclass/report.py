"""What a teacher reads: ``grades.csv`` and ``results.json``, made by every run, and ``marks.csv``, which is theirs.

``marks.csv`` has a line for every written answer, with the text, and room for a mark and a comment. Runs add lines to
it and never change one in which something was entered.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

import hralign as hr

from .grading import GRADED, NOT_GRADED
from .similarity import alike

NOTHING = "nothing handed in"
MARKS = ["student", "chapter", "question", "out_of", "mark", "comment", "count", "file", "text", "id"]
MOST_NAMED = 3
SEVERAL = ("ask", "newest", "best")


@dataclass(frozen=True)
class Gradebook:
    """A folder of grades: where its files are, and that they can be written."""

    folder: Path

    @property
    def journal(self) -> Path:
        return self.folder / "journal.jsonl"

    @property
    def grades(self) -> Path:
        return self.folder / "grades.csv"

    @property
    def marks(self) -> Path:
        return self.folder / "marks.csv"

    @property
    def results(self) -> Path:
        return self.folder / "results.json"

    def check(self) -> None:
        """Make the folder and try to write into it, before hours of work are lost.

        Raises
        ------
        HralignError
            If that does not go, or ``marks.csv`` cannot be read.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            trial = self.folder / ".trial"
            trial.write_text("", encoding="utf-8")
            trial.unlink()
        except OSError as error:
            raise hr.HralignError(f"Cannot write into {self.folder}: {error.strerror}. Nothing was graded.") from None
        self.read_marks()

    def read_marks(self) -> pd.DataFrame:
        """``marks.csv`` as text, with its own further columns; empty if there is none yet."""
        if not self.marks.exists():
            return pd.DataFrame(columns=MARKS, dtype=str)
        try:
            with self.marks.open(encoding="utf-8-sig") as file:
                sep = ";" if file.readline().count(";") > 2 else ","  # as some spreadsheets save it
            table = pd.read_csv(self.marks, dtype=str, keep_default_na=False, encoding="utf-8-sig", sep=sep)
        except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise hr.HralignError(
                f"{self.marks} cannot be read: {error}. It holds your marks, mend it first."
            ) from None
        if lacking := [name for name in MARKS if name not in table]:
            raise hr.HralignError(f"{self.marks} lacks the columns {', '.join(lacking)}. It holds your marks, mend it.")
        for row in table.to_dict("records"):
            number = as_number(row["mark"])
            if row["mark"].strip() and (number is None or not 0 <= number <= (as_number(row["out_of"]) or 0)):
                whose = f"the mark '{row['mark']}' of {row['student']}"
                raise hr.HralignError(f"{self.marks}: {whose} is no number from 0 to {row['out_of']}.")
        return table


def as_number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def write_report(
    book: Gradebook, records: Sequence[dict[str, Any]], roster: pd.DataFrame, course: dict[str, Any], several: str
) -> tuple[pd.DataFrame, list[str]]:
    """Write all files of the folder but the journal; returns the report and what else is to be said."""
    marks = add_lines(book.read_marks(), records)
    records = decide([dict(record) for record in records], marks, several)
    for record in records:
        add_marks(record, marks)
    pairs = alike(records)
    for record in records:
        for pair in pairs:
            if record["file"] in pair["files"]:
                other = pair["students"][1 - pair["files"].index(record["file"])]
                like = f"{pair['share']:.0%} of the unusual code is like that of {other}"
                record["flags"] = [*record["flags"], like]
    everybody = [*records, *absent(roster, records)]
    table = as_table(everybody, roster)
    said = keep_aside(book)
    if len(marks) and not marks.equals(book.read_marks()):
        write_whole(book.marks, marks.to_csv(index=False).encode("utf-8-sig", "replace"))
    report = as_csv(table)
    write_whole(book.grades, report)
    digest = hashlib.sha256(report).hexdigest()
    result = {"format": 1, "course": course, "report": digest, "notebooks": everybody, "pairs": pairs}
    write_whole(book.results, json.dumps(result, indent=1, ensure_ascii=False).encode("utf-8", "replace"))
    return table, said


def id_of(record: dict[str, Any]) -> str:
    """Names a notebook in ``marks.csv``, whatever its file is called and a spreadsheet makes of a student's id."""
    parts = f"{record['student']}/{record['chapter']}/{record['digest']}"
    return "n-" + hashlib.sha256(parts.encode()).hexdigest()[:12]


def add_lines(marks: pd.DataFrame, records: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The marks with a line for every written answer that has none yet; no line that is there is touched."""
    there = set(zip(marks["id"], marks["question"], strict=True))
    new = [
        [record["student"], str(record["chapter"]), str(text["question"]), f"{text['out_of']:g}", "", "", "",
         harmless(record["file"]), harmless(text["text"]), id_of(record)]
        for record in records for text in record.get("written", [])
        if (id_of(record), str(text["question"])) not in there
    ]  # fmt: skip
    return pd.concat([marks, pd.DataFrame(new, columns=MARKS)], ignore_index=True).fillna("") if new else marks


def find_mark(marks: pd.DataFrame, record: dict[str, Any], text: dict[str, Any]) -> dict[str, Any]:
    """The teacher's line for a written answer: that of this notebook, else of an earlier one with the same text."""
    rows = marks[marks["question"].eq(str(text["question"]))]
    own = rows[rows["id"].eq(id_of(record))].to_dict("records")
    if own and (own[0]["mark"] + own[0]["comment"]).strip():
        return own[0]
    alike = rows[rows["text"].eq(harmless(text["text"])) & rows["student"].eq(record["student"])
                 & rows["chapter"].eq(str(record["chapter"])) & rows["mark"].str.strip().ne("")]  # fmt: skip
    return alike.iloc[-1].to_dict() if len(alike) and text["text"] else dict.fromkeys(MARKS, "")


def decide(records: list[dict[str, Any]], marks: pd.DataFrame, several: str) -> list[dict[str, Any]]:
    """Set ``counts``: of several notebooks of one student and chapter, the one that the teacher chose.

    A word in the column ``count`` of ``marks.csv`` decides; else ``several``, by which "ask" leaves it open.
    """
    chosen = set(marks.loc[marks["count"].str.strip().ne(""), "id"])
    groups = defaultdict(list)
    for record in records:
        record["counts"] = record["status"] == GRADED
        if record["counts"]:
            groups[record["student"], record["chapter"]].append(record)
    for group in groups.values():
        if len(group) == 1:
            continue
        pick = [one for one in group if id_of(one) in chosen]
        if len(pick) != 1:
            by = {"newest": lambda one: one["handed_in"], "best": lambda one: one["points"]}.get(several)
            pick = [max(group, key=by)] if by else []
        for one in group:
            one["counts"] = one in pick
            others = named([other["file"] for other in group if other is not one])
            if one in pick:
                why = f"counts, and not {others}"
            elif pick:
                why = f"does not count: {pick[0]['file']} does"
            else:
                why = f"undecided: {others} has the same student and chapter; choose in marks.csv, column count"
            one["flags"] = [*one["flags"], f"handed in more than once; this one {why}"]
    return records


def named(files: Sequence[str]) -> str:
    """The first few of some files."""
    more = len(files) - MOST_NAMED
    return ", ".join(files[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def add_marks(record: dict[str, Any], marks: pd.DataFrame) -> None:
    """Add the teacher's marks and comments to a record: ``given``, ``waiting`` (still to be given), ``total``."""
    if record["status"] != GRADED:
        return
    given, waiting = 0.0, 0.0
    for text in record["written"]:
        row = find_mark(marks, record, text)
        text["mark"], text["comment"] = as_number(row["mark"]), row["comment"].strip()
        if text["mark"] is None:
            waiting += text["out_of"]
        given += text["mark"] or 0.0
    record["given"], record["waiting"] = round(given, 2), round(waiting, 2)
    record["total"] = round(record["points"] + given, 2)
    record["out_of"] = round(record["possible"] + sum(text["out_of"] for text in record["written"]), 2)


def absent(roster: pd.DataFrame, records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records of students without a notebook, by chapter, and of lines of the roster that name nobody."""
    blank = {"file": "", "flags": [], "comments": [], "counts": False}
    wrong = roster[roster["problem"].ne("")]
    missing = [{"student": row["student"], "chapter": None, "status": NOT_GRADED, "reason": row["problem"], **blank}
               for row in wrong.to_dict("records")]  # fmt: skip
    came = {(record["student"], record["chapter"]) for record in records}
    unknown = {record["student"] for record in records if record["chapter"] is None}
    for chapter in sorted({record["chapter"] for record in records if record["status"] == GRADED}):
        for student in roster.loc[roster["problem"].eq(""), "student"]:
            if (student, chapter) not in came and student not in unknown:
                missing.append({"student": student, "chapter": chapter, "status": NOTHING, "reason": "", **blank})
    return missing


def as_table(records: Sequence[dict[str, Any]], roster: pd.DataFrame) -> pd.DataFrame:
    """One row for each record, with the other columns of the roster."""
    rows = []
    for record in records:
        row = {
            name: record.get(name)
            for name in ("student", "chapter", "total", "out_of", "waiting", "points", "possible")
        }
        for question in record.get("questions", []):
            row[f"q{question['question']}"] = question["points"]
        teacher = [f"q{text['question']} (your teacher): {text['comment']}"
                   for text in record.get("written", []) if text.get("comment")]  # fmt: skip
        comments = [*record["comments"], *teacher]
        graded = record["status"] == GRADED
        row |= {
            "comment": "; ".join(comments) + "." if comments else "Everything is right." if graded else "",
            "written": "\n\n".join(text["text"] for text in record.get("written", []) if text["text"]),
            "flag": "; ".join(record["flags"]), "counts": "yes" if record["counts"] else "no" if graded else "",
            "status": record["status"] + (f": {record['reason']}" if record["reason"] else ""),
            "file": record["file"], "isolation": record.get("isolation", ""),
        }  # fmt: skip
        rows.append(row)
    table = (
        pd.DataFrame(rows).astype({"chapter": "Int64"})
        if rows
        else pd.DataFrame(columns=["student", "chapter", "file"])
    )
    questions = sorted((c for c in table if c[0] == "q" and c[1:].isdigit()), key=lambda c: int(c[1:]))
    first = ["student", "chapter", "total", "out_of", "waiting", "points", "possible"]
    last = ["comment", "written", "flag", "counts", "status", "file", "isolation"]
    table = table.reindex(columns=[*first, *questions, *last])
    extra = roster.drop(columns="problem").drop_duplicates("student")
    extra = extra[["student", *(c for c in extra if c not in table)]]
    table = extra.merge(table, on="student", how="right")
    return table.sort_values(["chapter", "student", "file"], na_position="last").reset_index(drop=True)


def keep_aside(book: Gradebook) -> list[str]:
    """If somebody has changed ``grades.csv`` since it was written, keep that copy under another name."""
    if not book.grades.exists():
        return []
    try:
        known = json.loads(book.results.read_text(encoding="utf-8"))["report"]
    except (OSError, ValueError, KeyError, TypeError):
        known = None
    if hashlib.sha256(book.grades.read_bytes()).hexdigest() == known:
        return []
    free = next(path for k in range(1, 10_000) if not (path := book.folder / f"grades-yours-{k}.csv").exists())
    book.grades.rename(free)
    return [f"{book.grades} had been changed by hand: that copy is now {free}. Marks belong into {book.marks.name}."]


def harmless(value: Any) -> Any:
    """Text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def as_csv(table: pd.DataFrame) -> bytes:
    names = {column: harmless(column) for column in table}
    text = table.map(harmless).rename(columns=names).to_csv(index=False)
    return text.encode("utf-8-sig", "replace")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise hr.HralignError(f"Cannot write {path}: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)
