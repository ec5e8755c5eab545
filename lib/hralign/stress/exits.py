"""Exits with a comparison: those that left beside those that stayed and those that were never in; tests of a mean.

A state that withdraws from IGO j in year x is followed for some years from x on.  Its **stayers** are the members of j
in the year before that are still members in the year looked at; its **outsiders** are those of the pool
(:mod:`hralign.stress.outsiders`).  Both leave the comparison when they stop being what they are.  All are measured
against the same company, so that differences are differences between scores.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import numpy as np
import pandas as pd

from ..errors import HralignError, NotEnoughData
from .outsiders import Outsiders

WHALING = 3250
"""COW number of the International Whaling Commission, the IGO from which states withdrew most often."""

COMPANIONS = ("stayers", "outsiders")
"""Who a state that withdraws can be compared with."""

VIETNAM = 816
"""COW number of Vietnam.  The record enters South Vietnam's seats in four agencies of the United Nations under the
North's number too, where they end with 1974; Vietnam is a member of all four today.  Not exits but a hole."""

MOST = 14
"""Up to so many states all signs are tried; above, a sample of them."""


def withdrawals(pool: Outsiders, *, no_igos: Iterable[int] = (), no_states: Iterable[int] = (VIETNAM,)) -> pd.DataFrame:
    """The cases of the pool's panel that ended because the state withdrew, but for some IGOs and states.

    Returns
    -------
    DataFrame
        ``case``, ``igo``, ``state``, ``accession``, ``exit``, in the order of the exits.
    """
    cases = pool.panel.drop_duplicates("case")
    kept = (
        cases["exit_kind"].eq("withdraws") & ~cases["igo"].isin(list(no_igos)) & ~cases["state"].isin(list(no_states))
    )
    rows = cases.loc[kept, ["case", "igo", "state", "accession", "exit"]]
    return rows.astype({"exit": int}).sort_values(["exit", "case"], ignore_index=True)


def changes_beside(pool: Outsiders, exits: pd.DataFrame, companions: str = "stayers", years: int = 5) -> pd.DataFrame:
    """How the score of each state that withdrew, and of its companions, changed.

    The change is the score in each of the ``years`` from the exit on, less the mean of the last ``years`` before it,
    averaged over the years that are known; of members, over those in which they are members before the exit.  A
    companion counts in the years in which it still is one.

    Parameters
    ----------
    exits : DataFrame
        From :func:`withdrawals`.
    companions : {"stayers", "outsiders"}

    Returns
    -------
    DataFrame
        One row per state that withdrew and per companion: ``case`` (that ended), ``exit``, ``state``, ``left`` (1 for
        the one that withdrew), ``change`` in points.
    """
    if companions not in COMPANIONS:
        raise HralignError(f"'{companions}' is no comparison. Choose one of: {', '.join(COMPANIONS)}.")
    member = pool.years.pivot_table(index=["igo", "state"], columns="year", values="member").reindex(
        columns=pool.scores.columns
    )
    igo, states = (pool.scores.index.get_level_values(key).to_numpy() for key in ("igo", "state"))
    leaves, first = pool.pairs["leaves"].to_numpy(), pool.scores.columns[0]
    parts = []
    for one in exits.itertuples():
        calendar = np.arange(one.exit - years, one.exit + years)
        there = (calendar >= first) & (calendar <= pool.scores.columns[-1])
        own = np.flatnonzero((igo == one.igo) & (states == one.state))
        inside = member.to_numpy()[:, one.exit - 1 - first] == 1
        others = np.flatnonzero((igo == one.igo) & (states != one.state) & inside)
        if companions == "outsiders":
            others = pool.at(one.igo, one.exit, "all")
        place = np.concatenate([own, others])
        score, still = np.full((2, len(place), len(calendar)), np.nan)
        score[:, there] = pool.scores.to_numpy()[np.ix_(place, calendar[there] - first)]
        still[:, there] = member.to_numpy()[np.ix_(place, calendar[there] - first)]
        after = calendar >= one.exit
        out = (still != 1) if companions == "stayers" else calendar >= leaves[place][:, None]
        out[: len(own)] = (still[: len(own)] != 1) & ~after
        out[:, after] = np.cumsum(out[:, after], axis=1) > 0  # for good
        score[out] = np.nan
        change = _mean(score[:, after]) - _mean(score[:, ~after])
        left = np.arange(len(place)) < len(own)
        rows = {"case": one.case, "exit": one.exit, "state": states[place], "left": left.astype(int), "change": change}
        parts.append(pd.DataFrame(rows))
    if not parts:
        return pd.DataFrame(columns=["case", "exit", "state", "left", "change"])
    return pd.concat(parts, ignore_index=True).dropna(subset=["change"])


def _mean(values: np.ndarray) -> np.ndarray:
    known = (~np.isnan(values)).sum(axis=1)
    return np.nansum(values, axis=1) / np.where(known > 0, known, np.nan)


def gaps(changes: pd.DataFrame) -> pd.DataFrame:
    """Change of each state that withdrew less the mean change of its companions.

    Returns
    -------
    DataFrame
        ``case``, ``exit``, ``state``, ``change``, ``companions`` (their number), ``theirs`` (their mean) and ``gap``;
        only cases that have companions.
    """
    theirs = changes[changes["left"].eq(0)].groupby("case")["change"].agg(theirs="mean", companions="size")
    rows = changes[changes["left"].eq(1)].join(theirs, on="case", how="inner").drop(columns="left")
    return rows.assign(gap=rows["change"] - rows["theirs"]).reset_index(drop=True)


def t_test(values: pd.Series, state: pd.Series) -> dict[str, float]:
    """Student's t for a mean of zero, with states as clusters and as many degrees of freedom as states less one.

    Returns
    -------
    dict
        ``mean``, ``std_error``, ``t``, ``df``, ``p`` (two-sided), ``lower`` and ``upper`` (95 %).

    Raises
    ------
    NotEnoughData
        If the values come from fewer than two states.
    """
    from scipy.special import stdtr, stdtrit

    by_state = (values - values.mean()).groupby(state).sum()
    if len(by_state) < 2:
        raise NotEnoughData("A t test needs exits of two states at least. Take a wider definition of an exit.")
    df = len(by_state) - 1
    error = float(np.sqrt((by_state**2).sum() * len(by_state) / df) / len(values))
    mean = float(values.mean())
    t = mean / error
    reach = float(stdtrit(df, 0.975)) * error
    return {
        "mean": mean, "std_error": error, "t": t, "df": df, "p": float(2 * stdtr(df, -abs(t))),
        "lower": mean - reach, "upper": mean + reach,
    }  # fmt: skip


def returned(changes: pd.DataFrame) -> dict[str, float]:
    """How far records went back to where they had been: slope of the change after exit on the way back.

    Parameters
    ----------
    changes : DataFrame
        ``change`` (after exit less the last years of membership) and ``gap`` (before accession less those last years),
        one row per exit; 1 is a full return, 0 none.

    Returns
    -------
    dict
        ``slope`` by least squares, ``lower`` and ``upper`` (95 %, Student's t with two degrees of freedom fewer than
        exits).

    Raises
    ------
    NotEnoughData
        With fewer than four exits, or if all have the same gap.
    """
    from scipy.special import stdtrit

    n, x = len(changes), changes["gap"] - changes["gap"].mean()
    if n < 4 or not (x**2).sum() > 0:
        raise NotEnoughData(f"{n} exits with a record before and after are too few to ask how far records returned.")
    slope = float((x * changes["change"]).sum() / (x**2).sum())
    left = changes["change"] - changes["change"].mean() - slope * x
    reach = float(stdtrit(n - 2, 0.975) * np.sqrt((left**2).sum() / (n - 2) / (x**2).sum()))
    return {"slope": slope, "lower": slope - reach, "upper": slope + reach}


def sign_flip(values: pd.Series, state: pd.Series, *, draws: int = 20_000, seed: int = 1) -> float:
    """Two-sided p of a mean of zero if every state's values could as well have had the opposite sign.

    All cases of a state are turned together.  Exact where there are at most :data:`MOST` states, by a sample above.

    Raises
    ------
    NotEnoughData
        If there is no value.
    """
    sums = values.groupby(state).sum().to_numpy()
    if not len(sums):
        raise NotEnoughData("There is no exit whose change is known: no sign to turn.")
    if len(sums) <= MOST:
        signs = np.array(list(product((-1, 1), repeat=len(sums))))
    else:
        signs = np.random.default_rng(seed).choice((-1, 1), size=(draws, len(sums)))
    turned = np.abs(signs @ sums)
    return float((turned >= abs(sums.sum()) * (1 - 1e-12)).mean())


def permutation(changes: pd.DataFrame, *, draws: int = 5_000, seed: int = 1) -> tuple[float, np.ndarray]:
    """Two-sided p if any of those who were there could have been the one that left.

    In every case one of the states, the one that left or a companion, is taken for the one that left, and set against
    the mean of the others; the statistic is the mean over cases.

    Returns
    -------
    (float, (draws,) array)
        p, counting the data among the draws, and the statistic in each draw.
    """
    rng = np.random.default_rng(seed)
    actual, drawn = [], []
    for _, rows in changes.groupby("case"):
        if len(rows) < 2 or not rows["left"].any():
            continue
        change = rows["change"].to_numpy()
        beside = change - (change.sum() - change) / (len(change) - 1)
        actual.append(beside[rows["left"].eq(1).to_numpy()][0])
        drawn.append(beside[rng.integers(len(beside), size=draws)])
    if not actual:
        raise NotEnoughData("No state that withdrew has a companion: nothing can be exchanged.")
    statistic = np.mean(drawn, axis=0)
    beyond = (np.abs(statistic) >= abs(np.mean(actual)) - 1e-12).sum()
    return float((1 + beyond) / (draws + 1)), statistic
