"""The controls of the models: characteristics of the state, the IGO and the IGO-year, and how widely they vary.

The mean and the standard deviation of a control depend on the rows they are taken over.  Those of the estimation sample
are known there; wider ones are taken here, where memberships and lives of states and IGOs are at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .coding import Coding, find_coding
from .sources.tables import Sources

FOUR = (1390, 3770, 3900, 3760)
"""The narrow list of human-rights IGOs: regional organizations with human-rights courts or machinery of their own.

On simulated data, the four of lowest number among the world's human-rights IGOs."""

UN, COUNCIL = 4400, 2006
"""The United Nations' COW number, and the first year of their Human Rights Council."""

SCALED = ("year", "gdp", "delegation", "members")
"""Controls that the models take as z-scores."""


def add_covariates(src: Sources, years: pd.DataFrame, coding: Coding | str | None = None) -> pd.DataFrame:
    """Add the characteristics of the state, the IGO and the IGO-year."""
    coding = find_coding(coding)
    of_igo = src.igos[["igo", "political", "economic", "social"]].assign(
        human_rights_igo=human_rights_igos(src, coding).to_numpy()
    )
    full = (
        years.merge(of_states(src, coding), how="left", on=["state", "year"])
        .merge(of_igo, how="left", on="igo")
        .merge(src.igo_years[["igo", "year", "delegation"]], how="left", on=["igo", "year"])
        .merge(src.states[["state", "region"]], how="left", on="state")
    )
    if coding.human_rights_igos.endswith("UN late"):
        full.loc[full["igo"].eq(UN), "human_rights_igo"] = full["year"].ge(COUNCIL).astype(int)
    return full


def of_states(src: Sources, coding: Coding) -> pd.DataFrame:
    """Controls by ``state`` and ``year``: ``gdp``, ``iccpr``, ``civil_war``, ``tax_gdp``."""
    years = src.state_years
    gdp = years["gdp_per_capita" if coding.gdp_series == "world bank" else "gdp_per_capita_fariss"]
    iccpr = years["iccpr"]
    if coding.iccpr == "year after":
        iccpr = years.sort_values(["state", "year"]).groupby("state")["iccpr"].shift(fill_value=0).reindex(years.index)
    return years[["state", "year", "tax_gdp"]].assign(
        gdp=np.log(gdp) if coding.gdp_scale == "log" else gdp,
        iccpr=iccpr,
        civil_war=years["civil_war" if coding.civil_war == "all" else "civil_war_intrastate"],
    )


def human_rights_igos(src: Sources, coding: Coding) -> pd.Series:
    """Whether each row of ``src.igos`` is a human-rights IGO (0 or 1)."""
    listed = src.igos["human_rights_igo"]
    if coding.human_rights_igos.startswith("four"):
        igos = sorted(src.igos.loc[listed.eq(1), "igo"])
        narrow = [igo for igo in FOUR if igo in igos] or igos[:4]
        return src.igos["igo"].isin(narrow).astype(int)
    if coding.human_rights_igos == "political":
        return src.igos["political"]
    if coding.human_rights_igos == "either":
        return (listed | src.igos["political"]).astype(int)
    return listed


@dataclass(frozen=True, eq=False)
class Moments:
    """Number, mean and sum of squared deviations of each scaled control, year by year.

    Kept by year so that the last year can still be chosen.
    """

    table: pd.DataFrame  # by year; columns (term, "n" | "mean" | "squares")

    def until(self, term: str, last_year: int) -> tuple[float, float]:
        """Mean and standard deviation (sample) of a term over all years up to one."""
        n, mean, squares = (self.table.loc[:last_year, (term, key)].to_numpy() for key in ("n", "mean", "squares"))
        total = n.sum()
        centre = float(n @ mean / total)
        return centre, float(np.sqrt((squares.sum() + n @ (mean - centre) ** 2) / (total - 1)))

    def __deepcopy__(self, memo: dict[int, Any]) -> Moments:
        return self  # never changed; pandas copies the attrs of a panel with every step


def moments(src: Sources, members: pd.DataFrame, window: tuple[int, int], coding: Coding, span: str) -> Moments:
    """Moments of the scaled controls over rows that are wider than any panel.

    Parameters
    ----------
    src : Sources
    members : DataFrame
        All membership rows (``igo``, ``state``, ``year``).
    window : (int, int)
    coding : Coding
    span : {"memberships", "everything"}
        All membership rows, or every state in every living IGO in every year.
    """
    inside = members[members["year"].between(*window)]
    size = inside.groupby(["igo", "year"]).size().rename("members").reset_index()
    igos = src.igo_years.merge(src.igos.loc[src.igos["major"].eq(1), ["igo"]], on="igo")
    igos = igos[igos["year"].between(*window) & ~igos["igo"].isin(coding.left_out)]
    igos = igos[["igo", "year", "delegation"]].merge(size, how="left", on=["igo", "year"])
    states = of_states(src, coding)[["state", "year", "gdp"]]
    states = states[states["year"].between(*window)]
    if span == "memberships":
        rows = inside.merge(states, how="left", on=["state", "year"]).merge(igos, how="left", on=["igo", "year"])
        return Moments(pd.concat({term: _by_year(rows["year"], rows[term]) for term in SCALED}, axis=1))
    n_states, n_igos = states["year"].value_counts(), igos["year"].value_counts()
    each = (n_states * n_igos).dropna()
    years = each.index.to_series()
    parts = {
        "year": _by_year(years, years, each),
        "gdp": _by_year(states["year"], states["gdp"], states["year"].map(n_igos).fillna(0)),
        **{
            term: _by_year(igos["year"], igos[term], igos["year"].map(n_states).fillna(0))
            for term in ("delegation", "members")
        },
    }
    return Moments(pd.concat(parts, axis=1).fillna(0.0).sort_index())


def _by_year(year: pd.Series, values: pd.Series, times: pd.Series | float = 1.0) -> pd.DataFrame:
    """Number, mean and sum of squares by year of the known values, each standing as often as told."""
    values = values.astype(float)
    times = (values.notna() * times).astype(float)
    n = times.groupby(year).sum()
    mean = ((values.fillna(0.0) * times).groupby(year).sum() / n).fillna(0.0)
    squares = ((values - year.map(mean)).pow(2).fillna(0.0) * times).groupby(year).sum()
    return pd.DataFrame({"n": n, "mean": mean, "squares": squares}).rename_axis("year")
