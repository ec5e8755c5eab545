"""The multiverse: Table 2's slope under every combination of defensible choices."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from ..errors import NotEnoughData
from ..mixed import MixedFit
from ..panel import build_panel
from ..sources.tables import Sources
from ..study.alignment import fit_alignment
from ..study.specification import Specification, Z

CHOICES = {
    "score": ("fariss", "fariss_v3", "physint"),
    "select": ("below", "all"),
    "gdp": ("world bank", "fariss et al."),
    "war": ("with internationalised", "intrastate only"),
    "timing": ("lag", "same", "lead"),
    "years": ("to 2010", "from 1990", "to 1999"),
    "human_rights_igos": ("eight", "four", "none"),
    "scale": ("points", "standard deviations"),
    "weights": ("cases", "states"),
}
"""Every choice and its options; the first of each is that of Table 2."""

OF_PANEL = ("score", "select", "gdp", "war")
"""Choices that need a panel of their own; the others are made on it."""

NARROW = (1390, 3770, 3900, 3760)
"""The narrow coding of human-rights IGOs: regional organizations with human-rights courts or machinery of their own.

On simulated data, the four of lowest number among the world's human-rights IGOs."""

_YEARS = {"to 2010": (0, 2010), "from 1990": (1990, 2010), "to 1999": (0, 1999)}


def universes() -> pd.DataFrame:
    """One row per combination of :data:`CHOICES`, with its number as index."""
    return pd.DataFrame(list(product(*CHOICES.values())), columns=list(CHOICES)).rename_axis("universe")


def panels() -> list[dict[str, str]]:
    """The combinations of the choices that need a panel of their own."""
    return [dict(zip(OF_PANEL, options, strict=True)) for options in product(*(CHOICES[key] for key in OF_PANEL))]


def run_panel(src: Sources, score: str, select: str, gdp: str, war: str) -> pd.DataFrame:
    """All universes of one panel.

    Returns
    -------
    DataFrame
        The choices, ``estimate`` (slope of duration), ``model_se``, ``state_se``, ``nobs``, ``cases``; slopes per year,
        in points of the score or in standard deviations of the outcome.  Missing where a universe cannot be fitted.
    """
    panel = build_panel(_with_covariates(src, gdp, war), score, select=select)
    inner = {key: options for key, options in CHOICES.items() if key not in OF_PANEL}
    rows = []
    for timing, years, coding in product(inner["timing"], inner["years"], inner["human_rights_igos"]):
        choices = {"score": score, "select": select, "gdp": gdp, "war": war, "timing": timing, "years": years,
                   "human_rights_igos": coding}  # fmt: skip
        spec = Specification(timing=timing, without=("human_rights_igo",) if coding == "none" else ())
        fits = _fit_both_weights(_recode(src, panel, years, coding), spec, _YEARS[years][1])
        for weights, scale in product(inner["weights"], inner["scale"]):
            unit = fits[weights]["spread"] if scale == "standard deviations" else 1.0
            numbers = {key: fits[weights][key] / unit for key in ("estimate", "model_se", "state_se")}
            sizes = {key: fits[weights][key] for key in ("nobs", "cases")}
            rows.append({**choices, "scale": scale, "weights": weights, **numbers, **sizes})
    return pd.DataFrame(rows)


def summarise(table: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Share of universes by sign and significance (5 %, two-sided), under both errors.

    Returns
    -------
    DataFrame
        One row (or one per option of the choice ``by``): ``universes``, ``positive``, ``model_significant`` and
        ``state_significant`` (positive and significant), as shares.
    """
    known = table.dropna(subset=["estimate"])
    groups = known.groupby(by, sort=False) if by else [("all", known)]
    rows = {
        name: {
            "universes": len(part),
            "positive": (part["estimate"] > 0).mean(),
            "model_significant": (part["estimate"] / part["model_se"] > Z).mean(),
            "state_significant": (part["estimate"] / part["state_se"] > Z).mean(),
        }
        for name, part in groups
    }
    return pd.DataFrame(rows).T.astype({"universes": int}).rename_axis(by or "choice")


def _with_covariates(src: Sources, gdp: str, war: str) -> Sources:
    years = src.state_years
    if gdp == "fariss et al.":
        years = years.assign(gdp_per_capita=years["gdp_per_capita_fariss"])
    if war == "intrastate only":
        years = years.assign(civil_war=years["civil_war_intrastate"])
    return src.replace(state_years=years)


def _recode(src: Sources, panel: pd.DataFrame, years: str, coding: str) -> pd.DataFrame:
    # Years before the first are kept as a lead-in, outside membership: the lagged outcome reaches into them.
    panel = panel.assign(member=panel["member"].where(panel["year"] >= _YEARS[years][0], 0))
    if coding == "four":
        listed = sorted(src.igos.loc[src.igos["human_rights_igo"].eq(1), "igo"])
        narrow = [igo for igo in NARROW if igo in listed] or listed[:4]
        panel = panel.assign(human_rights_igo=panel["igo"].isin(narrow).astype(int))
    return panel


def _fit_both_weights(panel: pd.DataFrame, spec: Specification, last_year: int) -> dict[str, dict[str, float]]:
    empty = dict.fromkeys(("estimate", "model_se", "state_se", "spread", "nobs", "cases"), np.nan)
    try:
        fit = fit_alignment(panel, last_year=last_year, spec=spec)
        cases = fit.model.frame.drop_duplicates("case").set_index("case")["state"]
        even = 1 / cases.map(cases.value_counts())
        even *= len(even) / even.sum()
        return {"cases": _numbers(fit), "states": _numbers(fit.model.fit(weights=even))}
    except NotEnoughData:
        return {"cases": empty, "states": empty}


def _numbers(fit: MixedFit) -> dict[str, float]:
    return {
        "estimate": fit.params["duration"],
        "model_se": fit.bse["duration"],
        "state_se": float(np.sqrt(fit.vcov("state").loc["duration", "duration"])),
        "spread": fit.model.frame["outcome"].std(),
        "nobs": len(fit.model.frame),
        "cases": len(fit.model.groups),
    }
