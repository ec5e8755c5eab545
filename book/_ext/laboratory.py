"""Instruments: drawings that readers move by themselves, in the laboratory and beside the figures of chapters.

``{instrument} NAME`` puts one of ``plain.instruments`` on a page.  What the page says without JavaScript stands inside
of it: the body of the directive; without one, on the page of the laboratory the recorded figure or table, elsewhere a
link to that page.  Options: ``on: touch`` leaves the drawing until the reader touches the instrument; ``form`` names
another arrangement.

The scripts are plain modules in ``_static/laboratory``, and on the pages with instruments alone.  What they show is
recorded: it is read from the record (`laboratory_data`) when the site is built and written beside the scripts.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from hralign.errors import HralignError

sys.path.append(str(Path(__file__).parents[1] / "_plain"))
import laboratory_data
from plain.instruments import INSTRUMENTS, LABORATORY, anchor

log = logging.getLogger(__name__)


class instrument(nodes.General, nodes.Element):
    """An instrument; its children are what stands there without it."""


class InstrumentDirective(SphinxDirective):
    required_arguments = 1
    has_content = True
    option_spec = {"on": lambda said: directives.choice(said, ("touch", "view")), "form": directives.unchanged}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        if name not in INSTRUMENTS:
            log.warning("there is no instrument '%s': %s", name, ", ".join(INSTRUMENTS), location=self.get_location())
            return []
        asked = self.env.metadata[self.env.docname].setdefault("instruments", [])
        if name in asked:
            log.warning("a second instrument '%s' on one page", name, location=self.get_location())
            return []
        asked.append(name)
        node = instrument("", name=name, on=self.options.get("on", "view"), form=self.options.get("form", ""))
        if self.content:
            self.state.nested_parse(self.content, self.content_offset, node)
        elif self.env.docname == LABORATORY:
            node += self.recorded(name)
            node += nodes.paragraph("", "It moves where JavaScript runs and the page comes from a server.")
        else:
            node += self.link(name)
        return [node]

    def recorded(self, name: str) -> nodes.Node:
        try:
            return nodes.raw("", laboratory_data.still(name), format="html")
        except HralignError as error:
            log.warning("%s", error, location=self.get_location())
            return nodes.paragraph("", "")

    def link(self, name: str) -> nodes.Node:
        known = INSTRUMENTS[name]
        address = self.env.app.builder.get_relative_uri(self.env.docname, LABORATORY)
        reference = nodes.reference("", "", nodes.strong("", known.title), refuri=f"{address}#{anchor(name)}")
        return nodes.paragraph("", "", reference, nodes.Text(f", in the laboratory: {known.moves}."))


def visit(self, node: instrument) -> None:
    name = node["name"]
    about = {"id": anchor(name), "class": "instrument", "data-instrument": name, "data-on": node["on"],
             "data-form": node["form"], "data-title": INSTRUMENTS[name].title}  # fmt: skip
    written = " ".join(f'{key}="{value}"' for key, value in about.items() if value)
    self.body.append(f'<div {written}><div class="instrument-still">\n')


def depart(self, node: instrument) -> None:
    self.body.append("</div></div>\n")


def nothing(self, node: instrument) -> None:
    """Other builders show what stands there without it."""


def wanted(app) -> set[str]:
    return {name for page in app.env.metadata.values() for name in page.get("instruments", ())}


def scripts(app, pagename, templatename, context, doctree) -> None:
    if app.env.metadata.get(pagename, {}).get("instruments"):
        app.add_js_file("laboratory/start.js", type="module", loading_method=None)
        app.add_css_file("laboratory/laboratory.css")


def numbers(app, exception) -> None:
    """The recorded numbers of the instruments that pages have."""
    if exception is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir, "_static/laboratory")
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(wanted(app)):
        try:
            content = laboratory_data.numbers(name)
        except HralignError as error:
            log.warning("the instrument '%s' has no numbers: %s", name, error)
            continue
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


def setup(app) -> dict:
    others = dict.fromkeys(("latex", "text", "man", "texinfo"), (nothing, nothing))
    app.add_node(instrument, html=(visit, depart), **others)
    app.add_directive("instrument", InstrumentDirective)
    app.connect("html-page-context", scripts)
    app.connect("build-finished", numbers)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
