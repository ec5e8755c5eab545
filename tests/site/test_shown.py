"""What pages show that no page should: unreadable or empty figures, silent ones, hyphens for minus signs, "1 rows".

Looked at are the sites of both sources, where they have been built (`.stage/real/html`, `.stage/simulated/html`).
"""

from __future__ import annotations

import json
import re
from copy import copy
from functools import cache
from numbers import Number
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from hralign.record.collect import KEY, RESULT
from hralign.record.store import from_json

ROOT = Path(__file__).parents[2]
STAGED = [ROOT / ".stage" / kind for kind in ("real", "simulated")]
SITES = [stage / "html" for stage in STAGED if (stage / "html").is_dir()]
PAGES = sorted(page for site in SITES for folder in ("notebooks", "book") for page in (site / folder).glob("*.html"))
NOTEBOOKS = sorted(path for stage in STAGED for path in (stage / "notebooks").glob("*.ipynb"))

PHONE = 342  # pixels that a page 390 wide leaves to a figure
LEGIBLE = 9  # pixels
HYPHEN = re.compile(r"(?<![\w.\-–−/])-(?=\.?\d)")
ONE_OF_MANY = re.compile(
    r"(?<![\w.,−-])(?<!seed )1 (?:[a-z]+ )?"
    r"(?:rows|cases|states|years|draws|worlds|IGOs|exits|members|histories|points)\b"
)
NO_NUMBER = {"nan", "NaN", "nan%", "None", "<NA>", "inf", "-inf", "−inf"}
NUMBER = re.compile(r"(?<![\w.])−?\d[\d,]*(?:\.\d+)?")

STROKES = re.compile(r"<use\b[^>]*>(?:</use>)?|\sd=\"[^\"]*\"|\sstyle=\"(?!font)[^\"]*\"(?=[^>]*clip-path)")
IN_CODE = re.compile(r"^(cell_input|math|py|highlight-(?!myst-ansi).*)$")

pytestmark = pytest.mark.skipif(not PAGES, reason="no site has been built (make book)")


def label(path):
    return "-".join(path.relative_to(ROOT / ".stage").with_suffix("").parts)


@cache
def soup(page):
    """A page without the strokes of its drawings, which are most of it."""
    return BeautifulSoup(STROKES.sub("", page.read_text(encoding="utf-8")), "html.parser")


def figures(page):
    return soup(page).select(".bd-article svg[role=img]")


def smallest(svg, room):
    """Pixels of the smallest words in a figure that has so much room, and these words."""
    scale = min(4 / 3, room / float(svg["viewbox"].split()[2]))
    sizes = [(float(size), text.get_text(strip=True)) for text in svg.find_all("text") for size in font_sizes(text)]
    return min(((size * scale, words) for size, words in sizes), default=(float("inf"), ""))


def font_sizes(text):
    """Sizes of a text, which may be scaled by itself (superscripts are)."""
    style = " ".join([text.get("style", ""), *(part.get("style", "") for part in text.find_all("tspan"))])
    return re.findall(r"font(?:-size)?:\s*(?:[a-z0-9]+ )*?([\d.]+)px", style) or [text["font-size"].removesuffix("px")]


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_words_in_figures_can_be_read_on_a_phone(page):
    small = [(round(size, 1), words, svg["aria-label"][:60])
             for svg in figures(page) for size, words in [smallest(svg, PHONE)] if size < LEGIBLE]  # fmt: skip
    assert not small, f"below {LEGIBLE} px on a phone: draw at most 4.8 inches wide, with words of 10 points or more"


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_no_figure_is_empty(page):
    for svg in figures(page):
        drawn = svg.find_all(["path", "rect", "circle", "line", "polyline", "image"], limit=4)
        assert len(drawn) == 4, f"next to nothing is drawn: {svg['aria-label'][:80]}"
        assert svg.find("text") or svg.find("image"), f"a figure without a word: {svg['aria-label'][:80]}"


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_every_figure_is_told_in_words(page):
    for svg in figures(page):
        words = svg.get("aria-label", "")
        assert len(words.split()) >= 8, f"hardly an alternative text: {words}"
        assert not HYPHEN.search(words), f"a hyphen for a minus in the alternative text: {words}"
        assert not re.search(r"\bnan\b", words), f"a number that is none: {words}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=label)
def test_words_of_a_figure_come_from_its_numbers(path):
    """Some number of its alternative text is one of the result, or one of its facts, or counts its rows."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            said = output.get("metadata", {}).get(KEY, {}).get(RESULT)
            shown = BeautifulSoup("".join(output.get("data", {}).get("text/html", "")), "html.parser")
            if said and shown.svg:
                result, words = from_json(said["result"]), shown.select("svg")[-1]["aria-label"]
                assert any(agrees(words, result)), f"{result.name}: {words}"


def agrees(words, result):
    values = [*result.facts.values(), *result.table.select_dtypes("number").to_numpy().ravel()]
    values = [value for value in values if isinstance(value, Number) and value == value]
    for found in NUMBER.findall(words):
        told, decimals = float(found.replace(",", "").replace("−", "-")), len(found.partition(".")[2])
        yield told == len(result.table)
        yield any(told in (round(value, decimals), round(100 * value, decimals)) for value in values)


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_numbers_have_a_minus_and_one_is_no_plural(page):
    body = copy(soup(page).select_one(".bd-article"))
    for gone in body.find_all(["code", "script", "style"]) + body.find_all(class_=IN_CODE):
        gone.decompose()
    words = re.sub(r"\s+", " ", body.get_text(" | "))
    for what, pattern in (("a hyphen for a minus", HYPHEN), ("one of many", ONE_OF_MANY)):
        found = [words[max(0, one.start() - 60) : one.end() + 20] for one in pattern.finditer(words)]
        assert not found, f"{what}: {found[:5]}"


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_no_cell_of_a_table_holds_what_is_no_number(page):
    for cell in soup(page).select(".bd-article .cell_output td"):
        assert cell.get_text(strip=True) not in NO_NUMBER, cell.find_parent("table").get_text(" ")[:200]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=label)
def test_no_cell_failed_or_complained(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            assert output["output_type"] != "error", output["evalue"]
            assert output.get("name") != "stderr", "".join(output["text"])[:200]
