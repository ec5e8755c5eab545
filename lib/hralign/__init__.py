"""The library of *The Company States Keep*: from sources to panel, models, tables and figures."""

from .errors import HralignError
from .figures import show, use_style
from .hypotheses import Specification, estimation_sample, fit_alignment, predict_by_duration
from .load import load_sources
from .mixed import MixedFit, MixedModel
from .pages import banner, glue, versions
from .panel import build_panel, full_members
from .placebo import who_joins
from .published import published_facts, published_model, published_robustness
from .replication import reconstruction, replicate
from .resampling import cluster_bootstrap, cluster_covariance, joint_bootstrap
from .simulated import WORLDS, World, simulate
from .sources import RIGHTS, Sources
from .timing import exit_changes, fit_approach
from .verdicts import HYPOTHESES, READINGS, Z, overall, test_hypotheses
from .worldfile import WORLD_VARIABLE, load_world, write_world

__all__ = [
    "HYPOTHESES",
    "READINGS",
    "RIGHTS",
    "WORLDS",
    "WORLD_VARIABLE",
    "HralignError",
    "MixedFit",
    "MixedModel",
    "Sources",
    "Specification",
    "World",
    "Z",
    "banner",
    "build_panel",
    "cluster_bootstrap",
    "cluster_covariance",
    "estimation_sample",
    "exit_changes",
    "fit_alignment",
    "fit_approach",
    "full_members",
    "glue",
    "joint_bootstrap",
    "load_sources",
    "load_world",
    "overall",
    "predict_by_duration",
    "published_facts",
    "published_model",
    "published_robustness",
    "reconstruction",
    "replicate",
    "show",
    "simulate",
    "test_hypotheses",
    "use_style",
    "versions",
    "who_joins",
    "write_world",
]
