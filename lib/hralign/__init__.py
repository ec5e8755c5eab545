"""The library of *The Company States Keep*: from sources to panel, models, tables and figures.

Everything public is here: ``import hralign as hr``, then ``hr.load_sources``, ``hr.build_panel`` and so on.  Each
name is loaded when it is first used, so that plotting, table checks and models cost nothing until they are needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "coding": ("CHOICES", "CODINGS", "Coding"),
    "errors": ("HralignError", "NotEnoughData"),
    "load": ("load_sources", "resolve_kind"),
    "mixed": ("MixedFit", "MixedModel", "cluster_bootstrap", "joint_bootstrap"),
    "mixed.crossed": ("fit_crossed",),
    "memberships": ("EXIT_KINDS", "WINDOW", "find_cases", "find_holes", "full_members"),
    "panel": ("build_panel", "coding_of", "recode"),
    "record.claims": ("check", "quote"),
    "record.reconstruction": ("reconstruction",),
    "record.replicate": ("as_numbers", "replicate"),
    "record.scoreboard": ("posterior", "readings"),
    "record.store": ("recorded",),
    "record.studies": ("recorded_study",),
    "display.pages": ("banner", "versions"),
    "display.results": ("result",),
    "display.tables": ("present", "three_columns"),
    "display.theme": ("INK", "PALETTE", "show", "use_style"),
    "sources.tables": ("Sources",),
    "sources.vocabulary": ("RIGHTS", "SCORES", "TABLES"),
    "stress.bases": ("exchange", "exchanges", "toss", "tosses"),
    "stress.clock": ("clock", "clock_estimators"),
    "stress.clock_belief": ("clock_share", "lived_courses"),
    "stress.plant": ("Effect", "plant", "true_at", "true_slope"),
    "stress.recover": ("recover", "summarise_recovery"),
    "stress.lexis": ("lexis",),
    "stress.cohorts": ("cohort_path", "contrast"),
    "stress.honest": ("breakdown", "relative_magnitudes"),
    "stress.outsiders": ("Outsiders", "find_outsiders"),
    "stress.placebo": ("who_joins",),
    "stress.moments": ("MOMENTS", "moments"),
    "stress.estimand": ("effect_of_membership",),
    "stress.runner": ("run_study",),
    "study.alignment": (
        *("case_slopes", "courses", "distance_at", "estimation_sample", "fit_alignment", "predict_by_duration"),
        "weighted_sum",
    ),
    "study.cast": ("CAST", "of_cast"),
    "study.event_time": ("bootstrap_mean", "event_curve", "exit_changes", "fit_approach"),
    "study.published": ("published_facts", "published_findings", "published_model", "published_robustness"),
    "study.specification": (
        "LABELS",
        "LAST_YEAR",
        "SPECIFICATIONS",
        "TERMS",
        "TIMINGS",
        "Specification",
        "Z",
        "labels",
    ),
    "study.verdicts": ("HYPOTHESES", "READINGS", "overall", "test_hypotheses"),
    "worlds.archive": ("WORLD_VARIABLE", "load_world", "write_world"),
    "worlds.simulate": ("simulate",),
    "worlds.family": ("WORLDS", "calibrated_world"),
    "worlds.world": ("World",),
}
"""Where each public name lives."""

_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE)


def __getattr__(name: str) -> Any:
    if name not in _MODULE:
        raise AttributeError(f"module 'hralign' has no attribute '{name}'")
    value = getattr(import_module(f".{_MODULE[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
