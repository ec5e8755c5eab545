"""What the pages for teachers and learners say of the chapters is what their cards say."""

from pathlib import Path

import pytest
from chapter_cards import Card, card_of, duration, numbers, plan
from plain.book import open_book
from plain.chapter import Faults, plain_notebook
from plain.facts import card

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted((ROOT / "notebooks").glob("[0-8][0-9]-*.md"))
HEADER = "---\nkernelspec:\n  display_name: Python 3\n  language: python\n  name: python3\n---\n\n"
CARD = """\
**Question.** Is it
so, by [Doe, 2020](https://doi.example/1)?

**You will be able to**
1. say $x$,
   and why;
2. count.

| You need | How much |
|---|---|
| [The panel](05-panel.ipynb) and [the fit](https://site.example/notebooks/06-fit.html#x) | necessary |
| pandas | helpful |

**Time.** 40 minutes to read, 35 for the exercises.
"""


@pytest.fixture(scope="module")
def book():
    return open_book(ROOT, {})


def facts(path, book):
    return plain_notebook(path.parent, path.stem, book).metadata["hralign"]["page"]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem[:2])
def test_every_chapter_has_a_card_that_can_be_read(path, book):
    page = facts(path, book)
    read = card_of(path.stem, page)
    assert read.number == int(path.stem[:2]) and read.question.endswith("?") and read.needs
    assert 10 <= read.read <= 60 and 10 <= read.exercise <= 90
    assert 2 <= len(page["card"]["abilities"]) <= 6


def test_card_is_taken_apart():
    assert card(CARD) == {
        "question": "Is it so, by [Doe, 2020](https://doi.example/1)?",
        "abilities": ["say $x$, and why;", "count."],
        "needs": [
            {
                "what": "[The panel](05-panel.ipynb) and [the fit](https://site.example/notebooks/06-fit.html#x)",
                "how_much": "necessary",
                "chapters": [5, 6],
            },
            {"what": "pandas", "how_much": "helpful", "chapters": []},
        ],
        "minutes": {"read": 40, "exercise": 35},
    }


def test_only_what_is_necessary_is_needed_and_chapters_by_number():
    assert card_of("07-x", {"number": 7, "card": card(CARD)}).needs == ("chapter 5, chapter 6",)


@pytest.mark.parametrize(
    ("there", "instead", "lack"),
    [
        ("40 minutes to read, 35 for the exercises", "Long", r"no line '\*\*Time"),
        ("**Question.**", "**Quest.**", "the card has no question"),
        ("| You need | How much |\n|---|---|", "| You need |\n|---|", "the table in the card has two columns"),
    ],
)
def test_card_that_lacks_something_is_named_with_its_file_and_line(there, instead, lack, book, tmp_path):
    opening = f"# A\n\n:::{{admonition}} This chapter\n:class: chapter-card\n\n{CARD}:::\n"
    text = HEADER + opening.replace("(05-panel.ipynb)", "(https://site.example/notebooks/05-panel.html)")
    (tmp_path / "notebooks").mkdir()
    path = tmp_path / "notebooks/03-some.md"
    path.write_text(text, encoding="utf-8")
    assert facts(path, book)["card"]["minutes"]["read"] == 40
    path.write_text(text.replace(there, instead), encoding="utf-8")
    with pytest.raises(Faults, match=f"notebooks/03-some.md:10: .*{lack}"):
        facts(path, book)


def test_teaching_is_rounded_up_to_five_minutes():
    assert [Card("01-a", 1, "?", (), read, 0).teach for read in (20, 25, 45)] == [30, 40, 70]


def test_chapters_are_named_singly_and_in_ranges():
    assert numbers("1-3 12") == [1, 2, 3, 12]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(55, "55 minutes"), (60, "1 hour"), (160, "2 hours 40"), (240, "4 hours"), (275, "4½ hours"), (1100, "18½ hours")],
)
def test_durations_in_words(minutes, words):
    assert duration(minutes) == words


def test_plan_names_needs_by_number_and_adds_up():
    cards = [Card("05-a", 5, "Why?", ("chapter 3", "pandas"), 40, 45), Card("06-c", 6, "How?", (), 20, 30)]
    table = "\n".join(plan(cards))
    assert "[](/notebooks/05-a.ipynb)" in table and "- chapter 3; pandas" in table
    assert "**1 hour 30**" in table and "**1 hour 15**" in table
