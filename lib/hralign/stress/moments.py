"""Moments of a source: how scores move, how far states stand apart, how accessions come, what Table 2 scatters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..memberships import EXIT_KINDS, WINDOW
from ..panel import build_panel, select_cases
from ..sources.tables import Sources
from ..study.alignment import fit_alignment

LAST_SCORE = 2013
"""Last year of the score in the study."""


class Moment(NamedTuple):
    """What a moment is, the unit in which a difference counts as 1, whether that is relative, and if it is fitted."""

    meaning: str
    unit: float
    relative: bool = True
    fitted: bool = True


MOMENTS: Mapping[str, Moment] = {
    "autocorrelation": Moment("correlation of a state's yearly change of score with the one before", 0.03, False),
    "autocorrelation_2": Moment("the same, two years before", 0.06, False),
    "sd_1": Moment("SD of changes of score over one year, points", 0.10),
    "sd_5": Moment("SD over five years, points", 0.05),
    "sd_20": Moment("SD over twenty years, points", 0.08),
    "drift": Moment("mean change over twenty years, points", 0.08, False),
    "common": Moment("share of the variance of yearly changes that is common to all states", 0.01, False),
    "regional": Moment("share that is common to a region, beyond that", 0.01, False),
    "unrest": Moment("correlation of a state's mean score with the log SD of its yearly changes", 0.08, False),
    "unrest_sd": Moment("SD of that log SD between states", 0.04, False),
    "spread": Moment("SD of states' mean scores, points", 0.06),
    "residual_variance": Moment("residual variance of Table 2, points squared", 0.06),
    "slope_sd": Moment("SD of case slopes of Table 2, points per year", 0.06),
    "civil_war": Moment("coefficient of civil war in Table 2, points", 0.04, False),
    "heaping": Moment("share of an IGO's accessions that fall into its fullest year", 0.03, False),
    "joiner_gap": Moment("mean size of a joiner's distance in the year before accession, in SDs of scores", 0.03),
    "intercept_sd": Moment("SD of case intercepts of Table 2, points", 0.05, True, False),
    "joiners_below": Moment("share of joiners below the IGO mean then", 0.05, False, False),
    "approach": Moment("slope of distance in the ten years before accession, points per year", 0.005, False, False),
    "withdraws": Moment("share of cases whose state withdraws", 0.005, False, False),
    "state ceases": Moment("share of cases whose state ceases", 0.005, False, False),
    "IGO ends": Moment("share of cases whose IGO ends", 0.005, False, False),
    "cases": Moment("cases of Table 2", 0.05, True, False),
    "rows": Moment("rows of Table 2", 0.05, True, False),
}  # fmt: skip
"""Every moment by its name."""

FITTED = [name for name, moment in MOMENTS.items() if moment.fitted]

MANY, LONG = 5, 20
"""IGOs with fewer accessions do not count for heaping, nor states with fewer yearly changes for unrest."""


def moments(src: Sources, score: str = "fariss", *, everyone: pd.DataFrame | None = None) -> pd.Series:
    """The moments of a source, by name (:data:`MOMENTS` says what each is and in which unit).

    Changes of scores are those of 1965 to 2013; Table 2 is that of the default coding, under ``lag``.

    Parameters
    ----------
    src : Sources
    score : str
    everyone : DataFrame, optional
        Its panel of all joiners with that score (``select="all"``), if it has been built already.

    Raises
    ------
    NotEnoughData
        If Table 2 cannot be fitted.
    """
    everyone = build_panel(src, score, select="all") if everyone is None else everyone
    below = from_below(everyone)
    fit = fit_alignment(below)
    values = _of_scores(src, score)
    values |= {
        "residual_variance": fit.scale,
        "slope_sd": float(np.sqrt(fit.cov_re.iloc[1, 1])),
        "civil_war": float(fit.params["civil_war"]),
        "intercept_sd": float(np.sqrt(fit.cov_re.iloc[0, 0])),
        "cases": float(fit.n_groups),
        "rows": float(fit.nobs),
    }
    values |= _of_accessions(everyone, below)
    values["joiner_gap"] /= values.pop("sd_all")
    return pd.Series(values, name="value").rename_axis("moment")[list(MOMENTS)]


def from_below(everyone: pd.DataFrame) -> pd.DataFrame:
    """Of the panel of all joiners, that of those below the IGO mean before accession, which the study is about."""
    below = everyone[everyone["case"].isin(select_cases(everyone, "below"))].reset_index(drop=True)
    below.attrs = everyone.attrs
    return below


def _of_scores(src: Sources, score: str) -> dict[str, float]:
    table = src.score(score).reset_index().pivot_table(index="state", columns="year", values="score")
    table = table.reindex(columns=range(WINDOW[0], LAST_SCORE + 1))
    level, step = table.to_numpy(), table.diff(axis=1).to_numpy()[:, 1:]
    region = src.states.set_index("state")["region"].reindex(table.index).fillna("").to_numpy()
    common, regional = _shared(step, region)
    long = (~np.isnan(step)).sum(axis=1) >= LONG
    size, mean = np.log(np.nanstd(step[long], axis=1)), np.nanmean(level[long], axis=1)

    def change(years: int) -> np.ndarray:
        return level[:, years:] - level[:, :-years]

    return {
        "autocorrelation": _correlation(step[:, 1:], step[:, :-1]),
        "autocorrelation_2": _correlation(step[:, 2:], step[:, :-2]),
        **{f"sd_{years}": float(np.nanstd(change(years))) for years in (1, 5, 20)},
        "drift": float(np.nanmean(change(20))),
        "common": common,
        "regional": regional,
        "unrest": _correlation(mean, size),
        "unrest_sd": float(size.std()),
        "spread": float(table.mean(axis=1).std()),
        "sd_all": float(np.nanstd(level)),
    }


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    known = ~np.isnan(one + other)
    return float(np.corrcoef(one[known], other[known])[0, 1])


def _shared(step: np.ndarray, region: np.ndarray) -> tuple[float, float]:
    """Adjusted shares of the variance of changes that years, and then regions within years, account for."""
    i, t = np.nonzero(~np.isnan(step))
    rows = pd.DataFrame({"change": step[i, t], "year": t, "region": region[i]})
    left = []
    for keys in (["year"], ["year", "region"]):
        groups = rows.groupby(keys)["change"]
        within = ((rows["change"] - groups.transform("mean")) ** 2).sum()
        left.append(within / (len(rows) - groups.ngroups) / rows["change"].var())
    return float(1 - left[0]), float(left[0] - left[1])


def _of_accessions(everyone: pd.DataFrame, below: pd.DataFrame) -> dict[str, float]:
    joined = everyone.drop_duplicates("case")
    per_igo = joined.groupby("igo")["accession"].agg(["size", lambda years: years.value_counts().iloc[0]])
    per_igo = per_igo[per_igo["size"] >= MANY].to_numpy().sum(axis=0)
    before = everyone.loc[everyone["years_to_accession"].eq(-1), "distance"].dropna()
    kinds = below.drop_duplicates("case")["exit_kind"].value_counts() / below["case"].nunique()
    return {
        "heaping": float(per_igo[1] / per_igo[0]) if len(per_igo) and per_igo[0] else np.nan,
        "joiner_gap": float(before.abs().mean()),
        "joiners_below": float(before.lt(0).mean()),
        "approach": _approach(below),
        **{kind: float(kinds.get(kind, 0.0)) for kind in EXIT_KINDS},
    }


def _approach(below: pd.DataFrame, years: int = 10) -> float:
    """Mean over cases of the straight line through the distances of the years before accession."""
    rows = below[below["years_to_accession"].between(-years, -1) & below["distance"].notna()]
    year, case = rows["years_to_accession"].astype(float), rows["case"]
    x = year - year.groupby(case).transform("mean")
    slopes = (x * rows["distance"]).groupby(case).sum() / (x**2).groupby(case).sum().replace(0, np.nan)
    return float(slopes.mean())
