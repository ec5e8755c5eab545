"""Prose that speaks of the record: numbers read from it, claims held against it, pages that must agree with it.

``{rec}`table2/lag duration coef .3f` `` writes a recorded number (:func:`hralign.record.claims.quote`).  A directive
``{claim}`` stands beside a verdict in words and shows nothing; each of its lines must hold in the record
(:func:`hralign.record.claims.check`)::

    ```{claim} table2/lag duration z > 3.29
    ```

When all pages have been read, the results that their cells show (``hr.result``) are looked at: each has a name of its
own, is on record, and is what the record says where both come from the same data; the record keeps nothing that its
page no longer shows; and every page that computes names its data in a banner.  Whatever is wrong stops the build with
file and line.
"""

from __future__ import annotations

import json
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from hralign.errors import HralignError
from hralign.record import claims, store
from hralign.record.collect import PAGE, RESULT, bundles

log = logging.getLogger(__name__)

CELL = 10_000  # how MyST-NB counts lines: by cells


class Rec(SphinxRole):
    """A number or word from the record."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        try:
            words = claims.quote(self.text)
        except HralignError as error:
            log.warning("%s", error, location=self.get_location())
            words = "?"
        return [nodes.inline(self.rawtext, words, classes=["recorded"])], []


class Claim(SphinxDirective):
    """One claim behind the name of the directive, further ones in its lines."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        lines = [*self.arguments, *self.content]
        if not lines:
            log.warning("a claim that claims nothing: write REFERENCE > NUMBER behind it", location=self.get_location())
        for line in lines:
            if line.strip():
                try:
                    claims.check(line)
                except HralignError as error:
                    log.warning("%s", error, location=self.get_location())
        return []


def check_pages(app, env) -> None:
    """Hold the results that pages show against the record and against one another."""
    places: dict[str, tuple[str, int]] = {}
    for docname in sorted(env.found_docs):
        path = Path(env.doc2path(docname))
        if path.suffix != ".ipynb":
            continue
        notebook = json.loads(path.read_text(encoding="utf-8"))
        if not any("data" in facts for _, facts in bundles(notebook, PAGE)):
            log.warning("no cell of this page shows the banner: end the first one with hr.banner(src)",
                        location=(docname, 1))  # fmt: skip
        for cell, bundle in bundles(notebook, RESULT):
            name, line = bundle["result"]["name"], cell * CELL + 2
            if name in places:
                other = "this page" if places[name][0] == docname else places[name][0]
                log.warning("a second result is called '%s' (the first is on %s): rename one", name, other,
                            location=(docname, line))  # fmt: skip
            places[name] = (docname, line)
            if not store.is_recorded(name):
                log.warning("the result '%s' is not on record: run `make record`", name, location=(docname, line))
            elif bundle["differs"]:
                log.warning("the result '%s' is not what is on record: %s. If the change is meant, run `make record`",
                            name, bundle["differs"], location=(docname, line))  # fmt: skip
    answer_free = getattr(app.config, "answer_free", False)
    for name in store.names():
        page = owner(name)
        if answer_free and name.startswith(f"{store.ANSWERS}/"):
            continue
        if page and name not in places and f"notebooks/{page}" in env.found_docs:
            log.warning("the record keeps a result '%s' of this page, which shows it no more: run `make record`", name,
                        location=(f"notebooks/{page}", 1))  # fmt: skip


def owner(name: str) -> str:
    """The page that shows a recorded result, if one does."""
    try:
        return store.recorded(name).origin.get("page", "")
    except HralignError as error:
        log.warning("%s", error)
        return ""


def setup(app) -> dict:
    app.add_role("rec", Rec())
    app.add_directive("claim", Claim)
    app.connect("env-check-consistency", check_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
