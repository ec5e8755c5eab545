"""Clustered errors of the fixed effects where clusters are few or of very unequal size.

With few clusters the sandwich is too small: residuals are closer to the fitted line than errors to the true one.
The bias-reduced linearisation of Bell & McCaffrey (2002, Survey Methodology 28(2)), as Pustejovsky & Tipton (2018, J.
Bus. Econ. Stat. 36(4)) have it, corrects each cluster's residuals so that the covariance is unbiased where the model
is right.  For cluster c, with V the covariance of the model, M = (X'V⁻¹X)⁻¹ and V_c = D'D,

(S1)  A = D' (D (V_c − X_c M X_c') D')^(−1/2) D,  the root over eigenvalues that are not 0,
(S2)  C = M Σ X_c'V_c⁻¹ A e_c e_c' A' V_c⁻¹X_c M,  e = y − Xβ.

A does not depend on which root D of V_c is taken; here it is the symmetric one.  V_c is I but for the directions of
Z = QR of each group, (C1) of :mod:`hralign.mixed.criterion`.  Outside the span of Q and X it leaves all as it is, and
so does A.  So (S1) is done in coordinates of that span, two for each group and p for what is left of X, and rows are
not needed: with X = Q Q'X + B N^(1/2), N the cross-products of that rest, X has the coordinates [Q'X, N^(1/2)].

A t statistic with (S2) has Satterthwaite's degrees of freedom.  For a coefficient with unit vector l, let
q_c = A'V_c⁻¹X_c M l.  Where the model is right, the variance in (S2) is a sum of squares of normal variables with
covariance P:

(S3)  P_cc = q_c'(V_c − X_c M X_c')q_c,  P_cd = −(X_c'q_c)'M(X_d'q_d),  df = (Σ P_cc)² / Σ P_cd².
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import HralignError
from .clusters import By, check_number, clusters_of, columns_of

NOTHING = 1e-12
"""Eigenvalues up to this share of the largest are 0 in (S1): directions that the fixed effects fit exactly."""


def bias_reduced(fit: Any, by: By) -> tuple[pd.DataFrame, pd.Series]:
    """(p, p) covariance (S2) and (p,) degrees of freedom (S3), as :meth:`MixedFit.vcov` and ``degrees`` give them."""
    columns = columns_of(by)
    if len(columns) > 1:
        raise HralignError(f"The correction CR2 is for one set of clusters, not for {columns} that cross. Give one.")
    if len(fit.data.weight) < len(fit.model.groups) or not (fit.data.weight == 1).all():
        raise HralignError(
            "The correction CR2 is for fits in which each group counts once. Fit without weights, or leave "
            "small_sample out."
        )
    clusters = pd.factorize(clusters_of(fit, columns[0]))[0]
    check_number(clusters.max() + 1, columns)
    m, back = fit.point.parts.a[:-1, :-1], fit.model.basis.jacobian
    each = [_cluster(fit, m, np.flatnonzero(clusters == c)) for c in range(clusters.max() + 1)]
    pulls, weights, own = (np.array(part) for part in zip(*each, strict=True))
    moves = fit.model.basis.unit * pulls @ back.T
    terms = fit.model.terms
    covariance = pd.DataFrame(moves.T @ moves, index=terms, columns=terms)
    return covariance, pd.Series([_degrees(weights @ row, own @ row @ row, m) for row in back], index=terms, name="df")


def _cluster(fit: Any, m: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One cluster: (p,) of M X'V⁻¹Ae; (p, p) of X'A'V⁻¹XM; (p, p) of q'(V − XMX')q for all l at once."""
    data, within, v = fit.data, fit.model.data.within[groups].sum(axis=0), fit.point.parts.v
    a, b, c = data.root[:, groups]
    root = np.array([[a, b], [np.zeros_like(a), c]]).transpose(2, 0, 1)
    s11, s12, s22 = fit.point.at.s
    blocks = np.eye(2) + root @ np.array([[s11, s12], [s12, s22]]) @ root.transpose(0, 2, 1)
    between = data.between[:, groups].transpose(1, 0, 2).reshape(2 * len(groups), -1)  # Q'[X, y] of each group
    sizes, axes = np.linalg.eigh(within[:-1, :-1])
    seen = sizes > NOTHING * max(sizes.max(), 1e-300)
    half = np.sqrt(sizes[seen])[:, None] * axes[:, seen].T
    rest = axes[:, seen].T @ (within @ v)[:-1] / np.sqrt(sizes[seen])
    x = np.vstack([between[:, :-1], half])
    error = np.concatenate([between @ v, rest])
    variance = np.eye(len(x))
    for k, block in enumerate(blocks):
        variance[2 * k : 2 * k + 2, 2 * k : 2 * k + 2] = block
    values, vectors = np.linalg.eigh(variance)
    d = (vectors * np.sqrt(values)) @ vectors.T
    left = variance - x @ m @ x.T
    values, vectors = np.linalg.eigh(d @ left @ d)
    kept = values > NOTHING * values.max()
    adjust = d @ (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T @ d
    q = adjust @ np.linalg.solve(variance, x) @ m
    return q.T @ error, x.T @ q, q.T @ left @ q


def _degrees(r: np.ndarray, own: np.ndarray, m: np.ndarray) -> float:
    """(S3) from (C, p) X_c'q_c and (C,) P_cc."""
    p = -r @ m @ r.T
    np.fill_diagonal(p, own)
    return float(np.trace(p) ** 2 / np.sum(p**2))
