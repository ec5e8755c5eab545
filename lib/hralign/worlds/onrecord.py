"""What a simulated world puts on record, with the gaps of real records, and what it keeps to itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from .draws import Streams, ar1, balanced, quantiles
from .mechanisms import Influence
from .population import both_exist, by_region_and_age, late_entries
from .world import World

RIGHT_CUTS = {
    "disappearances": (-1.25, -0.45),
    "killings": (-0.7, 0.4),
    "torture": (0.15, 1.4),
    "political_imprisonment": (-0.25, 0.6),
}
"""Latent levels at which each right passes from 0 to 1 and from 1 to 2."""

_GDP_ON_RECORD = ((0, 0.42, 0.60, 0.74, 0.87, 0.94, 0.97), (1960, 1960, 1978, 1987, 1996, 2005, 2014))


@dataclass(frozen=True)
class Drawn:
    """A world as drawn: years are indices, ``entry`` and ``end`` (first year after) state x IGO,
    scores and covariates state x year."""

    world: World
    states: pd.DataFrame
    igos: pd.DataFrame
    entry: np.ndarray
    end: np.ndarray
    covariates: dict[str, np.ndarray]
    own: np.ndarray
    error: np.ndarray
    influence: Influence

    @property
    def alive(self) -> tuple[np.ndarray, np.ndarray]:
        """Indices of state and year of every state-year."""
        first, last = (self.states[column].to_numpy()[:, None] for column in ("first_year", "last_year"))
        return np.nonzero((first <= self.world.years) & (self.world.years <= last))


def truth_tables(drawn: Drawn, rng: Streams) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables ``latent`` and ``influence`` of :class:`hralign.worlds.simulate.Truth`."""
    world, states, igos = drawn.world, drawn.states, drawn.igos
    (i, t), code = drawn.alive, states["state"].to_numpy()
    sums = {kind: np.cumsum(change.sum(axis=2), axis=0).T for kind, change in drawn.influence._asdict().items()}
    lasting = drawn.own + sums["internalised"] + sums["pressed"]
    latent = pd.DataFrame({
        "state": code[i], "year": world.years[t], "score": (lasting + sums["strategic"])[i, t],
        "own_course": drawn.own[i, t], **{kind: total[i, t] for kind, total in sums.items()},
    })  # fmt: skip
    for right in RIGHT_CUTS:  # what is hard to attribute gets worse while the visible gets better
        weight = -world.substitution if right == "disappearances" else 1.0
        level = lasting + weight * sums["strategic"] + ar1(rng["rights"], drawn.own.shape, 0.8, world.rights_sd)
        latent[right] = level[i, t]
    y, s, j = np.nonzero(np.any([change != 0 for change in drawn.influence], axis=0))
    influence = pd.DataFrame({
        "igo": igos["igo"].to_numpy()[j], "state": code[s], "year": world.years[y],
        **{kind: change[y, s, j] for kind, change in drawn.influence._asdict().items()},
    })  # fmt: skip
    return latent, influence


def record_tables(drawn: Drawn, rng: Streams, truth: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Memberships, IGO-years, scores and covariates as a researcher finds them."""
    observed = rng["gaps"].random((len(drawn.world.years), len(drawn.igos))) >= drawn.world.unobserved
    keys = {key: truth[key].to_numpy() for key in ("state", "year")}
    return {
        "memberships": _memberships(drawn, rng, observed),
        "igo_years": _igo_years(drawn, rng, observed),
        "scores": pd.DataFrame(keys | _scores(drawn, rng, truth)),
        "state_years": pd.DataFrame(keys | _state_years(drawn, rng, truth)),
    }


def _memberships(drawn: Drawn, rng: Streams, observed: np.ndarray) -> pd.DataFrame:
    world, states, igos, entry = drawn.world, drawn.states, drawn.igos, drawn.entry
    draw, stage = rng["gaps"], np.arange(len(world.years))[:, None, None]
    status = ((entry <= stage) & (stage < drawn.end)).astype(np.int8)
    # Some states are associates or observers for three years before they enter late.
    ready = both_exist(states, igos) - world.first_year
    waits = (draw.random(entry.shape) < world.associates) & late_entries(states, igos, entry, world)
    kind = draw.integers(2, 4, entry.shape)
    for s, j in zip(*np.nonzero(waits), strict=True):
        status[max(entry[s, j] - 3, ready[s, j]) : entry[s, j], s, j] = kind[s, j]
    t, s, j = np.nonzero(status * observed[:, None, :])
    return pd.DataFrame({
        "igo": igos["igo"].to_numpy()[j], "state": states["state"].to_numpy()[s], "year": world.years[t],
        "status": status[t, s, j],
    })  # fmt: skip


def _igo_years(drawn: Drawn, rng: Streams, observed: np.ndarray) -> pd.DataFrame:
    igos, years = drawn.igos, drawn.world.years
    first, last = (igos[column].to_numpy() for column in ("first_year", "last_year"))
    t, j = np.nonzero((first <= years[:, None]) & (years[:, None] <= last))
    # Authority has grown in half of the IGOs, most of it in the 1990s; it is on record from 1950.
    growing = np.where(rng["gaps"].random(len(igos)) < 0.5, 0.0, 0.5)
    growth = growing[j] * np.clip((years[t] - 1985) / 20, 0, 1)
    delegation = np.minimum(igos["delegation"].to_numpy()[j] * (1 + growth), 1)
    return pd.DataFrame({
        "igo": igos["igo"].to_numpy()[j], "year": years[t], "observed": observed[t, j].astype(int),
        "delegation": np.where(years[t] >= 1950, delegation, np.nan),
    })  # fmt: skip


def _scores(drawn: Drawn, rng: Streams, truth: pd.DataFrame) -> dict[str, np.ndarray]:
    """Measured scores in the years on record: each with error, rights cut to 0-2 and partly missing."""
    world, draw, year = drawn.world, rng["error"], truth["year"].to_numpy()
    i, t = drawn.alive
    # The later version shares half of the error and adds one of its own; both are surer of later years.
    other = ar1(draw, drawn.own.shape, world.error_persistence, world.error_sd)
    measured = truth["score"].to_numpy() + drawn.error[i, t]
    later = 1.05 * truth["score"].to_numpy() - 0.35 + (drawn.error / 2 + other)[i, t]
    reported = max(world.reported_error * world.error_sd, 1e-6) * np.exp(
        0.15 * draw.standard_normal(len(t)) - 0.008 * (year - 1980)
    )
    in_old = (year >= 1949) & (year <= 2013)
    columns = {
        "fariss": np.where(in_old, measured, np.nan),
        "fariss_sd": np.where(in_old, reported, np.nan),
        "fariss_v3": np.where(year >= 1946, later, np.nan),
        "fariss_v3_sd": np.where(year >= 1946, 1.12 * reported, np.nan),
    }
    for right, cuts in RIGHT_CUTS.items():
        on_record = (year >= 1981) & (year <= 2011) & (rng["gaps"].random(len(t)) >= world.missing)
        columns[right] = np.where(on_record, np.searchsorted(cuts, truth[right]), np.nan)
    return columns


def _state_years(drawn: Drawn, rng: Streams, truth: pd.DataFrame) -> dict[str, np.ndarray]:
    """Covariates of the living states, with the gaps of the real record."""
    world, draw, year, shape = drawn.world, rng["gaps"], truth["year"].to_numpy(), drawn.own.shape
    (i, t), n = drawn.alive, len(drawn.states)
    log_gdp, war = drawn.covariates["log_gdp"], drawn.covariates["war"]
    reports_gdp = np.interp(balanced(draw, by_region_and_age(drawn.states)), *_GDP_ON_RECORD)[i] <= year
    reports_tax = (1980 + 25 * draw.random(n))[i] <= year
    hazard = world.iccpr_rate * (year >= 1968) * np.where((year >= 1990) & (year <= 1993), 4, 1)
    ratifies = pd.Series(hazard).groupby(i).cumsum().to_numpy() > draw.standard_exponential(n)[i]
    polity = 4 * truth["score"].to_numpy() + ar1(draw, shape, 0.95, 4)[i, t]
    tax = np.exp(2.8 + 0.15 * (log_gdp - 8) + ar1(draw, shape, 0.95, 0.45))
    size = np.exp(1.8 + 1.6 * ndtri(quantiles(draw, n)))[i] * np.exp(0.017 * (year - 1990))
    known = draw.random((2, len(t))) >= world.missing
    return {
        "gdp_per_capita": np.where(reports_gdp & (year >= 1960), np.exp(log_gdp[i, t]), np.nan),
        "gdp_per_capita_fariss": np.exp(log_gdp + ar1(draw, shape, 0.9, 0.15 * (world.income_sd > 0)))[i, t],
        "population": size,
        "tax_gdp": np.where(reports_tax & known[0] & (draw.random(len(t)) > 0.2), tax[i, t], np.nan),
        "polity2": np.where(known[1], np.clip(np.rint(polity), -10, 10), np.nan),
        "iccpr": ratifies.astype(int),
        "civil_war": war[i, t].astype(int),
        "civil_war_intrastate": (war[i, t] & (draw.random(len(t)) > 0.1)).astype(int),
    }
