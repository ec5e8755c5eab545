"""Run every model of the book on one source, and keep what the real data gave as the reconstruction."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from .errors import HralignError
from .hypotheses import SPECIFICATIONS, fit_alignment
from .mixed import MixedFit
from .panel import EXIT_KINDS, build_panel
from .sources import Sources

RECONSTRUCTION = Path(str(files("hralign").joinpath("data/reconstruction.json")))

_PACKAGES = ("hralign", "numpy", "scipy", "pandas")


def replicate(
    src: Sources, names: Iterable[str] | None = None, *, tick: Callable[[str], Any] = lambda name: None
) -> dict[str, Any]:
    """Fit models of :data:`hralign.hypotheses.SPECIFICATIONS` on one source.

    Parameters
    ----------
    src : Sources
    names : iterable of str, optional
        Which models; all by default.
    tick : callable, optional
        Called with each model's name when it is done (for a progress bar).

    Returns
    -------
    dict
        ``source``, ``provenance``, ``versions``, ``counts`` (see :func:`counts`) and ``models``: name -> what
        :func:`as_numbers` gives.
    """
    panels, models = {}, {}
    for name in names or SPECIFICATIONS:
        spec = specification(name)
        if spec.score not in panels:
            panels[spec.score] = build_panel(src, spec.score)
        models[name] = as_numbers(fit_alignment(panels[spec.score], spec.timing))
        tick(name)
    return {
        "source": src.kind,
        "provenance": dict(src.provenance),
        "versions": {"python": platform.python_version()} | {package: version(package) for package in _PACKAGES},
        "counts": counts(src, panels.get("fariss")),
        "models": models,
    }


def counts(src: Sources, panel: pd.DataFrame | None = None) -> dict[str, Any]:
    """What the sample consists of: IGOs with an authority score, selected cases, and exits by kind."""
    cases = (build_panel(src) if panel is None else panel).drop_duplicates("case")
    exits = cases["exit_kind"].value_counts()
    return {
        "igos": int(src.igos["major"].sum()),
        "cases": len(cases),
        "exits": {kind: int(exits.get(kind, 0)) for kind in EXIT_KINDS},
    }


def specification(name: str):
    """The specification of a model by name; an unknown name is an error that lists the known ones."""
    if name not in SPECIFICATIONS:
        raise HralignError(f"There is no model '{name}'. Choose from: {', '.join(SPECIFICATIONS)}.")
    return SPECIFICATIONS[name]


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
        "cov_re": fit.cov_re.to_numpy().tolist(),
        "scale": float(fit.scale),
        "singular": bool(fit.singular),
    }


@cache
def reconstruction() -> dict[str, Any]:
    """Our recorded run on the real data: what the middle column of every table shows."""
    return json.loads(RECONSTRUCTION.read_text("utf-8"))


def write_json(results: dict[str, Any], path: Path) -> None:
    """Write results whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
        temporary.replace(path)
    except OSError as error:
        raise HralignError(f"{path} cannot be written ({error.strerror}). Choose another file.") from None
    finally:
        temporary.unlink(missing_ok=True)
