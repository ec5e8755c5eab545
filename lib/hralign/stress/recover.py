"""What estimators bring back of effects that are known, because they were planted (:mod:`hralign.stress.plant`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from ..errors import HralignError, NotEnoughData
from ..study.specification import Z
from .plant import Effect, plant, true_slope

Estimator = Callable[[pd.DataFrame], Mapping[str, float]]
"""A function of a panel that gives ``estimate`` and ``se``, and may give further numbers."""


def recover(
    bases: pd.DataFrame | Iterable[tuple[int, pd.DataFrame]],
    estimators: Mapping[str, Estimator],
    effects: Mapping[str, Effect],
    *,
    truth: Callable[[pd.DataFrame], float] = true_slope,
) -> pd.DataFrame:
    """What each estimator brings back of each planted effect.

    Parameters
    ----------
    bases : DataFrame or iterable of (int, DataFrame)
        A panel, as it is; or draws of one with their numbers, from :func:`hralign.stress.bases.tosses` or
        :func:`~hralign.stress.bases.exchanges`.
    estimators : mapping of name to function
        Each takes a panel and gives ``estimate`` and ``se``.  Further numbers that it gives become columns.
    effects : mapping of name to Effect
    truth : callable
        What ought to come back: a function of the panel with the plant.

    Returns
    -------
    DataFrame
        One row per draw, effect and estimator: ``effect``, ``estimator``, ``draw`` (−1: a panel as it is), ``truth``,
        ``estimate`` with the plant, ``without`` it, ``se`` (with), and ``back``, the one less the other.  Missing where
        the estimator finds too few data.

    Raises
    ------
    HralignError
        If there are no estimators or effects, or an estimator does not give what it should.
    NotEnoughData
        If no estimator finds enough data in any panel.
    """
    if not estimators or not effects:
        raise HralignError("Nothing to recover: give at least one estimator and one effect.")
    rows = []
    for k, base in [(-1, bases)] if isinstance(bases, pd.DataFrame) else bases:
        without = {name: _ask(name, estimator, base) for name, estimator in estimators.items()}
        for effect_name, effect in effects.items():
            planted = plant(base, effect)
            ought = truth(planted)
            for name, estimator in estimators.items():
                found = (
                    _ask(name, estimator, planted) if planted["distance"].ne(base["distance"]).any() else without[name]
                )
                before = without[name]["estimate"]
                sizes = {"truth": ought, **found, "without": before, "back": found["estimate"] - before}
                rows.append({"effect": effect_name, "estimator": name, "draw": k, **sizes})
    if rows and all(np.isnan(row["estimate"]) for row in rows):
        raise NotEnoughData(
            f"None of the estimators ({', '.join(estimators)}) finds enough data in the panel, so nothing can be "
            "brought back. Use a panel with more cases."
        )
    return pd.DataFrame(rows)


def _ask(name: str, estimator: Estimator, panel: pd.DataFrame) -> dict[str, float]:
    try:
        found = estimator(panel)
    except NotEnoughData:
        return {"estimate": np.nan, "se": np.nan}
    if not {"estimate", "se"} <= set(found):
        raise HralignError(f"The estimator '{name}' must give 'estimate' and 'se'; it gives {', '.join(found)}.")
    return {key: float(value) for key, value in found.items()}


def summarise_recovery(table: pd.DataFrame, se: str = "se") -> pd.DataFrame:
    """Recovery over draws, one row per effect and estimator.

    Parameters
    ----------
    table : DataFrame
        From :func:`recover`.
    se : str
        The column with the standard errors that are put to the test.

    Returns
    -------
    DataFrame
        ``effect``, ``estimator``, ``draws``, ``truth``, ``back`` (mean), ``estimate`` (mean), ``spread`` (standard
        deviation of the estimates over draws), ``se`` (mean standard error) and ``covered``, the share of 95 %
        intervals that hold the truth; the last three are missing for a panel as it is, where nothing is drawn.
    """
    rows = table.dropna(subset=["estimate"])
    inside = (rows["estimate"] - rows["truth"]).abs().le(Z * rows[se])
    by = rows.assign(covered=inside.astype(float)).groupby(["effect", "estimator"], sort=False)
    out = by.agg(
        draws=("draw", "size"), truth=("truth", "mean"), back=("back", "mean"), estimate=("estimate", "mean"),
        spread=("estimate", "std"),
        se=(se, "mean"), covered=("covered", "mean"),
    ).reset_index()  # fmt: skip
    as_it_is = by["draw"].max().lt(0).to_numpy()
    out.loc[as_it_is, ["spread", "se", "covered"]] = np.nan
    return out
