"""Figures of the chapter on the clock: each takes a tidy table and returns a figure with its alternative text."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from .theme import INK, PALETTE, minus

WORDS = {
    "table2": "Table 2",
    "without_year": "without the year",
    "case_effects": "case effects, year",
    "case_effects_no_year": "case effects, no year",
    "lived": "lived",
    "mundlak_within": "Mundlak, within",
    "mundlak_between": "Mundlak, between",
    "year_effects": "year effects",
    "cohort_effects": "cohort effects",
}
"""How figures and tables name the rules of :mod:`hralign.stress.clock`."""


def lexis(table: pd.DataFrame) -> tuple[Figure, str]:
    """Calendar against year of membership: the sample as shaded cells, some cases as lines.

    Parameters
    ----------
    table : DataFrame
        From :func:`hralign.stress.lexis.lexis`.
    """
    cells, lines = table[table["line"].eq("sample")], table[table["line"].ne("sample")]
    figure, ax = plt.subplots(figsize=(4.8, 5.0), layout="constrained")
    shade = cells["rows"] / cells["rows"].max()
    for cell, depth in zip(cells.itertuples(), shade, strict=True):
        ax.add_patch(plt.Rectangle((cell.year, cell.duration), 5, 5, color=PALETTE[5], alpha=0.08 + 0.5 * depth, lw=0))
    for (name, one), colour in zip(lines.groupby("line", sort=False), [INK, *PALETTE[:2], *PALETTE[2:5]], strict=False):
        whole = one.set_index("year")["duration"].reindex(range(one["year"].min(), one["year"].max() + 1))
        ax.plot(whole.index, whole, color=colour, lw=2.2)
        if whole.isna().any():  # left and came back
            ax.plot(one["year"], one["duration"], color=colour, lw=1, ls=":")
        ax.plot([], [], color=colour, lw=2.2, label=name)
    figure.legend(loc="outside upper left", ncols=2, fontsize=10)
    ax.set(xlabel="Calendar year", ylabel="Year of membership", xlim=(1964, 2016), ylim=(0, 46), aspect="equal")
    ax.set_xticks(range(1970, 2011, 10))
    spans = [
        f"{name} from {one['year'].min()} to {one['year'].max()}" for name, one in lines.groupby("line", sort=False)
    ]
    alt = (
        "Lexis diagram: the calendar runs to the right, the year of membership upwards. Every membership is a line "
        f"that climbs one year for one year: {'; '.join(spans)}. Shaded squares show where the sample has its rows, "
        "all of them on or below the diagonal of those that joined first."
    )
    return figure, alt


def belief(table: pd.DataFrame) -> tuple[Figure, str]:
    """The slope of duration by the share of the drift that is given to the calendar, with its interval by state.

    Parameters
    ----------
    table : DataFrame
        From :func:`hralign.stress.clock_belief.clock_share`.
    """
    from ..study.specification import Z

    figure, ax = plt.subplots(figsize=(4.8, 3.8))
    reach = Z * table["state_se"]
    ax.axvspan(0, 1, color=PALETTE[4], alpha=0.15, lw=0)
    ax.fill_between(
        table["share"], table["estimate"] - reach, table["estimate"] + reach, color=PALETTE[5], alpha=0.3, lw=0
    )
    ax.plot(table["share"], table["estimate"], color=PALETTE[0])
    ax.axhline(0, color=INK, lw=1, ls="--", alpha=0.7)
    at = table.set_index(table["share"].round(6))["estimate"]
    for share, name in ((0.0, "lived"), (1.0, "Table 2")):
        ax.plot(share, at[share], "o", color=PALETTE[1], ms=7)
        ax.annotate(name, (share, at[share]), (6, -14), textcoords="offset points", color=PALETTE[1])
    drift = table["calendar"].iloc[-1] / table["share"].iloc[-1]
    top = ax.secondary_xaxis("top", functions=(lambda share: share * drift, lambda points: points / drift))
    marks = np.unique(np.round(table["share"]))
    ax.set_xticks(marks)
    points = np.sort(marks * drift) + 0.0  # no negative zero
    top.set_xticks(points, [f"{one:.4f}".replace("-", "−") for one in points])
    top.set_xlabel("What the calendar does to every case, points a year")
    ax.set(
        xlabel="Share of the drift between cohorts\nthat is the calendar's", ylabel="Slope of duration, points a year"
    )
    first, last = table.iloc[0], table.iloc[-1]
    alt = (
        f"A line rises from {first.estimate:.3f} points a year at a share of {first.share:g} to {last.estimate:.3f} at "
        f"{last.share:g}. Between shares of 0 and 1, which are shaded, it runs from {at[0.0]:.4f}, the lived slope, to "
        f"{at[1.0]:.4f}, that of Table 2. The band of the 95 % interval by state holds zero below a share of about "
        f"{_crossing(table):.1f}."
    )
    return figure, minus(alt)


def _crossing(table: pd.DataFrame) -> float:
    """The lowest share from which on the interval by state leaves out zero; infinite where it never does."""
    from ..study.specification import Z

    clear = (table["estimate"] - Z * table["state_se"]) > 0
    return float(table.loc[clear, "share"].min()) if clear.any() else np.inf


def figure2_twice(table: pd.DataFrame) -> tuple[Figure, str]:
    """Figure 2 twice: the course with a stopped calendar, and courses that cases can live.

    Parameters
    ----------
    table : DataFrame
        From :func:`hralign.stress.clock_belief.lived_courses`.
    """
    stopped = table[table["line"].eq("stopped")]
    figure, (above, below) = plt.subplots(2, 1, figsize=(4.8, 6.4), sharex=True, sharey=True, layout="constrained")
    above.fill_between(stopped["duration"], stopped["lower"], stopped["upper"], color=PALETTE[5], alpha=0.3, lw=0)
    above.plot(stopped["duration"], stopped["estimate"], color=PALETTE[0])
    below.plot(stopped["duration"], stopped["estimate"], color=PALETTE[0], lw=1.2, ls="--")
    words = []
    for (entry, one), colour in zip(table[table["line"].ne("stopped")].groupby("line"), PALETTE[1:5], strict=False):
        below.fill_between(one["duration"], one["lower"], one["upper"], color=colour, alpha=0.1, lw=0)
        below.plot(one["duration"], one["estimate"], color=colour, label=f"joined {entry}")
        words.append(f"{entry} from {one['estimate'].iloc[0]:.2f} to {one['estimate'].iloc[-1]:.2f}")
    for ax, title in ((above, "The calendar stands still"), (below, "The calendar goes on")):
        ax.axhline(0, color=INK, lw=1, ls="--", alpha=0.7)
        ax.set(title=title, ylabel="Predicted distance")
    below.set_xlabel("Year of membership")
    below.legend(loc="upper left", fontsize=10, ncols=2)
    ends = stopped["estimate"].iloc[[0, -1]].tolist()
    alt = (
        f"Two panels. Above, the course of Figure 2, with the calendar held at one year: from {ends[0]:.2f} to "
        f"{ends[1]:.2f} in {len(stopped)} years of membership. Below, courses of cases by year of joining while the "
        f"calendar goes on: {'; '.join(words)}. A dashed line repeats the upper panel."
    )
    return figure, minus(alt)


def recovered(table: pd.DataFrame) -> tuple[Figure, str]:
    """Plants down the side, rules along the top: a dot where the plant came back, the miss where it did not.

    Parameters
    ----------
    table : DataFrame
        ``estimator``, ``effect``, ``truth``, ``back``, in points per year.
    """
    rules, plants = list(dict.fromkeys(table["estimator"])), list(dict.fromkeys(table["effect"]))
    figure, ax = plt.subplots(figsize=(4.8, 1.9 + 0.32 * len(plants)), layout="constrained")
    words = []
    for x, rule in enumerate(rules):
        one = table[table["estimator"].eq(rule)].set_index("effect").loc[plants]
        missed = []
        for y, plant in enumerate(one.itertuples()):
            miss = plant.back - plant.truth
            if abs(miss) <= 0.002:
                ax.plot(x, y, "o", color=PALETTE[0], ms=7)
                continue
            ax.add_patch(plt.Rectangle((x - 0.5, y - 0.5), 1, 1, color=PALETTE[1], alpha=0.2, lw=0))
            ax.text(x, y, f"{1000 * miss:+.0f}".replace("-", "−"), ha="center", va="center", size=10)
            missed.append(f"{plant.Index} ({plant.back:.3f} for {plant.truth:.3f})")
        words.append(f"{WORDS.get(rule, rule)} misses {', '.join(missed) or 'none'}")
    ax.set(xlim=(-0.5, len(rules) - 0.5), ylim=(len(plants) - 0.5, -0.5), yticks=range(len(plants)), yticklabels=plants)
    ax.set_xticks(range(len(rules)), [WORDS.get(rule, rule) for rule in rules], rotation=90)
    ax.xaxis.tick_top()
    ax.tick_params(labelsize=10, length=0)
    ax.grid(visible=False)
    for side in ax.spines.values():
        side.set_visible(False)
    return figure, minus(f"Plants down the side, rules along the top. {'; '.join(words)}.")


def exchanged(table: pd.DataFrame) -> tuple[Figure, str]:
    """Slopes where membership cards have changed hands, by which cases are followed, and the real one.

    Parameters
    ----------
    table : DataFrame
        ``select``, ``draw`` and ``slope``; the real slope is the row of draw −1.
    """
    selections = list(dict.fromkeys(table["select"]))
    figure, axes = plt.subplots(len(selections), 1, figsize=(4.8, 1.7 * len(selections) + 0.6), sharex=True,
                                layout="constrained")  # fmt: skip
    titles = {"below": "Cases from below the mean", "above": "Cases from above", "all": "All cases"}
    edges, words = np.histogram_bin_edges(table["slope"], 50), []
    for ax, select in zip(axes, selections, strict=True):
        one = table[table["select"].eq(select)]
        drawn, real = one.loc[one["draw"].ge(0), "slope"], one.loc[one["draw"].lt(0), "slope"].item()
        ax.hist(drawn, bins=edges, color=PALETTE[5], alpha=0.8)
        ax.axvline(real, color=PALETTE[1], lw=2.5)
        ax.axvline(0, color=INK, lw=1, ls="--", alpha=0.5)
        ax.set(title=titles[select], ylabel="Draws")
        words.append(f"{titles[select].lower()}: on average {drawn.mean():.4f}, the real one {real:.4f}")
    axes[-1].set_xlabel("Table 2's slope, points a year")
    alt = (
        "Histograms of the slope among states that have exchanged their membership cards, with a line at the slope of "
        f"the real cards. {'; '.join(words)}."
    )
    return figure, minus(alt)
