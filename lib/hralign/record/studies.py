"""Studies, the results that take too long for a page: run into a file or into the record, and read from there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from ..sources.tables import Sources
from ..stress.runner import find_study, run_study
from .files import check_writable, write_json
from .store import Result, as_json, keep, origin_of, path_of, recorded

DIGITS = 6
"""Significant digits of the rows of a study: there are many of them."""


def write_study(
    name: str, src: Sources, n: int | None = None, seed: int = 1, *, path: Path | None = None, **options: Any
) -> pd.DataFrame:
    """Run a study, or the rest of one, and write its result: to ``path``, or into the record without one.

    Parameters are those of :func:`hralign.stress.runner.run_study`.  Finished tasks lie in ``<path>.partial``
    meanwhile.

    Raises
    ------
    HralignError
        As for :func:`~hralign.stress.runner.run_study`; whether the path can be written is found out first.
    """
    find_study(name)
    target = path or path_of(f"study/{name}")
    target.parent.mkdir(parents=True, exist_ok=True) if path is None else check_writable(path)
    partial = target.with_name(target.name + ".partial")
    table = run_study(name, src, n, seed, partial=partial, **options)
    result = Result(f"study/{name}", table, {"seed": seed}, origin_of(src))
    if path is None:
        keep(result, digits=DIGITS)
    else:
        write_json(as_json(result, DIGITS), path, indent=None)
    partial.unlink(missing_ok=True)
    return table


def recorded_study(name: str) -> pd.DataFrame:
    """The recorded rows of a study; the seed of the study and the source are in ``.attrs``.

    Raises
    ------
    HralignError
        If the study is unknown, or :func:`~hralign.record.store.recorded` does not find a whole record of it.
    """
    find_study(name)
    result = recorded(f"study/{name}")
    table = result.table.copy()
    table.attrs.update({"study": name, "seed": result.facts["seed"], **result.origin})
    return table
