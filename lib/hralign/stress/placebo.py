"""Placebo accessions: would any state have done so?

Every real case lends its IGO, its year of accession and its length to a state that is not a member then, chosen by the
same rule: a distance below zero in the year before.  What such states do in the years that follow is what the study's
slope would be without membership.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..controls import add_covariates
from ..errors import NotEnoughData
from ..memberships import WINDOW, full_members, name_cases
from ..panel import add_distances, build_panel, case_years
from ..sources.tables import Sources

LEAD_IN = 20
"""Years before a placebo accession that are kept, for the curve in event time."""


@dataclass(frozen=True)
class PlaceboPool:
    """What placebo cases are drawn from.

    Attributes
    ----------
    pairs : DataFrame
        One row per IGO, state and year of the window in which the state has a distance and is no member, with all
        columns of the panel but the clocks.
    templates : DataFrame
        One row per real case: ``igo``, ``accession``, ``last`` (last membership year).
    """

    pairs: pd.DataFrame
    templates: pd.DataFrame


def placebo_pool(src: Sources, score: str = "fariss", *, window: tuple[int, int] = WINDOW) -> PlaceboPool:
    """Distances of all states from all IGOs they are not members of, and the real cases to imitate."""
    pairs = outsiders(src, score, window)
    real = build_panel(src, score, window=window).query("member == 1")
    templates = real.groupby("case").agg(igo=("igo", "first"), accession=("accession", "first"), last=("year", "max"))
    pairs = add_covariates(src, pairs).reset_index(drop=True)
    pairs.attrs = real.attrs
    return PlaceboPool(pairs, templates.reset_index(drop=True))


def outsiders(src: Sources, score: str = "fariss", window: tuple[int, int] = WINDOW) -> pd.DataFrame:
    """Every IGO, state and year in which the state is no member and has a distance, with that distance."""
    members, values = full_members(src, window), src.score(score)
    states = pd.DataFrame({"state": sorted(set(values.index.unique("state")) & set(src.states["state"]))})
    pairs = members[["igo"]].drop_duplicates().merge(states, how="cross")
    pairs = add_distances(case_years(pairs, members, window), members, values)
    return pairs[pairs["member"].eq(0) & pairs["distance"].notna()].drop(columns="member")


def draw_placebo(pool: PlaceboPool, rng: np.random.Generator) -> pd.DataFrame:
    """One panel of placebo cases, as many as there are real ones where enough states are at hand.

    For each real case, in random order, a state is drawn among those that stand below the same IGO's mean in the year
    before the same accession year, are no members in either year, and do not yet imitate another case of that IGO.
    Its placebo membership lasts as long as the real one, or until it joins in earnest or its record ends.

    Returns
    -------
    DataFrame
        Columns of the panel that the models use: ``case``, ``member`` (1 in placebo years), ``accession``,
        ``duration``, ``years_to_accession`` and all that :class:`PlaceboPool` has.

    Raises
    ------
    NotEnoughData
        If no case finds an imitator.
    """
    # Still out in the accession year itself: who joins then is a real case, and no placebo for one.
    stays_out = pool.pairs.groupby(["igo", "state"])["year"].shift(-1).eq(pool.pairs["year"] + 1)
    below = pool.pairs.loc[stays_out & pool.pairs["distance"].lt(0), ["igo", "state", "year"]]
    candidates = {key: group.to_numpy() for key, group in below.groupby(["igo", "year"])["state"]}
    taken: set[tuple[int, int]] = set()
    chosen = []
    for k in rng.permutation(len(pool.templates)):
        igo, accession, last = pool.templates.iloc[k][["igo", "accession", "last"]]
        free = [state for state in candidates.get((igo, accession - 1), ()) if (igo, state) not in taken]
        if free:
            state = free[rng.integers(len(free))]
            taken.add((igo, state))
            chosen.append((igo, state, accession, last))
    if not chosen:
        raise NotEnoughData("No real case finds a state that could imitate it: the source has too few non-members.")
    cases = pd.DataFrame(chosen, columns=["igo", "state", "accession", "last"])
    rows = pool.pairs.merge(cases, on=["igo", "state"])
    rows = rows[rows["year"].between(rows["accession"] - LEAD_IN, rows["last"])].sort_values(["igo", "state", "year"])
    # A gap means that the state joined in earnest or lost its record: what follows is no longer placebo.
    since = rows["year"] - rows["accession"]
    after = rows[since >= 0]
    unbroken = after.groupby(["igo", "state"]).cumcount().eq(since[since >= 0])
    rows = rows.drop(index=unbroken.index[~unbroken])
    since = rows["year"] - rows["accession"]
    rows.attrs = pool.pairs.attrs
    return rows.assign(
        case=name_cases(rows),
        member=(since >= 0).astype(int),
        duration=(since + 1).where(since >= 0),
        years_to_accession=since.where(since <= 0),
        event_year=since,
    ).reset_index(drop=True)


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
    pairs = outsiders(src, score).merge(src.states[["state", "region"]], on="state")
    open_to = full_members(src).merge(src.states[["state", "region"]], on="state")[["igo", "region"]].drop_duplicates()
    pairs = pairs.merge(open_to, on=["igo", "region"])
    gap = pairs["distance"].abs().groupby([pairs["igo"], pairs["year"]])
    pairs = pairs.assign(others=gap.transform("size"), place=gap.rank() - 1)
    joined = build_panel(src, score, select="all").drop_duplicates("case")[["igo", "state", "case", "accession"]]
    rows = joined.assign(year=joined["accession"] - 1).merge(pairs, on=["igo", "state", "year"])
    rows = rows[rows["others"] > 1]
    return rows.assign(rank=rows["place"] / (rows["others"] - 1))[
        ["igo", "state", "case", "accession", "rank", "others"]
    ].reset_index(drop=True)
