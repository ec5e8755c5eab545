"""The lecture slides: what becomes one, in plain words, and pages that need nothing from elsewhere."""

import re
from functools import cache
from pathlib import Path

import deck
import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from plain.book import open_book
from plain.chapter import plain_notebook
from plain.text import Page

ROOT = Path(__file__).parents[2]
PARTS = deck.parts(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
PAGES = ROOT / "_build" / "slides"
NAME = "03-who-belongs-where"
RAW = re.compile(r"\{[\w:-]+\}`|^ *:::|^ *```|\{(?:check|exercise|solution|admonition)|\$[^$]+\$|\]\(", re.M)


@pytest.fixture(scope="module")
def book():
    return open_book(ROOT, {})


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("{rec}`published/table2 civil_war coef .2f` points", "−0.27 points"),
        ("{rec}`published/table2 groups ,d` cases", "848 cases"),
        ("{cite:t}`weyrauch2021` say", "Weyrauch and Steinert (2021) say"),
        ("so {cite}`weyrauch2021`", "so (Weyrauch and Steinert, 2021)"),
        ("[](05-building-the-panel.ipynb) has it", "Building the panel has it"),
        ("see [chapter 5](05-building-the-panel.ipynb#a) or [this](../book/glossary.md)", "see chapter 5 or this"),
        ("its {term}`measures <distance>`", "its measures"),
        ('a "word" -- *so*', "a “word” – <em>so</em>"),
    ],
)
def test_myst_becomes_words_without_links(written, shown, book):
    page = Page(NAME, book)
    assert deck.WRITER.renderInline(page.plain(written)) == shown
    assert page.faults == []


def test_formulas_become_mathml():
    words = deck.WRITER.renderInline(r"costs $1 + \rho$ twice")
    assert re.match("costs (<span[^>]*>)?<math", words) and "ρ" in words and "$" not in words


def table(caption, *heads, rows=3):
    row = "<tr>" + "<td>1</td>" * len(heads) + "</tr>"
    top = "".join(f"<th>{head}</th>" for head in heads)
    return f"<table><caption>{caption}</caption><tr>{top}</tr>{row * rows}</table>"


def figure(alt):
    return f'<figure><svg viewBox="0 0 4 2" aria-label="{alt}"></svg></figure>'


def test_tables_that_compare_come_first_and_large_ones_stay_out():
    plain = [table(f"plain {n}", "A", "B") for n in range(deck.MOST_TABLES)]
    long, short = table("long", "A", rows=deck.MOST_ROWS + 1), table("short", "A", rows=1)
    wide = table("wide", *("Published" for _ in range(deck.MOST_COLUMNS + 1)))
    drawn, compared = figure("A line"), table("compared", "A", "Published", "Reconstruction")
    every = [deck.Exhibit("", {"real": view}) for view in [*plain, long, short, wide, drawn, compared]]
    shown = deck.key_exhibits(every)
    assert [one.views["real"] for one in shown] == [*plain[:-1], drawn, compared]


def output(html, **said):
    return new_code_cell(outputs=[new_output("display_data", {"text/html": html}, metadata={"hralign": said})])


def small_chapter():
    card = (
        "# A title\n\n:::{admonition} This chapter\n:class: chapter-card\n\n**Question.** Is it *so*?\n\n"
        "**Time.** 10 minutes to read, 20 for the exercises.\n:::"
    )
    points = ":::{admonition} Key points\n:class: important\n\n- One point.\n:::"
    check = ":::{check} Which way?\n- [ ] Down\n\n  No.\n- [x] Up,\n  I say\n\n  Since it\n  rises.\n:::"
    two = f'<section class="hr-result"><div><div>{figure("kept")}</div><div>{figure("now")}</div></div></section>'
    return new_notebook(
        cells=[
            new_markdown_cell(card),
            output("<div>", page={"source": "simulated"}),
            new_markdown_cell("## A heading"),
            output(figure("seen")),
            new_markdown_cell("### $x$ below it"),
            output(two, result={"caption": "Both & all"}),
            new_markdown_cell(f"{points}\n\n## Check yourself\n\n{check}\n\n## Exercises\n\n"
                              "```{exercise}\n:label: one\nDo it.\n```"),
            new_markdown_cell("```{solution-start} one\n```"),
            output(figure("solution")),
            new_markdown_cell("```{solution-end}\n```"),
        ]
    )  # fmt: skip


def facts_of(notebook, book, folder):
    nbformat.write(notebook, folder / f"{NAME}.ipynb")
    return plain_notebook(folder, NAME, book).metadata["hralign"]["page"]


@pytest.fixture
def chapter(book, tmp_path):
    return small_chapter(), facts_of(small_chapter(), book, tmp_path)


def test_exhibits_stand_under_their_headings_and_the_record_comes_first(chapter):
    notebook, facts = chapter
    seen, both = deck.exhibits(notebook, facts["headings"], "simulated")
    assert (seen.heading, list(seen.views)) == ("A heading", ["simulated"]) and "seen" in seen.views["simulated"]
    assert (both.heading, list(both.views)) == ("$x$ below it", ["recorded", "simulated"])
    assert "kept" in both.views["recorded"] and "now" in both.views["simulated"]
    assert all("<figcaption>Both &amp; all</figcaption></figure>" in view for view in both.views.values())


def test_slides_of_a_chapter(chapter):
    cells = deck.chapter_slides(*chapter)
    kinds = [cell.metadata.get("slideshow", {}).get("data", {}).get("kind") for cell in cells]
    assert [kind for kind in kinds if kind] == ["chapter", "figure", "figure", "figure", "points", "check"]
    assert cells[-1].source == "<p><strong>B.</strong> Since it\nrises.</p>\n"
    slides = [cell.source for cell, kind in zip(cells, kinds, strict=True) if kind]
    assert ["Real data, as recorded" in one for one in slides] == [False, False, True, False, False, False]
    assert sum("simulated data" in one for one in slides) == 5
    assert "<h1>A title</h1>" in slides[0] and "<p>Is it <em>so</em>?</p>" in slides[0]
    assert "<li>One point.</li>" in slides[4] and "<li>Up, I say</li>" in slides[5]


@pytest.mark.parametrize("lacks", ["key points", "banner"])
def test_chapter_that_lacks_something_is_refused(lacks, book, tmp_path):
    lame = small_chapter()
    if lacks == "banner":
        lame.cells[1].outputs[0].metadata = {}
    else:
        lame.cells[6].source = lame.cells[6].source.replace("Key points", "Points")
    with pytest.raises(SystemExit, match="chapter 3 lacks"):
        deck.chapter_slides(lame, facts_of(lame, book, tmp_path))


def page(number):
    path = PAGES / f"part-{number}.html"
    if not path.exists():
        pytest.skip("the slides have not been written (make slides)")
    return path.read_text(encoding="utf-8")


@cache
def soup(number):
    return BeautifulSoup(page(number), "html.parser")


def slides(number, kind):
    return [one for one in soup(number).select(f'section[data-kind="{kind}"]') if not one.find("section")]


NUMBERED = list(enumerate(PARTS.items(), start=1))


def test_every_part_has_a_deck_and_no_other_is_left():
    page(1)
    assert {path.name for path in PAGES.iterdir()} == {f"part-{number}.html" for number, _ in NUMBERED}


@pytest.mark.parametrize(("number", "part"), NUMBERED)
def test_every_chapter_opens_with_its_title(number, part):
    caption, names = part
    assert len(slides(number, "part")) == 1 and caption.split(": ")[1] in slides(number, "part")[0].get_text()
    assert [int(one.select_one(".chapter").get_text().split()[-1]) for one in slides(number, "chapter")] == [
        int(name.split("-")[0]) for name in names
    ]
    assert len(slides(number, "points")) == len(names)


@pytest.mark.parametrize(("number", "part"), NUMBERED)
def test_no_markup_is_left_in_the_words(number, part):
    read = BeautifulSoup(page(number), "html.parser").select_one(".slides")  # anew, because it is cut down
    for unread in read.select("svg, style, code"):
        unread.extract()
    assert not RAW.search(read.get_text()), RAW.search(read.get_text())


@pytest.mark.parametrize(("number", "part"), NUMBERED)
def test_every_figure_has_its_label(number, part):
    drawn = [svg for kind in ("figure", "tall") for one in slides(number, kind) for svg in one.select("svg")]
    assert drawn and all((svg.get("aria-label") or "").strip() for svg in drawn)


@pytest.mark.parametrize(("number", "part"), NUMBERED)
def test_nothing_is_loaded_from_elsewhere(number, part):
    for tag in soup(number).select("[src], link[href], object[data]"):
        address = tag.get("src") or tag.get("href") or tag.get("data")
        assert address.startswith("data:"), f"the page would load {address}"
    for style in soup(number).find_all("style"):
        assert not re.search(r"@import|url\(\s*['\"]?(?!data:|#)", style.get_text())


def test_chapters_are_those_of_the_parts_and_numbered_in_their_order():
    """None is without slides, and the site, which counts chapters, shows the number that the file has."""
    written = {path.stem for path in (ROOT / "notebooks").glob("[0-8]*.md")}
    listed = [name for names in PARTS.values() for name in names]
    assert sorted(listed) == sorted(written)
    assert [int(name.split("-")[0]) for name in listed] == list(range(1, len(listed) + 1))


def test_decks_are_notebooks(chapter):
    made = deck.deck("Part I: One", [chapter])
    nbformat.validate(made)
    assert "<li><span>3</span> A title</li>" in made.cells[0].source
