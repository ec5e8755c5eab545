"""Every key of a quiz is right: by claims about the record where it rests on numbers, else by a kind of ground."""

import re
from pathlib import Path

import pytest
from answers import without_answers
from check_yourself import GROUNDS, wrong_ground

from hralign.record import claims

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
QUESTION = re.compile(r"^:{3,}\{check\} (?P<words>.*)\n(?::rests-on: (?P<ground>.*)\n)?", re.MULTILINE)
KEYS = [
    pytest.param(found["ground"] or "", id=f"{path.stem[:2]}.{number}")
    for path in sorted(NOTEBOOKS.glob("[0-8]*.md"))
    for number, found in enumerate(QUESTION.finditer(path.read_text(encoding="utf-8")), start=1)
]


@pytest.mark.parametrize("ground", KEYS)
def test_a_key_stands_on_its_ground(ground):
    assert wrong_ground(ground) == ""


def test_half_of_the_keys_stand_on_numbers():
    numbers = [key.values[0] for key in KEYS if key.values[0] not in GROUNDS]
    assert len(KEYS) >= 46 and len(numbers) > len(KEYS) / 2


def test_a_key_without_ground_or_with_a_false_one_is_told(monkeypatch):
    assert "says what its key rests on" in wrong_ground("") and "rests on" in wrong_ground(" ; ")
    monkeypatch.setattr(claims, "look_up", {"a b c": 1.0}.__getitem__)
    assert wrong_ground("a b c < 2; a b c > 0") == ""
    assert "the key of this check does not hold: The claim 'a b c > 2' is false" in wrong_ground("a b c > 0; a b c > 2")
    assert "claims nothing" in wrong_ground("because")


def test_the_edition_without_answers_keeps_no_grounds():
    import jupytext

    path = next(NOTEBOOKS.glob("01-*.md"))
    cells = without_answers(jupytext.read(path, fmt="md:myst"), path.stem).cells
    words = "\n".join(cell.source for cell in cells)
    assert "{check}" in words and ":rests-on:" not in words
