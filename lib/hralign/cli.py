"""The command line: ``hralign fetch | info | replicate | simulate | study | assign | grade``.

What goes wrong is said in one line on standard error, with exit status 2 and nothing half-written.
"""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version
from pathlib import Path

from . import real, replication, studies
from .classroom import identity
from .classroom.assignments import ASSIGNMENTS, find_assignment
from .classroom.execution import DEFAULT, Limits
from .classroom.grading import GRADED, grade_class, write_report
from .classroom.writing import write_assignments
from .errors import HralignError
from .load import DEFAULT_SEED, DEFAULT_WORLD, KINDS, load_sources, resolve_kind
from .progress import progress_bar
from .sources import SCHEMAS
from .tables import three_columns


def fetch(options: argparse.Namespace) -> None:
    folder = real.fetch(progress=not options.quiet)
    print(f"All {len(real.registry())} files are in {folder} and have the registered checksums.")


def info(options: argparse.Namespace) -> None:
    kind = resolve_kind("auto")
    if options.fingerprint:
        if kind == "real":
            real.require_files()
        print(kind, real.fingerprint() if kind == "real" else f"{DEFAULT_WORLD}-{DEFAULT_SEED}")
        return
    folder, wrong = real.data_folder(), real.problems()
    print(f"hralign {version('hralign')}")
    print(f"source: {kind} (HRALIGN_SOURCE overrides; real needs every file below)")
    print(f"data folder: {folder} (HRALIGN_DATA overrides)")
    for entry in real.registry():
        print(f"  {'no ' if entry.name in wrong else 'yes'} {entry.name} {wrong.get(entry.name, '')}".rstrip())


def replicate(options: argparse.Namespace) -> None:
    if options.record and (resolve_kind(options.source) != "real" or options.models):
        raise HralignError("--record keeps every model of the real data: use it with --source real and no --models.")
    unknown = [name for name in options.models or () if name not in replication.MODELS]
    if unknown:
        raise HralignError(f"There is no model '{unknown[0]}'. Choose from: {', '.join(replication.MODELS)}.")
    src = load_sources(options.source, seed=options.seed, world=options.world)
    with progress_bar(total=len(options.models or replication.MODELS), desc="Models", shown=not options.quiet) as bar:
        results = replication.replicate(src, options.models, tick=lambda name: bar.update())
    if options.json:
        replication.write_json(results, options.json)
    if options.record:
        replication.write_json(results, replication.RECONSTRUCTION)
        replication.reconstruction.cache_clear()
    for name, model in results["models"].items():
        print(f"\n{name} on {src.kind} data\n{three_columns(name, model).to_string()}")


def simulate(options: argparse.Namespace) -> None:
    src = load_sources("simulated", seed=options.seed, world=options.world)
    if options.out.exists() and any(options.out.iterdir()):
        raise HralignError(f"{options.out} is not empty. Name a new folder.")
    options.out.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        getattr(src, name).to_csv(options.out / f"{name}.csv", index=False)
    print(f"Wrote {len(SCHEMAS)} tables of the world '{options.world}', seed {options.seed}, to {options.out}.")


def study(options: argparse.Namespace) -> None:
    studies.find_study(options.name)
    if options.record and (resolve_kind(options.source) != "real" or options.n):
        raise HralignError("--record keeps a whole study of the real data: use it with --source real and without --n.")
    path = studies.RESULTS / f"{options.name}.json" if options.record else options.out
    src = load_sources(options.source, seed=options.world_seed, world=options.world)
    table = studies.run_study(
        options.name, src, options.n, options.seed, path=path, n_jobs=options.jobs, progress=not options.quiet
    )
    print(
        f"{options.name}: {len(table):,} rows" + (f" in {path}" if path else " (kept nowhere: name a file with --out)")
    )


def assign(options: argparse.Namespace) -> None:
    if bool(options.student) == bool(options.roster):
        raise HralignError("Say for whom: either --student ID or --roster FILE.")
    if options.roster:
        roster = identity.read_roster(options.roster)
        wrong = [problem for problem in roster["problem"] if problem]
        if wrong:
            raise HralignError(f"The roster {options.roster} needs mending, nothing was written. {' '.join(wrong)}")
        students = list(roster["student"])
    else:
        students = [identity.check_id(options.student)]
    find_assignment(options.chapter)
    had = identity.SECRET_FILE.exists()
    secret = identity.read_secret(options.secret_file, create=True)
    if not had and identity.SECRET_FILE.exists():
        print(f"A new course secret is in {identity.SECRET_FILE}: keep it, and keep it private; grading needs it.")
    shown = not options.quiet and len(students) > 1
    with progress_bar(total=len(students), desc="Assignments", shown=shown) as bar:
        written = write_assignments(
            options.chapter, students, options.out, secret, tick=lambda student: bar.update()
        )
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
    parser = argparse.ArgumentParser(prog="hralign", description=__doc__.splitlines()[0])
    parser.add_argument("--version", action="version", version=f"hralign {version('hralign')}")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(run, summary: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(run.__name__, help=summary, description=summary)
        sub.set_defaults(run=run)
        return sub

    def world_of(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--world", default=DEFAULT_WORLD, help="preset of the simulated world")
        sub.add_argument("--seed", type=int, default=DEFAULT_SEED, help="seed of the simulated world")

    def secret_of(sub: argparse.ArgumentParser) -> None:
        told = f"file with the course secret (else {identity.SECRET_VARIABLE}, else {identity.SECRET_FILE} here)"
        sub.add_argument("--secret-file", type=Path, metavar="FILE", help=told)

    sub = command(fetch, "Download the real data and check every byte; what is right already is kept.")
    sub.add_argument("--quiet", action="store_true", help="no progress bar")
    sub = command(info, "Say which source is in use and which real files are there.")
    sub.add_argument("--fingerprint", action="store_true", help="one line that changes when the data do")
    sub = command(replicate, "Fit the models of the book and print published, reconstruction and this run.")
    sub.add_argument("--source", choices=KINDS, default="auto")
    sub.add_argument("--models", nargs="+", metavar="NAME", help=f"some of: {', '.join(replication.MODELS)}")
    sub.add_argument("--json", type=Path, metavar="FILE", help="write the results there")
    sub.add_argument("--record", action="store_true", help="keep a real run as the book's reconstruction")
    sub.add_argument("--quiet", action="store_true", help="no progress bar")
    world_of(sub)
    sub = command(simulate, "Write the tables of a simulated world as CSV files.")
    sub.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new or empty folder")
    world_of(sub)
    sub = command(study, "Run a long computation of the stress tests; a stopped run goes on where it was.")
    listed = "; ".join(f"{name}: {one.summary}" for name, one in studies.STUDIES.items())
    sub.add_argument("name", metavar="NAME", help=listed)
    sub.add_argument("--source", choices=KINDS, default="auto")
    sub.add_argument("--n", type=int, help="draws; those of the recorded run by default")
    sub.add_argument("--seed", type=int, default=1, help="seed of the study")
    sub.add_argument("--jobs", type=int, default=1, help="processes (-1: as many as there are cores)")
    sub.add_argument("--out", type=Path, metavar="FILE", help="write the result there")
    sub.add_argument("--record", action="store_true", help="keep the result in the book")
    sub.add_argument("--quiet", action="store_true", help="no progress bar")
    sub.add_argument("--world", default=DEFAULT_WORLD, help="preset of the simulated world")
    sub.add_argument("--world-seed", type=int, default=DEFAULT_SEED, help="seed of the simulated world")
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
    except HralignError as error:
        print(f"hralign: {error}", file=sys.stderr)
        return 2
    return 0
