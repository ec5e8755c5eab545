"""From the draws of the studies on clean controls to the tables that the chapters show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..study.specification import TIMINGS, Z
from .cohorts import Path, cohort_path, contrast
from .control_studies import planted_at
from .event_study import event_study
from .outsiders import Outsiders
from .placebo import over_draws
from .plant import Effect, plant


def slopes_table(study: pd.DataFrame) -> pd.DataFrame:
    """Slopes of cases and imitators by timing, over draws of imitators.

    Parameters
    ----------
    study : DataFrame
        Rows of the study ``placebo``, or some of them.

    Returns
    -------
    DataFrame
        ``timing``; the slopes ``whole`` (cases to the end of their membership), ``members`` (the same cases to the end
        of the pair) and ``imitators``; their ``difference``, its ``se`` (of the mean over draws, by states),
        ``lower``, ``upper``; ``pairs``.
    """
    rows = []
    for timing in TIMINGS:
        part = study[study["timing"] == timing]
        mean, error = over_draws(part["difference"], part["se"])
        slopes = part[["whole", "members", "imitators"]].mean()
        rows.append({
            "timing": timing, **slopes, "difference": mean, "se": error, "lower": mean - Z * error,
            "upper": mean + Z * error, "pairs": part["pairs"].mean(),
        })  # fmt: skip
    return pd.DataFrame(rows)


def curves_table(study: pd.DataFrame) -> pd.DataFrame:
    """How cases and imitators moved since the year before accession, and the difference with its interval.

    Parameters
    ----------
    study : DataFrame
        Rows of the study ``placebo_curve``.

    Returns
    -------
    DataFrame
        ``event_year``, ``members``, ``imitators``, ``difference``, ``se`` (of the mean over draws, states resampled),
        ``lower``, ``upper``, ``pairs``.
    """
    rows = _resampled(study)
    by = rows.groupby("event_year")
    table = by[["members", "imitators", "difference", "pairs"]].mean()
    error = by["moved"].std()  # of one draw, by states; its mean over all draws is known better
    table["se"] = [over_draws(part, pd.Series(error[year]))[1] for year, part in by["difference"]]
    table["lower"], table["upper"] = (table["difference"] + sign * Z * table["se"] for sign in (-1, 1))
    return table.reset_index()


def _resampled(study: pd.DataFrame) -> pd.DataFrame:
    """The study with the ``difference`` of each draw, and by how much it ``moved`` when states were resampled."""
    difference = study["members"] - study["imitators"]
    return study.assign(difference=difference, moved=study["again_members"] - study["again_imitators"] - difference)


def at_once(study: pd.DataFrame, years: Sequence[int]) -> float:
    """How many standard errors each of several differences must be from zero for all intervals to hold at once (95 %).

    The 95 % point of the largest move when states are resampled, over the draws of the study ``placebo_curve``.
    """
    wide = _resampled(study).pivot_table(index="draw", columns="event_year", values="moved")[list(years)]
    return float(((wide - wide.mean()) / wide.std()).abs().max(axis=1).quantile(0.95))


def interference_table(study: pd.DataFrame) -> pd.DataFrame:
    """Slopes of members and imitators by world at full strength, averaged over histories.

    Returns
    -------
    DataFrame
        ``world``; ``table2``, ``members``, ``imitators``, ``difference`` and its ``se``, the error of the mean over
        histories; ``spread`` of the difference over histories; ``path_-5``, ``path_5``, ``path_10``; ``histories``.
    """
    by = study[study["strength"].eq(1)].groupby("world", sort=False)
    table = by[["table2", "members", "imitators", "difference", "path_-5", "path_5", "path_10"]].mean()
    table["spread"] = by["difference"].std()
    table["histories"] = by.size()
    table["se"] = table["spread"] / np.sqrt(table["histories"])
    return table.reset_index()


def recovery_table(study: pd.DataFrame) -> pd.DataFrame:
    """What came back of planted effects over histories of a world without influence.

    Returns
    -------
    DataFrame
        ``kind``, ``estimator``, ``event_year``; ``truth``, mean ``estimate``, their difference ``bias``; ``spread`` of
        the estimates over histories, mean standard error ``se``, and the share of 95 % intervals that hold the truth,
        ``covered``.
    """
    rows = study.assign(
        bias=study["estimate"] - study["truth"],
        covered=(study["estimate"] - study["truth"]).abs().le(Z * study["std_error"]).astype(float),
    )
    by = rows.groupby(["kind", "estimator", "event_year"], sort=False)
    table = by[["truth", "estimate", "bias", "covered"]].mean()
    table["se"], table["spread"] = by["std_error"].mean(), by["estimate"].std()
    return table.reset_index()


def power_table(study: pd.DataFrame, level: float = 0.05) -> pd.DataFrame:
    """Share of draws in which each test finds the planted fall, at a level: one row per ``fall``."""
    tests = ["t", "sign_flip", "permutation"]
    return study[tests].lt(level).groupby(study["fall"]).mean().reset_index()


def planted_paths(pool: Outsiders, effects: Mapping[str, Effect], window: tuple[int, int] = (-10, 20)) -> pd.DataFrame:
    """What two estimators of event time bring back of effects that are planted in the pool's panel.

    Returns
    -------
    DataFrame
        ``effect``, ``event_year``, ``truth`` (since the year before accession), ``outsiders`` and ``two_way``: the
        estimate with the effect less that without.
    """

    def both(panel: pd.DataFrame) -> pd.DataFrame:
        two_way = event_study(panel, window).set_index("event_year")["estimate"]
        return pd.DataFrame({"outsiders": cohort_path(pool, panel, window=window).estimate, "two_way": two_way})

    without, parts = both(pool.panel), []
    for name, effect in effects.items():
        panel = plant(pool.panel, effect)
        truth = planted_at(panel)
        back = (both(panel) - without).assign(truth=truth - truth[-1], effect=name)
        parts.append(back.rename_axis("event_year").reset_index())
    return pd.concat(parts)[["effect", "event_year", "truth", "outsiders", "two_way"]].reset_index(drop=True)


def mirror_table(below: Path, above: Path, spans: Mapping[str, tuple[int, int]]) -> pd.DataFrame:
    """What cases from below and from above did alike over some span of event years, and what parted them.

    Returns
    -------
    DataFrame
        One row per span and part (``below``, ``above``, ``shared`` = half their sum, ``parting`` = half of above less
        below): ``span``, ``part``, ``estimate``, ``std_error``, ``lower``, ``upper``.
    """
    rows = []
    for span, (start, end) in spans.items():
        step = {year: sign for year, sign in ((end, 1.0), (start, -1.0)) if year != -1}
        half = {year: value / 2 for year, value in step.items()}
        minus = {year: -value for year, value in half.items()}
        parts = {
            "below": [(below, step)], "above": [(above, step)],
            "shared": [(below, half), (above, half)], "parting": [(below, minus), (above, half)],
        }  # fmt: skip
        rows += [{"span": span, "part": part, **contrast(*weights)} for part, weights in parts.items()]
    return pd.DataFrame(rows)
