"""Covariance of the fixed effects that allows for any dependence within clusters of groups.

(V1)  How far group g moves the estimate:  m = B X'V⁻¹(y − Xβ),  B = (X'V⁻¹X)⁻¹.  Over all groups, m sums to 0.

(V2)  The sandwich of Liang & Zeger (1986, Biometrika 73(1)):  c/(c − 1) Σ m m' over c clusters, m summed within each.

(V3)  Clusters that cross (Cameron, Gelbach & Miller 2011, J. Bus. Econ. Stat. 29(2)): (V2) by the one, plus by the
      other, less by both together, negative eigenvalues set to 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .clusters import By, check_number, clusters_of, columns_of


def cluster_covariance(fit: Any, by: By) -> pd.DataFrame:
    """(p, p) covariance as :meth:`MixedFit.vcov` gives it."""
    columns, moves = columns_of(by), influence(fit)
    if len(columns) == 1:
        covariance = sandwich(fit, columns, moves)
    else:
        one, other = ((column,) for column in columns)
        crossed = sandwich(fit, one, moves) + sandwich(fit, other, moves) - sandwich(fit, columns, moves)
        values, vectors = np.linalg.eigh(crossed)
        covariance = (vectors * np.maximum(values, 0)) @ vectors.T
    return pd.DataFrame(covariance, index=fit.model.terms, columns=fit.model.terms)


def influence(fit: Any) -> np.ndarray:
    """(G, p) m of each group that has weight, as if it stood once (V1), in units of the estimates.

    W'V⁻¹W of the group, (C3) without the sum, times v = (−β, 1) is W'V⁻¹(y − Xβ): rows are not needed again.
    """
    basis, parts, kept = fit.model.basis, fit.point.parts, fit.point.at.kept
    between = np.einsum("kgq,kg->gq", fit.data.between, kept @ parts.v)
    within = fit.model.data.within[fit.data.place] @ parts.v
    scores = (between + within)[:, :-1]
    return basis.unit * scores @ (basis.jacobian @ parts.a[:-1, :-1]).T


def sandwich(fit: Any, columns: tuple[str, ...], moves: np.ndarray) -> np.ndarray:
    """(p, p) of (V2), a cluster being all groups that agree on ``columns``.

    A group of weight w stands w times.  Where the cluster is the group itself, it is w clusters.
    """
    weight = fit.data.weight
    if fit.model.group in columns:
        count, pulls = weight.sum(), np.sqrt(weight)[:, None] * moves
    else:
        labels = [clusters_of(fit, column).to_numpy() for column in columns]
        pulls = pd.DataFrame(weight[:, None] * moves).groupby(labels).sum().to_numpy()
        count = len(pulls)
    check_number(count, columns)
    return pulls.T @ pulls * (count / (count - 1))
