"""Lecture slides: one page per part of the book (`make slides`), from a text and from the book's executed chapters.

The text of a part is ``part-N.md``.  It is written for the lecture hall: every slide is one finding, in a sentence::

    # Chapter 7

    ## In twenty years the average laggard comes {rec}`h2/course twenty .2f` points closer

    Words, a list, a formula or a small table, if the result does not speak for itself.

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

A chapter opens with the question on its card and closes with its key points and its first question to check yourself,
all three from the facts of its plain edition (``book/_plain/plain/facts.py``).  Run as

    python deck.py FOLDER_OF_EXECUTED_CHAPTERS FOLDER_OF_REVEAL_JS FOLDER_FOR_THE_PAGES
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import jinja2
import nbformat
import yaml
from docutils.utils.math.latex2mathml import tex2mathml
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from hralign import HralignError
from hralign.record import claims, store
from hralign.record.collect import FIGURE, KEY, PAGE, RESULT, bundles

sys.path.append(str(Path(__file__).parents[1] / "_plain"))
from plain import directives
from plain.book import Book, open_book
from plain.chapter import Faults, plain_notebook
from plain.parser import PARSER
from plain.text import Page

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
MOST_ROWS = 8
RECORDED, REAL = "Real data, as recorded", "Real data, this run"
SIMULATED = "This run: simulated data, not about real states"
BELOW, BESIDE = (1136, 430), (800, 610)
"""Room for a figure, in pixels: below its headline, and beside it."""


# -------------------------------------------------------------------------------------------- from Markdown to a page


def _formula(tex: str, options: dict) -> str:
    return "".join(line.strip() for line in tex2mathml(tex, as_block=options["display_mode"]).splitlines())


def _writer() -> MarkdownIt:
    """Formulas become MathML, quotes typographic; a link is its words, for a slide leads nowhere."""
    writer = MarkdownIt("commonmark", {"typographer": True}).enable(["smartquotes", "replacements", "table"])
    writer.use(dollarmath_plugin, renderer=_formula)
    writer.add_render_rule("link_open", lambda *_: "")
    writer.add_render_rule("link_close", lambda *_: "")
    return writer


WRITER = _writer()


# ---------------------------------------------------------------------------------------------- reading a part's text


@dataclass(frozen=True)
class Slide:
    """One slide; all words are HTML.  `result` is the directive that asks for one, which `filled` answers."""

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
        words, named = tokens[at + 1].content, re.fullmatch(r"Chapter (\d+)", tokens[at + 1].content)
        if tokens[at].tag == "h1" and named:
            chapter = int(named[1])
            slides[chapter], begins[chapter] = [], start + 1
        elif tokens[at].tag == "h2" and chapter:
            slides[chapter].append(read_slide(page, words, lines[start + 1 : end], start + 1))
        else:
            page.fault(f"the heading '{words}': there are '# Chapter N' and, below it, '## What the slide says'", start + 1)
    return slides, begins, page


def read_slide(page: Page, headline: str, lines: list[str], line: int) -> Slide:
    """The slide with that headline, which stands on that line of its file, and with the lines below it."""
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
    words = WRITER.render(page.plain("\n".join(kept), line + 1))
    said = WRITER.renderInline(page.plain(headline, line))
    told = WRITER.render(page.plain(notes, line + 2 + body.count("\n") + 1))
    if not notes.strip():
        page.fault("a slide without a word for the speaker: write ??? on a line, and below it what to ask", line)
    if not (words.strip() or "result" in asked):
        page.fault("a slide with nothing below its headline", line)
    source = asked["source"].argument if "source" in asked else RECORDED if page.quotes else ""
    return Slide("words", said, words, told, source, asked.get("result"))


def _hold(page: Page, found: directives.Found) -> None:
    for claim in filter(str.strip, [found.argument, *found.body.splitlines()]):
        try:
            claims.check(claim)
        except HralignError as error:
            page.fault(str(error), found.line)


# -------------------------------------------------------------------------------------- what executed chapters show


def shown(notebook: nbformat.NotebookNode) -> Iterator[tuple[str, dict]]:
    """Every result and every named figure of an executed chapter, as `hr.result` and `hr.show` tell of it."""
    for _, said in bundles(notebook, RESULT):
        yield said["result"]["name"], said
    for _, said in bundles(notebook, FIGURE):
        yield said["name"], said


def filled(slide: Slide, exhibits: Mapping[str, dict], page: Page) -> Iterator[Slide]:
    """The slide with the result that it asks for, and another one with this run's where it wants that too."""
    if not slide.result:
        yield slide
        return
    name, line = slide.result.argument, slide.result.line
    if not (said := exhibits.get(name)) or not said["views"]:
        near = get_close_matches(name, exhibits, n=3, cutoff=0.4)
        advice = f" There are: {', '.join(near)}." if near else ""
        page.fault(f"no executed chapter shows a figure or a table '{name}'.{advice}", line)
        return
    views, result = said["views"], said.get("result")
    rows = 0 if not result or any("<svg" in view for view in views.values()) else len(store.from_json(result).table)
    if rows > MOST_ROWS:
        page.fault(f"the table '{name}' has {rows} rows, and a slide holds {MOST_ROWS}: write a short one", line)
    ran = "" if not result else REAL if result["origin"]["source"] == "real" else SIMULATED
    first = next(source for source in ("recorded", "run") if source in views)
    source = slide.source if slide.source not in ("", RECORDED) else RECORDED if first == "recorded" else ran
    yield _with(replace(slide, source=source), views[first], said["caption"])
    question = slide.result.options.get("run")
    if question and first == "recorded" and "run" in views:
        again = replace(slide, headline=WRITER.renderInline(page.plain(question, line)), words="", source=ran)
        yield _with(again, views["run"], said["caption"])


def _with(slide: Slide, view: str, caption: str) -> Slide:
    """The slide with a view, which stands where it is largest, and with its alternative text in the notes."""
    label = re.search(r'aria-label="([^"]*)"', view)
    notes = f"{slide.notes}<p>{label[1]}</p>" if label else slide.notes
    caption = WRITER.renderInline(caption) if "<caption" not in view else ""
    return replace(slide, kind=_kind(view, bool(slide.words.strip())), notes=notes, exhibit=view, caption=caption)


def _kind(view: str, words: bool) -> str:
    box = re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', view)
    if not box:
        return "table"
    width, height = float(box[1]), float(box[2])
    below = min(BELOW[0] / width, (BELOW[1] - 120 * words) / height)
    return "beside" if min(BESIDE[0] / width, BESIDE[1] / height) > below else "below"


# ------------------------------------------------------------------------------------------------------ writing a deck


def opening(facts: dict) -> Slide:
    return Slide("chapter", WRITER.renderInline(facts["title"]), WRITER.render(facts["card"]["question"]))


def closing(facts: dict) -> Iterator[Slide]:
    yield Slide("points", "Key points", WRITER.render(facts["key_points"]))
    for check in facts["checks"][:1]:
        options = "".join(f"<li>{WRITER.renderInline(option['text'])}</li>" for option in check["options"])
        letter, right = next(one for one in zip("ABCDEFGH", check["options"], strict=False) if one[1]["right"])
        answer = WRITER.render(f"**{letter}.** {right['feedback']}")
        asked = f"<p><strong>{WRITER.renderInline(check['question'])}</strong></p><ol>{options}</ol>"
        yield Slide("check", "Check yourself", f'{asked}<div class="fragment">{answer}</div>')


def parts(contents: dict) -> dict[str, list[str]]:
    """The chapters of every part of the book that has some, as _toc.yml lists them: caption -> names."""
    return {
        part["caption"]: [Path(chapter["file"]).name for chapter in part["chapters"]]
        for part in contents["parts"]
        if part["caption"].startswith("Part ")
    }


def deck(path: Path, chapters: list[dict], exhibits: Mapping[str, dict], book: Book) -> list[tuple[dict, list[Slide]]]:
    """The slides of a part, by the facts of its chapters.

    Raises
    ------
    Faults
        If the text asks for what there is not, claims what does not hold, or passes a chapter over.
    """
    slides, begins, page = read_part(path, book)
    made = []
    for facts in chapters:
        number = facts["number"]
        if not (facts["card"] and facts["key_points"]):
            page.fault(f"chapter {number} lacks its question or its key points", begins.get(number, 1))
        elif not slides.get(number):
            page.fault(f"chapter {number} has no slides: write some below '# Chapter {number}'", begins.get(number, 1))
        else:
            own = [one for slide in slides[number] for one in filled(slide, exhibits, page)]
            made.append((facts, [opening(facts), *own, *closing(facts)]))
    for number in sorted(begins.keys() - {facts["number"] for facts in chapters}):
        page.fault(f"this part of the book has no chapter {number}", begins[number])
    if page.faults:
        where = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
        raise Faults("\n".join(f"{where}:{line}: {message}" for line, message in sorted(set(page.faults))))
    return made


def page_of(caption: str, chapters: list[tuple[dict, list[Slide]]], reveal: Path) -> str:
    """A page with all that it needs, so that it can be mailed, and shown without a network."""
    name, _, title = caption.partition(": ")
    sources = (reveal / "dist/reveal.css", HERE / "slides.css", reveal / "dist/reveal.js", reveal / "plugin/notes/notes.js")
    files = {path.name.replace(".", "_"): path.read_text(encoding="utf-8") for path in sources}
    template = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = (HERE / "deck.html.j2").read_text(encoding="utf-8")
    return template.from_string(text).render(part=name, title=html.escape(title or name), chapters=chapters, **files)


def main(executed: Path, reveal: Path, out: Path) -> None:
    book, faults, pages, chapters, exhibits = open_book(ROOT, {}), [], {}, {}, {}
    contents = parts(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
    for name in (name for names in contents.values() for name in names):
        chapters[name] = plain_notebook(executed, name, book).metadata[KEY][PAGE]
        exhibits |= shown(nbformat.read(executed / f"{name}.ipynb", as_version=4))
    for number, (caption, names) in enumerate(contents.items(), start=1):
        try:
            made = deck(HERE / f"part-{number}.md", [chapters[name] for name in names], exhibits, book)
            pages[f"part-{number}.html"] = page_of(caption, made, reveal)
        except Faults as fault:
            faults.append(str(fault))
    if faults:
        raise Faults("\n".join(faults))
    for name, text in pages.items():
        (out / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    try:
        main(*map(Path, sys.argv[1:4]))
    except Faults as fault:
        raise SystemExit(str(fault)) from fault
