"""Placebo accessions: would any state have done so?

Every case lends its IGO, its year of accession and its length to an outsider (:mod:`hralign.stress.outsiders`) who
stood below the same mean in the year before, as the case did. Both are measured against the same company, the other
members, and followed for equally long, until the shorter of the two ends: whatever the length of a course does to its
slope it does on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import NotEnoughData
from ..memberships import CASE, name_cases
from ..mixed import MixedFit
from ..mixed.covariance import influence
from ..sources.tables import Sources
from ..study.alignment import estimation_rows, fit_alignment
from .cohorts import pulled
from .outsiders import NEVER, SPILLOVER, Outsiders, find_outsiders

LEAD_IN = 20
"""Years before a placebo accession that are kept, for the curve in event time."""

ENDS = ("full length", "imitator joins", "imitator's record ends", "no outsider")
"""How a pair of case and imitator may end."""


@dataclass(frozen=True)
class Imitation:
    """One draw of imitators, with the cases that they stand beside.

    Attributes
    ----------
    pairs : DataFrame
        One row per template, those without an imitator included: ``template`` (the case), ``igo``, ``state``,
        ``accession``, ``last`` (its last membership year), ``imitator`` (the outsider's state code), ``end`` (last year
        of both), ``ends`` (one of :data:`ENDS`) and the imitator's :data:`SPILLOVER` in the year before.
    imitators : DataFrame
        The panel of the placebo cases: ``case`` names IGO, imitator and year (``2230-350@1997``),
        ``template`` the case that it stands for; ``member`` is 1 in placebo years.
    members : DataFrame
        The panel of the cases that found an imitator, up to the end of the pair.
    """

    pairs: pd.DataFrame
    imitators: pd.DataFrame
    members: pd.DataFrame


def imitate(pool: Outsiders, rng: np.random.Generator, *, own_region: bool = False) -> Imitation:
    """Draw an imitator for each case, in random order, among those of :meth:`Outsiders.at` with a distance in its year.

    A state imitates two cases of one IGO only where no other is left, and never in the same year.  Nothing is asked of
    what an imitator does later.

    Raises
    ------
    NotEnoughData
        If no case finds an imitator.
    """
    templates, states = pool.templates, pool.distances.index.get_level_values("state").to_numpy()
    known, first = pool.distances.notna().to_numpy(), pool.distances.columns[0]
    taken = np.zeros(known.shape, dtype=bool)  # pairs of IGO and state, by year of placebo accession
    place = np.full(len(templates), -1)
    keys = templates[["igo", "accession", "region"]].itertuples(index=False, name=None)
    keys = list(keys)
    for k in rng.permutation(len(templates)):
        igo, accession, region = keys[k]
        found = pool.at(igo, accession, region=region if own_region else None)
        found = found[known[found, accession - first] & ~taken[found, accession - first]]
        fresh = found[~taken[found].any(axis=1)]
        free = fresh if len(fresh) else found
        if len(free):
            place[k] = free[rng.integers(len(free))]
            taken[place[k], accession - first] = True
    if not taken.any():
        raise NotEnoughData("No case finds an outsider that could imitate it: the source has too few non-members.")
    pairs = templates.assign(imitator=pd.array(np.where(place >= 0, states[place], 0), "Int64"))
    pairs["imitator"] = pairs["imitator"].mask(place < 0)
    pairs = pairs.join(_ends(pool, pairs, place))
    chosen = pairs[place >= 0]
    year_before = pd.MultiIndex.from_arrays([chosen["igo"], chosen["imitator"].astype(int), chosen["accession"] - 1])
    pairs[list(SPILLOVER)] = pd.DataFrame(pool.exposed.reindex(year_before).to_numpy(), chosen.index, list(SPILLOVER))
    end = pool.panel["case"].map(chosen.set_index("template")["end"])
    members = pool.panel[end.notna() & pool.panel["year"].le(end)].reset_index(drop=True)
    members.attrs = pool.panel.attrs
    return Imitation(pairs, _panel_of(pool, chosen), members)


def _ends(pool: Outsiders, pairs: pd.DataFrame, place: np.ndarray) -> pd.DataFrame:
    """When each pair ends, and why: with the case, or because its imitator joins or has no distance any more."""
    known, first = pool.distances.notna().to_numpy(), pool.distances.columns[0]
    calendar = np.arange(first, first + known.shape[1])
    start = pairs["accession"].to_numpy()
    silent = ~known[place] & (calendar >= start[:, None])
    stops = np.where(silent.any(axis=1), calendar[silent.argmax(axis=1)], NEVER) - 1
    joins = np.where(place >= 0, pool.pairs["leaves"].to_numpy()[place], 0) - 1
    last = pairs["last"].to_numpy()
    end = np.minimum(np.minimum(stops, joins), last)
    why = np.select([place < 0, end == last, end == joins], [ENDS[3], ENDS[0], ENDS[1]], ENDS[2])
    return pd.DataFrame({"end": pd.array(end, "Int64"), "ends": why}, pairs.index).mask(
        pd.DataFrame({"end": place < 0, "ends": False}, pairs.index)
    )


def _panel_of(pool: Outsiders, pairs: pd.DataFrame) -> pd.DataFrame:
    cases = pairs[["template", "igo", "imitator", "accession", "end"]].rename(columns={"imitator": "state"})
    rows = pool.years.drop(columns=["member", "leaves", "open_from"]).merge(cases.astype({"state": int}), on=CASE)
    # the company of the case, which as a member would itself be in the mean that its imitator is measured against
    theirs = pool.panel[["case", "year", "igo_mean", "d_igo_mean"]].rename(columns={"case": "template"})
    rows = rows.merge(theirs, how="left", on=["template", "year"], suffixes=("_plain", ""))
    for column in ("igo_mean", "d_igo_mean"):
        rows[column] = rows[column].fillna(rows.pop(f"{column}_plain"))
    rows["distance"] = rows["score"] - rows["igo_mean"]
    since = rows["year"] - rows["accession"]
    rows = rows[since.ge(-LEAD_IN) & rows["year"].le(rows["end"])].sort_values(
        [*CASE, "accession", "year"], ignore_index=True
    )
    since = rows["year"] - rows["accession"]
    rows = rows.assign(
        case=name_cases(rows) + "@" + rows["accession"].astype(str),
        member=(since >= 0).astype(int),
        duration=(since + 1).where(since >= 0).astype("Int64"),
        years_to_accession=since.where(since <= 0).astype("Int64"),
    )
    rows.attrs = pool.panel.attrs
    return rows


def fit_both(drawn: Imitation, timing: str = "lag") -> tuple[MixedFit, MixedFit]:
    """The model of Table 2 for cases and for their imitators, over pairs of which both are in the estimation sample.

    Raises
    ------
    NotEnoughData
        If no pair is left.
    """
    panels = {"members": drawn.members.assign(template=drawn.members["case"]), "imitators": drawn.imitators}
    rows = {name: panel.iloc[estimation_rows(panel, timing)] for name, panel in panels.items()}
    shared = set(rows["members"]["template"]) & set(rows["imitators"]["template"])
    if not shared:
        raise NotEnoughData("No case and imitator both have all covariates in a membership year: nothing to compare.")
    fits = []
    for panel in panels.values():
        kept = panel[panel["template"].isin(shared)].reset_index(drop=True)
        kept.attrs = drawn.members.attrs
        fits.append(fit_alignment(kept, timing))
    return fits[0], fits[1]


def pair_changes(drawn: Imitation, years: range = range(-10, 21)) -> pd.DataFrame:
    """Change of both sides since the year before accession, for every pair and event year in which both are known.

    Returns
    -------
    DataFrame
        ``template``, ``event_year``, ``members`` and ``imitators`` (points), ``state`` and ``imitator`` (codes).
    """
    of_case = drawn.imitators.drop_duplicates("case").set_index("case")["template"]
    sides = {
        "members": event_change(drawn.members, years),
        "imitators": event_change(drawn.imitators, years).rename(index=of_case).rename_axis("case"),
    }
    template, year = np.meshgrid(sides["members"].index, years, indexing="ij")
    values = {name: wide.reindex(sides["members"].index).to_numpy().ravel() for name, wide in sides.items()}
    long = pd.DataFrame({"template": template.ravel(), "event_year": year.ravel(), **values}).dropna()
    return long.merge(drawn.pairs[["template", "state", "imitator"]], on="template")


def event_change(rows: pd.DataFrame, years: range = range(-10, 21)) -> pd.DataFrame:
    """Distance by ``case`` and event year, before and during membership, less that of the year before accession."""
    event = rows["year"] - rows["accession"]
    seen = rows.assign(event=event)[(rows["member"].eq(1) | event.lt(0)) & event.isin(years)]
    wide = seen.pivot_table(index="case", columns="event", values="distance").reindex(columns=list(years))
    return wide.sub(wide[-1], axis=0)


def difference(one: MixedFit, other: MixedFit, term: str = "duration", by: str = "state") -> dict[str, float]:
    """The coefficients of two fits, and their difference with a standard error that knows of clusters in both.

    Returns
    -------
    dict
        ``one``, ``other``, ``difference``, and ``one_se``, ``other_se``, ``se``: of each, and of the difference, which
        a cluster that is in both fits moves by its pull on the one less its pull on the other.
    """
    pulls = {}
    for name, fit in {"one": one, "other": other}.items():
        cluster = fit.model.frame.groupby("case")[by].first().reindex(fit.model.groups[fit.data.place]).to_numpy()
        pull = fit.data.weight * influence(fit)[:, list(fit.params.index).index(term)]
        pulls[name] = pd.Series(pull).groupby(cluster).sum()
    both = pd.DataFrame(pulls).fillna(0.0)
    both["difference"] = both["one"] - both["other"]
    errors = {
        name: float(np.sqrt(pulled(both.loc[both.index.isin(within.index), [name]]).iloc[0, 0]))
        for name, within in {**pulls, "difference": both}.items()
    }
    return {
        "one": one.params[term], "other": other.params[term], "difference": one.params[term] - other.params[term],
        "one_se": errors["one"], "other_se": errors["other"], "se": errors["difference"],
    }  # fmt: skip


def over_draws(estimates: pd.Series, errors: pd.Series) -> tuple[float, float]:
    """Mean of an estimate over draws of imitators, and its standard error.

    The squared error of one draw by states holds two things: what the mean over all draws would do with other states,
    and the lottery of this draw, since the imitators are among the states that pull.  Draws of the same data differ by
    the lottery alone.  So the variance between draws is *taken off* the mean variance within, and comes back divided
    by the number of draws.  (Imputations are the other case: there the variance within knows nothing of the draw.)
    """
    within = (errors**2).mean()
    between = estimates.var() if len(estimates) > 1 else 0.0
    return float(estimates.mean()), float(np.sqrt(max(within - between, 0.0) + between / len(estimates)))


def who_joins(src: Sources, score: str = "fariss") -> pd.DataFrame:
    """How like the members a state is when it joins, among those that could have joined.

    For every accession the states that are out in the year before are ranked by the size of their distance to the IGO's
    mean; only states of regions that ever have a member there count as able to join.

    Returns
    -------
    DataFrame
        One row per accession: ``igo``, ``state``, ``case``, ``accession``, ``rank`` (0: the one most like the members,
        1: the one least like them, 0.5 on average if likeness plays no part) and ``others``, the number ranked.
    """
    pool = find_outsiders(src, score, select="all")
    pairs = pool.years[pool.years["member"].eq(0)]
    gap = pairs["distance"].abs().groupby([pairs["igo"], pairs["year"]])
    pairs = pairs[[*CASE, "year"]].assign(others=gap.transform("size"), place=gap.rank() - 1)
    joined = pool.panel.drop_duplicates("case")[["igo", "state", "case", "accession"]]
    rows = joined.assign(year=joined["accession"] - 1).merge(pairs, on=["igo", "state", "year"])
    rows = rows[rows["others"] > 1]
    return rows.assign(rank=rows["place"] / (rows["others"] - 1))[
        ["igo", "state", "case", "accession", "rank", "others"]
    ].reset_index(drop=True)
