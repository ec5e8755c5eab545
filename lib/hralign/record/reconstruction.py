"""The reconstruction: what the models of the book give on the real data, as kept in the record.

:func:`hralign.record.replicate.replicate` returns plain nested values; the record holds named results.  This module is
the way from the one to the other and back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pandas as pd

from ..memberships import EXIT_KINDS
from ..sources.tables import Sources
from .replicate import CURVES, MODELS
from .store import Result, keep, origin_of, recorded

_COUNTS = ("igos", "accessions", "cases", "returns", "first_year", "last_year")
CLOCK_NAME = "clock/lag"
"""The slope of duration under several rules about the calendar, score ``fariss``, timing ``lag``."""

_VARIANCES = {"var_intercept": (0, 0), "cov_intercept_duration": (0, 1), "var_duration": (1, 1)}


def model_result(name: str, model: Mapping[str, Any], origin: Mapping[str, Any]) -> Result:
    """One model as a named result: a row per term, and its sizes, fit and variances as facts."""
    table = pd.DataFrame({"coef": model["coef"], "se": model["se"], "state_se": model["state_se"]})
    table["z"], table["state_z"] = table["coef"] / table["se"], table["coef"] / table["state_se"]
    facts = {key: model[key] for key in ("nobs", "groups", "llf", "aic", "bic", "scale") if model[key] is not None}
    if model["cov_re"]:
        facts |= {key: model["cov_re"][i][j] for key, (i, j) in _VARIANCES.items()}
        facts["singular"] = model["singular"]
    return Result(name, table.rename_axis("term").reset_index(), facts, origin)


def as_results(replicated: Mapping[str, Any], src: Sources) -> Iterator[Result]:
    """Everything that a whole run of :func:`~hralign.record.replicate.replicate` gave, as named results."""
    origin = origin_of(src)
    for name, model in replicated["models"].items():
        yield model_result(name, model, origin)
    counts = replicated["counts"]
    yield Result("counts", pd.DataFrame(), {key: counts[key] for key in _COUNTS}, origin)
    ranges = pd.DataFrame(replicated["score_range"], index=["lowest", "highest"]).T
    yield Result("score_range", ranges.rename_axis("sample").reset_index(), {}, origin)
    rules = pd.DataFrame(replicated["clock"]).T.astype(float).rename_axis("rule").reset_index()
    yield Result(CLOCK_NAME, rules, {}, origin)
    tables = {"exits": replicated["exits"], "tests": replicated["tests"]}
    tables |= {f"curves/{name}": curve for name, curve in replicated["curves"].items()}
    for name, columns in tables.items():
        yield Result(name, pd.DataFrame(columns), {}, origin)


def is_reconstructed(name: str) -> bool:
    """Whether a result is one of those that a whole run of ``hralign replicate`` keeps."""
    others = ("counts", "score_range", "exits", "tests", CLOCK_NAME)
    return name in MODELS or name in others or name.startswith("curves/")


def keep_reconstruction(replicated: Mapping[str, Any], src: Sources) -> None:
    """Put a whole run on the real data into the record."""
    for result in as_results(replicated, src):
        keep(result)
    reconstruction.cache_clear()


@cache
def reconstruction() -> dict[str, Any]:
    """Our recorded run on the real data, in the form of :func:`~hralign.record.replicate.replicate`.

    What the middle column of every table shows.
    """
    exits = recorded("exits").table
    counted = exits.set_index("kind")["cases"]
    return {
        "source": "real",
        "models": {name: recorded_model(name) for name in MODELS},
        "counts": {**recorded("counts").facts, "exits": {kind: int(counted[kind]) for kind in EXIT_KINDS}},
        "score_range": {row.sample: [row.lowest, row.highest] for row in recorded("score_range").table.itertuples()},
        "exits": _columns(exits),
        "tests": _columns(recorded("tests").table),
        "clock": {row.pop("rule"): row for row in _rows(recorded(CLOCK_NAME).table)},
        "curves": {name: _columns(recorded(f"curves/{name}").table) for name in CURVES},
    }


def recorded_model(name: str) -> dict[str, Any]:
    """One model of the record, in the form of :func:`~hralign.record.replicate.as_numbers`."""
    result = recorded(name)
    table, facts = result.table.set_index("term"), dict(result.facts)
    variances = [facts.pop(key, None) for key in _VARIANCES]
    intercept, covariance, duration = variances
    matrix = None if intercept is None else [[intercept, covariance], [covariance, duration]]
    by_term = {key: table[key].to_dict() for key in ("coef", "se", "state_se")}
    return {"scale": None, **facts, **by_term, "cov_re": matrix}


def _columns(table: pd.DataFrame) -> dict[str, list]:
    return {column: table[column].astype(object).where(table[column].notna(), None).tolist() for column in table}


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return table.astype(object).where(table.notna(), None).to_dict("records")
