"""Bases: panels in which membership is known to do nothing, for :mod:`hralign.stress.plant` to plant in.

* **The real panel as it is.**  What comes back is the estimate with the plant less the estimate without.  That is exact
  for least squares and nearly so for mixed models, whose weights move a little.  Nothing has to be taken out of the
  data first.  To take out an estimated slope would be circular: whatever had estimated it would look unbiased.
* **Coins** (:func:`toss`).  For every state a coin says whether its distances stay, or are turned over around the
  common mean.  A state's rows keep their persistence, their gaps and each other's company, since one coin turns all of
  them; dates, controls and records stay as they are.  But whatever goes with membership, calendar, cohort or controls
  is undone in expectation: each state's course is as likely as its reflection.  So a slope of zero is known to be true
  in the noise of the data themselves, and over many tosses one sees how far an estimator scatters, and whether its
  standard error says so (in the manner of the wild cluster bootstrap, Cameron, Gelbach & Miller 2008, Rev. Econ. Stat.
  90(3)).  What it does not keep is that cases were chosen from below: reflected states stood above in the year before,
  so that regression to the mean cancels too.
* **Cards** (:func:`exchange`).  The states of a region whose records begin and end alike exchange their membership
  cards: each gets all memberships of another, and keeps its own history.  The panel is then built anew, with the rule
  that chooses cases from below.  When a state joined, and whether, has nothing to do with its own course any more;
  regression to the mean, the calendar, war and wealth, and when the clubs of the region opened, are all as they were.
  What an estimator finds there it would find without membership.  Courses still hold what real membership did to them.
  Where the whole region joined at one time, exchanging cards changes no dates, and a part of a real effect stays in:
  as a base this errs, if at all, on the side of too large a null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughData
from ..memberships import WINDOW
from ..panel import build_panel
from ..sources.tables import Sources


def toss(panel: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The panel with the distances of half of its states turned over around the common mean: nothing goes with them.

    One coin per state; the head of this module says what that keeps and what it undoes.
    """
    states = np.sort(panel["state"].unique())
    coin = pd.Series(rng.choice([-1.0, 1.0], size=len(states)), index=states)
    middle = panel.loc[panel["member"].eq(1), "distance"].mean()
    turned = middle + panel["state"].map(coin) * (panel["distance"] - middle)
    out = panel.assign(distance=turned, score=panel["igo_mean"] + turned)
    out.attrs = dict(panel.attrs)
    return out


def tosses(panel: pd.DataFrame, draws: Iterable[int] | int, seed: int = 1) -> Iterator[tuple[int, pd.DataFrame]]:
    """So many draws of :func:`toss`, or those of these numbers; toss k depends on ``seed`` and k only."""
    for k in range(draws) if isinstance(draws, int) else draws:
        yield k, toss(panel, np.random.default_rng([seed, k]))


def card_classes(src: Sources, score: str = "fariss") -> pd.Series:
    """Who can exchange cards with whom: the class of each state with a score.

    States of one region whose scores begin in the same decade (all that begin before the window alike), and that are
    both still scored at the end, or both not.
    """
    scored = src.score(score).dropna().reset_index()
    scored = scored[scored["year"].between(*WINDOW)]
    ends = scored.groupby("state")["year"].agg(["min", "max"]).join(src.states.set_index("state")["region"])
    decade = np.where(ends["min"] <= scored["year"].min(), "from the first", (ends["min"] // 10 * 10).astype(str))
    still = np.where(ends["max"] >= ends["max"].max() - 2, "to the last", "ended")
    return pd.Series([" · ".join(one) for one in zip(ends["region"], decade, still, strict=True)], index=ends.index)


def exchange(src: Sources, rng: np.random.Generator, score: str = "fariss") -> Sources:
    """The sources with all memberships of every state handed to another one of its class, at random.

    Raises
    ------
    NotEnoughData
        If every state is alone in its class.
    """
    classes = card_classes(src, score)
    if classes.nunique() == len(classes):
        raise NotEnoughData(
            "No two states of a region have records that begin and end alike: nobody can exchange cards. Use a source "
            "with more states."
        )
    holder: dict[int, int] = {}
    for _, group in classes.groupby(classes):
        states = group.index.to_numpy()
        holder |= dict(zip(states.tolist(), rng.permutation(states).tolist(), strict=True))
    cards = src.memberships
    return src.replace(memberships=cards.assign(state=cards["state"].map(lambda state: holder.get(state, state))))


def exchanges(
    src: Sources, draws: Iterable[int] | int, seed: int = 1, score: str = "fariss", **options: Any
) -> Iterator[tuple[int, pd.DataFrame]]:
    """Panels of so many draws of :func:`exchange`, or those of these numbers; ``options`` as :func:`build_panel`'s."""
    for k in range(draws) if isinstance(draws, int) else draws:
        yield k, build_panel(exchange(src, np.random.default_rng([seed, k]), score), score, **options)
