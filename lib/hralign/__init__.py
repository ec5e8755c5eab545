"""The library of *The Company States Keep*: from sources to panel, models, tables and figures."""

from .errors import HralignError, NotEnoughData
from .figures import show, use_style
from .hypotheses import estimation_sample, fit_alignment, predict_by_duration
from .load import load_sources
from .mixed import MixedFit, MixedModel, cluster_bootstrap, joint_bootstrap
from .pages import banner, glue, versions
from .panel import build_panel
from .published import published_facts, published_model, published_robustness
from .replication import reconstruction, replicate
from .simulated import WORLDS, World, simulate
from .sources import Sources
from .worldfile import load_world

__all__ = [
    "WORLDS",
    "HralignError",
    "MixedFit",
    "MixedModel",
    "NotEnoughData",
    "Sources",
    "World",
    "banner",
    "build_panel",
    "cluster_bootstrap",
    "estimation_sample",
    "fit_alignment",
    "glue",
    "joint_bootstrap",
    "load_sources",
    "load_world",
    "predict_by_duration",
    "published_facts",
    "published_model",
    "published_robustness",
    "reconstruction",
    "replicate",
    "show",
    "simulate",
    "use_style",
    "versions",
]
