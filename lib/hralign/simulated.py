"""Simulated worlds: sources with a known mechanism of alignment, or with none.

A state's latent respect for human rights is *own course + internalised + strategic*:

* own course: region + state level + income + conflict + slow improvement + a persistent AR(2) process;
* internalised, from each year of membership to the next and for good, by each IGO j:
  ``internalisation * gap_ij / (memberships_i + half_exposure)``;
* strategic: an IGO entered late asks ``conditionality * gap_ij / k`` of a state below its mean, k being the
  number of IGOs with such an ask in that year; the shift builds up in the ``lead_years`` before accession, is
  held during membership and lapses within ``lapse_years`` of exit.

The gap is the mean of the co-members' latent scores minus the state's own (for the ask: minus what it has
promised elsewhere).  States enter IGOs at the founding of the IGO, at their own birth, or late: each year a
fixed share of the open pairs enters late, drawn with weights
``exp(-homophily * |gap now| - anticipation * |gap after the horizon|)``, gaps being those of own courses;
young states are hastier, and states that will dissolve more aloof, whatever their score.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from .errors import HralignError
from .names import NEVER, Streams, balanced, both_exist, by_region_and_age, draw_igos, draw_states
from .records import Drawn, ar1, autoregress, late_entries, record_tables, truth_tables
from .sources import Sources
from .worlds import REGIONS, WORLDS, Region, World

__all__ = ["REGIONS", "WORLDS", "Region", "Truth", "World", "simulate"]

_COMPONENTS = (
    "names", "states", "igos", "entry", "exit", "income", "conflict", "course", "error", "rights", "gaps"
)  # fmt: skip
_FIRST_EXIT = 4  # years of membership before a state may withdraw
_BURN_IN = 60  # years over which departures from the level have built up before the first


@dataclass(frozen=True)
class Truth:
    """What no researcher sees: the process behind a simulated world.

    Attributes
    ----------
    world : World
    mechanism : str
        ``world.mechanism``.
    latent : DataFrame
        Per state-year, without error: ``score`` = ``own_course`` + ``internalised`` + ``strategic``, and the
        latent level of each of the four rights.
    influence : DataFrame
        Per state-IGO-year: change of the state's latent score that this IGO causes in this year, as
        ``internalised`` and ``strategic``; summed over IGOs and past years they are those of `latent`.
    """

    world: World
    mechanism: str
    latent: pd.DataFrame
    influence: pd.DataFrame


def simulate(world: World | str = "intrinsic", seed: int = 1) -> Sources:
    """Draw the tables of one simulated world.

    Each component (states, entries, scores …) has its own random stream, so that two worlds with the same
    seed differ only where their parameters make them.  State levels, IGO sizes and the like are permuted
    quantiles rather than independent draws, late entries are a fixed share of the open pairs and exits a
    fixed share of the entries from below, so that sample sizes vary little from seed to seed.

    Parameters
    ----------
    world : World or str
        Parameters, or the name of a preset in :data:`WORLDS`.
    seed : int

    Returns
    -------
    Sources
        ``provenance`` holds the name of the preset as ``world`` ("custom" if there is none like it), the
        ``seed`` and all ``parameters``, ready for JSON; ``truth`` is a :class:`Truth`.

    Raises
    ------
    HralignError
        If there is no preset of that name, or the seed is not a whole number from 0.

    Examples
    --------
    >>> src = simulate(World(n_states=12, n_igos=4, first_year=1990, last_year=2009), seed=3)
    >>> src.kind, src.truth.mechanism, len(src.states)
    ('simulated', 'intrinsic', 12)
    """
    if isinstance(world, str):
        if world not in WORLDS:
            raise HralignError(f"There is no world '{world}'. Choose one of: {', '.join(WORLDS)}.")
        world = WORLDS[world]
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise HralignError(f"A seed cannot be {seed!r}; give a whole number from 0.")
    name = next((name for name, preset in WORLDS.items() if preset == world), "custom")
    children = np.random.SeedSequence(int(seed)).spawn(len(_COMPONENTS))
    rng = {part: np.random.default_rng(child) for part, child in zip(_COMPONENTS, children, strict=True)}
    states = draw_states(world, rng)
    igos, eligible = draw_igos(world, rng, states)
    covariates = _covariates(world, rng, states)
    own = _own_course(world, rng, states, covariates)
    entry = _entries(world, rng, states, igos, eligible, own)
    error = ar1(rng["error"], own.shape, world.error_persistence, world.error_sd)
    end = _ends(world, rng, states, igos, entry, own + error)
    changes = _influence(world, states, igos, entry, end, own)
    drawn = Drawn(world, states, igos, entry, end, covariates, own, error, *changes)
    latent, influence = truth_tables(drawn, rng)
    return Sources(
        states=states.drop(columns="region_index"),
        igos=igos.drop(columns="delegation"),
        **record_tables(drawn, rng, latent),
        kind="simulated",
        provenance={"world": name, "seed": int(seed), "parameters": asdict(world)},
        truth=Truth(world, world.mechanism, latent, influence),
    )


def _covariates(world: World, rng: Streams, states: pd.DataFrame) -> dict[str, np.ndarray]:
    """Log GDP per capita and civil war of every state in every year, as state x year arrays."""
    draw, years = rng["income"], world.years
    base = np.array([r.log_gdp for r in world.regions])[states["region_index"]]
    order = by_region_and_age(states)
    rich = ndtri(balanced(draw, order))
    growth = world.growth + world.growth_sd * ndtri(balanced(draw, order))
    log_gdp = (base + world.income_sd * rich)[:, None] + growth[:, None] * (years - 1980)
    log_gdp = log_gdp + ar1(draw, log_gdp.shape, 0.9, 0.1 * (world.income_sd > 0))
    draw = rng["conflict"]
    weight = np.exp(ndtri(balanced(draw, order)) - 0.5 * rich)
    share = np.clip(world.conflict_share * weight / weight.mean(), 0, 0.8)
    onset = np.minimum(world.conflict_end * share / (1 - share), 1)
    chance, war = draw.random(log_gdp.shape), np.empty(log_gdp.shape, bool)
    war[:, 0] = chance[:, 0] < share
    for t in range(1, len(years)):
        war[:, t] = np.where(war[:, t - 1], chance[:, t] >= world.conflict_end, chance[:, t] < onset)
    return {"log_gdp": log_gdp, "war": war}


def _own_course(world: World, rng: Streams, states: pd.DataFrame, covariates: dict[str, np.ndarray]) -> np.ndarray:
    """Latent scores as they would be without any influence, state x year."""
    draw, years, burn_in = rng["course"], world.years, _BURN_IN
    regions = np.array([(r.score, r.log_gdp) for r in world.regions])[states["region_index"]]
    level = regions[:, 0] + world.level_sd * ndtri(balanced(draw, by_region_and_age(states)))
    war = covariates["war"].astype(float)
    war[:, 1:] = (war[:, 1:] + war[:, :-1]) / 2
    rho, phi = world.persistence, world.momentum
    shocks = draw.standard_normal((world.n_states, burn_in + len(years))) * world.shock_sd
    wander = autoregress(shocks, rho + phi, -rho * phi)[:, burn_in:]
    improved = world.improvement * np.maximum(years - world.improvement_from, 0)
    income = world.income_effect * (covariates["log_gdp"] - regions[:, 1:])
    return level[:, None] + income + world.conflict_effect * war + improved + wander


def _entries(
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
    aloof = np.where(states["ceased"].to_numpy()[:, None] == 1, 0.25, 1.0)  # bloc states kept apart
    patience, owed = draw.standard_exponential((n_years, *eligible.shape)), 0.0
    for t in range(1, n_years):
        here = (birth < t) & (t <= death) & (founding < t) & (t <= ending)
        open_pairs = np.flatnonzero(eligible & here & (entry > t))
        owed += world.entry_rate * len(open_pairs)
        weight = np.where(t - birth <= 5, world.haste, 1.0) * aloof * _likeness(world, entry < t, own, t)
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


def _members(entry: np.ndarray, end: np.ndarray, t: int) -> np.ndarray:
    return ((entry <= t) & (t < end)).astype(float)


def _ends(
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
        member = _members(entry, end, t - 1)
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


def _influence(
    world: World, states: pd.DataFrame, igos: pd.DataFrame, entry: np.ndarray, end: np.ndarray,
    own: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Change of each state's score by each IGO, internalised and strategic: year x state x IGO arrays."""
    n_years = own.shape[1]
    internalised, strategic = np.zeros((2, n_years, *entry.shape))
    due = np.zeros((len(own), n_years))  # what states have promised, by year of delivery
    shift = np.zeros(len(own))
    ready = both_exist(states, igos) - world.first_year
    asked = np.where(entry > ready, np.maximum(ready, entry - world.lead_years - 1), NEVER)
    for t in range(n_years):
        shift += (internalised[t] + strategic[t]).sum(axis=1)
        score, member = own[:, t] + shift, _members(entry, end, t)
        size, total = member.sum(axis=0), score @ member
        if world.internalisation and t + 1 < n_years:
            mean = (total - score[:, None]) / np.maximum(size - 1, 1)
            gap = member * (size > 1) * (mean - score[:, None])
            joined = np.maximum(member.sum(axis=1, keepdims=True) + world.half_exposure, 1)
            internalised[t + 1] = world.internalisation * gap / joined
        if world.conditionality:
            i, j = np.nonzero((asked == t) & (entry < NEVER) & (size > 0))
            pledged = score + due[:, t + 1 :].sum(axis=1)
            gap = np.maximum(total[j] / size[j] - pledged[i], 0)
            asking = np.maximum(np.bincount(i, gap > 0, minlength=len(own)), 1)[i]
            _promise(world, strategic, due, (i, j), world.conditionality * gap / asking, entry, end, t)
    return internalised, strategic


def _promise(
    world: World, strategic: np.ndarray, due: np.ndarray, pairs: tuple[np.ndarray, np.ndarray],
    asked: np.ndarray, entry: np.ndarray, end: np.ndarray, t: int,
) -> None:  # fmt: skip
    """Enter the shifts that pairs promise in year t: built up before accession, taken back after exit."""
    i, j = pairs
    steps = np.maximum(entry[i, j] - 1 - t, 1)
    for k in range(1, steps.max(initial=0) + 1):
        on = k <= steps
        np.add.at(strategic, (t + k, i[on], j[on]), (asked / steps)[on])
        np.add.at(due, (i[on], t + k), (asked / steps)[on])
    for k in range(world.lapse_years):
        on = end[i, j] + k < len(strategic)
        np.add.at(strategic, (end[i, j][on] + k, i[on], j[on]), -asked[on] / world.lapse_years)
