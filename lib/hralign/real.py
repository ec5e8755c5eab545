"""The real data: where they are, how to get them, how to know that they are right.

Nothing here but :func:`fetch` uses the network.  Parsing is in :mod:`hralign.parse`; this module
decides which folder holds the files, checks every byte against the registry, and keeps parsed
tables in a cache whose name depends on the data and on the code that parsed them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import pandas as pd
import platformdirs

from . import parse, states
from .errors import HralignError
from .progress import progress_bar
from .sources import SCHEMAS, Sources


@dataclass(frozen=True)
class DataFile:
    """One file of the registry: what it holds, where its bytes are, who made it, on what terms."""

    name: str
    holds: str
    url: str
    sha256: str
    origin: str
    licence: str


@cache
def registry() -> tuple[DataFile, ...]:
    """The files that the study is made from, as listed in ``data/registry.toml``."""
    entries = tomllib.loads(files("hralign").joinpath("data/registry.toml").read_text("utf-8"))
    return tuple(DataFile(name=name, **facts) for name, facts in entries.items())


def data_folder() -> Path:
    """Folder of the real files: ``HRALIGN_DATA`` if set, else the user's data folder."""
    return Path(os.environ.get("HRALIGN_DATA") or platformdirs.user_data_dir("hralign", appauthor=False))


def problems(folder: Path | None = None) -> dict[str, str]:
    """What is wrong with each file in the folder, by name; empty when all are present and right."""
    folder = folder or data_folder()
    found = {entry.name: _problem(folder / entry.name, entry) for entry in registry()}
    return {name: problem for name, problem in found.items() if problem}


def _problem(path: Path, entry: DataFile) -> str | None:
    if not path.is_file():
        return "is missing"
    with path.open("rb") as handle:
        right = hashlib.file_digest(handle, "sha256").hexdigest() == entry.sha256
    if not right:
        return f"is not the registered file (sha256 differs; it has {path.stat().st_size:,} bytes)"
    return None


def is_fetched(folder: Path | None = None) -> bool:
    """Whether every file of the registry is in the folder (its bytes are checked when it is loaded)."""
    folder = folder or data_folder()
    return all((folder / entry.name).is_file() for entry in registry())


def fetch(folder: Path | None = None, *, progress: bool = True) -> Path:
    """Download what is missing or wrong, check every file, and return the folder.

    A download goes to a temporary file first and takes its place only when its checksum is right,
    so that an interrupted fetch leaves whole files only and the next one goes on from there.

    Raises
    ------
    HralignError
        If any file could not be had or is not the registered one.
    """
    import pooch  # only here: loading data must not depend on what can download them

    folder = folder or data_folder()
    failed = {}
    todo = [entry for entry in registry() if entry.name in problems(folder)]
    for entry in progress_bar(todo, shown=progress and bool(todo), desc="Fetching", unit="file"):
        path = folder / entry.name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            pooch.retrieve(entry.url, known_hash=f"sha256:{entry.sha256}", fname=entry.name, path=folder)
        except Exception as error:  # whatever a network or file system can raise
            failed[entry.name] = str(error).splitlines()[0]
    if failed:
        listed = "; ".join(f"{name}: {why}" for name, why in failed.items())
        raise HralignError(
            f"{len(failed)} of {len(registry())} files could not be fetched into {folder} ({listed}). "
            "Files already there are kept; run `hralign fetch` again to go on."
        )
    return folder


def fingerprint() -> str:
    """Short hash of the registered bytes and of the code that parses them: names the cache."""
    digest = hashlib.sha256()
    for entry in registry():
        digest.update(entry.sha256.encode())
    for module in (parse, states):
        digest.update(Path(module.__file__).read_bytes())
    for resource in ("data/state_codes.csv", "sources.py"):
        digest.update(files("hralign").joinpath(resource).read_bytes())
    return digest.hexdigest()[:16]


def require_files(folder: Path | None = None) -> None:
    """Raise an HralignError that names every file missing from the folder or altered, if any is."""
    folder = folder or data_folder()
    wrong = problems(folder)
    if wrong:
        listed = "; ".join(f"{name} {problem}" for name, problem in wrong.items())
        raise HralignError(
            f"The real data in {folder} are incomplete: {listed}. Run `hralign fetch` to download them, "
            "set HRALIGN_DATA to the folder that holds them, or use the simulated source."
        )


def load_real(folder: Path | None = None) -> Sources:
    """The real data as :class:`~hralign.sources.Sources`; parsed once, then read from the cache.

    Raises
    ------
    HralignError
        If a file is missing or is not the registered one.
    """
    folder = folder or data_folder()
    require_files(folder)
    cached = Path(platformdirs.user_cache_dir("hralign", appauthor=False)) / fingerprint()
    if not cached.is_dir():
        _write_cache(parse.tables(folder), cached)
    tables = {name: pd.read_parquet(cached / f"{name}.parquet") for name in SCHEMAS}
    return Sources(**tables, kind="real", provenance={entry.name: entry.sha256 for entry in registry()})


def _write_cache(tables: dict[str, pd.DataFrame], cached: Path) -> None:
    """Write all tables, then rename the folder into place: a killed run leaves no half of a cache."""
    cached.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=cached.parent))
    try:
        for name, table in tables.items():
            table.to_parquet(temporary / f"{name}.parquet")
        temporary.rename(cached)
    except OSError:
        if not cached.is_dir():  # another process may have finished the same work first
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
