"""Which groups of a fit hang together, by columns of the model's rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import HralignError, NotEnoughData

By = str | tuple[str, ...]
"""The column that names the cluster of each row, or two of them where clusters cross."""


def columns_of(by: By) -> tuple[str, ...]:
    """One or two names of columns; HralignError for more, or none."""
    columns = (by,) if isinstance(by, str) else tuple(by)
    if len(columns) not in (1, 2):
        raise HralignError(f"Clusters by {columns} were asked for. Give one column, or two whose clusters cross.")
    return columns


def clusters_of(fit: Any, column: str) -> pd.Series:
    """Cluster of each group that has weight in the fit, indexed by group.

    Raises HralignError where the model's rows have no such column, or it is missing or changes within a group.
    """
    model = fit.model
    if column not in model.frame:
        raise HralignError(
            f"Cannot cluster by {column!r}: the rows of the model have no such column. Choose one that says which "
            f"{model.group!r} hang together, among {list(model.frame.columns)}."
        )
    codes, names = pd.factorize(model.frame[column])
    if (codes < 0).any():
        raise HralignError(f"Cannot cluster by {column!r}: it is missing in {(codes < 0).sum()} rows of the model.")
    of_group = np.empty(len(model.groups), dtype=codes.dtype)
    of_group[model.codes] = codes
    if not np.array_equal(of_group[model.codes], codes):
        raise HralignError(
            f"Cannot cluster by {column!r}: it changes within {model.group!r}. Rows of one {model.group!r} depend on "
            "each other, so a cluster must hold all of them."
        )
    place = fit.data.place
    return pd.Series(names.take(of_group[place]), index=model.groups[place], name=column)


def check_number(count: float, columns: tuple[str, ...]) -> None:
    """At least two clusters."""
    if count < 2:
        raise NotEnoughData(f"There is only one {' and '.join(columns)} in the sample; clusters must be two at least.")
