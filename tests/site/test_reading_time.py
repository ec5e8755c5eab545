"""A card promises the minutes that reading its chapter takes, at the pace of book/_plain/plain/reading.py."""

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from plain.book import open_book
from plain.chapter import plain_notebook
from plain.reading import count_tables, count_words, minutes, on_card, shows

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted((ROOT / "notebooks").glob("[0-8][0-9]-*.md"))
LEEWAY = 3  # minutes: half of the five to which cards are rounded, and a sentence more or less


@pytest.fixture(scope="module")
def book():
    return open_book(ROOT, {})


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem[:2])
def test_the_card_states_the_minutes_that_reading_takes(path, book):
    notebook = plain_notebook(path.parent, path.stem, book)
    measured = minutes(notebook)
    stated = notebook.metadata["hralign"]["page"]["card"]["minutes"]["read"]
    assert stated == pytest.approx(measured, abs=LEEWAY), (
        f"notebooks/{path.name}: reading takes {measured:.0f} minutes. Write {on_card(measured)} on the card, or cut."
    )


def test_words_are_those_that_are_read():
    assert count_words("Twenty-one *states* joined [the club](https://x.example/a-b-c) in 1,000 days.") == 8
    assert count_words("<details>\n<summary>One two</summary>\n\nthree $x_1 + y$ four\n\n</details>") == 3


def test_a_display_is_what_a_cell_leaves_behind():
    assert shows("import a\nhr.result('x', a.b, src, caption='c')") and shows("%time x = 1\nx")
    assert not any(map(shows, ("x = 1", "import hralign as hr\nhr.banner(src)", "hr.versions()", "")))
    assert count_tables("| a |\n|---|\n| 1 |") == 1 and count_tables("> | a |\n> |---|\n> | 1 |") == 0


def test_two_hundred_words_and_two_displays_take_two_minutes_and_exercises_none():
    cells = [new_markdown_cell("word " * 200), new_code_cell("table"), new_code_cell("figure")]
    notebook = new_notebook(cells=[*cells, new_markdown_cell("## Exercises\n\nmore"), new_code_cell("more")])
    assert minutes(notebook) == 2


@pytest.mark.parametrize(("measured", "stated"), [(8.6, 10), (12.4, 10), (12.5, 15), (24.5, 25), (1, 5)])
def test_cards_count_in_fives(measured, stated):
    assert on_card(measured) == stated
