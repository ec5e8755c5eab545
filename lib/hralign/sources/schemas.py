"""The one description of the tidy tables: columns, types, ranges and keys, and what is said where one is broken.

Real and simulated data pass the same checks, so that nothing downstream needs to know which of the two it was given.
pandera makes them, loaded with this module, which :class:`~hralign.sources.tables.Sources` imports when it checks.
A browser has no pandera, for want of a compiled part of it.  There, and only there, :mod:`.unaided` goes through the
same description with pandas alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..errors import HralignError
from .vocabulary import RIGHTS

try:
    import pandera.pandas as pa
except ModuleNotFoundError:
    from . import unaided as pa


def _key(**checks: Any) -> pa.Column:
    return pa.Column("int64", **checks)


def _number(*checks: pa.Check, nullable: bool = True) -> pa.Column:
    return pa.Column("float64", list(checks), nullable=nullable)


def _flag() -> pa.Column:
    return pa.Column("int64", pa.Check.isin([0, 1]))


def _table(unique: list[str], **columns: pa.Column) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, unique=unique, strict=True, coerce=True)


_positive, _year, _right = pa.Check.gt(0), pa.Check.in_range(1800, 2100), pa.Check.isin([0, 1, 2])

SCHEMAS: Mapping[str, pa.DataFrameSchema] = {
    # State system membership: years are inclusive; last_year is the last year of the record for survivors.
    "states": _table(
        ["state"], state=_key(), name=pa.Column(str), region=pa.Column(str, nullable=True),
        first_year=_key(checks=_year), last_year=_key(checks=_year), ceased=_flag(),
    ),
    # Every IGO of the record; `major` marks those with an authority score, which the study is about.
    "igos": _table(
        ["igo"], igo=_key(), acronym=pa.Column(str), name=pa.Column(str), major=_flag(),
        human_rights_igo=_flag(), political=_flag(), economic=_flag(), social=_flag(),
        first_year=_key(checks=_year), last_year=_key(checks=_year), ended=_flag(),
    ),
    # Status is never 0: a state absent from an observed IGO-year is no member of it.
    "memberships": _table(
        ["igo", "state", "year"], igo=_key(), state=_key(), year=_key(checks=_year),
        status=_key(checks=pa.Check.isin([1, 2, 3])),
    ),
    # One row per year of an IGO's life; in a year that is not `observed` its members are unknown.
    "igo_years": _table(
        ["igo", "year"], igo=_key(), year=_key(checks=_year), observed=_flag(),
        delegation=_number(pa.Check.in_range(0, 1)),
    ),
    "scores": _table(
        ["state", "year"], state=_key(), year=_key(checks=_year),
        fariss=_number(), fariss_sd=_number(_positive), fariss_v3=_number(), fariss_v3_sd=_number(_positive),
        **{right: _number(_right) for right in RIGHTS},
    ),
    # gdp_per_capita: constant US$ (World Bank); *_fariss: Fariss et al. (2022); population in millions.
    "state_years": _table(
        ["state", "year"], state=_key(), year=_key(checks=_year),
        gdp_per_capita=_number(_positive), gdp_per_capita_fariss=_number(_positive),
        population=_number(_positive),
        tax_gdp=_number(pa.Check.ge(0)), polity2=_number(pa.Check.in_range(-10, 10)),
        iccpr=_flag(), civil_war=_flag(), civil_war_intrastate=_flag(),
    ),
}  # fmt: skip


def checked(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables of a source, each in the order and with the types of its schema.

    Raises
    ------
    HralignError
        If a table breaks its schema, or names a state or IGO that the tables of states and IGOs do not have.
    """
    right = {name: _validated(name, tables[name], schema) for name, schema in SCHEMAS.items()}
    for name in ("memberships", "igo_years"):
        _check_known(name, "igo", right[name], right["igos"])
    for name in ("memberships", "scores", "state_years"):
        _check_known(name, "state", right[name], right["states"])
    return right


def _validated(name: str, table: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.DataFrame:
    table = table.reset_index(drop=True)
    try:
        return schema.validate(table, lazy=True)
    except pa.errors.SchemaErrors as error:
        raise HralignError(f"Table '{name}': {_first_failure(error, table)}.") from None


def _first_failure(error: pa.errors.SchemaErrors, table: pd.DataFrame) -> str:
    """The failure to mend first, in words: a missing column explains most of what follows it."""
    failures = error.failure_cases
    order = ["column_in_dataframe", "column_in_schema", "coerce_dtype", "not_nullable", "multiple_fields"]
    for check in order:
        found = failures[failures["check"].str.startswith(check)]
        if not found.empty:
            break
    else:
        check, found = "value", failures
    case, column = found["failure_case"].iloc[0], found["column"].iloc[0]
    case = getattr(case, "item", lambda: case)()  # a number prints as a number
    where = f"row {found['index'].iloc[0]} of column '{column}'"
    if check == "column_in_dataframe":
        return f"column '{case}' is missing; expected {', '.join(error.schema.columns)}"
    if check == "column_in_schema":
        return f"column '{case}' is not one of {', '.join(error.schema.columns)}; drop or rename it"
    if check == "coerce_dtype":
        return f"{where} holds {case!r}, which is not a {error.schema.columns[column].dtype}; correct that cell"
    if check == "not_nullable":
        return f"{where} is empty; every row needs a value there"
    if check == "multiple_fields":
        key = table.loc[found["index"].iloc[0], error.schema.unique]
        named = ", ".join(f"{column} {value}" for column, value in key.items())
        return f"{named} occurs more than once; keep one row for each {'-'.join(error.schema.unique)}"
    return f"{where} holds {case!r}, which breaks the rule {found['check'].iloc[0]}"


def _check_known(name: str, key: str, table: pd.DataFrame, known: pd.DataFrame) -> None:
    unknown = sorted(set(table[key].unique()) - set(known[key]))
    if unknown:
        shown = ", ".join(str(code) for code in unknown[:5]) + (" …" if len(unknown) > 5 else "")
        raise HralignError(
            f"Table '{name}' has {len(unknown)} unknown {key} code(s): {shown}. "
            f"Add them to the table '{key}s' or drop their rows."
        )
