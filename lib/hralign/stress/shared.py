"""What cases share: Table 2 with effects of states, IGOs, and years of a region beside those of the case."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..errors import HralignError
from ..mixed import MixedModel
from ..mixed.crossed import fit_crossed
from ..panel import build_panel
from ..sources.tables import Sources
from .clock_sample import ClockSample

SHARED: Mapping[str, Mapping[str, str]] = {
    "levels": {"state": "intercept", "igo": "intercept"},
    "levels, slopes of states": {"state": "slope", "igo": "intercept"},
    "levels and slopes": {"state": "slope", "igo": "slope"},
    "and shocks to all": {"state": "slope", "igo": "slope", "calendar": "intercept"},
    "and shocks to regions": {"state": "slope", "igo": "slope", "region_year": "intercept"},
}
"""What beside the case has effects of its own, and whether these are levels or levels and slopes."""


def shared_model(src: Sources, score: str = "fariss") -> MixedModel:
    """Table 2's model; its rows also have ``calendar`` (year), ``region`` of the state, and ``region_year``."""
    sample = ClockSample(build_panel(src, score))
    region = sample.rows["state"].map(src.states.set_index("state")["region"])
    rows = sample.rows.assign(region=region, region_year=region + " " + sample.rows["calendar"].astype(str))
    return MixedModel(rows, "outcome", sample.terms, "case", "duration")


def shared_effects(model: MixedModel, name: str) -> dict[str, float]:
    """One of :data:`SHARED`, fitted.

    Returns
    -------
    dict
        ``model``, ``estimate`` and ``se`` of the slope of duration (points a year), ``llf``; standard deviations of
        levels and slopes by factor, ``level_<factor>`` (points) and ``slope_<factor>`` (points a year), and
        ``residual``.  A level is that in the year before the first of membership.

    Raises
    ------
    HralignError
        If there is no such name.
    """
    if name not in SHARED:
        raise HralignError(f"There is no model '{name}' of what cases share. Choose one of: {', '.join(SHARED)}.")
    fit = fit_crossed(model, SHARED[name])
    row = {"model": name, "estimate": fit.params["duration"], "se": fit.bse["duration"], "llf": fit.llf}
    for factor, covariance in fit.cov_re.items():
        row[f"level_{factor}"] = covariance.loc["intercept", "intercept"] ** 0.5
        if "duration" in covariance:
            row[f"slope_{factor}"] = covariance.loc["duration", "duration"] ** 0.5
    return {**row, "residual": fit.scale**0.5}


def shared_row(model: MixedModel, name: str) -> pd.DataFrame:
    """:func:`shared_effects` as a table of one row, with a column for every effect of any model."""
    shapes = [*({"case": "slope"}, *SHARED.values())]
    levels = dict.fromkeys(f"level_{factor}" for one in shapes for factor in one)
    slopes = dict.fromkeys(f"slope_{factor}" for one in shapes for factor, shape in one.items() if shape == "slope")
    row = {**dict.fromkeys([*levels, *slopes], float("nan")), **shared_effects(model, name)}
    return pd.DataFrame([row])[["model", "estimate", "se", "llf", *levels, *slopes, "residual"]]
