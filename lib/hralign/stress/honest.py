"""How wrong may the comparison be? Bounds after Rambachan & Roth (2023, Rev. Econ. Stud. 90(5)).

Without the event, cases and outsiders need not have moved in parallel: let d(k) be how far they would have parted by
event year k, with d(−1) = 0.  Before the event the estimates show it.  Afterwards it is assumed that in no step do they
part by more than m times the largest step before: their set of *relative magnitudes*.  With m = 0 the two move in
parallel; with m = 1 the future is no worse than the worst that was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from ..errors import HralignError
from ..study.specification import Z


def relative_magnitudes(
    estimate: pd.Series,
    covariance: pd.DataFrame,
    at: int,
    m: Iterable[float] = (0.0, 0.5, 1.0, 2.0),
    *,
    years: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Bounds on the effect in one event year if trends part by at most ``m`` times the largest step before.

    Parameters
    ----------
    estimate : Series
        By event year, zero in year −1.
    covariance : DataFrame
        Of the estimates, by event year.
    at : int
        The event year, 0 or later.
    m : iterable of float
    years : sequence of int, optional
        Event years between which steps are taken, −1 and ``at`` among them; all of ``estimate`` by default.  Longer
        steps are less noisy.

    Returns
    -------
    DataFrame
        ``m``; ``set_lower``, ``set_upper``: the effects that the estimates allow if they are taken as exact; ``lower``,
        ``upper``: a 95 % interval.

    Raises
    ------
    HralignError
        If ``years`` has not −1 and ``at``, or none before −1, or an ``m`` is negative.

    Notes
    -----
    With h steps from −1 to ``at``, d(at) lies within h·m·max|step|.  The lower bound of the set is thus the least of
    linear functions of the estimates, estimate(at) ∓ h·m·step(s), one for each earlier step s and sign.  The interval
    begins at the least of their own lower limits: whichever of the functions is the bound in truth, its limit is below
    it in 97.5 % of samples (an intersection-union argument, Berger 1982, Technometrics 24(4)).  That is simpler than
    the authors' conditional test and never narrower than it should be.
    """
    years = list(estimate.index) if years is None else list(years)
    before = [year for year in years if year <= -1]
    after = [year for year in years if -1 < year <= at]
    missing = [year for year in years if year not in estimate.index]
    if missing or -1 not in years or len(before) < 2 or not after or after[-1] != at:
        raise HralignError(
            f"Bounds at event year {at} need estimates at least at −1, at one year before it and at {at}; the years "
            f"given are {years}. Choose them among {list(estimate.index)}."
        )
    m = list(m)
    if min(m) < 0:
        raise HralignError(f"m = {min(m)} is negative: trends cannot part by less than nothing.")
    of_step = np.zeros((len(before) - 1, len(years)))
    for row, (one, next_) in enumerate(pairwise(before)):
        of_step[row, [years.index(one), years.index(next_)]] = -1, 1
    here = np.zeros(len(years))
    here[years.index(at)] = 1
    b, v = estimate[years].to_numpy(), covariance.loc[years, years].to_numpy()
    rows = []
    for one in m:
        reach = one * len(after) * np.concatenate([of_step, -of_step])
        low, high = here - reach, here + reach
        error = [np.sqrt(np.einsum("ij,jk,ik->i", part, v, part)) for part in (low, high)]
        rows.append({
            "m": one, "set_lower": (low @ b).min(), "set_upper": (high @ b).max(),
            "lower": (low @ b - Z * error[0]).min(), "upper": (high @ b + Z * error[1]).max(),
        })  # fmt: skip
    return pd.DataFrame(rows)


def breakdown(estimate: pd.Series, covariance: pd.DataFrame, at: int, **options: object) -> float:
    """The largest ``m`` (to two digits, at most 5) whose interval leaves out zero; missing if even m = 0 holds it."""
    grid = np.arange(0, 5.005, 0.01)
    table = relative_magnitudes(estimate, covariance, at, grid, **options)
    clear = table.loc[table["lower"].gt(0) | table["upper"].lt(0), "m"]
    return float(clear.max()) if len(clear) else float("nan")
