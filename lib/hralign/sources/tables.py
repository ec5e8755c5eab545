"""``Sources``: the tidy tables that every later step reads, wherever they came from.

Columns, types, ranges and keys are described once, in :mod:`hralign.sources.schemas`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import pandas as pd

from ..errors import HralignError, NotEnoughData
from .vocabulary import RIGHTS, SCORES, TABLES


@dataclass(frozen=True)
class Sources:
    """Everything the study reads, as tidy tables (see :mod:`hralign.sources.schemas` for columns, types and keys).

    Attributes
    ----------
    states, igos : DataFrame
        One row per state (COW code ``state``) and per IGO (COW number ``igo``).
    memberships : DataFrame
        One row per state-IGO-year with a status: 1 full member, 2 associate, 3 observer.
    igo_years : DataFrame
        Years of each IGO's life, whether its members are on record, and its delegation score.
    scores : DataFrame
        One row per state-year: each measure of respect for human rights, higher meaning more respect.
    state_years : DataFrame
        One row per state-year: covariates.
    kind : {"real", "simulated"}
    provenance : Mapping
        What the tables were made from: file checksums, or world and seed.
    truth : object or None
        The data-generating process of a simulated world; None for real data.

    Raises
    ------
    HralignError
        If a table lacks a column or has an unknown one, holds a value of the wrong kind or out of
        range, repeats a key, or names a state or IGO that the first two tables do not have.
    """

    states: pd.DataFrame
    igos: pd.DataFrame
    memberships: pd.DataFrame
    igo_years: pd.DataFrame
    scores: pd.DataFrame
    state_years: pd.DataFrame
    kind: str
    provenance: Mapping[str, Any] = field(default_factory=dict)
    truth: Any = None

    def __post_init__(self) -> None:
        from .schemas import checked  # pandera is slow to import, and only needed where tables are made

        for name, table in checked({name: getattr(self, name) for name in TABLES}).items():
            object.__setattr__(self, name, table)

    def score(self, name: str) -> pd.Series:
        """One measure of respect for human rights, indexed by state and year, without missing values.

        Raises
        ------
        HralignError
            If the name is not one of :data:`SCORES`, or the score is missing in every state-year.
        """
        if name not in SCORES:
            raise HralignError(f"There is no score '{name}'. Choose one of: {', '.join(SCORES)}.")
        table = self.scores.set_index(["state", "year"])
        values = table[list(RIGHTS)].sum(axis=1, skipna=False) if name == "physint" else table[name]
        values = values.dropna().rename("score")
        if values.empty:
            raise NotEnoughData(
                f"The score '{name}' is missing in every state-year of the {self.kind} source. "
                "Choose another score, or check the table 'scores'."
            )
        return values

    def replace(self, **tables: pd.DataFrame) -> Sources:
        """The same sources with some tables exchanged, checked again."""
        return Sources(**{f.name: getattr(self, f.name) for f in fields(self)} | tables)
