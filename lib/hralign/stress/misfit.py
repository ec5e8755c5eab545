"""How far a coding is from a printed table, and fits that are fast enough to try thousands of codings.

A coding is scored by its **loss**: the mean, over the 27 numbers that a table prints, of the squared difference between
ours and the printed one, each in its own unit:

* ten coefficients, in units of the printed standard error, or of half a last printed digit (.005) where that is larger;
* ten standard errors, in units of a last printed digit (.01);
* rows and cases, in units of 2 % of the printed number;
* the variances of intercepts, slopes and residuals and the covariance, in units of a last printed digit (.01);
* the log-likelihood per row, in units of .01.

A loss of 1 is a table that is off by one such unit throughout.  A coding under which a table has not the printed terms
has none (infinite).

Two things make the search fast.  Codings that differ in standardisation only, or in the sign of the change in IGO mean,
are the same fit in other units.  And panels are kept while codings differ in the sample only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pandas as pd

from ..coding import CHOICES, SPANS, Coding
from ..controls import SCALED
from ..errors import NotEnoughData
from ..mixed import MixedFit
from ..panel import build_panel, recode
from ..sources.tables import Sources
from ..study.alignment import fit_alignment, moments_over
from ..study.specification import TERMS

DIGIT = 0.01
"""A last printed digit of the tables."""

UNITS = {"nobs": 0.02, "groups": 0.02, "llf_per_row": 0.01}
"""Units of sizes (relative) and of the log-likelihood per row."""

VARIANCES = ("var_intercept", "var_duration", "cov_intercept_duration", "var_residual")

OPPOSITES = {"previous - current": "current - previous", "current - next": "next - current"}
"""Changes in IGO mean that are the same but for the sign."""

KEPT = 48
"""Panels kept in memory; one of the real data takes some 6 MB."""


@dataclass(frozen=True)
class Printed:
    """A printed table: its numbers by name, and the unit in which each is compared."""

    numbers: pd.Series
    units: pd.Series


def printed_table(model: Mapping[str, Any], digit: float = DIGIT) -> Printed:
    """What a table prints, from ``coef``, ``se``, ``nobs``, ``groups``, ``loglik`` and the variances.

    Parameters
    ----------
    model : Mapping
        As :func:`hralign.study.published.published_model` gives it.
    digit : float
        The last digit that it prints.
    """
    coef, se = pd.Series(model["coef"], dtype=float), pd.Series(model["se"], dtype=float)
    sizes = {key: float(model[key]) for key in ("nobs", "groups")}
    numbers = {f"coef {term}": coef[term] for term in TERMS} | {f"se {term}": se[term] for term in TERMS} | sizes
    numbers |= {key: model[key] for key in VARIANCES} | {"llf_per_row": model["loglik"] / model["nobs"]}
    units = dict.fromkeys(numbers, digit) | {f"coef {term}": max(se[term], digit / 2) for term in TERMS}
    units |= {key: UNITS[key] * size for key, size in sizes.items()} | {"llf_per_row": UNITS["llf_per_row"]}
    return Printed(pd.Series(numbers, dtype=float), pd.Series(units, dtype=float))


def printed_from(fit: MixedFit, digits: int = 2) -> Printed:
    """The table that an article would print of a fit, every number rounded to so many digits."""
    cov = fit.cov_re.round(digits).to_numpy()
    variances = dict(zip(VARIANCES, (cov[0, 0], cov[1, 1], cov[0, 1], round(fit.scale, digits)), strict=True))
    sizes = {"nobs": fit.nobs, "groups": fit.n_groups, "loglik": round(fit.llf, 2)}
    numbers = {"coef": fit.params.round(digits), "se": fit.bse.round(digits), **sizes, **variances}
    return printed_table(numbers, digit=10.0**-digits)


def as_printed(fit: MixedFit) -> pd.Series:
    """The numbers of a fit that a table prints, by the names of :func:`printed_table`."""
    return _numbers(fit.params, fit.bse, fit, fit.llf)


def misfit(ours: pd.Series, printed: Printed) -> pd.Series:
    """Difference from each printed number, in its unit; infinite where ours has none."""
    return ((ours.reindex(printed.numbers.index) - printed.numbers) / printed.units).fillna(np.inf)


def loss(ours: pd.Series, printed: Printed) -> float:
    """Mean squared :func:`misfit`."""
    return float((misfit(ours, printed) ** 2).mean())


def _numbers(coef: pd.Series, se: pd.Series, fit: MixedFit, llf: float) -> pd.Series:
    cov = fit.cov_re.to_numpy()
    variances = dict(zip(VARIANCES, (cov[0, 0], cov[1, 1], cov[0, 1], fit.scale), strict=True))
    sizes = {"nobs": fit.nobs, "groups": fit.n_groups, **variances, "llf_per_row": llf / fit.nobs}
    return pd.concat([coef.add_prefix("coef "), se.add_prefix("se "), pd.Series(sizes, dtype=float)])


@dataclass
class Bench:
    """Where codings are tried: keeps panels, and fits in the units of their samples.

    Attributes
    ----------
    src : Sources
    score : str
    fits : int
        How many fits were made.
    """

    src: Sources
    score: str = "fariss"
    fits: int = 0
    _panels: OrderedDict = field(default_factory=OrderedDict, repr=False)
    _fits: dict = field(default_factory=dict, repr=False)

    def numbers(self, coding: Coding) -> pd.Series | None:
        """What the table would print under a coding; None where it cannot be made.

        The same as ``as_printed(fit_alignment(build_panel(src, score, coding=coding)))``, and much faster.
        """
        sign = -1.0 if coding.change in OPPOSITES else 1.0
        fit, moments = self._fit(_core(coding).vary(last_year=coding.last_year, lag_by=coding.lag_by))
        if fit is None:
            return None
        back = np.eye(len(fit.params))  # coefficients in the units of the coding from those of the sample
        place = {term: k for k, term in enumerate(fit.params.index)}
        llf = fit.llf
        for term in SCALED:
            (mean, spread), (new_mean, new_spread) = moments["sample"][term], moments[coding.over(term)][term]
            back[place[term], place[term]] = new_spread / spread
            back[0, place[term]] = (new_mean - mean) / spread
            llf += np.log(new_spread / spread)  # X'V⁻¹X of the restricted likelihood is in the units of X
        back[place["d_igo_mean"]] *= sign
        coef = pd.Series(back @ fit.params.to_numpy(), index=fit.params.index)
        cov = back @ fit.cov_params.to_numpy() @ back.T
        return _numbers(coef, pd.Series(np.sqrt(np.diag(cov)), index=coef.index), fit, llf)

    def _fit(self, core: Coding) -> tuple[MixedFit | None, dict[str, Any]]:
        if core not in self._fits:
            self._fits[core] = self._made(core)
        return self._fits[core]

    def _made(self, core: Coding) -> tuple[MixedFit | None, dict[str, Any]]:
        try:
            panel = recode(self._panel(_core(core)), last_year=core.last_year, lag_by=core.lag_by)
            inside = recode(panel, **{f"{term}_over": "sample" for term in SCALED})
            fit = fit_alignment(inside)
        except NotEnoughData:
            return None, {}
        self.fits += 1
        kept = fit.model.frame.attrs["moments"]
        wider = SPANS[1:]
        moments = {s: {term: moments_over(s, fit.model.frame[term], panel) for term in SCALED} for s in wider}
        moments["sample"] = kept
        _ = fit.params, fit.cov_params, fit.cov_re, fit.llf
        return _Slim.of(fit), moments

    def _panel(self, core: Coding) -> pd.DataFrame:
        if core not in self._panels:
            self._panels[core] = build_panel(self.src, self.score, coding=core)
            while len(self._panels) > KEPT:
                self._panels.popitem(last=False)
        self._panels.move_to_end(core)
        return self._panels[core]


@dataclass(frozen=True)
class _Slim:
    """The numbers of a fit without its rows."""

    params: pd.Series
    cov_params: pd.DataFrame
    cov_re: pd.DataFrame
    scale: float
    llf: float
    nobs: float
    n_groups: float

    @classmethod
    def of(cls, fit: MixedFit) -> _Slim:
        return cls(*(getattr(fit, each.name) for each in fields(cls)))


_WIDE = {"year_over": "memberships", "gdp_over": "everything"}


def _core(coding: Coding) -> Coding:
    """What of a coding makes another panel: sample, units and signs are set to one option each."""
    same = {name: next(iter(about["options"])) for name, about in CHOICES.items() if about["part"] != "panel"}
    return coding.vary(**same | _WIDE, change=OPPOSITES.get(coding.change, coding.change))
