"""From the raw files to the tidy tables of :mod:`hralign.sources.tables`: one function per file.

Every function takes the folder and returns a table keyed by COW state code and year (or IGO and
year).  Columns that the study does not use are dropped here and nowhere else.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import HralignError
from .states import exceptions, to_cow, un_group
from .vocabulary import FULL_MEMBER, RIGHTS

FIRST_YEAR = 1945
"""Scores and covariates are kept from this year on; memberships from the beginning of the record."""

HUMAN_RIGHTS_IGOS = {1390, 2702, 2830, 3760, 3761, 3770, 3900, 4400, 4410}
"""Our coding, a judgement: Council of Europe, ICC, ILO, OAU and AU, OSCE, OAS, UN, UNESCO."""

MISSING_RECORD = -9


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """All tables of :class:`~hralign.sources.tables.Sources` from the raw files in ``folder``."""
    igo_file = _rda(folder, "igo_year_format3", {"ionum", "year", "political", "social", "economic"})
    state_file = _rda(folder, "state_year_format3", {"ccode", "year", "state"})
    memberships, igo_years, igos = igo_tables(igo_file, state_file, authority(folder))
    states = state_table(folder, state_file)
    scores = score_table(folder)
    in_record = scores[scores["state"].isin(states["state"])]
    return {
        "states": states,
        "igos": igos,
        "memberships": memberships,
        "igo_years": igo_years,
        "scores": in_record,
        "state_years": covariate_table(folder, states, in_record),
    }


# --- reading ------------------------------------------------------------------------------------


def _rda(folder: Path, name: str, expected: set[str]) -> pd.DataFrame:
    import rdata  # slow to import, and only needed for the first parse

    path = folder / f"{name}.rda"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # rdata notes R classes it reads as plain columns
            frame = rdata.read_rda(path)[name]
    except Exception as error:  # a damaged file can fail anywhere in the decoder
        raise HralignError(f"{path.name} cannot be read as R data ({error}). Run `hralign fetch`.") from None
    return _expect(frame, expected, path)


def _csv(folder: Path, name: str, expected: set[str], **options) -> pd.DataFrame:
    path = folder / name
    try:
        frame = pd.read_csv(path, encoding="utf-8-sig", **options)
    except (ValueError, OSError) as error:
        raise HralignError(f"{path.name} cannot be read as CSV ({error}). Run `hralign fetch`.") from None
    return _expect(frame, expected, path)


def _expect(frame: pd.DataFrame, expected: set[str], path: Path) -> pd.DataFrame:
    missing = sorted(expected - set(frame.columns))
    if missing:
        raise HralignError(
            f"{path.name} has no column {', '.join(missing)}: not the registered version. Run `hralign fetch`."
        )
    return frame


# --- memberships --------------------------------------------------------------------------------


def authority(folder: Path) -> pd.DataFrame:
    """Measure of International Authority: ``igo``, ``year``, ``delegation`` (0-1)."""
    frame = _csv(folder, "IGOdata.csv", {"cow_igocode", "year", "delegation"})
    return frame.rename(columns={"cow_igocode": "igo"})[["igo", "year", "delegation"]]


def igo_tables(
    igo_file: pd.DataFrame, state_file: pd.DataFrame, authority: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Memberships in long form, years of each IGO, and the IGOs themselves, from COW's wide IGO-years."""
    code = state_file.drop_duplicates("state").set_index("state")["ccode"].astype(int)
    code = code.replace(exceptions("cow", int).set_index("code")["state"].to_dict())
    columns = [column for column in igo_file.columns if column in code.index]
    igo_file = igo_file.astype({"ionum": int, "year": int}).rename(columns={"ionum": "igo"})
    status = igo_file[columns].to_numpy()

    row, column = np.nonzero(np.isin(status, (1, 2, 3)))
    on_record = pd.DataFrame(
        {
            "igo": igo_file["igo"].to_numpy()[row],
            "state": code[columns].to_numpy()[column],
            "year": igo_file["year"].to_numpy()[row],
            "status": status[row, column].astype(int),
        }
    )
    memberships = (
        pd.concat([on_record, _memberships_off_record()])
        .sort_values("status")  # where two rows speak of one membership, the fuller counts
        .drop_duplicates(["igo", "state", "year"])
        .sort_values(["igo", "state", "year"])
    )

    observed = ~np.all((status == MISSING_RECORD) | np.isnan(status), axis=1)
    igo_years = igo_file[["igo", "year"]].assign(observed=observed.astype(int))
    igo_years = igo_years.merge(authority, how="left", on=["igo", "year"])

    by_igo = igo_file.groupby("igo")
    igos = by_igo[["political", "economic", "social"]].last().astype(int)
    igos = igos.assign(
        acronym=by_igo["ioname"].last(), name=by_igo["orgname"].last(),
        first_year=by_igo["year"].min(), last_year=by_igo["year"].max(),
    ).reset_index()  # fmt: skip
    igos["ended"] = igos["last_year"].lt(igo_file["year"].max()).astype(int)
    igos["major"] = igos["igo"].isin(authority["igo"]).astype(int)
    igos["human_rights_igo"] = igos["igo"].isin(HUMAN_RIGHTS_IGOS).astype(int)
    return memberships, igo_years, igos


def _memberships_off_record() -> pd.DataFrame:
    rows = exceptions("membership", int)
    return pd.DataFrame(
        [
            {"igo": row.code, "state": row.state, "year": year, "status": FULL_MEMBER}
            for row in rows.itertuples()
            for year in range(row.first_year, row.last_year + 1)
        ]
    )


# --- states -------------------------------------------------------------------------------------


def state_table(folder: Path, state_file: pd.DataFrame) -> pd.DataFrame:
    """COW states with name, UN regional group, and first and last year in the state system."""
    codes = _rda(folder, "gw_cw_panel", {"ccode", "cw_name", "gwcode", "year"})
    system = state_file.assign(state=to_cow(state_file["ccode"].astype(int), state_file["year"], "cow",
                                            default=state_file["ccode"]).astype(int))  # fmt: skip
    states = system.groupby("state")["year"].agg(first_year="min", last_year="max").astype(int).reset_index()
    names = codes.dropna(subset=["ccode", "cw_name"]).sort_values("year").groupby("ccode")["cw_name"].last()
    states["name"] = states["state"].map(names)
    states["ceased"] = states["last_year"].lt(states["last_year"].max()).astype(int)
    m49 = _m49(folder).reindex(states["state"])
    group = un_group(states["state"], m49["unreg"].reset_index(drop=True), m49["unsubreg"].reset_index(drop=True))
    return states.assign(region=group)


def _cirights(folder: Path) -> pd.DataFrame:
    expected = ["cow", "iso_a3", "unreg", "unsubreg"]
    return _csv(folder, "cirights_v1.22.11.25.csv", set(expected), usecols=expected).dropna(subset=["cow"])


def _m49(folder: Path) -> pd.DataFrame:
    return _cirights(folder).groupby("cow")[["unreg", "unsubreg"]].first()


# --- scores -------------------------------------------------------------------------------------


def score_table(folder: Path) -> pd.DataFrame:
    """Every measure of respect for human rights, one row per state-year that has any."""
    parts = [
        _fariss(folder, "HumanRightsProtectionScores_v2.04.csv", "latent", "fariss"),
        _fariss(folder, "HumanRightsProtectionScores_v3.01.csv", "theta_", "fariss_v3"),
        _ciri(folder),
    ]
    joined = pd.concat([part.set_index(["state", "year"]) for part in parts], axis=1).sort_index()
    return joined.reset_index()


def _fariss(folder: Path, name: str, prefix: str, score: str) -> pd.DataFrame:
    columns = {"COW": "state", "YEAR": "year", f"{prefix}mean": score, f"{prefix}sd": f"{score}_sd"}
    frame = _csv(folder, name, set(columns), usecols=list(columns)).rename(columns=columns)
    whole = frame["state"].mod(1).eq(0)  # fractional codes are territories, not states
    return _one_state_each(frame[whole].astype({"state": int}))


def _ciri(folder: Path) -> pd.DataFrame:
    columns = {"COW": "state", "YEAR": "year", "CIRI": "ciri", "DISAP": RIGHTS[0], "KILL": RIGHTS[1],
               "TORT": RIGHTS[2], "POLPRIS": RIGHTS[3]}  # fmt: skip
    frame = _csv(folder, "CIRI_physint2011.csv", set(columns)).rename(columns=columns)
    rights = frame[list(RIGHTS)]
    frame[list(RIGHTS)] = rights.where(rights >= 0)  # -999 missing, -77 interregnum, -66 interruption
    frame = frame.dropna(subset=list(RIGHTS), how="all")
    frame["state"] = to_cow(frame["ciri"], frame["year"], "ciri", default=frame["state"])
    return _one_state_each(frame.dropna(subset=["state"])[["state", "year", *RIGHTS]].astype({"state": int}))


def _one_state_each(frame: pd.DataFrame) -> pd.DataFrame:
    """Apply COW exceptions; where two old codes meet in one year, the surviving code's row is kept."""
    recoded = to_cow(frame["state"], frame["year"], "cow", default=frame["state"]).astype(int)
    frame = frame.assign(survivor=recoded.eq(frame["state"]), state=recoded).sort_values("survivor")
    return frame.drop_duplicates(["state", "year"], keep="last").drop(columns="survivor")


# --- covariates ---------------------------------------------------------------------------------


def covariate_table(folder: Path, states: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Covariates for every state-year from 1945 in which the state exists or has a score."""
    last = states["last_year"].max()
    alive = states[["state", "first_year", "last_year"]].merge(
        pd.DataFrame({"year": range(FIRST_YEAR, last + 1)}), how="cross"
    )
    alive = alive[alive["year"].between(alive["first_year"], alive["last_year"])]
    grid = pd.concat([alive[["state", "year"]], scores[["state", "year"]]]).drop_duplicates()
    grid = grid.sort_values(["state", "year"], ignore_index=True)
    for part in (_wdi(folder), _long_run_economy(folder), _taxes(folder), _democracy(folder), _wars(folder)):
        grid = grid.merge(part, how="left", on=["state", "year"])
    ratified = grid["state"].map(_ratification_years(folder))
    flags = {"iccpr": ratified.le(grid["year"])}
    flags |= {war: grid[war].eq(True) for war in ("civil_war", "civil_war_intrastate")}
    return grid.assign(**{name: flag.astype(int) for name, flag in flags.items()})


def _iso3_to_cow(folder: Path) -> pd.Series:
    pairs = _cirights(folder).dropna(subset=["iso_a3"]).drop_duplicates("iso_a3")
    return pairs.set_index("iso_a3")["cow"].astype(int)


def _read_wdi(folder: Path) -> pd.DataFrame:
    # "NA" is Namibia's ISO code as well as the file's mark for a missing number.
    expected = {"country", "iso2c", "iso3c", "year", "gdpPercap"}
    frame = _csv(folder, "wdi.csv", expected, keep_default_na=False, na_values={"gdpPercap": ["NA"]})
    default = frame["iso3c"].map(_iso3_to_cow(folder))
    frame["state"] = to_cow(frame["iso3c"], frame["year"], "iso3", default)
    return frame.dropna(subset=["state"])  # regions and income groups have no state


def _wdi(folder: Path) -> pd.DataFrame:
    frame = _read_wdi(folder).rename(columns={"gdpPercap": "gdp_per_capita"})
    return frame[["state", "year", "gdp_per_capita"]].astype({"state": int})


def _long_run_economy(folder: Path) -> pd.DataFrame:
    columns = {"ccode": "state", "year": "year", "mrgdppc": "gdp_per_capita_fariss", "pwtpop": "population"}
    frame = _rda(folder, "cw_gdppop", set(columns)).rename(columns=columns)
    return _one_state_each(frame[list(columns.values())].astype({"state": int, "year": int}))


def _taxes(folder: Path) -> pd.DataFrame:
    tax = "Total tax revenue (% of GDP) (ICTD (2019))"
    frame = _csv(folder, "ictd_grd_2021.csv", {"Entity", "Year", tax})
    by_name = _read_wdi(folder).drop_duplicates("country").set_index("country")["state"]
    frame["state"] = to_cow(frame["Entity"], frame["Year"], "ictd", default=frame["Entity"].map(by_name))
    frame = frame.dropna(subset=["state"]).rename(columns={"Year": "year", tax: "tax_gdp"})
    return frame[["state", "year", "tax_gdp"]].astype({"state": int})


def _democracy(folder: Path) -> pd.DataFrame:
    frame = _rda(folder, "cw_democracy", {"ccode", "year", "polity2"}).rename(columns={"ccode": "state"})
    return _one_state_each(frame[["state", "year", "polity2"]].astype({"state": int, "year": int}))


def _wars(folder: Path) -> pd.DataFrame:
    """State-years with an intrastate conflict on the government side, with and without outside troops."""
    frame = _rda(folder, "ucdp_acd", {"year", "gwno_a", "type_of_conflict"}).astype({"year": int, "gwno_a": int})
    frame = frame[frame["type_of_conflict"].isin(["intrastate", "II"])]
    codes = _rda(folder, "gw_cw_panel", {"gwcode", "ccode", "year"}).dropna(subset=["gwcode", "ccode"])
    default = frame[["gwno_a", "year"]].merge(
        codes.drop_duplicates(["gwcode", "year"]),
        how="left",
        left_on=["gwno_a", "year"],
        right_on=["gwcode", "year"],
    )["ccode"]
    frame["state"] = to_cow(frame["gwno_a"], frame["year"], "gw", default.set_axis(frame.index))
    frame = frame.dropna(subset=["state"]).astype({"state": int})
    by_year = frame.assign(intrastate=frame["type_of_conflict"].eq("intrastate").astype(bool)).groupby(
        ["state", "year"]
    )
    wars = pd.DataFrame({"civil_war": True, "civil_war_intrastate": by_year["intrastate"].any()})
    return wars.reset_index()


def _ratification_years(folder: Path) -> pd.Series:
    """Year each state ratified or acceded to the ICCPR, by COW code (missing = not a party)."""
    year = "year ratification or accession"
    frame = _csv(folder, "iccpr.csv", {"iso2", year}, keep_default_na=False)
    by_iso2 = _read_wdi(folder).drop_duplicates("iso2c").set_index("iso2c")["state"]
    years = pd.to_numeric(frame[year], errors="coerce")
    state = to_cow(frame["iso2"], years, "iso2", default=frame["iso2"].map(by_iso2))
    from_file = pd.Series(years.to_numpy(), index=state).loc[lambda s: s.index.notna()]
    by_hand = exceptions("iccpr", int).set_index("state")["code"]
    return pd.concat([by_hand, from_file]).loc[lambda s: ~s.index.duplicated()].astype(float)
