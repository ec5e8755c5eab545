"""One chapter as a plain notebook: its words in plain Markdown, its code with what the site hides folded or gone."""

from __future__ import annotations

import hashlib
import re
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from hralign.record.collect import KEY, PAGE

from . import directives, facts
from .book import Book
from .parser import PARSER
from .text import Page

sys.path.append(str(Path(__file__).parents[2] / "_editions"))
from answers import without_answers
from colab import UNKNOWN as NO_ADDRESS

LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3}, "file_extension": ".py", "mimetype": "text/x-python",
    "name": "python", "nbconvert_exporter": "python", "pygments_lexer": "ipython3",
}  # fmt: skip
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
CELL = 10_000
IN_COLAB = "google.colab"
FOLDED = {"jupyter": {"source_hidden": True}, "cellView": "form"}  # JupyterLab and Notebook; Colab
TITLES = {  # what a folded cell is called, by what is in it
    IN_COLAB: "For Colab only: install the library of this book",
    "hr.load_sources(": "Import what this notebook uses, and choose the data",
    "hr.versions(": "Versions of what ran this notebook",
    "hr.result(": "Work out and show the result",
    "hr.show(": "Draw the figure",
    "tables.present(": "Set the table",
}
MARK = re.compile(r"\0(.*?)\0")


@dataclass(frozen=True)
class Piece:
    """A stretch of words, a cell of code, or a mark: where a solution starts or ends, where a cell ends."""

    kind: str
    text: str
    metadata: dict


class Faults(Exception):
    """What is wrong with a chapter: lines to be printed, each with file and line."""


def read_source(folder: Path, name: str) -> tuple[NotebookNode, Path, list[int]]:
    """A chapter, its file, and the line on which each cell begins; in an .ipynb 30001 is line 1 of cell 3."""
    text = folder / f"{name}.md"
    path = text if text.is_file() else folder / f"{name}.ipynb"
    notebook = jupytext.read(path, fmt="md:myst" if path == text else "ipynb")
    if path != text:
        return notebook, path, [CELL * number + 1 for number in range(1, len(notebook.cells) + 1)]
    whole, end, lines = text.read_text(encoding="utf-8"), 0, []
    for cell in notebook.cells:
        start = max(whole.find(cell.source, end), end)
        lines.append(whole.count("\n", 0, start) + 1)
        end = start + len(cell.source)
    return notebook, path, lines


def plain_notebook(folder: Path, name: str, book: Book) -> NotebookNode:
    """The plain edition of a chapter.

    Raises
    ------
    Faults
        If it has a reference that leads nowhere, or something that has no plain form.
    """
    notebook, path, lines = read_source(folder, name)
    for number, (cell, line) in enumerate(zip(notebook.cells, lines, strict=True), start=1):
        cell.metadata |= {"number": number, "line": line}
    if not book.answers:
        notebook = without_answers(notebook, name)
    page = Page(name, book)
    pieces = front([piece for cell in notebook.cells for piece in pieces_of(page, cell)], page)
    if page.faults:
        where = path.relative_to(folder.parent)
        raise Faults("\n".join(f"{where}{_place(line)}: {message}" for line, message in sorted(set(page.faults))))
    if page.cited:
        works = Piece("words", f"## Works cited\n\n{book.works.listed(page.cited)}", {})
        pieces.insert(len(pieces) - (pieces[-1].kind == "code"), works)
    metadata = {"kernelspec": notebook.metadata.get("kernelspec", KERNEL), "language_info": LANGUAGE}
    metadata[KEY] = {PAGE: facts.of(page)}
    plain = nbformat.v4.new_notebook(cells=identified(folded(pieces)), metadata=metadata)
    collapsed = [cell.id for cell in plain.cells if cell.metadata.get("jp-MarkdownHeadingCollapsed")]
    plain.metadata["colab"] = {"collapsed_sections": collapsed}
    nbformat.validate(plain)
    return plain


def _place(line: int) -> str:
    return f":{line}" if line < CELL else f", cell {line // CELL}, line {line % CELL}"


def pieces_of(page: Page, cell: NotebookNode) -> list[Piece]:
    if cell.cell_type != "code":
        text = page.plain(cell.source, cell.metadata["line"])
        page.headings += facts.headings(text, cell.metadata["number"])
        parts = MARK.split(text)
        return [
            Piece("mark" if place % 2 else "words", part.strip("\n"), {})
            for place, part in enumerate(parts)
            if part.strip()
        ]
    tags = cell.metadata.get("tags", [])
    source, metadata = cell.source, {}
    if "remove-cell" in tags and IN_COLAB not in source:
        page.fault(
            "a removed cell, which readers of notebooks would miss: fold it with hide-input", cell.metadata["line"]
        )
    if IN_COLAB in source and page.book.repository:
        source = source.replace(NO_ADDRESS, page.book.repository)
    if {"hide-input", "hide-cell", "remove-input", "remove-cell"} & set(tags):
        titles = (title for content, title in TITLES.items() if content in source)
        title = next(titles, "Code that the page hides")
        source, metadata = f"# @title {title}\n{source}", FOLDED
    if {"hide-output", "hide-cell"} & set(tags):
        metadata = metadata | {"collapsed": True, "jupyter": {**metadata.get("jupyter", {}), "outputs_hidden": True}}
    return [Piece("code", source, metadata)]


def front(pieces: list[Piece], page: Page) -> list[Piece]:
    """The title with its number, and below it what edition this is and where the page is."""
    title, _, rest = pieces[0].text.partition("\n")
    number = f"{page.number}. " if page.number else ""
    address = page.book.page(f"notebooks/{page.name}")
    told = ["*The Company States Keep*, plain edition: a notebook to run from the top, and to change."]
    if address:
        told.append(f"[The page on the site]({address}) shows it with its results.")
    if page.quotes:
        told.append("Numbers in its sentences are on record. What you run is in the outputs.")
    heading = f"# {number}{title.removeprefix('# ')}\n\n{' '.join(told)}\n{rest}"
    return [replace(pieces[0], text=heading), *pieces[1:]]


def folded(pieces: list[Piece]) -> list[NotebookNode]:
    """Cells; words begin a new one with every heading, solutions are folded."""
    cells, inside, name = [], None, ""
    for piece in pieces:
        if piece.kind == "mark" and piece.text.startswith("solution "):
            inside, name = [], piece.text.removeprefix("solution ")
        elif piece.kind == "mark" and piece.text == "/solution":
            cells += solution(name, inside or [])
            inside = None
        elif piece.kind == "mark":
            continue  # the next words are another piece, and so another cell
        elif inside is not None:
            inside.append(piece)
        else:
            cells += cells_of(piece)
    return cells


def cells_of(piece: Piece) -> list[NotebookNode]:
    if piece.kind == "code":
        return [nbformat.v4.new_code_cell(piece.text, metadata=piece.metadata)]
    lines = piece.text.split("\n")
    begin = [
        token.map[0]
        for token in PARSER.parse(piece.text)
        if token.type == "heading_open" and token.level == 0 and token.tag in ("h2", "h3")
    ]
    parts = ["\n".join(lines[a:b]).strip("\n") for a, b in zip([0, *begin], [*begin, len(lines)], strict=True)]
    return [nbformat.v4.new_markdown_cell(part, metadata=piece.metadata) for part in parts if part]


def solution(name: str, pieces: list[Piece]) -> list[NotebookNode]:
    """Words fold by themselves; code folds under a heading, which JupyterLab and Colab show closed."""
    title = f"Solution of {name[0].lower()}{name[1:]}"
    if all(piece.kind == "words" for piece in pieces):
        words = "\n\n".join(piece.text for piece in pieces)
        return [nbformat.v4.new_markdown_cell(directives.folded(title, words))]
    cells = [nbformat.v4.new_markdown_cell(f"#### {title}", metadata={"jp-MarkdownHeadingCollapsed": True})]
    for piece in pieces:
        text = directives.folded("In words", piece.text) if piece.kind == "words" else piece.text
        cells += cells_of(replace(piece, text=text))
    return cells


def identified(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Give each cell an identifier that depends on nothing but what is in it."""
    seen: Counter[str] = Counter()
    for cell in cells:
        short = hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        cell.id = f"{short}-{seen[short]}" if seen[short] else short
        seen[short] += 1
    return cells
