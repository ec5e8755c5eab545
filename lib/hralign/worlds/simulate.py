"""Simulated worlds: sources with a known mechanism of alignment, or with none.

A state's latent respect for human rights is *own course + internalised + strategic + pressed*:

* own course: region + state level + income + conflict + slow improvement + a persistent AR(2) process, whose yearly
  shocks are partly those of all states (``common_share``) or of all states of a region (``regional_share``), and larger
  in states of a low level (``unrest``);
* internalised, from each year of membership to the next and for good, by each IGO j:
  ``internalisation * gap_ij / (memberships_i + half_exposure)``;
* strategic: an IGO that sets conditions (``conditional_share`` of them) and is entered late asks
  ``conditionality * gap_ij / k`` of a state below its mean, k being the number of IGOs with such an ask in that year;
  the shift builds up in the ``lead_years`` before accession, is held during membership and lapses
  within ``lapse_years`` of exit;
* pressed, for as long as the others watch: each year the shift held for IGO j moves by ``pressure_pace`` of the way to
  ``pressure * gap_ij / (memberships_i + half_exposure)`` during membership, and to nothing after exit.

The gap is the mean of the co-members' latent scores minus the state's own (for the ask: minus what it has
promised elsewhere).  States enter IGOs at the founding of the IGO, at their own birth, or late: each year a
fixed share of the open pairs enters late, drawn with weights
``exp(-homophily * |gap now| - anticipation * |gap after the horizon|)``, gaps being those of own courses;
young states are hastier, and states that will dissolve more aloof, whatever their score.  How open an IGO is varies
from year to year (``heaping``), so that states enter in waves.

What is measured is the latent score plus a transitory part, an error that lasts some years (``error_sd``,
``error_persistence``).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from ..errors import HralignError
from ..sources.tables import Sources
from .draws import Streams, ar1, autoregress
from .family import WORLDS
from .mechanisms import conditional_igos, influences
from .memberships import draw_ends, draw_entries
from .onrecord import Drawn, record_tables, truth_tables
from .population import draw_igos, draw_states
from .world import World

_COMPONENTS = (
    "names", "states", "igos", "entry", "exit", "income", "conflict", "course", "error", "rights", "gaps",
    "shared", "waves", "conditions",
)  # fmt: skip
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
        Per state-year, without error: ``score`` = ``own_course`` + ``internalised`` + ``strategic`` +
        ``pressed``, and the latent level of each of the four rights.
    influence : DataFrame
        Per state-IGO-year: change of the state's latent score that this IGO causes in this year, as
        ``internalised``, ``strategic`` and ``pressed``; summed over IGOs and past years they are those of `latent`.
    """

    world: World
    mechanism: str
    latent: pd.DataFrame
    influence: pd.DataFrame


def simulate(world: World | str = "intrinsic", seed: int = 1) -> Sources:
    """Draw the tables of one simulated world.

    Each component (states, entries, scores …) has its own random stream, so that two worlds with the same
    seed differ only where their parameters make them.  What frames a history is alike in all of them: years of birth,
    sizes and ages of IGOs are permuted quantiles, late entries a fixed share of the open pairs and exits a fixed share
    of the entries from below, so that sample sizes vary little.  Scores, incomes and wars are independent draws, so
    that results scatter from seed to seed as they would from one history to another.

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
    entry = draw_entries(world, rng, states, igos, eligible, own)
    error = ar1(rng["error"], own.shape, world.error_persistence, world.error_sd)
    end = draw_ends(world, rng, states, igos, entry, own + error)
    changes = influences(world, states, igos, entry, end, own, conditional_igos(world, rng["conditions"]))
    drawn = Drawn(world, states, igos, entry, end, covariates, own, error, changes)
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
    rich = draw.standard_normal(world.n_states)
    growth = world.growth + world.growth_sd * draw.standard_normal(world.n_states)
    log_gdp = (base + world.income_sd * rich)[:, None] + growth[:, None] * (years - 1980)
    log_gdp = log_gdp + ar1(draw, log_gdp.shape, 0.9, 0.1 * (world.income_sd > 0))
    draw = rng["conflict"]
    weight = np.exp(draw.standard_normal(world.n_states) - 0.5 * rich)
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
    level = regions[:, 0] + world.level_sd * draw.standard_normal(world.n_states)
    war = autoregress(covariates["war"] / 2, 0.5)  # half of what is left of the effect comes, or goes, each year
    rho, phi = world.persistence, world.momentum
    own = draw.standard_normal((world.n_states, burn_in + len(years)))
    shared = rng["shared"].standard_normal((len(world.regions) + 1, burn_in + len(years)))
    everywhere, within = world.common_share, world.regional_share
    shocks = np.sqrt(1 - everywhere - within) * own + np.sqrt(everywhere) * shared[-1]
    size = np.exp(world.unrest_sd * rng["shared"].standard_normal(world.n_states) - world.unrest * level)[:, None]
    shocks = (shocks + np.sqrt(within) * shared[states["region_index"]]) * size / np.sqrt((size**2).mean())
    wander = world.shock_sd * autoregress(shocks, rho + phi, -rho * phi)[:, burn_in:]
    improved = world.improvement * np.maximum(years - world.improvement_from, 0)
    income = world.income_effect * (covariates["log_gdp"] - regions[:, 1:])
    return level[:, None] + income + world.conflict_effect * war + improved + wander
