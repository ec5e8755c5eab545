"""The call that shows a result: what the record has of it and what this run gave, drawn alike, with the numbers.

``hr.result(name, data, src, …)`` is the last line of a cell.  On the real data it shows one thing, for this run and
the record are the same.  On any other source it shows the recorded real result first and this run's below it.
Whatever is drawn can be had as a CSV file.  The numbers travel in the metadata of the cell's output, from where
`make record` fills the record and the build learns whether a page agrees with it.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..errors import HralignError
from ..mixed import MixedFit
from ..record.collect import KEY, RESULT
from ..record.reconstruction import model_result
from ..record.replicate import as_numbers
from ..record.store import Result, as_json, describe, difference, is_recorded, origin_of, path_of, recorded
from ..sources.tables import Sources
from .tables import present, three_columns

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

_SIDE_BY_SIDE = "display:flex;flex-wrap:wrap;gap:0 1.5em"  # not in a style sheet: notebooks have none of ours

_SCROLLS = "max-width:100%;overflow-x:auto"  # a wide table on a phone: by keyboard too, hence its tabindex


class Shown:
    """What a cell shows of a result; a front end takes the HTML, the build the bundle."""

    def __init__(self, html_: str, bundle: dict[str, Any]):
        self.html, self.bundle = html_, bundle

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        data = {"text/html": self.html, "text/plain": f"Result {self.bundle['result']['name']}"}
        return data, {KEY: {RESULT: self.bundle}}


def result(
    name: str,
    data: pd.DataFrame | MixedFit | None,
    src: Sources,
    *,
    caption: str,
    columns: Mapping[str, str] | None = None,
    draw: Callable[[pd.DataFrame], Any] | None = None,
    alt: str | Callable[[pd.DataFrame], str] = "",
    facts: Mapping[str, Any] | None = None,
) -> Shown:
    """Show a named result: the recorded one, and this run's where the page runs on another source.

    Parameters
    ----------
    name : str
        Words joined by ``/``, one name for one result in the whole book.
    data : DataFrame or MixedFit
        The result as data: tidy, its first column (or its named index) telling the rows apart; or a fitted model, whose
        terms become rows, and which is shown in three columns, published, reconstruction and this run.  None where
        this run has nothing to say, as a simulated world has not of the article's own tables: then the record is shown.
    src : Sources
        What it was computed from.
    caption : str
        What the reader is looking at, with its unit.
    columns : mapping, optional
        Headings of the columns of the table that is shown, by their names; without it, all of them as they are called.
    draw : callable, optional
        Takes the table and returns matplotlib axes or a figure, alone or in a pair with its alternative text, or a
        styled table.  By default the table itself is shown.
    alt : str or callable
        Alternative text of a drawing that brings none, or a function of the table that writes it.
    facts : mapping, optional
        Single numbers that belong to the result, for the text to quote.

    Raises
    ------
    HralignError
        If the name cannot name a result, or a drawing has no alternative text.
    """
    path_of(name)
    if not caption.strip():
        raise HralignError(f"The result '{name}' has no caption. Say what it shows, and in which unit.")
    if data is None and src.kind == "real":
        raise HralignError(f"The result '{name}' has no data. On the real data a page computes what it shows.")
    if data is None:
        run = recorded(name)
    elif isinstance(data, MixedFit):
        run = model_result(name, as_numbers(data), origin_of(src))
    else:
        table = data.reset_index() if data.index.name else data
        run = Result(name, table.reset_index(drop=True), facts or {}, origin_of(src))
    kept, unread = _on_record(name)
    elsewhere = kept is not None and kept.origin["source"] == "real" != src.kind  # the record is of other data
    two = elsewhere and data is not None and list(kept.table) == list(run.table)
    departs = unread if kept is None or two else difference(run, kept)
    draw = draw or partial(_table, columns=columns, caption=caption)
    views = {"Real data, as recorded": kept} if two or data is None else {}
    if data is not None:
        views |= {f"This run: {describe(run)}" if two else "": run}
    if isinstance(data, MixedFit):
        parts = [present(three_columns(name, as_numbers(data)), caption).to_html()]
    else:
        seen = "".join(_view(title, one, draw, alt) for title, one in views.items())
        parts = [f'<div style="{_SIDE_BY_SIDE}">{seen}</div>']
        if "<svg" in seen:
            parts.append(f'<p class="result-caption">{html.escape(caption)}</p>')
    if departs:
        parts.append(f'<p class="result-differs" role="note">Not what is on record: {html.escape(departs)}.</p>')
    links = " · ".join(_download(one, "this run" if one is run and two else "") for one in views.values())
    body = "".join(parts) + f'<p class="result-data"><small>Numbers behind it: {links}</small></p>'
    bundle = {"result": as_json(run), "differs": departs, "caption": caption}
    return Shown(f'<section class="hr-result" aria-label="Result {html.escape(name)}">{body}</section>', bundle)


def _on_record(name: str) -> tuple[Result | None, str]:
    """What the record has under a name, if anything, and why that cannot be read: `make record` is to replace it."""
    try:
        return recorded(name) if is_recorded(name) else None, ""
    except HralignError as error:
        return None, str(error)


def _table(table: pd.DataFrame, columns: Mapping[str, str] | None, caption: str) -> Styler:
    return present(table[list(columns)].rename(columns=columns) if columns else table, caption)


def _view(title: str, one: Result, draw: Callable, alt: str | Callable) -> str:
    """One source's picture or table, in a box that stands beside another one where there is room for both."""
    drawn = draw(one.table.copy())
    heading = f'<p class="result-source"><strong>{html.escape(title)}</strong></p>' if title else ""
    if hasattr(drawn, "to_html"):  # a styled table
        label = html.escape(title or "Table", quote=True)
        box = f'<div class="scrolls" style="{_SCROLLS}" tabindex="0" role="group" aria-label="{label}">'
        return f"{box}{heading}{drawn.to_html()}</div>"
    from .theme import show  # matplotlib: not needed for a table

    drawn, words = drawn if isinstance(drawn, tuple) else (drawn, alt(one.table) if callable(alt) else alt)
    figure = drawn if hasattr(drawn, "savefig") else drawn.figure
    room = 68 * figure.get_figwidth()  # pixels: seven tenths of its size, below which its words get too small
    shown = show(figure, f"{title}: {words}" if title and words else words).data
    return f'<div style="flex:1 1 {room:.0f}px;min-width:0">{heading}{shown}</div>'


def _download(one: Result, which: str) -> str:
    """A link that holds the table itself, so that it works on the site, in a notebook and without a network."""
    content = base64.b64encode(one.table.to_csv(index=False).encode()).decode()
    name = one.name.replace("/", "-") + ("-this-run" if which else "")
    words = f"{name}.csv" + (f" ({which})" if which else "")
    return f'<a download="{name}.csv" href="data:text/csv;base64,{content}">{words}</a>'
