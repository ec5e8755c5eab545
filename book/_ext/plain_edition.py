"""What the download button of a chapter gives: its plain notebook, with the numbers of this build in its sentences.

They are made before pages are read, for these may ask what a chapter says of itself (`chapter_cards`); a fault is told
like any other, and stops the build.  There are none then: ``app.plain_notebooks`` is empty.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from sphinx.util import logging

sys.path.append(str(Path(__file__).parents[1] / "_plain"))
from plain import edition
from plain.chapter import Faults

log = logging.getLogger(__name__)


def make(app) -> None:
    root = Path(app.srcdir)
    app.plain_notebooks = {}
    if not any((root / "notebooks").glob("*.ipynb")):
        return
    try:
        app.plain_notebooks = edition.build(root)
    except Faults as fault:
        for line in str(fault).splitlines():
            log.warning("%s", line)


def copy(app, exception) -> None:
    folder = Path(app.outdir, "_sources/notebooks")
    if exception is None and folder.is_dir():
        for name, notebook in app.plain_notebooks.items():
            nbformat.write(notebook, folder / f"{name}.ipynb")


def setup(app) -> dict:
    app.connect("builder-inited", make)
    app.connect("build-finished", copy)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
