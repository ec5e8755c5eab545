"""What IGOs do to the scores of their members: for good, for as long as it pays, or for as long as they are watched."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from .memberships import members
from .population import NEVER, both_exist
from .world import World


class Influence(NamedTuple):
    """Change of each state's score by each IGO in each year, year x state x IGO, by how it came about."""

    internalised: np.ndarray
    strategic: np.ndarray
    pressed: np.ndarray


def influences(
    world: World, states: pd.DataFrame, igos: pd.DataFrame, entry: np.ndarray, end: np.ndarray,
    own: np.ndarray, conditional: np.ndarray,
) -> Influence:  # fmt: skip
    """What all IGOs do to all states; ``conditional`` tells which IGOs set conditions."""
    n_years = own.shape[1]
    changes = Influence(*np.zeros((3, n_years, *entry.shape)))
    if not (world.internalisation or world.conditionality or world.pressure):
        return changes
    due = np.zeros((len(own), n_years))  # what states have promised, by year of delivery
    shift, held = np.zeros(len(own)), np.zeros(entry.shape)
    ready = both_exist(states, igos) - world.first_year
    asked = np.where(entry > ready, np.maximum(ready, entry - world.lead_years - 1), NEVER)
    asked = np.where(conditional, asked, NEVER)
    for t in range(n_years):
        shift += sum(kind[t].sum(axis=1) for kind in changes)
        held += changes.pressed[t]
        score, member = own[:, t] + shift, members(entry, end, t)
        size, total = member.sum(axis=0), score @ member
        if t + 1 < n_years and (world.internalisation or world.pressure):
            mean = (total - score[:, None]) / np.maximum(size - 1, 1)
            gap = member * (size > 1) * (mean - score[:, None])
            gap = gap / np.maximum(member.sum(axis=1, keepdims=True) + world.half_exposure, 1)
            changes.internalised[t + 1] = world.internalisation * gap
            changes.pressed[t + 1] = world.pressure_pace * (world.pressure * gap - held)
        if world.conditionality:
            i, j = np.nonzero((asked == t) & (entry < NEVER) & (size > 0))
            pledged = score + due[:, t + 1 :].sum(axis=1)
            gap = np.maximum(total[j] / size[j] - pledged[i], 0)
            asking = np.maximum(np.bincount(i, gap > 0, minlength=len(own)), 1)[i]
            _promise(world, changes.strategic, due, (i, j), world.conditionality * gap / asking, entry, end, t)
    return changes


def conditional_igos(world: World, rng: np.random.Generator) -> np.ndarray:
    """Which IGOs set conditions: a fixed share of them, one at least; those of a smaller share are among them."""
    return rng.permutation(world.n_igos) < math.ceil(world.conditional_share * world.n_igos)


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
