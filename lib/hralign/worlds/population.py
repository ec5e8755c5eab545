"""Who there is: the states and IGOs of a simulated world, the years of their lives, and who may belong where."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import gammaincinv, ndtri

from .draws import Streams, quantiles
from .names import FIELDS, igo_names, state_names
from .world import World

NEVER = 10_000
"""A year, or index of a year, after all others."""


def by_region_and_age(states: pd.DataFrame) -> np.ndarray:
    """Order of the states by region and, within it, by year of birth."""
    return np.lexsort((states["first_year"], states["region_index"]))


def both_exist(states: pd.DataFrame, igos: pd.DataFrame) -> np.ndarray:
    """First year in which state and IGO exist, state x IGO."""
    return np.maximum(states["first_year"].to_numpy()[:, None], igos["first_year"].to_numpy())


def late_entries(states: pd.DataFrame, igos: pd.DataFrame, entry: np.ndarray, world: World) -> np.ndarray:
    """Which pairs enter late: neither at the founding of the IGO nor at the birth of the state."""
    return (entry > both_exist(states, igos) - world.first_year) & (entry < NEVER)


def draw_states(world: World, rng: Streams) -> pd.DataFrame:
    """States in the order of their regions, with the years of their lives."""
    draw, n = rng["states"], world.n_states
    ends = np.rint(np.cumsum([r.share for r in world.regions]) * n).astype(int)
    region = np.searchsorted(ends, np.arange(n), side="right")
    founding, breakup = np.array([(r.founding, r.breakup) for r in world.regions])[region].T
    rank = np.concatenate([quantiles(draw, size) for size in np.diff(ends, prepend=0)])
    in_span = world.first_year < world.breakup_year < world.last_year
    late = (rank > 1 - breakup) & in_span
    birth = np.where(late, world.breakup_year + draw.integers(0, 3, n), world.first_year)
    wave = ~late & (rank >= founding)
    born = world.wave_year + max(world.wave_spread, 1e-9) * ndtri(quantiles(draw, wave.sum()))
    birth[wave] = np.maximum(np.rint(born), world.first_year)
    birth = np.minimum(birth, world.last_year - 1).astype(int)
    death = np.full(n, world.last_year)
    if in_span:
        order = np.argsort(draw.random(n) - 2 * (breakup > 0) * (birth < world.breakup_year - 10))
        gone = order[birth[order] < world.breakup_year - 1][: min(world.n_dissolutions, n // 4)]
        death[gone] = np.minimum(world.breakup_year - 1 + draw.integers(0, 3, len(gone)), world.last_year - 1)
    return pd.DataFrame({
        "state": 1001 + np.arange(n), "name": state_names(n, rng["names"]), "region_index": region,
        "region": [world.regions[k].name for k in region], "first_year": birth, "last_year": death,
        "ceased": (death < world.last_year).astype(int),
    })  # fmt: skip


def draw_igos(world: World, rng: Streams, states: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """IGOs, and which states may belong to them: stretches of the ring of states ordered by region."""
    draw, n, n_states = rng["igos"], world.n_igos, world.n_states
    n_global, n_broad = round(world.share_global * n), round(world.share_broad * n)
    kind = np.repeat([0, 1, 2], [n_global, n_broad, n - n_global - n_broad])
    low, high = np.array([0.85, 0.18, 0.025])[kind], np.array([1.0, 0.6, 0.15])[kind]
    within = np.concatenate([quantiles(draw, size) for size in np.bincount(kind, minlength=3)])
    size = np.clip(np.rint(n_states * low * (high / low) ** within), 3, n_states).astype(int)
    start = (quantiles(draw, n) * n_states).astype(int)
    place = (np.arange(n_states)[:, None] - start) % n_states
    anywhere = np.argsort(draw.random((n_states, n)), axis=0)  # outsiders of a global IGO are no neighbours
    place = np.where(kind == 0, anywhere, place)
    eligible = place < size
    rank = np.concatenate([quantiles(draw, size) for size in np.bincount(kind, minlength=3)])
    rank *= np.array([0.75, 1.0, 1.0])[kind]  # global IGOs are older
    span = world.last_year - world.first_year
    ahead = np.maximum(rank - world.share_old, 0) / max(1 - world.share_old, 1e-9)
    founding = world.first_year + np.floor(ahead * 0.8 * span).astype(int)
    births = np.where(eligible, states["first_year"].to_numpy()[:, None], NEVER)
    founding = np.maximum(founding, np.sort(births, axis=0)[2])  # an IGO has at least three members
    ending = np.full(n, world.last_year)
    old_enough = np.flatnonzero((kind == 2) & (founding + 15 < world.last_year - 4))
    over = draw.permutation(old_enough)[: world.n_igo_endings]
    ending[over] = draw.integers(np.maximum(founding[over] + 15, world.last_year - 25), world.last_year - 4)
    policy = draw.permutation(np.resize(["economic", "political", "economic", "social"], n))
    rights = draw.permutation(n) < world.n_human_rights_igos
    mean, sd = world.delegation_mean, max(world.delegation_sd, 1e-9)
    delegation = gammaincinv((mean / sd) ** 2, quantiles(draw, n)) * (sd**2 / mean)
    names, acronyms = igo_names(list(policy), rights, rng["names"])
    table = pd.DataFrame({
        "igo": 5001 + np.arange(n), "acronym": acronyms, "name": names, "major": 1,
        "human_rights_igo": rights.astype(int), **{f: (policy == f).astype(int) for f in FIELDS},
        "first_year": founding, "last_year": ending, "ended": (ending < world.last_year).astype(int),
        "delegation": delegation,
    })  # fmt: skip
    return table, eligible
