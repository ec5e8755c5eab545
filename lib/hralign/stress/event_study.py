"""An event study: distance by year relative to accession, with case and year effects."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..errors import NotEnoughData
from ..study.specification import Z
from .within import within

EVENT_WINDOW = (-10, 20)
"""Years around accession that have an effect of their own; earlier and later ones share that of the end."""


def event_study(panel: pd.DataFrame, window: tuple[int, int] = EVENT_WINDOW) -> pd.DataFrame:
    """Distance by year relative to accession, with case and year effects, intervals clustered by state.

    The reference is the year before accession.  Case effects take out level, year effects common movement; years
    before and after the window share its first and last effect, without which the three clocks (event year,
    calendar year and case) could not be told apart.  Membership years and the years before them are used.

    Parameters
    ----------
    panel : DataFrame
        From :func:`hralign.panel.build_panel`, with any selection of cases.

    Returns
    -------
    DataFrame
        ``event_year``, ``estimate``, ``std_error``, ``lower``, ``upper`` and ``cases`` with a distance in that year;
        the reference year is 0 by construction.

    Raises
    ------
    NotEnoughData
        If too few years around accession have a distance, or all cases are of one state or one year of accession.
    """
    event = panel["year"] - panel["accession"]
    rows = panel[panel["distance"].notna() & (panel["member"].eq(1) | event.lt(0))].reset_index(drop=True)
    event = (rows["year"] - rows["accession"]).clip(*window)
    if event.nunique() < 3 or -1 not in set(event):
        raise NotEnoughData("Too few years around accession have a distance: no event study. Use a longer panel.")
    if rows["accession"].nunique() < 2 or rows["state"].nunique() < 2:
        raise NotEnoughData(
            "An event study needs cases of two states at least, and two years of accession, to tell the years around "
            "accession from those of the calendar. Use a panel with more cases."
        )
    effects = pd.get_dummies(event, dtype=float).drop(columns=-1).rename(columns="event {}".format)
    found = within(rows["distance"], effects, rows["case"], rows["state"], year=rows["year"])
    table = pd.DataFrame({"estimate": found.params, "std_error": np.sqrt(np.diag(found.clustered))})
    table.index = [int(name.removeprefix("event ")) for name in table.index]
    table.loc[-1] = [0.0, 0.0]
    table = table.sort_index().rename_axis("event_year").reset_index()
    reach = Z * table["std_error"]
    cases = rows.groupby(event)["case"].nunique().reindex(table["event_year"]).to_numpy()
    return table.assign(lower=table["estimate"] - reach, upper=table["estimate"] + reach, cases=cases)
