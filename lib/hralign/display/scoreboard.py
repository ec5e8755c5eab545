"""Pictures of the scoreboard: every reading of a hypothesis with its interval, and beliefs before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import pandas as pd

from .plots import dumbbells, forest
from .theme import PALETTE, minus

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EXPECTED = {"H1": 1, "H2": 1, "H3": -1, "H4": -1}
"""The side of zero on which each hypothesis puts its number."""

_UNITS = {"H1": "points, the last five years before accession", "H2": "points, ten years of membership",
          "H3": "points, five years after less five before exit",
          "H4": "points, disappearances less the other rights"}  # fmt: skip


def every_reading(table: pd.DataFrame) -> tuple[Figure, str]:
    """One panel a hypothesis, one line a reading; shaded, the side that the hypothesis expects.

    Parameters
    ----------
    table : DataFrame
        From :func:`hralign.record.scoreboard.readings`, or with the same columns.
    """
    groups = list(table.groupby("hypothesis", sort=False))
    heights = [len(part) + 2.2 for _, part in groups]
    figure, axes = plt.subplots(len(groups), 1, figsize=(4.8, 0.36 * sum(heights)), height_ratios=heights,
                                layout="constrained")  # fmt: skip
    said = []
    for ax, (hypothesis, part) in zip(figure.axes if len(groups) > 1 else [axes], groups, strict=True):
        rows = part.set_index("reading")
        forest(rows[["estimate", "lower", "upper"]], ax, xlabel=_UNITS[hypothesis])
        reach = 1.08 * max(rows["lower"].abs().max(), rows["upper"].abs().max())
        ax.set(xlim=(-reach, reach))
        side = (0, reach) if EXPECTED[hypothesis] > 0 else (-reach, 0)
        ax.axvspan(*side, color=PALETTE[5], alpha=0.1, lw=0)
        ax.set_title(hypothesis)
        listed = "; ".join(f"{row.Index} {row.estimate:.2f} ({row.lower:.2f} to {row.upper:.2f})"
                           for row in rows.itertuples())  # fmt: skip
        said.append(f"{hypothesis}: {listed}.")
    alt = "Estimates with 95 % intervals, a panel for each hypothesis, the side that it expects shaded. " + " ".join(
        said
    )
    return figure, minus(alt)


def two_words(table: pd.DataFrame) -> tuple[Figure, str]:
    """What to believe of each mechanism at full strength, by the article's H1 and by H1 beside outsiders.

    Parameters
    ----------
    table : DataFrame
        ``h1``, ``strength``, ``world``, ``prior`` and ``posterior``: rows of
        :func:`hralign.record.scoreboard.posterior` with how H1 was asked.
    """
    full = table[table["strength"].eq(1)].pivot_table(index="world", columns="h1", values="posterior", sort=False)
    figure, ax = dumbbells(full.index, ("H1 by the line", full["line"]), ("H1 beside outsiders", full["outsiders"]),
                           xlabel="Probability of the mechanism")  # fmt: skip
    ax.axvline(table["prior"].iloc[0], color=PALETTE[5], lw=1)
    listed = "; ".join(f"{row.Index} {row.line:.0%} and {row.outsiders:.0%}" for row in full.itertuples())
    return figure, (
        f"Probability of each mechanism after the four words, with H1 by the article's line and with H1 beside "
        f"outsiders: {listed}. A line at {table['prior'].iloc[0]:.0%}, the probability before."
    )
