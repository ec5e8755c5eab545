"""Profiled REML on per-group matrices: the criterion, its derivatives, and the search for its optimum.

Why it is quick: Z = QR splits the columns W = [X, y] of a group into Q'W, two rows, and a rest that varying
effects cannot reach. With K = (I + RΣR')⁻¹, W'V⁻¹W = Σ_g (Q'W)'K Q'W + rest, so a refit only adds up known
matrices with other weights. Sums of squares are never subtracted and columns are made orthonormal first, so
scale and near collinearity cost no precision.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

SINGULAR = 1e-4  # lme4::isSingular's tolerance for the diagonal of Λ
_BASIS = np.array([[[1, 0], [0, 0]], [[0, 1], [1, 0]], [[0, 0], [0, 1]]])  # ∂Σ / ∂(Σ11, Σ12, Σ22)
_TRACE = np.einsum("ljm,kni->klijmn", _BASIS, _BASIS).reshape(9, 16)  # tr(A ∂lΣ B ∂kΣ) from A_ij B_mn


class GroupData(NamedTuple):
    """All the fit needs of the rows: G groups, q columns of W = [X, y] made orthonormal."""

    size: np.ndarray  # (G,) rows
    root: np.ndarray  # (3, G) entries 11, 12, 22 of R
    gram: np.ndarray  # (3, G) entries of Z'Z = R'R
    lift: np.ndarray  # (3, 3, G): (Σ11, Σ12, Σ22) · lift = entries 11, 12, 22 of RΣR'
    between: np.ndarray  # (2, G, q) Q'W
    within: np.ndarray  # (G, q²) W'(I − QQ')W; after weighing its weighted sum (q, q)
    weight: np.ndarray  # (G,)
    place: np.ndarray  # (G,) index in model.groups


class Point(NamedTuple):
    theta: np.ndarray  # (3,) entries 11, 21, 22 of Λ, of either sign
    value: float  # profiled REML deviance
    gradient: np.ndarray | None = None  # (3,)
    hessian: np.ndarray | None = None  # (3, 3)
    inverse: np.ndarray | None = None  # (q, q) inverse of W'V⁻¹W
    scores: np.ndarray | None = None  # (2, G, q) Z'V⁻¹W


def reduce_rows(columns: np.ndarray, slope: np.ndarray, size: np.ndarray, noise: float) -> GroupData:
    """Rows, sorted by group, to matrices per group; ``noise`` is the rounding error of a slope value."""
    first = np.cumsum(size) - size
    root, centre = np.sqrt(size), np.add.reduceat(slope, first) / size
    unit = slope - np.repeat(centre, size)
    spread = np.sqrt(np.add.reduceat(unit**2, first))
    spread[spread <= noise * root] = 0.0  # one row, or a slope variable that stands still in the group
    length = np.where(spread > 0, spread, np.inf)
    q = np.column_stack([1 / np.repeat(root, size), unit / np.repeat(length, size)])
    between = np.stack([np.add.reduceat(q[:, [k]] * columns, first) for k in (0, 1)])
    rest = columns - sum(q[:, [k]] * np.repeat(between[k], size, axis=0) for k in (0, 1))
    within = np.stack([(part.T @ part).ravel() for part in np.split(rest, first[1:])])
    a, b, c, zero = root, root * centre, spread, np.zeros(len(size))
    gram = np.stack([a * a, a * b, b * b + c * c])
    lift = np.array([[a * a, zero, zero], [2 * a * b, a * c, zero], [b * b, b * c, c * c]])
    return GroupData(size, np.stack([a, b, c]), gram, lift, between, within, np.ones(len(size)), np.arange(len(size)))


def deviance(theta: np.ndarray, data: GroupData, derivatives: bool = True) -> Point:
    """Profiled REML deviance (Bates et al. 2015, eq. 41-42), its gradient and Hessian in θ.

    Σ_g log|V| + log|X'V⁻¹X| + (n − p)(1 + log(2π r² / (n − p))), V = I + ZΣZ', r² the last pivot of W'V⁻¹W.
    Derivatives are taken in Σ first, by ∂(V⁻¹) = −V⁻¹Z ∂Σ Z'V⁻¹. The value is inf where rounding breaks V⁻¹.
    """
    (t1, t2, t3), (a, b, c), (_, groups, q) = theta, data.root, data.between.shape
    sigma, weight, flat = np.array([t1 * t1, t1 * t2, t2 * t2 + t3 * t3]), data.weight[:, None], (-1, q)
    v11, v12, v22 = (sigma @ data.lift.reshape(3, -1)).reshape(3, -1)
    det_z = (a * c) ** 2
    det = 1 + v11 + v22 + det_z * (t1 * t3) ** 2  # |V| without cancellation where Σ is nearly singular
    k11, k12, k22 = ((1 + v22) / det)[:, None], (-v12 / det)[:, None], ((1 + v11) / det)[:, None]
    y1, y2 = data.between
    kept = np.stack([k11 * y1 + k12 * y2, k12 * y1 + k22 * y2])
    cross = data.within + data.between.reshape(flat).T @ (weight * kept).reshape(flat)
    try:
        pivots = np.diag(np.linalg.cholesky(cross))
    except np.linalg.LinAlgError:
        return Point(theta, np.inf)
    rss, free = pivots[-1] ** 2, data.weight @ data.size - (q - 1)
    log_det = data.weight @ np.log(det) + 2 * np.log(pivots[:-1]).sum()
    value = log_det + free * (1 + np.log(2 * np.pi * rss / free))
    if not derivatives:
        return Point(theta, value)
    inverse = np.linalg.inv(cross)
    v = inverse[:, -1] * rss  # (−β, 1)
    a_inv = inverse - np.outer(v, v) / rss  # (X'V⁻¹X)⁻¹, bordered by zeros
    outer = a_inv + free / rss * np.outer(v, v)
    scores = np.stack([a[:, None] * kept[0], b[:, None] * kept[0] + c[:, None] * kept[1]])
    wide = scores.transpose(1, 0, 2).reshape(groups, 2 * q)
    m = wide.T @ (weight * wide)
    d_cross = -np.stack([m[:q, :q], m[:q, q:] + m[q:, :q], m[q:, q:]])
    zvz = (data.gram + det_z * sigma[[2, 1, 0], None] * [[1], [-1], [1]]) / det  # (3, G) entries of Z'V⁻¹Z
    g = np.array([1, 2, 1]) * (zvz @ data.weight) + d_cross.reshape(3, -1) @ outer.ravel()
    turned = (scores.reshape(flat) @ outer).reshape(scores.shape)
    hat = np.stack([np.einsum("gq,gq->g", turned[i], scores[j]) for i, j in ((0, 0), (0, 1), (1, 1))])
    zvz, hat = zvz[[0, 1, 1, 2]], hat[[0, 1, 1, 2]]
    curve = (_TRACE @ ((2 * hat - zvz) @ (data.weight * zvz).T).ravel()).reshape(3, 3)
    slopes, d_v = a_inv @ d_cross, d_cross @ v
    d_rss = d_v @ v / rss
    curve -= np.einsum("kij,lji->kl", slopes, slopes)
    curve -= free * (2 / rss * d_v @ a_inv @ d_v.T + np.outer(d_rss, d_rss))
    chain = np.array([[2 * t1, 0, 0], [t2, t1, 0], [0, 2 * t2, 2 * t3]])  # ∂(Σ11, Σ12, Σ22) / ∂θ
    bend = np.array([[2 * g[0], g[1], 0], [g[1], 2 * g[2], 0], [0, 0, 2 * g[2]]])
    return Point(theta, value, chain.T @ g, chain.T @ (curve + curve.T) / 2 @ chain + bend, inverse, scores)


def newton(point: Point) -> tuple[np.ndarray, float, bool]:
    """Newton step with the moduli of the eigenvalues, the deviance it promises, and whether θ is no saddle.

    Σ does not depend on the signs of Λ's columns, so θ is left free; at lme4's bounds (a diagonal ≥ 0) the
    gradient vanishes. Negative curvature tells the optima among these points from the rest, and leads on.
    """
    values, vectors = np.linalg.eigh(point.hessian)
    moduli = np.maximum(np.abs(values), 1e-9 * np.abs(values).max() + 1e-300)
    pull = vectors.T @ point.gradient
    gain, minimum = float(np.sum(pull**2 / moduli) / 2), bool(values[0] >= -1e-7 * moduli.max())
    if gain < 1e-11 and not minimum:
        return 0.1 * (1 + np.abs(point.theta).max()) * vectors[:, 0], gain, minimum
    step = -vectors @ (pull / moduli)
    longest = 0.5 + 2 * np.linalg.norm(point.theta)
    return step * min(1.0, longest / max(np.linalg.norm(step), 1e-300)), gain, minimum


def _descend(theta: np.ndarray, data: GroupData) -> Point:
    """Newton's method with step halving (Nocedal & Wright 2006, sections 3.1 and 3.4)."""
    point = deviance(theta, data)
    for _ in range(200):
        step, gain, minimum = newton(point)
        if gain < 1e-11 and minimum:
            break
        slack = 1e-13 * abs(point.value) if gain < 1e-6 else 0.0  # rounding hides the last gains
        tries = (deviance(point.theta + step / 2**k, data) for k in range(40))
        new = next((t for t in tries if t.value <= point.value + slack), None)
        if new is None:
            break
        point = new
    return point


def search(start: np.ndarray, data: GroupData) -> Point:
    """Optimum from ``start``; if it lies on the boundary, where there may be several, the best of five."""
    best = _descend(start, data)
    if np.abs(best.theta[[0, 2]]).min() < 10 * SINGULAR:
        others = np.array([[1, 0.9, 0.3], [1, -0.9, 0.3], [0.1, 0, 1], [1, 0, 0.1]])
        others = others * np.linalg.norm(best.theta) + 1e-3
        best = min([best, *(_descend(theta, data) for theta in others)], key=lambda point: point.value)
    return best


def triangular(factor: np.ndarray) -> np.ndarray:
    """θ with ΛΛ' = factor factor' and a diagonal ≥ 0; exact where that matrix is singular."""
    (a, b), (c, d) = factor
    first = np.hypot(a, b)
    if first == 0:
        return np.array([0.0, 0.0, np.hypot(c, d)])
    return np.array([first, (a * c + b * d) / first, abs(a * d - b * c) / first])


def lower(theta: np.ndarray) -> np.ndarray:
    return np.array([[theta[0], 0.0], [theta[1], theta[2]]])
