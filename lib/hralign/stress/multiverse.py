"""The multiverse: Table 2's slope under every combination of defensible choices."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from ..coding import CODINGS, Coding
from ..errors import NotEnoughData
from ..mixed import MixedFit
from ..panel import build_panel, coding_of, recode
from ..sources.tables import Sources
from ..study.alignment import fit_alignment
from ..study.specification import Specification, Z

CHOICES = {
    "score": ("fariss", "fariss_v3", "physint"),
    "select": ("below", "all"),
    "gdp": ("world bank", "fariss et al."),
    "coding": ("closest", "literal"),
    "timing": ("lag", "same", "lead"),
    "years": ("all", "from 1990", "to 1999"),
    "human_rights_igos": ("as coded", "four", "none"),
    "scale": ("points", "standard deviations"),
    "weights": ("cases", "states"),
}
"""Every choice and its options; the first of each is that of the reconstruction."""

OF_PANEL = ("score", "select", "gdp", "coding")
"""Choices that need a panel of their own; the others are made on it."""

OF_CODING = {
    ("gdp", "fariss et al."): {"gdp_series": "fariss"},
    ("human_rights_igos", "four"): {"human_rights_igos": "four"},
    ("human_rights_igos", "none"): {"human_rights_igos": "none"},
    ("years", "to 1999"): {"last_year": 1999},
}
"""Options that change one choice of the coding; all others leave it as it is."""

FIRST_YEARS = {"from 1990": 1990}
"""Options of ``years`` that begin later."""


def universes() -> pd.DataFrame:
    """One row per combination of :data:`CHOICES`, with its number as index."""
    return pd.DataFrame(list(product(*CHOICES.values())), columns=list(CHOICES)).rename_axis("universe")


def panels() -> list[dict[str, str]]:
    """The combinations of the choices that need a panel of their own."""
    return [dict(zip(OF_PANEL, options, strict=True)) for options in product(*(CHOICES[key] for key in OF_PANEL))]


def run_panel(src: Sources, score: str, select: str, gdp: str, coding: str) -> pd.DataFrame:
    """All universes of one panel.

    Returns
    -------
    DataFrame
        The choices, ``estimate`` (slope of duration), ``model_se``, ``state_se``, ``nobs``, ``cases``; slopes per year,
        in points of the score or in standard deviations of the outcome.  Missing where a universe cannot be fitted.
    """
    inner = {key: options for key, options in CHOICES.items() if key not in OF_PANEL}
    rows = []
    panels = {
        igos: build_panel(src, score, select=select, coding=_coding(coding, gdp=gdp, human_rights_igos=igos))
        for igos in inner["human_rights_igos"]
    }
    for timing, years, igos in product(inner["timing"], inner["years"], inner["human_rights_igos"]):
        choices = {"score": score, "select": select, "gdp": gdp, "coding": coding, "timing": timing, "years": years,
                   "human_rights_igos": igos}  # fmt: skip
        fits = _fit_both_weights(_of_years(panels[igos], years), Specification(timing=timing))
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


def _coding(name: str, **choices: str) -> Coding:
    options = (OF_CODING.get(choice, {}) for choice in choices.items())
    return CODINGS[name].vary(**{name: option for some in options for name, option in some.items()})


def _of_years(panel: pd.DataFrame, years: str) -> pd.DataFrame:
    # Years before the first are kept as a lead-in, outside membership: the lagged outcome reaches into them.
    panel = panel.assign(member=panel["member"].where(panel["year"] >= FIRST_YEARS.get(years, 0), 0))
    return recode(panel, last_year=OF_CODING.get(("years", years), {}).get("last_year", coding_of(panel).last_year))


def _fit_both_weights(panel: pd.DataFrame, spec: Specification) -> dict[str, dict[str, float]]:
    empty = dict.fromkeys(("estimate", "model_se", "state_se", "spread", "nobs", "cases"), np.nan)
    try:
        fit = fit_alignment(panel, spec=spec)
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
