"""Alignment during membership (H2, H4): the estimation sample, the varying-slopes model, and its predictions.

The model is one of distance on the duration of membership, intercepts and slopes varying by case.  What differs from
table to table stands in :mod:`hralign.study.specification`; how a panel becomes an estimation sample stands here, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ..coding import Coding
from ..errors import HralignError, NotEnoughData
from ..mixed import MixedFit, MixedModel
from ..panel import coding_of
from ..sources.tables import Sources
from .specification import FLAGS, STANDARDISED, TERMS, TIMINGS, Specification


def distance_at(panel: pd.DataFrame, timing: str) -> pd.Series:
    """Distance of each row's case one year earlier (``lag``), in the ``same`` year or one later (``lead``).

    Returns
    -------
    Series
        Aligned with ``panel``; missing where the case has no distance in that calendar year.  Under a coding that lags
        by rows, it is taken from the case's row before or after instead.
    """
    if timing not in TIMINGS:
        raise HralignError(f"There is no timing '{timing}'. Choose one of: {', '.join(TIMINGS)}.")
    lag_by = coding_of(panel).lag_by
    if lag_by != "calendar":
        rows = (panel if lag_by == "row" else panel[panel["member"].eq(1)]).sort_values(["case", "year"])
        return rows.groupby("case")["distance"].shift(-TIMINGS[timing]).reindex(panel.index).rename("outcome")
    by_year = panel.set_index(["case", "year"])["distance"]
    wanted = pd.MultiIndex.from_arrays([panel["case"], panel["year"] + TIMINGS[timing]])
    return pd.Series(by_year.reindex(wanted).to_numpy(), index=panel.index, name="outcome")


def estimation_sample(
    panel: pd.DataFrame, timing: str | None = None, *, spec: Specification | None = None
) -> pd.DataFrame:
    """Membership years up to the coding's last, complete on outcome and covariates, ready for the model.

    Parameters
    ----------
    panel : DataFrame
        From :func:`hralign.panel.build_panel`; it remembers its coding, which is read from there.
    timing : {"lag", "same", "lead"}, optional
        When the outcome is taken, relative to the covariates; that of ``spec`` by default, or ``lag`` without one.
    spec : Specification, optional
        What differs from the model of Table 2; its score is the panel's.

    Returns
    -------
    DataFrame
        ``case``, ``igo``, ``state``, ``outcome`` and the terms but the intercept; year, GDP (or what
        takes its place), delegation and members as z-scores over the rows that the coding says (sample standard
        deviation).  A control that is constant in a part of the cases is left out there.  ``.attrs["moments"]`` holds
        mean and standard deviation by term, in the units of the panel, and ``.attrs["spread"]`` the latter.

    Raises
    ------
    HralignError
        If the timing is unknown, or ``timing`` and ``spec`` ask for different ones.
    NotEnoughData
        If no row is complete, or a term to be standardised has one value only.
    """
    spec = spec or Specification(timing=timing or "lag")
    if timing not in (None, spec.timing):
        raise HralignError(
            f"The outcome is asked for twice: timing '{timing}', but '{spec.timing}' in the specification. "
            "Give one of them, or the same in both."
        )
    coding = coding_of(panel)
    terms = _terms(spec, coding)
    rows = panel.assign(outcome=distance_at(panel, spec.timing))
    if spec.differenced:
        rows["outcome"] -= _year_before(panel, distance_at(panel, spec.timing))
    rows = rows[rows["member"].eq(1) & rows["year"].le(coding.last_year)]
    rows = (rows.query(spec.cases) if spec.cases else rows)[["case", "igo", "state", "outcome", *terms]]
    if rows.empty:
        raise NotEnoughData(
            f"The panel has no membership year up to {coding.last_year}{f' with {spec.cases}' if spec.cases else ''}: "
            "there is nothing to estimate from. Take cases that joined earlier, or move the coding's last_year."
        )
    complete = rows.dropna()
    if complete.empty:
        empty = ", ".join(rows.columns[rows.isna().all()]) or "no single column, but never all at once"
        raise NotEnoughData(
            f"No membership year up to {coding.last_year} {f'with {spec.cases} ' if spec.cases else ''}is complete on "
            f"the outcome ({spec.timing}) and all covariates. Missing throughout: {empty}. Check those columns of the "
            "panel, or move the coding's last_year."
        )
    for term in spec.extra:
        complete = _dummies(complete, term)
    numeric = [column for column in complete.columns if column not in ("case", "igo", "state")]
    complete = complete.astype(dict.fromkeys(numeric, float))
    if spec.cases:
        complete = complete.drop(columns=[flag for flag in FLAGS if flag in complete and complete[flag].nunique() < 2])
    standardised = [term for term in (*STANDARDISED, *spec.swap[1:]) if term in complete]
    moments = {term: moments_over(coding.over(term), complete[term], panel) for term in standardised}
    scaled = {term: (complete[term] - mean) / spread for term, (mean, spread) in moments.items()}
    sample = complete.assign(**scaled).reset_index(drop=True)
    sample.attrs |= {"moments": moments, "spread": {term: spread for term, (_, spread) in moments.items()}}
    return sample


def _terms(spec: Specification, coding: Coding) -> list[str]:
    """The columns of a model: those of its specification, but for a control that the coding leaves out."""
    out = {"human_rights_igo"} if coding.human_rights_igos == "none" else set()
    return [term for term in spec.terms[1:] if term not in out]


def estimation_rows(panel: pd.DataFrame, timing: str = "lag") -> pd.Index:
    """Index of the panel's rows that enter the model of Table 2: :func:`estimation_sample` before standardisation."""
    rows = panel.assign(outcome=distance_at(panel, timing))
    rows = rows[rows["member"].eq(1) & rows["year"].le(coding_of(panel).last_year)]
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


def moments_over(span: str, values: pd.Series, panel: pd.DataFrame) -> tuple[float, float]:
    """Mean and standard deviation of a term over the rows of a span (:data:`hralign.coding.SPANS`).

    Parameters
    ----------
    span : str
    values : Series
        The term's values in the estimation sample, under its name.
    panel : DataFrame
    """
    if values.nunique() < 2:
        raise NotEnoughData(
            f"'{values.name}' has one value only in the estimation sample ({values.iloc[0]:g}) and cannot be "
            "standardised. Check that column, or use a longer sample."
        )
    if span == "sample":
        return float(values.mean()), float(values.std())
    last_year = coding_of(panel).last_year
    if span == "case years":
        rows = panel.loc[panel["year"].le(last_year), values.name]
        return float(rows.mean()), float(rows.std())
    try:
        return panel.attrs["moments"][span].until(values.name, last_year)
    except KeyError:
        raise HralignError(
            f"'{values.name}' is to be standardised over '{span}', and this table does not carry its mean there. Take "
            "a panel from build_panel, and keep its attrs when you make another table from it."
        ) from None


def fit_alignment(panel: pd.DataFrame, timing: str | None = None, *, spec: Specification | None = None) -> MixedFit:
    """H2: distance on duration and controls, intercept and slope varying by case, by REML.

    The model of the paper's Tables 2 and 3, after Gelman & Hill (2006):
    outcome ~ duration + controls + (1 + duration | case).

    Parameters
    ----------
    panel, timing, spec
        As for :func:`estimation_sample`, which also says what is raised.

    Returns
    -------
    MixedFit
        ``.params``, ``.bse``, ``.cov_re``, ``.scale``, ``.llf``, ``.aic``, ``.bic``, ``.nobs``,
        ``.n_groups``, ``.summary()``; its ``.model.frame`` is the estimation sample.

    Examples
    --------
    >>> import hralign as hr
    >>> fit = hr.fit_alignment(hr.build_panel(hr.simulate("intrinsic", seed=1)), timing="lag")
    >>> print(f"{fit.params['duration']:.3f} points per year of membership, in {fit.n_groups:.0f} cases")
    0.014 points per year of membership, in 792 cases
    """
    sample = estimation_sample(panel, timing, spec=spec)
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
    from scipy.special import ndtri  # slow to import, and fits do without it

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


def case_slopes(fit: MixedFit, panel: pd.DataFrame, src: Sources) -> pd.DataFrame:
    """The course of every case as the model sees it: average plus conditional mode, which pulls short records in.

    Returns
    -------
    DataFrame
        One row per case, indexed by it: ``state`` (name), ``igo`` (acronym), ``accession``, ``years`` (rows in the
        model), ``first`` and ``last`` duration, ``intercept`` and ``slope`` (points, points a year).
    """
    own = fit.conditional_modes + fit.params[["intercept", "duration"]]
    case = panel.drop_duplicates("case").set_index("case").loc[own.index]
    duration = fit.model.frame.groupby("case")["duration"].agg(["size", "min", "max"])
    return pd.DataFrame({
        "state": case["state"].map(src.states.set_index("state")["name"]),
        "igo": case["igo"].map(src.igos.set_index("igo")["acronym"]),
        "accession": case["accession"],
        "years": duration["size"],
        "first": duration["min"].astype(int),
        "last": duration["max"].astype(int),
        "intercept": own["intercept"],
        "slope": own["duration"],
    })  # fmt: skip


def courses(
    fit: MixedFit, slopes: pd.DataFrame, durations: Iterable[int] = range(1, 46), every: int = 40
) -> pd.DataFrame:
    """The average course, where cases run, and some of them: what tells one band of Figure 2 from the other.

    Parameters
    ----------
    fit : MixedFit
    slopes : DataFrame
        From :func:`case_slopes`.
    durations : iterable of int
        Years of membership of the average course.
    every : int
        One case in so many is drawn, in the order of their slopes.

    Returns
    -------
    DataFrame
        ``line``, ``duration``, ``estimate``, ``lower``, ``upper``: the lines ``average`` and ``cases`` with the bands
        of :func:`predict_by_duration`, and each single case by its first and last year, without one.
    """
    prediction = predict_by_duration(fit, durations)
    average = prediction[["duration", "estimate", "lower", "upper"]].assign(line="average")
    cases = average.assign(line="cases", lower=prediction["case_lower"], upper=prediction["case_upper"])
    at_start = fit.params["intercept"] + fit.params["duration"] * prediction["duration"].iloc[0]
    others = prediction["estimate"].iloc[0] - at_start
    chosen = slopes.sort_values("slope").iloc[every // 2 :: every]
    single = [
        {"line": case, "duration": year, "estimate": others + one["intercept"] + one["slope"] * year}
        for case, one in chosen.iterrows()
        for year in (one["first"], one["last"])
    ]
    return pd.concat([average, cases, pd.DataFrame(single)])[["line", "duration", "estimate", "lower", "upper"]]


def weighted_sum(fit: MixedFit, weights: Mapping[str, float]) -> dict[str, float]:
    """A weighted sum of coefficients: ``estimate``, its standard error ``model_se``, and ``state_se``, by state."""
    w = pd.Series(weights, dtype=float).reindex(fit.params.index, fill_value=0.0)
    variances = {"model_se": fit.cov_params, "state_se": fit.vcov("state")}
    return {"estimate": float(w @ fit.params), **{key: float(w @ v @ w) ** 0.5 for key, v in variances.items()}}
