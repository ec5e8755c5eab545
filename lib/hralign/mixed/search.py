"""The θ of least deviance: a coarse grid, Newton's method, and other starts where there may be other valleys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import HralignError
from . import derivatives
from .criterion import Profile, profile
from .data import WeighedData
from .derivatives import Parts
from .factor import SINGULAR

NEGLIGIBLE = 1e-11
"""A Newton step that promises to lower the deviance by less is not taken."""


@dataclass(frozen=True, eq=False)
class Point:
    """The deviance at θ to second order."""

    at: Profile
    parts: Parts
    gradient: np.ndarray  # (3,) in θ
    hessian: np.ndarray  # (3, 3) in θ


@dataclass(frozen=True, eq=False)
class Step:
    """Where Newton's method would go from a point."""

    move: np.ndarray  # (3,) added to θ
    gain: float  # the deviance it promises to gain
    minimum: bool  # whether the deviance curves upwards here in all directions: no saddle

    @property
    def arrived(self) -> bool:
        return self.gain < NEGLIGIBLE and self.minimum


def second_order(at: Profile, data: WeighedData) -> Point:
    """Derivatives at a profile with a finite value."""
    of = derivatives.parts(at, data)
    first, second = derivatives.gradient(of, data), derivatives.hessian(of, at, data)
    return Point(at, of, *derivatives.in_theta(at.theta, first, second))


def newton(point: Point) -> Step:
    """Newton step with the moduli of the eigenvalues, which leads downhill from a saddle as well.

    S does not depend on the signs of Λ's columns, so θ is left free.  At lme4's bounds (a diagonal ≥ 0) the gradient
    vanishes.  Negative curvature tells the minima among these points from the rest, and leads on.
    """
    values, vectors = np.linalg.eigh(point.hessian)
    moduli = np.maximum(np.abs(values), 1e-9 * np.abs(values).max() + 1e-300)
    pull = vectors.T @ point.gradient
    gain, minimum = float(np.sum(pull**2 / moduli) / 2), bool(values[0] >= -1e-7 * moduli.max())
    theta = point.at.theta
    if gain < NEGLIGIBLE and not minimum:
        return Step(0.1 * (1 + np.abs(theta).max()) * vectors[:, 0], gain, minimum)
    move = -vectors @ (pull / moduli)
    longest = 0.5 + 2 * np.linalg.norm(theta)
    return Step(move * min(1.0, longest / max(np.linalg.norm(move), 1e-300)), gain, minimum)


def descend(theta: np.ndarray, data: WeighedData) -> Point | None:
    """Newton's method with step halving (Nocedal & Wright 2006, sections 3.1 and 3.4).

    None where the start has no value.
    """
    start = profile(theta, data)
    if not np.isfinite(start.value):
        return None
    point = second_order(start, data)
    for _ in range(200):
        step = newton(point)
        if step.arrived:
            break
        here = point.at
        slack = 1e-13 * abs(here.value) if step.gain < 1e-6 else 0.0  # rounding hides the last gains
        tries = (profile(here.theta + step.move / 2**k, data) for k in range(40))
        new = next((at for at in tries if at.value <= here.value + slack), None)
        if new is None:
            break
        point = second_order(new, data)
    return point


def coarse(data: WeighedData) -> np.ndarray:
    """(3,) θ to start from where nothing is known: the best of sixteen with no correlation."""
    sizes = (0.1, 1.0, 10.0, 100.0)
    grid = [profile(np.array([a, 0.0, b]), data) for a in sizes for b in sizes]
    return min(grid, key=lambda at: at.value).theta


def search(start: np.ndarray, data: WeighedData) -> Point:
    """The minimum from ``start``; where that lies on the boundary, on which there may be several, the best of five."""
    best = descend(start, data)
    if best is None:
        raise HralignError(f"Nothing can be computed at the start {start}. Give one like the theta of another fit.")
    theta = best.at.theta
    if np.abs(theta[[0, 2]]).min() < 10 * SINGULAR:
        others = np.array([[1, 0.9, 0.3], [1, -0.9, 0.3], [0.1, 0, 1], [1, 0, 0.1]])
        others = others * np.linalg.norm(theta) + 1e-3
        found = [point for point in (descend(other, data) for other in others) if point is not None]
        best = min([best, *found], key=lambda point: point.at.value)
    return best
