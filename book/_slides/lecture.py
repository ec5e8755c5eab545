"""The text of a part's slides, ``part-N.md``: every slide is one finding, in a sentence::

    # Chapter 7

    ## In twenty years the average laggard comes {rec}`h2/course twenty .2f` points closer

    Words, a list, a formula or a small table, where the result does not speak for itself.

    ```{result} h2/course
    ```

    ```{claim} h2/course twenty > 0.2
    ```

    ???

    What to ask, what to point at.

``{result}`` shows the figure or the table that a chapter shows under that name, as recorded on the real data; where a
chapter is about a simulated world, ``:run: A question?`` puts this run's behind it, on a slide of its own.  A
``{claim}`` must hold in the record.  ``{source}`` says whose data a slide shows, where these are not the real ones.
What follows ``???`` is for the speaker alone.  Numbers and citations are written as in chapters.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from docutils.utils.math.latex2mathml import tex2mathml
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from hralign import HralignError
from hralign.record import claims

sys.path.append(str(Path(__file__).parents[1] / "_plain"))
from plain import directives
from plain.book import Book
from plain.parser import PARSER
from plain.text import Page

RECORDED = "Real data, as recorded"


def _writer() -> MarkdownIt:
    """Formulas become MathML, quotes typographic; a link is its words, for a slide leads nowhere."""
    writer = MarkdownIt("commonmark", {"typographer": True}).enable(["smartquotes", "replacements", "table"])
    writer.use(dollarmath_plugin, renderer=_formula)
    writer.add_render_rule("link_open", lambda *_: "")
    writer.add_render_rule("link_close", lambda *_: "")
    return writer


def _formula(tex: str, options: dict) -> str:
    return "".join(line.strip() for line in tex2mathml(tex, as_block=options["display_mode"]).splitlines())


WRITER = _writer()


@dataclass(frozen=True)
class Slide:
    """One slide; all words are HTML.  `result` is the directive that asks for one, `exhibit` what it gets."""

    kind: str
    headline: str
    words: str = ""
    notes: str = ""
    source: str = ""
    result: directives.Found | None = None
    exhibit: str = ""
    caption: str = ""


def read_part(path: Path, book: Book) -> tuple[dict[int, list[Slide]], dict[int, int], Page]:
    """The slides of each chapter in a part's text, the line on which each begins, and a page with its faults."""
    text, page = path.read_text(encoding="utf-8") if path.is_file() else "", Page(path.stem, book)
    lines, tokens = text.split("\n"), PARSER.parse(text)
    heads = [at for at, token in enumerate(tokens) if token.type == "heading_open" and token.level == 0]
    starts = [tokens[at].map[0] for at in heads]
    slides, begins, chapter = {}, {}, None
    for at, start, end in zip(heads, starts, [*starts[1:], len(lines)], strict=False):
        words, line = tokens[at + 1].content, start + 1
        named = re.fullmatch(r"Chapter (\d+)", words)
        if tokens[at].tag == "h1" and named and int(named[1]) not in slides:
            chapter = int(named[1])
            slides[chapter], begins[chapter] = [], line
        elif tokens[at].tag == "h2" and chapter:
            slides[chapter].append(read_slide(page, words, lines[line:end], line))
        else:
            page.fault(f"the heading '{words}': write '# Chapter N' once, and below it '## What a slide says'", line)
    return slides, begins, page


def read_slide(page: Page, headline: str, lines: list[str], line: int) -> Slide:
    """The slide with a headline, which stands on that line of its file, and with the lines below it."""
    body, _, notes = "\n".join(lines).partition("\n???\n")
    kept, asked, page.quotes = body.split("\n"), {}, False
    for token in PARSER.parse(body):
        if token.type != "fence" or not token.info.startswith(("{result}", "{claim}", "{source}")):
            continue
        found = directives.read(token.info, token.content, line + 1 + token.map[0])
        kept[slice(*token.map)] = [""] * (token.map[1] - token.map[0])
        if found.name == "claim":
            _hold(page, found)
        elif found.name in asked:
            page.fault(f"a second {{{found.name}}} on one slide: make two slides of it", found.line)
        asked[found.name] = found
    said = WRITER.renderInline(page.plain(headline, line))
    words = WRITER.render(page.plain("\n".join(kept), line + 1)).strip()
    source = asked["source"].argument if "source" in asked else RECORDED if page.quotes else ""
    told = WRITER.render(page.plain(notes, line + body.count("\n") + 3))
    if not told:
        page.fault("a slide without a word for the speaker: write ??? on a line, and below it what to ask", line)
    if not words and "result" not in asked:
        page.fault("a slide with nothing below its headline", line)
    return Slide("words", said, words, told, source, asked.get("result"))


def _hold(page: Page, found: directives.Found) -> None:
    """Hold every line of a claim against the record."""
    for claim in filter(str.strip, [found.argument, *found.body.splitlines()]):
        try:
            claims.check(claim)
        except HralignError as error:
            page.fault(str(error), found.line)
