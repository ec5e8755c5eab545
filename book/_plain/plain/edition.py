"""All plain notebooks, written into a folder whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .book import open_book
from .chapter import Faults, plain_notebook
from .parser import PARSER

ROOT = Path(__file__).parents[3]
LEFT = {"myst_role", "colon_fence", "myst_target", "myst_block_break", "substitution_inline", "substitution_block"}


def names_in(folder: Path) -> list[str]:
    return sorted({path.stem for path in folder.iterdir() if path.suffix in (".md", ".ipynb")})


def leftovers(notebook: NotebookNode) -> list[str]:
    """What is still MyST in the words of a notebook."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for token in PARSER.parse(cell.source):
                for one in [token, *(token.children or [])]:
                    if one.type in LEFT or (one.type == "fence" and one.info.lstrip().startswith("{")):
                        found.append(f"{one.info} {one.content}".strip()[:80])
    return found


def build(root: Path = ROOT, environment: Mapping[str, str] = os.environ) -> dict[str, NotebookNode]:
    """Every chapter of the book in `root` as a plain notebook, by name.

    Raises
    ------
    Faults
        Naming every fault of every chapter, with file and line.
    """
    book = open_book(root, environment)
    written, faults = {}, []
    for name in names_in(root / "notebooks"):
        try:
            written[name] = plain_notebook(root / "notebooks", name, book)
        except Faults as fault:
            faults.append(str(fault))
            continue
        faults += [f"notebooks/{name}: left in the plain notebook: {left}" for left in leftovers(written[name])]
    if faults:
        raise Faults("\n".join(faults))
    return written


def write(folder: Path, notebooks: Mapping[str, NotebookNode]) -> list[Path]:
    """Put notebooks into a folder, exchanging it whole.

    What a reader did there is not lost: a notebook that was only run is left as it is if its text is still the same,
    one that was changed is kept beside the new one (returned), and files of their own stay.
    """
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        new = scratch / "new"
        new.mkdir()
        for name, notebook in notebooks.items():
            nbformat.write(notebook, new / f"{name}.ipynb")
        (new / ".plain").mkdir()
        for path in new.glob("*.ipynb"):
            shutil.copy(path, new / ".plain")  # as it was written, to know later what a reader has changed
        saved = carry_over(folder, new) if folder.is_dir() else []
        if folder.exists():
            folder.rename(scratch / "old")
        new.rename(folder)
    finally:
        shutil.rmtree(scratch)
    return [folder / name for name in saved]


def carry_over(old: Path, new: Path) -> list[str]:
    """Copy what a reader has in the old folder into the new one; returns the names of changed notebooks."""
    saved = []
    for path in sorted(old.iterdir()):
        written, target = old / ".plain" / path.name, new / path.name
        if path.name == ".plain" or (written.is_file() and path.read_bytes() == written.read_bytes()):
            continue
        if path.is_dir():
            shutil.copytree(path, target)
        elif not target.is_file() or said(path) == said(target):
            shutil.copy2(path, target)
        elif not written.is_file() or said(path) != said(written):
            saved.append(free_name(path, old, new))
            shutil.copy2(path, new / saved[-1])
    return saved


def said(path: Path) -> list[tuple[str, str]] | bytes:
    """Words and code of a notebook, without what running it left."""
    try:
        return [(cell.cell_type, cell.source) for cell in nbformat.read(path, 4).cells]
    except (nbformat.reader.NotJSONError, AttributeError, KeyError):
        return path.read_bytes()


def free_name(path: Path, *folders: Path) -> str:
    number = 1
    while any((folder / f"{path.stem}-yours-{number}{path.suffix}").exists() for folder in folders):
        number += 1
    return f"{path.stem}-yours-{number}{path.suffix}"
