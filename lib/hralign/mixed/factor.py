"""θ and the factor Λ it stands for: Λ = [[θ₁, 0], [θ₂, θ₃]], ΛΛ' the relative covariance of the varying effects."""

from __future__ import annotations

import numpy as np

SINGULAR = 1e-4
"""A diagonal entry of Λ below this makes a fit singular, as in lme4::isSingular."""


def lower(theta: np.ndarray) -> np.ndarray:
    """(2, 2) Λ of a (3,) θ, by column: entries 11, 21, 22."""
    return np.array([[theta[0], 0.0], [theta[1], theta[2]]])


def triangular(factor: np.ndarray) -> np.ndarray:
    """(3,) θ with ΛΛ' = factor factor' and a diagonal ≥ 0, of a (2, 2) factor; exact where that matrix is singular."""
    (a, b), (c, d) = factor
    first = np.hypot(a, b)
    if first == 0:
        return np.array([0.0, 0.0, np.hypot(c, d)])
    return np.array([first, (a * c + b * d) / first, abs(a * d - b * c) / first])
