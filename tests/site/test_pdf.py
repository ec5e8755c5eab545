"""The PDF: how it is put together from pages of the site, and what the one that was built holds."""

import os
import re
import unicodedata
from functools import cache
from pathlib import Path

import pdf
import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "_build" / "the-company-states-keep.pdf"
IN_CI = any(os.environ.get(name, "").lower() in ("1", "true") for name in ("CI", "GITHUB_ACTIONS"))
TOC = {"root": "book/one", "parts": [{"caption": "Part I", "chapters": [{"file": "notebooks/02-two"}]}]}
HEAD = """<head><link rel="stylesheet" href="../_static/style.css?v=1">
<script src="../_static/mathjax/tex.js"></script></head>"""
ONE = """<html>{}<article class="bd-article"><section id="one"><h1>One</h1><div class="finding">drawn</div>
<p id="again"><a href="../notebooks/02-two.html#again">there</a> <a href="https://example.org">out</a>
<a href="../other.html">not</a></p></section></article></html>"""
TWO = """<html>{}<article class="bd-article"><section id="two"><h1>Two</h1><p id="again"><a href="#again">here</a></p>
<img src="../_images/a.png" alt="A"><details class="hide above-input"><summary>Show</summary>drawing()</details>
<details name="check-1"><summary>Up</summary>Right.</details><div class="solution admonition dropdown">It is so.</div>
<details class="hide above-output"><summary>Show</summary>output</details></section></article></html>"""


@pytest.fixture
def site(tmp_path):
    for name, text in {"book/one.html": ONE, "notebooks/02-two.html": TWO}.items():
        (tmp_path / "html" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "html" / name).write_text(text.format(HEAD), encoding="utf-8")
    (tmp_path / "html/_images").mkdir()
    (tmp_path / "html/_images/a.png").write_bytes(b"")
    return tmp_path / "html"


@pytest.fixture
def composed(site):
    return BeautifulSoup(pdf.compose(site, TOC, "simulated", True), "html.parser")


def test_links_between_pages_stay_in_the_book(composed):
    hrefs = [link.get("href") for link in composed.select(".chapter a")]
    assert hrefs == ["#chapter-1-again", "https://example.org", None, "#chapter-1-again"]
    identifiers = [tag["id"] for tag in composed.select("[id]")]
    assert "chapter-0-again" in identifiers and len(identifiers) == len(set(identifiers))


def test_images_styles_and_scripts_are_found_from_beside_the_site(composed):
    assert composed.select_one(".chapter img")["src"] == "html/_images/a.png"
    assert composed.head.link["href"] == "html/_static/style.css"
    assert composed.head.script["src"] == "html/_static/mathjax/tex.js"


def test_answers_are_open_and_folded_code_is_out(composed):
    words = composed.get_text(" ")
    assert "drawing()" not in words and "output" in words and "Show" not in words
    assert all(tag.has_attr("open") and not tag.has_attr("name") for tag in composed.find_all("details"))
    assert composed.select_one(".solution")["class"] == ["solution", "admonition"]


def test_cover_and_contents(composed, site):
    assert "Edition on simulated data" in composed.select_one(".cover").get_text(" ")
    assert "Edition without solutions" not in composed.get_text(" ")
    assert [entry.get_text() for entry in composed.select(".contents li")] == ["One", "Part I", "Two"]
    assert "Edition without solutions" in pdf.compose(site, TOC, "real", False)


def test_without_a_browser_it_says_what_to_do(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/no/such/chromium")
    with pytest.raises(SystemExit, match=r"/no/such/chromium is missing.*CHROMIUM="):
        pdf.find_browser()


# ---------------------------------------------------------------------------------------------- the one that was built
@cache
def pages():
    from pypdf import PdfReader

    if not BOOK.is_file():
        (pytest.fail if IN_CI else pytest.skip)("the PDF has not been printed (make pdf, which needs chromium)")
    return [page.extract_text() for page in PdfReader(BOOK).pages]


def squeezed(text):
    """Without spaces, hyphens and ligatures: how a line is set is of no interest."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", unicodedata.normalize("NFKC", text))


def test_the_cover_names_book_and_edition():
    first = squeezed(pages()[0])
    assert "TheCompanyStatesKeep" in first and re.search(r"Editionon(real|simulated)data,\d+[A-Z][a-z]+20\d\d", first)


def test_pages_are_numbered_except_the_cover():
    assert len(pages()) > 150
    numbered = [re.findall(r"^\s*(\d+)\s*$", text, re.M) for text in pages()]
    assert "1" not in numbered[0]
    assert not [number for number, found in enumerate(numbered[1:], start=2) if str(number) not in found]


def test_contents_name_the_page_on_which_a_chapter_begins():
    listed = re.findall(r"^(\d+)\. (.+?)\s*(\d+)\s*$", pages()[1], re.M)
    assert len(listed) == 23
    for number, title, page in listed:
        assert squeezed(f"{number}.{title}") in squeezed(pages()[int(page) - 1][:400]), title


def test_solutions_are_printed_and_markup_is_not():
    whole = "\n".join(pages())
    assert "```{" not in whole and "Show code cell" not in whole
    text = (ROOT / "notebooks/07-alignment-during-membership.md").read_text(encoding="utf-8")
    solutions = re.findall(r"\{solution-start\}.*?^`{3}\n(.*?)^`{3}\{solution-end\}", text, re.M | re.S)
    parts = [part for solution in solutions for part in re.split(r"\n\s*\n", solution) if part.strip()]
    prose = [part for part in parts if not re.search(r"[`$*{]", part)]
    assert prose and squeezed(prose[-1])[:60] in squeezed(whole)
    assert "Notquite." in squeezed(whole)


def test_formulas_are_typeset():
    whole = "\n".join(pages())
    assert not re.search(r"\\(frac|text|bar|beta|sum)\b", whole)
