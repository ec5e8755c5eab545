"""The panel: one row per case and year, a case being one state in one IGO.

Each step is a function from tidy tables to a tidy table, in the order in which chapter 5 takes
them: who belongs where, what company that is, how far from it the state stands, what time it is in
the life of the membership, and which cases the study follows.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from .coding import CHOICES, Coding, find_coding
from .controls import SCALED, add_covariates, moments
from .errors import HralignError, NotEnoughData
from .memberships import CASE, WINDOW, find_cases, first_year_seen, full_members
from .sources.tables import Sources

SELECTIONS = ("below", "above", "all")
"""Cases by the sign of their distance where the coding selects them; the paper follows those ``below``."""

COLUMNS = [
    "igo", "state", "case", "year", "member", "score", "igo_mean", "distance", "members", "accession", "exit",
    "exit_kind", "duration", "years_to_accession", "years_since_exit", "d_igo_mean", "gdp", "iccpr",
    "civil_war", "delegation", "human_rights_igo", "political", "economic", "social", "region", "tax_gdp",
]  # fmt: skip


def build_panel(
    src: Sources,
    score: str = "fariss",
    *,
    coding: Coding | str | None = None,
    window: tuple[int, int] = WINDOW,
    select: str = "below",
) -> pd.DataFrame:
    """The panel of the study: every year of every selected case that has a membership or a distance.

    Parameters
    ----------
    src : Sources
    score : str
        Measure of respect for human rights, one of :data:`hralign.sources.tables.SCORES`.
    coding : Coding or str, optional
        What is chosen where the article is silent, or the name of a coding; :data:`hralign.coding.DEFAULT` without.
    window : (int, int)
        First and last year.
    select : {"below", "above", "all"}
        Which cases to keep, by the sign of the distance in the year before accession (or when the coding says).

    Returns
    -------
    DataFrame
        One row per case-year, sorted by ``igo``, ``state``, ``year``; columns :data:`COLUMNS`, explained
        in the codebook.  Clocks are missing outside the period they count.  ``.attrs`` holds the ``coding``, and the
        ``moments`` of controls that it standardises over wider rows (span -> :class:`hralign.controls.Moments`).

    Raises
    ------
    HralignError
        If the score, the coding or the selection is unknown.
    NotEnoughData
        If the score is missing everywhere, or no case is left.

    Examples
    --------
    A small world with one case, a state that joins an IGO in 1998:

    >>> import hralign as hr
    >>> src = hr.simulate(hr.World(n_states=12, n_igos=4, first_year=1990, last_year=2009), seed=50)
    >>> panel = hr.build_panel(src).set_index("year")
    >>> panel.loc[1997:1999, ["case", "member", "duration", "years_to_accession"]]
               case  member  duration  years_to_accession
    year
    1997  5001-1005       0      <NA>                  -1
    1998  5001-1005       1         1                   0
    1999  5001-1005       1         2                <NA>
    >>> bool(panel["distance"].eq(panel["score"] - panel["igo_mean"]).all())
    True
    """
    coding = find_coding(coding)
    if select not in SELECTIONS:
        raise HralignError(f"There is no selection '{select}'. Choose one of: {', '.join(SELECTIONS)}.")
    values = src.score(score)
    members = full_members(src, window, coding)
    cases = find_cases(src, members, window, coding)
    years = add_distances(case_years(cases, members, window, coding), members, values, coding)
    years = years[years["case"].isin(select_cases(years, select, coding))]
    if years.empty:
        raise NotEnoughData(
            f"No case is left: in {first_year_seen(window, coding) + 1}-{window[1]} "
            f"no state joins an IGO with a '{score}' distance "
            f"({select}) in the year before. Widen the window, or change the selection or the coding."
        )
    years = add_clocks(years, coding)
    years = years[years["member"].eq(1) | years["distance"].notna()]
    panel = add_covariates(src, years, coding)[COLUMNS].reset_index(drop=True)
    wide = {coding.over(term) for term in SCALED} & {"memberships", "everything"}
    panel.attrs = {
        "coding": coding,
        "moments": {span: moments(src, members, window, coding, span) for span in sorted(wide)},
    }
    return panel


def coding_of(panel: pd.DataFrame) -> Coding:
    """The coding that a panel was made under, which it remembers; the default for a table that says nothing of it."""
    return panel.attrs.get("coding") or find_coding()


def recode(panel: pd.DataFrame, **options: Any) -> pd.DataFrame:
    """The panel under a coding that makes another sample of it: choices that are not built into its rows.

    Parameters
    ----------
    panel : DataFrame
        From :func:`build_panel`.
    **options
        Choices and their options, as for :meth:`hralign.coding.Coding.vary`: how the outcome is lagged, the last year,
        and rows to standardise over.

    Raises
    ------
    HralignError
        If a choice is built into the panel: ask :func:`build_panel` for that coding.
    """
    coding = coding_of(panel).vary(**options)
    built_in = [name for name in coding.differs(coding_of(panel)) if CHOICES[name]["part"] == "panel"]
    if built_in:
        raise HralignError(
            f"The panel was built with {built_in[0]}={getattr(coding_of(panel), built_in[0])!r}, which cannot be "
            f"changed afterwards to {options[built_in[0]]!r}. Build it anew with that coding."
        )
    panel = panel.copy(deep=False)
    panel.attrs["coding"] = coding
    return panel


def case_years(
    cases: pd.DataFrame,
    members: pd.DataFrame,
    window: tuple[int, int] = WINDOW,
    coding: Coding | str | None = None,
) -> pd.DataFrame:
    """Every year of the window for every case, ``member`` telling the years of membership (0 or 1)."""
    start = first_year_seen(window, find_coding(coding))
    grid = cases.merge(pd.DataFrame({"year": range(start, window[1] + 1)}), how="cross")
    grid = grid.merge(members.assign(member=1), how="left", on=[*CASE, "year"])
    return grid.assign(member=grid["member"].fillna(0).astype(int)).sort_values([*CASE, "year"], ignore_index=True)


def add_distances(
    years: pd.DataFrame, members: pd.DataFrame, score: pd.Series, coding: Coding | str | None = None
) -> pd.DataFrame:
    """Add ``score``, ``members``, the leave-one-out ``igo_mean``, ``distance`` and ``d_igo_mean``.

    The IGO mean of case (j, i) in year t is the mean score of all members of j in t that have a score, without i unless
    the coding says so; outside membership the plain mean.
    """
    coding = find_coding(coding)
    scored = members.join(score, on=["state", "year"])
    company = scored.groupby(["igo", "year"]).agg(
        members=("state", "size"), total=("score", "sum"), count=("score", "count")
    )
    years = years.join(score, on=["state", "year"]).join(company, on=["igo", "year"])
    plain = years["total"] / years["count"]
    others = mean_of_others(years["total"], years["count"], years["score"].where(years["member"].eq(1)))
    years["igo_mean"] = others if coding.company == "others" else plain
    years["distance"] = years["score"] - years["igo_mean"]
    years["d_igo_mean"] = _change(years, years["igo_mean"] if coding.change_of == "company" else plain, coding.change)
    return years.drop(columns=["total", "count"])


def _change(years: pd.DataFrame, mean: pd.Series, change: str) -> pd.Series:
    """Change of a mean from one calendar year of a case to another."""
    steps = {"current - previous": (1, 1), "previous - current": (1, -1), "current - next": (-1, 1)}
    shift, sign = steps.get(change, (-1, -1))
    return sign * mean.groupby([years[key] for key in CASE]).diff(shift)


def mean_of_others(total: pd.Series, count: pd.Series, own: pd.Series) -> pd.Series:
    """Leave-one-out mean: (sum of all scores - own score) / (their number - 1); without an own score, the plain mean.

    Missing where nobody else has a score.

    Examples
    --------
    Three members with scores 1, 2 and 6, seen from the first of them, and from outside:

    >>> mean_of_others(pd.Series([9.0, 9.0]), pd.Series([3, 3]), pd.Series([1.0, None])).tolist()
    [4.0, 3.0]
    """
    others = count - own.notna()
    return (total - own.fillna(0)) / others.where(others > 0)


def select_cases(years: pd.DataFrame, select: str = "below", coding: Coding | str | None = None) -> pd.Series:
    """Names of the cases with a distance of the wanted sign in the year before accession, or when the coding says."""
    at = find_coding(coding).selected_at
    if at == "mean before":
        earlier = years[years["year"] < years["accession"]]
        before = earlier.groupby("case")["distance"].mean().dropna().reset_index()
    else:
        before = years.loc[years["year"].eq(years["accession"] - (at == "year before"))].dropna(subset=["distance"])
    wanted = {
        "below": before["distance"].lt(0),
        "above": before["distance"].gt(0),
        "all": before["distance"].notna(),
    }
    return before.loc[wanted[select], "case"]


def add_clocks(years: pd.DataFrame, coding: Coding | str | None = None) -> pd.DataFrame:
    """Add ``duration``, ``years_to_accession`` and ``years_since_exit``; missing outside their period.

    ``duration`` is the running count of membership years, the first being 1: it stands still while a
    state is out and goes on when it comes back, unless the coding says otherwise.
    """
    to_accession, since_exit = years["year"] - years["accession"], years["year"] - years["exit"]
    member = years["member"].eq(1) & to_accession.ge(0)
    by_case = [years[key] for key in CASE]
    how = find_coding(coding).duration
    if how == "since accession":
        count = to_accession + 1
    elif how == "by spell":
        spell = (member & ~member.groupby(by_case).shift(fill_value=False)).groupby(by_case).cumsum()
        count = member.astype(int).groupby([*by_case, spell]).cumsum()
    else:
        count = member.astype(int).groupby(by_case).cumsum()
    return years.assign(
        duration=count.where(member).astype("Int64"),
        years_to_accession=to_accession.where(to_accession <= 0).astype("Int64"),
        years_since_exit=since_exit.where(since_exit >= 0).astype("Int64"),
    )
