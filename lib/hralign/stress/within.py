"""Least squares within cases, with or without effects of years: slopes and two kinds of standard errors."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ..errors import NotEnoughData


class Within(NamedTuple):
    """Slopes by term, and their covariances: with all rows independent, and with rows of a cluster hanging together."""

    params: pd.Series
    independent: pd.DataFrame
    clustered: pd.DataFrame


def within(
    outcome: pd.Series, terms: pd.DataFrame, case: pd.Series, cluster: pd.Series, *, year: pd.Series | None = None
) -> Within:
    """Regress an outcome on terms with an intercept for every case (and every year, if given).

    Parameters
    ----------
    outcome, terms, case, cluster, year
        One entry a row, in one order, nothing missing.  Cases lie within clusters.

    Returns
    -------
    Within
        ``independent`` divides by rows less terms less intercepts.  ``clustered`` is the sandwich of Liang and Zeger
        (1986, Biometrika 73): without years times G / (G - 1) (n - 1) / n for G clusters of n rows; with years, whose
        intercepts cut across the clusters, times n over n less all parameters.

    Raises
    ------
    NotEnoughData
        If terms and intercepts cannot be told apart.
    """
    groups = pd.factorize(case)[0]
    dummies = pd.get_dummies(year, dtype=float).iloc[:, 1:] if year is not None else pd.DataFrame(index=terms.index)
    x = _centred(np.column_stack([terms.to_numpy(float), dummies.to_numpy(float)]), groups)
    y = _centred(outcome.to_numpy(float)[:, None], groups)[:, 0]
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise NotEnoughData("Within cases these terms cannot be told apart. Leave one out, or take more cases.")
    bread = np.linalg.inv(x.T @ x)
    slopes = bread @ (x.T @ y)
    left = y - x @ slopes
    rows, free = len(y), len(y) - x.shape[1] - groups.max() - 1
    pulls = pd.DataFrame(x * left[:, None]).groupby(pd.factorize(cluster)[0]).sum().to_numpy()
    count = len(pulls)
    size = count / (count - 1) * (rows - 1) / rows if year is None else rows / free
    names, shown = list(terms.columns), slice(terms.shape[1])
    meat = bread @ (pulls.T @ pulls) @ bread * size
    return Within(
        pd.Series(slopes[shown], names),
        pd.DataFrame((left @ left / free * bread)[shown, shown], names, names),
        pd.DataFrame(meat[shown, shown], names, names),
    )


def _centred(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Columns (rows, k) as departures from the means of their groups."""
    table = pd.DataFrame(values)
    return (table - table.groupby(groups).transform("mean")).to_numpy()
