"""Lecture slides: one deck per part of the book, made from its executed chapters (`make slides`).

What becomes a slide, and nothing else does:

1. the part, with its chapters;
2. every chapter, with the question on its card;
3. every figure, with its caption;
4. up to four tables of two to twenty rows, those that set published or recorded numbers beside others first;
5. the chapter's key points;
6. its first question to check yourself: the options, then the right one with its reason.

What stands after the heading "Exercises" is left out, and with it every solution.  A deck is a notebook whose cells say
where a slide begins, in Jupyter's own words; `jupyter nbconvert --to slides` makes the page of it.  Run as

    python deck.py FOLDER_OF_EXECUTED_CHAPTERS FOLDER_FOR_THE_DECKS
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml
from bs4 import BeautifulSoup
from docutils.utils.math.latex2mathml import tex2mathml
from docutils.utils.smartquotes import smartyPants
from myst_nb.core.variables import format_plain_text
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pybtex.database import BibliographyData, parse_file

ROOT = Path(__file__).parents[2]
MOST_TABLES, MOST_ROWS, MOST_COLUMNS = 4, 20, 9
OUR_COLUMNS = {"Published", "Reconstruction"}
SOURCES = {"real": "This run: real data", "simulated": "This run: simulated data, not about real states"}


# ------------------------------------------------------------------------------------------- from MyST to plain words


def in_words(text: str, values: dict[str, str], works: BibliographyData) -> str:
    """MyST as plain Markdown: glued values and citations shown, references as words, formulas as MathML."""
    text = re.sub(r"^(\([\w-]+\)=|%.*)\n", "", text, flags=re.M)
    text = re.sub(r"\{glue(?::text)?\}`([^`:]+):?([^`]*)`", lambda m: _value(values, m[1], m[2]), text)
    text = re.sub(r"\{cite:t\}`([^`]+)`", lambda m: "; ".join(_author_year(works, m[1], "{} ({})")), text)
    text = re.sub(r"\{cite(?::p)?\}`([^`]+)`", lambda m: f"({'; '.join(_author_year(works, m[1], '{}, {}'))})", text)
    text = re.sub(r"\{[\w:-]+\}`([^`<]*?)\s*(?:<[^`>]*>)?`", r"\1", text)
    text = re.sub(r"\[([^\]]*)\]\(([^)\s]+)\)", lambda m: m[1] or _place(m[2], m.start() == 0), text)
    text = smartyPants(text, attr="qDe")
    return re.sub(r"\$\$?([^$]+)\$\$?", lambda m: _formula(m[1]), text)


def _value(values: dict[str, str], key: str, form: str) -> str:
    if key not in values:
        raise SystemExit(f"deck.py: the chapter glues no value '{key}', but a sentence of it shows one.")
    return format_plain_text(values[key], form)


def _author_year(works: BibliographyData, keys: str, form: str) -> list[str]:
    return [form.format(_authors(works.entries[key.strip()]), works.entries[key.strip()].fields["year"])
            for key in keys.split(",")]  # fmt: skip


def _authors(entry) -> str:
    names = [re.sub(r"[{}]", "", " ".join([*person.prelast_names, *person.last_names]))
             for person in entry.persons.get("author") or entry.persons["editor"]]  # fmt: skip
    return names[0] + " et al." if len(names) > 2 else " and ".join(names)


def _place(address: str, opens: bool) -> str:
    """What a link without words points to: "chapter 5", or the name of the page."""
    name = Path(address.split("#")[0]).stem
    number = re.match(r"(\d+)-", name)
    word = f"chapter {int(number[1])}" if number and int(number[1]) < 90 else f"the page {name.split('-', 1)[-1]}"
    return word[0].upper() + word[1:] if opens else word


def _formula(tex: str) -> str:
    return re.sub(r"\n\s*", "", tex2mathml(tex.strip(), as_block=False))


# ------------------------------------------------------------------------------------------------- reading a chapter


@dataclass(frozen=True)
class Chapter:
    """An executed chapter, in the pieces that slides are made of."""

    number: int
    title: str
    question: str
    source: str
    """``"real"`` or ``"simulated"``, as its banner says."""
    shown: list[tuple[str, str]]
    """Figures and tables in their order: the heading they stand under and their HTML."""
    key_points: str
    check: tuple[str, list[str], int, str] | None
    """The first question: its words, its options, which of them is right, and why; None without one."""


def glued_values(notebook: NotebookNode) -> dict[str, str]:
    """What the chapter glued, by name, as it was stored."""
    return {
        output.metadata["scrapbook"]["name"]: text
        for output in _outputs(notebook.cells)
        for kind, text in output.get("data", {}).items()
        if kind == "application/papermill.record/text/plain" and "scrapbook" in output.metadata
    }


def read_chapter(notebook: NotebookNode, number: int, works: BibliographyData) -> Chapter:
    """Take a chapter apart."""
    values = glued_values(notebook)

    def words(text: str) -> str:
        return in_words(" ".join(text.split()), values, works)

    cells = list(_before_exercises(notebook.cells))
    prose = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    question = re.search(r"\*\*Question\.\*\*(.*?)\n\s*\n", prose, re.S)
    points = _directive(prose, "admonition", "Key points")
    banner = re.search(r"source-banner source-(\w+)", "".join(_html(output) for output in _outputs(cells)))
    if not (question and points and banner):
        raise SystemExit(f"deck.py: chapter {number} lacks its question, its key points or its banner.")
    return Chapter(
        number, words(re.search(r"^# (.*)$", prose, re.M)[1]), words(question[1]), banner[1],
        [(words(heading), html) for heading, html in key_exhibits(list(_exhibits(cells)))],
        in_words(points[1], values, works), _check(prose, words),
    )  # fmt: skip


def _before_exercises(cells: list[NotebookNode]) -> Iterator[NotebookNode]:
    """The cells up to the heading "Exercises", without any solution that might stand earlier."""
    hidden = False
    for cell in cells:
        if cell.cell_type == "markdown":
            before, exercises, _ = cell.source.partition("\n## Exercises")
            if exercises or cell.source.startswith("## Exercises"):
                yield new_markdown_cell(before if exercises else "")
                return
            hidden = (hidden or "{solution-start}" in cell.source) and "{solution-end}" not in cell.source
        if not hidden:
            yield cell


def _exhibits(cells: list[NotebookNode]) -> Iterator[tuple[str, str]]:
    """Every figure and every table with a caption: the heading it stands under, and its HTML."""
    heading = ""
    for cell in cells:
        if cell.cell_type == "markdown":
            heading = [heading, *re.findall(r"^#{2,3} (.*)$", cell.source, re.M)][-1]
        else:
            yield from ((heading, html) for html in map(_html, cell.outputs) if re.search("<figure|<caption", html))


def key_exhibits(exhibits: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """All figures, and those of the tables that belong on a slide (rule 4), in their order."""
    fitting = [n for n, (_, html) in enumerate(exhibits) if "<figure" not in html and _fits(html)]
    tables = sorted(fitting, key=lambda n: not _compares(exhibits[n][1]))[:MOST_TABLES]
    return [one for n, one in enumerate(exhibits) if n in tables or "<figure" in one[1]]


def _fits(html: str) -> bool:
    rows = [row.find_all(["th", "td"]) for row in BeautifulSoup(html, "html.parser").find_all("tr")]
    return 2 < len(rows) <= MOST_ROWS + 1 and max(map(len, rows)) <= MOST_COLUMNS


def _compares(html: str) -> bool:
    return any(head.get_text().strip() in OUR_COLUMNS for head in BeautifulSoup(html, "html.parser").find_all("th"))


def _directive(prose: str, name: str, opening: str = "") -> tuple[str, str] | None:
    """What stands behind the name of the first such directive, and what it holds."""
    fenced = rf"^(:{{3,}}|`{{3,}})\{{{name}\}} *({opening}[^\n]*)\n(?::\w+:[^\n]*\n)*(.*?)^\1 *$"
    found = re.search(fenced, prose, re.S | re.M)
    return found and (found[2].strip(), found[3].strip())


def _check(prose: str, words: Callable[[str], str]) -> tuple[str, list[str], int, str] | None:
    found = _directive(prose, "check")
    if not found:
        return None
    question, listed = found
    options = re.findall(r"^- \[([x ])\] (.*?)(?=^- \[|\Z)", listed, re.S | re.M)
    right = next(n for n, (mark, _) in enumerate(options) if mark == "x")
    halves = [option.partition("\n\n") for _, option in options]
    return words(question), [words(option) for option, _, _ in halves], right, words(halves[right][2])


def _outputs(cells: list[NotebookNode]) -> Iterator[NotebookNode]:
    return (output for cell in cells if cell.cell_type == "code" for output in cell.outputs)


def _html(output: NotebookNode) -> str:
    return output.get("data", {}).get("text/html", "")


# ------------------------------------------------------------------------------------------------------ writing a deck


def _slide(source: str, starts: str = "subslide", kind: str = "") -> NotebookNode:
    return new_markdown_cell(source, metadata={"slideshow": {"slide_type": starts, "data": {"kind": kind}}})


def _shape(html: str) -> str:
    """What the style has to know: a figure, one that stands upright, or a table."""
    box = re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', html)
    return ("tall" if float(box[2]) > 0.75 * float(box[1]) else "figure") if box else "table"


def chapter_slides(chapter: Chapter) -> list[NotebookNode]:
    """The cells of a chapter's slides."""
    foot = (
        f'\n\n<p class="foot"><span>{chapter.number}. {chapter.title}</span>'
        f'<span class="source {chapter.source}">{SOURCES[chapter.source]}</span></p>'
    )
    opening = f'<p class="chapter">Chapter {chapter.number}</p>\n\n# {chapter.title}\n\n{chapter.question}'
    cells = [_slide(f"{opening}{foot}", "slide", "chapter")]
    for heading, html in chapter.shown:
        cells.append(_slide(f"## {heading}{foot}", kind=_shape(html)))
        cells.append(new_code_cell(outputs=[new_output("display_data", {"text/html": html})]))
        if label := re.search(r'aria-label="([^"]*)"', html):
            cells.append(new_markdown_cell(f"<p>{label[1]}</p>", metadata={"slideshow": {"slide_type": "notes"}}))
    cells.append(_slide(f"## Key points\n\n{chapter.key_points}{foot}", kind="points"))
    if chapter.check:
        question, options, right, reason = chapter.check
        listed = "\n".join(f"1. {option}" for option in options)
        cells.append(_slide(f"## Check yourself\n\n**{question}**\n\n{listed}{foot}", kind="check"))
        answer = f"**{'ABCDEFGH'[right]}.** {reason}"
        cells.append(new_markdown_cell(answer, metadata={"slideshow": {"slide_type": "fragment"}}))
    return cells


def deck(part: str, chapters: list[Chapter]) -> NotebookNode:
    """The notebook of one part: its title, then its chapters one after the other."""
    name, _, title = part.partition(": ")
    contents = "\n".join(f"- <span>{chapter.number}</span> {chapter.title}" for chapter in chapters)
    opening = f'<p class="chapter">The Company States Keep · {name}</p>\n\n# {title or name}\n\n{contents}'
    cells = [_slide(opening, "slide", "part"), *(cell for chapter in chapters for cell in chapter_slides(chapter))]
    for number, cell in enumerate(cells):
        cell.id = f"slide-{number}"  # the same in every run, unlike the random ones
    return new_notebook(cells=cells, metadata={"title": f"{part} · The Company States Keep"})


def parts(contents: dict) -> dict[str, list[str]]:
    """The chapters of every part of the book that has some, as _toc.yml lists them: caption -> names."""
    return {
        part["caption"]: [Path(chapter["file"]).name for chapter in part["chapters"]]
        for part in contents["parts"]
        if part["caption"].startswith("Part ")
    }


def main(executed: Path, out: Path) -> None:
    works = parse_file(ROOT / "book" / "references.bib")
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    for number, (caption, names) in enumerate(parts(contents).items(), start=1):
        chapters = [
            read_chapter(nbformat.read(executed / f"{name}.ipynb", as_version=4), int(name.split("-")[0]), works)
            for name in names
        ]
        nbformat.write(deck(caption, chapters), out / f"part-{number}.ipynb")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
