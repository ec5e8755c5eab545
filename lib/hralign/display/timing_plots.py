"""Figures of the chapters on timing and on single rights: tidy tables in, a figure with its alternative text out."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from . import plots
from .theme import INK, PALETTE, minus


def before_accession(curve: pd.DataFrame) -> tuple[Figure, str]:
    """The paper's Figure 3a, with the number of cases behind the years.

    Parameters
    ----------
    curve : DataFrame
        From :func:`hralign.study.event_time.event_curve` on the clock ``years_to_accession``.
    """
    return _event_curve(curve, "Years to accession", "before accession")


def after_exit(curve: pd.DataFrame) -> tuple[Figure, str]:
    """The paper's Figure 3b: as :func:`before_accession`, on the clock ``years_since_exit``."""
    return _event_curve(curve, "Years since exit", "after exit")


def _event_curve(curve: pd.DataFrame, xlabel: str, when: str) -> tuple[Figure, str]:
    figure, ax = plt.subplots(figsize=(4.8, 3.6), layout="constrained")
    plots.event_curve(curve, ax, xlabel=xlabel)
    ax.set_xlabel(f"{xlabel}\n(number of cases along the foot)")
    first, last = (
        f"{row.estimate:.2f} in year {row.year:.0f} ({row.cases:,.0f} cases, band {row.lower:.2f} to {row.upper:.2f})"
        for row in (curve.iloc[0], curve.iloc[-1])
    )
    return figure, minus(f"Smoothed distance {when}, from {first} to {last}. Dots show the plain means of the years.")


def sorted_by_one_year(paths: pd.DataFrame) -> tuple[Figure, str]:
    """How cases chosen below and above the mean in the year before accession move up to that year, and on from it.

    Parameters
    ----------
    paths : DataFrame
        ``world`` (one panel each, in order), ``group`` (``below``, ``above``), ``clock`` (years since accession),
        ``distance`` (mean, in points), ``moved`` (that less the mean of year -1) and ``cases``.
    """
    worlds = paths["world"].unique()
    figure, axes = plt.subplots(len(worlds), 1, figsize=(4.8, 2.8 * len(worlds)), sharex=True, sharey=True,
                                squeeze=False, layout="constrained")  # fmt: skip
    told = []
    for ax, world in zip(axes.flat, worlds, strict=True):
        for group, colour in (("above", PALETTE[1]), ("below", PALETTE[0])):
            rows = paths[paths["world"].eq(world) & paths["group"].eq(group)].sort_values("clock")
            first, last = rows.iloc[0], rows.iloc[-1]
            ax.plot(rows["clock"], rows["moved"], color=colour)
            up = last["moved"] > 0
            ax.annotate(f"chosen {group} ({last['cases']:.0f} cases)", (last["clock"], last["moved"]),
                        (0, 5 if up else -5), textcoords="offset points", color=colour, ha="right", size=10,
                        va="bottom" if up else "top")  # fmt: skip
            told.append(f"{world}, chosen {group}: {first['moved']:.2f}, 0 and {last['moved']:.2f}")
        ax.plot(-1, 0, "o", color=INK)
        ax.axhline(0, color=INK, lw=1, ls="--", alpha=0.7)
        ax.margins(y=0.15)
        ax.set_title(world, loc="left")
        ax.set_ylabel("Points above year −1")
    axes.flat[-1].set_xlabel("Years since accession")
    years = f"{paths['clock'].min()}, -1 and {paths['clock'].max()}"
    return figure, minus(f"Mean distance less that of the year before accession, in years {years}. {'; '.join(told)}.")


def withdrawals(changes: pd.DataFrame) -> tuple[Figure, str]:
    """Three marks a withdrawal: before accession, in the last years of membership, after the exit.

    Parameters
    ----------
    changes : DataFrame
        ``state``, ``igo``, ``exit`` (year), ``before_accession``, ``last``, ``after`` and ``change``, in points.
    """
    rows = changes.sort_values("change").reset_index(drop=True)
    figure, ax = plt.subplots(figsize=(4.8, 1.2 + 0.34 * len(rows)), layout="constrained")
    fell = PALETTE[1], PALETTE[0]
    for y, row in enumerate(rows.itertuples()):
        ax.annotate("", (row.after, y), (row.last, y),
                    arrowprops={"arrowstyle": "->", "color": fell[row.change > 0], "lw": 2})  # fmt: skip
    ax.plot(rows["before_accession"], rows.index, "|", color=INK, ms=10, mew=2, label="before accession")
    ax.plot(rows["after"], rows.index, ls="")  # arrows do not stretch the axis
    ax.plot(rows["last"], rows.index, "o", color=INK, ms=4, label="last years in; arrow: after exit")
    names = [f"{row.state}, {row.igo} {row.exit:.0f}" for row in rows.itertuples()]
    ax.set(yticks=rows.index, yticklabels=names, ylim=(len(rows) - 0.5, -0.5), xlabel="Distance")
    ax.tick_params(axis="y", labelsize=10)
    ax.axvline(0, color=INK, lw=1, ls="--", alpha=0.7)
    ax.grid(axis="y", visible=False)
    figure.legend(loc="outside upper left", fontsize=10)
    told = "; ".join(
        f"{name}: {row.before_accession:.2f}, {row.last:.2f}, {row.after:.2f}"
        for name, row in zip(names, rows.itertuples(), strict=True)
    )
    return figure, minus(f"Distance before accession, in the last years of membership and after exit. {told}.")


def rights_around_accession(paths: pd.DataFrame) -> tuple[Figure, str]:
    """Mean distance on each right around accession, each right's own laggards.

    Parameters
    ----------
    paths : DataFrame
        ``right``, ``clock`` (years since accession) and ``distance`` (mean, in points of the right's scale).
    """
    figure, ax = plt.subplots(figsize=(4.8, 4.2), layout="constrained")
    told = []
    for (right, rows), colour in zip(paths.groupby("right", sort=False), PALETTE[1::-1] + PALETTE[2:4], strict=False):
        name = right.replace("_", " ")
        ax.plot(rows["clock"], rows["distance"], color=colour, label=name)
        at = rows.set_index("clock")["distance"]
        told.append(f"{name}: {at.iloc[0]:.2f}, {at.loc[-1]:.2f}, {at.iloc[-1]:.2f}")
    ax.axvline(-1, color=INK, lw=1, ls=":", alpha=0.7)
    ax.axhline(0, color=INK, lw=1, ls="--", alpha=0.7)
    ax.set(xlabel="Years since accession", ylabel="Mean distance")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(loc="outside upper left", ncols=2, fontsize=10)
    years = f"{paths['clock'].min()}, -1 and {paths['clock'].max()}"
    return figure, minus(f"Mean distance in years {years}. {'; '.join(told)}.")


def four_courses(courses: pd.DataFrame) -> tuple[Figure, str]:
    """The paper's Figure 4: predicted distance by right.

    Parameters
    ----------
    courses : DataFrame
        ``right`` and the columns of :func:`hralign.study.alignment.predict_by_duration`.
    """
    figure, axes = plt.subplots(2, 2, figsize=(4.8, 4.8), sharex=True, sharey=True, layout="constrained")
    told = []
    for ax, (right, course) in zip(axes.flat, courses.groupby("right", sort=False), strict=True):
        plots.predicted_distance(course, ax)
        ax.get_legend().remove()
        ax.set(xlabel="", ylabel="")
        ax.set_title(right.replace("_", " "), loc="left", size=11)
        first, last = course.iloc[0], course.iloc[-1]
        told.append(f"{right.replace('_', ' ')} from {first['estimate']:.2f} to {last['estimate']:.2f}")
    figure.supxlabel("Year of membership", size=11)
    figure.supylabel("Predicted distance", size=11)
    years = f"{courses['duration'].min()} to {courses['duration'].max()}"
    return figure, minus(f"Predicted distance of the average case in years {years}: {'; '.join(told)}. Dark bands: the "
                         "average. Light bands, several times as wide: single cases.")  # fmt: skip
