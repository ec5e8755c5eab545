"""Effects of further factors beside those of the groups: states and IGOs that cross, years that all groups share.

To the model of :mod:`hralign.mixed`, y = Xβ + Zb + ε, comes U c with c ~ N(0, σ²ΛΛ'), U holding an intercept, or an
intercept and a slope, for each level of each factor.  With V the covariance of Zb + ε over σ² and W = [X, y],

(X1)  log det(V + UΛΛ'U') = log det V + log det(I + Λ'U'V⁻¹UΛ)                              (Sylvester)
(X2)  W'(V + UΛΛ'U')⁻¹W = W'V⁻¹W − W'V⁻¹UΛ (I + Λ'U'V⁻¹UΛ)⁻¹ Λ'U'V⁻¹W                      (Woodbury)

so that one dense matrix, as large as there are effects in c, is all that is factored.  Products with V⁻¹ are those of
:mod:`hralign.mixed.criterion` (C1): U'V⁻¹U = U'(I − QQ')U + (Q'U)'K(Q'U), Q'U sparse.  θ of all factors is searched for
together, with numeric derivatives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import linalg, optimize, sparse

from ..errors import HralignError, NotEnoughData
from .basis import measure, orthonormal
from .criterion import profile
from .data import numeric
from .factor import lower
from .model import MixedModel

SHAPES = {"intercept": 1, "slope": 2}
"""Effects of a level of a factor: an intercept, or an intercept and a slope."""


@dataclass(frozen=True, eq=False)
class CrossedFit:
    """What :func:`fit_crossed` found, in the units of the frame."""

    params: pd.Series  # (p,) fixed effects by term
    cov_params: pd.DataFrame  # (p, p) σ²(X'V⁻¹X)⁻¹, V with all factors
    cov_re: dict[str, pd.DataFrame]  # covariance of the effects of each factor, the groups first
    levels: dict[str, int]  # how many levels each has
    scale: float  # residual variance
    llf: float  # REML log-likelihood, with lme4's constants
    nobs: int
    converged: bool  # whether the search ended where no step promised more

    @property
    def bse(self) -> pd.Series:
        """(p,) standard errors of the fixed effects."""
        return pd.Series(np.sqrt(np.diag(self.cov_params)), index=self.params.index)


def fit_crossed(model: MixedModel, factors: Mapping[str, str]) -> CrossedFit:
    """The model with effects of further factors beside those of its groups, by REML.

    Parameters
    ----------
    model : MixedModel
    factors : mapping
        Column of ``model.frame`` -> "intercept", or "slope" for an intercept and a slope of the model's slope variable
        that may be correlated.  Levels may cross groups, hold several of them, or change within them.

    Returns
    -------
    CrossedFit

    Raises
    ------
    HralignError
        If a column is unknown or incomplete, a shape is unknown, or no factor is given.
    NotEnoughData
        If a factor has one level only.

    Examples
    --------
    >>> import hralign as hr
    >>> fit = hr.fit_alignment(hr.build_panel(hr.simulate("intrinsic", seed=1)))
    >>> crossed = fit_crossed(fit.model, {"state": "intercept", "igo": "intercept"})
    >>> bool(crossed.llf > fit.llf)  # two more variances
    True
    """
    problem = _Problem(model, factors)
    start = np.concatenate([problem.start, *([0.3] if shape == 1 else [0.3, 0.0, 0.3] for shape in problem.shapes)])
    bounds = [(0, None) if diagonal else (None, None) for diagonal in problem.diagonal]
    found = optimize.minimize(
        problem.deviance, start, method="L-BFGS-B", jac="3-point", bounds=bounds,
        options={"maxiter": 200, "ftol": 1e-13, "gtol": 1e-5, "maxcor": 20},
    )  # fmt: skip
    return problem.result(found.x, bool(found.success))


class _Problem:
    """Data of a crossed model, reduced so that a deviance needs no rows."""

    def __init__(self, model: MixedModel, factors: Mapping[str, str]):
        _check(model, factors)
        self.model, self.data = model, model.fit().data
        self.shapes = [SHAPES[shape] for shape in factors.values()]
        self.start = np.abs(model.fit().point.at.theta) * [1, 0, 1] + [0.0, 0.0, 1e-3]
        self.diagonal = np.concatenate([[1, 0, 1], *([1] if shape == 1 else [1, 0, 1] for shape in self.shapes)])
        order = np.argsort(model.codes, kind="stable")
        values = numeric(model.frame, [model.slope, *model.terms[1:], model.outcome])[order]
        columns, slope, _ = orthonormal(values, measure(values))
        codes = {name: pd.factorize(model.frame[name])[0][order] for name in factors}
        self.names, self.count = list(factors), [int(code.max()) + 1 for code in codes.values()]
        u = sparse.hstack([
            _columns(code, slope, shape) for code, shape in zip(codes.values(), self.shapes, strict=True)
        ]).tocsr()  # fmt: skip
        q = self._directions(slope)
        self.between = (q.T @ u).tocsr()  # (2G, m) Q'U
        self.w = np.asarray(q.T @ columns)  # (2G, q) Q'W
        self.rest_u = (u.T @ u - self.between.T @ self.between).toarray()
        self.rest_w = u.T @ columns - self.between.T @ self.w

    def _directions(self, slope: np.ndarray) -> sparse.csr_matrix:
        """(n, 2G) Q of all groups, from Q = Z R⁻¹ in rows sorted by group."""
        size = self.data.size.astype(int)
        a, b, c = self.data.root
        group = np.repeat(np.arange(len(size)), size)
        second = np.where(c[group] > 0, (slope - (b / a)[group]) / np.where(c > 0, c, 1.0)[group], 0.0)
        rows = np.arange(len(slope))
        parts = (np.concatenate([1 / a[group], second]), (np.tile(rows, 2), np.concatenate([2 * group, 2 * group + 1])))
        return sparse.csr_matrix(parts, shape=(len(slope), 2 * len(size)))

    def solve(self, theta: np.ndarray) -> tuple[float, np.ndarray, float, float]:
        """Deviance, (q, q) C of (X2), r² and n − p at θ; (∞, …) where nothing can be computed."""
        at = profile(theta[:3], self.data)
        s11, s12, s22 = at.s
        a, b, c = self.data.root
        root = np.array([[a, b], [np.zeros_like(a), c]]).transpose(2, 0, 1)
        v = np.eye(2) + root @ np.array([[s11, s12], [s12, s22]]) @ root.transpose(0, 2, 1)
        k = sparse.bsr_matrix((np.linalg.inv(v), np.arange(len(a)), np.arange(len(a) + 1))).tocsr()
        kept = k @ self.between
        factor = self._factor(theta[3:])
        inner = factor.T @ (factor.T @ (self.rest_u + (self.between.T @ kept).toarray())).T
        inner[np.diag_indices_from(inner)] += 1
        cross = factor.T @ (self.rest_w + kept.T @ self.w)
        try:
            half = linalg.cholesky(inner, lower=True, check_finite=False)
            reach = linalg.solve_triangular(half, cross, lower=True, check_finite=False)
            cross = at.cross - reach.T @ reach
            pivots = np.diag(np.linalg.cholesky(cross))
        except np.linalg.LinAlgError:
            return np.inf, at.cross, np.nan, at.free
        rss = pivots[-1] ** 2
        log_det = np.log(at.det).sum() + 2 * np.log(np.diag(half)).sum() + 2 * np.log(pivots[:-1]).sum()
        return log_det + at.free * (1 + np.log(2 * np.pi * rss / at.free)), cross, rss, at.free

    def deviance(self, theta: np.ndarray) -> float:
        return self.solve(theta)[0]

    def _factor(self, theta: np.ndarray) -> sparse.csr_matrix:
        """(m, m) Λ of the further factors."""
        blocks = [
            sparse.kron(sparse.identity(count), part[0] * np.eye(1) if shape == 1 else lower(part))
            for part, count, shape in zip(self._parts(theta), self.count, self.shapes, strict=True)
        ]
        return sparse.block_diag(blocks).tocsr()

    def _parts(self, theta: np.ndarray) -> list[np.ndarray]:
        return np.split(theta, np.cumsum([1 if shape == 1 else 3 for shape in self.shapes])[:-1])

    def result(self, theta: np.ndarray, converged: bool) -> CrossedFit:
        value, cross, rss, free = self.solve(theta)
        basis, terms = self.model.basis, self.model.terms
        inverse = np.linalg.inv(cross)
        v = inverse[:, -1] / inverse[-1, -1]
        scale = float(basis.unit**2 * rss / free)
        covariance = scale * basis.jacobian @ np.linalg.inv(cross[:-1, :-1]) @ basis.jacobian.T
        names = ["intercept", self.model.slope]
        thetas = {self.model.group: theta[:3], **dict(zip(self.names, self._parts(theta[3:]), strict=True))}
        cov_re = {}
        for name, part in thetas.items():
            if len(part) == 1:
                cov_re[name] = pd.DataFrame([[scale * part[0] ** 2]], names[:1], names[:1])
            else:
                half = lower(basis.theta_in_frame(part))
                cov_re[name] = pd.DataFrame(scale * half @ half.T, names, names)
        return CrossedFit(
            params=pd.Series(basis.coefficients(-v[:-1]), index=terms),
            cov_params=pd.DataFrame(covariance, index=terms, columns=terms),
            cov_re=cov_re,
            levels={self.model.group: len(self.model.groups), **dict(zip(self.names, self.count, strict=True))},
            scale=scale, llf=basis.llf(value, free), nobs=int(self.data.nobs), converged=converged,
        )  # fmt: skip


def _columns(code: np.ndarray, slope: np.ndarray, shape: int) -> sparse.csr_matrix:
    """(n, shape · levels) intercept, or intercept and slope, of each level, one level after the other."""
    rows, levels = np.arange(len(code)), int(code.max()) + 1
    parts = [(np.ones(len(code)), (rows, shape * code)), (slope, (rows, shape * code + 1))][:shape]
    return sum(sparse.csr_matrix(part, shape=(len(code), shape * levels)) for part in parts)


def _check(model: MixedModel, factors: Mapping[str, str]) -> None:
    if not factors:
        raise HralignError("No factor was given beside the groups. Name at least one column.")
    for name, shape in factors.items():
        if shape not in SHAPES:
            raise HralignError(f"{name!r} has no effect of the kind {shape!r}. Choose one of: {', '.join(SHAPES)}.")
        if name not in model.frame or name == model.group:
            raise HralignError(f"No further factor {name!r} in the rows of the model, which have {list(model.frame)}.")
        if model.frame[name].isna().any():
            raise HralignError(f"The factor {name!r} is missing in {model.frame[name].isna().sum()} rows of the model.")
        if model.frame[name].nunique() < 2:
            raise NotEnoughData(f"The factor {name!r} has one level only; effects that vary need 2 at least.")
