"""Whether rows and weights can tell the parameters of a model apart.  Where not: NotEnoughData, saying why."""

from __future__ import annotations

import numpy as np

from ..errors import NotEnoughData
from .data import WeighedData


def check_size(rows: float, groups: float, group: str, terms: list[str]) -> None:
    """At least two groups of the factor named ``group``, and more rows than terms."""
    if groups < 2:
        raise NotEnoughData(f"{groups:g} group(s) in {group!r}; effects that vary need 2 at least.")
    if rows <= len(terms):
        raise NotEnoughData(f"{rows:g} rows for {len(terms)} terms; more rows are needed.")


def check_columns(r: np.ndarray, names: list[str], tolerance: float) -> None:
    """No constant or collinear columns among W = [intercept, terms, outcome].

    Parameters
    ----------
    r : (q, q) upper triangular with r'r = W'W / n.  The size of r_jj over the length of column j, without row 0 which
        is its mean, is the sine of its angle to the columns before it.
    names : of the columns
    tolerance : smallest length, and smallest sine, that counts as different from 0
    """
    for j, name in enumerate(names[1:], start=1):
        length = np.linalg.norm(r[1:, j])
        if length <= tolerance:
            raise NotEnoughData(f"{name!r} is constant in these rows. Take it out, or choose other rows.")
        if abs(r[j, j]) <= tolerance * length:
            share = np.linalg.lstsq(r[1:j, 1:j], r[1:j, j], rcond=None)[0]
            others = [other for other, x in zip(names[1:j], share, strict=True) if abs(x) > 1e-6]
            raise NotEnoughData(f"{name!r} is collinear with {others} in these rows. Take one of them out.")


def check_weighed(data: WeighedData, r: np.ndarray, names: list[str]) -> None:
    """No column that the weights have made constant or collinear, from W'W summed over groups in the basis ``r``."""
    flat = data.between.reshape(-1, len(names))
    values, vectors = np.linalg.eigh(data.rest + flat.T @ (np.tile(data.weight, 2)[:, None] * flat))
    half = np.sqrt(np.maximum(values, 0))[:, None] * vectors.T
    check_columns(np.linalg.qr(half @ r, mode="r") / np.sqrt(data.nobs), names, 1e-6)


def check_residual(data: WeighedData, group: str, slope: str) -> None:
    """Rows beyond those that each group's own line and the terms fit exactly, without which there is no σ²."""
    p = len(data.rest) - 1
    values, vectors = np.linalg.eigh(data.rest[:p, :p])
    keep = values > 1e-12 * data.nobs
    left = data.rest[p, p] - np.sum((vectors.T @ data.rest[:p, p])[keep] ** 2 / values[keep])
    spare = data.weight @ (data.size - 1 - (data.root[2] > 0)) - keep.sum()
    if spare <= 0 or left <= max(1e-13 * data.rest[p, p], 1e-26 * data.nobs):
        raise NotEnoughData(
            f"No residual variance is left: the terms and a line in {slope!r} for each {group!r} fit the rows exactly. "
            f"Use more rows per {group!r}, or fewer terms."
        )
