"""The cases that accompany the book: one that moved, one that left, one that moved away."""

from __future__ import annotations

import pandas as pd

CAST = {
    "1240-560": "South Africa in the Commonwealth",
    "1240-552": "Zimbabwe in the Commonwealth",
    "750-775": "Myanmar in ASEAN",
}
"""Names of the three cases, by the case: South Africa came back in 1994, Zimbabwe was in from 1980 to 2003, Myanmar
joined in 1997."""


def of_cast(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the cases in :data:`CAST`, in its order, with their names.

    Parameters
    ----------
    rows : DataFrame
        With a column ``case``: of a panel or of an estimation sample.

    Returns
    -------
    DataFrame
        ``who`` first; empty where the cases do not exist, as in a simulated world.
    """
    parts = [rows[rows["case"].eq(case)].assign(who=who) for case, who in CAST.items()]
    table = pd.concat(parts, ignore_index=True)
    return table[["who", *(name for name in table if name != "who")]]
