"""Chapter 22: all four tests, two more, and the mechanism that made the world."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import pandas as pd

import hralign as hr

from ..draws import RANGES, Draw
from ..questions import Answers, Check, Question, choice, is_number, number

WORDS = 80
"""Words that a defence needs at least."""

LIKE, SHARP = 0.4, 5.0
"""A mean rank of entrants below the first shows selection; an approach beyond the second (z, states clustered) a price."""

READING = ("intrinsic", "instrumental", "both", "neither")

INTRO = f"""Somebody has made your world and knows why its states align, if they do. You do not. The mechanism is one of four:

- `intrinsic`: members internalise the norms of their company, year by year;
- `instrumental`: accession has a price, paid in the years before it and taken back after exit;
- `selection`: states join IGOs whose members they resemble, now and in ten years' time;
- `null`: nothing of the kind.

Its strength is drawn as well, so that no two worlds are alike: {
    "; ".join(f"{name} {low:g} to {high:g}" for part in RANGES.values() for name, (low, high) in part.items())
}.
Its records are quieter than real ones, and where there is no selection states join by chance: otherwise nobody could tell.
Run the paper's four tests, then two that it did not run, and say which it was. Beware: the paper's reading of the four can be
wrong in a world like yours. Ask of each mechanism what it would do to *every* test."""


@dataclass(frozen=True)
class Evidence:
    """The four tests with their ``z`` (states clustered) and the mean ``rank`` of entrants in one world."""

    tests: pd.DataFrame
    z: pd.Series
    rank: float


def diagnose(found: Evidence) -> str:
    """The mechanism that a careful reader would name.

    Selection shows in who joins; a price in a sharp approach that is taken back; internalisation in alignment during
    membership that lasts.
    """
    z, after = found.z, found.tests.loc["H3", "estimate"]
    if found.rank < LIKE:
        return "selection"
    if z["H1"] > SHARP and after < 0:
        return "instrumental"
    if z["H2"] > hr.Z and z["H1"] > 0 and after > 0:
        return "intrinsic"
    return "null" if z["H2"] < hr.Z and z["H1"] < hr.Z else "unclear"


def fair_evidence(src: hr.Sources, mechanism: str) -> Evidence | None:
    """The evidence of this world, if it points to what made it; else the question would be unfair."""
    tests = hr.test_hypotheses(src)
    found = Evidence(tests, tests["estimate"] / tests["state_se"], float(hr.who_joins(src)["rank"].mean()))
    return found if diagnose(found) == mechanism else None


def questions(draw: Draw) -> list[Question]:
    tests, z, rank = draw.evidence.tests, draw.evidence.z, draw.evidence.rank
    withdrew = hr.exit_changes(hr.build_panel(draw.src)).query("exit_kind == 'withdraws'").dropna(subset=["change"])
    fell = float((withdrew["change"] < 0).mean())
    names = tuple(f"z_{name.lower()}" for name in hr.HYPOTHESES)
    listed = "; ".join(f"**{name}**, {meaning}" for name, meaning in hr.HYPOTHESES.items())
    return [
        Question(
            "The four tests",
            f"How many standard errors is each test from zero, states clustered? {listed}. (`hr.test_hypotheses`)",
            "\n".join(f"{name} = ..." for name in names),
            names,
            tuple(
                check for name, one in zip(names, z, strict=True) for check in number(name, float(one), 1.25, mistakes=[
                    (float(tests.loc[name[-2:].upper(), "estimate"] / tests.loc[name[-2:].upper(), "model_se"]),
                     f"`{name}` takes cases as independent: use the error that clusters states"),
                ])
            ),
        ),
        Question(
            "The paper's reading",
            "Weighing the four as the paper does (states clustered), which motive speaks from your world: "
            + ", ".join(f"`{word}`" for word in READING) + "? (`hr.overall`)",
            'reading = "..."',
            ("reading",),
            choice("reading", hr.overall(tests["state_says"]), READING, 2,
                   why="it is 'both' if H2 is significantly positive and H1, H3 or H4 speaks for instrumental motives"),
        ),
        Question(
            "Who joins?",
            "`hr.who_joins(src)` ranks every entrant among the states that could have joined, by how like the "
            "members it is. What is the mean rank (0: always the one most like them; 0.5: likeness plays no part)?",
            "mean_rank = ...",
            ("mean_rank",),
            number("mean_rank", rank, 2.5, mistakes=[
                (1 - rank, "`mean_rank` is upside down: 0 is the one most like the members"),
            ]),
        ),
        Question(
            "What is taken back?",
            "Of the withdrawals with a change (`hr.exit_changes`), what share fell back?",
            "share_fell = ...",
            ("share_fell",),
            number("share_fell", fell, 1.5, mistakes=[(1 - fell, "`share_fell` is the share that rose")]),
        ),
        Question(
            "The mechanism",
            "Which mechanism made your world: " + ", ".join(f"`{word}`" for word in RANGES) + "?",
            'mechanism = "..."',
            ("mechanism",),
            choice("mechanism", draw.mechanism, tuple(RANGES), 5,
                   why="ask what each mechanism would do to who joins, to the approach, and after exit"),
        ),
        Question(
            "Defend it",
            f"Defend your answer in at least {WORDS} words. Say what the rival mechanisms would have shown instead (name at least "
            "one), and cite at least two of your numbers from above.",
            'defence = """\n...\n"""',
            ("defence",),
            _defence((*names, "mean_rank", "share_fell")),
        ),
    ]  # fmt: skip


def _defence(numbers: tuple[str, ...]) -> tuple[Check, ...]:
    """Form only: length, own numbers, a rival.  The argument itself is for a person to read."""

    def text(answers: Answers) -> str:
        value = answers.get("defence")
        return value if isinstance(value, str) else ""

    def long_enough(answers: Answers) -> bool:
        return len(text(answers).split()) >= WORDS

    def cites(answers: Answers) -> bool:
        said = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", text(answers).replace("−", "-"))]
        own = [answers[name] for name in numbers if is_number(answers.get(name))]
        return sum(any(_rounds_to(value, one) for one in said) for value in own) >= 2

    def names_rival(answers: Answers) -> bool:
        own = answers.get("mechanism")
        words = text(answers).lower()
        return isinstance(own, str) and any(name in words for name in RANGES if name != own.strip().lower())

    return (
        Check(1.5, long_enough, lambda a: f"`defence` has {len(text(a).split())} words, {WORDS} are asked for"),
        Check(1.5, cites, lambda a: "`defence` cites fewer than two of your numbers from above"),
        Check(1.0, names_rival, lambda a: "`defence` names no rival mechanism"),
    )


def _rounds_to(value: float, said: float) -> bool:
    """Whether somebody may have written ``said`` for ``value``, to two digits or more, or as a percentage."""
    step = 0.5 * 10 ** (math.floor(math.log10(abs(value))) - 1) if value else 0.005
    return any(abs(scale * value - said) <= scale * max(step, 0.005) * 1.001 for scale in (1, 100))
