"""From executed chapters to the record: what `make record` does when every chapter has run on the real data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import HralignError
from . import store
from .reconstruction import is_reconstructed

KEY = "hralign"
"""Where, in the metadata of an output, a page keeps what the build and `make record` are to know of it."""

RESULT, PAGE, FIGURE = "result", "page", "figure"
"""What is kept there: a result that the cell shows, facts about the page, or a figure with a name and no numbers."""


def bundles(notebook: dict[str, Any], kind: str) -> Iterator[tuple[int, Any]]:
    """What the outputs of a notebook say of one kind, in their order, each with the number of its cell from 1."""
    for number, cell in enumerate(notebook["cells"], start=1):
        for output in cell.get("outputs", ()):
            said = output.get("metadata", {}).get(KEY, {})
            if kind in said:
                yield number, said[kind]


def collect(folder: Path) -> str:
    """Keep the results of all executed notebooks in a folder, and drop from the record what they show no more.

    Returns what changed, in words.  Results that `hralign replicate --record` keeps are left to it.

    Raises
    ------
    HralignError
        If the folder holds no notebooks, one of them has not run or ran on other than the real data, or two results
        have one name; nothing is written then.
    """
    shown: dict[str, tuple[str, store.Result]] = {}
    paths = sorted(folder.glob("*.ipynb"))
    pages = {path.stem for path in paths}
    if not paths:
        raise HralignError(f"{folder} holds no notebooks. Run `make record`, which executes them first.")
    for path in paths:
        notebook = json.loads(path.read_text("utf-8"))
        kinds = {facts["data"] for _, facts in bundles(notebook, PAGE) if "data" in facts}
        if not kinds:
            raise HralignError(f"{path.name} was not executed, or shows no banner. Run `make record`.")
        if kinds != {"real"}:
            raise HralignError(f"{path.name} ran on simulated data; the record is of the real data. Run `make record`.")
        for _, bundle in bundles(notebook, RESULT):
            result = store.from_json(bundle["result"])
            if result.name in shown:
                first = shown[result.name][0]
                raise HralignError(f"Two results are '{result.name}', in {first} and in {path.stem}. Rename one.")
            shown[result.name] = (path.stem, result)
    changes = []
    for name, (page, result) in shown.items():
        if is_reconstructed(name):
            continue
        before = _kept(name)
        changed = "new" if before is None else store.difference(result, before)
        if changed or before.origin.get("page") != page:
            store.keep(result, page=page)
            changes.append(f"{name}: {changed or 'on another page'}")
    for name in store.names():
        kept = None if name in shown else _kept(name)
        page = kept and kept.origin.get("page")
        if page in pages:
            store.path_of(name).unlink()
            changes.append(f"{name}: dropped, {page} shows it no more")
    return "\n".join(changes) or "Nothing has changed in the record."


def _kept(name: str) -> store.Result | None:
    """What the record has under a name, or None: also of what is damaged or from another version, to be replaced."""
    try:
        return store.recorded(name)
    except HralignError:
        return None
