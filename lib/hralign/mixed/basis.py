"""The units in which a model is computed, and the way back to those of its frame.

Columns W = [X, y] are centred, divided by their spread and made orthonormal, W/√n = QR, so that neither scale nor near
collinearity costs precision.  In this basis X'X/n = I and y is what is left of the outcome after regression on X.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .factor import lower, triangular


@dataclass(frozen=True, eq=False)
class Scaling:
    """Centre and spread of the columns [slope, terms but the intercept, outcome]: p + 1 of them, p the terms."""

    centre: np.ndarray  # (p + 1,) means, in the unit of each column
    spread: np.ndarray  # (p + 1,) standard deviations; inf for a column that stands still
    noise: float  # rounding error of a scaled value of the slope variable


def measure(values: np.ndarray) -> Scaling:
    """Scaling of (n, p + 1) values.  Squares are taken of values divided by the largest, so that none overflows."""
    peak, centre = np.maximum(np.abs(values).max(axis=0), 1e-300), values.mean(axis=0)
    spread = np.linalg.norm((values - centre) / peak, axis=0) / np.sqrt(len(values)) * peak
    still = spread <= 1e-13 * peak
    spread[still] = np.inf
    return Scaling(centre, spread, 1e-14 * (1 + peak[0] / spread[0]))


@dataclass(frozen=True, eq=False)
class Basis:
    """From the basis to the frame: β = offset + unit · jacobian γ, where γ are the coefficients in the basis."""

    r: np.ndarray  # (p + 1, p + 1) upper triangular R of scaled [intercept, terms, outcome]
    jacobian: np.ndarray  # (p, p)
    unit: float  # one unit of the basis' outcome, in units of the frame's
    offset: np.ndarray  # (p,) least-squares coefficients without varying effects
    log_jacobian: float  # log|det jacobian⁻¹|, which REML's determinant of X'V⁻¹X depends on
    effects: np.ndarray  # (2, 2) times (intercept, slope) of the frame's slope variable: those of the scaled one

    def coefficients(self, gamma: np.ndarray) -> np.ndarray:
        """(p,) coefficients in units of the frame."""
        return self.offset + self.unit * self.jacobian @ gamma

    def llf(self, deviance: float, free: float) -> float:
        """REML log-likelihood in units of the frame from the deviance in the basis; ``free`` is n − p."""
        return float(-0.5 * (deviance + free * np.log(self.unit**2)) - self.log_jacobian)

    def theta_in_frame(self, theta: np.ndarray) -> np.ndarray:
        """(3,) θ of the frame's slope variable from that of the scaled one."""
        return triangular(np.linalg.solve(self.effects, lower(theta)))

    def theta_in_basis(self, theta: np.ndarray) -> np.ndarray:
        """(3,) θ of the scaled slope variable from that of the frame's."""
        return triangular(self.effects @ lower(theta))


def orthonormal(values: np.ndarray, scaling: Scaling) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(n, p + 1) columns of the basis, (n,) the scaled slope variable, (p + 1, p + 1) R/√n, of values as they are."""
    scaled, root = (values - scaling.centre) / scaling.spread, np.sqrt(len(values))
    q, r = np.linalg.qr(np.column_stack([np.ones(len(values)), scaled[:, 1:]]))
    return q * root, scaled[:, 0], r / root


def make_basis(scaling: Scaling, r: np.ndarray) -> Basis:
    """The way back from columns that were first scaled, then made orthonormal with factor ``r``."""
    p, centre, spread = len(r) - 1, scaling.centre, scaling.spread
    back = np.diag(1 / np.concatenate([[1.0], spread[1:-1]]))
    back[0, 1:] = -centre[1:-1] / spread[1:-1]
    jacobian = back @ np.linalg.inv(r[:p, :p])
    return Basis(
        r=r,
        jacobian=jacobian,
        unit=spread[-1] * r[-1, -1],
        offset=spread[-1] * jacobian @ r[:p, -1] + centre[-1] * np.eye(p)[0],
        log_jacobian=np.log(np.abs(np.diag(r)[:p])).sum() + np.log(spread[1:-1]).sum(),
        effects=np.array([[1.0, centre[0]], [0.0, spread[0]]]),
    )
