"""Outsiders: the states that a member can be compared with, one pool for placebos, event time and exits.

An **outsider** of an IGO is a state that has had no status in it up to then: no member, associate or observer, now or
before.  The IGO is open to it if a state of its region is a member by then.  It stops being an outsider in the year
in which it gets a status, and whoever compares a case with it stops there for both: nobody is chosen, and nothing is
dropped, by what happens later.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ..controls import add_covariates
from ..errors import HralignError, NotEnoughData
from ..memberships import CASE, WINDOW, full_members
from ..panel import add_distances, build_panel, case_years
from ..sources.tables import Sources
from ..study.specification import TERMS

NEVER = 9999
"""Year in which a state leaves the pool that never leaves it."""

SPILLOVER = ("spillover", "spillover_near")
"""Columns that measure how far an outsider is exposed to the members of an IGO through other IGOs."""

_KEPT = [*CASE, "year", "member", "score", "igo_mean", "distance", "leaves", "open_from", "region", *TERMS[3:]]


@dataclass(frozen=True)
class Outsiders:
    """The pool.

    Attributes
    ----------
    years : DataFrame
        One row per IGO, state and year of the window in which the pair has a distance and the IGO is, sooner or later,
        open to the state's region; sorted by ``igo``, ``state``, ``year``.  The panel's columns that models use, and
        ``leaves`` (the year in which the state stops being an outsider, :data:`NEVER` if none) and ``open_from``.
    exposed : DataFrame
        Indexed by ``igo``, ``state``, ``year``: ``spillover``, the share of the IGO's members with whom the state sits
        in another IGO in that year, and ``spillover_near``, the same without those IGOs to which more than half of all
        states belong.
    panel : DataFrame
        The panel of the members they are to be compared with.
    """

    years: pd.DataFrame
    exposed: pd.DataFrame
    panel: pd.DataFrame

    @cached_property
    def templates(self) -> pd.DataFrame:
        """One row per case of the panel: ``template`` (its name), ``igo``, ``state``, ``region``, ``accession`` and
        ``last``, its last membership year with a distance (the accession if there is none)."""
        cases = self.panel.drop_duplicates("case").set_index("case")[[*CASE, "region", "accession"]]
        inside = self.panel[self.panel["member"].eq(1) & self.panel["distance"].notna()]
        last = inside.groupby("case")["year"].max().reindex(cases.index).fillna(cases["accession"])
        return cases.assign(last=last.astype(int)).rename_axis("template").reset_index()

    @cached_property
    def distances(self) -> pd.DataFrame:
        """Distance of every pair, indexed by ``igo``, ``state``, one column per year; missing where there is none."""
        return self._wide("distance")

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Score of every pair in the years in which it has a distance, in rows and columns of :attr:`distances`."""
        return self._wide("score")

    def _wide(self, column: str) -> pd.DataFrame:
        calendar = range(self.years["year"].min(), max(self.years["year"].max(), self.panel["year"].max()) + 1)
        return self.years.pivot_table(index=CASE, columns="year", values=column).reindex(columns=calendar)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """``leaves``, ``open_from`` and ``region`` of every pair, in the rows of :attr:`distances`."""
        return self.years.drop_duplicates(CASE).set_index(CASE)[["leaves", "open_from", "region"]]

    @cached_property
    def _arrays(self) -> tuple[dict[int, np.ndarray], np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """What :meth:`at` looks up hundreds of times: positions by IGO, and columns as arrays."""
        igo = self.distances.index.get_level_values("igo")
        places = {int(one): np.flatnonzero(igo == one) for one in igo.unique()}
        columns = (self.pairs[name].to_numpy() for name in ("leaves", "open_from", "region"))
        return places, self.distances.to_numpy(), *columns

    def at(self, igo: int, year: int, select: str = "below", region: str | None = None) -> np.ndarray:
        """Positions in :attr:`pairs` of the outsiders that a case with accession in ``year`` is compared with.

        They are outsiders in that year, the IGO is open to them, and their distance in the year before has the sign
        that ``select`` (as in :func:`hralign.build_panel`) asks for.  With a ``region``, only states of that one.
        """
        places, distances, leaves, open_from, regions = self._arrays
        place, before = places.get(igo, np.array([], dtype=int)), year - 1 - self.distances.columns[0]
        if not len(place) or not 0 <= before < distances.shape[1]:
            return place[:0]
        start = distances[place, before]
        keep = {"below": start < 0, "above": start > 0, "all": ~np.isnan(start)}[select]
        keep = keep & (leaves[place] > year) & (open_from[place] <= year)
        if region is not None:
            keep &= regions[place] == region
        return place[keep]


def find_outsiders(
    src: Sources, score: str = "fariss", *, select: str = "below", window: tuple[int, int] = WINDOW
) -> Outsiders:
    """The pool of outsiders of all IGOs of the study, with the panel of the cases that they stand beside.

    Parameters
    ----------
    src : Sources
    score : str
    select : {"below", "above", "all"}
        Cases of the panel, by the sign of their distance before accession; a pool holds all outsiders in any case.
    window : (int, int)

    Raises
    ------
    HralignError
        As for :func:`hralign.build_panel`.
    NotEnoughData
        If no IGO has an outsider of a region that it is open to.
    """
    check_select(select)
    members = full_members(src, window)
    values = src.score(score)
    pairs = _open_pairs(src, sorted(members["igo"].unique()), values.index.unique("state"))
    rows = add_distances(case_years(pairs, members, window), members, values)
    rows = rows[rows["distance"].notna()]
    outside = rows["year"].lt(rows["leaves"]) & rows["year"].ge(rows["open_from"])
    if not outside.any():
        raise NotEnoughData(
            "No state is outside of an IGO that is open to its region: there is nobody to compare members with. "
            "Use a source in which some states stay out."
        )
    panel = build_panel(src, score, select=select, window=window)
    rows = add_covariates(src, rows.drop(columns="region"))[_KEPT]
    return Outsiders(rows.reset_index(drop=True), exposure(src, members["igo"].unique(), window), panel)


def _open_pairs(src: Sources, igos: list[int], scored: pd.Index) -> pd.DataFrame:
    """Every IGO and state of a region that ever has a member there: ``leaves``, ``open_from``, ``region``."""
    rows = src.memberships[src.memberships["igo"].isin(igos)]
    leaves = rows.groupby(CASE)["year"].min().rename("leaves").reset_index()
    regions = src.states[["state", "region"]]
    full = rows[rows["status"].eq(1)].merge(regions, on="state")
    open_from = full.groupby(["igo", "region"])["year"].min().rename("open_from").reset_index()
    states = regions[regions["state"].isin(scored)]
    pairs = open_from.merge(states, on="region").merge(leaves, how="left", on=CASE)
    return pairs.assign(leaves=pairs["leaves"].fillna(NEVER).astype(int))


def exposure(src: Sources, igos: np.ndarray, window: tuple[int, int] = WINDOW) -> pd.DataFrame:
    """With how large a share of an IGO's members each state sits in other IGOs, year by year (0 to 1).

    All full memberships on record count, in the IGOs of the study and in others, from the year before the window on.

    Returns
    -------
    DataFrame
        Indexed by ``igo``, ``state``, ``year``: the columns :data:`SPILLOVER`.
    """
    rows = src.memberships[src.memberships["status"].eq(1) & src.memberships["year"].between(window[0] - 1, window[1])]
    states, clubs = np.sort(rows["state"].unique()), np.sort(rows["igo"].unique())
    wanted = np.searchsorted(clubs, np.sort(igos))
    parts = []
    for year, part in rows.groupby("year"):
        inside = np.zeros((len(states), len(clubs)), dtype=np.float32)
        inside[np.searchsorted(states, part["state"]), np.searchsorted(clubs, part["igo"])] = 1
        alive = inside.any(axis=1).sum()
        near = inside[:, inside.sum(axis=0) <= alive / 2]
        size = inside[:, wanted].sum(axis=0)
        shares = [_share(inside, wanted, each, size) for each in (inside, near)]
        i, j = np.nonzero(np.broadcast_to(size > 0, (len(states), len(wanted))))
        keys = {"igo": clubs[wanted[j]], "state": states[i], "year": year}
        parts.append(pd.DataFrame(keys | {name: one[i, j] for name, one in zip(SPILLOVER, shares, strict=True)}))
    return pd.concat(parts).set_index([*CASE, "year"])


def _share(inside: np.ndarray, wanted: np.ndarray, clubs: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Share of each wanted IGO's members with whom a state that is not in it shares one of ``clubs``; (state, igo).

    For an outsider of the IGO, whatever it shares with its members is another IGO.
    """
    meets = (clubs @ clubs.T > 0).astype(np.float32)
    with np.errstate(invalid="ignore", divide="ignore"):
        return meets @ inside[:, wanted] / size


def check_select(select: str) -> None:
    """Refuse an unknown selection, before anything long begins."""
    if select not in ("below", "above", "all"):
        raise HralignError(f"There is no selection '{select}'. Choose one of: below, above, all.")
