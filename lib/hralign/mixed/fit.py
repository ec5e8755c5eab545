"""A fitted model, in the units of its frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..errors import HralignError
from .clusters import By
from .covariance import cluster_covariance
from .data import WeighedData, numeric
from .factor import SINGULAR, lower
from .search import Point, newton
from .small_sample import bias_reduced


@dataclass(frozen=True, eq=False, repr=False)
class MixedFit:
    """What :meth:`MixedModel.fit` found: p terms, G groups that have weight.  Computed when first asked for.

    Plain numbers in brackets are equations of Bates, Mächler, Bolker & Walker (2015, J. Stat. Softw. 67(1)); (D4) is
    one of :mod:`hralign.mixed.derivatives`.

    Attributes
    ----------
    model : MixedModel
    data : WeighedData
        The groups as they were weighed.
    point : Point
        The minimum of the deviance, in the units of ``model.basis``.
    """

    model: Any  # the MixedModel, which imports this module
    data: WeighedData
    point: Point

    # --- sizes --------------------------------------------------------------------------------------------------

    @property
    def nobs(self) -> float:
        """Rows, each counting as often as its group."""
        return self.data.nobs

    @cached_property
    def n_groups(self) -> float:
        """Groups, each counting as often as it weighs."""
        return float(self.data.weight.sum())

    @cached_property
    def weights(self) -> pd.Series:
        """How often each of the model's groups counted, indexed by group; 1 where no weights were given."""
        weights = np.zeros(len(self.model.groups))
        weights[self.data.place] = self.data.weight
        return pd.Series(weights, index=self.model.groups)

    # --- estimates ----------------------------------------------------------------------------------------------

    @cached_property
    def params(self) -> pd.Series:
        """(p,) fixed effects by term (51), in units of the outcome per unit of the term."""
        return pd.Series(self.model.basis.coefficients(-self._v[:-1]), index=self.model.terms)

    @cached_property
    def _v(self) -> np.ndarray:
        """(p + 1,) (−γ, 1), γ the coefficients in the basis: last column of C⁻¹ over its last entry (D4)."""
        inverse = self.point.parts.inverse
        return inverse[:, -1] / inverse[-1, -1]

    @cached_property
    def scale(self) -> float:
        """Residual variance σ² (40), in squared units of the outcome."""
        return float(self.model.basis.unit**2 / (self.point.parts.inverse[-1, -1] * self.point.at.free))

    @cached_property
    def theta(self) -> np.ndarray:
        """(3,) entries 11, 21, 22 of Λ, the Cholesky factor of ``cov_re / scale`` (4)."""
        theta, unit = self._theta, self.model.basis.effects[1, 1]
        return np.where(np.abs(theta * [1, unit, unit]) < 1e-8, 0.0, theta)

    @cached_property
    def cov_re(self) -> pd.DataFrame:
        """(2, 2) covariance matrix of the varying effects (4), not divided by ``scale``."""
        names, factor = ["intercept", self.model.slope], lower(self.theta)
        return pd.DataFrame(self.scale * factor @ factor.T, index=names, columns=names)

    @cached_property
    def conditional_modes(self) -> pd.DataFrame:
        """(G, 2) modes of the varying effects given the outcome, b = Λu with u of (52): BLUPs, lme4's ``ranef``."""
        model, factor = self.model, lower(self.point.at.theta)
        scaled = model.basis.unit * (factor @ factor.T @ (self.point.parts.h @ self._v))
        modes = np.linalg.solve(model.basis.effects, scaled).T
        return pd.DataFrame(modes, model.groups[self.data.place], ["intercept", model.slope])

    # --- uncertainty --------------------------------------------------------------------------------------------

    @cached_property
    def cov_params(self) -> pd.DataFrame:
        """(p, p) covariance of the fixed effects, σ² (X'V⁻¹X)⁻¹: groups are taken as independent, the model as true."""
        inverse, jacobian, terms = self.point.parts.inverse, self.model.basis.jacobian, self.model.terms
        bordered = inverse - np.outer(self._v, self._v) * inverse[-1, -1]  # A of (D4)
        cov = self.scale * jacobian @ bordered[:-1, :-1] @ jacobian.T
        return pd.DataFrame(cov, index=terms, columns=terms)

    @cached_property
    def bse(self) -> pd.Series:
        """(p,) standard errors of the fixed effects, from ``cov_params``."""
        return pd.Series(np.sqrt(np.diag(self.cov_params)), index=self.model.terms)

    def vcov(self, by: By, small_sample: str | None = None) -> pd.DataFrame:
        """Covariance of the fixed effects that allows for any dependence within clusters.

        The sandwich of Liang & Zeger (1986, Biometrika 73(1)) with the correction c / (c − 1) for c clusters.  Groups
        count as they were weighed in this fit: one of weight 2 is two groups of the same cluster.

        Parameters
        ----------
        by : str or tuple of two str
            Column of ``model.frame`` that names the cluster of each row.  Two columns are clusters that cross: the
            covariance by the one plus that by the other less that by both (Cameron, Gelbach & Miller 2011, J. Bus.
            Econ. Stat. 29(2)), negative eigenvalues set to 0.  A cluster holds whole groups.
        small_sample : {None, "CR2"}
            "CR2" takes the bias-reduced covariance of Bell & McCaffrey in place of c / (c − 1), for one set of clusters
            (:mod:`hralign.mixed.small_sample`); ``degrees`` are those of its t statistics.  It takes seconds where the
            plain one takes milliseconds.

        Returns
        -------
        DataFrame
            (p, p), in products of the units of the estimates.

        Raises
        ------
        HralignError
            If the rows have no such column, or it is missing or changes within a group; for an unknown correction, or
            "CR2" with weights or clusters that cross.
        NotEnoughData
            If there are fewer than two clusters.
        """
        if small_sample is None:
            return cluster_covariance(self, by)
        if small_sample != "CR2":
            raise HralignError(f"There is no small-sample correction {small_sample!r}. Take 'CR2', or none.")
        return self._bias_reduced(by)[0]

    def degrees(self, by: By) -> pd.Series:
        """(p,) Satterthwaite's degrees of freedom of t statistics with ``vcov(by, "CR2")``; errors as there."""
        return self._bias_reduced(by)[1]

    def _bias_reduced(self, by: By) -> tuple[pd.DataFrame, pd.Series]:
        known = self.__dict__.setdefault("_kept", {})
        if by not in known:
            known[by] = bias_reduced(self, by)
        return known[by]

    # --- fit and search -----------------------------------------------------------------------------------------

    @cached_property
    def llf(self) -> float:
        """REML log-likelihood, −1/2 times (41), with lme4's constants."""
        return self.model.basis.llf(self.point.at.value, self.point.at.free)

    @property
    def _degrees(self) -> int:
        """Parameters as lme4 counts them: the terms, two variances, their covariance and the residual variance."""
        return len(self.model.terms) + 4

    @property
    def aic(self) -> float:
        """Akaike's criterion, 2k − 2 llf, k = p + 4 as lme4 counts."""
        return 2 * self._degrees - 2 * self.llf

    @property
    def bic(self) -> float:
        """Schwarz's criterion, k log(nobs) − 2 llf, k = p + 4 as lme4 counts."""
        return self._degrees * float(np.log(self.nobs)) - 2 * self.llf

    @cached_property
    def converged(self) -> bool:
        """Whether the search ended in a minimum of the deviance."""
        step = newton(self.point)
        return step.minimum and step.gain < 1e-8

    @cached_property
    def gradient_norm(self) -> float:
        """The largest derivative of the deviance in θ, the slope variable being in units of its spread."""
        return float(np.abs(self.point.gradient).max())

    @cached_property
    def singular(self) -> bool:
        """Whether a diagonal entry of θ is below 1e-4 (lme4::isSingular), the slope variable in units of its spread."""
        return bool(min(self._theta[0], self._theta[2] * self.model.basis.effects[1, 1]) < SINGULAR)

    @cached_property
    def _theta(self) -> np.ndarray:
        return self.model.basis.theta_in_frame(self.point.at.theta)

    # --- rows ---------------------------------------------------------------------------------------------------

    def predict(self, frame: pd.DataFrame | None = None, groups: bool = True) -> pd.Series:
        """Predicted outcome by row of ``frame`` (default: the model's own), in units of the outcome.

        With ``groups``, conditional modes are added; a group the fit has not seen gets the population's line.
        Raises HralignError for absent columns or incomplete rows.
        """
        model, frame = self.model, self.model.frame if frame is None else frame
        values = numeric(frame, [model.slope, *model.terms[1:]])
        predicted = self.params.iloc[0] + values[:, 1:] @ self.params.to_numpy()[1:]
        if groups:
            if model.group not in frame:
                raise HralignError(f"No column {model.group!r}. Add it, or use groups=False.")
            modes = self.conditional_modes.reindex(frame[model.group]).fillna(0.0).to_numpy()
            predicted = predicted + modes[:, 0] + modes[:, 1] * values[:, 0]
        return pd.Series(predicted, index=frame.index)

    @cached_property
    def fittedvalues(self) -> pd.Series:
        """(n,) predicted outcome of the model's rows, conditional modes included."""
        return self.predict()

    @cached_property
    def resid(self) -> pd.Series:
        """(n,) outcome less ``fittedvalues``."""
        return self.model.frame[self.model.outcome] - self.fittedvalues

    # --- for reading --------------------------------------------------------------------------------------------

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """A row per term: ``estimate``, ``std_error``, ``z``, ``p_value``, and ``lower``, ``upper`` of a Wald interval.

        Normal, two-sided, from ``bse``; ``level`` is the share of samples whose interval holds the truth.
        """
        from scipy.special import ndtr, ndtri  # costs more to import than the rest of the package

        half, z = ndtri(0.5 + level / 2) * self.bse, self.params / self.bse
        columns = {"estimate": self.params, "std_error": self.bse, "z": z, "p_value": 2 * ndtr(-np.abs(z))}
        table = pd.DataFrame({**columns, "lower": self.params - half, "upper": self.params + half})
        return table.rename_axis("term").reset_index()

    def summary(self) -> str:
        """Text for reading: sizes, fixed effects, variances of the varying effects, and what to beware of."""
        model, deviations = self.model, np.sqrt(np.append(np.diag(self.cov_re), self.scale))
        names = [f"{model.group}: intercept", f"{model.group}: {model.slope}", "residual"]
        effects = pd.DataFrame({"variance": deviations**2, "std_dev": deviations}, index=names)
        with np.errstate(invalid="ignore"):
            correlation = self.cov_re.iloc[0, 1] / (deviations[0] * deviations[1])
        lines = [
            f"Mixed model by REML: {model.formula}",
            f"rows {self.nobs:g}   groups {self.n_groups:g}   log-likelihood {self.llf:.4f}   "
            f"AIC {self.aic:.2f}   BIC {self.bic:.2f}",
            self.tidy().to_string(index=False, float_format="{:.4g}".format),
            effects.to_string(float_format="{:.4g}".format),
            f"Correlation of intercept and {model.slope}: {correlation:.3f}",
        ]
        if self.singular:
            lines.append("Singular fit: a variance is 0, or the correlation is 1 or -1.")
        if not self.converged:
            lines.append("Not converged: do not trust these numbers.")
        return "\n\n".join(lines)
