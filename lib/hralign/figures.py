"""Figures as readers see them: one style, legible on light and dark pages and in print, with alternative text."""

from __future__ import annotations

import hashlib
import html
import io
import re

import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import HTML
from matplotlib import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from .errors import HralignError

INK = "#010203"
"""Colour of text and axes while drawing; on the page it becomes the colour of the surrounding text."""

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Okabe and Ito's colour-blind-safe colours, in an order that stands on white and on near-black."""

_STYLE = {
    "figure.figsize": (7.2, 4.2), "figure.facecolor": "none", "savefig.facecolor": "none",
    "axes.facecolor": "none", "axes.edgecolor": INK, "axes.labelcolor": INK, "axes.titlelocation": "left",
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True,
    "grid.color": INK, "grid.alpha": 0.12, "grid.linewidth": 0.6, "text.color": INK, "xtick.color": INK,
    "ytick.color": INK, "legend.frameon": False, "legend.labelcolor": INK, "svg.fonttype": "none",
    "font.size": 11, "axes.titlesize": 12, "axes.labelsize": 12, "axes.linewidth": 1.25, "lines.linewidth": 2,
    "lines.solid_capstyle": "round", "patch.edgecolor": "w", "patch.force_edgecolor": True,
    "legend.fontsize": 11, "legend.title_fontsize": 12,
    "xtick.labelsize": 11, "xtick.major.size": 6, "xtick.major.width": 1.25, "xtick.minor.size": 4,
    "ytick.labelsize": 11, "ytick.major.size": 6, "ytick.major.width": 1.25, "ytick.minor.size": 4,
    "axes.prop_cycle": cycler(color=PALETTE),
}  # fmt: skip


def use_style() -> None:
    """Set the one plot style of the book from here on."""
    plt.rcParams.update(plt.rcParamsDefault | _STYLE | {"backend": plt.rcParams["backend"]})


def show(figure: Figure, alt: str, caption: str = "") -> HTML:
    """A figure as inline SVG that takes the page's text colour, with its alternative text.

    Parameters
    ----------
    figure : Figure
        Closed after it has been drawn, so that it is shown once.
    alt : str
        What a reader who cannot see it needs to know: written from the computed result.
    caption : str
        Shown below it.

    Raises
    ------
    HralignError
        If the alternative text is empty.
    """
    if not alt.strip():
        raise HralignError("This figure has no alternative text. Say in `alt` what it shows.")
    salt = hashlib.sha256(alt.encode()).hexdigest()[:8]  # distinct ids per figure, the same in every run
    with plt.rc_context({"svg.hashsalt": salt}), io.StringIO() as buffer:
        figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None})
        svg = buffer.getvalue()
    plt.close(figure)
    return HTML(
        '<figure class="hr-figure" style="margin:1em 0;max-width:100%">'
        f"{_inline(svg, alt, salt)}<figcaption>{html.escape(caption)}</figcaption></figure>"
    )


def _inline(svg: str, alt: str, salt: str) -> str:
    """Matplotlib's SVG made fit to stand inside a page, which has other figures and a font and colour of its own."""
    width = float(re.search(r'width="([\d.]+)pt"', svg).group(1))
    body = re.sub(r"<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.S)
    body = body[body.index(">", body.index("<svg")) + 1 :].replace(INK, "currentColor")
    body = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{salt}-", body)
    body = re.sub(r"font-family: [^;\"]*", "font-family: inherit", body)
    box = re.search(r'viewBox="[^"]*"', svg).group()
    style = f"width:100%;max-width:{width * 4 / 3:.0f}px;height:auto;stroke-linejoin:round;stroke-linecap:butt"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {box} role="img" '
        f'aria-label="{html.escape(alt, quote=True)}" style="{style}">{body}'
    )


def predicted_distance(prediction: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """The paper's Figure 2: predicted distance by duration, with two bands.

    Parameters
    ----------
    prediction : DataFrame
        From :func:`hralign.hypotheses.predict_by_duration`.
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
        From :func:`hralign.timing.event_curve`; must not be empty.
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
        ax.annotate(f"{row.cases:,}", (row.year, 0.02), xycoords=("data", "axes fraction"), ha="center", size=9)
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
            ax.annotate(row.note, (1.02, y), xycoords=("axes fraction", "data"), va="center", size=9)
    ax.axvline(0, color=INK, lw=1, ls="--", alpha=0.7)
    ax.set(yticks=range(len(rows)), yticklabels=rows.index, xlabel=xlabel, ylim=(len(rows) - 0.5, -0.5))
    ax.grid(axis="y", visible=False)
    if "group" in rows and len(colours) > 1:
        for name, colour in colours.items():
            ax.plot([], [], "o-", color=colour, label=name)
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(colours))
    return ax
