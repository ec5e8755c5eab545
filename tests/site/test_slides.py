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
from pybtex.database import parse_string

ROOT = Path(__file__).parents[2]
PARTS = deck.parts(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
PAGES = ROOT / "_build" / "slides"
WORKS = parse_string(
    "@article{one, author={Weyrauch, David and Steinert, Christoph}, year={2021}}"
    "@book{many, author={von Stein, Jana and Roe, A. and Poe, B.}, year={2005}}",
    "bibtex",
)
RAW = re.compile(r"\{[\w:-]+\}`|^ *:::|^ *```|\{(?:check|exercise|solution|admonition)|\$[^$]+\$|\]\(", re.M)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("{glue:text}`slope` a year", "0.0088 a year"),
        ("{glue:text}`cases:,` cases", "1,234 cases"),
        ("{cite:t}`one` say", "Weyrauch and Steinert (2021) say"),
        ("so {cite}`one,many`", "so (Weyrauch and Steinert, 2021; von Stein et al., 2005)"),
        ("[](05-building-the-panel.ipynb) has it", "Chapter 5 has it"),
        ("see [](05-building-the-panel.ipynb#a) or [this](../book/glossary.md)", "see chapter 5 or this"),
        ("its {term}`conditional modes <conditional mode>`", "its conditional modes"),
        ("(label)=\nSo", "So"),
    ],
)
def test_myst_becomes_words(written, shown):
    assert deck.in_words(written, {"slope": "'0.0088'", "cases": "1234"}, WORKS) == shown


def test_formulas_become_mathml():
    words = deck.in_words(r"costs $1 + \rho$ twice", {}, WORKS)
    assert words.startswith("costs <math") and "ρ" in words and "$" not in words


def test_value_that_was_not_glued_is_named():
    with pytest.raises(SystemExit, match="glues no value 'gone'"):
        deck.in_words("{glue:text}`gone`", {}, WORKS)


def table(caption, *heads, rows=3):
    row = "<tr>" + "<td>1</td>" * len(heads) + "</tr>"
    top = "".join(f"<th>{head}</th>" for head in heads)
    return f"<table><caption>{caption}</caption><tr>{top}</tr>{row * rows}</table>"


def test_tables_that_compare_come_first_and_large_ones_stay_out():
    figure = '<figure><svg viewBox="0 0 4 2" aria-label="A line"></svg></figure>'
    plain = [("", table(f"plain {n}", "A", "B")) for n in range(deck.MOST_TABLES)]
    long, short = table("long", "A", rows=deck.MOST_ROWS + 1), table("short", "A", rows=1)
    wide = table("wide", *("Published" for _ in range(deck.MOST_COLUMNS + 1)))
    compared = table("compared", "A", "Published", "Reconstruction")
    shown = deck.key_exhibits([*plain, ("", long), ("", short), ("", wide), ("", figure), ("", compared)])
    assert [html for _, html in shown] == [html for _, html in plain[:-1]] + [figure, compared]


def small_chapter():
    def output(html):
        return new_code_cell(outputs=[new_output("display_data", {"text/html": html})])

    card = "# A title\n\n:::{admonition} This chapter\n**Question.** Is it *so*?\n\n**Time.** None.\n:::"
    points = ":::{admonition} Key points\n:class: important\n\n- One point.\n:::"
    check = ":::{check} Which way?\n- [ ] Down\n\n  No.\n- [x] Up,\n  I say\n\n  Since it\n  rises.\n:::"
    figure = '<figure><svg viewBox="0 0 4 2" aria-label="{}"></svg></figure>'
    return new_notebook(
        cells=[
            new_markdown_cell(card),
            output('<div class="source-banner source-simulated">'),
            new_markdown_cell("## A heading"),
            output(figure.format("seen")),
            new_markdown_cell(f"{points}\n\n## Check yourself\n\n{check}\n\n## Exercises"),
            new_markdown_cell("```{solution-start} one\n```"),
            output(figure.format("solution")),
        ]
    )


def test_chapter_is_taken_apart():
    chapter = deck.read_chapter(small_chapter(), 3, WORKS)
    assert (chapter.title, chapter.question, chapter.source) == ("A title", "Is it *so*?", "simulated")
    assert [heading for heading, _ in chapter.shown] == ["A heading"] and "seen" in chapter.shown[0][1]
    assert chapter.key_points == "- One point."
    assert chapter.check == ("Which way?", ["Down", "Up, I say"], 1, "Since it rises.")


def test_slides_of_a_chapter():
    cells = deck.chapter_slides(deck.read_chapter(small_chapter(), 3, WORKS))
    kinds = [cell.metadata.get("slideshow", {}).get("data", {}).get("kind") for cell in cells]
    assert [kind for kind in kinds if kind] == ["chapter", "figure", "points", "check"]
    assert cells[-1].source == "**B.** Since it rises."
    assert all("simulated data" in cell.source for cell, kind in zip(cells, kinds, strict=True) if kind)


def test_chapter_without_key_points_is_refused():
    lame = small_chapter()
    lame.cells[4].source = "## Exercises"
    with pytest.raises(SystemExit, match="chapter 3 lacks"):
        deck.read_chapter(lame, 3, WORKS)


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


def test_decks_are_notebooks():
    chapter = deck.read_chapter(small_chapter(), 3, WORKS)
    nbformat.validate(deck.deck("Part I: One", [chapter]))
