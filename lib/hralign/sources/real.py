"""The real data as tidy tables: parsed once, then read from a cache whose name depends on the data and on this code."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path

import pandas as pd
import platformdirs

from .in_browser import IN_BROWSER
from .registry import data_folder, fetch, registry, require_files
from .tables import Sources
from .vocabulary import TABLES


def fingerprint() -> str:
    """Short hash of the registered bytes and of the code that parses them: names the cache."""
    digest = hashlib.sha256()
    for entry in registry():
        digest.update(entry.sha256.encode())
    for resource in ("parse.py", "states.py", "state_codes.csv", "schemas.py", "tables.py", "vocabulary.py"):
        digest.update(files(__package__).joinpath(resource).read_bytes())
    return digest.hexdigest()[:16]


def load_real(folder: Path | None = None) -> Sources:
    """The real data as :class:`~hralign.sources.Sources`; parsed once, then read from the cache.

    In a browser, where there is no command to fetch them with, asking for them fetches what is missing.

    Raises
    ------
    HralignError
        If a file is missing or is not the registered one.
    """
    folder = folder or data_folder()
    cached = Path(platformdirs.user_cache_dir("hralign", appauthor=False)) / fingerprint()
    if not IN_BROWSER:
        require_files(folder)
    elif not cached.is_dir():  # the files are gone with the page, what was made of them is kept
        fetch(folder)
    if not cached.is_dir():
        from . import parse  # its readers are slow to import, and only needed for the first parse

        _write_cache(parse.tables(folder), cached)
    tables = {name: _read(cached / name) for name in TABLES}
    return Sources(**tables, kind="real", provenance={entry.name: entry.sha256 for entry in registry()})


def _write(table: pd.DataFrame, path: Path) -> None:
    """As Parquet; in a browser, which has no pyarrow, pickled."""
    if IN_BROWSER:
        table.to_pickle(path.with_suffix(".pkl"))
    else:
        table.to_parquet(path.with_suffix(".parquet"))


def _read(path: Path) -> pd.DataFrame:
    return pd.read_pickle(path.with_suffix(".pkl")) if IN_BROWSER else pd.read_parquet(path.with_suffix(".parquet"))


def _write_cache(tables: dict[str, pd.DataFrame], cached: Path) -> None:
    """Write all tables, then rename the folder into place: a killed run leaves no half of a cache."""
    cached.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=cached.parent))
    try:
        for name, table in tables.items():
            _write(table, temporary / name)
        temporary.rename(cached)
    except OSError:
        if not cached.is_dir():  # another process may have finished the same work first
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
