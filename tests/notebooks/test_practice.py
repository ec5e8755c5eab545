"""Every chapter lets its reader practise: questions that answer back, exercises of rising depth, solutions that run."""

import re
from pathlib import Path

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CHAPTERS = sorted(path for path in NOTEBOOKS.glob("*.md") if path.stem < "90")

EXERCISE = re.compile(r"^`{3,}\{exercise\}.*?^:label: (\S+)", re.MULTILINE | re.DOTALL)
SOLUTION = re.compile(
    r"^`{3,}\{solution-start\} (\S+)\n:class: dropdown\n`{3,}\n(.*?)^`{3,}\{solution-end\}", re.MULTILINE | re.DOTALL
)

TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in CHAPTERS}


def test_a_chapter_has_two_or_three_questions():
    count = {name: len(re.findall(r"^:{3,}\{check\}", text, re.MULTILINE)) for name, text in TEXTS.items()}
    assert len(count) == 23 and {name: n for name, n in count.items() if not 2 <= n <= 3} == {}


def test_a_chapter_has_three_to_five_exercises_each_with_its_solution():
    exercises = {name: EXERCISE.findall(text) for name, text in TEXTS.items()}
    assert {name: one for name, one in exercises.items() if not 3 <= len(one) <= 5} == {}
    assert {name: [label for label, _ in SOLUTION.findall(text)] for name, text in TEXTS.items()} == exercises


def test_code_in_solutions_is_executed():
    """Code cells, which run with the chapter; a fence of plain Python would be looked at only."""
    worked = {name: [body for _, body in SOLUTION.findall(text)] for name, text in TEXTS.items()}
    looked_at = re.compile(r"^`{3,}(python|py|ipython3)\b", re.MULTILINE)
    assert [name for name, bodies in worked.items() if any(map(looked_at.search, bodies))] == []
    assert [name for name, text in TEXTS.items() if "{solution}" in text] == []
    assert [name for name, bodies in worked.items() if sum("{code-cell}" in body for body in bodies) < 2] == []
