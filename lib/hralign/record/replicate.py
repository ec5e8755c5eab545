"""Run every model of the book on one source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from ..coding import find_coding
from ..errors import HralignError
from ..memberships import EXIT_KINDS, WINDOW, find_cases, find_holes, full_members
from ..mixed import MixedFit
from ..panel import build_panel
from ..sources.tables import Sources
from ..sources.vocabulary import RIGHTS
from ..stress.clock import clock
from ..study.alignment import estimation_rows, fit_alignment, predict_by_duration
from ..study.event_time import AFTER, BEFORE, event_curve, exit_changes, summarise_exits
from ..study.greenhill import LEADS, PREDICTORS, fit_greenhill
from ..study.specification import SPECIFICATIONS
from ..study.verdicts import test_hypotheses
from .store import CODING, versions_of

GREENHILL = {f"greenhill/lead{lead}": lead for lead in LEADS}
"""Ordered logits of chapter 12 by name."""

OTHER_CODINGS = {"literal/table2/lag": ("literal", "table2/lag")}
"""Models under another coding than the record's: the coding, and the model it is of."""

MODELS = (*SPECIFICATIONS, *GREENHILL, *OTHER_CODINGS)
"""Every model of the book."""

CURVES = ("figure2", "figure3a", "figure3b", *(f"figure4/{right}" for right in RIGHTS))
"""Every curve of the paper's figures."""

CLOCK = ("table2", "without_year", "case_effects", "case_effects_no_year", "lived", "mundlak_within")
"""Rules about the calendar under which the slope of duration is estimated (:mod:`hralign.stress.clock`)."""

_PACKAGES = ("hralign", "numpy", "scipy", "pandas", "statsmodels")


def replicate(
    src: Sources, names: Iterable[str] | None = None, *, tick: Callable[[str], Any] = lambda name: None
) -> dict[str, Any]:
    """Fit models of the book on one source; with no names, all of them and the curves of the figures.

    Parameters
    ----------
    src : Sources
    names : iterable of str, optional
        Which of :data:`MODELS`.
    tick : callable, optional
        Called with each model's name when it is done (for a progress bar).

    Returns
    -------
    dict
        ``source``, ``coding``, ``provenance``, ``versions``, ``models`` (name -> what :func:`as_numbers` gives) and,
        if all were asked for, ``counts``, ``score_range``, ``exits``, ``tests`` (see :mod:`hralign.study.verdicts`),
        ``curves`` and ``clock`` (see :func:`clocks`).  Plain numbers, ready for JSON.
    """
    panels = Panels(src)
    models = {}
    for name in names or MODELS:
        models[name] = fit_model(src, name, panels)
        tick(name)
    results = {
        "source": src.kind,
        "coding": CODING,
        "provenance": dict(src.provenance),
        "versions": versions_of(_PACKAGES),
        "models": models,
    }
    if not names:
        results |= {
            "counts": counts(src),
            "score_range": score_range(src),
            "exits": _exits(panels),
            "tests": _plain(test_hypotheses(src)),
            "curves": curves(panels),
            "clock": clocks(panels),
        }
    return results


class Panels(dict):
    """The panel of each score, built when first asked for."""

    def __init__(self, src: Sources):
        super().__init__()
        self.src = src

    def __missing__(self, score: str) -> pd.DataFrame:
        self[score] = build_panel(self.src, score)
        return self[score]


def fit_model(src: Sources, name: str, panels: Panels | None = None) -> dict[str, Any]:
    """One model of the book as numbers; an unknown name is an error that lists the known ones."""
    if name in GREENHILL:
        return _ordered_as_numbers(fit_greenhill(src, GREENHILL[name]))
    if name in OTHER_CODINGS:
        coding, model = OTHER_CODINGS[name]
        spec = SPECIFICATIONS[model]
        return as_numbers(fit_alignment(build_panel(src, spec.score, coding=coding), spec=spec))
    if name not in SPECIFICATIONS:
        raise HralignError(f"There is no model '{name}'. Choose from: {', '.join(MODELS)}.")
    spec = SPECIFICATIONS[name]
    panels = Panels(src) if panels is None else panels
    return as_numbers(fit_alignment(panels[spec.score], spec=spec))


def as_numbers(fit: MixedFit) -> dict[str, Any]:
    """A fit as plain numbers."""
    return {
        "nobs": int(fit.nobs),
        "groups": int(fit.n_groups),
        "llf": float(fit.llf),
        "aic": float(fit.aic),
        "bic": float(fit.bic),
        "coef": {term: float(value) for term, value in fit.params.items()},
        "se": {term: float(value) for term, value in fit.bse.items()},
        "state_se": dict(zip(fit.params.index, np.sqrt(np.diag(fit.vcov("state"))).tolist(), strict=True)),
        "cov_re": fit.cov_re.to_numpy().tolist(),
        "scale": float(fit.scale),
        "singular": bool(fit.singular),
    }


def _ordered_as_numbers(fit: Any) -> dict[str, Any]:
    """An ordered logit as plain numbers: its groups are states, and it has no varying effects."""
    return {
        "nobs": len(fit.sample),
        "groups": int(fit.sample["state"].nunique()),
        "llf": float(fit.llf),
        "aic": float(fit.aic),
        "bic": float(fit.bic),
        "coef": {term: float(fit.params[term]) for term in PREDICTORS},
        "se": {term: float(fit.bse[term]) for term in PREDICTORS},
        "state_se": {term: float(fit.bse[term]) for term in PREDICTORS},  # clustered by state to begin with
        "cov_re": None,
        "scale": None,
    }


def counts(src: Sources) -> dict[str, Any]:
    """What the sample consists of: IGOs with an authority score, selected cases, exits by kind, cases with a return.

    And the first and last year of a row that enters Table 2.
    """
    members = full_members(src)
    panel = build_panel(src)
    cases, years = panel.drop_duplicates("case"), panel.loc[estimation_rows(panel), "year"]
    exits = cases["exit_kind"].value_counts()
    returned = find_holes(src, members).query("away")["case"]
    return {
        "igos": int((src.igos["major"].eq(1) & ~src.igos["igo"].isin(find_coding().left_out)).sum()),
        "accessions": len(find_cases(src, members)),
        "cases": len(cases),
        "exits": {kind: int(exits.get(kind, 0)) for kind in EXIT_KINDS},
        "returns": int(cases["case"].isin(returned).sum()),
        "first_year": int(years.min()),
        "last_year": int(years.max()),
    }


def score_range(src: Sources) -> dict[str, list[float]]:
    """Lowest and highest latent score (v2.04) over three samples that "our sample" could mean."""
    panel = build_panel(src)
    rows = panel.loc[estimation_rows(panel)]
    samples = {
        "state-years": src.scores.loc[src.scores["year"].between(*WINDOW), "fariss"],
        "case-years": panel["score"],
        "estimation sample": rows["score"],
    }
    return {name: [float(values.min()), float(values.max())] for name, values in samples.items()}


def _exits(panels: Panels) -> dict[str, Any]:
    return _plain(summarise_exits(exit_changes(panels["fariss"])))


def curves(panels: Panels) -> dict[str, Any]:
    """The curves of the paper's Figures 2 to 4, as columns of numbers by :data:`CURVES`."""
    by_right = {f"figure4/{right}": predict_by_duration(fit_alignment(panels[right])) for right in RIGHTS}
    drawn = {
        "figure2": predict_by_duration(fit_alignment(panels["fariss"])),
        "figure3a": event_curve(panels["fariss"], "years_to_accession", BEFORE),
        "figure3b": event_curve(panels["fariss"], "years_since_exit", AFTER),
    }
    return {name: _plain(table) for name, table in (drawn | by_right).items()}


def clocks(panels: Panels) -> dict[str, dict[str, float | None]]:
    """The slope of duration under the rules of :data:`CLOCK`, score ``fariss``, timing ``lag``, in points per year.

    ``estimate``, ``model_se``, ``state_se`` by rule; None where the source cannot tell (:func:`hralign.clock`).
    """
    table = clock(panels["fariss"], rules=CLOCK).set_index("rule")[["estimate", "model_se", "state_se"]]
    return {
        rule: {key: None if np.isnan(value) else float(value) for key, value in row.items()}
        for rule, row in table.iterrows()
    }


def _plain(table: pd.DataFrame) -> dict[str, list]:
    table = table.reset_index() if table.index.name else table
    return {column: table[column].astype(object).where(table[column].notna(), None).tolist() for column in table}
