"""Written answers: a machine looks at their form, for at most a tenth of their points; the rest is read by a person."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .questions import Answers, Given, Mark, is_number, missing

FORM = 0.1
"""Share of the points that the form can earn."""


@dataclass(frozen=True)
class Written:
    """A question whose answer is a text.

    Attributes
    ----------
    words : int
        Words that are asked for at least.
    numbers : tuple of str
        Earlier answers of which two are to be cited.
    rubric : sequence of (float, str)
        Points of the person who reads it, out of ``by_hand``, and what a text for so many points does.
    """

    title: str
    text: str
    name: str
    points: float
    words: int
    numbers: tuple[str, ...]
    rubric: Sequence[tuple[float, str]]
    doing: bool = True

    @property
    def starter(self) -> str:
        return f'{self.name} = """\n...\n"""'

    @property
    def by_hand(self) -> float:
        return round(self.points * (1 - FORM), 2)

    @property
    def parts(self) -> tuple[Written]:
        return (self,)

    @property
    def form(self) -> str:
        return f"`{self.name}` is a text of {self.words} words or more that cites two of your numbers or more"

    @property
    def wording(self) -> str:
        return (
            f"{self.text}\n\n*{self.form}. Your teacher reads it and gives up to {self.by_hand:g} points for the "
            f"argument; its form alone earns {self.points - self.by_hand:g}.*"
        )

    def read(self, answers: Answers) -> str:
        value = answers.get(self.name)
        return value.strip() if isinstance(value, str) and value.strip(" .\n") else ""

    def check_form(self, value: Any) -> str:
        if said := missing(self.name, value):
            return said
        there = len(value.split()) if isinstance(value, str) else 0
        return "" if there >= self.words else f"`{self.name}` has {there} words, {self.words} are asked for"

    def mark(self, given: Given) -> Mark:
        text, possible = self.read(given.last), round(self.points - self.by_hand, 2)
        if not text:
            return Mark(self.name, 0.0, possible, "missing", f"`{self.name}` has no text")
        said = []
        if len(text.split()) < self.words:
            said.append(f"`{self.name}` has {len(text.split())} words, {self.words} are asked for")
        if len(set(re.findall(r"\w+", text.casefold()))) < self.words / 3:
            said.append(f"`{self.name}` repeats itself")
        if cited(text, given.last, self.numbers) < 2:
            said.append(f"`{self.name}` cites fewer than two of your numbers from above")
        earned = possible if not said else 0.0
        return Mark(self.name, earned, possible, "form" if said else "", ", ".join(said))

    def record(self, answers: Answers, question: int) -> dict[str, Any]:
        """What is kept of the answer for the person who reads it."""
        text = self.read(answers)
        return {"question": question, "name": self.name, "text": text, "words": len(text.split()),
                "out_of": self.by_hand, "rubric": [list(level) for level in self.rubric]}  # fmt: skip


def cited(text: str, answers: Mapping[str, Any], names: Sequence[str]) -> int:
    """How many of the named answers stand in a text, rounded in any sensible way or as a percentage."""
    said = [float(one) for one in re.findall(r"-?\d*\.?\d+", text.replace("−", "-")[:20_000])]
    own = [answers[name] for name in names if is_number(answers.get(name))]
    return sum(any(_rounds_to(value, one) for one in said) for value in own)


def _rounds_to(value: float, said: float) -> bool:
    """Whether somebody may have written ``said`` for ``value``, to two digits or more, or as a percentage."""
    if isinstance(value, int):
        return said == value
    step = 0.5 * 10 ** (math.floor(math.log10(abs(value))) - 1) if value else 0.0005
    return any(abs(scale * value - said) <= scale * step * 1.001 for scale in (1, 100))
