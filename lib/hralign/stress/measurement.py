"""How well respect is measured: scores drawn from their own uncertainty, with errors that last.

A score is published as a mean and a standard deviation s for each state and year.  It is not published how the errors
of one state's years hang together.  Let z be an error in units of s.  Within a state

(M1)  z_t = ρ z_{t−1} + √(1 − ρ²) e_t,  e ~ N(0, 1),  so that every z is N(0, 1) and corr(z_t, z_{t+h}) = ρ^h.

ρ = 0 are errors that are new each year, ρ = 1 is one error for good.  The data set a bound on ρ.  Where the published
mean is the truth plus an error that knows nothing of the truth's own changes, errors change as little as the mean does:

(M2)  E(Δmean)² ≥ E(Δerror)² = 2 (1 − ρ) s²,  hence  ρ ≥ 1 − E(Δmean)² / 2s².
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..errors import HralignError
from ..panel import build_panel
from ..sources.tables import Sources
from ..study.alignment import fit_alignment

EDITIONS = ("fariss", "fariss_v3")
"""Scores that are published with a standard deviation."""

PERSISTENCE = (0.0, 0.5, 0.8, 0.9, 0.95, 1.0)
"""Values of ρ under which the recorded study draws."""


def persistent_noise(scores: pd.DataFrame, persistence: float, rng: np.random.Generator) -> np.ndarray:
    """Standard normal errors by row that last within a state as (M1) says; over a gap of h years by ρ^h.

    Parameters
    ----------
    scores : DataFrame
        ``state`` and ``year``, each pair once.
    persistence : float
        ρ, from 0 to 1.
    rng : numpy Generator

    Returns
    -------
    (n,) array
        Aligned with ``scores``.

    Raises
    ------
    HralignError
        If the persistence is not between 0 and 1.

    Examples
    --------
    >>> rows = pd.DataFrame({"state": 2, "year": range(1990, 1995)})
    >>> z = persistent_noise(rows, 1.0, np.random.default_rng(1))
    >>> bool(z.std() < 1e-12)  # one error for good
    True
    """
    if not 0 <= persistence <= 1:
        raise HralignError(f"A persistence of {persistence} was asked for. Give a number from 0 to 1.")
    order = np.lexsort((scores["year"], scores["state"]))
    state, year = scores["state"].to_numpy()[order], scores["year"].to_numpy()[order]
    keep = np.where(np.diff(state, prepend=-1) == 0, float(persistence) ** np.diff(year, prepend=0).clip(1), 0.0)
    shocks = rng.standard_normal(len(scores)) * np.sqrt(1 - keep**2)
    z = np.empty(len(scores))
    last = 0.0
    for k in range(len(z)):
        last = z[k] = keep[k] * last + shocks[k]
    out = np.empty(len(z))
    out[order] = z
    return out


def draw_scores(src: Sources, edition: str, persistence: float, rng: np.random.Generator) -> Sources:
    """Sources whose ``fariss`` score is an edition's mean plus a draw of its error, in points."""
    noise = persistent_noise(src.scores, persistence, rng)
    return src.replace(scores=src.scores.assign(fariss=src.scores[edition] + src.scores[f"{edition}_sd"] * noise))


def measured_slopes(src: Sources, draw: int, seed: int) -> pd.DataFrame:
    """Table 2's slope (points a year) by edition and persistence, cases chosen anew, with one draw of errors."""
    rows = []
    for edition in EDITIONS:
        for persistence in PERSISTENCE:
            panel = build_panel(draw_scores(src, edition, persistence, np.random.default_rng([seed, draw])))
            fit = fit_alignment(panel)
            state_se = fit.vcov("state").loc["duration", "duration"] ** 0.5
            rows.append(
                {"draw": draw, "score": edition, "persistence": persistence, "duration": fit.params["duration"],
                 "se": fit.bse["duration"], "state_se": state_se, "cases": int(fit.n_groups)}
            )  # fmt: skip
    return pd.DataFrame(rows)


def least_persistence(scores: pd.DataFrame, edition: str) -> float:
    """The bound on ρ of (M2), over all pairs of neighbouring years with a mean and a standard deviation.

    It is 0 where the means change more than errors that are new each year would make them.
    """
    pairs = _neighbours(scores, [edition, f"{edition}_sd"])
    change = (pairs[f"{edition}_next"] - pairs[edition]).pow(2).mean()
    # errors z s and z' s' of neighbouring years: E(z s − z' s')² = s² + s'² − 2ρ s s'
    now, later = pairs[f"{edition}_sd"], pairs[f"{edition}_sd_next"]
    return max(0.0, float((now.pow(2).mean() + later.pow(2).mean() - change) / (2 * (now * later).mean())))


def yearly_change(scores: pd.DataFrame, edition: str) -> float:
    """Root mean square of the change of an edition's mean from one year to the next, in points."""
    pairs = _neighbours(scores, [edition])
    return float((pairs[f"{edition}_next"] - pairs[edition]).pow(2).mean() ** 0.5)


def agreement(scores: pd.DataFrame, years: int = 1) -> float:
    """Autocorrelation over ``years`` of the difference of the two editions, less its mean over all states in a year.

    Both measure one truth, so their difference is error of the one or the other.
    """
    gap = scores["fariss"] - scores["fariss_v3"]
    pairs = _neighbours(scores.assign(gap=gap - gap.groupby(scores["year"]).transform("mean")), ["gap"], years)
    return float(pairs["gap"].corr(pairs["gap_next"]))


def _neighbours(scores: pd.DataFrame, columns: list[str], years: int = 1) -> pd.DataFrame:
    now = scores[["state", "year", *columns]].dropna()
    later = now.assign(year=now["year"] - years)
    return now.merge(later, on=["state", "year"], suffixes=("", "_next"))
