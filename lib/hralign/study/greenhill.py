"""Greenhill (2010): the company a state keeps in its IGOs, and its own record some years later."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from ..errors import HralignError, NotEnoughData
from ..panel import mean_of_others
from ..sources.tables import Sources
from ..sources.vocabulary import FULL_MEMBER

YEARS = (1982, 2000)
"""Years of the study."""

LEADS = range(1, 6)
"""Years between the company and the record it is to explain."""

PREDICTORS = ("context", "physint", "polity2", "log_gdp", "log_population", "civil_war")

LABELS = {
    "context": "Company: mean record of co-members (0-8)",
    "physint": "Own record now (0-8)",
    "polity2": "Democracy (Polity, -10 to 10)",
    "log_gdp": "Log GDP per capita",
    "log_population": "Log population",
    "civil_war": "Civil war",
}
"""How tables name the predictors."""

CONTEXTS = ("all", "other")
"""Which IGOs count: all on record, or all but human-rights IGOs."""


def igo_context(src: Sources, igos: str = "all") -> pd.Series:
    """Average company of each state in each year, indexed by state and year.

    For every IGO that state i fully belongs to in year t, take the mean ``physint`` of the other members;
    then average over those IGOs.

    Parameters
    ----------
    src : Sources
    igos : {"all", "other"}
        All IGOs on record, major or not, or those that are no human-rights IGOs.

    Raises
    ------
    HralignError
        If ``igos`` is unknown or the rights are missing throughout.
    """
    if igos not in CONTEXTS:
        raise HralignError(f"There is no context '{igos}'. Choose one of: {', '.join(CONTEXTS)}.")
    score = src.score("physint")
    members = src.memberships[src.memberships["status"].eq(FULL_MEMBER)]
    members = members[members["year"].isin(score.index.unique("year"))]
    if igos == "other":
        members = members[~members["igo"].isin(src.igos.loc[src.igos["human_rights_igo"].eq(1), "igo"])]
    scored = members.join(score, on=["state", "year"])
    by_igo = scored.groupby(["igo", "year"])["score"]
    company = mean_of_others(by_igo.transform("sum"), by_igo.transform("count"), scored["score"])
    return company.groupby([scored["state"], scored["year"]]).mean().rename("context").dropna()


def greenhill_sample(src: Sources, lead: int = 1, igos: str = "all", years: tuple[int, int] = YEARS) -> pd.DataFrame:
    """State-years with the company, the controls and the record ``lead`` years later, complete.

    Returns
    -------
    DataFrame
        ``state``, ``year``, ``outcome`` (physint, 0-8, in year + lead) and :data:`PREDICTORS`.
    """
    physint = src.score("physint").rename("physint")
    later = physint.rename("outcome").reset_index()
    later["year"] -= lead
    covariates = src.state_years.assign(
        log_gdp=np.log(src.state_years["gdp_per_capita"]), log_population=np.log(src.state_years["population"])
    )[["state", "year", *PREDICTORS[2:]]]
    sample = later.merge(physint.reset_index(), on=["state", "year"]).merge(covariates, on=["state", "year"])
    sample = sample.merge(igo_context(src, igos).reset_index(), on=["state", "year"]).dropna()
    sample = sample[sample["year"].between(*years)].reset_index(drop=True)
    if sample["outcome"].nunique() < 3:
        raise NotEnoughData(
            f"Only {len(sample)} state-years of {years[0]}-{years[1]} are complete {lead} year(s) ahead, too few for "
            "an ordered logit. Choose other years or a shorter lead."
        )
    return sample[["state", "year", "outcome", *PREDICTORS]].astype({"outcome": int})


def fit_greenhill(src: Sources, lead: int = 1, igos: str = "all", years: tuple[int, int] = YEARS):
    """Ordered logit of the record ``lead`` years later on the company, the record now and controls.

    Returns
    -------
    statsmodels OrderedResults
        ``params`` and ``bse`` by predictor and threshold; standard errors allow for dependence within states.
    """
    sample = greenhill_sample(src, lead, igos, years)
    outcome = pd.Series(pd.Categorical(sample["outcome"], ordered=True), name="outcome")
    from statsmodels.miscmodels.ordinal_model import OrderedModel  # slow to import, and only needed here

    model = OrderedModel(outcome, sample[list(PREDICTORS)].astype(float), distr="logit")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numerical Hessian: checked by convergence below
        fit = model.fit(
            method="bfgs", maxiter=500, disp=False, cov_type="cluster", cov_kwds={"groups": sample["state"].to_numpy()}
        )
    if not fit.mle_retvals["converged"]:
        raise NotEnoughData(
            f"The ordered logit {lead} year(s) ahead did not converge. Check the scale of its predictors."
        )
    fit.sample = sample
    return fit
