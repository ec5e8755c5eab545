"""What the rules of :mod:`hralign.stress.clock` are applied to: a sample with its clocks in years, and its fits."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import pandas as pd

from ..errors import NotEnoughData
from ..mixed import MixedFit, MixedModel
from ..study.alignment import estimation_sample
from .within import within

KEYS = ("case", "igo", "state", "outcome")
"""Columns of an estimation sample that are no terms."""


class ClockSample:
    """The estimation sample of one timing with its clocks in years, and the fits that several rules share.

    Parameters
    ----------
    panel : DataFrame
        From :func:`hralign.panel.build_panel`.
    timing : {"lag", "same", "lead"}

    Attributes
    ----------
    rows : DataFrame
        The estimation sample, with ``calendar`` (year), ``entry`` (calendar less duration) and ``cohort`` (year of
        accession) beside the terms.
    a_year : float
        One calendar year in the units of the term ``year``, which is standardised over rows that the coding chooses.

    Raises
    ------
    NotEnoughData
        If duration does not vary, or all cases joined in one year.
    """

    def __init__(self, panel: pd.DataFrame, timing: str = "lag"):
        sample = estimation_sample(panel, timing)
        mean, spread = sample.attrs["moments"]["year"]
        self.terms = [column for column in sample if column not in KEYS]
        self.controls = [term for term in self.terms if term not in ("duration", "year")]
        self.a_year = 1 / spread
        calendar = (sample["year"] * spread + mean).round().astype(int)
        accession = panel.drop_duplicates("case").set_index("case")["accession"]
        self.rows = sample.assign(
            calendar=calendar,
            entry=calendar - sample["duration"],
            cohort=sample["case"].map(accession).astype(int),
        )
        self.rows.attrs = {}  # as they are copied with every step
        self.timing = timing
        if self.rows["duration"].nunique() < 2:
            raise NotEnoughData(
                "Every row of the sample is of the same year of membership: there is no slope to estimate. Take a "
                "panel that follows its cases for longer."
            )
        if self.rows["cohort"].nunique() < 2:
            raise NotEnoughData(
                f"All cases of the sample joined in one year ({self.rows['cohort'].iloc[0]}): a cohort of one cannot "
                "tell duration from the calendar. Take a panel with several years of accession."
            )

    def fit(self, terms: Iterable[str], frame: pd.DataFrame | None = None, slope: str = "duration") -> MixedFit:
        """The varying-slopes model of the article on other terms."""
        frame = self.rows if frame is None else frame
        return MixedModel(frame, outcome="outcome", terms=list(terms), group="case", slope=slope).fit()

    @cached_property
    def changing(self) -> list[str]:
        """The controls that change within a case."""
        changes = self.rows.groupby("case")[self.controls].nunique().gt(1).any()
        return list(changes.index[changes])

    @cached_property
    def table2(self) -> MixedFit:
        """The model as the article has it."""
        return self.fit(self.terms)

    @cached_property
    def mundlak(self) -> MixedFit:
        """The model of (K2): terms ``within``, ``between`` and ``calendar_mean`` for the clocks."""
        mean = self.rows.groupby("case")[["duration", "calendar", *self.controls]].transform("mean")
        frame = self.rows.assign(
            within=self.rows["duration"] - mean["duration"],
            between=mean["duration"],
            calendar_mean=mean["calendar"],
            **{f"{term}_mean": mean[term] for term in self.changing},
        )
        clocks = ["within", "between", "calendar_mean"]
        return self.fit([*clocks, *self.controls, *(f"{term}_mean" for term in self.changing)], frame, slope="within")

    def with_dummies(self, of: str) -> MixedFit:
        """The model with a dummy for each value of a clock in place of the line of the year; the first is left out."""
        dummies = pd.get_dummies(self.rows[of], prefix=of, dtype=float).iloc[:, 1:]
        return self.fit(["duration", *self.controls, *dummies], self.rows.join(dummies))

    def case_effects(self, *clocks: str) -> dict[str, float]:
        """Least squares within cases: an intercept of its own for every case, one slope for all.

        ``model_se`` takes all rows as independent, ``state_se`` lets those of a state hang together.  A case counts by
        the variation of its durations, a long record for many short ones; slopes do not vary.
        """
        rows = self.rows
        terms = rows[[*clocks, *self.changing]].astype(float)
        found = within(rows["outcome"], terms, rows["case"], rows["state"])
        model, state = (np.sqrt(table.loc["duration", "duration"]) for table in (found.independent, found.clustered))
        return {"estimate": float(found.params["duration"]), "model_se": float(model), "state_se": float(state)}

    @property
    def returning(self) -> pd.Series:
        """Which rows are of a case whose entry moves, for its state left and came back: the only ones that tell
        duration from the calendar within a case."""
        return self.rows.groupby("case")["entry"].transform("nunique").gt(1)

    def needs_returns(self) -> ClockSample:
        """Itself, or NotEnoughData where no case tells duration from the calendar."""
        if not self.returning.any():
            raise NotEnoughData(
                "With case effects and the year in the model nothing is left to estimate the slope from: in every case "
                "duration and calendar rise together. Leave the year out, or the case effects."
            )
        return self
