"""Say where a fault is in words that its author can follow.

A page made from a notebook numbers its lines cell by cell (130003 is line 2 of cell 13), in a file that nobody edits.
Warnings are to name the line of the text half of the pair, ``notebooks/07-….md:212``, which lies beside the notebook.
"""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

CELL = 10_000  # how MyST-NB counts


def readable(location: str) -> str:
    found = re.fullmatch(r"(?P<stem>.+)\.ipynb:(?P<number>\d+)", location)
    if not found:
        return location
    cell, line = divmod(int(found["number"]), CELL)
    line = max(line - 1, 1) if cell else line  # it counts lines from 2
    text, notebook = Path(found["stem"] + ".md"), Path(found["stem"] + ".ipynb")
    if not (text.is_file() and notebook.is_file()):
        return location if cell == 0 else f"{notebook}, cell {cell}, line {line}"
    if cell == 0:
        return f"{text}:{max(line, 1)}"
    whole, end = text.read_text(encoding="utf-8"), 0
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"][:cell]
    if cells[-1]["cell_type"] == "code":
        line = 1  # what is wrong is in the output, which belongs to the whole cell
    for one in cells:
        source = "".join(one["source"])
        start = whole.find(source, end)
        if start < 0:
            return f"{notebook}, cell {cell}, line {line}"
        end = start + len(source)
    return f"{text}:{whole.count(chr(10), 0, start) + line}"


def rename(record: logging.LogRecord) -> bool:
    if isinstance(getattr(record, "location", None), str):
        record.location = readable(record.location)
    return True


def setup(app) -> dict:
    # the last filter of each: by then Sphinx has turned nodes and page names into file:line
    for handler in logging.getLogger("sphinx").handlers:
        handler.addFilter(rename)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
