"""Sources small enough to check by hand: a few IGOs, states and years, built from two arrays."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hralign.sources.tables import Sources
from hralign.sources.vocabulary import RIGHTS

FIRST = 1965


def tiny_sources(member: np.ndarray, score: np.ndarray, *, state_end=None, igo_end=None, unobserved=()) -> Sources:
    """Sources from ``member`` (IGO, state, year; bool) and ``score`` (state, year; NaN = missing), from 1965 on.

    ``state_end`` and ``igo_end`` map a position to its last year; ``unobserved`` holds (IGO, year) positions.
    """
    n_igos, n_states, n_years = member.shape
    state_end, igo_end = state_end or {}, igo_end or {}
    last = FIRST + n_years - 1
    j, i, t = np.nonzero(member)
    years = pd.DataFrame({"igo": np.repeat(np.arange(n_igos) + 1, n_years),
                          "year": np.tile(np.arange(n_years) + FIRST, n_igos)})  # fmt: skip
    hidden = pd.MultiIndex.from_tuples([(a + 1, b + FIRST) for a, b in unobserved], names=["igo", "year"])
    end_of_igo = pd.Series({a + 1: igo_end.get(a, last) for a in range(n_igos)})
    years = years[years["year"] <= years["igo"].map(end_of_igo)]
    grid = pd.DataFrame({"state": np.repeat(np.arange(n_states) + 1, n_years),
                         "year": np.tile(np.arange(n_years) + FIRST, n_states)})  # fmt: skip
    return Sources(
        states=pd.DataFrame({
            "state": np.arange(n_states) + 1, "name": [f"State {k + 1}" for k in range(n_states)], "region": "African",
            "first_year": FIRST, "last_year": [state_end.get(k, last) for k in range(n_states)],
            "ceased": [int(k in state_end) for k in range(n_states)],
        }),
        igos=pd.DataFrame({
            "igo": np.arange(n_igos) + 1, "acronym": [f"O{k + 1}" for k in range(n_igos)],
            "name": [f"IGO {k + 1}" for k in range(n_igos)], "major": 1, "human_rights_igo": 0, "political": 1,
            "economic": 0, "social": 0, "first_year": FIRST, "last_year": end_of_igo.to_numpy(),
            "ended": [int(k in igo_end) for k in range(n_igos)],
        }),
        memberships=pd.DataFrame({"igo": j + 1, "state": i + 1, "year": t + FIRST, "status": 1}),
        igo_years=years.assign(
            observed=(~pd.MultiIndex.from_frame(years[["igo", "year"]]).isin(hidden)).astype(int), delegation=0.2
        ),
        scores=grid.assign(
            fariss=score.ravel(), fariss_sd=0.3, fariss_v3=score.ravel(), fariss_v3_sd=0.3, **dict.fromkeys(RIGHTS, 1.0)
        ),
        state_years=grid.assign(
            gdp_per_capita=1000.0, gdp_per_capita_fariss=1000.0, population=1.0, tax_gdp=10.0, polity2=0.0,
            iccpr=0, civil_war=0, civil_war_intrastate=0,
        ),
        kind="simulated",
    )  # fmt: skip
