"""What an answer earns: the credit of each slip, the words that go with it, and what has been answered and marked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .execution import Odd

Answers = Mapping[str, Any]

RELATIVE = 2e-3
"""Of a large number this share may be off; of a small one, half a unit of its last printed digit."""

COARSE = 0.05
"""A number that rounding has changed by a larger share has lost more than its last digit."""

CREDIT = {
    "": 1.0, "carried": 0.8, "reused": 0.8, "rounded": 0.8, "percent": 0.8, "text": 0.8, "near": 0.9, "coarse": 0.5,
    "sign": 0.6, "swapped": 0.6, "variance": 0.6, "timing": 0.5, "half": 0.5, "unfounded": 0.5,
}  # fmt: skip
"""Share of the points that an answer earns, by its slip ("": none, the answer is right)."""

WHY = {
    "carried": "`{name}` follows rightly from your earlier numbers; mend those and it will be right",
    "reused": "`{name}` was right when it was first given, and a later cell has put something else into it: use a name "
              "for one thing only",
    "rounded": "`{name}` is right as far as it goes, but rounded too early: keep {digits} decimals at least",
    "coarse": "`{name}` is rounded so much that little of it is left: keep {digits} decimals at least",
    "percent": "`{name}` is a percentage: a share lies between 0 and 1",
    "text": "`{name}` is text: give the number without quotation marks",
    "sign": "`{name}` has the right size and the wrong sign: look up what is to be taken from what",
    "swapped": "`{name}` holds what belongs into `{other}`: the two are swapped",
}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """What one part has earned: ``slip`` names what went wrong ("" nothing, "wrong", "missing"), ``says`` tells it.

    ``made_up`` numbers, wrong and whole where decimals were asked for, carry nothing on.
    """

    name: str
    points: float
    possible: float
    slip: str = ""
    says: str = ""
    made_up: bool = False


@dataclass(frozen=True)
class Slip:
    """A value that a known half-right way leads to: its kind (a key of CREDIT), and what to say of it."""

    kind: str
    value: float
    says: str


@dataclass(frozen=True)
class Given:
    """What a notebook answered: ``last`` and ``first`` value by name, and the marks of the parts before."""

    last: Answers
    first: Answers = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)

    def carry(self, follows: Callable[[Answers], Any] | None, names: Sequence[str]) -> Any:
        """The value that the right method gives from these earlier answers; None if it gives none."""
        if follows is None or any(name in self.marks and self.marks[name].made_up for name in names):
            return None
        try:
            return follows(self.last)
        except (TypeError, KeyError, ZeroDivisionError, OverflowError, ValueError):
            return None  # an earlier answer is missing or is no number

    def sound(self, names: Sequence[str]) -> bool:
        """Whether these earlier answers were right, so that what follows from them is right as well."""
        return all(name in self.marks and self.marks[name].slip in ("", "rounded") for name in names)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def missing(name: str, value: Any) -> str:
    """What to say of a value that is none at all; "" if it is one."""
    if value is None or (isinstance(value, Odd) and value.what == "..."):
        return f"`{name}` has no value: replace the `...` and run the cell"
    if isinstance(value, Odd) and value.what == "infinite":
        return f"`{name}` is infinite: something was divided by zero on the way"
    return f"`{name}` is {value.what}" if isinstance(value, Odd) else ""
