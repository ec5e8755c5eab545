"""Every chapter lets its reader practise: questions that answer back, exercises of rising depth, solutions that run."""

import re
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CHAPTERS = sorted(path for path in NOTEBOOKS.glob("*.md") if path.stem < "21")

EXERCISE = re.compile(r"^`{3,}\{exercise\}.*?^:label: (\S+)", re.MULTILINE | re.DOTALL)
SOLUTION = re.compile(
    r"^`{3,}\{solution-start\} (\S+)\n:class: dropdown\n`{3,}\n(.*?)^`{3,}\{solution-end\}", re.MULTILINE | re.DOTALL
)

pytestmark = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def test_a_chapter_has_two_or_three_questions(path):
    assert 2 <= len(re.findall(r"^:{3,}\{check\}", path.read_text(encoding="utf-8"), re.MULTILINE)) <= 3


def test_a_chapter_has_three_to_five_exercises_each_with_its_solution(path):
    text = path.read_text(encoding="utf-8")
    exercises = EXERCISE.findall(text)
    assert 3 <= len(exercises) <= 5
    assert [label for label, _ in SOLUTION.findall(text)] == exercises


def test_code_in_solutions_is_executed(path):
    """Code cells, which run with the chapter; a fence of plain Python would be looked at only."""
    text = path.read_text(encoding="utf-8")
    assert "{solution}" not in text
    worked = [body for _, body in SOLUTION.findall(text)]
    assert not any(re.search(r"^`{3,}(python|py|ipython3)\b", body, re.MULTILINE) for body in worked)
    assert sum("{code-cell}" in body for body in worked) >= 2
