"""Figures that show something happen: step by step, and one that moves for whoever points at it.

What moves works without script, stands still for readers who ask for less motion and on paper, and is complete then.
"""

from __future__ import annotations

import hashlib
import html
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from .theme import INK, PALETTE, minus

if TYPE_CHECKING:
    from IPython.display import HTML

_WIDTH, _HEIGHT = 345, 300  # points, as of a figure 4.8 inches wide
_LEFT, _TOP, _FOOT = 44, 26, 34
_SECONDS = 4


def sorted_in_motion(table: pd.DataFrame, before: str, chosen: str, after: str) -> HTML:
    """Cases chosen by one year, at three times: each a thread of three dots, along which it runs when pointed at.

    Parameters
    ----------
    table : DataFrame
        A row for each case: ``group`` (``below`` or ``above`` zero in the year of choice), and the distances
        ``before``, ``chosen`` and ``after``, in points.
    before, chosen, after : str
        What the three times are called.
    """
    from IPython.display import HTML

    times = ["before", "chosen", "after"]
    low, high = table[times].min().min(), table[times].max().max()
    across = [_LEFT + 26 + (_WIDTH - _LEFT - 52) * step / 2 for step in range(3)]

    def down(value: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _FOOT) * (high - value) / (high - low)

    means = table.groupby("group", sort=False)[times].mean()
    told = "; ".join(f"chosen {group}, {', '.join(f'{v:.2f}' for v in row)}" for group, row in means.iterrows())
    size = means.abs()
    out = [group for group, row in size.iterrows() if row["chosen"] > max(row["before"], row["after"])]
    alt = minus(
        f"{len(table)} cases at three times, {before}, {chosen} and {after}. Mean distances: {told}. "
        f"Further out in the year of choice than before and after it: {' and '.join(out) or 'neither group'}."
    )
    name = "m" + hashlib.sha256(alt.encode()).hexdigest()[:8]
    parts = [f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{down(0):.1f}" y2="{down(0):.1f}" stroke="currentColor" '
             'stroke-width="1" stroke-dasharray="4 3" opacity=".7"/>']  # fmt: skip
    for value in range(int(low), int(high) + 1):
        label = f"{value}".replace("-", "−")
        parts.append(f'<text x="{_LEFT - 6}" y="{down(value) + 4:.1f}" text-anchor="end" style="font: 11px sans-serif" '
                     f'fill="currentColor">{label}</text>')  # fmt: skip
    anchors = ((_LEFT, before, "start"), (across[1], chosen, "middle"), (_WIDTH, after, "end"))
    for x, words, anchor in anchors:
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - 8}" text-anchor="{anchor}" style="font: 11px sans-serif" '
                     f'fill="currentColor">{html.escape(words)}</text>')  # fmt: skip
    colours = {"below": PALETTE[0], "above": PALETTE[1]}
    for row in table.itertuples():
        parts += _thread(across, [down(getattr(row, time)) for time in times], colours[row.group], name, 1, 2.4)
    for group, row in means.iterrows():
        parts += _thread(across, [down(value) for value in row], colours[group], name, 3, 5)
    motion = (
        f"@keyframes {name} {{0%, 10% {{transform: translate(0, 0)}} "
        f"45%, 60% {{transform: translate(var(--x1), var(--y1))}} "
        f"95%, 100% {{transform: translate(var(--x2), var(--y2))}}}}"
        f"@media (prefers-reduced-motion: no-preference) {{.{name}:is(:hover, :focus) .{name}-d "
        f"{{animation: {name} {_SECONDS}s ease-in-out}}}}"
    )
    return HTML(
        f'<figure class="hr-figure {name}" tabindex="0" style="margin:1em 0;max-width:100%"><svg '
        f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{html.escape(alt, quote=True)}" style="width:100%;max-width:{_WIDTH * 4 / 3:.0f}px;height:auto">'
        f"<style>{motion}</style>{''.join(parts)}</svg><figcaption>Point at the figure, or tap it, to see the cases "
        "move. Large dots: the means of both groups.</figcaption></figure>"
    )


def _thread(xs: list[float], ys: list[float], colour: str, name: str, stroke: float, radius: float) -> list[str]:
    """The course of a case as a line with faint dots, and the dot that runs along it."""
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
    faint = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}" opacity=".45"/>'
                    for x, y in zip(xs[1:], ys[1:], strict=True))  # fmt: skip
    places = "".join(f"--x{k}:{xs[k] - xs[0]:.1f}px;--y{k}:{ys[k] - ys[0]:.1f}px;" for k in (1, 2))
    return [
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="{stroke}" opacity=".35"/>{faint}',
        f'<circle class="{name}-d" cx="{xs[0]:.1f}" cy="{ys[0]:.1f}" r="{radius}" fill="{colour}" style="{places}"/>',
    ]


def resamples(table: pd.DataFrame) -> tuple[Figure, str]:
    """A bootstrap of states, seen: in each panel who was drawn how often, with all cases, and the mean that came of it.

    Parameters
    ----------
    table : DataFrame
        ``draw`` (its name), ``state``, ``times`` drawn, ``cases`` of the state, ``mean`` (of the draw, points a year).
    """
    draws, states = list(dict.fromkeys(table["draw"])), list(dict.fromkeys(table["state"]))
    figure, axes = plt.subplots(len(draws), 1, figsize=(4.8, (0.24 * len(states) + 0.55) * len(draws)), sharex=True,
                                layout="constrained")  # fmt: skip
    told = []
    for ax, draw in zip(axes, draws, strict=True):
        rows = table[table["draw"].eq(draw)].set_index("state").loc[states]
        for y, row in enumerate(rows.itertuples()):
            for time in range(row.times):
                ax.plot([time * row.cases + k for k in range(row.cases)], [y] * row.cases, "s", ms=5.5, mec="none",
                        color=PALETTE[time % len(PALETTE)])  # fmt: skip
        mean = rows["mean"].iloc[0]
        ax.set_title(f"{draw}: mean slope {mean:.4f}".replace("-", "−"), size=11)
        ax.set(yticks=range(len(states)), yticklabels=states, ylim=(len(states) - 0.5, -0.5))
        ax.tick_params(labelsize=10)
        ax.grid(visible=False)
        several = [f"{row.Index} {row.times} times" for row in rows.itertuples() if row.times > 1]
        none = [row.Index for row in rows.itertuples() if row.times == 0]
        told.append(
            f"{draw}: mean {mean:.4f}, {', '.join(several) or 'nobody twice'}, without {', '.join(none) or 'nobody'}"
        )
    axes[-1].set_xlabel("Cases; one colour for each time the state is drawn", color=INK, size=10)
    return figure, minus(f"{len(draws)} samples of the same {len(states)} states. {'; '.join(told)}.")
