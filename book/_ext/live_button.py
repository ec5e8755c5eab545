"""The button above a chapter that runs it in the reader's browser: its notebook in the JupyterLite of this site.

``make`` says with ``RUNS_IN_BROWSER=yes`` that the site will have one (``book/_live``); without it there is no button.
"""

from __future__ import annotations

import os
from urllib.parse import urlencode

NOTEBOOK = "live/lab/notebooks/index.html"


def add_button(app, pagename, templatename, context, doctree) -> None:
    folder, _, name = pagename.rpartition("/")
    if folder == "notebooks" and "header_buttons" in context and os.environ.get("RUNS_IN_BROWSER") == "yes":
        address = context["pathto"](NOTEBOOK, resource=True) + "?" + urlencode({"path": f"{name}.ipynb"})
        button = {
            "type": "link", "url": address, "text": "Run this chapter", "icon": "fas fa-play",
            "tooltip": "Opens its notebook here in your browser, with nothing to install", "label": "run-chapter",
        }  # fmt: skip
        context["header_buttons"].insert(0, button)


def setup(app) -> dict:
    app.connect("html-page-context", add_button, priority=900)  # after the theme has put its own there
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
