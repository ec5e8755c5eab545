"""The real data: where they are, how to get them, how to know that they are right.

Nothing here but :func:`fetch` uses the network.  This module decides which folder holds the files and checks every
byte against the registry; how they are read is in :mod:`hralign.sources.real`.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import platformdirs

from ..errors import HralignError
from ..progress import progress_bar
from .in_browser import IN_BROWSER, get

PATIENCE = 30
"""Seconds for which a server may be silent."""


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
    """The files that the study is made from, as listed in ``registry.toml`` beside this module."""
    entries = tomllib.loads(files(__package__).joinpath("registry.toml").read_text("utf-8"))
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


def fetch(folder: Path | None = None, *, progress: bool = True, timeout: float | None = None) -> Path:
    """Download what is missing or wrong, check every file, and return the folder.

    A download goes to a temporary file first and takes its place only when its checksum is right,
    so that an interrupted fetch leaves whole files only and the next one goes on from there.  With a `timeout`
    (seconds) it is a mere try: a server that has not answered by then, or any file that cannot be had, ends it.

    Raises
    ------
    HralignError
        If any file could not be had or is not the registered one.
    """
    folder = folder or data_folder()
    failed = {}
    wrong = problems(folder)
    todo = [entry for entry in registry() if entry.name in wrong]
    if timeout and todo:
        _reach(todo[0].url, timeout)
    for entry in progress_bar(todo, shown=progress and bool(todo), desc="Fetching", unit="file"):
        path = folder / entry.name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            (_by_browser if IN_BROWSER else _by_pooch)(entry, folder, timeout or PATIENCE)
        except Exception as error:  # whatever a network or file system can raise
            failed[entry.name] = str(error).splitlines()[0]
            if timeout:
                break
    if failed:
        listed = "; ".join(f"{name}: {why}" for name, why in failed.items())
        raise HralignError(
            f"{len(failed)} of {len(registry())} files could not be fetched into {folder} ({listed}). "
            "Files already there are kept; run `hralign fetch` again to go on."
        )
    return folder


def _by_pooch(entry: DataFile, folder: Path, timeout: float) -> None:
    import pooch  # only here: loading data must not depend on what can download them

    pooch.get_logger().setLevel("WARNING")  # the bar says enough
    pooch.retrieve(
        entry.url, known_hash=f"sha256:{entry.sha256}", fname=entry.name, path=folder,
        downloader=pooch.HTTPDownloader(timeout=timeout),
    )  # fmt: skip


def _by_browser(entry: DataFile, folder: Path, _: float) -> None:
    content = get(entry.url)
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        raise HralignError("it is not the registered file (sha256 differs)")
    (folder / entry.name).write_bytes(content)


def _reach(url: str, timeout: float) -> None:
    """Raise an HralignError unless the server answers in time (s); looking up its name, which has no limit, counts."""
    import requests

    told = [f"no answer within {timeout:g} seconds"]

    def ask() -> None:
        try:
            requests.get(url, stream=True, timeout=timeout).close()
            told[0] = ""
        except (requests.RequestException, OSError) as error:
            told[0] = type(error).__name__

    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(timeout)
    if told[0]:
        raise HralignError(f"{urlsplit(url).netloc}, where the real data are, could not be reached ({told[0]}).")


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
