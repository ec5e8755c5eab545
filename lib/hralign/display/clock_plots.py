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
    figure, ax = plt.subplots(figsize=(7.0, 5.4))
    shade = cells["rows"] / cells["rows"].max()
    for cell, depth in zip(cells.itertuples(), shade, strict=True):
        ax.add_patch(plt.Rectangle((cell.year, cell.duration), 5, 5, color=PALETTE[5], alpha=0.08 + 0.5 * depth, lw=0))
    for (name, one), colour in zip(lines.groupby("line", sort=False), [INK, *PALETTE[:2], *PALETTE[2:5]], strict=False):
        whole = one.set_index("year")["duration"].reindex(range(one["year"].min(), one["year"].max() + 1))
        ax.plot(whole.index, whole, color=colour, lw=2.2)
        if whole.isna().any():  # left and came back
            ax.plot(one["year"], one["duration"], color=colour, lw=1, ls=":")
        end, goes_on = one.iloc[-1], one["year"].iloc[-1] == lines["year"].max()
        place = {"xytext": (4, 0), "ha": "left"} if goes_on else {"xytext": (-5, 5), "ha": "right"}
        ax.annotate(name, (end["year"], end["duration"]), textcoords="offset points", color=colour, size=10,
                    va="center", **place)  # fmt: skip
    ax.set(xlabel="Calendar year", ylabel="Year of membership", xlim=(1964, 2028), ylim=(0, 46), aspect="equal")
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

    figure, ax = plt.subplots(figsize=(6.6, 4.2))
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
        xlabel="Share of the drift between cohorts that is the calendar's", ylabel="Slope of duration, points a year"
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
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 4.0), sharey=True, layout="constrained")
    left.fill_between(stopped["duration"], stopped["lower"], stopped["upper"], color=PALETTE[5], alpha=0.3, lw=0)
    left.plot(stopped["duration"], stopped["estimate"], color=PALETTE[0])
    right.plot(stopped["duration"], stopped["estimate"], color=PALETTE[0], lw=1.2, ls="--")
    words = []
    for (entry, one), colour in zip(table[table["line"].ne("stopped")].groupby("line"), PALETTE[1:5], strict=False):
        right.fill_between(one["duration"], one["lower"], one["upper"], color=colour, alpha=0.1, lw=0)
        right.plot(one["duration"], one["estimate"], color=colour, label=f"joined {entry}")
        words.append(f"{entry} from {one['estimate'].iloc[0]:.2f} to {one['estimate'].iloc[-1]:.2f}")
    for ax, title in ((left, "The calendar stands still"), (right, "The calendar goes on")):
        ax.axhline(0, color=INK, lw=1, ls="--", alpha=0.7)
        ax.set(title=title, xlabel="Year of membership")
    left.set_ylabel("Predicted distance")
    right.legend(loc="upper left")
    ends = stopped["estimate"].iloc[[0, -1]].tolist()
    alt = (
        f"Two panels. Left, the course of Figure 2, with the calendar held at one year: from {ends[0]:.2f} to "
        f"{ends[1]:.2f} in {len(stopped)} years of membership. Right, courses of cases by year of joining while the "
        f"calendar goes on: {'; '.join(words)}. A dashed line repeats the left panel."
    )
    return figure, minus(alt)


def recovered(table: pd.DataFrame) -> tuple[Figure, str]:
    """One panel per rule: what was planted (ring) and what comes back (dot), by plant.

    Parameters
    ----------
    table : DataFrame
        ``estimator``, ``effect``, ``truth``, ``back``, in points per year.
    """
    rules, plants = list(dict.fromkeys(table["estimator"])), list(dict.fromkeys(table["effect"]))
    wide = 3
    figure, axes = plt.subplots(-(-len(rules) // wide), wide, figsize=(9.0, 1.1 + 0.86 * len(rules)), sharex=True,
                                sharey=True, layout="constrained")  # fmt: skip
    words = []
    for ax, rule in zip(axes.flat, rules, strict=False):
        one = table[table["estimator"].eq(rule)].set_index("effect").loc[plants]
        right = (one["back"] - one["truth"]).abs().le(0.002)
        y = np.arange(len(plants))
        ax.hlines(y, one["truth"], one["back"], color=PALETTE[1], lw=2, alpha=0.7)
        ax.plot(one["truth"], y, "o", mfc="none", mec=INK, ms=8)
        for good, colour in ((True, PALETTE[0]), (False, PALETTE[1])):
            ax.plot(one["back"][right == good], y[right == good], "o", color=colour, ms=5)
        ax.axvline(0, color=INK, lw=1, ls="--", alpha=0.5)
        ax.set(title=WORDS.get(rule, rule), yticks=y, yticklabels=plants, ylim=(len(plants) - 0.5, -0.5))
        missed = [
            f"{plant} ({one.loc[plant, 'back']:.3f} for {one.loc[plant, 'truth']:.3f})" for plant in one.index[~right]
        ]
        words.append(f"{WORDS.get(rule, rule)} misses {', '.join(missed) or 'none'}")
    for ax in list(axes.flat)[len(rules) :]:
        ax.set_visible(False)
    figure.supxlabel("Points a year: planted (ring) and brought back (dot)")
    return figure, minus(f"One panel for each rule, plants down the side. {'; '.join(words)}.")


def exchanged(table: pd.DataFrame) -> tuple[Figure, str]:
    """Slopes where membership cards have changed hands, by which cases are followed, and the real one.

    Parameters
    ----------
    table : DataFrame
        ``select``, ``draw`` and ``slope``; the real slope is the row of draw −1.
    """
    selections = list(dict.fromkeys(table["select"]))
    figure, axes = plt.subplots(len(selections), 1, figsize=(6.8, 1.7 * len(selections) + 0.6), sharex=True,
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
