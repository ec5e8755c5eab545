"""What a page of the book says about itself: the data it ran on and what ran it."""

from __future__ import annotations

import html
from typing import Any

from ..load import resolve_kind
from ..record.collect import KEY, PAGE
from ..record.store import versions_of
from ..sources.tables import Sources

_PACKAGES = ("hralign", "pandas", "numpy", "scipy", "statsmodels", "seaborn")


class Furniture:
    """A part of a page that says something about it: in words for readers, as facts for the build."""

    def __init__(self, text: str, facts: dict[str, Any]):
        self.text, self.facts = text, facts

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        return {"text/html": self.text, "text/plain": repr(self.facts)}, {KEY: {PAGE: self.facts}}


def banner(src: Sources) -> Furniture:
    """The banner at the top of every chapter: which source this page ran on, in words."""
    if src.kind == "real":
        text = (
            "<strong>Real data.</strong> This page ran on the public data sets of the registry, checksums verified, "
            "so <em>this run</em> and <em>reconstruction</em> should agree to the last digit."
        )
    else:
        facts = ", ".join(f"{name} <code>{html.escape(str(value))}</code>" for name, value in _shown(src).items())
        text = (
            f"<strong>Simulated data.</strong> This page ran on an invented world ({facts}) of fictional states and "
            "IGOs: <em>this run</em> says nothing about real ones. <em>Reconstruction</em> columns hold our recorded "
            "run on the real data, which <code>hralign fetch</code> brings."
        )
    attributes = f'class="source-banner source-{src.kind}" role="note" aria-label="Data source of this page"'
    return Furniture(f"<div {attributes}>{text}</div>", {"data": resolve_kind(), "source": src.kind, **_shown(src)})


def _shown(src: Sources) -> dict[str, object]:
    return {name: src.provenance[name] for name in ("world", "seed") if name in src.provenance}


def versions() -> Furniture:
    """The foot of every chapter: versions of what ran it."""
    found = versions_of(_PACKAGES)
    found = {"Python": found.pop("python")} | found
    listed = ", ".join(f"{name} {number}" for name, number in found.items())
    return Furniture(f'<p class="versions"><small>Run with {listed}.</small></p>', {"versions": found})
