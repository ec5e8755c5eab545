"""The command line: ``hralign fetch | info | replicate | simulate | study | record | report``.

What goes wrong is said in one line on standard error, with exit status 2 and nothing half-written.
"""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version
from pathlib import Path

from .display.tables import three_columns
from .errors import HralignError
from .load import DEFAULT_SEED, DEFAULT_WORLD, KINDS, load_sources, resolve_kind
from .progress import progress_bar
from .record import collect, files, package, reconstruction, studies
from .record import replicate as replication
from .sources import real, registry
from .sources.vocabulary import TABLES
from .stress.catalogue import STUDIES
from .stress.runner import find_study


def fetch(options: argparse.Namespace) -> None:
    folder = registry.fetch(progress=not options.quiet, timeout=options.timeout)
    print(f"All {len(registry.registry())} files are in {folder} and have the registered checksums.")


def info(options: argparse.Namespace) -> None:
    kind = resolve_kind("auto")
    if options.fingerprint:
        if kind == "real":
            registry.require_files()
        print(kind, real.fingerprint() if kind == "real" else f"{DEFAULT_WORLD}-{DEFAULT_SEED}")
        return
    folder, wrong = registry.data_folder(), registry.problems()
    print(f"hralign {version('hralign')}")
    print(f"source: {kind} (HRALIGN_SOURCE overrides; real needs every file below)")
    print(f"data folder: {folder} (HRALIGN_DATA overrides)")
    for entry in registry.registry():
        print(f"  {'no ' if entry.name in wrong else 'yes'} {entry.name} {wrong.get(entry.name, '')}".rstrip())


def replicate(options: argparse.Namespace) -> None:
    if options.record and (resolve_kind(options.source) != "real" or options.models):
        raise HralignError("--record keeps every model of the real data: use it with --source real and no --models.")
    unknown = [name for name in options.models or () if name not in replication.MODELS]
    if unknown:
        raise HralignError(f"There is no model '{unknown[0]}'. Choose from: {', '.join(replication.MODELS)}.")
    if options.json:
        files.check_writable(options.json)
    src = load_sources(options.source, seed=options.seed, world=options.world)
    with progress_bar(shown=not options.quiet, total=len(options.models or replication.MODELS), desc="Models") as bar:
        results = replication.replicate(src, options.models, tick=lambda name: bar.update())
    if options.json:
        files.write_json(results, options.json)
    if options.record:
        reconstruction.keep_reconstruction(results, src)
    for name, model in results["models"].items():
        print(f"\n{name} on {src.kind} data\n{three_columns(name, model).to_string()}")


def simulate(options: argparse.Namespace) -> None:
    src = load_sources("simulated", seed=options.seed, world=options.world)
    if options.out.exists() and any(options.out.iterdir()):
        raise HralignError(f"{options.out} is not empty. Name a new folder.")
    options.out.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        getattr(src, name).to_csv(options.out / f"{name}.csv", index=False)
    print(f"Wrote {len(TABLES)} tables of the world '{options.world}', seed {options.seed}, to {options.out}.")


def study(options: argparse.Namespace) -> None:
    find_study(options.name)
    if options.record and (resolve_kind(options.source) != "real" or options.n):
        raise HralignError("--record keeps a whole study of the real data: use it with --source real and without --n.")
    if not (options.record or options.out):
        raise HralignError("Say where the result goes: --out FILE, or --record to keep a real one in the book.")
    src = load_sources(options.source, seed=options.world_seed, world=options.world)
    table = studies.write_study(
        options.name, src, options.n, options.seed, path=None if options.record else options.out,
        n_jobs=options.jobs, progress=not options.quiet,
    )  # fmt: skip
    print(f"{options.name}: {len(table):,} rows in {'the record' if options.record else options.out}")


def record(options: argparse.Namespace) -> None:
    print(collect.collect(options.folder))


def report(options: argparse.Namespace) -> None:
    package.write_package(options.folder)
    print(f"The replication package is in {options.folder}: README.md, claims.csv, ro-crate-metadata.json.")


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

    sub = command(fetch, "Download the real data and check every byte; what is right already is kept.")
    sub.add_argument("--quiet", action="store_true", help="no progress bar")
    sub.add_argument("--timeout", type=float, metavar="S", help="a mere try: ends after S silent seconds")
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
    listed = "; ".join(f"{name}: {one.summary}" for name, one in STUDIES.items())
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
    sub = command(record, "Keep the results that executed chapters show, from a run on the real data.")
    sub.add_argument("folder", type=Path, metavar="DIR", help="folder with the executed notebooks")
    sub = command(report, "Write the replication package: README, claims, library and record, as an RO-Crate.")
    sub.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
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
