"""Varying-intercept, varying-slope linear models for one grouping factor, by profiled REML.

The model of Laird & Ware (1982, Biometrics 38): in group g, y = Xβ + Zb + ε, Z = [1, slope], b ~ N(0, σ²Σ),
ε ~ N(0, σ²I). Σ = ΛΛ', Λ lower triangular with entries θ; β and σ² follow from θ, which alone is searched for
(Bates, Mächler, Bolker & Walker 2015, J. Stat. Softw. 67(1), sections 3-4). The search is in :mod:`hralign.reml`.
"""

from __future__ import annotations

import numbers
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from .errors import HralignError
from .reml import SINGULAR, GroupData, Point, deviance, lower, newton, reduce_rows, search, triangular


def _refuse(*checks: tuple[object, str]) -> None:
    """Raise the message of the first check that is truthy."""
    for wrong, message in checks:
        if wrong:
            raise HralignError(message)


def _numeric(frame: pd.DataFrame, names: list[str]) -> np.ndarray:
    """(rows, len(names)) floats; HralignError naming absent or incomplete columns and the rows they spoil."""
    absent = [name for name in names if name not in frame.columns]
    _refuse((absent, f"No column {absent} in the frame; it has {list(frame.columns)}. Check the spelling."))
    columns = [frame[name] for name in names]
    for k, column in enumerate(columns):
        if not pd.api.types.is_numeric_dtype(column):
            columns[k] = pd.Series([float(x) if isinstance(x, numbers.Real) else np.nan for x in column])
    values = np.column_stack([column.to_numpy(dtype=float, na_value=np.nan) for column in columns])
    bad = {name: int(n) for name, n in zip(names, (~np.isfinite(values)).sum(axis=0), strict=True) if n}
    found = ", ".join(f"{name} ({n} of {len(frame)} rows)" for name, n in bad.items())
    _refuse((bad, f"Missing, infinite or non-numeric values in {found}. Drop or fill these rows first."))
    return values


def _check_columns(r: np.ndarray, names: list[str], tolerance: float, rows: float) -> None:
    """Refuse constant or collinear columns of W = [intercept, terms, outcome], from W'W = r'r, r triangular.

    |r_jj| over the length of column j (without row 0, its mean) is the sine of its angle to those before it.
    """
    for j, name in enumerate(names[1:], start=1):
        length = np.linalg.norm(r[1:, j])
        if length <= tolerance * np.sqrt(rows):
            raise HralignError(f"{name!r} is constant in these rows. Take it out, or choose other rows.")
        if abs(r[j, j]) <= tolerance * length:
            share = np.linalg.lstsq(r[1:j, 1:j], r[1:j, j], rcond=None)[0]
            others = [other for other, x in zip(names[1:j], share, strict=True) if abs(x) > 1e-6]
            raise HralignError(f"{name!r} is collinear with {others} in these rows. Take one of them out.")


class MixedModel:
    """Intercepts and slopes of one variable that vary over the groups of one factor.

    Parameters
    ----------
    frame : DataFrame, a row per observation, kept as ``model.frame``
    outcome, group, slope : names of the columns of y, the grouping factor and the variable whose slope varies
    terms : names of the fixed effects without the intercept; ``slope`` may be among them or not

    Raises
    ------
    HralignError : unknown, repeated, incomplete, constant or collinear columns, too few groups or rows
    """

    def __init__(self, frame: pd.DataFrame, outcome: str, terms: list[str], group: str, slope: str):
        terms = list(terms)
        _refuse(
            (len(set(terms)) < len(terms), f"A term stands twice in {terms}. Name each once."),
            ("intercept" in terms, "The term 'intercept' is added by itself. Take it out of the terms."),
            (outcome in [*terms, slope], f"The outcome {outcome!r} is also a term or slope. Take it out."),
            (group not in frame, f"No group column {group!r} in the frame. Check the spelling."),
        )
        values, absent = _numeric(frame, [slope, *terms, outcome]), int(frame[group].isna().sum())
        _refuse((absent, f"Group {group!r} is missing in {absent} of {len(frame)} rows. Drop these rows."))
        self.frame, self.outcome, self.group, self.slope = frame, outcome, group, slope
        self.terms = ["intercept", *terms]
        codes, self.groups = pd.factorize(frame[group], sort=True)
        size = np.bincount(codes, minlength=len(self.groups))
        self._check_size(len(frame), len(size))
        values = values[np.argsort(codes, kind="stable")]
        peak, centre = np.maximum(np.abs(values).max(axis=0), 1e-300), values.mean(axis=0)
        spread = np.linalg.norm((values - centre) / peak, axis=0) / np.sqrt(len(frame)) * peak
        flat = spread <= 1e-13 * peak
        _refuse((flat[0], f"The slope variable {slope!r} is constant in these rows. Choose one that varies."))
        spread[flat] = np.inf
        scaled, p = (values - centre) / spread, len(self.terms)
        q, r = np.linalg.qr(np.column_stack([np.ones(len(frame)), scaled[:, 1:]]))
        _check_columns(r, [*self.terms, outcome], 1e-8, len(frame))
        self._r = r / np.sqrt(len(frame))
        noise = 1e-14 * (1 + peak[0] / spread[0])
        self._data = reduce_rows(q * np.sqrt(len(frame)), scaled[:, 0], size, noise)
        # Back to the units of the frame: β = offset + unit · jacobian γ, γ the coefficients of the basis.
        back = np.diag(1 / np.concatenate([[1.0], spread[1:-1]]))
        back[0, 1:] = -centre[1:-1] / spread[1:-1]
        self._jacobian, self._unit = back @ np.linalg.inv(self._r[:p, :p]), spread[-1] * self._r[-1, -1]
        self._offset = spread[-1] * self._jacobian @ self._r[:p, -1] + centre[-1] * np.eye(p)[0]
        self._log_unit = np.log(np.abs(np.diag(self._r)[:p])).sum() + np.log(spread[1:-1]).sum()
        self._effects = np.array([[1.0, centre[0]], [0.0, spread[0]]])  # times b: effects of the scaled slope

    def _check_size(self, rows: float, groups: float) -> None:
        _refuse(
            (groups < 2, f"{groups:g} group(s) in {self.group!r}; effects that vary need 2 at least."),
            (rows <= len(self.terms), f"{rows:g} rows for {len(self.terms)} terms; more rows are needed."),
        )

    def _weigh(self, weights: pd.Series | np.ndarray | None) -> GroupData:
        """The data under checked group weights, once they are known to identify the model."""
        count, data, p = len(self.groups), self._data, len(self.terms)
        if isinstance(weights, pd.Series):
            named = weights.index.is_unique and set(weights.index) == set(self.groups)
            _refuse((not named, f"Weights must name each of {count} groups once: reindex to model.groups."))
            weights = weights.reindex(self.groups)
        weight = np.ones(count) if weights is None else np.asarray(weights, dtype=float)
        valid = np.isfinite(weight).all() and not (weight < 0).any()
        _refuse(
            (weight.shape != (count,), f"Weights of shape {weight.shape} for {count} groups. Give one each."),
            (not valid, "Some group weights are negative, missing or infinite. Give 0 or more."),
            (not weight.any(), "All group weights are 0, so no rows are left. Give some group more."),
        )
        nobs = weight @ data.size
        self._check_size(nobs, weight.sum())
        within, flat = (weight @ data.within).reshape(p + 1, p + 1), data.between.reshape(-1, p + 1)
        values, vectors = np.linalg.eigh(within + flat.T @ (np.tile(weight, 2)[:, None] * flat))
        half = np.sqrt(np.maximum(values, 0))[:, None] * vectors.T
        _check_columns(np.linalg.qr(half @ self._r, mode="r"), [*self.terms, self.outcome], 1e-6, nobs)
        # σ² needs rows beyond those that each group's own line and the terms fit exactly.
        values, vectors = np.linalg.eigh(within[:p, :p])
        keep = values > 1e-12 * nobs
        rest = within[p, p] - np.sum((vectors.T @ within[:p, p])[keep] ** 2 / values[keep])
        spare = weight @ (data.size - 1 - (data.root[2] > 0)) - keep.sum()
        _refuse(
            (
                spare <= 0 or rest <= max(1e-13 * within[p, p], 1e-26 * nobs),
                f"No residual variance is left: the terms and a line in {self.slope!r} for each {self.group!r} "
                f"fit the rows exactly. Use more rows per {self.group!r}, or fewer terms.",
            )
        )
        on = np.flatnonzero(weight)  # a bootstrap draw leaves out a third of the groups
        return GroupData(*(x.take(on, -1) for x in data[:4]), data.between.take(on, 1), within, weight[on], on)

    @cached_property
    def _optimum(self) -> tuple[GroupData, Point]:
        """The unweighted fit. Every refit starts from it, so that none depends on what was fitted before."""
        data, sizes = self._weigh(None), (0.1, 1.0, 10.0, 100.0)
        grid = [deviance(np.array([a, 0.0, b]), data, False) for a in sizes for b in sizes]
        return data, search(min(grid, key=lambda point: point.value).theta, data)

    def _llf(self, point: Point, free: float) -> float:
        """REML log-likelihood in the units of the frame; ``free`` is n − p."""
        return float(-0.5 * (point.value + free * np.log(self._unit**2)) - self._log_unit)

    def llf_at(self, theta: np.ndarray) -> float:
        """REML log-likelihood at a relative Cholesky factor θ as in ``fit.theta``, β and σ² being best for it."""
        place = triangular(self._effects @ lower(np.asarray(theta, dtype=float)))
        return self._llf(deviance(place, self._weigh(None), derivatives=False), len(self.frame) - len(self.terms))

    def fit(self, weights: pd.Series | np.ndarray | None = None, start: np.ndarray | None = None) -> MixedFit:
        """Fit by REML. A refit with other weights takes milliseconds.

        Parameters
        ----------
        weights : one per group, in the order of ``model.groups``, or a Series by group: how often it counts.
            2 is the group standing in the data twice, as two groups; 0 is the group left out.
        start : (3,) relative Cholesky factor to start from, as in ``fit.theta``

        Raises
        ------
        HralignError : weights that are no weights, or that leave a model that is not identified
        """
        if weights is None and start is None:
            return MixedFit(self, *self._optimum)
        factor = self._effects @ lower(np.asarray(start)) if start is not None else lower(self._optimum[1].theta)
        theta, data = triangular(factor), self._weigh(weights)
        away = np.where([True, False, True], np.maximum(theta, 0.03), theta)  # at 0 the gradient vanishes
        return MixedFit(self, data, search(away, data))


class MixedFit:
    """A fitted model, in the units of the frame. What refits seldom need is computed when first asked for.

    ``scale`` is the residual variance, ``llf`` the REML log-likelihood (lme4's constants), ``nobs`` and
    ``n_groups`` weighted counts, ``theta`` (3,) the Cholesky factor of cov_re / scale by column,
    ``gradient_norm`` the largest derivative of the deviance in θ. ``singular``: a diagonal entry of θ is below
    1e-4 (lme4::isSingular), the slope variable being in units of its spread, so as not to depend on them.
    """

    def __init__(self, model: MixedModel, data: GroupData, point: Point):
        self.model, self._point, self._place = model, point, data.place
        self.nobs, self.n_groups = float(data.weight @ data.size), float(data.weight.sum())
        self._v = point.inverse[:, -1] / point.inverse[-1, -1]  # (−γ, 1)
        free = self.nobs - len(model.terms)
        self.scale = float(model._unit**2 / (point.inverse[-1, -1] * free))
        self.llf = model._llf(point, free)
        theta, unit = triangular(np.linalg.solve(model._effects, lower(point.theta))), model._effects[1, 1]
        self.theta = np.where(np.abs(theta * [1, unit, unit]) < 1e-8, 0.0, theta)
        self.singular = bool(min(theta[0], theta[2] * unit) < SINGULAR)
        _, gain, minimum = newton(point)
        self.converged, self.gradient_norm = minimum and gain < 1e-8, float(np.abs(point.gradient).max())
        k = len(model.terms) + 4  # two variances, their covariance and the residual variance, as lme4 counts
        self.aic, self.bic = 2 * k - 2 * self.llf, k * float(np.log(self.nobs)) - 2 * self.llf

    @cached_property
    def params(self) -> pd.Series:
        model = self.model
        return pd.Series(model._offset - model._unit * model._jacobian @ self._v[:-1], index=model.terms)

    @cached_property
    def cov_params(self) -> pd.DataFrame:
        model, inverse = self.model, self._point.inverse
        bordered = inverse - np.outer(self._v, self._v) * inverse[-1, -1]
        cov = self.scale * model._jacobian @ bordered[:-1, :-1] @ model._jacobian.T
        return pd.DataFrame(cov, index=model.terms, columns=model.terms)

    @cached_property
    def bse(self) -> pd.Series:
        return pd.Series(np.sqrt(np.diag(self.cov_params)), index=self.model.terms)

    @cached_property
    def cov_re(self) -> pd.DataFrame:
        """(2, 2) covariance matrix of the varying effects, never divided by ``scale``."""
        names, factor = ["intercept", self.model.slope], lower(self.theta)
        return pd.DataFrame(self.scale * factor @ factor.T, index=names, columns=names)

    @cached_property
    def conditional_modes(self) -> pd.DataFrame:
        """Conditional modes of the varying effects (BLUPs; lme4's ranef), of groups weighing more than 0."""
        model, factor = self.model, lower(self._point.theta)
        scaled = model._unit * (factor @ factor.T @ (self._point.scores @ self._v))
        modes = np.linalg.solve(model._effects, scaled).T
        return pd.DataFrame(modes, model.groups[self._place], ["intercept", model.slope])

    def predict(self, frame: pd.DataFrame | None = None, groups: bool = True) -> pd.Series:
        """Predicted outcome by row of ``frame`` (default: the model's own).

        With ``groups``, conditional modes are added; a group the fit has not seen gets the population's line.
        Raises HralignError for absent columns or incomplete rows.
        """
        model, frame = self.model, self.model.frame if frame is None else frame
        values = _numeric(frame, [model.slope, *model.terms[1:]])
        predicted = self.params.iloc[0] + values[:, 1:] @ self.params.to_numpy()[1:]
        if groups:
            _refuse((model.group not in frame, f"No column {model.group!r}. Add it, or use groups=False."))
            modes = self.conditional_modes.reindex(frame[model.group]).fillna(0.0).to_numpy()
            predicted = predicted + modes[:, 0] + modes[:, 1] * values[:, 0]
        return pd.Series(predicted, index=frame.index)

    @cached_property
    def fittedvalues(self) -> pd.Series:
        return self.predict()

    @cached_property
    def resid(self) -> pd.Series:
        return self.model.frame[self.model.outcome] - self.fittedvalues

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """A row per term: estimate, std_error, z, p_value, and the ends of a Wald interval (normal)."""
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
        formula = f"{model.outcome} ~ {' + '.join(model.terms)} + (1 + {model.slope} | {model.group})"
        lines = [
            f"Mixed model by REML: {formula}",
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
