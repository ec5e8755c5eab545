"""The multiverse: Table 2's slope under every combination of defensible choices.

Every slope is a rate over the first ten years of membership, from the first year to the eleventh, in points a year, so
that lines, logarithms and samples of the first ten years can stand side by side.  Options that ask another question,
or ask it in other units, are :data:`QUESTIONS` of their own and never counted together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ..coding import CODINGS
from ..errors import HralignError, NotEnoughData
from ..mixed import MixedModel
from ..panel import build_panel, coding_of, recode
from ..sources.tables import Sources
from ..study.alignment import weighted_sum
from .clock_sample import ClockSample

CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "coding": ("closest", "literal"),
    "selected_at": ("year before", "mean before"),
    "count": ("cumulative", "by spell"),
    "gdp": ("world bank", "fariss"),
    "score": ("fariss", "fariss_v3"),
    "timing": ("lag", "same", "lead"),
    "years": ("all", "from 1990", "to 1999"),
    "form": ("linear", "log", "first ten years"),
    "clock": ("line", "year effects", "lived"),
    "case_effects": ("random", "fixed"),
    "weights": ("cases", "states"),
})  # fmt: skip
"""Every choice and its options; the first of each is that of the reconstruction."""

OF_PANEL = ("coding", "selected_at", "count", "gdp", "score")
"""Choices that need a panel of their own; the others are made on it."""

QUESTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "approach": {},
    "everyone": {"selected_at": ("year before",), "count": ("cumulative",), "gdp": ("world bank",)},
    "ciri": {"score": ("physint",), "selected_at": ("year before",), "count": ("cumulative",), "gdp": ("world bank",)},
})  # fmt: skip
"""What is asked, and the options it is asked with where they are not those of :data:`CHOICES`.

``approach``: do states from below the IGO mean come closer?  ``everyone``: do joiners, from below or above, gain on
their company?  ``ciri``: the first question on CIRI's scale from 0 to 8, whose points are not those of the others."""

CLOCKS = (("line", "random"), ("year effects", "random"), ("lived", "random"), ("lived", "fixed"))
"""Clocks and case effects that go together.  Within a case, calendar and duration are one: with fixed effects only the
lived course can be estimated."""

TEN = np.log(11) / 10
"""Rate over the first ten years of a slope in log duration."""

NUMBERS = ("estimate", "model_se", "state_se")


def universes(question: str = "approach") -> pd.DataFrame:
    """One row per combination of choices for a question, with its number as index."""
    if question not in QUESTIONS:
        raise HralignError(f"There is no question '{question}'. Choose one of: {', '.join(QUESTIONS)}.")
    rows = pd.DataFrame(product(*{**CHOICES, **QUESTIONS[question]}.values()), columns=list(CHOICES))
    together = rows[["clock", "case_effects"]].apply(tuple, axis=1).isin(CLOCKS)
    return rows[together].reset_index(drop=True).rename_axis("universe")


def panels() -> list[dict[str, str]]:
    """The questions and combinations of the choices that need a panel of their own."""
    return [
        {"question": question, **row}
        for question in QUESTIONS
        for row in universes(question)[list(OF_PANEL)].drop_duplicates().to_dict("records")
    ]


def run_panel(src: Sources, question: str, **choices: str) -> pd.DataFrame:
    """All universes of one panel.

    Parameters
    ----------
    src : Sources
    question : str
    choices : str
        One option for each of :data:`OF_PANEL`.

    Returns
    -------
    DataFrame
        ``question``, the choices, ``estimate``, ``model_se``, ``state_se`` (points a year over the first ten years of
        membership), ``nobs``, ``cases``.  Missing where a universe cannot be fitted.
    """
    panel = _panel(src, question, choices)
    rows = []
    for years, timing in product(CHOICES["years"], CHOICES["timing"]):
        try:
            sample = ClockSample(_of_years(panel, years), timing)
        except NotEnoughData:
            sample = None
        for form in CHOICES["form"]:
            made = {"timing": timing, "years": years, "form": form}
            rows += [{"question": question, **choices, **made, **one} for one in _slopes(sample, form)]
    table = pd.DataFrame(rows)[["question", *CHOICES, *NUMBERS, "nobs", "cases"]]
    order = universes(question).query(" and ".join(f"{key} == @choices['{key}']" for key in OF_PANEL))
    return order.merge(table, on=list(CHOICES), how="left", validate="1:1")[table.columns]


def run_universe(src: Sources, question: str = "approach", **choices: str) -> dict[str, Any]:
    """One universe: the slope of one combination of all choices.

    Parameters
    ----------
    src : Sources
    question : str
    choices : str
        Options by choice; those of the reconstruction where none is given.

    Returns
    -------
    dict
        ``question``, the choices, ``estimate``, ``model_se``, ``state_se`` (as of :func:`run_panel`), ``nobs``,
        ``cases``; missing numbers where it cannot be fitted.

    Raises
    ------
    HralignError
        If the question, a choice or an option is unknown, or the options do not go together.
    """
    every = universes(question)
    unknown = [name for name in choices if name not in CHOICES]
    if unknown:
        raise HralignError(f"There is no choice '{unknown[0]}'. Choose from: {', '.join(CHOICES)}.")
    choices = every.iloc[0].to_dict() | choices
    for name, option in choices.items():
        if option not in set(every[name]):
            offered = ", ".join(every[name].unique())
            raise HralignError(f"'{option}' is no option of '{name}' for the question '{question}': {offered}.")
    if (choices["clock"], choices["case_effects"]) not in CLOCKS:
        raise HralignError(
            "Fixed case effects go with the lived clock alone: within a case calendar and duration are one."
        )
    try:
        sample = ClockSample(_of_years(_panel(src, question, choices), choices["years"]), choices["timing"])
    except NotEnoughData:
        sample = None
    last = ("clock", "case_effects", "weights")
    found = next(one for one in _slopes(sample, choices["form"]) if all(one[name] == choices[name] for name in last))
    return {"question": question, **choices, **found}


def _panel(src: Sources, question: str, choices: Mapping[str, str]) -> pd.DataFrame:
    coding = CODINGS[choices["coding"]].vary(
        selected_at=choices["selected_at"], duration=choices["count"], gdp_series=choices["gdp"]
    )
    select = "all" if question == "everyone" else "below"
    return build_panel(src, choices["score"], select=select, coding=coding)


def _of_years(panel: pd.DataFrame, years: str) -> pd.DataFrame:
    # Years before the first are kept as a lead-in, outside membership: the lagged outcome reaches into them.
    first, last = {"all": (0, None), "from 1990": (1990, None), "to 1999": (0, 1999)}[years]
    panel = panel.assign(member=panel["member"].where(panel["year"] >= first, 0))
    return recode(panel, last_year=last or coding_of(panel).last_year)


def _slopes(sample: ClockSample | None, form: str) -> Iterator[dict[str, Any]]:
    """Slopes of one sample by clock, case effects and weights."""
    nothing = dict.fromkeys((*NUMBERS, "nobs", "cases"), np.nan)
    try:
        found = list(_fits(sample, form)) if sample else []
    except NotEnoughData:
        found = []
    known = {(one["clock"], one["case_effects"], one["weights"]): one for one in found}
    for (clock, effects), weights in product(CLOCKS, CHOICES["weights"]):
        missing = {"clock": clock, "case_effects": effects, "weights": weights, **nothing}
        yield known.get((clock, effects, weights), missing)


def _fits(sample: ClockSample, form: str) -> Iterator[dict[str, Any]]:
    rows = sample.rows
    if form == "first ten years":
        rows = rows[rows["duration"] <= 10].reset_index(drop=True)
    if form == "log":
        rows = rows.assign(duration=np.log(rows["duration"]))
    rate = TEN if form == "log" else 1.0
    lived = {"duration": rate, "year": sample.a_year}
    line = MixedModel(rows, "outcome", sample.terms, "case", "duration")
    dummies = pd.get_dummies(rows["calendar"], prefix="calendar", dtype=float).iloc[:, 1:]
    terms = ["duration", *sample.controls, *dummies]
    free = MixedModel(rows.join(dummies), "outcome", terms, "case", "duration")
    state = rows.drop_duplicates("case").set_index("case")["state"]
    even = 1 / state.map(state.value_counts())
    even = even.reindex(line.groups) * len(even) / even.sum()
    sizes = {"nobs": len(rows), "cases": len(state)}
    theta = line.fit().theta
    for weights, weight in (("cases", None), ("states", even)):
        fit = line.fit(weight, start=None if weight is None else theta)
        by_year = free.fit(weight, start=theta)
        per_row = np.ones(len(rows)) if weight is None else rows["case"].map(weight).to_numpy()
        for clock, effects, number in (
            ("line", "random", weighted_sum(fit, {"duration": rate})),
            ("year effects", "random", weighted_sum(by_year, {"duration": rate})),
            ("lived", "random", weighted_sum(fit, lived)),
            ("lived", "fixed", within_cases(rows, ["duration", *sample.controls], per_row, rate)),
        ):
            yield {"clock": clock, "case_effects": effects, "weights": weights, **number, **sizes}


def within_cases(rows: pd.DataFrame, terms: list[str], weight: np.ndarray, rate: float = 1.0) -> dict[str, float]:
    """Least squares within cases, each with an intercept of its own: the slope of the first term times ``rate``.

    Parameters
    ----------
    rows : DataFrame
        ``case``, ``state``, ``outcome`` and the terms; those that stand still within all cases are left out.
    terms : list of str
    weight : (n,) array
        How often each row counts, the same for all rows of a case.

    Returns
    -------
    dict
        ``estimate``, ``model_se`` (rows independent), ``state_se`` (sandwich by state, factor c / (c − 1)).
    """
    case, state = pd.factorize(rows["case"])[0], pd.factorize(rows["state"])[0]
    values = rows[[*terms, "outcome"]].to_numpy(dtype=float)
    size = np.bincount(case)
    means = np.column_stack([np.bincount(case, column) / size for column in values.T])
    values = values - means[case]
    moves = np.abs(values).max(axis=0) > 1e-9
    if not moves[0]:
        raise NotEnoughData(f"'{terms[0]}' does not change within any case of these rows.")
    x, y = values[:, :-1][:, moves[:-1]], values[:, -1]
    bread = np.linalg.pinv(x.T @ (weight[:, None] * x))
    beta = bread @ x.T @ (weight * y)
    left = weight * (y - x @ beta)
    pulls = np.column_stack([np.bincount(state, column * left) for column in x.T]) @ bread[0]
    count = state.max() + 1
    total, groups = weight.sum(), (weight / size[case]).sum()
    variance = left @ (y - x @ beta) / (total - groups - x.shape[1]) * bread[0, 0]
    clustered = pulls @ pulls * count / (count - 1)
    return {
        "estimate": float(rate * beta[0]),
        "model_se": float(rate * np.sqrt(variance)),
        "state_se": float(rate * np.sqrt(clustered)),
    }
