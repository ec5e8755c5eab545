"""The Lexis diagram: where memberships run in calendar and duration."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ..sources.tables import Sources
from ..study.alignment import estimation_rows

CELL = 5
"""Years to a side of a cell of the background."""


def lexis(panel: pd.DataFrame, src: Sources, cases: Iterable[tuple[str, str]], timing: str = "lag") -> pd.DataFrame:
    """The estimation sample by calendar and duration, and some cases as lines.

    Parameters
    ----------
    panel : DataFrame
    src : Sources
    cases : iterable of (state, IGO)
        Names of states and acronyms of IGOs.  Where the source has none of them, as in a simulated world, as many of
        its longest memberships of different accession years.
    timing : str

    Returns
    -------
    DataFrame
        ``line`` ("sample", or "state (IGO)"), ``year``, ``duration``, ``distance`` and ``rows``.  A row of the sample
        is a cell of 5 by 5 years, named by its first ones, with the number of its ``rows``; one of a case is a year.
    """
    names, acronyms = src.states.set_index("state")["name"], src.igos.set_index("igo")["acronym"]
    rows = panel.loc[
        estimation_rows(panel, timing), ["case", "state", "igo", "accession", "year", "duration", "distance"]
    ]
    rows = rows.assign(line=rows["state"].map(names) + " (" + rows["igo"].map(acronyms) + ")")
    wanted = [f"{state} ({igo})" for state, igo in cases]
    if not rows["line"].isin(wanted).any():
        longest = rows.groupby("line").agg(years=("year", "size"), accession=("accession", "first"))
        longest = longest.sort_values("years", ascending=False).drop_duplicates("accession")
        wanted = list(longest.index[: len(wanted)])
    lines = rows[rows["line"].isin(wanted)]
    lines = lines.assign(order=lines["line"].map(wanted.index), rows=1).sort_values(["order", "year"])
    cells = rows.assign(year=rows["year"] // CELL * CELL, duration=(rows["duration"] - 1) // CELL * CELL + 1)
    cells = cells.groupby(["year", "duration"]).agg(distance=("distance", "mean"), rows=("case", "size")).reset_index()
    table = pd.concat([cells.assign(line="sample"), lines])
    return table[["line", "year", "duration", "distance", "rows"]].astype({"duration": int}).reset_index(drop=True)
