"""The study `plant`: what the rules of the clock bring back of planted effects, and what they find where nothing is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..panel import SELECTIONS, build_panel
from ..sources.tables import Sources
from ..study.specification import TIMINGS
from .bases import exchanges, tosses
from .clock import clock_estimators
from .plant import Effect
from .recover import recover

TURN = {year: 0.02 * (year - 1990) if year <= 1990 else -0.018 * (year - 1990) for year in range(1945, 2026)}
"""A calendar that rises to 1990 and falls thereafter, as the year effects of the real panel do."""

PLANTS: Mapping[str, Effect] = {
    "none": Effect("none"),
    "growing": Effect("growing", 0.02),
    "growing, five years before": Effect("growing", 0.02, start=-5),
    "growing, five years after": Effect("growing", 0.02, start=5),
    "step at accession": Effect("constant", 0.2),
    "step, five years before": Effect("constant", 0.2, start=-5),
    "step, five years after": Effect("constant", 0.2, start=5),
    "growing in early cohorts": Effect("cohort", 0.02),
    "falling calendar": Effect("none", calendar=-0.02),
    "turning calendar": Effect("none", calendar=TURN),
    "lower cohorts": Effect("none", cohorts=-0.02),
}
"""What is planted in the recorded study, by name: nine effects of membership or none, and three disturbances."""

BRIEF = ("table2", "lived", "case_effects_no_year", "year_effects")
"""Rules that are asked of exchanged cards."""

BLOCK = 10
"""Draws per task."""


def tasks(n: int) -> list[list[Any]]:
    """As it is, once by timing; then tosses and exchanges in blocks of draws."""
    blocks = [[start, min(start + BLOCK, n)] for start in range(0, n, BLOCK)]
    return [["as it is", timing] for timing in TIMINGS] + [
        [base, *block] for base in ("coins", "cards") for block in blocks
    ]


def prepare(src: Sources) -> tuple[Sources, pd.DataFrame]:
    return src, build_panel(src)


def run(prepared: tuple[Sources, pd.DataFrame], task: list[Any], seed: int) -> pd.DataFrame:
    """Rows of :func:`~hralign.stress.recover.recover`, with ``base``, ``select`` and ``timing``."""
    (src, panel), (base, *rest) = prepared, task
    if base == "as it is":
        table = recover(panel, clock_estimators(*rest), PLANTS)
        return table.assign(base=base, select="below", timing=rest[0])
    if base == "coins":
        two = {name: PLANTS[name] for name in ("none", "growing")}
        table = recover(tosses(panel, range(*rest), seed), clock_estimators(), two)
        return table.assign(base=base, select="below", timing="lag")
    parts = []
    for select in SELECTIONS:
        drawn = list(exchanges(src, range(*rest), seed, select=select))
        for timing in TIMINGS if select == "below" else ("lag",):
            table = recover(drawn, clock_estimators(timing, BRIEF), {"none": PLANTS["none"]})
            parts.append(table.assign(base=base, select=select, timing=timing))
    return pd.concat(parts)
