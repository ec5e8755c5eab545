"""Faults of a folder of notebook pairs, in words: ``python tests/pairs.py notebooks`` is what the commit hook asks."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jupytext

HALVES = (".md", ".ipynb")
CLEAR = "clear all outputs in JupyterLab and save, or delete the .ipynb and run make sync"


def out_of_step(folder: Path, name: str) -> list[str]:
    """Where the two halves of a pair differ."""
    missing = [half for half in HALVES if not (folder / f"{name}{half}").exists()]
    if missing:
        return [f"{folder / name}{half} is missing: run make sync" for half in missing]
    left, right = (
        [(cell.cell_type, cell.source.rstrip()) for cell in jupytext.read(folder / f"{name}{half}").cells]
        for half in HALVES
    )
    for number, (a, b) in enumerate(zip(left, right, strict=False), start=1):
        if a != b:
            return [f"{folder / name}: cell {number} differs between .md and .ipynb: run make sync (the .md wins)"]
    if len(left) != len(right):
        return [f"{folder / name}: {len(left)} cells in .md, {len(right)} in .ipynb: run make sync (the .md wins)"]
    return []


def executed(folder: Path, name: str) -> list[str]:
    """Cells that keep what running them left."""
    path, faults = folder / f"{name}.ipynb", []
    if not path.exists():
        return faults
    for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], start=1):
        if cell["cell_type"] == "code":
            left = {
                "outputs": cell["outputs"],
                "an execution count": cell["execution_count"] is not None,
                "execution times": "execution" in cell["metadata"],
            }
            faults += [f"{path}: cell {number} has {what}: {CLEAR}" for what, there in left.items() if there]
    return faults


def names(folder: Path) -> list[str]:
    return sorted({path.stem for path in folder.glob("*") if path.suffix in HALVES})


def main(folder: str) -> int:
    path = Path(folder)
    faults = [fault for name in names(path) for check in (out_of_step, executed) for fault in check(path, name)]
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
