"""Numbers in the text of a notebook that nothing is executed for.

The role ``{rec}`` reads the library's record.  The role ``{glue:text}`` of chapters that still have it asks for a value
that a run of the chapter computes: it is taken from executed notebooks, if there are any, and else from ``glued.json``,
which keeps what a run on the real data gave (``python book/_plain/build.py --keep DIR`` writes it anew).
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hralign.record.collect import PAGE, bundles

KEPT = Path(__file__).parents[1] / "glued.json"
PREFIX = "application/papermill.record/text/plain"
UNKNOWN = "(not on record)"


@dataclass(frozen=True)
class Values:
    """Glued values by chapter and name; `kind` is the source that the run was on."""

    glued: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    kind: str = "real"

    def glue(self, chapter: str, asked: str) -> str:
        """The value of a name, formatted if the role says how (``rows:,``)."""
        name, _, form = asked.partition(":")
        value = self.glued.get(chapter, {}).get(name, UNKNOWN)
        return format(value, form) if value != UNKNOWN else UNKNOWN


def recorded(text: str) -> str:
    """What ``{rec}`` shows.

    Raises
    ------
    LookupError
        If the record has no such number; its only argument says why.
    """
    from hralign import HralignError

    try:
        from hralign.record.claims import quote
    except ImportError:  # a library that keeps no record yet
        return UNKNOWN
    try:
        return quote(text)
    except HralignError as error:
        raise LookupError(str(error)) from error


def glued(notebook: Mapping) -> dict[str, object]:
    """What the cells of an executed notebook glued."""
    found = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            if PREFIX in output.get("data", {}):
                value = ast.parse("".join(output["data"][PREFIX]), mode="eval").body
                value = value.args[0] if isinstance(value, ast.Call) else value  # np.int64(7)
                found[output["metadata"]["scrapbook"]["name"]] = ast.literal_eval(value)
    return found


def read_executed(folder: Path) -> Values:
    """The glued values of every notebook in a folder of executed ones; an OSError or a ValueError if there are none."""
    read, kinds = {}, set()
    for path in sorted(folder.glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        read[path.stem] = glued(notebook)
        kinds |= {said["data"] for _, said in bundles(notebook, PAGE) if "data" in said}
    if len(kinds) != 1:
        raise ValueError(f"{folder} holds no executed notebooks, or notebooks executed on several sources")
    return Values({name: values for name, values in read.items() if values}, kinds.pop())


def kept() -> Values:
    return Values(json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {})
