"""The scoreboard: what the record says of each hypothesis under each assumption, and what the four words weigh.

Every number is read from the record.  :data:`READINGS` says which result answers which hypothesis, on what assumption,
and over how many years it is to be read, so that readings of one hypothesis share a unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from ..errors import HralignError
from ..study.specification import Z
from .claims import look_up
from .store import recorded
from .studies import recorded_study


class Reading(NamedTuple):
    """One way of asking for a hypothesis.

    Attributes
    ----------
    hypothesis, reading, assumes : str
        Which; what is compared; and what has to hold for it to speak of the hypothesis.
    row : str
        Result and row of the record.
    columns : tuple of str
        Its estimate, then either the two ends of its 95 % interval or its standard error by state.
    years : float
        What the estimate is multiplied by: years, where it is a slope per year.
    """

    hypothesis: str
    reading: str
    assumes: str
    row: str
    columns: tuple[str, ...]
    years: float = 1.0


_ENDS, _SE = ("lower", "upper"), ("state_se",)
READINGS = (
    Reading("H1", "line over ten years", "courses are straight", "h1/slope 'all ten years'", ("estimate", *_SE), 5),
    Reading("H1", "same cases", "nobody else moved", "h1/same group=below,start=-5", ("change", *_ENDS)),
    Reading("H1", "beside outsiders", "joiners would have moved like outsiders",
            "event/mirror 'span=five years before,part=below'", ("estimate", *_ENDS)),
    Reading("H2", "Table 2", "cohorts were alike at the door", "evidence/ways 'states, CR2'", ("slope", *_ENDS), 10),
    Reading("H2", "Table 2, years as they were", "the same, any calendar",
            "clock/rules rule=year_effects,timing=lag", ("estimate", *_SE), 10),
    Reading("H2", "lived course", "the calendar did nothing", "clock/rules rule=lived,timing=lag",
            ("estimate", *_SE), 10),
    Reading("H2", "within cases, no calendar", "the same, rows vote",
            "clock/rules rule=case_effects_no_year,timing=lag", ("estimate", *_SE), 10),
    Reading("H2", "beyond imitators", "imitators are untouched by their clubs", "placebo/slopes lag",
            ("difference", *_ENDS), 10),
    Reading("H2", "beside outsiders", "joiners would have moved like outsiders",
            "event/mirror 'span=ten years after,part=below'", ("estimate", *_ENDS)),
    Reading("H3", "as recorded", "the record is right", "exits/definitions 'as the record has them'", ("mean", *_ENDS)),
    Reading("H3", "withdrawals", "leavers would have stood still", "exits/definitions withdrawals", ("mean", *_ENDS)),
    Reading("H3", "without whaling", "the same, of other clubs", "exits/definitions 'without the whaling commission'",
            ("mean", *_ENDS)),
    Reading("H3", "beside stayers", "leavers would have moved like stayers",
            "exits/gaps 'withdrawals, beside stayers'", ("mean", *_ENDS)),
    Reading("H4", "each right's laggards", "four samples compare", "h4/grounds \"each right's own\"",
            ("delta", *_ENDS), 10),
    Reading("H4", "laggards in all four", "ceilings do not matter", "h4/grounds 'all four'", ("delta", *_ENDS), 10),
    Reading("H4", "Table 2's cases", "ceilings do not matter", "h4/grounds \"Table 2's\"", ("delta", *_ENDS), 10),
    Reading("H4", "step at the door", "a shift comes at once", "h4/step difference", ("step", *_ENDS)),
)  # fmt: skip
"""Every reading on the scoreboard; positive is towards the company, or, for H4, disappearances rising faster."""


def readings() -> pd.DataFrame:
    """Every reading with its estimate and 95 % interval: H1 over five years, H2 and H4 over ten, all in points.

    Returns
    -------
    DataFrame
        ``hypothesis``, ``reading``, ``assumes``, ``estimate``, ``lower``, ``upper``.
    """
    rows = []
    for one in READINGS:
        estimate, *rest = (one.years * look_up(f"{one.row} {column}") for column in one.columns)
        lower, upper = rest if len(rest) == 2 else (estimate - Z * rest[0], estimate + Z * rest[0])
        rows.append((one.hypothesis, one.reading, one.assumes, estimate, lower, upper))
    return pd.DataFrame(rows, columns=["hypothesis", "reading", "assumes", "estimate", "lower", "upper"])


def frequencies() -> pd.DataFrame:
    """How often worlds of each kind say the four words that the data say, errors by state.

    Returns
    -------
    DataFrame
        ``world``, ``histories``, ``same`` (histories whose four words are those of the data) and ``frequency``, with
        one half added to ``same`` and one to ``histories`` (Jeffreys' prior), so that what was never seen is rare and
        not impossible.
    """
    said = recorded("tests").table.set_index("hypothesis")["state_says"]
    study = recorded_study("worlds").assign(key=lambda rows: rows["hypothesis"].map(said).eq(rows["state_says"]))
    same = study.groupby(["world", "draw"], sort=False)["key"].all().groupby("world", sort=False).agg(["size", "sum"])
    table = same.rename(columns={"size": "histories", "sum": "same"}).astype(int)
    table["frequency"] = (table["same"] + 0.5) / (table["histories"] + 1)
    return table.reset_index()


def posterior(prior: Mapping[str, float] | None = None) -> pd.DataFrame:
    """What to believe of the mechanisms after the four words, by Bayes' rule.

    Parameters
    ----------
    prior : Mapping, optional
        Weight of each world before; any positive numbers, and equal ones without.

    Returns
    -------
    DataFrame
        :func:`frequencies` with ``prior`` and ``posterior``, each adding up to 1.

    Raises
    ------
    HralignError
        If a world is unknown, or the weights are not numbers of which one at least is positive and none negative.
    """
    table = frequencies()
    prior = dict.fromkeys(table["world"], 1.0) if prior is None else dict(prior)
    unknown = sorted(set(prior) - set(table["world"]))
    if unknown:
        raise HralignError(f"There is no world '{unknown[0]}' on record. Choose from: {', '.join(table['world'])}.")
    weights = table["world"].map(prior).fillna(0.0).astype(float)
    if (weights < 0).any() or not 0 < weights.sum() < float("inf"):
        raise HralignError("Prior weights are numbers of zero or more, one of them at least above zero.")
    table["prior"] = weights / weights.sum()
    together = table["prior"] * table["frequency"]
    table["posterior"] = together / together.sum()
    return table
