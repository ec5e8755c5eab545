"""What one would have to believe about the calendar, and the courses that a case can live."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..errors import HralignError
from ..mixed import MixedFit
from ..panel import build_panel
from ..sources.tables import Sources
from ..study.alignment import weighted_sum
from ..study.specification import Z
from .clock_sample import ClockSample


def clock_share(
    source: pd.DataFrame | Sources,
    score: str = "fariss",
    timing: str = "lag",
    shares: Iterable[float] = np.linspace(0, 1, 11),
) -> pd.DataFrame:
    """What one would have to believe: the slope of duration by the share of the common drift given to the calendar.

    Cases of a later entry differ at the same duration, by g points for every year (K1).  If a share s of that is the
    calendar's doing, and the rest cohorts that began differently, then the slope of duration is b + (1 − s)·g, with b
    and g the coefficients of duration and year in Table 2's model: the lived slope at s = 0, Table 2's at s = 1.

    Parameters
    ----------
    source, score, timing
        As for :func:`clock`.
    shares : iterable of float
        Below 0 or above 1, cohorts and calendar pull in opposite directions.

    Returns
    -------
    DataFrame
        ``share``, ``calendar`` (points per year that are the calendar's then), ``estimate``, ``model_se``,
        ``state_se``; ``.attrs`` holds ``drift``, which is g, and ``zero``, the share at which the slope is none.

    Raises
    ------
    HralignError
        If a share is no number.
    """
    shares = np.asarray(list(shares), dtype=float)
    if not np.isfinite(shares).all():
        raise HralignError("A share of the drift is missing or infinite. Give numbers, 0 to 1 as a rule.")
    panel = build_panel(source, score) if isinstance(source, Sources) else source
    sample = ClockSample(panel, timing)
    fit, drift = sample.table2, weighted_sum(sample.table2, {"year": sample.a_year})["estimate"]
    table = pd.DataFrame(
        [weighted_sum(fit, {"duration": 1, "year": (1 - share) * sample.a_year}) for share in shares],
    )
    table.insert(0, "share", shares)
    table.insert(1, "calendar", shares * drift)
    table.attrs = {"drift": drift, "zero": 1 + fit.params["duration"] / drift}
    return table


def lived_courses(
    fit: MixedFit, entries: Iterable[int] = (1970, 1980, 1990), last_year: int = 2009, durations: int = 40
) -> pd.DataFrame:
    """Figure 2 twice: the course that the model predicts, the calendar stopped, and courses that a case can live.

    Parameters
    ----------
    fit : MixedFit
        Of Table 2's model.
    entries : iterable of int
        Years of accession.  The course of each runs until ``last_year``.
    last_year : int
    durations : int
        Years of membership of the course with a stopped calendar.

    Returns
    -------
    DataFrame
        ``line`` (``stopped``, or the year of accession), ``duration``, ``year``, ``estimate``, ``lower``, ``upper``
        (95 % interval, by state), in units of the score; controls at their means in the sample.
    """
    mean, spread = fit.model.frame.attrs["moments"]["year"]
    at = fit.model.frame[fit.model.terms[1:]].mean()
    covariance = fit.vcov("state").to_numpy()
    now = at["year"] * spread + mean
    plans = {"stopped": [(d, now) for d in range(1, durations + 1)]}
    plans |= {str(e): [(d, e + d - 1) for d in range(1, last_year - e + 2)] for e in entries}
    rows = []
    for line, steps in plans.items():
        for duration, year in steps:
            x = pd.Series({"intercept": 1.0, **at, "duration": duration, "year": (year - mean) / spread})
            x = x[fit.model.terms].to_numpy()
            estimate, reach = x @ fit.params.to_numpy(), Z * float(x @ covariance @ x) ** 0.5
            rows.append((line, duration, year, estimate, estimate - reach, estimate + reach))
    return pd.DataFrame(rows, columns=["line", "duration", "year", "estimate", "lower", "upper"])
