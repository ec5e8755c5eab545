"""The figures that more than one page draws: each takes a tidy table and returns the axes it drew on."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from .theme import INK, PALETTE


def predicted_distance(prediction: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """The paper's Figure 2: predicted distance by duration, with two bands.

    Parameters
    ----------
    prediction : DataFrame
        From :func:`hralign.study.alignment.predict_by_duration`.
    """
    ax = ax or plt.subplots()[1]
    line, band = PALETTE[0], PALETTE[5]
    x = prediction["duration"]
    ax.fill_between(x, prediction["case_lower"], prediction["case_upper"], color=band, alpha=0.18, lw=0,
                    label="95 % of cases (varying intercepts and slopes)")  # fmt: skip
    ax.fill_between(x, prediction["lower"], prediction["upper"], color=line, alpha=0.35, lw=0,
                    label="95 % interval of the average")  # fmt: skip
    ax.plot(x, prediction["estimate"], color=line, label="Average case")
    ax.axhline(0, color=INK, lw=1, ls="--", alpha=0.7)
    ax.set(xlabel="Year of membership", ylabel="Predicted distance to the IGO mean")
    ax.legend(loc="upper left")
    return ax


def event_curve(curve: pd.DataFrame, ax: Axes | None = None, *, xlabel: str = "Year") -> Axes:
    """The paper's Figure 3: smoothed distance in event time, its band, and the number of cases behind each year.

    Parameters
    ----------
    curve : DataFrame
        From :func:`hralign.study.event_time.event_curve`; must not be empty.
    """
    ax = ax or plt.subplots()[1]
    ax.fill_between(curve["year"], curve["lower"], curve["upper"], color=PALETTE[5], alpha=0.3, lw=0)
    ax.plot(curve["year"], curve["estimate"], color=PALETTE[0])
    size = 10 + 70 * curve["cases"] / max(curve["cases"].max(), 1)
    ax.scatter(curve["year"], curve["mean"], s=size, color=PALETTE[1], alpha=0.7, lw=0)
    ax.axvline(0, color=INK, lw=1, ls="--", alpha=0.7)
    low, high = ax.get_ylim()
    ax.set_ylim(low - 0.14 * (high - low), high)
    step = max(1, len(curve) // 7)
    for row in curve.iloc[::step].itertuples():
        ax.annotate(f"{row.cases:,}", (row.year, 0.02), xycoords=("data", "axes fraction"), ha="center", size=9)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel=f"{xlabel} (number of cases along the foot)", ylabel="Distance to the IGO mean")
    return ax


def forest(rows: pd.DataFrame, ax: Axes | None = None, *, xlabel: str) -> Axes:
    """Estimates with intervals, one line a row, in the order given, and a note at the right-hand side.

    Parameters
    ----------
    rows : DataFrame
        Indexed by label; columns ``estimate``, ``lower``, ``upper`` and optionally ``note`` and ``group``, whose
        values get a colour each.
    """
    ax = ax or plt.subplots(figsize=(7.6, 0.42 * len(rows) + 1.2))[1]
    groups = rows.get("group", pd.Series("", index=rows.index))
    colours = dict(zip(groups.unique(), PALETTE, strict=False))
    for y, (row, group) in enumerate(zip(rows.itertuples(), groups, strict=True)):
        ax.plot([row.lower, row.upper], [y, y], color=colours[group], lw=2)
        ax.plot(row.estimate, y, "o", color=colours[group], ms=6)
        if "note" in rows:
            ax.annotate(row.note, (1.02, y), xycoords=("axes fraction", "data"), va="center", size=9)
    ax.axvline(0, color=INK, lw=1, ls="--", alpha=0.7)
    ax.set(yticks=range(len(rows)), yticklabels=rows.index, xlabel=xlabel, ylim=(len(rows) - 0.5, -0.5))
    ax.grid(axis="y", visible=False)
    if "group" in rows and len(colours) > 1:
        for name, colour in colours.items():
            ax.plot([], [], "o-", color=colour, label=name)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(colours))
    return ax
