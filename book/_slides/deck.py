"""Lecture slides: one deck per part of the book, made from its executed chapters (`make slides`).

What becomes a slide, and nothing else does:

1. the part, with its chapters;
2. every chapter, with the question on its card;
3. every figure, with its caption; where the record stands beside this run, a slide for each, the record's first;
4. up to four tables of two to twenty rows, those that set published or recorded numbers beside others first;
5. the chapter's key points;
6. its first question to check yourself: the options, then the right one with its reason.

What stands after the heading "Exercises", or after an exercise above it, is left out, and with it every solution.
Words come from the facts of the chapter's plain edition (``book/_plain/plain/facts.py``), figures and tables from its
outputs.  A deck is a notebook whose cells say where a slide begins, in Jupyter's own words; `jupyter nbconvert --to
slides` makes the page of it.  Run as

    python deck.py FOLDER_OF_EXECUTED_CHAPTERS FOLDER_FOR_THE_DECKS
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml
from bs4 import BeautifulSoup
from docutils.utils.math.latex2mathml import tex2mathml
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from hralign.record.collect import KEY, PAGE, RESULT, bundles

sys.path.append(str(Path(__file__).parents[1] / "_plain"))
from plain.book import open_book
from plain.chapter import Faults, plain_notebook

ROOT = Path(__file__).parents[2]
MOST_TABLES, MOST_ROWS, MOST_COLUMNS = 4, 20, 9
OUR_COLUMNS = {"Published", "Reconstruction"}
SOURCES = {
    "recorded": "Real data, as recorded",
    "real": "This run: real data",
    "simulated": "This run: simulated data, not about real states",
}
DRAWN = re.compile(r"(?:<style.*?</style>\s*)?<table.*?</table>|<figure.*?</figure>", re.S)


# -------------------------------------------------------------------------------------------- from Markdown to a page


def _formula(tex: str, _: dict) -> str:
    return "".join(line.strip() for line in tex2mathml(tex, as_block=False).splitlines())


def _writer() -> MarkdownIt:
    """Formulas become MathML, quotes typographic; a link is its words, for a slide leads nowhere."""
    writer = MarkdownIt("commonmark", {"typographer": True}).enable(["smartquotes", "replacements"])
    writer.use(dollarmath_plugin, renderer=_formula)
    writer.add_render_rule("link_open", lambda *_: "")
    writer.add_render_rule("link_close", lambda *_: "")
    return writer


WRITER = _writer()


# ------------------------------------------------------------------------------------------------- reading a chapter


@dataclass(frozen=True)
class Exhibit:
    """A figure or a table: the heading it stands under, and its HTML, once for each source that it shows."""

    heading: str
    views: dict[str, str]

    @property
    def is_figure(self) -> bool:
        return any("<figure" in view for view in self.views.values())


def exhibits(notebook: NotebookNode, headings: list[dict], source: str) -> Iterator[Exhibit]:
    """Every figure and every table with a caption that an executed chapter shows before its exercises."""
    end = next((one["cell"] for one in headings if one["title"].startswith("Exercise")), len(notebook.cells))
    for number, cell in enumerate(notebook.cells[:end], start=1):
        heading = next((one["title"] for one in reversed(headings) if one["cell"] <= number), "")
        for output in cell.get("outputs", ()):
            shown = output.get("data", {}).get("text/html", "")
            if result := output.get("metadata", {}).get(KEY, {}).get(RESULT):
                views = [_with_caption(view, result["caption"]) for view in DRAWN.findall(shown)]
                yield Exhibit(heading, dict(zip(["recorded", source][-len(views) :], views, strict=True)))
            elif "<figure" in shown or "<caption" in shown:
                yield Exhibit(heading, {source: shown})


def _with_caption(view: str, caption: str) -> str:
    return view.replace("</figure>", f"<figcaption>{html.escape(caption)}</figcaption></figure>")


def key_exhibits(shown: list[Exhibit]) -> list[Exhibit]:
    """All figures, and those of the tables that belong on a slide (rule 4), in their order."""
    fitting = [n for n, one in enumerate(shown) if not one.is_figure and all(map(_fits, one.views.values()))]
    tables = sorted(fitting, key=lambda n: not any(map(_compares, shown[n].views.values())))[:MOST_TABLES]
    return [one for n, one in enumerate(shown) if n in tables or one.is_figure]


def _fits(table: str) -> bool:
    rows = [row.find_all(["th", "td"]) for row in BeautifulSoup(table, "html.parser").find_all("tr")]
    return 2 < len(rows) <= MOST_ROWS + 1 and max(map(len, rows)) <= MOST_COLUMNS


def _compares(table: str) -> bool:
    return any(head.get_text().strip() in OUR_COLUMNS for head in BeautifulSoup(table, "html.parser").find_all("th"))


# ------------------------------------------------------------------------------------------------------ writing a deck


def _words(markdown: str, **slideshow: object) -> NotebookNode:
    return new_markdown_cell(WRITER.render(markdown), metadata={"slideshow": slideshow})


def _slide(markdown: str, kind: str, starts: str = "subslide") -> NotebookNode:
    return _words(markdown, slide_type=starts, data={"kind": kind})


def _shape(view: str) -> str:
    """What the style has to know: a figure, one that stands upright, or a table."""
    box = re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', view)
    return ("tall" if float(box[2]) > 0.75 * float(box[1]) else "figure") if box else "table"


def chapter_slides(notebook: NotebookNode, facts: dict) -> list[NotebookNode]:
    """The cells of the slides of an executed chapter with these facts."""
    number, title = facts["number"], facts["title"]
    said = next((said for _, said in bundles(notebook, PAGE) if "source" in said), None)
    if not (said and facts["card"] and facts["key_points"]):
        raise SystemExit(f"deck.py: chapter {number} lacks its question, its key points or its banner.")

    def foot(source: str = said["source"]) -> str:
        return (
            f'\n\n<p class="foot"><span>{number}. {WRITER.renderInline(title)}</span>'
            f'<span class="source {source}">{SOURCES[source]}</span></p>'
        )

    opening = f'<p class="chapter">Chapter {number}</p>\n\n# {title}\n\n{facts["card"]["question"]}'
    cells = [_slide(f"{opening}{foot()}", "chapter", "slide")]
    for exhibit in key_exhibits(list(exhibits(notebook, facts["headings"], said["source"]))):
        for source, view in exhibit.views.items():
            cells.append(_slide(f"## {exhibit.heading}{foot(source)}", _shape(view)))
            cells.append(new_code_cell(outputs=[new_output("display_data", {"text/html": view})]))
            if label := re.search(r'aria-label="([^"]*)"', view):
                cells.append(_words(f"<p>{label[1]}</p>", slide_type="notes"))
    cells.append(_slide(f"## Key points\n\n{facts['key_points']}{foot()}", "points"))
    for check in facts["checks"][:1]:
        listed = "\n".join(f"1. {option['text']}" for option in check["options"])
        cells.append(_slide(f"## Check yourself\n\n**{check['question']}**\n\n{listed}{foot()}", "check"))
        letter, right = next(one for one in zip("ABCDEFGH", check["options"], strict=False) if one[1]["right"])
        cells.append(_words(f"**{letter}.** {right['feedback']}", slide_type="fragment"))
    return cells


def deck(part: str, chapters: list[tuple[NotebookNode, dict]]) -> NotebookNode:
    """The notebook of one part: its title, then its chapters, each executed and with its facts."""
    name, _, title = part.partition(": ")
    contents = "\n".join(f"- <span>{facts['number']}</span> {facts['title']}" for _, facts in chapters)
    opening = f'<p class="chapter">The Company States Keep · {name}</p>\n\n# {title or name}\n\n{contents}'
    cells = [_slide(opening, "part", "slide"), *(cell for chapter in chapters for cell in chapter_slides(*chapter))]
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
    book = open_book(ROOT, {})
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    for number, (caption, names) in enumerate(parts(contents).items(), start=1):
        chapters = []
        for name in names:
            facts = plain_notebook(executed, name, book).metadata[KEY][PAGE]
            chapters.append((nbformat.read(executed / f"{name}.ipynb", as_version=4), facts))
        nbformat.write(deck(caption, chapters), out / f"part-{number}.ipynb")


if __name__ == "__main__":
    try:
        main(*map(Path, sys.argv[1:3]))
    except Faults as faults:
        raise SystemExit(str(faults)) from faults
