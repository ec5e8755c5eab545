"""Whatever a page says that the record does not is told with file and line, in a small book built for it."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from executed import MADE, chapter, result, write
from hralign.record import store
from small_book import built

SETTINGS = {
    "extensions": ["myst_nb", "locations", "on_record"], "nb_execution_mode": "off",
    "exclude_patterns": ["notebooks/*.md"], "myst_enable_extensions": ["colon_fence"],
    "suppress_warnings": ["myst.header", "mystnb.mime_priority"],
}  # fmt: skip


@pytest.fixture
def build(tmp_path, record):
    """Read a book of a page and of executed chapters, or build it; returns its warnings and the folder of the site."""

    def build(page="Words.", builder="dummy", **chapters):
        tree = tmp_path / "tree"
        write(tree / "notebooks", **chapters)
        listed = "\n".join(f"notebooks/{name[1:]}-chapter" for name in chapters)
        (tree / "index.md").write_text(f"# A page\n\n{page}\n\n```{{toctree}}\n{listed}\n```\n", encoding="utf-8")
        return built(tree, tmp_path / "out", SETTINGS, builder), tmp_path / "out"

    return build


def place(told, tmp_path):
    """File and text of the line that the only warning names, and its words."""
    assert len(told) == 1, told
    file, line, words = re.fullmatch(r"([\w/.-]+):(\d+): WARNING: (.*)", told[0]).groups()
    return file, (tmp_path / "tree" / file).read_text(encoding="utf-8").splitlines()[int(line) - 1], words


@pytest.fixture(autouse=True)
def seven(record):
    """What is on record: a result of chapter 7, and one that belongs to no page."""
    store.keep(result("seven", 0.5), page="07-chapter")
    store.keep(result("table2/lag", -0.25))


def test_a_sound_book_is_built_without_a_word(build):
    text = (
        "It falls by {rec}`|table2/lag year coef| .2f`, from {rec}`table2/lag year coef .2f` ({rec}`seven n w`).\n\n"
        "```{claim} table2/lag year coef < 0\nseven year coef == 0.5\n```"
    )
    told, site = build("A slope of {rec}`seven year coef .1f`.", "html", c07=chapter(result("seven", 0.5), text=text))
    assert told == []
    page = BeautifulSoup((site / "notebooks/07-chapter.html").read_text(encoding="utf-8"), "html.parser")
    assert [one.get_text() for one in page.select("span.recorded")] == ["0.25", "−0.25", "nine"]
    assert "claim" not in page.get_text() and "< 0" not in page.get_text()
    front = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert front.select_one("span.recorded").get_text() == "0.5"


@pytest.mark.parametrize(("text", "says"), [
    ("{rec}`eight year coef .2f`", "The record has no result 'eight'"),
    ("{rec}`seven month coef .2f`", "The result 'seven' has no row 'month'. Its rows: year, gdp"),
    ("{rec}`seven year slope .2f`", "The result 'seven' has no column 'slope'"),
    ("{rec}`seven year coef pretty`", "cannot be written as 'pretty'"), ("{rec}`seven`", "is no reference"),
    ("```{claim} seven year coef > 1\n```", "The claim 'seven year coef > 1' is false: seven year coef = 0.5"),
    ("```{claim} seven year coef > 0\nseven gdp coef < 0\n```", "The claim 'seven gdp coef < 0' is false"),
    ("```{claim} seven hole coef > 1\n```", "The record has no number at 'seven hole coef': it is missing there"),
    ("```{claim} seven year coef\n```", "claims nothing"), ("```{claim}\n```", "a claim that claims nothing"),
    ("```{claim} eight year coef > 1\n```", "The record has no result 'eight'"),
])  # fmt: skip
def test_what_the_text_says_and_the_record_does_not(build, tmp_path, text, says):
    one = result("seven", 0.5)
    one.table.loc[2] = ["hole", None, 1.0]
    store.keep(one, page="07-chapter")
    told, _ = build(f"Words.\n\nMore words.\n\n{text}", c07=chapter(result("seven", 0.5)))
    file, line, words = place(told, tmp_path)
    assert file == "index.md" and line == text.splitlines()[0] and says in words


def test_a_fault_in_a_chapter_is_told_with_the_line_of_its_text(build, tmp_path):
    told, site = build(builder="html", c07=chapter(result("seven", 0.5), text="Words.\n\n{rec}`eight n d`"))
    file, line, words = place(told, tmp_path)
    assert (file, line) == ("notebooks/07-chapter.md", "{rec}`eight n d`") and "no result 'eight'" in words
    assert "?" in (site / "notebooks/07-chapter.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("chapters", "page", "line", "says"), [
    ({"c07": chapter(result("seven"), result("eight"))}, "07", "hr.result('eight')",
     "the result 'eight' is not on record: run `make record`"),
    ({"c07": chapter(result("seven"), differs="coef of year is 1.0, recorded as 0.5")}, "07", "hr.result('seven')",
     "'seven' is not what is on record: coef of year is 1.0, recorded as 0.5. If the change is meant, run `make rec"),
    ({"c07": chapter(result("seven"), result("seven"))}, "07", "hr.result('seven')",
     "a second result is called 'seven' (the first is on this page): rename one"),
    ({"c07": chapter(result("seven")), "c08": chapter(result("seven", origin=MADE))}, "08", "hr.result('seven')",
     "a second result is called 'seven' (the first is on notebooks/07-chapter): rename one"),
    ({"c07": chapter()}, "07", "---", "the record keeps a result 'seven' of this page, which shows it no more"),
    ({"c07": chapter(result("seven"), data=None)}, "07", "---", "no cell of this page shows the banner"),
])  # fmt: skip
def test_what_pages_show_and_the_record_does_not(build, tmp_path, chapters, page, line, says):
    told, _ = build(**chapters)
    file, text, words = place(told, tmp_path)
    assert (file, text) == (f"notebooks/{page}-chapter.md", line) and says in words


def test_what_belongs_to_pages_of_another_book_is_left_alone(build):
    assert build(c08=chapter())[0] == [], "chapter 7 is not in this book, so nothing of it is missed"


def test_results_of_solutions_are_not_missed_in_the_edition_without_answers(build, monkeypatch):
    store.keep(result("answers/eight", 1.0), page="07-chapter")
    assert len(build(c07=chapter(result("seven", 0.5)))[0]) == 1
    monkeypatch.setitem(SETTINGS, "answer_free", True)
    monkeypatch.setitem(SETTINGS, "extensions", [*SETTINGS["extensions"], "check_yourself"])
    assert build(c07=chapter(result("seven", 0.5)))[0] == []
    assert "'seven' of this page, which shows it no more" in build(c07=chapter())[0][0], "no answer by its name"


def test_a_damaged_record_is_told_and_the_rest_is_looked_at(build):
    store.path_of("table2/lag").write_text("{", "utf-8")
    store.recorded.cache_clear()
    told, _ = build("{rec}`seven year coef .1f`", c07=chapter(result("seven", 0.5)))
    assert len(told) == 1 and "lag.json is no whole record of a result" in told[0]
