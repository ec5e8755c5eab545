"""The command line: ``hralign fetch | info | replicate | simulate | study``.

What goes wrong is said in one line on standard error, with exit status 2 and nothing half-written.
"""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version
from pathlib import Path

from tqdm import tqdm

from . import real, replication, studies
from .errors import HralignError
from .load import DEFAULT_SEED, DEFAULT_WORLD, KINDS, load_sources, resolve_kind
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
    with tqdm(total=len(options.models or replication.MODELS), desc="Models", disable=options.quiet) as bar:
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
