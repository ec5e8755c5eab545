"""JupyterLite with the chapters as notebooks (``live/lab``).  It shares Pyodide and all wheels with the instruments."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .parts import Missing, names
from .runtime import without

KERNEL_EXTENSION = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"
KERNEL_PLUGIN = "@jupyterlite/pyodide-kernel-extension:kernel"
KERNELSPEC = {"display_name": "Python", "language": "python", "name": "python"}
IN_COLAB = "google.colab"


def kernel_wheels(python: Path) -> dict[str, Path]:
    """The wheels that the kernel brings along, by the name of the package."""
    folder = python.parent.parent / KERNEL_EXTENSION / "static/pypi"
    found = {}
    for name in ("piplite", "ipykernel", "pyodide-kernel"):
        path = next(folder.glob(f"{name.replace('-', '_')}-*.whl"), None)
        if path is None:
            raise Missing(f"{python} has no JupyterLite with a kernel for Pyodide")
        found[name] = path
    return found


def write(root: Path, out: Path, python: Path, runtime: Path) -> None:
    """Build JupyterLite with one app and what the book adds to its page; `runtime` is what will lie around it.

    Raises
    ------
    Missing
        If JupyterLite cannot be built.
    """
    scratch = Path(tempfile.mkdtemp())
    try:
        chapters = write_notebooks(root, scratch / "files", without(runtime))
        (scratch / "jupyter-lite.json").write_text(json.dumps(settings()), encoding="utf-8")
        done = subprocess.run(
            [python.absolute(), "-m", "jupyter", "lite", "build", "--lite-dir", scratch, "--apps", "notebooks",
             "--contents", scratch / "files", "--output-dir", out.absolute(), "--no-sourcemaps",
             "--no-unused-shared-packages", "--no-libarchive"],
            capture_output=True, text=True, check=False, cwd=scratch,
            env={**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"},
        )  # fmt: skip
        if done.returncode:
            raise Missing(f"JupyterLite could not be built ({(done.stderr.strip().splitlines() or ['no word'])[-1]})")
        add_bar(out, chapters)
    finally:
        shutil.rmtree(scratch)


def settings() -> dict:
    """What JupyterLite is told: Pyodide is next door, with all that a kernel needs, and no index is to be asked."""
    said = names()
    packages = [*said["engine"]["packages"], *said["notebook"]["packages"], *said["notebook"]["empty"], "lzma"]
    kernel = {
        "pyodideUrl": "./../pyodide/pyodide.js",
        # what is made of real data lies where JupyterLite keeps what a reader writes, and is there the next time
        "loadPyodideOptions": {
            "packages": packages,
            "env": {"HOME": "/home/pyodide", "XDG_CACHE_HOME": "/drive/kept"},
        },
        "disablePyPIFallback": True,
    }
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "The Company States Keep",
            "exposeAppInBrowser": True,  # window.jupyterapp: what the bar above a notebook and the tests hold on to
            "litePluginSettings": {KERNEL_PLUGIN: kernel},
        },
    }


def write_notebooks(root: Path, folder: Path, absent: list[str]) -> list[tuple[str, str]]:
    """The plain notebooks as a browser is to run them, where some packages are absent; name and title of each."""
    sys.path.append(str(root / "book/_plain"))
    from plain import edition

    folder.mkdir(parents=True)
    built = edition.build(root)
    for name, notebook in built.items():
        nbformat.write(for_browser(notebook, absent), folder / f"{name}.ipynb")
    return [(name, notebook.cells[0].source.partition("\n")[0].lstrip("# ")) for name, notebook in built.items()]


BAR = Path(__file__).parents[1]


def add_bar(lab: Path, chapters: list[tuple[str, str]]) -> None:
    """Put the bar above notebooks (``bar.js``) into the page that shows them, and say its language."""
    for name in ("bar.js", "bar.css"):
        shutil.copy(BAR / name, lab)
    page = lab / "notebooks/index.html"
    listed = json.dumps(chapters).replace("<", "\\u003c")
    ends = {
        "<html>": '<html lang="en">',
        "</head>": '<link rel="icon" href="../../../_static/favicon.svg">'
        '<link rel="stylesheet" href="../bar.css"></head>',
        "</body>": f'<script id="book-chapters" type="application/json">{listed}</script>'
        '<script type="module" src="../bar.js"></script></body>',
    }
    text = page.read_text(encoding="utf-8")
    for mark, replaced in ends.items():
        if text.count(mark) != 1:
            raise Missing(f"JupyterLite's page has changed: {mark} is not in it once")
        text = text.replace(mark, replaced)
    page.write_text(text, encoding="utf-8")


ABSENT = (
    "**In this browser** there is no `{name}`. Cells that need it say so, and so do those that go on from them; the "
    "others run. On a computer of your own, all of them do."
)


def for_browser(notebook: NotebookNode, absent: list[str]) -> NotebookNode:
    """A plain notebook without what is of use elsewhere only; if it imports what is absent, it says so."""
    notebook.cells = [cell for cell in notebook.cells if IN_COLAB not in cell.source]
    notebook.metadata["kernelspec"] = KERNELSPEC
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for name in absent:
        if any(re.search(rf"^(import|from) {name}\b", cell.source, re.M) for cell in code):
            notebook.cells.insert(1, nbformat.v4.new_markdown_cell(ABSENT.format(name=name), id=f"no-{name}"))
    return notebook
