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


def beliefs(table: pd.DataFrame) -> tuple[Figure, str]:
    """What was believed of each mechanism before the four words and what is believed after them.

    Parameters
    ----------
    table : DataFrame
        ``world``, ``prior`` and ``posterior``, as :func:`hralign.record.scoreboard.posterior` gives them.
    """
    figure, _ = dumbbells(table["world"], ("before", table["prior"]), ("after", table["posterior"]),
                          xlabel="Probability of the mechanism")  # fmt: skip
    listed = "; ".join(f"{row.world} from {row.prior:.0%} to {row.posterior:.0%}" for row in table.itertuples())
    return figure, f"Probability of each mechanism before and after the four words: {listed}."
