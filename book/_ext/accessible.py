"""What every page owes its readers, supplied where a rule can and demanded where it cannot.

Supplied, without a word in the pages:

* a table without a caption takes the heading it stands under (in a chapter card: what the chapter builds on; a data
  frame shown as it is: the heading and that it is output), for screen readers only, since it would repeat what is seen;
* an empty corner of a table is a cell, not a heading without words;
* identifiers that sphinx-exercise gives to every exercise alike are dropped;
* the colours of drawings may follow the theme: custom.css says how, where one would be faint on its ground.

Demanded, so that the build stops with file and line:

* a second table under one heading has a caption; no column heading is empty;
* images and drawings say in words what they show;
* nothing on a page is requested from another site.
"""

from __future__ import annotations

import html
import re

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

log = logging.getLogger(__name__)

REPEATED_IDS = {"exercise-content", "solution-content"}
CARD_CAPTION = "What this chapter builds on"
LOADING = ("script", "img", "iframe", "link", "source", "object", "embed", "image", "video", "audio")
OUTSIDE = re.compile(r"(https?:)?//", re.I)
STYLE_OUTSIDE = re.compile(r"(?:url\(|@import)\s*[\"']?\s*(?:https?:)?//", re.I)


COLOURS = {
    "#0072b2": "blue", "#d55e00": "vermilion", "#009e73": "green", "#cc79a7": "purple", "#e69f00": "orange",
    "#56b4e9": "sky",
}  # fmt: skip
"""The palette of the library, each colour by the name that custom.css may give another shade (``--csk-sky``)."""


class corner(nodes.entry):
    """The empty first cell of a table's head."""


def visit_corner(self, node):
    node.parent.column += 1
    self.body.append("<td></td>")
    raise nodes.SkipNode


def heading(node: nodes.Node) -> str:
    """The title of the section that a node stands in."""
    while node and not isinstance(node, nodes.section):
        node = node.parent
    title = node and next(iter(node.findall(nodes.title)), None)
    return title.astext() if title else ""


def lined(node: nodes.Node) -> nodes.Node:
    """The node, or the nearest around it, whose line is known."""
    while not node.line and node.parent is not None:
        node = node.parent
    return node


def in_card(node: nodes.Node) -> bool:
    while node:
        if "chapter-card" in getattr(node, "attributes", {}).get("classes", ()):
            return True
        node = node.parent
    return False


class Accessible(SphinxPostTransform):
    """After the outputs of cells have been chosen, before anything is written."""

    default_priority = 250
    formats = ("html",)

    def run(self, **kwargs) -> None:
        for section in self.document.findall(nodes.section):
            section["ids"] = [one for one in section["ids"] if one not in REPEATED_IDS]
        self.used: set[str] = set()
        for table in self.document.findall(nodes.table):
            self.caption(table)
            self.heads(table)
        for image in self.document.findall(nodes.image):
            if not image.get("alt", "").strip():
                log.warning("an image without alternative text: %s", image["uri"], location=lined(image))
            if OUTSIDE.match(image["uri"]):
                log.warning("an image from another site: %s", image["uri"], location=lined(image))
        raws = [raw for raw in self.document.findall(nodes.raw) if "html" in raw["format"].split()]
        for raw in raws:
            self.written(raw)

    def caption(self, table: nodes.table) -> None:
        if any(isinstance(child, nodes.title) for child in table):
            return
        words = CARD_CAPTION if in_card(table) else heading(table)
        if not words or words in self.used:
            log.warning("a table without a caption: put it into ```{table} Its caption", location=table)
        self.used.add(words)
        table.insert(0, hidden_caption(words))

    def heads(self, table: nodes.table) -> None:
        for row in [row for head in table.findall(nodes.thead) for row in head]:
            for place, cell in enumerate(list(row)):
                if cell.astext().strip() or next(cell.findall(nodes.image), None):
                    continue
                if place == 0:
                    cell.replace_self(corner())
                else:
                    log.warning("a table with a column that has no heading", location=table)

    def written(self, raw: nodes.raw) -> None:
        """HTML that is put on the page as it is: the output of a cell."""
        text = raw.astext()
        if STYLE_OUTSIDE.search(text):
            log.warning("a style that is requested from another site", location=raw)
        if not re.search(r"<(table|svg|" + "|".join(LOADING) + r")\b", text):
            return
        soup = BeautifulSoup(text, "html.parser")
        for tag in soup.find_all(LOADING):
            address = next((tag[key] for key in ("src", "href", "data", "xlink:href") if tag.get(key)), "")
            if OUTSIDE.match(address):
                log.warning("a %s that is requested from another site: %s", tag.name, address, location=raw)
        for image in soup.find_all("img"):
            if not (image.get("alt") or "").strip():
                log.warning("an image without alternative text in the output of this cell", location=raw)
        for drawing in soup.find_all("svg"):
            if not (drawing.get("aria-label") or "").strip() and drawing.get("aria-hidden") != "true":
                log.warning("a drawing without alternative text: hr.show(figure, alt=…) gives it one", location=raw)
        if any(not table.find("caption") for table in soup.find_all("table")):
            text = self.frames(text, heading(raw))
        if "<svg" in text:
            text = re.sub(r"(?<=[:\s])#[0-9a-f]{6}(?=[;\"])", themed, text)
        if text != raw.astext():
            raw.children[:] = [nodes.Text(text)]

    @staticmethod
    def frames(text: str, where: str) -> str:
        """Data frames shown as they are: pandas gives them no caption and leaves the heading of the index empty."""
        caption = hidden_caption(f"{where}: output of the code above" if where else "Output of the code above").astext()
        text = re.sub(r"(<table\b[^>]*>)(?!\s*<caption)", lambda found: found[1] + caption, text)
        return re.sub(r"<th\b([^>]*)>\s*</th>", r"<td\1></td>", text)


def themed(colour: re.Match) -> str:
    return f"var(--csk-{COLOURS[colour[0]]}, {colour[0]})" if colour[0] in COLOURS else colour[0]


def hidden_caption(words: str) -> nodes.raw:
    text = f'<caption class="visually-hidden">{html.escape(words)}</caption>'
    return nodes.raw("", text, format="html")


def assets(app, pagename, templatename, context, doctree) -> None:
    """Styles and scripts that extensions and themes put on a page."""
    for one in [*context.get("script_files", []), *context.get("css_files", [])]:
        address = str(getattr(one, "filename", one) or "")
        if OUTSIDE.match(address):
            log.warning("the page would request %s from another site", address, location=pagename)


def setup(app) -> dict:
    app.add_node(corner, html=(visit_corner, None))
    app.add_post_transform(Accessible)
    app.connect("html-page-context", assets, priority=1000)  # after tidy_pages
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
