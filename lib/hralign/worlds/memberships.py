"""Who belongs where, and for how long: entries at founding, at birth or late, and exits, in a simulated world."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .draws import Streams
from .population import NEVER, late_entries
from .world import World

_FIRST_EXIT = 4  # years of membership before a state may withdraw


def draw_entries(
    world: World, rng: Streams, states: pd.DataFrame, igos: pd.DataFrame, eligible: np.ndarray,
    own: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Index of the year in which each state enters each IGO, state x IGO; `NEVER` if it does not."""
    draw, first, n_years = rng["entry"], world.first_year, own.shape[1]
    birth, death = (states[c].to_numpy()[:, None] - first for c in ("first_year", "last_year"))
    founding, ending = (igos[c].to_numpy() - first for c in ("first_year", "last_year"))
    founder, newborn = draw.random(eligible.shape), draw.random(eligible.shape)
    alive = eligible & (birth <= founding) & (death > founding)
    order = np.argsort(np.argsort(np.where(alive, founder, 2), axis=0), axis=0)
    entry = np.where(alive & ((founder < world.founding_rate) | (order < 3)), founding, NEVER)
    at_birth = eligible & (birth > founding) & (birth <= ending) & (newborn < world.birth_rate)
    entry = np.where(at_birth, birth, entry)
    aloof = np.where(states["ceased"].to_numpy()[:, None] == 1, 1 - world.aloofness, 1.0)  # bloc states kept apart
    openness = np.exp(world.heaping * rng["waves"].standard_normal((n_years, eligible.shape[1])))
    patience, owed = draw.standard_exponential((n_years, *eligible.shape)), 0.0
    for t in range(1, n_years):
        here = (birth < t) & (t <= death) & (founding < t) & (t <= ending)
        open_pairs = np.flatnonzero(eligible & here & (entry > t))
        owed += world.entry_rate * len(open_pairs)
        weight = np.where(t - birth <= 5, world.haste, 1.0) * aloof * openness[t] * _likeness(world, entry < t, own, t)
        wait = patience[t].ravel()[open_pairs] / np.broadcast_to(weight, eligible.shape).ravel()[open_pairs]
        chosen = open_pairs[np.argsort(wait)[: int(owed)]]
        entry.ravel()[chosen] = t
        owed -= len(chosen)
    return entry


def _likeness(world: World, member: np.ndarray, own: np.ndarray, t: int) -> np.ndarray | float:
    """Weight of each state-IGO pair in late entry: how like the members the state is and will be."""
    if not world.homophily and not world.anticipation:
        return 1.0
    mean = (own[:, t] @ member) / np.maximum(member.sum(axis=0), 1)
    later = own[:, min(t + world.horizon, own.shape[1] - 1)]
    gaps = (np.abs(mean - course[:, None]) for course in (own[:, t], later))
    return np.exp(-sum(w * gap for w, gap in zip((world.homophily, world.anticipation), gaps, strict=True)))


def members(entry: np.ndarray, end: np.ndarray, t: int) -> np.ndarray:
    """Who is a member in year t: 1 or 0, state x IGO."""
    return ((entry <= t) & (t < end)).astype(float)


def draw_ends(
    world: World, rng: Streams, states: pd.DataFrame, igos: pd.DataFrame, entry: np.ndarray, score: np.ndarray
) -> np.ndarray:
    """Index of the first year after each membership; `NEVER` if it lasts, or was never begun.

    Late entries from below the IGO mean exit in a fixed share; where dissolutions and endings fall short
    of it, states withdraw.  Of all other memberships the same share is withdrawn.
    """
    last = world.last_year - world.first_year
    over = np.minimum(states["last_year"].to_numpy()[:, None], igos["last_year"].to_numpy())
    end = np.where(over < world.last_year, over + 1 - world.first_year, NEVER)
    late = late_entries(states, igos, entry, world) & (entry + world.first_year > 1965)
    below = np.zeros_like(late)
    for t in np.unique(entry[late]):
        member = members(entry, end, t - 1)
        mean = (score[:, t - 1] @ member) / np.maximum(member.sum(axis=0), 1)
        below |= late & (entry == t) & (score[:, t - 1, None] < mean)
    wanted = max(round(world.exit_share * below.sum()) - int((below & (end <= last)).sum()), 0)
    latest = np.minimum(end, last - _FIRST_EXIT)
    able = (entry < NEVER) & (entry + _FIRST_EXIT < latest)
    chance, when = rng["exit"].random(entry.shape), rng["exit"].random(entry.shape)
    share = wanted / max(below.sum(), 1)
    for group, number in ((below, wanted), (~below, round(share * (able & ~below).sum()))):
        pool = np.flatnonzero(able & group)
        i, j = np.unravel_index(pool[np.argsort(chance.ravel()[pool])[:number]], entry.shape)
        soonest = entry[i, j] + _FIRST_EXIT
        end[i, j] = soonest + np.floor(when[i, j] * (latest[i, j] - soonest)).astype(int)
    return end
