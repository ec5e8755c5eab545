"""The models of the paper, as data, and the fits that test its hypotheses.

H2 (alignment during membership) is a varying-intercept, varying-slope model of the distance on the
duration of membership.  What differs from table to table - score, timing of the outcome - stands
in :data:`SPECIFICATIONS`; how a panel becomes an estimation sample stands in one function.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from .errors import HralignError
from .mixed import MixedFit, MixedModel

TERMS = (
    "intercept", "duration", "year", "log_gdp", "iccpr", "civil_war", "delegation", "human_rights_igo",
    "members", "d_igo_mean",
)  # fmt: skip
"""Terms of every model, in the order of the paper's tables."""

LABELS = {
    "intercept": "Intercept",
    "duration": "Duration of membership",
    "year": "Year (z)",
    "log_gdp": "Log GDP per capita (z)",
    "iccpr": "ICCPR ratified",
    "civil_war": "Civil war",
    "delegation": "Delegation (z)",
    "human_rights_igo": "Human-rights IGO",
    "members": "Number of members (z)",
    "d_igo_mean": "Change in IGO mean",
}
"""How tables name the terms; (z) marks those standardised within the sample."""

STANDARDISED = ("year", "log_gdp", "delegation", "members")

TIMINGS = {"lag": -1, "same": 0, "lead": 1}
"""Year of the outcome relative to the year of the covariates."""

LAST_YEAR = 2010
"""The delegation scores of Hooghe and Marks end here, and with them the estimation sample."""


@dataclass(frozen=True)
class Specification:
    """One model: the score whose distance is explained, and when the distance is taken."""

    score: str
    timing: str


SPECIFICATIONS = {f"table2/{timing}": Specification("fariss", timing) for timing in TIMINGS}
"""Every model of the book by its name in ``hralign replicate``."""


def distance_at(panel: pd.DataFrame, timing: str) -> pd.Series:
    """Distance of each row's case one year earlier (``lag``), in the ``same`` year or one later (``lead``).

    Returns
    -------
    Series
        Aligned with ``panel``; missing where the case has no distance in that calendar year.
    """
    if timing not in TIMINGS:
        raise HralignError(f"There is no timing '{timing}'. Choose one of: {', '.join(TIMINGS)}.")
    by_year = panel.set_index(["case", "year"])["distance"]
    wanted = pd.MultiIndex.from_arrays([panel["case"], panel["year"] + TIMINGS[timing]])
    return pd.Series(by_year.reindex(wanted).to_numpy(), index=panel.index, name="outcome")


def estimation_sample(panel: pd.DataFrame, timing: str = "lag", *, last_year: int = LAST_YEAR) -> pd.DataFrame:
    """Membership years up to ``last_year``, complete on outcome and covariates, ready for the model.

    Parameters
    ----------
    panel : DataFrame
        From :func:`hralign.panel.build_panel`.
    timing : {"lag", "same", "lead"}
        When the outcome is taken, relative to the covariates.
    last_year : int
        Last year of the covariates.

    Returns
    -------
    DataFrame
        ``case``, ``igo``, ``state``, ``outcome`` and the terms but the intercept; year, log GDP,
        delegation and members as z-scores within this sample (sample standard deviation).

    Raises
    ------
    HralignError
        If the timing is unknown, no row is complete, or a term to be standardised has one value only.
    """
    terms = list(TERMS[1:])
    rows = panel.assign(outcome=distance_at(panel, timing))
    rows = rows.loc[rows["member"].eq(1) & rows["year"].le(last_year), ["case", "igo", "state", "outcome", *terms]]
    complete = rows.dropna().astype(dict.fromkeys(terms, float))
    if complete.empty:
        empty = ", ".join(rows.columns[rows.isna().all()]) or "no single column, but never all at once"
        raise HralignError(
            f"No membership year up to {last_year} is complete on the outcome ({timing}) and all covariates. "
            f"Missing throughout: {empty}. Check those columns of the panel, or move last_year."
        )
    return complete.assign(**{term: _z(complete[term]) for term in STANDARDISED}).reset_index(drop=True)


def _z(values: pd.Series) -> pd.Series:
    if values.nunique() < 2:
        raise HralignError(
            f"'{values.name}' has one value only in the estimation sample ({values.iloc[0]:g}) and cannot be "
            "standardised. Check that column, or use a longer sample."
        )
    return (values - values.mean()) / values.std()


def fit_alignment(panel: pd.DataFrame, timing: str = "lag", *, last_year: int = LAST_YEAR) -> MixedFit:
    """H2: distance on duration and controls, intercept and slope varying by case, by REML.

    The model of the paper's Tables 2 and 3, after Gelman & Hill (2006):
    outcome ~ duration + controls + (1 + duration | case).

    Parameters
    ----------
    panel, timing, last_year
        As for :func:`estimation_sample`, which also says what is raised.

    Returns
    -------
    MixedFit
        ``.params``, ``.bse``, ``.cov_re``, ``.scale``, ``.llf``, ``.aic``, ``.bic``, ``.nobs``,
        ``.n_groups``, ``.summary()``; its ``.model.frame`` is the estimation sample.
    """
    sample = estimation_sample(panel, timing, last_year=last_year)
    return MixedModel(sample, outcome="outcome", terms=TERMS[1:], group="case", slope="duration").fit()


def predict_by_duration(fit: MixedFit, durations: Iterable[int] = range(1, 41), level: float = 0.95) -> pd.DataFrame:
    """Predicted outcome over the years of membership, every other term at its sample mean.

    Two intervals answer two questions: how well the average line is known (from the covariance of the
    fixed effects), and where single cases run (adding the variance of their intercepts and slopes,
    z'Gz with z = (1, duration) and G = ``fit.cov_re``).

    Returns
    -------
    DataFrame
        ``duration``, ``estimate``, ``lower``, ``upper``, ``case_lower``, ``case_upper``, in units of the score.
    """
    duration = np.asarray(list(durations), dtype=float)
    design = pd.DataFrame(1.0, index=range(len(duration)), columns=list(fit.params.index))
    others = [term for term in TERMS[1:] if term != "duration"]
    design[others] = fit.model.frame[others].mean().to_numpy()
    design["duration"] = duration
    x, z = design.to_numpy(), np.column_stack([np.ones_like(duration), duration])
    estimate = x @ fit.params.to_numpy()
    of_average = np.einsum("ij,jk,ik->i", x, fit.cov_params.to_numpy(), x)
    of_case = of_average + np.einsum("ij,jk,ik->i", z, fit.cov_re.to_numpy(), z)
    reach = norm.ppf((1 + level) / 2)
    return pd.DataFrame({
        "duration": duration.astype(int),
        "estimate": estimate,
        "lower": estimate - reach * np.sqrt(of_average),
        "upper": estimate + reach * np.sqrt(of_average),
        "case_lower": estimate - reach * np.sqrt(of_case),
        "case_upper": estimate + reach * np.sqrt(of_case),
    })  # fmt: skip
