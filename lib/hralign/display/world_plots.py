"""Figures of the chapter on worlds: each takes a tidy table and returns a figure with its alternative text."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from .theme import INK, PALETTE, minus

UNITS = {
    "H1": "points a year before accession", "H2": "points a year of membership", "H3": "points after withdrawal",
    "H4": "points a year, disappearances",
}  # fmt: skip


def histories(table: pd.DataFrame) -> tuple[Figure, str]:
    """Where the histories of each world put the number of each test, and where the real one is.

    Parameters
    ----------
    table : DataFrame
        ``hypothesis``, ``world``, ``mean``, ``scatter`` (from history to history) and ``real``.
    """
    figure, axes = plt.subplots(4, 1, figsize=(4.8, 8.2), layout="constrained")
    told = []
    for ax, (name, part) in zip(axes, table.groupby("hypothesis", sort=False), strict=True):
        for y, row in enumerate(part.itertuples()):
            ax.plot([row.mean - 2 * row.scatter, row.mean + 2 * row.scatter], [y, y], color=PALETTE[5], lw=5, alpha=0.5)
            ax.plot(row.mean, y, "o", color=PALETTE[0], ms=6)
        real = part["real"].iloc[0]
        ax.axvline(real, color=PALETTE[1], lw=2)
        ax.axvline(0, color=INK, lw=1, ls="--", alpha=0.7)
        ax.set(title=name, yticks=range(len(part)), yticklabels=part["world"], ylim=(len(part) - 0.5, -0.5))
        ax.set_xlabel(UNITS[name], fontsize=10)
        ax.tick_params(labelsize=10)
        ax.grid(axis="y", visible=False)
        means = ", ".join(f"{row.world} {row.mean:.3f}" for row in part.itertuples())
        inside = (part["mean"] - real).abs() <= 2 * part["scatter"]
        told.append(f"{name}: real {real:.3f}; means {means}; inside the bar of {inside.sum()} worlds")
    alt = (
        "Four panels, one for each test. For each world a dot at the mean of its histories in a bar two standard "
        f"deviations wide to either side; a vertical line at the real number. {'. '.join(told)}."
    )
    return figure, minus(alt)


def surfaces(table: pd.DataFrame) -> tuple[Figure, str]:
    """How often a test says its word, by strength of the mechanism and noise of the scores: a map for each mechanism.

    Parameters
    ----------
    table : DataFrame
        ``hypothesis`` (a row of maps each), ``world``, ``strength``, ``noise``, ``state`` (a share, errors by state);
        rows of the world ``null`` are in each map at strength 0.
    """
    mechanisms = [name for name in table["world"].unique() if name != "null"]
    tests = list(table["hypothesis"].unique())
    figure, axes = plt.subplots(
        len(mechanisms), len(tests), figsize=(4.8, 0.6 + 1.9 * len(mechanisms)), sharex="row", sharey=True,
        squeeze=False, layout="constrained",
    )  # fmt: skip
    told = []
    for name, row in zip(mechanisms, axes, strict=True):
        for ax, test in zip(row, tests, strict=True):
            part = table[table["hypothesis"].eq(test) & table["world"].isin(["null", name])]
            grid = part.pivot_table(index="noise", columns="strength", values="state")
            ax.imshow(grid, vmin=0, vmax=1.3, cmap="Blues", aspect="auto", origin="lower")
            for (y, x), share in np.ndenumerate(grid.to_numpy()):
                ax.text(x, y, f"{100 * share:.0f}", ha="center", va="center", size=10,
                        color="black" if share < 0.75 else "white")  # fmt: skip
            ax.set(title=f"{test}, {name}", xticks=range(grid.shape[1]), xticklabels=[f"{s:g}" for s in grid.columns])
            ax.set(yticks=range(grid.shape[0]), yticklabels=[f"{n:g}" for n in grid.index])
            ax.grid(visible=False)
            for noise, shares in grid.iterrows():
                told.append(f"{test}, {name}, noise {noise:g}: " + ", ".join(f"{share:.0%}" for share in shares))
        row[0].set_ylabel("Noise")
    figure.supxlabel("Strength of the mechanism (noise 1: as real); in per cent", fontsize=10)
    alt = (
        "Maps, one for each test and mechanism: how often the test speaks, by strength to the right, from none, and "
        f"noise upwards. {'. '.join(told)}."
    )
    return figure, alt


def powers(table: pd.DataFrame) -> tuple[Figure, str]:
    """How often each test is significant, by strength of each mechanism.

    Parameters
    ----------
    table : DataFrame
        From :func:`hralign.stress.rates.design` by ``world`` and ``strength``.
    """
    figure, axes = plt.subplots(2, 2, figsize=(4.8, 4.4), sharex=True, sharey=True, layout="constrained")
    told = []
    for ax, (test, part) in zip(axes.flat, table.groupby("hypothesis"), strict=True):
        none = part["false_alarms"].iloc[0]
        ax.axhline(none, color=INK, lw=1, ls="--", alpha=0.7)
        for colour, (name, line) in zip(PALETTE, part.groupby("world"), strict=False):
            ax.plot(line["strength"], line["power"], "o-", color=colour, ms=4, label=name)
            shares = ", ".join(f"{row.power:.0%} at {row.strength:g}" for row in line.itertuples())
            told.append(f"{test}, {name}: {shares}; without {none:.0%}")
        ax.set(title=test, ylim=(-0.04, 1.04), yticks=[0, 0.5, 1], yticklabels=["0%", "50%", "100%"])
    for ax in axes[-1]:
        ax.set_xlabel("Strength")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure, f"Share of histories in which a test is significant, by strength. {'. '.join(told)}."
