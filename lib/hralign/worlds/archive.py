"""A simulated world as one file: a zip of its tables, without its truth."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pandas as pd

from ..errors import HralignError
from ..sources.tables import Sources
from ..sources.vocabulary import TABLES

WORLD_VARIABLE = "HRALIGN_WORLD"
"""Environment variable with the file to read instead of the one that was asked for (grading sets it)."""

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever it is written


def write_world(src: Sources, path: Path) -> None:
    """Write every table of ``src`` as CSV into a zip file; mechanism, parameters and seed stay out of it."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in TABLES:
            entry = zipfile.ZipInfo(f"{name}.csv", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, getattr(src, name).to_csv(index=False))


def load_world(path: str | Path) -> Sources:
    """The sources of a world file, as :func:`hralign.load_sources` gives those of a world that it makes itself.

    Raises
    ------
    HralignError
        If there is no such file, or it is not a world file or a damaged one.
    """
    path = Path(os.environ.get(WORLD_VARIABLE) or path)
    try:
        with zipfile.ZipFile(path) as archive:
            tables = {name: pd.read_csv(io.BytesIO(archive.read(f"{name}.csv"))) for name in TABLES}
    except FileNotFoundError:
        raise HralignError(
            f"There is no file {path} in {Path.cwd()}. Keep the notebook and its world in one folder."
        ) from None
    except (OSError, KeyError, zipfile.BadZipFile, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise HralignError(f"{path} is not a world file, or it is damaged ({error}). Get it again.") from None
    return Sources(**tables, kind="simulated", provenance={"world": path.name})
