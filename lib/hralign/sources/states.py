"""State codes: one table of every hand-made decision, and the maps that follow from it.

The project's code for a state is that of the Correlates of War (COW).  Other files use
Gleditsch-Ward codes, ISO codes, CIRI codes or names.  Most of them translate mechanically;
``state_codes.csv``, beside this module, lists every exception, one row each, with the years it holds for and why.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import pandas as pd

UN_GROUP_BY_M49 = {
    2: "African",
    142: "Asia-Pacific",
    9: "Asia-Pacific",
    419: "Latin American and Caribbean",
    21: "Western European and Others",
    150: "Western European and Others",
}
"""UN regional group by M49 region; Eastern Europe (subregion 151) and the exceptions table override it."""

EASTERN_EUROPE_M49 = 151


@cache
def state_codes() -> pd.DataFrame:
    """Every hand-made decision on state codes.

    Returns
    -------
    DataFrame
        ``system`` (cow, gw, iso2, iso3, ciri, ictd: codes to translate; membership: an IGO whose record
        lacks the state; iccpr: year of ratification; region: UN group), ``code``, ``state`` (COW; missing
        = dropped on purpose), ``first_year`` and ``last_year`` the row holds for (missing = no bound),
        ``note``.
    """
    with files(__package__).joinpath("state_codes.csv").open(encoding="utf-8") as handle:
        return pd.read_csv(handle, dtype={"code": str}).astype(
            {"state": "Int64", "first_year": "Int64", "last_year": "Int64"}
        )


def exceptions(system: str, dtype: type = str) -> pd.DataFrame:
    """Rows of :func:`state_codes` for one system, with ``code`` cast to ``dtype``."""
    rows = state_codes().query("system == @system")
    return rows.assign(code=rows["code"].map(dtype))


def to_cow(codes: pd.Series, years: pd.Series, system: str, default: pd.Series) -> pd.Series:
    """Translate codes of another system to COW codes.

    Parameters
    ----------
    codes, years : Series
        Aligned; one code and year per row.
    system : str
        Whose exceptions in :func:`state_codes` override the default in the years they hold for.
    default : Series
        COW code of each row by mechanical translation (missing = no COW state).

    Returns
    -------
    Series of Int64
        COW code per row; missing where the row belongs to no COW state.
    """
    state = default.astype("Int64")
    for row in exceptions(system, type(codes.iloc[0])).itertuples():
        holds = codes == row.code
        if pd.notna(row.first_year):
            holds &= years >= row.first_year
        if pd.notna(row.last_year):
            holds &= years <= row.last_year
        state = state.mask(holds, row.state)
    return state


def un_group(state: pd.Series, region_m49: pd.Series, subregion_m49: pd.Series) -> pd.Series:
    """UN regional group of each state (UN DGACM), from its M49 region and the exceptions table."""
    group = region_m49.map(UN_GROUP_BY_M49)
    group = group.mask(subregion_m49.eq(EASTERN_EUROPE_M49), "Eastern European")
    by_hand = exceptions("region").set_index("state")["code"]
    return state.map(by_hand).fillna(group)
