"""Figures of the chapters on evidence, timing, measurement and the multiverse: each takes the table of its result.

Each returns a figure and the words that stand for it, as :func:`hralign.display.results.result` wants them.
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ..study.specification import Z
from .theme import INK, PALETTE


def lasting_errors(table: pd.DataFrame) -> tuple[Figure, str]:
    """Mean slope (above) and its standard errors (below) by how long errors of measurement last.

    Parameters
    ----------
    table : DataFrame
        ``score``, ``persistence``, ``mean``, ``point``, ``model``, ``model_total``, ``state``, ``state_total``,
        ``least`` (the least persistence that the data allow).
    """
    fig, axes = plt.subplots(2, 1, figsize=(4.8, 7.0), sharex=True, layout="constrained")
    names, words = {"fariss": "v2.04", "fariss_v3": "v3.01"}, []
    for (score, part), colour in zip(table.groupby("score", sort=False), PALETTE, strict=False):
        place = np.arange(len(part))
        axes[0].plot(place, part["mean"], "o-", color=colour, label=names[score])
        axes[0].axhline(part["point"].iloc[0], color=colour, lw=1, ls="--")
        words.append(f"{names[score]}, mean slope {', '.join(f'{x:.4f}' for x in part['mean'])}")
    first = table[table["score"] == table["score"].iloc[0]]
    for key, colour, label in (("state", PALETTE[0], "states"), ("model", PALETTE[1], "model")):
        axes[1].plot(place, first[f"{key}_total"], "o-", color=colour, label=f"{label}, with measurement")
        axes[1].plot(place, first[key], ls="--", lw=1.2, color=colour, label=f"{label}, sampling alone")
    allowed = int((first["persistence"] >= first["least"]).argmax())
    for ax, title in zip(axes, ("Mean slope of the draws", "Standard error (v2.04)"), strict=True):
        ax.axvspan(allowed - 0.5, len(first) - 0.5, color=PALETTE[4], alpha=0.15, lw=0)
        ax.set_xticks(place, [f"{p:g}" for p in first["persistence"]])
        ax.set(title=title, ylim=(0, None))
        ax.legend(fontsize=10, loc="lower left")
    axes[1].set_xlabel("Share of an error left a year later")
    told = f"total error by state {first['state_total'].min():.4f} to {first['state_total'].max():.4f}"
    shares = ", ".join(f"{p:g}" for p in first["persistence"])
    return fig, f"Two panels by persistence of errors ({shares}). {'; '.join(words)}. v2.04, {told}."


def two_arms(table: pd.DataFrame) -> tuple[Figure, str]:
    """Course of distance around the year before accession: observed, and where scores merely last.

    Parameters
    ----------
    table : DataFrame
        ``years`` (to the year before accession, negative before it), ``observed`` and ``redrawn`` (points from it).
    """
    fig, ax = plt.subplots(figsize=(4.8, 3.8), layout="constrained")
    for column, colour, label in (("observed", PALETTE[1], "states from below, observed"),
                                  ("redrawn", PALETTE[0], "no influence: scores merely last")):  # fmt: skip
        ax.plot(table["years"], table[column], "o-", color=colour, label=label)
    ax.axvline(0, color=INK, lw=1, ls=":", alpha=0.7)
    ax.axhline(0, color=INK, lw=1, ls="--", alpha=0.5)
    ax.set(xlabel="Years from the year before accession", ylabel="Change in distance (points)")
    fig.legend(loc="outside upper left")
    ends = table.iloc[[0, -1]]
    told = "; ".join(
        f"{int(r.years)} years: observed {r.observed:.2f}, redrawn {r.redrawn:.2f}" for r in ends.itertuples()
    )
    return fig, f"Distance relative to the year before accession. {told}."


def slopes_with_errors(table: pd.DataFrame, label: str) -> tuple[Figure, str]:
    """One slope a row, by the column ``label``, with the 95 % interval: ``reach`` times ``se``, or 1.96 times.

    Parameters
    ----------
    table : DataFrame
        ``slope``, ``se`` (points a year), and ``reach`` where it is not that of a normal curve.
    """
    fig, ax = plt.subplots(figsize=(4.8, 0.42 * len(table) + 1.1), layout="constrained")
    place = np.arange(len(table))[::-1]
    half = table["se"] * table.get("reach", Z)
    ax.errorbar(table["slope"], place, xerr=half, fmt="o", color=PALETTE[0], elinewidth=2, capsize=0)
    ax.axvline(0, color=INK, lw=1, ls="--", alpha=0.7)
    ax.set(yticks=place, xlabel="Slope of duration, points a year", ylim=(-0.6, len(table) - 0.4))
    ax.set_yticklabels(table[label])
    ax.grid(axis="y", visible=False)
    told = "; ".join(f"{r[label]} {r['slope']:.4f} ({r['se']:.4f})" for _, r in table.iterrows())
    return fig, f"Slope and standard error: {told}."


def specification_curve(table: pd.DataFrame) -> tuple[Figure, str]:
    """All slopes of one question in order, by what their errors by state say, and Table 2's own.

    Parameters
    ----------
    table : DataFrame
        ``estimate``, ``state_se`` (points a year), ``clock`` and ``form``; its first row is Table 2's universe.
    """
    home = table.iloc[0]
    curve = table.sort_values("estimate", kind="stable", ignore_index=True)
    z, place = curve["estimate"] / curve["state_se"], int(np.searchsorted(curve["estimate"], home["estimate"]))
    fig, axes = plt.subplots(2, 1, figsize=(4.8, 7.0), sharex=True, height_ratios=[3, 2.4], layout="constrained")
    half = Z * curve["state_se"]
    ends = curve["estimate"] - half, curve["estimate"] + half
    axes[0].vlines(curve.index, *ends, color=PALETTE[5], alpha=0.08, lw=0.5, rasterized=True)
    kinds = {"clear of zero by state": z > Z, "positive, not clear": (z > 0) & (z <= Z), "negative": z <= 0}
    for (label, which), colour in zip(kinds.items(), (PALETTE[2], PALETTE[5], PALETTE[1]), strict=True):
        axes[0].plot(curve.index[which], curve["estimate"][which], ".", ms=2.5, color=colour, rasterized=True)
        axes[0].plot([], [], "o", color=colour, label=f"{label} ({which.mean():.0%})")
    axes[0].plot(place, home["estimate"], "D", ms=8, mfc="none", mec=INK, mew=1.5, label="Table 2")
    axes[0].axhline(0, color=INK, lw=1, ls="--", alpha=0.7)
    axes[0].set(ylabel="Slope, points a year", ylim=(curve["estimate"].min() * 1.3, curve["estimate"].max() * 1.15))
    fig.legend(loc="outside upper left", fontsize=10, ncols=2)
    options = [("form", one) for one in table["form"].unique()] + [("clock", one) for one in table["clock"].unique()]
    cell = np.arange(len(curve)) * 60 // len(curve)
    image = np.array([(curve[name] == one).groupby(cell).mean() for name, one in options])
    axes[1].imshow(image, aspect="auto", cmap="Blues", vmin=0, vmax=1, extent=(0, len(curve), len(options), 0))
    axes[1].set(yticks=np.arange(len(options)) + 0.5, xlabel="Universes, from the lowest slope to the highest")
    axes[1].set_yticklabels([one for _, one in options], fontsize=10)
    axes[1].grid(visible=False)
    shares = "; ".join(f"{label} {which.mean():.0%}" for label, which in kinds.items())
    return fig, (
        f"Specification curve of {len(curve):,} slopes from {curve['estimate'].min():.3f} to "
        f"{curve['estimate'].max():.3f}; {shares}. Table 2 has {home['estimate']:.4f} and lies above "
        f"{place / len(curve):.0%}. Below: which forms of duration and clocks lie where along the curve."
    )


def marginal_slopes(table: pd.DataFrame) -> tuple[Figure, str]:
    """Mean slope of every option with all else equal, by choice.

    Parameters
    ----------
    table : DataFrame
        From :func:`hralign.stress.universes.marginal_means`.
    """
    fig, ax = plt.subplots(figsize=(4.8, 0.27 * len(table) + 1.2), layout="constrained")
    place, ticks = 0.0, []
    for choice, part in table.groupby("choice", sort=False):
        for row in part.itertuples():
            ax.plot(row.mean, place, "o", color=PALETTE[0])
            ticks.append((place, f"{choice.replace('_', ' ')}: {row.option}"))
            place -= 1
        ax.plot(part["mean"], [t for t, _ in ticks[-len(part) :]], color=PALETTE[5], lw=1)
        place -= 0.5
    ax.axvline(0, color=INK, lw=1, ls="--", alpha=0.7)
    ax.set_yticks([t for t, _ in ticks], [name for _, name in ticks], fontsize=10)
    ax.set(xlabel="Mean slope, points a year", xlim=(min(0, table["mean"].min()) - 0.001, None))
    ax.grid(axis="y", visible=False)
    told = "; ".join(f"{r.choice} {r.option} {r.mean:.3f}" for r in table.itertuples())
    return fig, f"Marginal means by option. {told}."


def cases_by_state(table: pd.DataFrame) -> tuple[Figure, str]:
    """How many cases each state brings: a histogram of the column ``cases``."""
    fig, ax = plt.subplots(figsize=(4.8, 3.2))
    ax.hist(table["cases"], bins=np.arange(0.5, table["cases"].max() + 1.5), color=PALETTE[0], rwidth=0.9)
    ax.axvline(table["cases"].median(), color=INK, lw=1, ls="--", alpha=0.7)
    ax.set(xlabel="Cases of the state", ylabel="States")
    top = table.iloc[0]
    return fig, (
        f"Histogram of cases per state, {len(table)} states. The median state has {table['cases'].median():.0f}; "
        f"{top['state']} has most, {top['cases']:.0f}."
    )
