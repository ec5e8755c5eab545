"""What is fitted: an outcome, its terms, and the groups whose intercepts and slopes vary."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from ..errors import HralignError, NotEnoughData
from .basis import Basis, make_basis, measure, orthonormal
from .criterion import profile
from .data import GroupData, WeighedData, group_weights, numeric, reduce_rows, weigh
from .factor import lower, triangular
from .fit import MixedFit
from .identified import check_columns, check_residual, check_size, check_weighed
from .search import Point, coarse, search


class MixedModel:
    """Intercepts and slopes of one variable that vary over the groups of one factor.

    Parameters
    ----------
    frame : DataFrame
        A row per observation, kept as ``model.frame``.
    outcome, group, slope : str
        Columns of the outcome, of the grouping factor, and of the variable whose slope varies.
    terms : list of str
        Columns of the fixed effects without the intercept; ``slope`` may be among them or not.

    Attributes
    ----------
    terms : list of str
        "intercept" and the terms, p of them.
    groups : Index
        (G,) groups, sorted.
    codes : (n,) array
        Place in ``groups`` of each row.
    basis : Basis
        The units in which is computed.
    data : GroupData
        The rows in these units, reduced to matrices per group.

    Raises
    ------
    HralignError
        For unknown, repeated or incomplete columns.
    NotEnoughData
        For constant or collinear columns, too few groups or too few rows.
    """

    def __init__(self, frame: pd.DataFrame, outcome: str, terms: list[str], group: str, slope: str):
        self.frame, self.outcome, self.group, self.slope = frame, outcome, group, slope
        self.terms = ["intercept", *terms]
        self._check_names()
        values = numeric(frame, [slope, *self.terms[1:], outcome])
        self.codes, self.groups = self._split()
        size = np.bincount(self.codes, minlength=len(self.groups))
        check_size(len(frame), len(size), group, self.terms)
        self.basis, self.data = self._reduce(values[np.argsort(self.codes, kind="stable")], size)

    @property
    def formula(self) -> str:
        """The model as R would write it."""
        return f"{self.outcome} ~ {' + '.join(self.terms)} + (1 + {self.slope} | {self.group})"

    def _check_names(self) -> None:
        terms = self.terms[1:]
        if "intercept" in terms:
            raise HralignError("The term 'intercept' is added by itself. Take it out of the terms.")
        if len(set(terms)) < len(terms):
            raise HralignError(f"A term stands twice in {terms}. Name each once.")
        if self.outcome in [*terms, self.slope]:
            raise HralignError(f"The outcome {self.outcome!r} is also a term or slope. Take it out.")
        if self.group not in self.frame:
            raise HralignError(f"No group column {self.group!r} in the frame. Check the spelling.")

    def _split(self) -> tuple[np.ndarray, pd.Index]:
        """(n,) place of each row's group, and the groups."""
        codes, groups = pd.factorize(self.frame[self.group], sort=True)
        absent = int((codes < 0).sum())
        if absent:
            raise HralignError(
                f"Group {self.group!r} is missing in {absent} of {len(self.frame)} rows. Drop these rows."
            )
        return codes, groups

    def _reduce(self, values: np.ndarray, size: np.ndarray) -> tuple[Basis, GroupData]:
        """Basis and matrices of (n, p + 1) values of [slope, terms, outcome], sorted by group."""
        scaling = measure(values)
        if np.isinf(scaling.spread[0]):
            raise NotEnoughData(f"The slope variable {self.slope!r} is constant in these rows. Choose one that varies.")
        columns, slope, r = orthonormal(values, scaling)
        check_columns(r, [*self.terms, self.outcome], 1e-8)
        return make_basis(scaling, r), reduce_rows(columns, slope, size, scaling.noise)

    def _weigh(self, weights: pd.Series | np.ndarray | None) -> WeighedData:
        """The data under group weights that identify the model."""
        weight = group_weights(weights, self.groups)
        if not weight.any():
            raise NotEnoughData("All group weights are 0, so no rows are left. Give some group more.")
        data = weigh(self.data, weight)
        check_size(data.nobs, weight.sum(), self.group, self.terms)
        check_weighed(data, self.basis.r, [*self.terms, self.outcome])
        check_residual(data, self.group, self.slope)
        return data

    @cached_property
    def _unweighted(self) -> WeighedData:
        return self._weigh(None)

    @cached_property
    def _optimum(self) -> tuple[WeighedData, Point]:
        """The unweighted fit.  Every refit starts from it, so that none depends on what was fitted before."""
        data = self._unweighted
        return data, search(coarse(data), data)

    def _in_basis(self, theta: np.ndarray) -> np.ndarray:
        theta = np.asarray(theta, dtype=float)
        if theta.shape != (3,) or not np.isfinite(theta).all():
            raise HralignError(f"{theta} is no relative Cholesky factor: give three finite numbers, as fit.theta.")
        return self.basis.theta_in_basis(theta)

    def llf_at(self, theta: np.ndarray) -> float:
        """REML log-likelihood at a (3,) relative Cholesky factor θ as in ``fit.theta``, β and σ² being best for it."""
        at = profile(self._in_basis(theta), self._unweighted)
        return self.basis.llf(at.value, at.free)

    def fit(self, weights: pd.Series | np.ndarray | None = None, start: np.ndarray | None = None) -> MixedFit:
        """Fit by REML.  A refit with other weights takes milliseconds.

        Parameters
        ----------
        weights : (G,) array or Series
            How often each group counts, in the order of ``model.groups``, or indexed by group.  2 is the group
            standing in the data twice, as two groups; 0 is the group left out.  The fit remembers them.
        start : (3,) array
            Relative Cholesky factor to start from, as in ``fit.theta``.

        Raises
        ------
        HralignError
            For weights that are no weights, or a start at which nothing can be computed.
        NotEnoughData
            If the weights leave a model that is not identified.
        """
        if weights is None and start is None:
            return MixedFit(self, *self._optimum)
        data = self._weigh(weights)
        theta = triangular(lower(self._optimum[1].at.theta)) if start is None else self._in_basis(start)
        away = np.where([True, False, True], np.maximum(theta, 0.03), theta)  # at 0 the gradient vanishes
        return MixedFit(self, data, search(away, data))
