"""Named results: tidy tables with the single numbers that go with them, and the record that keeps them.

A result has a name (``table2/lag``), rows told apart by their first column, and knows what it was computed from.  The
record holds one small JSON file for each, ``results/<name>.json`` beside this module: what the real data gave, or, for
a chapter about a simulated world, what that world and seed give.  Everything a page says in numbers is read from here.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..coding import DEFAULT
from ..errors import HralignError
from ..sources.tables import Sources
from .files import write_json

RESULTS = Path(str(files(__package__).joinpath("results")))
"""Where the record lies."""

ANSWERS = "answers"
"""Folder of the results that only solutions show: editions without solutions go without them."""

FORMAT = 1
"""Changes when what is kept of a result does, so that old and new records are never mixed."""

CODING = DEFAULT
"""The coding of panel and sample that the record was made with."""

DIGITS = 10
"""Significant digits of a recorded number."""

TOLERANCE = 1e-6
"""Relative difference up to which a run agrees with the record: far above rounding, far below what anyone reads."""

_PACKAGES = ("hralign", "numpy", "scipy", "pandas", "statsmodels")


@dataclass(frozen=True)
class Result:
    """One result.

    Attributes
    ----------
    name : str
        Words joined by ``/``; also where it is kept.
    table : DataFrame
        Tidy, with a plain index; the values of the first column tell its rows apart.
    facts : Mapping
        Single numbers or words that belong to the whole.
    origin : Mapping
        ``source`` ("real" or "simulated"), ``data`` (a digest of the real files) or ``world`` and ``seed``, ``coding``;
        of a recorded one also ``page``, the notebook that shows it, if any, and ``versions``.
    """

    name: str
    table: pd.DataFrame
    facts: Mapping[str, Any] = field(default_factory=dict)
    origin: Mapping[str, Any] = field(default_factory=dict)

    def same_world(self, other: Result) -> bool:
        """Whether two results were computed from the same source."""
        return all(self.origin.get(key) == other.origin.get(key) for key in ("source", "data", "world", "seed"))


def origin_of(src: Sources) -> dict[str, Any]:
    """What a result says of the source it was computed from."""
    if src.kind == "simulated":
        made_from = {key: src.provenance.get(key) for key in ("world", "seed")}
    else:
        files_ = "".join(sorted(src.provenance.values()))
        made_from = {"data": hashlib.sha256(files_.encode()).hexdigest()[:12]}
    return {"source": src.kind, **made_from, "coding": CODING}


def as_json(result: Result, digits: int = DIGITS) -> dict[str, Any]:
    """A result as plain values: numbers with so many significant digits, words that recur as levels and codes."""
    return {
        "name": result.name,
        "format": FORMAT,
        "origin": dict(result.origin),
        "facts": {key: _plain(value, digits) for key, value in result.facts.items()},
        # a list, because what writes notebooks sorts the keys of mappings
        "columns": [{"name": name, "values": _column(result.table[name], digits)} for name in result.table],
    }


def from_json(content: Mapping[str, Any]) -> Result:
    """The result that :func:`as_json` wrote."""
    table = pd.DataFrame({column["name"]: _values(column["values"]) for column in content["columns"]})
    return Result(content["name"], table, content["facts"], content["origin"])


def _plain(value: Any, digits: int) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, float):
        return float(f"{value:.{digits}g}") if np.isfinite(value) else None
    return value


def _column(values: pd.Series, digits: int) -> list[Any] | dict[str, list[Any]]:
    values = values.astype(object).where(values.notna(), None).tolist()
    codes, levels = pd.factorize(pd.Series(values, dtype=object))
    if any(isinstance(value, str) for value in values) and 2 * len(levels) <= len(values):
        return {"levels": list(levels), "codes": codes.tolist()}
    return [_plain(value, digits) for value in values]


def _values(column: list[Any] | dict[str, list[Any]]) -> list[Any]:
    if isinstance(column, dict):
        levels = [*column["levels"], None]  # code -1 is missing
        return [levels[code] for code in column["codes"]]
    return column


# --- the record -----------------------------------------------------------------------------------


def path_of(name: str) -> Path:
    """Where a result is kept; a name that could lead elsewhere is refused."""
    parts = name.split("/")
    if not all(part and part.replace("_", "").replace("-", "").isalnum() for part in parts):
        raise HralignError(f"'{name}' cannot name a result: use words of letters, digits, - and _, joined by /.")
    return RESULTS.joinpath(*parts).with_suffix(".json")


def names() -> list[str]:
    """Names of all recorded results."""
    return sorted(path.relative_to(RESULTS).with_suffix("").as_posix() for path in RESULTS.rglob("*.json"))


@cache
def recorded(name: str) -> Result:
    """A result from the record.

    Raises
    ------
    HralignError
        If there is none of that name, or its file is damaged or was made by another format or coding.

    Examples
    --------
    >>> lag = recorded("table2/lag")
    >>> lag.origin["source"], list(lag.table)
    ('real', ['term', 'coef', 'se', 'state_se', 'z', 'state_z'])
    """
    path = path_of(name)
    if not path.is_file():
        near = [known for known in names() if known.split("/")[0] == name.split("/")[0]]
        raise HralignError(
            f"The record has no result '{name}'. "
            + (f"It has {', '.join(near[:12])}{' …' if near[12:] else ''}. " if near else "")
            + "Check the name, or run `make record` if it is new."
        )
    try:
        content = json.loads(path.read_text("utf-8"))
        made_by = (content["name"], content["format"], content["origin"]["coding"])
        if made_by == (name, FORMAT, CODING):
            return from_json(content)
    except (ValueError, LookupError, TypeError) as error:  # among them what JSON and UTF-8 are not
        raise HralignError(f"{path} is no whole record of a result ({error!r}). Run `make record`.") from None
    raise HralignError(
        f"{path} holds the result '{made_by[0]}' in format {made_by[1]} under the coding '{made_by[2]}', not "
        f"'{name}' in format {FORMAT} under '{CODING}': it was made by another version. Run `make record`."
    )


def is_recorded(name: str) -> bool:
    """Whether the record has a result of that name."""
    return path_of(name).is_file()


def versions_of(packages: Iterable[str]) -> dict[str, str]:
    """Versions of Python (as ``python``) and of those packages that are installed; a browser does without some."""
    found = {"python": platform.python_version()}
    for package in packages:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def keep(result: Result, page: str | None = None, digits: int = DIGITS) -> Path:
    """Put a result into the record, with the versions of what made it and the page that shows it; returns the file."""
    path = path_of(result.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    origin = {**result.origin, **({"page": page} if page else {}), "versions": versions_of(_PACKAGES)}
    write_json(as_json(Result(result.name, result.table, result.facts, origin), digits), path, indent=None)
    recorded.cache_clear()
    return path


def difference(result: Result, kept: Result) -> str:
    """Where a result departs from the recorded one, in words; empty if it does not."""
    result = from_json(json.loads(json.dumps(as_json(result))))  # as it would come back from the record
    if list(result.table) != list(kept.table):
        return f"it has the columns {', '.join(result.table)}, the recorded one {', '.join(kept.table)}"
    if not result.same_world(kept):
        return f"it was computed from {describe(result)}, the recorded one from {describe(kept)}"
    if len(result.table) != len(kept.table):
        return f"it has {len(result.table)} rows, the recorded one {len(kept.table)}"
    if set(result.facts) != set(kept.facts):
        return f"its facts are {', '.join(result.facts)}, those of the recorded one {', '.join(kept.facts)}"
    for fact, value in result.facts.items():
        if not _agree(value, kept.facts[fact]):
            return f"{fact} is {value}, recorded as {kept.facts[fact]}"
    for column in result.table:
        pairs = zip(result.table.iloc[:, 0], result.table[column], kept.table[column], strict=True)
        for row, value, old in pairs:
            if not _agree(value, old):
                return f"{column} of {row} is {value}, recorded as {old}"
    return ""


def _agree(value: Any, kept: Any) -> bool:
    if pd.isna(value) or pd.isna(kept):
        return bool(pd.isna(value) and pd.isna(kept))
    if isinstance(value, str) or isinstance(kept, str):
        return value == kept
    return bool(np.isclose(value, kept, rtol=TOLERANCE, atol=TOLERANCE * 1e-3))


def describe(result: Result) -> str:
    """The source of a result in words."""
    if result.origin["source"] == "real":
        return f"the real data ({result.origin['data']})"
    return f"the simulated world {result.origin['world']}, seed {result.origin['seed']}"
