"""What the pages for teachers and learners say of the chapters is what their cards say."""

from pathlib import Path

import pytest
from chapter_cards import Card, duration, numbers, plan, read_card

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CHAPTERS = sorted(NOTEBOOKS.glob("[0-8][0-9]-*.md"))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem[:2])
def test_every_chapter_has_a_card_that_can_be_read(path):
    card = read_card(path.stem, path.read_text(encoding="utf-8"))
    assert card.question.endswith("?") and card.needs
    assert 10 <= card.read <= 60 and 10 <= card.exercise <= 90


def test_card_without_its_time_is_named():
    with pytest.raises(ValueError, match=r"the card of 03-some has no question or no line '\*\*Time"):
        read_card("03-some", "**Question.** Why?\n\n**Time.** Long.")


def test_teaching_is_rounded_up_to_five_minutes():
    assert [Card("01-a", "?", (), read, 0).teach for read in (20, 25, 45)] == [30, 40, 70]


def test_chapters_are_named_singly_and_in_ranges():
    assert numbers("1-3 12") == [1, 2, 3, 12]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(55, "55 minutes"), (60, "1 hour"), (160, "2 hours 40"), (240, "4 hours"), (275, "4½ hours"), (1100, "18½ hours")],
)
def test_durations_in_words(minutes, words):
    assert duration(minutes) == words


def test_plan_names_needs_by_number_and_adds_up():
    cards = [Card("05-a", "Why?", ("[](03-b.ipynb)", "pandas"), 40, 45), Card("06-c", "How?", (), 20, 30)]
    table = "\n".join(plan(cards))
    assert "[](/notebooks/05-a.ipynb)" in table and "- chapter 3; pandas" in table
    assert "**1 hour 30**" in table and "**1 hour 15**" in table
