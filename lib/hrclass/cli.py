"""The command line: ``hrclass assign | grade``.

What goes wrong is said in one line on standard error, with exit status 2 and nothing half-written.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

import hralign as hr

from . import __version__, identity
from .assignments import ASSIGNMENTS, find_assignment
from .execution import DEFAULT, Limits
from .grading import GRADED, grade_class, write_report
from .writing import write_assignments


def assign(options: argparse.Namespace) -> None:
    if bool(options.student) == bool(options.roster):
        raise hr.HralignError("Say for whom: either --student ID or --roster FILE.")
    if options.roster:
        roster = identity.read_roster(options.roster)
        wrong = [problem for problem in roster["problem"] if problem]
        if wrong:
            raise hr.HralignError(f"The roster {options.roster} needs mending, nothing was written. {' '.join(wrong)}")
        students = list(roster["student"])
    else:
        students = [identity.check_id(options.student)]
    find_assignment(options.chapter)
    had = identity.SECRET_FILE.exists()
    secret = identity.read_secret(options.secret_file, create=True)
    if not had and identity.SECRET_FILE.exists():
        print(f"A new course secret is in {identity.SECRET_FILE}: keep it, and keep it private; grading needs it.")
    with tqdm(total=len(students), desc="Assignments", disable=options.quiet or len(students) == 1) as bar:
        written = write_assignments(options.chapter, students, options.out, secret, tick=lambda student: bar.update())
    print(f"Wrote {len(written)} notebook{'s' * (len(written) > 1)}, each with its world, to {options.out}.")


def grade(options: argparse.Namespace) -> None:
    limits = Limits(time=options.time_limit, cell_time=options.cell_limit, memory=options.memory_limit)
    roster = identity.read_roster(options.roster)
    secret = identity.read_secret(options.secret_file)
    table = grade_class(
        options.submissions, roster, secret, limits=limits, jobs=options.jobs, progress=not options.quiet
    )
    write_report(table, options.out)
    done = table["status"].eq(GRADED)
    flagged = table["flag"].ne("").sum()
    print(f"{done.sum()} graded, {(~done).sum()} not (the column 'status' says why), {flagged} flagged: {options.out}")


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

    sub = command(assign, "Write personal assignments: for each student a notebook and a simulated world.")
    sub.add_argument("--chapter", type=int, required=True, help=f"one of {', '.join(map(str, ASSIGNMENTS))}")
    sub.add_argument("--student", metavar="ID", help="one student")
    sub.add_argument("--roster", type=Path, metavar="FILE", help="the whole class: a CSV file with a column 'student'")
    sub.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the folders of the students go")
    secret_of(sub)
    sub.add_argument("--quiet", action="store_true", help="no progress bar")
    sub = command(grade, "Run and grade a folder of notebooks, each confined; write points and comments as CSV.")
    sub.add_argument("submissions", type=Path, metavar="SUBMISSIONS", help="folder with the notebooks, at any depth")
    sub.add_argument("--roster", type=Path, required=True, metavar="FILE", help="CSV file with a column 'student'")
    secret_of(sub)
    sub.add_argument("--out", type=Path, default=Path("grades.csv"), metavar="FILE", help="the report (grades.csv)")
    sub.add_argument("--jobs", type=int, default=2, help="notebooks that run side by side")
    sub.add_argument("--time-limit", type=float, default=DEFAULT.time, metavar="S", help="seconds for a notebook")
    sub.add_argument("--cell-limit", type=float, default=DEFAULT.cell_time, metavar="S", help="seconds for a cell")
    sub.add_argument("--memory-limit", type=float, default=DEFAULT.memory, metavar="GB", help="of one notebook")
    sub.add_argument("--quiet", action="store_true", help="no progress bar")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except hr.HralignError as error:
        print(f"hrclass: {error}", file=sys.stderr)
        return 2
    return 0
