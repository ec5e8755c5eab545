"""The profiled REML deviance of θ, and nothing else.

Numbers (4), (18), … are those of Bates, Mächler, Bolker & Walker (2015, J. Stat. Softw. 67(1)), without prior weights
and offset.  They solve one sparse system for all groups.  Groups of one factor fall apart, so that here each is solved
by itself, exactly and in 2 × 2 matrices, by numbers (C1) to (C4).  With Z = QR in group g, W = [X, y], S = ΛΛ':

(C1)  V = I + ZSZ' = (I − QQ') + Q (I + RSR') Q',  hence  V⁻¹ = (I − QQ') + Q K Q',  K = (I + RSR')⁻¹,
      for Q'Q = I: the inverse is taken in the two directions of Q and leaves the others alone.

(C2)  det(L)² of (18) = det(Λ'Z'ZΛ + I) = det(I + ZΛΛ'Z') = det V (Sylvester), and by (C1)
      det V = det(I + RSR') = 1 + tr RSR' + det(R)² det S,  det S = (θ₁θ₃)²,
      which is a sum of terms ≥ 0: no digits are lost where S is nearly singular.

(C3)  C = W'V⁻¹W = Σ w [(Q'W)'K(Q'W) + W'(I − QQ')W], over groups standing w times.
      Its block X'V⁻¹X is X'X − R_ZX'R_ZX = R_X'R_X of (50) by Woodbury's identity, and X'V⁻¹y the right side of (51).

(C4)  C = TT', T lower triangular.  Its first p pivots are those of R_X.  The last, squared, is what is left of
      y'V⁻¹y after regression on X, which is the penalised sum of squares r²(θ) of (14) at its minimum (19).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .data import WeighedData


@dataclass(frozen=True, eq=False)
class Profile:
    """The deviance at θ, and what it was made of; G groups, q columns of W, p = q − 1 terms."""

    theta: np.ndarray  # (3,) entries 11, 21, 22 of Λ, of either sign
    value: float  # profiled REML deviance; inf where rounding leaves no r²
    s: np.ndarray  # (3,) entries 11, 12, 22 of S
    det: np.ndarray  # (G,) det V
    kept: np.ndarray  # (2, G, q) K Q'W
    cross: np.ndarray  # (q, q) C
    rss: float  # r²
    free: float  # n − p


def profile(theta: np.ndarray, data: WeighedData) -> Profile:
    """Minus twice the REML log-likelihood at (3,) θ, maximised over β and σ², in the units of ``data``."""
    t1, t2, t3 = theta
    s = np.array([t1 * t1, t1 * t2, t2 * t2 + t3 * t3])  # (4) S = ΛΛ'
    v11, v12, v22 = (s @ data.lift.reshape(3, -1)).reshape(3, -1)  # (C1) RSR'
    det = 1 + v11 + v22 + data.det * (t1 * t3) ** 2  # (C2)
    k11, k12, k22 = ((1 + v22) / det)[:, None], (-v12 / det)[:, None], ((1 + v11) / det)[:, None]  # (C1) K
    y1, y2 = data.between
    kept = np.stack([k11 * y1 + k12 * y2, k12 * y1 + k22 * y2])
    flat, q = data.between.shape[0] * data.between.shape[1], data.between.shape[2]
    cross = data.rest + data.between.reshape(flat, q).T @ (data.weight[:, None] * kept).reshape(flat, q)  # (C3)
    free = data.nobs - (q - 1)
    try:
        pivots = np.diag(np.linalg.cholesky(cross))  # (C4)
    except np.linalg.LinAlgError:
        return Profile(theta, np.inf, s, det, kept, cross, np.nan, free)
    rss = pivots[-1] ** 2
    log_det = data.weight @ np.log(det) + 2 * np.log(pivots[:-1]).sum()  # log det(L)² + log det(R_X)²
    value = log_det + free * (1 + np.log(2 * np.pi * rss / free))  # (41), σ² by (40)
    return Profile(theta, value, s, det, kept, cross, rss, free)
