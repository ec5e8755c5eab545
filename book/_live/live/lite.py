"""JupyterLite with the chapters as notebooks: ``live/lab``.  It shares Pyodide and all wheels with the instruments."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .parts import Missing, names

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


def write(root: Path, out: Path, python: Path) -> None:
    """Build ``out/lab`` with one app, and what the book adds to its page.

    Raises
    ------
    Missing
        If JupyterLite cannot be built.
    """
    scratch = Path(tempfile.mkdtemp())
    try:
        write_notebooks(root, scratch / "files")
        (scratch / "jupyter-lite.json").write_text(json.dumps(settings()), encoding="utf-8")
        done = subprocess.run(
            [python, "-m", "jupyter", "lite", "build", "--lite-dir", scratch, "--contents", scratch / "files",
             "--output-dir", (out / "lab").absolute(), "--apps", "notebooks", "--no-sourcemaps",
             "--no-unused-shared-packages", "--no-libarchive"],
            capture_output=True, text=True, check=False, cwd=scratch, env={**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"},
        )  # fmt: skip
        if done.returncode:
            raise Missing(f"JupyterLite could not be built ({(done.stderr.strip().splitlines() or ['no word'])[-1]})")
    finally:
        shutil.rmtree(scratch)


def settings() -> dict:
    """What JupyterLite is told: Pyodide is next door, with all that a kernel needs, and no index is to be asked."""
    said = names()
    packages = [*said["engine"]["packages"], *said["notebook"]["packages"], *said["notebook"]["empty"]]
    kernel = {
        "pyodideUrl": "./../pyodide/pyodide.js",
        "loadPyodideOptions": {"packages": packages},
        "disablePyPIFallback": True,
    }
    return {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "The Company States Keep",
            "exposeAppInBrowser": True, # window.jupyterapp: what the bar above a notebook and the tests hold on to
            "litePluginSettings": {KERNEL_PLUGIN: kernel},
        },
    }


def write_notebooks(root: Path, folder: Path) -> None:
    """The plain notebooks, without what is of use elsewhere only."""
    sys.path.append(str(root / "book/_plain"))
    from plain import edition

    folder.mkdir(parents=True)
    for name, notebook in edition.build(root).items():
        nbformat.write(for_browser(notebook), folder / f"{name}.ipynb")


def for_browser(notebook: NotebookNode) -> NotebookNode:
    notebook.cells = [cell for cell in notebook.cells if IN_COLAB not in cell.source]
    notebook.metadata["kernelspec"] = KERNELSPEC
    return notebook
