"""The checks of the tables where pandera cannot be imported: in a browser, which has no compiled half of pydantic.

It knows as much of pandera's words as :mod:`hralign.sources.schemas` uses, means the same by them, and reports failures
in the same table, so that the description of the tables and the sentences about what is wrong are written once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Check:
    """A rule for values that are not missing; `error` is its name, as messages give it."""

    error: str
    holds: Callable[[pd.Series], pd.Series]

    def __str__(self) -> str:
        return f"<Check {self.name}: {self.error}>"

    @property
    def name(self) -> str:
        return self.error.partition("(")[0]

    @classmethod
    def gt(cls, low: float) -> Check:
        return cls(f"greater_than({low})", lambda values: values > low)

    @classmethod
    def ge(cls, low: float) -> Check:
        return cls(f"greater_than_or_equal_to({low})", lambda values: values >= low)

    @classmethod
    def in_range(cls, low: float, high: float) -> Check:
        return cls(f"in_range({low}, {high})", lambda values: values.between(low, high))

    @classmethod
    def isin(cls, known: list[float]) -> Check:
        return cls(f"isin({known})", lambda values: values.isin(known))


class Column:
    """What a column holds: type (``"int64"``, ``"float64"`` or str), rules, and whether values may be missing."""

    def __init__(self, dtype: str | type, checks: Check | list[Check] | None = None, nullable: bool = False):
        self.dtype = dtype if isinstance(dtype, str) else dtype.__name__
        self.checks = [checks] if isinstance(checks, Check) else list(checks or [])
        self.nullable = nullable

    def coerced(self, values: pd.Series) -> pd.Series:
        """The values in the type of the column; missing text stays missing."""
        return values.astype(self.dtype)


class SchemaErrors(Exception):
    """All that is wrong with a table: `failure_cases` has a row for each failure."""

    def __init__(self, schema: DataFrameSchema, found: list[tuple]):
        super().__init__(f"{len(found)} failures")
        self.schema = schema
        self.failure_cases = pd.DataFrame(found, columns=["check", "column", "index", "failure_case"], dtype=object)


errors = SimpleNamespace(SchemaErrors=SchemaErrors)


@dataclass(frozen=True)
class DataFrameSchema:
    """A table: its columns by name, those that together are its key; nothing else may be in it."""

    columns: Mapping[str, Column]
    unique: list[str] = field(default_factory=list)
    strict: bool = True
    coerce: bool = True

    def validate(self, table: pd.DataFrame, lazy: bool = True) -> pd.DataFrame:
        """A copy of the table in the types of its columns, or SchemaErrors with everything that is wrong."""
        found: list[tuple] = [
            ("column_in_dataframe", None, None, name) for name in self.columns if name not in table
        ]  # fmt: skip
        found += [("column_in_schema", None, None, name) for name in table if name not in self.columns]
        right = {}
        for name, rules in self.columns.items():
            if name in table:
                right[name], wrong = _checked(table[name], rules)
                found += [(check, name, index, case) for check, index, case in wrong]
        if set(self.unique) <= set(table.columns):
            again = table.duplicated(self.unique, keep=False)
            found += [("multiple_fields_uniqueness", None, index, None) for index in table.index[again]]
        if found:
            raise SchemaErrors(self, found)
        return pd.DataFrame(right, index=table.index)[list(table.columns)]


def _checked(values: pd.Series, rules: Column) -> tuple[pd.Series, list[tuple[str, Any, Any]]]:
    """Values in their type, and each failure: which check, on which row, of what."""
    try:
        values = rules.coerced(values)
    except (TypeError, ValueError, OverflowError):
        wrong = [(index, value) for index, value in values.items() if not _fits(value, rules)]
        return values, [(f"coerce_dtype('{rules.dtype}')", index, value) for index, value in wrong]
    known = values.dropna()
    wrong = [
        (check.error, index, value) for check in rules.checks for index, value in known[~check.holds(known)].items()
    ]
    if not rules.nullable:
        wrong += [("not_nullable", index, values[index]) for index in values.index[values.isna()]]
    return values, wrong


def _fits(value: Any, rules: Column) -> bool:
    try:
        rules.coerced(pd.Series([value]))
    except (TypeError, ValueError, OverflowError):
        return False
    return True
