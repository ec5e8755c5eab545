"""Courses of a few states by name, the pictures with which chapters open."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from .theme import INK, PALETTE, minus

_MOST_IN_A_LEGEND = 4


def named_courses(table: pd.DataFrame, clock: str, value: str, height: float = 3.4) -> tuple[Figure, str]:
    """Courses over time, one line each: full where the state is inside, dotted where it is not.

    Parameters
    ----------
    table : DataFrame
        ``who``, ``clock`` (years) and ``value``; where there is ``inside``, years in which it is false are dotted, and
        where there is ``half``, a band of that half width is drawn.  More than four courses are drawn in one colour
        and not named in the figure.
    clock, value : str
        What the axes are called.
    height : float
        In inches; the width is the same for all, 4.8.
    """
    figure, ax = plt.subplots(figsize=(4.8, height), layout="constrained")
    groups, told = list(table.groupby("who", sort=False)), []
    few = len(groups) <= _MOST_IN_A_LEGEND
    for number, (who, rows) in enumerate(groups):
        rows = rows.set_index("clock").sort_index()
        whole = rows.reindex(np.arange(rows.index.min(), rows.index.max() + 1))  # a gap is no line
        colour = PALETTE[number] if few else PALETTE[0]
        if "half" in rows:
            ax.fill_between(whole.index, whole["value"] - whole["half"], whole["value"] + whole["half"], color=colour,
                            alpha=0.15, lw=0)  # fmt: skip
        inside = whole["inside"].eq(True) if "inside" in rows else pd.Series(True, whole.index)
        if not inside.all():
            ax.plot(whole.index, whole["value"], color=colour, lw=1.4, ls=":")
        ax.plot(whole.index, whole["value"].where(inside), color=colour, lw=2 if few else 1, alpha=1 if few else 0.6,
                label=who)  # fmt: skip
        ends = rows["value"].iloc[[0, -1]].tolist()
        told.append(f"{who} from {ends[0]:.2f} in {rows.index[0]:.0f} to {ends[1]:.2f} in {rows.index[-1]:.0f}")
    if "distance" in value.lower():
        ax.axhline(0, color=INK, lw=1, ls="--", alpha=0.7)
    ax.set(xlabel=clock, ylabel=value)
    if few:
        figure.legend(loc="outside upper left", ncols=2, fontsize=10)
    return figure, minus(f"{len(groups)} courses, {value.lower()}: {'; '.join(told)}.")
