"""The models of the paper, as data, and the fits that test its hypotheses.

H2 (alignment during membership) is a varying-intercept, varying-slope model of the distance on the
duration of membership.  What differs from table to table - score, timing of the outcome, controls,
cases - stands in :data:`SPECIFICATIONS`; how a panel becomes an estimation sample stands in one function.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from .errors import HralignError, NotEnoughData
from .mixed import MixedFit, MixedModel
from .sources import RIGHTS

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
    "tax_gdp": "Taxes / GDP (z)",
}
"""How tables name the terms; (z) marks those standardised within the sample."""

STANDARDISED = ("year", "log_gdp", "delegation", "members")

FLAGS = ("iccpr", "civil_war", "human_rights_igo")
"""Controls of 0 and 1, which can be constant in a part of the cases."""

TIMINGS = {"lag": -1, "same": 0, "lead": 1}
"""Year of the outcome relative to the year of the covariates."""

LAST_YEAR = 2010
"""The delegation scores of Hooghe and Marks end here, and with them the estimation sample."""


@dataclass(frozen=True)
class Specification:
    """One model: what differs from the model of Table 2.

    Attributes
    ----------
    score : str
        Measure of respect for human rights, one of :data:`hralign.sources.SCORES`.
    timing : str
        When the outcome is taken, one of :data:`TIMINGS`.
    cases : str
        Query on the panel's columns that keeps a part of the cases; all by default.
    differenced : bool
        The outcome is the yearly change in distance.
    swap : tuple of (str, str)
        A control and the column that takes its place.
    extra : tuple of str
        Further controls; text columns become dummies against their largest group.
    without : tuple of str
        Controls left out.
    """

    score: str = "fariss"
    timing: str = "lag"
    cases: str = ""
    differenced: bool = False
    swap: tuple[str, str] = ()
    extra: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """Fixed effects before dummies are made and constant ones dropped."""
        swapped = dict([self.swap] if self.swap else [])
        return (*(swapped.get(term, term) for term in TERMS if term not in self.without), *self.extra)


SPECIFICATIONS: Mapping[str, Specification] = {
    **{f"table2/{timing}": Specification(timing=timing) for timing in TIMINGS},
    **{f"table3/{right}/{timing}": Specification(right, timing) for right in RIGHTS for timing in TIMINGS},
    "robustness/physint": Specification("physint"),
    "robustness/human_rights_igos": Specification(cases="human_rights_igo == 1"),
    "robustness/other_igos": Specification(cases="human_rights_igo == 0"),
    "robustness/political": Specification(cases="political == 1"),
    "robustness/economic": Specification(cases="economic == 1"),
    "robustness/social": Specification(cases="social == 1"),
    "robustness/regions": Specification(extra=("region",)),
    "robustness/differenced": Specification(differenced=True),
    "robustness/tax_gdp": Specification(swap=("log_gdp", "tax_gdp")),
}
"""Every alignment model of the book by its name in ``hralign replicate``."""


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


def estimation_sample(
    panel: pd.DataFrame, timing: str = "lag", *, last_year: int = LAST_YEAR, spec: Specification | None = None
) -> pd.DataFrame:
    """Membership years up to ``last_year``, complete on outcome and covariates, ready for the model.

    Parameters
    ----------
    panel : DataFrame
        From :func:`hralign.panel.build_panel`.
    timing : {"lag", "same", "lead"}
        When the outcome is taken, relative to the covariates.
    last_year : int
        Last year of the covariates.
    spec : Specification, optional
        What differs from the model of Table 2; its timing replaces ``timing``, its score is the panel's.

    Returns
    -------
    DataFrame
        ``case``, ``igo``, ``state``, ``outcome`` and the terms but the intercept; year, log GDP (or what
        takes its place), delegation and members as z-scores within this sample (sample standard
        deviation).  A control that is constant in a part of the cases is left out there.

    Raises
    ------
    HralignError
        If the timing is unknown.
    NotEnoughData
        If no row is complete, or a term to be standardised has one value only.
    """
    spec = spec or Specification(timing=timing)
    terms = list(spec.terms[1:])
    rows = panel.assign(outcome=distance_at(panel, spec.timing))
    if spec.differenced:
        rows["outcome"] -= _year_before(panel, distance_at(panel, spec.timing))
    rows = rows[rows["member"].eq(1) & rows["year"].le(last_year)]
    rows = (rows.query(spec.cases) if spec.cases else rows)[["case", "igo", "state", "outcome", *terms]]
    complete = rows.dropna()
    if complete.empty:
        empty = ", ".join(rows.columns[rows.isna().all()]) or "no single column, but never all at once"
        raise NotEnoughData(
            f"No membership year up to {last_year} {f'with {spec.cases} ' if spec.cases else ''}is complete on the "
            f"outcome ({spec.timing}) and all covariates. Missing throughout: {empty}. Check those columns of the "
            "panel, or move last_year."
        )
    for term in spec.extra:
        complete = _dummies(complete, term)
    numeric = [column for column in complete.columns if column not in ("case", "igo", "state")]
    complete = complete.astype(dict.fromkeys(numeric, float))
    if spec.cases:
        complete = complete.drop(columns=[flag for flag in FLAGS if flag in complete and complete[flag].nunique() < 2])
    standardised = [term for term in (*STANDARDISED, *spec.swap[1:]) if term in complete]
    return complete.assign(**{term: _z(complete[term]) for term in standardised}).reset_index(drop=True)


def estimation_rows(panel: pd.DataFrame, timing: str = "lag") -> pd.Index:
    """Index of the panel's rows that enter the model of Table 2: :func:`estimation_sample` before standardisation."""
    rows = panel.assign(outcome=distance_at(panel, timing))
    rows = rows[rows["member"].eq(1) & rows["year"].le(LAST_YEAR)]
    return rows.index[rows[["outcome", *TERMS[1:]]].notna().all(axis=1)]


def _year_before(panel: pd.DataFrame, values: pd.Series) -> pd.Series:
    by_year = pd.Series(values.to_numpy(), index=pd.MultiIndex.from_frame(panel[["case", "year"]]))
    wanted = pd.MultiIndex.from_arrays([panel["case"], panel["year"] - 1])
    return pd.Series(by_year.reindex(wanted).to_numpy(), index=panel.index)


def _dummies(sample: pd.DataFrame, term: str) -> pd.DataFrame:
    """One column per group of a text column but the largest, which the others are compared with."""
    dummies = pd.get_dummies(sample[term], prefix=term, prefix_sep=": ", dtype=float)
    reference = f"{term}: {sample[term].mode()[0]}"
    return sample.drop(columns=term).join(dummies.drop(columns=reference))


def _z(values: pd.Series) -> pd.Series:
    if values.nunique() < 2:
        raise NotEnoughData(
            f"'{values.name}' has one value only in the estimation sample ({values.iloc[0]:g}) and cannot be "
            "standardised. Check that column, or use a longer sample."
        )
    return (values - values.mean()) / values.std()


def fit_alignment(
    panel: pd.DataFrame, timing: str = "lag", *, last_year: int = LAST_YEAR, spec: Specification | None = None
) -> MixedFit:
    """H2: distance on duration and controls, intercept and slope varying by case, by REML.

    The model of the paper's Tables 2 and 3, after Gelman & Hill (2006):
    outcome ~ duration + controls + (1 + duration | case).

    Parameters
    ----------
    panel, timing, last_year, spec
        As for :func:`estimation_sample`, which also says what is raised.

    Returns
    -------
    MixedFit
        ``.params``, ``.bse``, ``.cov_re``, ``.scale``, ``.llf``, ``.aic``, ``.bic``, ``.nobs``,
        ``.n_groups``, ``.summary()``; its ``.model.frame`` is the estimation sample.
    """
    sample = estimation_sample(panel, timing, last_year=last_year, spec=spec)
    terms = [column for column in sample.columns if column not in ("case", "igo", "state", "outcome")]
    return MixedModel(sample, outcome="outcome", terms=terms, group="case", slope="duration").fit()


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
    others = [term for term in fit.model.terms[1:] if term != "duration"]
    design[others] = fit.model.frame[others].mean().to_numpy()
    design["duration"] = duration
    x, z = design.to_numpy(), np.column_stack([np.ones_like(duration), duration])
    estimate = x @ fit.params.to_numpy()
    of_average = np.einsum("ij,jk,ik->i", x, fit.cov_params.to_numpy(), x)
    of_case = of_average + np.einsum("ij,jk,ik->i", z, fit.cov_re.to_numpy(), z)
    reach = ndtri((1 + level) / 2)
    return pd.DataFrame({
        "duration": duration.astype(int),
        "estimate": estimate,
        "lower": estimate - reach * np.sqrt(of_average),
        "upper": estimate + reach * np.sqrt(of_average),
        "case_lower": estimate - reach * np.sqrt(of_case),
        "case_upper": estimate + reach * np.sqrt(of_case),
    })  # fmt: skip
