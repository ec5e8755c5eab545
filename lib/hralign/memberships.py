"""Who belongs where: memberships that count, the cases they begin, and how these end."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .coding import Coding, find_coding
from .sources.tables import Sources

WINDOW = (1965, 2014)
"""First and last year of the study.

Of earlier years only the one before counts, and only to tell who joins in the first: see :func:`first_year_seen`."""

EXIT_KINDS = ("withdraws", "state ceases", "IGO ends")

CASE = ["igo", "state"]
"""What makes a case: one state in one IGO."""


def full_members(src: Sources, window: tuple[int, int] = WINDOW, coding: Coding | str | None = None) -> pd.DataFrame:
    """Memberships that count, in the IGOs with an authority score: one row per ``igo``, ``state``, ``year``.

    Where the coding lets states join in the first year of the window, the year before it is there too.
    """
    coding = find_coding(coding)
    major = src.igos.loc[src.igos["major"].eq(1) & ~src.igos["igo"].isin(coding.left_out), "igo"]
    rows = src.memberships
    keep = rows["status"].isin(coding.statuses) & rows["year"].between(first_year_seen(window, coding), window[1])
    return rows.loc[keep & rows["igo"].isin(major), [*CASE, "year"]]


def first_year_seen(window: tuple[int, int], coding: Coding) -> int:
    """First year that must be seen: the one before the window, if joining in its first year is to be known."""
    return window[0] - (coding.first_year != "left out")


def find_cases(
    src: Sources,
    members: pd.DataFrame,
    window: tuple[int, int] = WINDOW,
    coding: Coding | str | None = None,
) -> pd.DataFrame:
    """Every state-IGO pair that begins within the window, with its accession, exit and kind of exit.

    A membership already there in the first year has no accession, unless the coding says so.  A state that left and
    came back has not exited.  Where the record of an IGO breaks off, nobody has: ``exit`` is the first observed
    year without the membership, or the year after the last if state or IGO came to an end.
    """
    coding = find_coding(coding)
    counted = members[members["year"] >= window[0]] if coding.first_year == "present" else members
    spells = counted.groupby(CASE)["year"].agg(accession="min", last="max").reset_index()
    spells = spells[spells["accession"] > first_year_seen(window, coding)]
    state_end = src.states.set_index("state")["last_year"].where(src.states.set_index("state")["ceased"].eq(1))
    igo_end = src.igos.set_index("igo")["last_year"].where(src.igos.set_index("igo")["ended"].eq(1))
    spells["igo_over"] = spells["igo"].map(igo_end).le(spells["last"])
    spells["state_over"] = spells["state"].map(state_end).le(spells["last"])
    over = spells["igo_over"] | spells["state_over"]
    next_year = spells["last"].add(1).where(spells["last"] < window[1])
    spells["exit"] = next_year.where(over, _next_observed_year(src, spells, window)).astype("Int64")
    spells["exit_kind"] = np.select(
        [spells["exit"].isna(), spells["igo_over"], spells["state_over"]],
        [None, "IGO ends", "state ceases"],
        "withdraws",
    )
    spells["case"] = name_cases(spells)
    return spells[[*CASE, "case", "accession", "exit", "exit_kind"]].reset_index(drop=True)


def name_cases(rows: pd.DataFrame) -> pd.Series:
    """The name of each row's case, ``"{igo}-{state}"``."""
    return rows["igo"].astype(str) + "-" + rows["state"].astype(str)


def _next_observed_year(src: Sources, spells: pd.DataFrame, window: tuple[int, int]) -> pd.Series:
    observed = src.igo_years.loc[src.igo_years["observed"].eq(1) & src.igo_years["year"].le(window[1])]
    ahead = pd.merge_asof(
        spells[["igo", "last"]].reset_index().sort_values("last"),
        observed[["igo", "year"]].sort_values("year"),
        left_on="last", right_on="year", by="igo", direction="forward", allow_exact_matches=False,
    )  # fmt: skip
    return ahead.set_index("index")["year"].reindex(spells.index)


def find_holes(src: Sources, members: pd.DataFrame) -> pd.DataFrame:
    """Every hole in a run of membership years: ``igo``, ``state``, ``case``, ``left``, ``year`` of return, ``away``.

    ``left`` is the last year before the hole.  The state was really ``away`` if the IGO is on record in at least one
    year of the hole; otherwise only the record was silent.
    """
    runs = members.sort_values([*CASE, "year"])
    step = runs.groupby(CASE)["year"].diff()
    holes = runs.assign(left=runs["year"] - step, case=name_cases(runs))[step > 1].astype({"left": int})
    observed = src.igo_years[src.igo_years["observed"].eq(1)].groupby("igo")["year"].agg(set)
    away = [
        not observed.get(hole.igo, set()).isdisjoint(range(hole.left + 1, hole.year)) for hole in holes.itertuples()
    ]
    return holes.assign(away=pd.Series(away, index=holes.index, dtype=bool)).reset_index(drop=True)
