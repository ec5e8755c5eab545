"""Forensics: which codings would have printed the numbers that the article printed?

Codings are tried on Table 2 by coordinate descent from several starts.  Where a descent ends, every option of every
choice is put in by itself: a **profile**, which shows what the table can tell.  Table 3 chooses nothing; each point of
the profile is held against it at the end.  What "near" means is in :mod:`hralign.stress.misfit`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..coding import CHOICES, CODINGS, Coding
from ..errors import HralignError
from ..sources.tables import Sources
from ..sources.vocabulary import RIGHTS
from ..study.published import published_model
from .misfit import Bench, Printed, loss, misfit, printed_table

SEARCHED = "table2"
"""The table that the search is to reproduce."""

HELD_OUT = tuple(f"table3/{right}" for right in RIGHTS)
"""Tables that are looked at where it has ended."""

CLEAR = 0.25
"""A rise in loss by which a table tells one option from another.

Over 27 numbers it is a rise of 6.75 in the sum of squares: what chance would bring once in a hundred times, were each
number normal around the printed one with its unit as standard deviation.  They are not, so it is a convention.
"""


def starts(seed: int, k: int) -> Iterator[Coding]:
    """Codings that descent k may start from, the first that has a loss: for k = 0 the first edition's, else random."""
    if k == 0:
        yield Coding()
    rng = np.random.default_rng([seed, k])
    while True:
        drawn = {name: _options(name)[rng.integers(len(_options(name)))] for name in CHOICES}
        try:
            yield Coding(**drawn)
        except HralignError:  # two options exclude each other: draw again
            continue


def descend(
    bench: Bench, printed: Printed, coding: Coding, rng: np.random.Generator, among: Iterable[str] | None = None
) -> tuple[Coding, float, int]:
    """Coordinate descent: one choice after the other, in random order, takes its best option, until none gains.

    Parameters
    ----------
    bench, printed
        Where codings are tried, and the table that is to be reproduced.
    coding : Coding
        Where it begins.
    rng : numpy Generator
        For the order of the choices.
    among : iterable of str, optional
        The choices that may change; by default all of :data:`hralign.coding.CHOICES`.

    Returns
    -------
    (Coding, float, int)
        Where it ends, the loss there, and how many codings were tried.
    """
    names, best, tried, before = list(CHOICES if among is None else among), _loss(bench, printed, coding), 1, np.inf
    while best < before:
        before = best
        for name in rng.permutation(names):
            for other in _neighbours(coding, str(name)):
                tried += 1
                if (found := _loss(bench, printed, other)) < best:
                    best, coding = found, other
    return coding, best, tried


def profile(
    benches: Mapping[str, Bench], printed: Mapping[str, Printed], coding: Coding, among: Iterable[str] | None = None
) -> pd.DataFrame:
    """Loss of every option of every choice, all others staying as they are.

    Parameters
    ----------
    benches, printed : Mapping
        By name of the table's model; the first is the one that was searched.
    among : iterable of str, optional
        The choices to go through; by default all.

    Returns
    -------
    DataFrame
        ``choice``, ``option`` (as text), ``kept`` (whether it is that of ``coding``), and for each table (``table2``,
        ``disappearances``, …) ``loss_<table>``, missing where the table cannot be made, and ``within_<table>``,
        coefficients within two printed standard errors.
    """
    rows = []
    for name in CHOICES if among is None else among:
        for option in _options(name):
            try:
                other = coding.vary(**{name: option})
            except HralignError:
                continue
            row = {"choice": name, "option": as_text(option), "kept": other == coding}
            rows.append(row | _scores(benches, printed, other))
    return pd.DataFrame(rows)


def _scores(benches: Mapping[str, Bench], printed: Mapping[str, Printed], coding: Coding) -> dict[str, float]:
    scores = {}
    for model, bench in benches.items():
        ours = bench.numbers(coding)
        off = pd.Series(np.inf, index=printed[model].numbers.index) if ours is None else misfit(ours, printed[model])
        known = np.isfinite(off).all()
        table = model.split("/")[-1]
        scores[f"loss_{table}"] = float((off**2).mean()) if known else np.nan
        scores[f"within_{table}"] = int(off.filter(like="coef ").abs().le(2 + 1e-9).sum())
    return scores


def _loss(bench: Bench, printed: Printed, coding: Coding) -> float:
    ours = bench.numbers(coding)
    return np.inf if ours is None else loss(ours, printed)


def _options(name: str) -> list[Any]:
    return list(CHOICES[name]["options"])


def _neighbours(coding: Coding, name: str) -> Iterator[Coding]:
    for option in _options(name):
        if option != getattr(coding, name):
            try:
                yield coding.vary(**{name: option})
            except HralignError:  # excluded by another choice
                continue


def as_text(option: Any) -> str:
    """An option as tables write it: ``1, 2`` for a tuple, ``none`` for an empty one."""
    return (", ".join(map(str, option)) or "none") if isinstance(option, tuple) else str(option)


def side_by_side(src: Sources, codings: Mapping[str, Coding]) -> pd.DataFrame:
    """What the article printed in Tables 2 and 3, and what each of some codings would print there.

    Returns
    -------
    DataFrame
        ``table`` (``table2``, ``disappearances``, …), ``number`` (``coef duration``, ``se duration``, ``nobs``, …),
        ``printed``, its ``unit`` of comparison, a column for each coding, and ``<coding> off``, the difference from
        print in that unit.
    """
    parts = []
    for model, printed in printed_tables().items():
        bench = Bench(src, _score(model))
        part = pd.DataFrame({"printed": printed.numbers, "unit": printed.units})
        for name, coding in codings.items():
            part[name] = ours = bench.numbers(coding)
            part[f"{name} off"] = misfit(ours, printed)
        parts.append(part.rename_axis("number").reset_index().assign(table=model.split("/")[-1]))
    return pd.concat(parts, ignore_index=True).set_index("table").reset_index()


def where_ended(study: pd.DataFrame) -> pd.DataFrame:
    """The searches and named codings of the recorded study, nearest to the searched table first.

    Returns
    -------
    DataFrame
        ``coding`` (``search 1``, …, or a name), ``codings`` tried, ``loss_table2``, ``within_table2`` (coefficients
        within two printed standard errors, of 10), ``loss_table3`` (mean of its four columns), ``within_table3`` (of
        40).
    """
    ends = study[study["kept"].astype(bool)].drop_duplicates("start")
    columns = [model.split("/")[-1] for model in HELD_OUT]
    return pd.DataFrame({
        "coding": ends["start"].map(lambda start: f"search {int(start) + 1}" if start.isdigit() else start),
        **{name: ends[name] for name in ("codings", "loss_table2", "within_table2")},
        "loss_table3": ends[[f"loss_{name}" for name in columns]].mean(axis=1, skipna=False),
        "within_table3": ends[[f"within_{name}" for name in columns]].sum(axis=1),
    }).sort_values("loss_table2", ignore_index=True)  # fmt: skip


def coding_of_profile(rows: pd.DataFrame) -> Coding:
    """The coding that a profile was taken around."""
    kept = rows[rows["kept"].astype(bool)].set_index("choice")["option"]
    texts = {name: {as_text(option): option for option in _options(name)} for name in CHOICES}
    return Coding(**{name: texts[name][kept[name]] for name in CHOICES})


def told_apart(rows: pd.DataFrame, column: str = "loss_table2") -> pd.DataFrame:
    """What a profile identifies, choice by choice.

    Returns
    -------
    DataFrame
        By ``choice``: ``option`` that was kept, ``rise`` in loss of the next best one, ``alike`` (options that are not
        :data:`CLEAR` worse than the best, joined by ``|``) and ``identified``, whether that is one only.
    """
    found = {}
    for choice, part in rows.groupby("choice", sort=False):
        losses = part.set_index("option")[column].astype(float)
        kept = part.loc[part["kept"].astype(bool), "option"].iloc[0]
        alike = [str(option) for option in losses.index[losses <= losses.min() + CLEAR]]
        found[choice] = {"option": kept, "rise": losses.drop(kept).min() - losses[kept], "alike": " | ".join(alike),
                         "identified": len(alike) == 1}  # fmt: skip
    return pd.DataFrame(found).T.rename_axis("choice").reset_index()


# --- as a study ---------------------------------------------------------------------------------------------------


def printed_tables() -> dict[str, Printed]:
    """What the article printed: the table that is searched, and those that are held out."""
    return {model: printed_table(published_model(model)) for model in (SEARCHED, *HELD_OUT)}


def tasks(n: int) -> list[list[Any]]:
    """One task per start, and one for each coding with a name."""
    return [*(["start", k] for k in range(n)), *(["coding", name] for name in CODINGS)]


def run(src: Sources, printed: Mapping[str, Printed], task: list[Any], seed: int) -> pd.DataFrame:
    """One descent, or no step at all, and the profile where it ends.

    Only the first of the ``printed`` tables is searched; the others are held out: they choose nothing, and are looked
    at where the search has ended.

    Returns
    -------
    DataFrame
        :func:`profile`, with ``start`` (number of the descent, or the name of a coding), ``loss_at_start`` and
        ``codings`` tried.
    """
    kind, which = task
    benches = {model: Bench(src, _score(model)) for model in printed}
    model = next(iter(printed))
    bench, table, tried = benches[model], printed[model], 1
    tries = starts(seed, which) if kind == "start" else iter([CODINGS[which]])
    coding = next(each for each in tries if np.isfinite(_loss(bench, table, each)))
    first = _loss(bench, table, coding)
    if kind == "start":
        coding, _, tried = descend(bench, table, coding, np.random.default_rng([seed, which, 1]))
    rows = profile(benches, printed, coding)
    return rows.assign(start=str(which), loss_at_start=first, codings=tried)


def _score(model: str) -> str:
    return model.split("/")[1] if "/" in model else "fariss"
