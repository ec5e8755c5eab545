"""The scoreboard: what the record says of each hypothesis under each assumption, and what words weigh.

Every number is read from the record.  :data:`READINGS` says which result answers which hypothesis, on what assumption,
and over how many years it is to be read, so that readings of one hypothesis share a unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..errors import HralignError
from ..study.specification import Z
from ..worlds.family import WORLDS
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
    Reading("H2", "Table 2, years as they were", "cohorts were alike; the calendar may take any course",
            "clock/rules rule=year_effects,timing=lag", ("estimate", *_SE), 10),
    Reading("H2", "lived course", "the calendar did nothing", "clock/rules rule=lived,timing=lag",
            ("estimate", *_SE), 10),
    Reading("H2", "within cases, no calendar", "the calendar did nothing; long records count most",
            "clock/rules rule=case_effects_no_year,timing=lag", ("estimate", *_SE), 10),
    Reading("H2", "beyond others' cards", "who joined when had nothing to do with a state's course",
            "clock/cards", ("surplus", "surplus_sd"), 10),
    Reading("H2", "beyond imitators", "imitators are untouched by their clubs", "placebo/slopes lag",
            ("difference", *_ENDS), 10),
    Reading("H2", "beside outsiders", "joiners would have moved like outsiders",
            "event/mirror 'span=ten years after,part=below'", ("estimate", *_ENDS)),
    Reading("H3", "as recorded", "the record is right", "exits/definitions 'as the record has them'", ("mean", *_ENDS)),
    Reading("H3", "withdrawals", "leavers would have stood still", "exits/definitions withdrawals", ("mean", *_ENDS)),
    Reading("H3", "without whaling", "leavers of other clubs would have stood still",
            "exits/definitions 'without the whaling commission'", ("mean", *_ENDS)),
    Reading("H3", "beside stayers", "leavers would have moved like stayers",
            "exits/gaps 'withdrawals, beside stayers'", ("mean", *_ENDS)),
    Reading("H4", "each right's laggards", "the four groups of laggards are alike", "h4/grounds \"each right's own\"",
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


H1_WORDS = ("line", "outsiders", "lasting")
"""How H1 can be asked: by the article's line over ten years; by whether laggards rose beside outsiders in the five
years before accession, clear by state; or by whether they did and gained on them in the five years after as well."""


def four_words(h1: str = "line", strength: float = 1.0) -> tuple[pd.DataFrame, pd.Series]:
    """What the four tests say, errors by state: of every recorded history, and of the data.

    Parameters
    ----------
    h1 : {"line", "outsiders", "lasting"}
        How H1 is asked (:data:`H1_WORDS`), of the data and of the worlds; the other three words are the article's.
    strength : {0.25, 0.5, 1}
        Strength of the world ``instrumental``; the others stand at 1.

    Returns
    -------
    DataFrame
        ``H1`` to ``H4``, the words, by ``world`` and ``draw``.
    Series
        The words of the data.

    Raises
    ------
    HralignError
        If H1 cannot be asked so, or no such strength is on record.
    """
    if h1 not in H1_WORDS:
        raise HralignError(f"How is H1 to be asked? '{h1}' is no way on record. Choose from: {', '.join(H1_WORDS)}.")
    data = recorded("tests").table.set_index("hypothesis")["state_says"].copy()
    rows = _of_strength(recorded_study("surfaces").query("noise == 1"), strength)
    words = rows.pivot_table(
        index=["world", "draw"], columns="hypothesis", values="state_says", aggfunc="first", sort=False
    )
    if h1 != "line":
        paths = _of_strength(recorded_study("interference"), strength).set_index(["world", "draw"])
        real = recorded("event/paths").table.query("group == 'below'").set_index("event_year")
        real = {f"path_{year}": real.loc[year, "estimate"] for year in (-5, 5)} | {
            f"path_{year}_se": real.loc[year, "std_error"] for year in (-5, 5)
        }
        rises = _rises(paths, h1)
        words = words.loc[words.index.intersection(rises.index)]
        words["H1"] = np.where(rises[words.index], "instrumental", "neither")
        data["H1"] = "instrumental" if _rises(pd.DataFrame([real]), h1).item() else "neither"
    return words[list(data.index)], data


def frequencies(h1: str = "line", strength: float = 1.0) -> pd.DataFrame:
    """How often worlds of each kind say the four words that the data say.

    Parameters
    ----------
    h1, strength
        As for :func:`four_words`.

    Returns
    -------
    DataFrame
        ``world``, ``histories``, ``same`` (histories whose four words are those of the data) and ``frequency``, with
        one half added to ``same`` and one to ``histories`` (Jeffreys' prior), so that what was never seen is rare and
        not impossible.

    Raises
    ------
    HralignError
        As for :func:`four_words`.
    """
    words, data = four_words(h1, strength)
    together = words.eq(data).all(axis=1).groupby("world", sort=False).agg(["size", "sum"])
    table = together.rename(columns={"size": "histories", "sum": "same"}).astype(int)
    table = table.reindex(list(WORLDS)).rename_axis("world")
    table["frequency"] = (table["same"] + 0.5) / (table["histories"] + 1)
    return table.reset_index()


def _of_strength(rows: pd.DataFrame, strength: float) -> pd.DataFrame:
    """The instrumental world at one strength, the others at full strength, null at any: it has none."""
    asked = rows["world"].eq("instrumental")
    known = sorted(rows.loc[asked, "strength"].unique())
    if strength not in known:
        known = ", ".join(f"{one:g}" for one in known)
        raise HralignError(f"No instrumental world of strength {strength:g} is on record. Choose from: {known}.")
    wanted = asked.map({True: strength, False: 1.0})
    return rows[rows["strength"].eq(wanted) | rows["world"].eq("null")]


def _rises(paths: pd.DataFrame, h1: str) -> pd.Series:
    """Whether laggards rose beside outsiders before accession, and, if that is asked, gained on them after it."""
    before = -paths["path_-5"] > Z * paths["path_-5_se"]
    return before & (paths["path_5"] > Z * paths["path_5_se"]) if h1 == "lasting" else before


def posterior(prior: Mapping[str, float] | None = None, *, h1: str = "line", strength: float = 1.0) -> pd.DataFrame:
    """What to believe of the mechanisms after the four words, by Bayes' rule.

    Parameters
    ----------
    prior : Mapping, optional
        Weight of each world before; any positive numbers, and equal ones without.
    h1, strength
        As for :func:`frequencies`.

    Returns
    -------
    DataFrame
        :func:`frequencies` with ``prior`` and ``posterior``, each adding up to 1.

    Raises
    ------
    HralignError
        If a world is unknown, or the weights are not numbers of which one at least is positive and none negative; and
        as for :func:`frequencies`.
    """
    table = frequencies(h1, strength)
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
