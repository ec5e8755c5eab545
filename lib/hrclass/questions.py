"""What an assignment asks, and what each answer is worth.

A question holds parts, one for each variable that it asks for. A part says what it is measured in, compares what came
back with the right value as far as its printed digits reach, knows the slips that people make with such a number, and
gives each its own credit and a sentence on what to do next. The right value is never said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .execution import Odd
from .marks import COARSE, CREDIT, RELATIVE, WHY, Answers, Given, Mark, Slip, is_number, missing


@dataclass(frozen=True)
class Number:
    """One number.

    Attributes
    ----------
    unit : str
        What it is measured in, said in the question.
    digits : int
        Decimals that are asked for, and that the answer is compared by; 0 for a count, which must be exact.
    hint : str
        What to look at if the value is wrong in a way that nobody foresaw.
    follows : callable, optional
        The value that the right method gives from the student's own answers ``of`` earlier parts.
    partner : (str, float), optional
        Name and right value of the answer with which this one may be swapped.
    near : (float, str), optional
        Share by which another right method may be off, and what to say of it.
    """

    name: str
    right: float
    points: float
    unit: str
    digits: int
    hint: str
    follows: Callable[[Answers], float] | None = None
    of: tuple[str, ...] = ()
    partner: tuple[str, float] | None = None
    slips: tuple[Slip, ...] = ()
    near: tuple[float, str] | None = None
    share: bool = False

    @property
    def form(self) -> str:
        """What the question says of unit and rounding."""
        if not self.digits:
            return f"`{self.name}` is {self.unit}, a whole number"
        return f"`{self.name}` is in {self.unit}, with {self.digits} decimals or more"

    def check_form(self, value: Any) -> str:
        """What is wrong with the kind of the value; nothing of whether it is right."""
        if said := missing(self.name, value):
            return said
        if not is_number(value):
            return f"`{self.name}` is not a single number"
        if not self.digits and value != int(value):
            return f"`{self.name}` counts something and must be a whole number"
        return f"`{self.name}` is a share and lies between 0 and 1" if self.share and abs(value) > 2 else ""

    def close(self, value: Any, target: Any) -> bool:
        if not (is_number(value) and is_number(target)):
            return False
        return abs(value - target) <= (max(0.51 * 10.0**-self.digits, RELATIVE * abs(target)) if self.digits else 1e-9)

    def mark(self, given: Given) -> Mark:
        value = given.last.get(self.name)
        kind, says = self._judge(value, given)
        first = given.first.get(self.name)
        if kind in ("wrong", "missing") and first != value and self.close(first, self.right):
            kind, says = "reused", WHY["reused"]
        said = says.replace("{name}", self.name).replace("{digits}", str(self.digits))
        said = said.replace("{other}", self.partner[0] if self.partner else "")
        made_up = kind == "wrong" and self.digits > 0 and is_number(value) and float(value).is_integer()
        return Mark(self.name, round(CREDIT.get(kind, 0.0) * self.points, 4), self.points, kind, said, made_up)

    def _judge(self, value: Any, given: Given) -> tuple[str, str]:
        if said := missing(self.name, value):
            return "missing", said
        if isinstance(value, str):
            try:
                kind, _ = self._judge(float(value.strip().rstrip("%").replace("−", "-").replace(",", ".")), given)
            except ValueError:
                kind = "wrong"
            return ("text", WHY["text"]) if kind in ("", "rounded", "carried", "percent") else ("wrong", WHY["text"])
        if not is_number(value):
            return "wrong", "`{name}` is not a single number"
        if self.close(value, self.right):
            return "", ""
        carried = given.carry(self.follows, self.of)
        if self.close(value, carried):
            return ("", "") if given.sound(self.of) else ("carried", WHY["carried"])
        found = [*self._slips(value, self.right), *(self._slips(value, carried) if is_number(carried) else ())]
        own = [(slip.kind, slip.says) for slip in self.slips if self.close(value, slip.value)]
        best = max([*own, *found], key=lambda one: CREDIT[one[0]], default=("wrong", ""))
        return best if best[1] else ("wrong", f"`{{name}}` is not right yet: {self.hint}")

    def _slips(self, value: float, target: float) -> list[tuple[str, str]]:
        """The slips that any number knows."""
        found = []
        if shortened := bool(self.digits and value and _shortened(value, target, self.digits)):
            if abs(value - target) <= COARSE * abs(target):
                found.append("rounded")
            elif abs(value) >= 2 or not float(value).is_integer():  # a small whole number may be anything
                found.append("coarse")
        if self.share and self.close(value / 100, target):
            found.append("percent")
        if target and self.close(value, -target):
            found.append("sign")
        if self.partner and self.close(value, self.partner[1]):
            found.append("swapped")
        named = [(kind, WHY[kind]) for kind in found]
        if self.near and target and not shortened and abs(value / target - 1) <= self.near[0]:
            named.append(("near", self.near[1]))
        return named


def _shortened(value: float, target: float, digits: int) -> bool:
    """Whether the value is the target rounded to fewer decimals than were asked for."""
    return any(abs(round(target, d) - value) < 1e-9 for d in range(digits))


@dataclass(frozen=True)
class Choice:
    """One word among ``options``. Whoever has to take it from own numbers earns it by following from them."""

    name: str
    right: str
    options: tuple[str, ...]
    points: float
    hint: str
    follows: Callable[[Answers], str] | None = None
    of: tuple[str, ...] = ()

    @property
    def form(self) -> str:
        return f"`{self.name}` is one of " + ", ".join(f"`{one}`" for one in self.options)

    def said(self, value: Any) -> str:
        return " ".join(value.lower().split()).strip("\"'`.") if isinstance(value, str) else ""

    def check_form(self, value: Any) -> str:
        if said := missing(self.name, value):
            return said
        return "" if self.said(value) in self.options else f"`{self.name}` must be one of {', '.join(self.options)}"

    def mark(self, given: Given) -> Mark:
        value = given.last.get(self.name)
        said, carried = self.said(value), given.carry(self.follows, self.of)
        if said not in self.options:
            kind, says = ("wrong" if said else "missing"), self.check_form(value)
        elif said == self.right:
            founded = self.follows is None or carried == said
            kind, says = (
                ("", "")
                if founded
                else ("unfounded", f"`{self.name}` is the right word, but it does not follow from your own numbers")
            )
        elif said == carried:
            kind, says = "carried", WHY["carried"].format(name=self.name)
        else:
            kind, says = "wrong", f"`{self.name}` is not right yet: {self.hint}"
        return Mark(self.name, round(CREDIT.get(kind, 0.0) * self.points, 4), self.points, kind, says)


@dataclass(frozen=True)
class Function:
    """A function, judged by its results: each call has its share of the points, and a hint if it fails."""

    name: str
    calls: tuple[tuple[Any, ...], ...]
    rights: tuple[Any, ...]
    points: float
    hints: tuple[str, ...]
    form: str

    def check_form(self, value: Any) -> str:
        return "" if callable(value) or value else f"`{self.name}` must be a function"

    def mark(self, given: Given) -> Mark:
        results = given.last.get(self.name)
        results = results if isinstance(results, list) else []
        fails = [k for k, right in enumerate(self.rights) if k >= len(results) or not same(results[k], right)]
        says = f"`{self.name}`: " + ", and ".join(self.hints[k] for k in fails) if fails else ""
        share = 1 - len(fails) / len(self.rights)
        kind = "" if not fails else "half" if share else "wrong"
        return Mark(self.name, round(share * self.points, 4), self.points, kind, says)


def same(value: Any, right: Any) -> bool:
    """Whether a result is the right one, lists element by element, numbers to a millionth."""
    if isinstance(right, list | tuple):
        return isinstance(value, list) and len(value) == len(right) and all(map(same, value, right))
    if right is None:
        return value is None or (isinstance(value, Odd) and value.what.startswith("missing"))
    return is_number(value) and abs(value - right) <= 1e-6 * max(1, abs(right))


Part = Number | Choice | Function


@dataclass(frozen=True)
class Question:
    """One question of an assignment.

    Attributes
    ----------
    title, text : str
        What the student reads; ``text`` is Markdown. Units and rounding are added from the parts.
    starter : str
        The code cell to fill in; ``...`` stands for what is missing.
    doing : bool
        Whether the answer has to be worked out; False if one call of the library gives it.
    """

    title: str
    text: str
    starter: str
    parts: tuple[Part, ...]
    doing: bool = True

    @property
    def points(self) -> float:
        return sum(part.points for part in self.parts)

    @property
    def wording(self) -> str:
        return f"{self.text}\n\n*{'. '.join(part.form for part in self.parts)}.*"


def mark_all(questions: Sequence[Any], last: Answers, first: Answers | None = None) -> list[list[Mark]]:
    """The marks of every part, question by question, in the order in which later parts follow from earlier ones."""
    marks: dict[str, Mark] = {}
    found = []
    for question in questions:
        for part in question.parts:
            marks[part.name] = part.mark(Given(last, first or {}, marks))
        found.append([marks[part.name] for part in question.parts])
    return found
