"""Figures that more than one page draws, or that take more than a few lines: each takes a tidy table.

Those for :func:`hralign.display.results.result` return a figure with its alternative text, the others their axes.
"""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from .theme import INK, PALETTE, minus


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
        ax.annotate(f"{row.cases:,}", (row.year, 0.02), xycoords=("data", "axes fraction"), ha="center", size=10)
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
            ax.annotate(row.note, (1.02, y), xycoords=("axes fraction", "data"), va="center", size=10)
    ax.axvline(0, color=INK, lw=1, ls="--", alpha=0.7)
    ax.set(yticks=range(len(rows)), yticklabels=rows.index, xlabel=xlabel, ylim=(len(rows) - 0.5, -0.5))
    ax.grid(axis="y", visible=False)
    if "group" in rows and len(colours) > 1:
        for name, colour in colours.items():
            ax.plot([], [], "o-", color=colour, label=name)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(colours))
    return ax


def two_bands(course: pd.DataFrame) -> tuple[Figure, str]:
    """Two questions, two bands: how well the average course is known, and where single cases run.

    Parameters
    ----------
    course : DataFrame
        From :func:`hralign.study.alignment.courses`.
    """
    average, cases = (course[course["line"].eq(line)] for line in ("average", "cases"))
    single = course[~course["line"].isin(["average", "cases"])]
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(4.8, 6.6), sharex=True, layout="constrained")
    line, band = PALETTE[0], PALETTE[5]
    for ax in (top, bottom):
        ax.fill_between(average["duration"], average["lower"], average["upper"], color=line, alpha=0.35, lw=0)
        ax.plot(average["duration"], average["estimate"], color=line)
        ax.axhline(0, color=INK, lw=1, ls="--", alpha=0.7)
        ax.set_ylabel("Predicted distance")
    low, high = average["lower"].min() - 0.1, max(average["upper"].max() + 0.1, 0.12)
    top.set(ylim=(low, high), title="How well do we know the average course?")
    bottom.fill_between(cases["duration"], cases["lower"], cases["upper"], color=band, alpha=0.2, lw=0)
    for _, one in single.groupby("line", sort=False):
        bottom.plot(one["duration"], one["estimate"], color=INK, lw=0.7, alpha=0.45)
    first, last = average["duration"].iloc[[0, -1]]
    bottom.add_patch(Rectangle((first, low), last - first, high - low, fill=False, ec=PALETTE[1], lw=1.5, zorder=4))
    note = {"textcoords": "offset points", "va": "top", "color": PALETTE[1]}
    bottom.annotate("the picture above", (first, high), (2, 14), **note)
    bottom.set(title="Where do single cases run?", xlabel="Year of membership")
    bottom.xaxis.set_major_locator(MaxNLocator(integer=True))
    begin, end, wide = average.iloc[0], average.iloc[-1], cases.iloc[-1]
    alt = (
        f"Two panels over {last} years of membership. Above, how well the average course is known: from "
        f"{begin.estimate:.2f} (95 % interval {begin.lower:.2f} to {begin.upper:.2f}) to {end.estimate:.2f} "
        f"({end.lower:.2f} to {end.upper:.2f}). Below, on a scale several times as high, where single cases run: the "
        f"band that holds 95 % of them ends between {wide.lower:.1f} and {wide.upper:.1f}, and "
        f"{single['line'].nunique()} straight lines of single cases cross it in all directions. A frame shows how "
        "small the panel above is in it."
    )
    return figure, minus(alt)


def slopes_of_cases(slopes: pd.DataFrame) -> tuple[Figure, str]:
    """How the slopes of single cases scatter around none.

    Parameters
    ----------
    slopes : DataFrame
        One row per case, with its ``slope`` per year of membership.
    """
    values = slopes["slope"]
    closer = (values > 0).mean()
    width = (values.max() - values.min()) / 40
    edges = width * np.arange(np.floor(values.min() / width), np.ceil(values.max() / width) + 1)
    figure, ax = plt.subplots(figsize=(5.6, 3.4))
    ax.hist(values[values > 0], bins=edges, color=PALETTE[0], alpha=0.8, label=f"positive slope ({closer:.0%})")
    ax.hist(values[values <= 0], bins=edges, color=PALETTE[1], alpha=0.8, label=f"negative slope ({1 - closer:.0%})")
    ax.axvline(values.mean(), color=INK, lw=1, ls="--", alpha=0.7)
    ax.set(xlabel="Slope of the case, points a year", ylabel="Cases")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    quarter, three = values.quantile([0.25, 0.75])
    alt = (
        f"Histogram of the slopes of {len(values):,} cases, from {values.min():.2f} to {values.max():.2f} points a "
        f"year. Half of them lie between {quarter:.3f} and {three:.3f}, and {closer:.0%} are above zero. A dashed line "
        f"marks their mean, {values.mean():.3f}."
    )
    return figure, minus(alt)


def dumbbells(
    labels: Sequence[str], first: tuple[str, Sequence[float]], second: tuple[str, Sequence[float]], *, xlabel: str
) -> tuple[Figure, Axes]:
    """Two values a line, joined: a diamond for the first, a disc for the second.

    Parameters
    ----------
    labels : sequence of str
        The lines, from above.
    first, second : (str, sequence of float)
        Name and values of either.
    """
    figure, ax = plt.subplots(figsize=(4.8, 0.4 * len(labels) + 1.3), layout="constrained")
    for y, (one, other) in enumerate(zip(first[1], second[1], strict=True)):
        ax.plot([one, other], [y, y], color=INK, lw=1, alpha=0.6)
    rows = range(len(labels))
    ax.plot(first[1], rows, "D", color=PALETTE[1], ms=7, label=first[0])
    ax.plot(second[1], rows, "o", color=PALETTE[0], ms=8, label=second[0])
    ax.axvline(0, color=INK, lw=1, ls="--", alpha=0.7)
    ax.set(yticks=rows, yticklabels=labels, ylim=(len(labels) - 0.5, -0.5), xlabel=xlabel)
    ax.grid(axis="y", visible=False)
    ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=2)
    return figure, ax
