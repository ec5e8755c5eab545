"""What IGOs do to the scores of their members: internalisation for good, strategic shifts for as long as they pay."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .memberships import members
from .population import NEVER, both_exist
from .world import World


def influences(
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
        score, member = own[:, t] + shift, members(entry, end, t)
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
