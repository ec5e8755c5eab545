"""Figures as readers see them: one style, legible on light and dark pages and in print, with alternative text."""

from __future__ import annotations

import hashlib
import html
import io
import re
from typing import TYPE_CHECKING

from ..errors import HralignError

if TYPE_CHECKING:
    from IPython.display import HTML
    from matplotlib.figure import Figure

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
    "axes.prop_cycle": f"cycler(color={PALETTE})",
}  # fmt: skip


def use_style() -> None:
    """Set the one plot style of the book from here on."""
    import matplotlib.pyplot as plt  # slow to import; colours are had without it

    plt.rcParams.update(plt.rcParamsDefault | _STYLE | {"backend": plt.rcParams["backend"]})


def minus(words: str) -> str:
    """Words with true minus signs before numbers; hyphens within words and ranges stay."""
    return re.sub(r"(?<!\w)-(?=[\d.])", "−", words)


def show(figure: Figure, alt: str, caption: str = "") -> HTML:
    """A figure as inline SVG that takes the page's text colour, with its alternative text.

    Parameters
    ----------
    figure : Figure
        Closed after it has been drawn, so that it is shown once.
    alt : str
        What a reader who cannot see it needs to know: written from the computed result.  Hyphens before numbers
        become minus signs.
    caption : str
        Shown below it.

    Raises
    ------
    HralignError
        If the alternative text is empty.
    """
    if not alt.strip():
        raise HralignError("This figure has no alternative text. Say in `alt` what it shows.")
    import matplotlib.pyplot as plt
    from IPython.display import HTML

    alt = minus(alt)
    salt = hashlib.sha256(alt.encode()).hexdigest()[:8]  # distinct ids per figure, the same in every run
    with plt.rc_context({"svg.hashsalt": salt}), io.StringIO() as buffer:
        figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None})
        svg = buffer.getvalue()
    plt.close(figure)
    return HTML(
        '<figure class="hr-figure" style="margin:1em 0;max-width:100%">'
        f"{_inline(svg, alt, salt)}{f'<figcaption>{html.escape(caption)}</figcaption>' if caption else ''}</figure>"
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
