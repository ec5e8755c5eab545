"""From rows to matrices per group: all that a fit needs to know of the rows.

In group g, Z = QR with Q (rows × 2) orthonormal and R upper triangular.  It parts the columns W = [X, y] into Q'W, two
rows, and a rest (I − QQ')W that varying effects cannot reach.  Neither depends on θ, so a refit with other weights only
adds up known matrices.  Sums of squares are added, never subtracted.
"""

from __future__ import annotations

import numbers
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import HralignError


@dataclass(frozen=True, eq=False)
class Groups:
    """What each of G groups knows of its rows; W has q columns, the fixed effects and last the outcome."""

    size: np.ndarray  # (G,) rows
    root: np.ndarray  # (3, G) entries 11, 12, 22 of R
    gram: np.ndarray  # (3, G) entries 11, 12, 22 of Z'Z = R'R
    lift: np.ndarray  # (3, 3, G): (S₁₁, S₁₂, S₂₂) · lift = entries 11, 12, 22 of RSR'
    det: np.ndarray  # (G,) det Z'Z
    between: np.ndarray  # (2, G, q) Q'W


@dataclass(frozen=True, eq=False)
class GroupData(Groups):
    """The groups of a model."""

    within: np.ndarray  # (G, q, q) W'(I − QQ')W


@dataclass(frozen=True, eq=False)
class WeighedData(Groups):
    """Those of them that weigh more than 0: a group of weight w stands w times, as w groups."""

    weight: np.ndarray  # (G,) above 0
    place: np.ndarray  # (G,) which of the model's groups
    rest: np.ndarray  # (q, q) Σ w W'(I − QQ')W
    nobs: float  # Σ w size


def numeric(frame: pd.DataFrame, names: list[str]) -> np.ndarray:
    """(rows, len(names)) floats; HralignError naming absent or incomplete columns and the rows they spoil."""
    absent = [name for name in names if name not in frame.columns]
    if absent:
        raise HralignError(f"No column {absent} in the frame; it has {list(frame.columns)}. Check the spelling.")
    columns = [frame[name] for name in names]
    for k, column in enumerate(columns):
        if not pd.api.types.is_numeric_dtype(column):
            columns[k] = pd.Series([float(x) if isinstance(x, numbers.Real) else np.nan for x in column])
    values = np.column_stack([column.to_numpy(dtype=float, na_value=np.nan) for column in columns])
    bad = {name: int(n) for name, n in zip(names, (~np.isfinite(values)).sum(axis=0), strict=True) if n}
    if bad:
        found = ", ".join(f"{name} ({n} of {len(frame)} rows)" for name, n in bad.items())
        raise HralignError(f"Missing, infinite or non-numeric values in {found}. Drop or fill these rows first.")
    return values


def reduce_rows(columns: np.ndarray, slope: np.ndarray, size: np.ndarray, noise: float) -> GroupData:
    """Matrices per group.

    Parameters
    ----------
    columns : (n, q) W, rows sorted by group
    slope : (n,) the variable whose slope varies
    size : (G,) rows of each group
    noise : rounding error of a value of ``slope``
    """
    first = np.cumsum(size) - size
    root, centre = np.sqrt(size), np.add.reduceat(slope, first) / size
    unit = slope - np.repeat(centre, size)
    spread = np.sqrt(np.add.reduceat(unit**2, first))
    spread[spread <= noise * root] = 0.0  # one row, or a slope variable that stands still in the group
    length = np.where(spread > 0, spread, np.inf)
    q = np.column_stack([1 / np.repeat(root, size), unit / np.repeat(length, size)])
    between = np.stack([np.add.reduceat(q[:, [k]] * columns, first) for k in (0, 1)])
    rest = columns - sum(q[:, [k]] * np.repeat(between[k], size, axis=0) for k in (0, 1))
    within = np.stack([part.T @ part for part in np.split(rest, first[1:])])
    a, b, c, zero = root, root * centre, spread, np.zeros(len(size))
    gram = np.stack([a * a, a * b, b * b + c * c])
    lift = np.array([[a * a, zero, zero], [2 * a * b, a * c, zero], [b * b, b * c, c * c]])
    return GroupData(size, np.stack([a, b, c]), gram, lift, (a * c) ** 2, between, within)


def weigh(data: GroupData, weight: np.ndarray) -> WeighedData:
    """The data under (G,) weights of 0 or more, not all 0."""
    rest = (weight @ data.within.reshape(len(weight), -1)).reshape(data.within.shape[1:])
    on = np.flatnonzero(weight)  # a bootstrap draw leaves out a third of the groups
    size, root, gram, lift, det = (x.take(on, -1) for x in (data.size, data.root, data.gram, data.lift, data.det))
    between, weight = data.between.take(on, 1), weight[on]
    return WeighedData(size, root, gram, lift, det, between, weight, on, rest, float(weight @ size))


def group_weights(weights: pd.Series | np.ndarray | None, groups: pd.Index) -> np.ndarray:
    """(G,) weights in the order of ``groups``; HralignError where they are none."""
    count = len(groups)
    if isinstance(weights, pd.Series):
        if not weights.index.is_unique or set(weights.index) != set(groups):
            raise HralignError(f"Weights must name each of {count} groups once: reindex to model.groups.")
        weights = weights.reindex(groups)
    weight = np.ones(count) if weights is None else np.asarray(weights, dtype=float)
    if weight.shape != (count,):
        raise HralignError(f"Weights of shape {weight.shape} for {count} groups. Give one each.")
    if not np.isfinite(weight).all() or (weight < 0).any():
        raise HralignError("Some group weights are negative, missing or infinite. Give 0 or more.")
    return weight
