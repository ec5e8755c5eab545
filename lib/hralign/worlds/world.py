"""``World``: every parameter of a simulated data-generating process, with its meaning, unit and range."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np

from ..errors import HralignError


class Region(NamedTuple):
    """A region: its share of states, of those the shares existing at the start and born in the
    break-up, the typical latent score and log GDP per capita of its states."""

    name: str
    share: float
    founding: float
    breakup: float
    score: float
    log_gdp: float


REGIONS = (
    Region("African", 0.275, 0.07, 0.03, -0.25, 6.6),
    Region("Asia-Pacific", 0.28, 0.32, 0.12, -0.45, 7.7),
    Region("Eastern European", 0.125, 0.38, 0.62, 0.3, 8.4),
    Region("Latin American and Caribbean", 0.17, 0.61, 0.0, 0.0, 8.2),
    Region("Western European and Others", 0.15, 0.86, 0.0, 1.7, 9.9),
)


def _p(default: Any, low: float, high: float, meaning: str) -> Any:
    return field(default=default, metadata={"range": (low, high), "meaning": meaning})


@dataclass(frozen=True)
class World:
    """All parameters of a data-generating process; score units are those of the latent score."""

    n_states: int = _p(190, 3, 400, "states that ever exist")
    n_igos: int = _p(74, 1, 300, "IGOs that ever exist")
    first_year: int = _p(1945, 1945, 2013, "first calendar year")
    last_year: int = _p(2014, 1946, 2014, "last calendar year")
    regions: tuple[Region, ...] = _p(REGIONS, 1, 50, "regions with shares that sum to 1; how many")
    wave_year: float = _p(1966, 1900, 2100, "mean birth year in the wave of decolonisation")
    wave_spread: float = _p(8, 0, 50, "standard deviation of birth years in that wave, years")
    breakup_year: int = _p(1991, 1900, 2100, "year of the break-up in which states dissolve and are born")
    n_dissolutions: int = _p(6, 0, 100, "states that cease in the break-up (at most a quarter of all)")
    n_igo_endings: int = _p(6, 0, 300, "IGOs that end (fewer if few are old enough)")
    n_human_rights_igos: int = _p(8, 0, 300, "human-rights IGOs (at most all)")
    share_global: float = _p(0.31, 0, 1, "share of IGOs open to nearly all states")
    share_broad: float = _p(0.19, 0, 1, "share of IGOs open to several regions; the others are regional")
    share_old: float = _p(0.22, 0, 1, "share of IGOs that exist in the first year")
    unobserved: float = _p(0.004, 0, 1, "probability that the members of an IGO-year are not on record")
    founding_rate: float = _p(0.5, 0, 1, "probability that an eligible state is a founder of an IGO")
    birth_rate: float = _p(0.45, 0, 1, "probability that a newborn state enters an eligible IGO at once")
    entry_rate: float = _p(0.038, 0, 1, "share of open state-IGO pairs that enter late, per year")
    haste: float = _p(3.0, 0, 100, "weight of a state's first five years in late entry (1: no haste)")
    heaping: float = _p(1.45, 0, 5, "spread of how open an IGO is to late entries in a year, log points")
    aloofness: float = _p(0.0, 0, 1, "share by which states that will cease enter less late")
    exit_share: float = _p(0.05, 0, 1, "share of late entries from below with an exit of any kind")
    associates: float = _p(0.03, 0, 1, "share of late entries that follow three years with status 2 or 3")
    homophily: float = _p(0.215, 0, 20, "weight of the present gap in late entry, per score unit")
    anticipation: float = _p(0.0, 0, 20, "weight of the future gap in late entry, per score unit")
    horizon: int = _p(10, 0, 50, "years after which the future gap is taken")
    internalisation: float = _p(0.03, 0, 1, "share of the average gap internalised per year")
    half_exposure: float = _p(10.0, 0, 1000, "memberships at which half of it is reached (0: always whole)")
    conditionality: float = _p(0.0, 0, 1, "share of the gap that accession asks a state to close")
    conditional_share: float = _p(0.3, 0, 1, "share of IGOs that ask for it (one at least)")
    lead_years: int = _p(3, 1, 20, "years before accession over which the asked shift builds up")
    lapse_years: int = _p(3, 1, 20, "years after exit over which the shift lapses")
    substitution: float = _p(0.0, 0, 5, "worsening of disappearances per unit of strategic shift")
    pressure: float = _p(0.0, 0, 5, "share of the average gap that members keep closed while they are watched")
    pressure_pace: float = _p(0.2, 0, 1, "share of such a shift that is made, or given up after exit, per year")
    level_sd: float = _p(0.93, 0, 10, "standard deviation of states' levels within a region")
    income_effect: float = _p(0.2, -5, 5, "score units per unit of log GDP per capita")
    conflict_effect: float = _p(
        -0.8, -5, 5, "score units in civil war, half of it in the first year, half of the rest in the next"
    )
    improvement: float = _p(0.017, -1, 1, "improvement of all states, score units per year")
    improvement_from: int = _p(1975, 1900, 2100, "year in which the improvement begins")
    persistence: float = _p(0.881, 0, 1, "yearly persistence of departures from the level")
    momentum: float = _p(0.846, 0, 0.99, "persistence of the yearly changes of those departures")
    shock_sd: float = _p(0.073, 0, 10, "standard deviation of yearly shocks (root mean square over states)")
    unrest: float = _p(0.3, 0, 3, "how much larger shocks are per point that a state's level is lower, log points")
    unrest_sd: float = _p(
        0.1, 0, 3, "standard deviation of the size of shocks between states alike in level, log points"
    )
    common_share: float = _p(0.01, 0, 1, "share of the variance of yearly shocks that all states have in common")
    regional_share: float = _p(0.052, 0, 1, "share that the states of a region have in common")
    error_sd: float = _p(0.05, 0, 10, "standard deviation of measurement error")
    error_persistence: float = _p(0.9, 0, 0.999, "yearly persistence of measurement error")
    reported_error: float = _p(
        7.0, 0, 50, "reported standard deviation of measurement error, as a multiple of the true one"
    )
    rights_sd: float = _p(0.7, 0, 10, "standard deviation of each right's departure from the latent score")
    income_sd: float = _p(1.0, 0, 5, "standard deviation of log GDP per capita within a region")
    growth: float = _p(0.018, -0.5, 0.5, "mean growth of log GDP per capita per year")
    growth_sd: float = _p(0.012, 0, 0.5, "standard deviation of growth between states, per year")
    conflict_share: float = _p(0.18, 0, 0.5, "share of state-years in civil war")
    conflict_end: float = _p(0.15, 0.01, 1, "probability that a civil war ends, per year")
    iccpr_rate: float = _p(0.04, 0, 1, "yearly hazard of ratifying the ICCPR since 1968, fourfold in 1990-93")
    delegation_mean: float = _p(0.18, 0.01, 0.5, "mean delegation score of IGOs")
    delegation_sd: float = _p(0.115, 0, 0.5, "standard deviation of delegation between IGOs")
    missing: float = _p(0.05, 0, 1, "probability that a right, polity2 or tax value is missing")

    def __post_init__(self) -> None:
        for f in fields(self):
            (low, high), value = f.metadata["range"], getattr(self, f.name)
            size = len(value) if f.name == "regions" else value
            _require(self, f.name, isinstance(size, Real), "a number")
            _require(self, f.name, f.type != "int" or isinstance(size, Integral), "a whole number")
            _require(self, f.name, low <= size <= high, f"between {low} and {high}")
        _require(self, "last_year", self.last_year > self.first_year, f"above first_year = {self.first_year}")
        _require(self, "share_broad", self.share_global + self.share_broad <= 1, "at most 1 - share_global")
        rest = 1 - self.common_share
        _require(self, "regional_share", self.regional_share <= rest, "at most 1 - common_share")
        total = sum(region.share for region in self.regions)
        _require(self, "regions", abs(total - 1) < 1e-9, f"with shares that sum to 1, not {total:g}")

    @property
    def years(self) -> np.ndarray:
        """The calendar years of the world."""
        return np.arange(self.first_year, self.last_year + 1)

    @property
    def mechanism(self) -> str:
        """The mechanisms at work, joined by ' + '; 'null' if there is none."""
        at_work = {"intrinsic": self.internalisation, "instrumental": self.conditionality,
                   "pressure": self.pressure, "selection": self.anticipation}  # fmt: skip
        return " + ".join(name for name, strength in at_work.items() if strength) or "null"


def _require(world: World, name: str, holds: bool, rule: str) -> None:
    if not holds:
        raise HralignError(f"A world cannot have {name} = {getattr(world, name)!r}. Change it: it must be {rule}.")


def _documented(cls: type[World]) -> str:
    """The docstring with every parameter, its default, range and meaning, as declared above."""
    lines = ["", "", "    Parameters", "    ----------"]
    for f in fields(cls):
        low, high = f.metadata["range"]
        shown = "REGIONS" if f.name == "regions" else f.default
        lines.append(f"    {f.name} : {f.type}, default {shown}")
        lines.append(f"        {f.metadata['meaning']}; {low} to {high}.")
    raises = ["", "    Raises", "    ------", "    HralignError", "        If one is out of range.", ""]
    return (cls.__doc__ or "").rstrip() + "\n".join(lines + raises)


World.__doc__ = _documented(World)
