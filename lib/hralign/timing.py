"""Before accession and after exit (H1, H3): curves in event time, and the tests beside the pictures.

The paper draws LOESS curves over all case-years.  Here the smoother works on the yearly sums of each state, which
gives the same curve and makes bands that resample states cheap.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from .errors import NotEnoughData
from .mixed import MixedFit, MixedModel
from .panel import EXIT_KINDS

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

    rng, states = np.random.default_rng(seed), len(total)
    draws = [curve(np.bincount(rng.integers(states, size=states).astype(np.intp), minlength=states)) for _ in range(n)]
    lower, upper = np.nanquantile(draws, [0.025, 0.975], axis=0)
    cases = count.sum(axis=0).astype(int)
    with np.errstate(invalid="ignore"):
        mean = total.sum(axis=0) / cases
    return pd.DataFrame(
        {
            "year": years,
            "estimate": curve(np.ones(states)),
            "lower": lower,
            "upper": upper,
            "mean": mean,
            "cases": cases,
        }
    )


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
    rng, rows = np.random.default_rng(seed), {}
    for kind in (*EXIT_KINDS, "all"):
        part = changes if kind == "all" else changes[changes["exit_kind"] == kind]
        known = part.dropna(subset=["change"])
        by_state = known.groupby("state")["change"].agg(["sum", "size"]).to_numpy()
        bounds = [np.nan, np.nan]
        if len(by_state) > 1:
            drawn = by_state[rng.integers(len(by_state), size=(n, len(by_state)))].sum(axis=1)
            bounds = np.quantile(drawn[:, 0] / drawn[:, 1], [0.025, 0.975])
        rows[kind] = [len(part), len(known), known["change"].mean(), *bounds, known["reversion"].mean()]
    columns = ["cases", "with_change", "change", "lower", "upper", "reversion"]
    return pd.DataFrame(rows, index=columns).T.astype({"cases": int, "with_change": int}).rename_axis("kind")


EVENT_WINDOW = (-10, 20)
"""Years around accession that have an effect of their own; earlier and later ones share that of the end."""


def event_study(panel: pd.DataFrame, window: tuple[int, int] = EVENT_WINDOW) -> pd.DataFrame:
    """Distance by year relative to accession, with case and year effects, intervals clustered by state.

    The reference is the year before accession.  Case effects take out level, year effects common movement; years
    before and after the window share its first and last effect, without which the three clocks (event year,
    calendar year and case) could not be told apart.  Membership years and the years before them are used.

    Parameters
    ----------
    panel : DataFrame
        From :func:`hralign.panel.build_panel`, with any selection of cases.

    Returns
    -------
    DataFrame
        ``event_year``, ``estimate``, ``std_error``, ``lower``, ``upper`` and ``cases`` with a distance in that year;
        the reference year is 0 by construction.
    """
    from linearmodels.panel import PanelOLS  # slow to import, and only needed here

    event = panel["year"] - panel["accession"]
    rows = panel[panel["distance"].notna() & (panel["member"].eq(1) | event.lt(0))].reset_index(drop=True)
    event = (rows["year"] - rows["accession"]).clip(*window)
    if event.nunique() < 3 or -1 not in set(event):
        raise NotEnoughData("Too few years around accession have a distance: no event study. Use a longer panel.")
    effects = pd.get_dummies(event, dtype=float).drop(columns=-1).rename(columns="event {}".format)
    index = pd.MultiIndex.from_arrays([pd.factorize(rows["case"])[0], rows["year"]], names=["case", "year"])
    outcome, effects = rows["distance"].set_axis(index), effects.set_axis(index)
    model = PanelOLS(outcome, effects, entity_effects=True, time_effects=True)
    fit = model.fit(cov_type="clustered", clusters=pd.DataFrame({"state": rows["state"].to_numpy()}, index=index))
    table = pd.DataFrame({"estimate": fit.params, "std_error": fit.std_errors})
    table.index = [int(name.removeprefix("event ")) for name in table.index]
    table.loc[-1] = [0.0, 0.0]
    table = table.sort_index().rename_axis("event_year").reset_index()
    reach = 1.96 * table["std_error"]
    cases = rows.groupby(event)["case"].nunique().reindex(table["event_year"]).to_numpy()
    return table.assign(lower=table["estimate"] - reach, upper=table["estimate"] + reach, cases=cases)
