"""The real data as tidy tables: parsed once, then read from a cache whose name depends on the data and on this code."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path

import pandas as pd
import platformdirs

from .registry import data_folder, registry, require_files
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

    Raises
    ------
    HralignError
        If a file is missing or is not the registered one.
    """
    folder = folder or data_folder()
    require_files(folder)
    cached = Path(platformdirs.user_cache_dir("hralign", appauthor=False)) / fingerprint()
    if not cached.is_dir():
        from . import parse  # its readers are slow to import, and only needed for the first parse

        _write_cache(parse.tables(folder), cached)
    tables = {name: pd.read_parquet(cached / f"{name}.parquet") for name in TABLES}
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
