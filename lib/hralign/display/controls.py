"""Figures of the chapters on clean controls: each takes a tidy table and returns a figure with its alternative text."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .plots import dumbbells
from .theme import INK, PALETTE, minus

_GROUPS = {"below": "from below", "all": "all cases", "above": "from above"}
_COLOURS = {"below": PALETTE[0], "all": PALETTE[2], "above": PALETTE[1]}


def _zero(ax: Axes) -> None:
    ax.axhline(0, color=INK, lw=0.8, alpha=0.7)
    ax.axvline(-1, color=INK, lw=0.8, ls="--", alpha=0.7)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))


def pair_curves(table: pd.DataFrame) -> tuple[Figure, str]:
    """Cases and imitators above, the difference with its interval below.

    Parameters
    ----------
    table : DataFrame
        From :func:`hralign.stress.control_tables.curves_table`.
    """
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(5.6, 6.0), sharex=True, layout="constrained")
    year = table["event_year"]
    top.plot(year, table["members"], color=PALETTE[0], label="members")
    top.plot(year, table["imitators"], color=PALETTE[1], ls="--", label="their imitators")
    top.legend(loc="upper left")
    top.set(ylabel="Change since year −1, points")
    bottom.fill_between(year, table["lower"], table["upper"], color=PALETTE[0], alpha=0.25, lw=0)
    bottom.plot(year, table["difference"], color=PALETTE[0])
    bottom.set(ylabel="Difference, points", xlabel="Years since accession (dashed: the year of selection)")
    for ax in (top, bottom):
        _zero(ax)
    at = table.set_index("event_year")
    words = [
        f"year {k}: members {at.members[k]:+.2f}, imitators {at.imitators[k]:+.2f}, difference {at.difference[k]:+.2f} "
        f"({at.lower[k]:+.2f} to {at.upper[k]:+.2f})"
        for k in (-10, -5, 5, 10, 20)
        if k in at.index
    ]
    return figure, minus("Change in distance since the year before accession. " + "; ".join(words) + ".")


def worlds_beside(table: pd.DataFrame) -> tuple[Figure, str]:
    """Slopes of members and of imitators, world by world.

    Parameters
    ----------
    table : DataFrame
        From :func:`hralign.stress.control_tables.interference_table`; a row of the real data may stand among them.
    """
    figure, _ = dumbbells(table["world"], ("imitators", table["imitators"]), ("members", table["members"]),
                          xlabel="Slope of duration, points a year")  # fmt: skip
    words = [f"{row.world}: members {row.members:.4f}, imitators {row.imitators:.4f}" for row in table.itertuples()]
    return figure, minus("Slopes of members and imitators by world. " + "; ".join(words) + ".")


def event_paths(table: pd.DataFrame) -> tuple[Figure, str]:
    """Paths in event time side by side, each with its interval.

    Parameters
    ----------
    table : DataFrame
        ``group`` (below, all, above), ``event_year``, ``estimate``, ``lower``, ``upper``.
    """
    groups = list(dict.fromkeys(table["group"]))
    figure, axes = plt.subplots(len(groups), 1, figsize=(5.6, 2.5 * len(groups)), sharex=True, sharey=True,
                                layout="constrained", squeeze=False)  # fmt: skip
    words = []
    for ax, name in zip(axes.flat, groups, strict=True):
        part = table[table["group"] == name]
        colour = _COLOURS.get(name, PALETTE[0])
        ax.fill_between(part["event_year"], part["lower"], part["upper"], color=colour, alpha=0.25, lw=0)
        ax.plot(part["event_year"], part["estimate"], "o-", color=colour, ms=3, lw=1.4)
        _zero(ax)
        ax.set(title=_GROUPS.get(name, name), ylabel="Points")
        at = part.set_index("event_year")
        known = [k for k in (-10, -5, 5, 10, 20) if k in at.index]
        numbers = (f"{at.estimate[k]:+.2f} ({at.lower[k]:+.2f} to {at.upper[k]:+.2f}) in year {k}" for k in known)
        words.append(f"{_GROUPS.get(name, name)}: {', '.join(numbers)}")
    axes.flat[-1].set_xlabel("Years since accession")
    return figure, minus("Difference to outsiders, zero in the year before accession. " + "; ".join(words) + ".")


def two_estimators(table: pd.DataFrame) -> tuple[Figure, str]:
    """What two estimators bring back of planted effects, beside the truth.

    Parameters
    ----------
    table : DataFrame
        From :func:`hralign.stress.control_tables.planted_paths`.
    """
    effects = list(dict.fromkeys(table["effect"]))
    columns = 2 if len(effects) > 1 else 1
    rows = -(-len(effects) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(4.8, 2.1 * rows + 0.6), sharex=True, layout="constrained", squeeze=False
    )
    words = []
    for ax, name in zip(axes.flat, effects, strict=False):
        part = table[table["effect"] == name].set_index("event_year")
        ax.plot(part.index, part["truth"], color=INK, lw=5, alpha=0.25, label="planted")
        ax.plot(part.index, part["outsiders"], color=PALETTE[0], lw=1.6, label="beside outsiders")
        ax.plot(part.index, part["two_way"], color=PALETTE[1], ls="--", lw=1.6, label="two-way effects")
        _zero(ax)
        ax.set_title(name, fontsize=11)
        known = [k for k in (-5, 10) if k in part.index]
        words.append(f"{name}: " + "; ".join(
            f"in year {k} planted {part.truth[k]:+.2f}, beside outsiders {part.outsiders[k]:+.2f}, two-way "
            f"{part.two_way[k]:+.2f}" for k in known))  # fmt: skip
    figure.legend(*axes.flat[0].get_legend_handles_labels(), loc="outside upper left", ncols=2, fontsize=10)
    figure.supxlabel("Years since accession")
    return figure, minus("Planted effects and what comes back. " + ". ".join(words) + ".")


def bounds(table: pd.DataFrame) -> tuple[Figure, str]:
    """The effects allowed by ever larger departures from a parallel course.

    Parameters
    ----------
    table : DataFrame
        From :func:`hralign.stress.honest.relative_magnitudes`.
    """
    figure, ax = plt.subplots(figsize=(5.0, 3.2), layout="constrained")
    ax.vlines(table["m"], table["lower"], table["upper"], color=PALETTE[0], lw=2)
    ax.vlines(table["m"], table["set_lower"], table["set_upper"], color=PALETTE[0], lw=7, alpha=0.45)
    ax.axhline(0, color=INK, lw=1, ls="--", alpha=0.7)
    ax.set(xlabel="m: largest later step, in steps before accession", ylabel="Effect, points")
    words = [f"m = {row.m:g}: {row.lower:+.2f} to {row.upper:+.2f}" for row in table.itertuples()]
    return figure, minus("Intervals for the effect by how far trends may part. " + "; ".join(words) + ".")


def leavers(table: pd.DataFrame) -> tuple[Figure, str]:
    """Each state that withdrew: its own change, and that of those that stayed.

    Parameters
    ----------
    table : DataFrame
        ``who``, ``change``, ``theirs``, in the order of the lines.
    """
    figure, _ = dumbbells(table["who"], ("those that stayed", table["theirs"]), ("the one that left", table["change"]),
                          xlabel="Change of the score around the exit, points")  # fmt: skip
    words = [f"{row.who}: {row.change:+.2f} against {row.theirs:+.2f}" for row in table.itertuples()]
    return figure, minus("Change of states that withdrew and of members that stayed. " + "; ".join(words) + ".")


def power(table: pd.DataFrame) -> tuple[Figure, str]:
    """Share of draws in which each test finds a planted fall.

    Parameters
    ----------
    table : DataFrame
        From :func:`hralign.stress.control_tables.power_table`.
    """
    figure, ax = plt.subplots(figsize=(5.6, 3.4), layout="constrained")
    names = {"t": "t test", "sign_flip": "sign flip", "permutation": "permutation"}
    for (column, name), colour, style in zip(names.items(), PALETTE, ("-", "--", ":"), strict=False):
        ax.plot(table["fall"], table[column], color=colour, ls=style, label=name)
    ax.axhline(0.05, color=INK, lw=0.8, alpha=0.7)
    ax.set(xlabel="Planted fall after exit, points", ylabel="Share of draws that find it", ylim=(0, 1.02))
    ax.legend(loc="lower right")
    at = table.set_index("fall")
    words = [
        f"{name}: " + ", ".join(f"{at.loc[f, c]:.0%} at {f:g}" for f in at.index[::2]) for c, name in names.items()
    ]
    return figure, minus("Power of three tests by planted fall. ") + "; ".join(words) + "."


def planted_slopes(table: pd.DataFrame) -> tuple[Figure, str]:
    """What a comparison of slopes brings back, by what was planted.

    Parameters
    ----------
    table : DataFrame
        ``effect`` (its name), ``truth`` and ``back``, points a year.
    """
    figure, ax = plt.subplots(figsize=(5.6, 0.5 * len(table) + 1.3), layout="constrained")
    y = range(len(table))
    ax.plot(table["truth"], y, "|", color=INK, ms=18, mew=3, alpha=0.5, label="planted")
    ax.plot(table["back"], y, "o", color=PALETTE[0], ms=7, label="came back")
    ax.set(yticks=y, yticklabels=table["effect"], ylim=(len(table) - 0.5, -0.5), xlabel="Slope, points a year")
    ax.grid(axis="y", visible=False)
    ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=2)
    words = [f"{row.effect}: {row.truth:.3f} planted, {row.back:.3f} came back" for row in table.itertuples()]
    return figure, minus("Planted slopes and what came back. " + "; ".join(words) + ".")
