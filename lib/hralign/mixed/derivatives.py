"""Gradient and Hessian of the profiled REML deviance, taken in S = ΛΛ' first and then in θ.

Symbols are those of :mod:`hralign.mixed.criterion`, f = n − p, and E_k = ∂S/∂S_k for S_k = S₁₁, S₁₂, S₂₂.  The deviance
is Σ w log det V + log det X'V⁻¹X + f log r² and a constant, and V = I + ZSZ' is linear in S:

(D1)  ∂_k V⁻¹ = −V⁻¹Z E_k Z'V⁻¹.

(D2)  ∂_k C = −Σ w H'E_k H,  H = Z'V⁻¹W = R'K Q'W.

(D3)  ∂_k log det V = tr E_k G,  G = Z'V⁻¹Z = (Z'Z + det(Z'Z) adj S) / det V,  adj S = [[S₂₂, −S₁₂], [−S₁₂, S₁₁]].

(D4)  With v = (−β, 1) and A = (X'V⁻¹X)⁻¹, bordered by zeros for y:  C⁻¹ = A + vv'/r²,  so that the last column of C⁻¹
      is v/r².  Then  ∂_k log det X'V⁻¹X = tr A ∂_k C  and  ∂_k r² = v' ∂_k C v.

(D5)  The gradient is  Σ w tr E_k G + tr O ∂_k C,  O = A + (f/r²) vv'.

(D6)  ∂_l G = −G E_l G,  ∂_l H = −G E_l H,  ∂_l A = −A ∂_l C A  and  ∂_l v = −A ∂_l C v  make the Hessian
      Σ w tr[G E_l (2 HOH' − G) E_k] − tr[A ∂_k C A ∂_l C] − f [(2/r²) v' ∂_k C A ∂_l C v + ∂_k r² ∂_l r² / r⁴],
      or rather the symmetric part of it.

(D7)  S₁₁ = θ₁², S₁₂ = θ₁θ₂, S₂₂ = θ₂² + θ₃² with Jacobian J:  ∇_θ = J'∇_S  and  ∇²_θ = J'∇²_S J + Σ_k (∇_S)_k ∇²_θ S_k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .criterion import Profile
from .data import WeighedData

_E = np.array([[[1, 0], [0, 0]], [[0, 1], [1, 0]], [[0, 0], [0, 1]]])
_TRACE = np.einsum("ljm,kni->klijmn", _E, _E).reshape(9, 16)  # tr(M E_l N E_k) from the products M_ij N_mn


@dataclass(frozen=True, eq=False)
class Parts:
    """What both derivatives are made of; G groups, q columns of W."""

    inverse: np.ndarray  # (q, q) C⁻¹
    v: np.ndarray  # (q,) (−β, 1)
    a: np.ndarray  # (q, q) A
    o: np.ndarray  # (q, q) O
    h: np.ndarray  # (2, G, q) H
    g: np.ndarray  # (3, G) entries 11, 12, 22 of G
    d_cross: np.ndarray  # (3, q, q) ∂_k C


def parts(at: Profile, data: WeighedData) -> Parts:
    """(D2) to (D4), for a profile with a finite value."""
    inverse, (a, b, c) = np.linalg.inv(at.cross), data.root
    v = inverse[:, -1] * at.rss  # (D4)
    bordered = inverse - np.outer(v, v) / at.rss
    outer = bordered + at.free / at.rss * np.outer(v, v)  # (D5)
    kept1, kept2 = at.kept
    h = np.stack([a[:, None] * kept1, b[:, None] * kept1 + c[:, None] * kept2])  # (D2) R'K Q'W
    _, groups, q = h.shape
    wide = h.transpose(1, 0, 2).reshape(groups, 2 * q)
    m = wide.T @ (data.weight[:, None] * wide)  # Σ w of all products of two entries of H
    d_cross = -np.stack([m[:q, :q], m[:q, q:] + m[q:, :q], m[q:, q:]])
    adjugate = at.s[[2, 1, 0], None] * [[1], [-1], [1]]
    return Parts(inverse, v, bordered, outer, h, (data.gram + data.det * adjugate) / at.det, d_cross)  # (D3)


def gradient(of: Parts, data: WeighedData) -> np.ndarray:
    """(3,) first derivatives in S₁₁, S₁₂, S₂₂ (D5)."""
    return np.array([1, 2, 1]) * (of.g @ data.weight) + of.d_cross.reshape(3, -1) @ of.o.ravel()


def hessian(of: Parts, at: Profile, data: WeighedData) -> np.ndarray:
    """(3, 3) second derivatives in S₁₁, S₁₂, S₂₂ (D6)."""
    turned = (of.h.reshape(-1, of.h.shape[2]) @ of.o).reshape(of.h.shape)
    hoh = np.stack([np.einsum("gq,gq->g", turned[i], of.h[j]) for i, j in ((0, 0), (0, 1), (1, 1))])
    g, hoh = of.g[[0, 1, 1, 2]], hoh[[0, 1, 1, 2]]
    curve = (_TRACE @ ((2 * hoh - g) @ (data.weight * g).T).ravel()).reshape(3, 3)
    slopes, d_v = of.a @ of.d_cross, of.d_cross @ of.v
    d_rss = d_v @ of.v / at.rss
    curve -= np.einsum("kij,lji->kl", slopes, slopes)
    curve -= at.free * (2 / at.rss * d_v @ of.a @ d_v.T + np.outer(d_rss, d_rss))
    return (curve + curve.T) / 2


def in_theta(theta: np.ndarray, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(3,) gradient and (3, 3) Hessian in θ from those in S (D7)."""
    t1, t2, t3 = theta
    jacobian = np.array([[2 * t1, 0, 0], [t2, t1, 0], [0, 2 * t2, 2 * t3]])
    bend = np.array([[2 * first[0], first[1], 0], [first[1], 2 * first[2], 0], [0, 0, 2 * first[2]]])
    return jacobian.T @ first, jacobian.T @ second @ jacobian + bend
