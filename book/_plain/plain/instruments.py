"""The instruments of the laboratory: what each is called, and what it moves."""

from __future__ import annotations

from typing import NamedTuple

LABORATORY = "book/laboratory"


class Instrument(NamedTuple):
    title: str
    moves: str


INSTRUMENTS = {
    "multiverse": Instrument("The multiverse", "choose every coding choice, and see which universe lights up"),
    "clock": Instrument("Whose clock?", "give the drift to the calendar or to the cohorts, and see the slope move"),
    "world": Instrument("Build a world", "set a mechanism, and see what the four tests say of it"),
    "regression": Instrument("Regression to the mean", "choose states for being low in one year, and see them rise"),
    "shrinkage": Instrument("Shrinkage", "draw the line of one case between its own years and the average"),
    "verdict": Instrument("The verdict", "set what you believed before, and read what to believe now"),
}
"""Each by its name, in the order of the laboratory."""


def anchor(name: str) -> str:
    """Where an instrument stands on its page."""
    return f"instrument-{name}"
