"""The command line: ``hrclass secret | assign | key | grade``; `classroom` adds what comes before and after.

What goes wrong is said in one line on standard error, with exit status 2 and nothing half-written.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict, replace
from pathlib import Path

from tqdm import tqdm

import hralign as hr

from . import __version__, classroom, identity
from .assignments import ASSIGNMENTS, find_assignment
from .execution import try_out
from .grading import GRADED, Grader, grade_all
from .isolation import Limits
from .isolation.choice import WAYS, choose
from .journal import Journal
from .key import answer_key
from .report import SEVERAL, Gradebook, write_report, write_whole
from .submissions import Roster, find_submissions
from .writing import write_assignments

DEFAULT = Limits()


def secret(options: argparse.Namespace) -> None:
    identity.write_secret(options.file)
    print(f"A new course secret is in {options.file}: keep it, and keep it private; grading needs it.")


def for_whom(options: argparse.Namespace) -> list[str]:
    """The students that ``--student`` or ``--roster`` names."""
    if bool(options.student) == bool(options.roster):
        raise hr.HralignError("Say for whom: either --student ID or --roster FILE.")
    if options.student:
        return [identity.check_id(options.student)]
    roster = identity.read_roster(options.roster)
    if wrong := [problem for problem in roster["problem"] if problem]:
        raise hr.HralignError(f"The roster {options.roster} needs mending, nothing was written. {' '.join(wrong)}")
    return list(roster["student"])


def assign(options: argparse.Namespace) -> None:
    students = for_whom(options)
    find_assignment(options.chapter)
    had = identity.SECRET_FILE.exists()
    course_secret = identity.read_secret(options.secret_file, create=True)
    if not had and identity.SECRET_FILE.exists():
        print(f"A new course secret is in {identity.SECRET_FILE}: keep it, and keep it private; grading needs it.")
    with tqdm(total=len(students), desc="Assignments", disable=options.quiet or len(students) == 1) as bar:
        written = write_assignments(
            options.chapter, students, options.out, course_secret, repository=options.repository,
            tick=lambda student: bar.update(),
        )  # fmt: skip
    print(f"Wrote {len(written)} notebook{'s' * (len(written) > 1)}, each with its world, to {options.out}.")


def key(options: argparse.Namespace) -> None:
    students = for_whom(options)
    find_assignment(options.chapter)
    course_secret = identity.read_secret(options.secret_file)
    if options.out.exists():
        raise hr.HralignError(f"{options.out} is there already: nothing was written. Name another file.")
    with tqdm(total=len(students), desc="Students", disable=options.quiet or len(students) == 1) as bar:
        table = answer_key(course_secret, options.chapter, students, tick=lambda student: bar.update())
    write_whole(options.out, table.to_csv(index=False).encode("utf-8-sig"))
    print(f"Wrote the right answers of {len(students)} to {options.out}. Keep it as you keep the secret.")


def grade(options: argparse.Namespace) -> None:
    limits = replace(
        DEFAULT, time=options.time_limit, cell_time=options.cell_limit, memory=options.memory_limit,
        scratch=options.scratch_limit,
    )  # fmt: skip
    table = identity.read_roster(options.roster)
    course_secret = identity.read_secret(options.secret_file)
    if not options.submissions.is_dir():
        raise hr.HralignError(f"There is no folder {options.submissions} with submissions.")
    book = Gradebook(options.out)
    book.check()
    journal = Journal(book.journal, identity.course_of(course_secret))
    roster = Roster.of(table)
    if unknown := set(options.regrade) - {"all", *roster.students}:
        raise hr.HralignError(f"Not on the roster, so not graded again: {', '.join(sorted(unknown))}.")
    isolation = choose("trusted" if options.trusted else options.isolation, try_out)
    if not options.quiet:
        print(f"Isolation: {isolation.words}.")
    found = find_submissions(
        options.submissions, roster, course_secret,
        [options.out, options.roster, options.secret_file or identity.SECRET_FILE],
    )  # fmt: skip
    kept = sum(not one.problem and journal.has(one) for one in found)
    records = grade_all(
        found, Grader(course_secret, isolation, limits), journal, again=options.regrade, jobs=options.jobs,
        progress=not options.quiet,
    )  # fmt: skip
    course = {"course": journal.course, "isolation": isolation.words, "limits": asdict(limits), "version": __version__}
    report, said = write_report(book, records, table, course, options.several)
    for line in said:
        print(line)
    done, flagged = report["status"].eq(GRADED), report["flag"].ne("").sum()
    again = f" ({kept} of them before, see --regrade)" if kept and not options.regrade else ""
    print(
        f"{done.sum()} graded{again}, {(~done).sum()} not (see the column 'status'), {flagged} flagged: {book.grades}"
    )
    if waiting := int(report["waiting"].fillna(0).gt(0).sum()):
        print(f"{waiting} written answers wait for your marks in {book.marks}; then run this command again.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hrclass", description=__doc__.splitlines()[0])
    parser.add_argument("--version", action="version", version=f"hrclass {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(run, summary: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(run.__name__, help=summary, description=summary)
        sub.set_defaults(run=run)
        return sub

    def secret_of(sub: argparse.ArgumentParser) -> None:
        told = f"file with the course secret (else {identity.SECRET_VARIABLE}, else {identity.SECRET_FILE} here)"
        sub.add_argument("--secret-file", type=Path, metavar="FILE", help=told)

    sub = command(secret, "Make a course secret.")
    sub.add_argument("file", type=Path, metavar="FILE", nargs="?", default=identity.SECRET_FILE)
    for run, summary, out in (
        (assign, "Write personal assignments: for each student a notebook and a simulated world.", "folder for them"),
        (key, "Write the right answers of each student, for the teacher alone.", "CSV file for the answers"),
    ):
        sub = command(run, summary)
        sub.add_argument("--chapter", type=int, required=True, help=f"one of {', '.join(map(str, ASSIGNMENTS))}")
        sub.add_argument("--student", metavar="ID", help="one student")
        sub.add_argument("--roster", type=Path, metavar="FILE", help="the class: a CSV file with a column 'student'")
        sub.add_argument("--out", type=Path, required=True, metavar="OUT", help=out)
        secret_of(sub)
        sub.add_argument("--quiet", action="store_true", help="no progress bar")
        if run is assign:
            told = "address on GitHub of your copy of the book: the notebooks then run in Colab"
            sub.add_argument("--repository", metavar="OWNER/NAME", default="", help=told)
    sub = command(grade, "Run and grade a folder of notebooks, each in a sandbox; write points and comments.")
    sub.add_argument("submissions", type=Path, metavar="SUBMISSIONS", help="folder with the notebooks, at any depth")
    sub.add_argument("--roster", type=Path, required=True, metavar="FILE", help="CSV file with a column 'student'")
    secret_of(sub)
    sub.add_argument("--out", type=Path, default=Path("grades"), metavar="DIR", help="folder of the grades (grades)")
    sub.add_argument("--regrade", nargs="+", default=[], metavar="ID", help="grade these anew ('all': everybody)")
    sub.add_argument("--several", choices=SEVERAL, default="ask", help="which of several notebooks counts (ask: yours)")
    sub.add_argument("--isolation", choices=["auto", *WAYS], default="auto", help="the sandbox (auto: what there is)")
    sub.add_argument("--trusted", action="store_true", help="no sandbox: for notebooks that you wrote yourself")
    sub.add_argument("--jobs", type=int, default=2, help="notebooks that run side by side")
    sub.add_argument("--time-limit", type=float, default=DEFAULT.time, metavar="S", help="seconds for a notebook")
    sub.add_argument("--cell-limit", type=float, default=DEFAULT.cell_time, metavar="S", help="seconds for a cell")
    sub.add_argument("--memory-limit", type=float, default=DEFAULT.memory, metavar="GB", help="of one notebook")
    sub.add_argument("--scratch-limit", type=int, default=DEFAULT.scratch, metavar="MB", help="files of one notebook")
    sub.add_argument("--quiet", action="store_true", help="no progress bar")
    classroom.add_commands(command)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except hr.HralignError as error:
        print(f"hrclass: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("hrclass: stopped; what was graded is kept, and the same command goes on from there.", file=sys.stderr)
        return 130
    return 0
