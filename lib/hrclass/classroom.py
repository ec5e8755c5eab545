"""The commands around grading: the class in, and grades, feedback and statistics out."""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

import hralign as hr

from . import classwide
from .feedback import as_zip, file_name
from .feedback import feedback as feedback_page
from .gradebook import GRADED, Times, as_sheet, in_all, make_gradebook, read_class, read_results, read_times
from .lms.exports import fill
from .lms.exports import gradescope as for_gradescope
from .lms.rosters import make_roster
from .lms.tables import read_table
from .report import as_csv, write_whole
from .rules import read_rules


def roster(options: argparse.Namespace) -> None:
    refuse_existing(options.out)
    table = read_table(options.file)
    found = make_roster(table, dict(pair(one, "--map") for one in options.map))
    print(f"{options.file} ({table.words}): {len(found.roster)} students.")
    for name, heading in found.columns.items():
        print(f"  {name:8} from '{heading}', as in {', '.join(found.roster[name].head(3))}")
    if unused := [one for one in table.headings if one and one not in found.columns.values()]:
        print(f"  not used: {', '.join(unused)}")
    for said in found.passed_over:
        print(f"  passed over: {said}")
    if found.problems:
        raise hr.HralignError(f"{options.file} needs mending, nothing was written. {' '.join(found.problems)}")
    if not options.yes and not confirmed(f"Write these to {options.out}? [y/N] "):
        raise hr.HralignError("Not confirmed, so nothing was written. --yes confirms, --map NAME=COLUMN names another.")
    write_whole(options.out, found.roster.to_csv(index=False).encode("utf-8-sig"))
    print(f"Wrote {options.out}.")


def confirmed(question: str) -> bool:
    try:
        return input(question).strip().casefold() in ("y", "yes")
    except EOFError:
        print()
        return False


def pair(text: str, option: str) -> tuple[str, str]:
    left, equals, right = text.partition("=")
    if not (left.strip() and equals and right.strip()):
        raise hr.HralignError(f"{option} takes two names with = between them, and was given '{text}'.")
    return left.strip(), right.strip()


def refuse_existing(path: Path) -> None:
    if path.exists():
        raise hr.HralignError(f"{path} is there already: nothing was written. Name another file.")


def write_new(path: Path, content: bytes) -> None:
    refuse_existing(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise hr.HralignError(f"Cannot make the folder {path.parent}: {error.strerror}.") from None
    write_whole(path, content)


def write_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """A new folder with all of these files, or nothing."""
    refuse_existing(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".hrclass-", dir=path.parent) as scratch:
            for name, content in files.items():
                file = Path(scratch, path.name, name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            Path(scratch, path.name).rename(path)
    except OSError as error:
        raise hr.HralignError(f"Cannot write {path}: {error.strerror}.") from None


def read_all(options: argparse.Namespace) -> tuple[dict, pd.DataFrame, pd.DataFrame]:
    """Results, roster and gradebook of the options that all commands share."""
    results, table = read_results(options.grades), read_class(options.roster)
    rules = read_rules(options.rules, table["student"])
    if rules.deadlines and options.times is None:
        print("Without --times, a notebook came when its file was last changed.")
    students = list(table["student"])
    times = read_times(options.times, rules, students)
    found = make_gradebook(results, students, rules, times)
    if late := late_by_a_zip(found, times):
        raise hr.HralignError(
            f"{', '.join(late)} would be late by the time of a zip that holds notebooks of several students, which "
            "says nothing of when each came: give the platform's times with --times FILE."
        )
    if found.empty:
        raise hr.HralignError(f"Nothing in {options.grades} has been graded yet.")
    return results, table, found


def late_by_a_zip(found: pd.DataFrame, times: Times) -> list[str]:
    """Students who are late by nothing but the time of a zip that they share with others."""
    files = found.assign(zip=found["file"].str.extract(r"^(.*?\.zip)/", flags=re.IGNORECASE)[0]).dropna(subset="zip")
    several = files.groupby("zip")["file"].transform("nunique").gt(1)
    late = files[several & files["late_days"].gt(0)]
    return sorted({row.of for row in late.itertuples() if (row.of, row.chapter) not in times})


def of_chapter(found: pd.DataFrame, chapter: int) -> pd.DataFrame:
    if chapter not in set(found["chapter"]):
        has = ", ".join(map(str, sorted(set(found["chapter"]))))
        raise hr.HralignError(f"Nothing of chapter {chapter} has been graded (there is {has}).")
    return found[found["chapter"].eq(chapter)]


def gradebook(options: argparse.Namespace) -> None:
    refuse_existing(options.out)
    _, table, found = read_all(options)
    write_new(options.out, as_csv(as_sheet(found, table)))
    total = in_all(found)
    print(f"Wrote the grades of {len(total)} students to {options.out}.")
    say_open(found)


def say_open(found: pd.DataFrame) -> None:
    for row in found[found["why"].ne("")].itertuples():
        print(f"Open: {row.student}, chapter {row.chapter} ({row.why}).")
    waiting = found[found["waiting"].gt(0)]
    if len(waiting):
        who = ", ".join(f"{row.student} (chapter {row.chapter}: {row.waiting:g})" for row in waiting.itertuples())
        print(f"Points that wait for your marks: {who}.")


def export(options: argparse.Namespace) -> None:
    if options.out.exists() and options.into and options.out.resolve() == options.into.resolve():
        raise hr.HralignError("--out names the file that was exported, and that is never written over.")
    refuse_existing(options.out)
    results, table, found = read_all(options)
    grades = in_all(found) if options.chapter is None else of_chapter(found, options.chapter)
    if options.to == "gradescope":
        return export_gradescope(options, results, grades)
    if not options.into or not options.column:
        raise hr.HralignError(f"Say which file {options.to.capitalize()} exported, --into FILE, and which --column.")
    exported = read_table(options.into)
    if options.to == "canvas" and exported.headings[:2] != ("Student", "ID"):
        raise hr.HralignError(f"{options.into} is no gradebook of Canvas: its first columns are not Student and ID.")
    done = fill(
        exported, options.column, grades, table, leave=options.leave, zero=options.zero, replace=options.replace,
        out_of=options.out_of, by=pair(options.by, "--by") if options.by else None,
    )  # fmt: skip
    write_new(options.out, done.table.written())
    print(f"Filled {done.count} grades into {options.out}; matched by '{done.by[0]}' and our '{done.by[1]}'.")
    for said in done.said:
        print(said)
    return None


def export_gradescope(options: argparse.Namespace, results: dict, grades: pd.DataFrame) -> None:
    if options.chapter is None:
        raise hr.HralignError("Gradescope has a file for each chapter: say --chapter.")
    left = {one.casefold() for one in options.leave}
    lacking = [f"{row.student} ({row.why or row.state})" for row in grades.itertuples()
               if row.state != GRADED and row.student.casefold() not in left]  # fmt: skip
    if lacking:
        raise hr.HralignError(f"Nothing was written. Without a grade: {', '.join(lacking)}. See --leave.")
    files = {row["student"]: for_gradescope(record, row) for record, row in with_records(results, grades)}
    write_folder(options.out, {
        f"{student}/results.json": json.dumps(content, indent=1, ensure_ascii=False).encode("utf-8", "replace")
        for student, content in files.items()
    })  # fmt: skip
    print(f"Wrote results.json of {len(files)} students, each in a folder, to {options.out}.")
    say_open(grades)


def with_records(results: dict, grades: pd.DataFrame) -> list[tuple[dict, dict]]:
    """The notebook that counts, beside the line of the gradebook, for all who are graded."""
    counting = {(one["file"], one["chapter"]): one for one in results["notebooks"] if one["counts"]}
    rows = grades[grades["state"].eq(GRADED)].to_dict("records")
    return [(counting[row["file"], row["chapter"]], row) for row in rows]


def feedback(options: argparse.Namespace) -> None:
    refuse_existing(options.out)
    results, table, found = read_all(options)
    grades = of_chapter(found, options.chapter)
    names = {row["student"]: called(row) for row in table.to_dict("records")}
    files = []
    for record, row in with_records(results, grades):
        # a member of a group who handed in nothing has no folder of their own at the platform
        own = row["file"] if row["of"] == row["student"] else ""
        name = names[row["student"]]
        files.append((file_name(options.chapter, row["student"], name, own), feedback_page(record, row, name)))
    write_new(options.out, as_zip(files))
    print(f"Wrote the pages of {len(files)} students to {options.out}.")
    if none := [f"{row.student} ({row.why or row.state})" for row in grades.itertuples() if row.state != GRADED]:
        print(f"No page for {', '.join(none)}.")
    say_open(grades[grades["state"].eq(GRADED)])


def called(row: dict[str, str]) -> str:
    """The name of a student, if the roster has it."""
    return row.get("name", "") or " ".join(filter(None, [row.get("first", ""), row.get("last", "")]))


def statistics(options: argparse.Namespace) -> None:
    results = read_results(options.grades)
    table = classwide.long(results)
    if table.empty:
        raise hr.HralignError(f"Nothing in {options.grades} has been graded yet.")
    files = {
        "questions.csv": as_csv(classwide.by_question(table)),
        "totals.csv": as_csv(classwide.totals(table)),
        "statistics.html": classwide.statistics_page(table).encode("utf-8", "replace"),
        "pairs.html": classwide.pairs_page(results).encode("utf-8", "replace"),
    }
    write_folder(options.out, files)
    print(f"Wrote {', '.join(files)} to {options.out}. Pairs that are alike: {len(results['pairs'])}.")


def add_commands(command: Callable[[Callable, str], argparse.ArgumentParser]) -> None:
    """Add the commands of this module to a parser."""
    sub = command(roster, "Make a roster of what Canvas, Moodle, Blackboard or a spreadsheet exports.")
    sub.add_argument("file", type=Path, metavar="FILE", help="the exported file: any CSV")
    sub.add_argument("--out", type=Path, required=True, metavar="FILE", help="the roster, a new file")
    sub.add_argument("--map", action="append", default=[], metavar="NAME=COLUMN", help="take this column of the file")
    sub.add_argument("--yes", action="store_true", help="the columns that are found are right: do not ask")

    def with_grades(run: Callable, summary: str, out: str, to: Sequence[str] = ()) -> argparse.ArgumentParser:
        sub = command(run, summary)
        if to:
            sub.add_argument("to", choices=to, help="the platform")
        sub.add_argument("grades", type=Path, metavar="DIR", help="folder of the grades")
        sub.add_argument("--out", type=Path, required=True, metavar="OUT", help=out)
        return sub

    def with_rules(run: Callable, summary: str, out: str, to: Sequence[str] = ()) -> argparse.ArgumentParser:
        sub = with_grades(run, summary, out, to)
        sub.add_argument("--roster", type=Path, required=True, metavar="FILE", help="CSV file with a column 'student'")
        sub.add_argument("--rules", type=Path, metavar="FILE", help="deadlines, late rules and the like (TOML)")
        sub.add_argument("--times", type=Path, metavar="FILE", help="CSV file: student, chapter, handed_in")
        return sub

    with_rules(gradebook, "Chapters and totals of the class, by the rules of the course.", "CSV file")
    sub = with_rules(
        export, "Fill the grades into what a platform exported.", "the filled file, or folder: a new one",
        to=["canvas", "moodle", "gradescope"],
    )  # fmt: skip
    sub.add_argument("--chapter", type=int, help="points of this chapter (else the total)")
    sub.add_argument("--into", type=Path, metavar="FILE", help="what the platform exported; it stays as it is")
    sub.add_argument("--column", metavar="NAME", help="the column to fill: all of its heading, or enough of it")
    sub.add_argument("--leave", nargs="+", default=[], metavar="WHO", help="students or lines that stay as they are")
    sub.add_argument("--zero", action="store_true", help="who handed in nothing has 0 points")
    sub.add_argument("--replace", action="store_true", help="grades that are there already may change")
    sub.add_argument("--out-of", type=float, metavar="N", help="convert to so many points")
    sub.add_argument("--by", metavar="THEIRS=OURS", help="the two columns that name the same student")
    sub = with_rules(feedback, "A page of feedback for each student, in a zip to hand out.", "the zip")
    sub.add_argument("--chapter", type=int, required=True)
    with_grades(statistics, "How hard each question was, how totals are spread, whose code is alike.", "new folder")
