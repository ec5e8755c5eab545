"""Executed chapters as Jupyter leaves them, with what their outputs say of themselves."""

from __future__ import annotations

import jupytext
import nbformat
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from hralign.record.collect import KEY, PAGE, RESULT
from hralign.record.store import CODING, Result, as_json

REAL = {"source": "real", "data": "0123456789ab", "coding": CODING}
MADE = {"source": "simulated", "world": "null", "seed": 3, "coding": CODING}


def result(name, value=1.0, origin=REAL):
    """A result of two rows; its columns are in no alphabetical order."""
    table = pd.DataFrame({"term": ["year", "gdp"], "coef": [value, 2.0], "band": [0.1, 0.2]})
    return Result(name, table, {"n": 9}, origin)


def output(said, html="<p>shown</p>"):
    return new_output("execute_result", {"text/html": html}, metadata={KEY: said} if said else {}, execution_count=1)


def chapter(*results, data="real", differs="", text="Words."):
    """A notebook with a banner (unless ``data`` is None), some text, and a cell for each result."""
    banner = output({PAGE: {"data": data, "source": data}}) if data else output({})
    first = new_code_cell("hr.banner(src)", outputs=[banner])
    cells = [new_markdown_cell("# A chapter"), first, new_markdown_cell(text)]
    for one in results:
        said = {RESULT: {"result": as_json(one), "differs": differs}}
        cells.append(new_code_cell(f"hr.result('{one.name}')", outputs=[output({}), output(said)]))
    notebook = new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    return notebook


def write(folder, **chapters):
    """Write chapters by name (``c07`` becomes ``07-chapter``), as pairs, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, notebook in chapters.items():
        nbformat.write(notebook, folder / f"{name[1:]}-chapter.ipynb")
        jupytext.write(notebook, folder / f"{name[1:]}-chapter.md", fmt="md:myst")
    return folder
