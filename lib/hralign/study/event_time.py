"""Before accession and after exit (H1, H3): curves in event time, and the tests beside the pictures.

The paper draws LOESS curves over all case-years.  Here the smoother works on the yearly sums of each state, which
gives the same curve and makes bands that resample states cheap.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..errors import NotEnoughData
from ..memberships import EXIT_KINDS
from ..mixed import MixedFit, MixedModel
from ..mixed.bootstrap import draw_clusters

SPAN = 0.75
"""Share of the case-years that each local line is fitted to (the book's one smoother: LOESS of degree 1)."""

BEFORE, AFTER = range(-20, 1), range(0, 16)
"""Years to accession and since exit that the figures show."""


def loess(x: np.ndarray, y: np.ndarray, weight: np.ndarray, at: np.ndarray, span: float = SPAN) -> np.ndarray:
    """Local linear regression with tricube weights (Cleveland 1979, JASA 74), for rows that stand for many.

    Parameters
    ----------
    x, y, weight : (n,) arrays
        Position, mean outcome and number of observations of each row, ``x`` ascending.
    at : (m,) array
        Where the curve is wanted.
    span : float
        Share of all observations whose distance sets the bandwidth.

    Returns
    -------
    (m,) array
        The curve; as `statsmodels.nonparametric.lowess` without robustness steps, which takes no weights.
    """
    curve = np.full(len(at), np.nan)
    wanted = max(int(span * weight.sum() + 1e-10), 1)
    for k, point in enumerate(at):
        distance = np.abs(x - point)
        order = np.argsort(distance, kind="stable")
        bandwidth = distance[order][np.searchsorted(np.cumsum(weight[order]), wanted)]
        near = distance <= 0.999 * bandwidth
        w = np.where(near, weight * (1 - (distance / max(bandwidth, 1e-12)) ** 3) ** 3, 0.0)
        w = np.where(distance <= 0.001 * bandwidth, weight, w)
        centre = np.average(x, weights=w)
        spread = np.average((x - centre) ** 2, weights=w)
        slope = np.average((x - centre) * y, weights=w) / spread if spread > 0 else 0.0
        curve[k] = np.average(y, weights=w) + slope * (point - centre)
    return curve


def event_curve(
    panel: pd.DataFrame, clock: str, years: Iterable[int], *, n: int = 200, seed: int = 1, span: float = SPAN
) -> pd.DataFrame:
    """LOESS of distance on an event clock, with a band that resamples states.

    Parameters
    ----------
    panel : DataFrame
        From :func:`hralign.panel.build_panel`.
    clock : {"years_to_accession", "years_since_exit", "duration"}
    years : iterable of int
        Values of the clock that are used and shown.
    n, seed : int
        Number of state resamples behind the band, and their seed.

    Returns
    -------
    DataFrame
        ``year``, ``estimate``, ``lower``, ``upper`` (95 % of the resamples), ``mean`` (unsmoothed) and ``cases``, the
        number of cases behind the year.  Empty if no case has a distance there.
    """
    years = np.asarray(list(years))
    rows = panel[panel[clock].isin(years) & panel["distance"].notna()]
    if rows.empty:
        return pd.DataFrame(columns=["year", "estimate", "lower", "upper", "mean", "cases"])
    by_state = rows.astype({clock: int}).pivot_table(
        index="state", columns=clock, values="distance", aggfunc=["sum", "count"], fill_value=0
    )
    total, count = (by_state[part].reindex(columns=years, fill_value=0).to_numpy() for part in ("sum", "count"))

    def curve(multiplicity: np.ndarray) -> np.ndarray:
        weight = multiplicity @ count
        seen = weight > 0
        return loess(years[seen], (multiplicity @ total)[seen] / weight[seen], weight[seen], years, span)

    lower, upper = np.nanquantile([curve(times) for times in draw_states(len(total), n, seed)], [0.025, 0.975], axis=0)
    cases = count.sum(axis=0).astype(int)
    with np.errstate(invalid="ignore"):
        mean = total.sum(axis=0) / cases
    return pd.DataFrame(
        {
            "year": years,
            "estimate": curve(np.ones(len(total))),
            "lower": lower,
            "upper": upper,
            "mean": mean,
            "cases": cases,
        }
    )


def draw_states(count: int, n: int, seed: int) -> np.ndarray:
    """(n, count) how often each of ``count`` states occurs in each of ``n`` draws of as many, with replacement."""
    rng = np.random.default_rng(seed)
    return np.stack([draw_clusters(count, rng) for _ in range(n)])


def bootstrap_mean(values: pd.Series, state: pd.Series, *, n: int = 1000, seed: int = 1) -> np.ndarray:
    """Means of the known values in samples of whole states drawn with replacement.

    Parameters
    ----------
    values, state : Series
        Aligned; a value may be missing.

    Returns
    -------
    (n,) array

    Raises
    ------
    NotEnoughData
        If the known values come from fewer than two states.
    """
    by_state = values.dropna().groupby(state).agg(["sum", "size"]).to_numpy()
    if len(by_state) < 2:
        raise NotEnoughData("Fewer than two states have a value: there is nothing to resample.")
    total, count = (draw_states(len(by_state), n, seed) @ by_state).T
    return total / count


def fit_approach(panel: pd.DataFrame, years: int = 10, *, skip_last: int = 0) -> MixedFit:
    """H1: slope of distance in the years before accession, intercept and slope varying by case.

    Parameters
    ----------
    panel : DataFrame
    years : int
        How many years before accession are used, ending in the year before it.
    skip_last : int
        How many of the last ones to leave out: cases were selected on the very last.
    """
    window = panel["years_to_accession"].between(-years, -1 - skip_last) & panel["distance"].notna()
    rows = panel.loc[window, ["case", "igo", "state", "distance", "years_to_accession"]]
    if rows["case"].nunique() < 2:
        raise NotEnoughData(
            f"Fewer than two cases have a distance in the {years} years before accession: no slope to fit."
        )
    rows = rows.astype({"years_to_accession": float})
    return MixedModel(rows, "distance", ["years_to_accession"], group="case", slope="years_to_accession").fit()


def exit_changes(panel: pd.DataFrame, years: int = 5) -> pd.DataFrame:
    """H3: how far each case that ended moved afterwards.

    Returns
    -------
    DataFrame
        One row per case with an exit: ``igo``, ``state``, ``case``, ``exit``, ``exit_kind``, and mean distances
        ``before_accession``, ``last`` (last years of membership) and ``after`` (from the exit on) over at most
        ``years`` years each; ``change`` = after - last (reversion is negative), ``reversion`` = after -
        before_accession (zero would be a full return).  Missing where there is nothing to average.
    """
    ended = panel[panel["exit"].notna()]
    until = ended["years_to_accession"].between(-years, -1)
    last = ended["member"].eq(1) & ended["year"].ge(ended["exit"] - years)
    after = ended["years_since_exit"].between(0, years - 1)
    cases = ended.drop_duplicates("case").set_index("case")[["igo", "state", "exit", "exit_kind"]]
    for name, part in {"before_accession": until, "last": last, "after": after}.items():
        cases[name] = ended[part.fillna(False)].groupby("case")["distance"].mean()
    cases["change"] = cases["after"] - cases["last"]
    cases["reversion"] = cases["after"] - cases["before_accession"]
    return cases.reset_index()


def summarise_exits(changes: pd.DataFrame, *, n: int = 1000, seed: int = 1) -> pd.DataFrame:
    """Mean change after exit by kind, with an interval that resamples states.

    Returns
    -------
    DataFrame
        Indexed by kind and ``all``: ``cases``, ``with_change``, ``change``, ``lower``, ``upper``, ``reversion``.
        Bounds are missing where fewer than two states have a change.
    """
    rows = {}
    for kind in (*EXIT_KINDS, "all"):
        part = changes if kind == "all" else changes[changes["exit_kind"] == kind]
        known = part.dropna(subset=["change"])
        try:
            bounds = np.quantile(bootstrap_mean(known["change"], known["state"], n=n, seed=seed), [0.025, 0.975])
        except NotEnoughData:
            bounds = [np.nan, np.nan]
        rows[kind] = [len(part), len(known), known["change"].mean(), *bounds, known["reversion"].mean()]
    columns = ["cases", "with_change", "change", "lower", "upper", "reversion"]
    return pd.DataFrame(rows, index=columns).T.astype({"cases": int, "with_change": int}).rename_axis("kind")
