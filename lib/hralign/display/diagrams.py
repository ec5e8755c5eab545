"""Causal diagrams in one style: boxes for what happens, arrows for what is claimed, dashed ones for rival stories."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from ..errors import HralignError
from .theme import INK, PALETTE

Arrow = tuple[str, str]
"""From one box to another, by their words."""


def causal_diagram(
    places: Mapping[str, tuple[float, float]],
    claimed: Collection[Arrow],
    rivals: Collection[Arrow] = (),
    hidden: Collection[str] = (),
    height: float = 1.7,
) -> tuple[Figure, str]:
    """A small causal diagram with its alternative text, both from the same arrows.

    Parameters
    ----------
    places : mapping
        Words of each box and where its centre lies, from (0, 0) at the lower left to (1, 1).
    claimed : collection of pairs
        Arrows of the story that is told: solid.
    rivals : collection of pairs
        Arrows of other stories that would leave the same trace: dashed and in another colour.
    hidden : collection of str
        Boxes that nobody can observe: dotted outline.
    height : float
        In inches; the width is the same for all, 4.8.

    Raises
    ------
    HralignError
        If an arrow begins or ends, or something hidden lies, where there is no box.
    """
    named = {box for arrow in [*claimed, *rivals] for box in arrow} | set(hidden)
    if unknown := sorted(named - set(places)):
        raise HralignError(f"The diagram has no box '{unknown[0]}'. Give it a place, or mend the arrow that names it.")
    figure, ax = plt.subplots(figsize=(4.8, height))
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.axis("off")
    own = {box for arrow in claimed for box in arrow}
    boxes = {}
    for words, place in places.items():
        outline = {"boxstyle": "round,pad=0.35", "fc": "none", "ec": INK if words in own else PALETTE[1],
                   "ls": ":" if words in hidden else "-"}  # fmt: skip
        boxes[words] = ax.text(*place, words, ha="center", va="center", size=10, bbox=outline)
    figure.canvas.draw()  # outlines have a size from here on, at which arrows can end
    for arrows, colour, dashes in ((claimed, INK, "-"), (rivals, PALETTE[1], (0, (4, 2)))):
        for start, end in arrows:
            ends = {"patchA": boxes[start].get_bbox_patch(), "patchB": boxes[end].get_bbox_patch()}
            look = {"arrowstyle": "-|>", "color": colour, "lw": 1.4, "ls": dashes, "shrinkA": 1, "shrinkB": 2}
            ax.annotate("", xy=places[end], xytext=places[start], arrowprops=look | ends)
    return figure, describe(claimed, rivals, hidden)


def describe(claimed: Collection[Arrow], rivals: Collection[Arrow] = (), hidden: Collection[str] = ()) -> str:
    """A diagram in words: every arrow, and what cannot be observed."""
    parts = ["Causal diagram. Claimed: " + _say(claimed)]
    if rivals:
        parts.append("Rival paths, dashed: " + _say(rivals))
    if hidden:
        parts.append("Not observable: " + ", ".join(_flat(box) for box in hidden))
    return ". ".join(parts) + "."


def _say(arrows: Collection[Arrow]) -> str:
    return "; ".join(f"{_flat(start)} leads to {_flat(end)}" for start, end in arrows)


def _flat(words: str) -> str:
    return words.replace("\n", " ").lower()
