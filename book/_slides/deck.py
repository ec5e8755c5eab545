"""Lecture slides: one page per part of the book (`make slides`), from its text and from the book's executed chapters.

The text (``part-N.md``, see ``lecture.py``) says what each slide says; figures and tables are those that the chapters
show.  A chapter opens with the question on its card and closes with its key points and its first question to check
yourself, all three from the facts of its plain edition (``book/_plain/plain/facts.py``).  Run as

    python deck.py FOLDER_OF_EXECUTED_CHAPTERS FOLDER_OF_REVEAL_JS FOLDER_FOR_THE_PAGES
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

import jinja2
import nbformat
import yaml
from lecture import RECORDED, WRITER, Slide, read_part
from plain.book import Book, open_book
from plain.chapter import Faults, plain_notebook
from plain.text import Page

from hralign.record import store
from hralign.record.collect import FIGURE, KEY, PAGE, RESULT, bundles

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
MOST_ROWS = 8
SIMULATED = "This run: simulated data, not about real states"
BELOW, BESIDE = (1136, 430), (792, 660)
"""Room for a figure, in pixels: below its headline, and beside it (slides.css)."""


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
    said = exhibits.get(name, {})
    views, result = said.get("views"), said.get("result")
    if not views:
        near = get_close_matches(name, exhibits, cutoff=0.4)
        advice = f" There are: {', '.join(near)}." if near else ""
        page.fault(f"no executed chapter shows a figure or a table '{name}'.{advice}", line)
        return
    rows = len(store.from_json(result).table) if result and "<svg" not in next(iter(views.values())) else 0
    if rows > MOST_ROWS:
        page.fault(f"the table '{name}' has {rows} rows, and a slide holds {MOST_ROWS}: write a short one", line)
    ran = (RECORDED if result["origin"]["source"] == "real" else SIMULATED) if result else ""
    source = slide.source or (RECORDED if "recorded" in views else ran)
    yield _with(replace(slide, source=source), views.get("recorded") or views["run"], said["caption"])
    question = slide.result.options.get("run")
    if question and len(views) > 1:
        again = replace(slide, headline=WRITER.renderInline(page.plain(question, line)), words="", source=ran)
        yield _with(again, views["run"], said["caption"])


def _with(slide: Slide, view: str, caption: str) -> Slide:
    """The slide with a view, which stands where it is largest, and with its alternative text in the notes."""
    label, box = re.search(r'aria-label="([^"]*)"', view), re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', view)
    if not box:  # a table, which has its caption below it
        return replace(slide, kind="table", exhibit=view)
    (wide, high), (width, height) = ((float(box[1]) / across, float(box[2]) / down) for across, down in (BELOW, BESIDE))
    kind = "beside" if slide.words or max(width, height) < max(wide, high) else "below"
    notes = f"{slide.notes}<p>{label[1]}</p>" if label else slide.notes
    return replace(slide, kind=kind, exhibit=view, notes=notes, caption=WRITER.renderInline(caption))


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
    """The slides of a part, with the facts of its chapters.

    Raises
    ------
    Faults
        If the text asks for what there is not, claims what does not hold, or passes a chapter over.
    """
    slides, begins, page = read_part(path, book)
    made = []
    for facts in chapters:
        number = facts["number"]
        line = begins.pop(number, 1)
        if not (facts["card"] and facts["key_points"]):
            page.fault(f"chapter {number} lacks its question or its key points", line)
        elif not slides.get(number):
            page.fault(f"chapter {number} has no slides: write some below '# Chapter {number}'", line)
        else:
            own = [one for slide in slides[number] for one in filled(slide, exhibits, page)]
            made.append((facts, [opening(facts), *own, *closing(facts)]))
    for number, line in begins.items():
        page.fault(f"this part of the book has no chapter {number}", line)
    if page.faults:
        where = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
        raise Faults("\n".join(f"{where}:{line}: {message}" for line, message in sorted(set(page.faults))))
    return made


def page_of(caption: str, chapters: list[tuple[dict, list[Slide]]], reveal: Path) -> str:
    """A page with all that it needs, so that it can be mailed, and shown without a network."""
    name, _, title = caption.partition(": ")
    used = (
        reveal / "dist/reveal.css",
        HERE / "slides.css",
        reveal / "dist/reveal.js",
        reveal / "plugin/notes/notes.js",
    )
    files = {path.name.replace(".", "_"): path.read_text(encoding="utf-8") for path in used}
    template = jinja2.Template((HERE / "deck.html.j2").read_text(encoding="utf-8"), undefined=jinja2.StrictUndefined)
    return template.render(part=name, title=html.escape(title or name), chapters=chapters, **files)


def main(executed: Path, reveal: Path, out: Path) -> None:
    book, contents = open_book(ROOT, {}), parts(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
    chapters, exhibits, pages, faults = {}, {}, {}, []
    for name in (name for names in contents.values() for name in names):
        chapters[name] = plain_notebook(executed, name, book).metadata[KEY][PAGE]
        exhibits |= shown(nbformat.read(executed / f"{name}.ipynb", as_version=4))
    for number, (caption, names) in enumerate(contents.items(), start=1):
        try:
            made = deck(HERE / f"part-{number}.md", [chapters[name] for name in names], exhibits, book)
            pages[out / f"part-{number}.html"] = page_of(caption, made, reveal)
        except Faults as found:
            faults.append(str(found))
    if faults:
        raise Faults("\n".join(faults))
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    try:
        main(*map(Path, sys.argv[1:4]))
    except Faults as found:
        raise SystemExit(str(found)) from found
