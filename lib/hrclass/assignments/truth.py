"""Chapter 22: all four tests, two more, and the mechanism that made the world."""

from __future__ import annotations

import numpy as np
import pandas as pd

import hralign as hr

from ..bank import ERRORS, LEVELS, POINTS, SHARE, Facts, half, lines, written
from ..draws import RANGES, Draw
from ..evidence import fair_evidence
from ..questions import Choice, Number, Question
from .exits import reading

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


def facts(draw: Draw) -> Facts:
    found = draw.evidence
    changes = hr.exit_changes(hr.build_panel(draw.src)).query("exit_kind == 'withdraws'")["change"].dropna()
    return Facts(src=draw.src, tests=found.tests, ranks=found.ranks, changes=changes, mechanism=draw.mechanism)


NAMES = tuple(f"z_{name.lower()}" for name in hr.HYPOTHESES)


# --------------------------------------------------------------------------------------------------- the four tests
def _four(title: str, text: str, by_state: bool, score: str = "fariss"):
    def ask(f: Facts, rng) -> Question:
        tests = f.tests if score == "fariss" else hr.test_hypotheses(f.src, score)
        by = {error: tests["estimate"] / tests[f"{error}_se"] for error in ("model", "state")}
        f.z, other = (by["state"], by["model"]) if by_state else (by["model"], by["state"])
        says = "takes cases as independent: use the error that clusters states" if by_state else (
            "clusters states: here the model's own error was asked for")  # fmt: skip
        listed = "; ".join(f"`z_{name.lower()}`, {meaning}" for name, meaning in hr.HYPOTHESES.items())
        return Question(
            title, f"How many standard errors is each test from zero, {text}? {listed}. (`hr.test_hypotheses`)", lines(*NAMES),
            tuple(Number(name, float(f.z[h]), 0.75, ERRORS, 2, f"divide the estimate of {h} by its standard error", slips=(
                      half(other[h], f"`{name}` {says}"), half(tests.loc[h, "estimate"], f"`{name}` is the estimate: divide it by "
                           "its error")))
                  for name, h in zip(NAMES, hr.HYPOTHESES, strict=True)),
            doing=False,
        )  # fmt: skip

    return ask


# ----------------------------------------------------------------------------------------------- the paper's reading
RULES = (
    "H2 says *intrinsic* if clearly positive. H1 says *instrumental* if clearly positive, H3 and H4 if clearly negative. The paper \
weighs them so: `both` if H2 says intrinsic and one of the others instrumental, `intrinsic` if only the first, `instrumental` if only \
the second, `neither` if nothing of the kind."
)


def weigh(z, clear: float) -> str:
    return hr.overall(pd.Series({h: reading(h, value, clear) for h, value in zip(hr.HYPOTHESES, z, strict=True)}))


def _reading(level: str):
    def ask(f: Facts, rng) -> Question:
        clear = LEVELS[level]
        return Question(
            f"The paper's reading, at {level}",
            f"{RULES} Which motive speaks from your four numbers, clear meaning the two-sided **{level}** level (|z| > {clear:.2f})?",
            'reading = "..."',
            (Choice("reading", weigh(f.z, clear), READING, 1.5, "apply the rule to your four numbers, one after the other",
                    follows=lambda a: weigh([a[name] for name in NAMES], clear), of=NAMES),),
        )  # fmt: skip

    return ask


# -------------------------------------------------------------------------------------------------------- who joins
JOINS = (
    "`hr.who_joins(src)` ranks every entrant among the states that could have joined, by how like the members it is (0: the one most \
like them; 0.5 on average if likeness plays no part)."
)


def mean_rank(f: Facts, rng) -> Question:
    rank = float(f.ranks.mean())
    return Question(
        "Who joins?", f"{JOINS} What is the mean rank?", lines("joiners"),
        (Number("joiners", rank, 2.0, "a rank between 0 and 1", 3, "average the column `rank`", slips=(
            half(1 - rank, "`joiners` is upside down: 0 is the one most like the members"),
            half(f.ranks.median(), "`joiners` is the median"))),), doing=False,
    )  # fmt: skip


def _share_of_ranks(title: str, text: str, share, hint: str):
    def ask(f: Facts, rng) -> Question:
        right = float(share(f.ranks))
        return Question(
            title, f"{JOINS} {text}", lines("joiners"),
            (Number("joiners", right, 2.0, SHARE, 3, hint, share=True, slips=(half(1 - right, "`joiners` is the share of the others"),
                half(f.ranks.mean(), "`joiners` is the mean rank"))),), doing=False,
        )  # fmt: skip

    return ask


# ------------------------------------------------------------------------------------------- one entrant, by hand
FEWEST_OUT = 12


def _entrant(title: str, text: str, parts):
    def ask(f: Facts, rng) -> Question:
        one = _pick(f, rng)
        names = f.src.states.set_index("state")["name"]
        igo = f.src.igos.set_index("igo")["acronym"][one["igo"]]
        part = parts(one)
        return Question(
            title,
            f"**{names[one['state']]}** (state {one['state']}) joins **{igo}** (IGO {one['igo']}) in {one['accession']}. Look at "
            f"{one['year']}, the year before: take all states that have a `fariss` score and are not full members (status 1) of it in that "
            f"year, and how far each is from the mean score of the full members, in size. {text} Use `src.memberships` and `src.scores` "
            "alone.",
            lines(*(one.name for one in part)), part,
        )  # fmt: skip

    return ask


def _pick(f: Facts, rng) -> dict:
    """An entrant with enough others outside, and what there is to be found of it."""
    members, score = hr.full_members(f.src), f.src.score("fariss")
    joined = (
        hr.build_panel(f.src, select="all")
        .drop_duplicates("case")[["igo", "state", "accession"]]
        .reset_index(drop=True)
    )
    for k in rng.permutation(len(joined)):
        igo, state, accession = (int(joined.loc[k, name]) for name in ("igo", "state", "accession"))
        year = accession - 1
        inside = members.loc[members["igo"].eq(igo) & members["year"].eq(year), "state"]
        scores = score[score.index.get_level_values("year") == year].droplevel("year").dropna()
        company = scores[scores.index.isin(inside)]
        gaps = (scores[~scores.index.isin(inside)] - company.mean()).abs()
        if len(company) >= 3 and state in gaps.index and len(gaps) >= FEWEST_OUT:
            return {"igo": igo, "state": state, "accession": accession, "year": year, "gap": float(gaps[state]), "gaps": gaps,
                    "nearer": int((gaps < gaps[state]).sum()), "signed": float(scores[state] - company.mean())}  # fmt: skip
    raise hr.HralignError("No accession of this world has enough states outside to compare with.")


def _nearer(one: dict) -> tuple[Number, ...]:
    n = len(one["gaps"])
    return (
        Number("n_outside", n, 1.5, "a number of states", 0, "count states with a score in that year that are not full members, the "
               "entrant among them", slips=(half(n - 1, "`n_outside` leaves the entrant out: it is outside in that year"),)),
        Number("n_nearer", one["nearer"], 2.0, "a number of states", 0, "count the states outside that are nearer to the mean of the "
               "members than the entrant", slips=(
            half(n - 1 - one["nearer"], "`n_nearer` counts those that are further away"),
            half(one["nearer"] + 1, "`n_nearer` counts the entrant itself"))),
    )  # fmt: skip


def _against_median(one: dict) -> tuple[Number, ...]:
    median = float(one["gaps"].median())
    return (
        Number("own_gap", one["gap"], 1.5, POINTS, 3, "take the mean score of the full members from the entrant's score, and drop the "
               "sign", slips=(half(one["signed"], "`own_gap` has a sign: its size was asked for"),)),
        Number("median_gap", median, 2.0, POINTS, 3, "take the median of the sizes, over all states outside", slips=(
            half(one["gaps"].mean(), "`median_gap` is the mean"),)),
    )  # fmt: skip


def _share_nearer(one: dict) -> tuple[Number, ...]:
    right = one["nearer"] / (len(one["gaps"]) - 1)
    return (
        Number("own_gap", one["gap"], 1.5, POINTS, 3, "take the mean score of the full members from the entrant's score, and drop the "
               "sign", slips=(half(one["signed"], "`own_gap` has a sign: its size was asked for"),)),
        Number("share_nearer", right, 2.0, SHARE, 3, "divide the number of nearer states by the number of the other states outside",
               share=True, slips=(half(1 - right, "`share_nearer` is the share that is further away"),
                                  half(one["nearer"] / len(one["gaps"]), "`share_nearer` counts the entrant among the others"))),
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- what is taken back?
WITHDREW = "Take the withdrawals that have a change (`hr.exit_changes`, five years)."


def share_fell(f: Facts, rng) -> Question:
    fell = float((f.changes < 0).mean())
    return Question(
        "What is taken back?", f"{WITHDREW} What share of them fell back (`share_fell`), and by how much did they change on average "
        "(`after`)?", lines("share_fell", "after"),
        (Number("share_fell", fell, 1.25, SHARE, 3, "count the changes below zero", share=True, slips=(
             half(1 - fell, "`share_fell` is the share that rose"),)),
         Number("after", f.changes.mean(), 1.25, POINTS, 3, "average the column `change` over withdrawals", slips=(
             half(f.changes.median(), "`after` is the median"),))),
    )  # fmt: skip


def worst_and_mean(f: Facts, rng) -> Question:
    return Question(
        "The deepest fall", f"{WITHDREW} What is the lowest of the changes (`deepest`), and what is their mean (`after`)?",
        lines("deepest", "after"),
        (Number("deepest", f.changes.min(), 1.25, POINTS, 3, "take the smallest change", slips=(
             half(f.changes.max(), "`deepest` is the largest rise"),)),
         Number("after", f.changes.mean(), 1.25, POINTS, 3, "average the column `change` over withdrawals", slips=(
             half(f.changes.median(), "`after` is the median"),))),
    )  # fmt: skip


def count_and_error(f: Facts, rng) -> Question:
    n = len(f.changes)
    error = float(f.changes.std() / np.sqrt(n))
    return Question(
        "How well is it known?", f"{WITHDREW} What is the mean change (`after`), and what is its standard error if they are independent "
        "(`after_se`)?", lines("after", "after_se"),
        (Number("after", f.changes.mean(), 1.25, POINTS, 3, "average the column `change` over withdrawals", slips=(
             half(f.changes.median(), "`after` is the median"),), partner=("after_se", error)),
         Number("after_se", error, 1.25, POINTS, 3, "divide the standard deviation by the root of their number", slips=(
             half(f.changes.std(), "`after_se` is the standard deviation: divide by the root of the number"),),
                partner=("after", f.changes.mean()))),
    )  # fmt: skip


def _mechanism(title: str, text: str):
    def ask(f: Facts, rng) -> Question:
        return Question(title, text, 'mechanism = "..."', (Choice(
            "mechanism", f.mechanism, tuple(RANGES), 3.5, "ask what each mechanism would do to who joins, to the approach, and after "
            "exit"),))  # fmt: skip

    return ask


RUBRIC = (
    (
        3.6,
        "says what each rival would have shown in these numbers, admits the one that fits nearly as well, draws no more than follows",
    ),
    (2.7, "rules out one rival with a number, and is clear about uncertainty"),
    (1.8, "reports the tests correctly, but treats the paper's reading as the proof"),
    (0.9, "names a mechanism and retells its definition"),
)
DEFENCES = (
    written("Defend it", "Defend your mechanism. Say what the rival mechanisms would have shown instead, and name at least one.", RUBRIC),
    written("Against yourself", "Argue the best case *against* your mechanism: which rival fits your numbers nearly as well, and where does it "
            "fail? Then say how sure you are.", RUBRIC),
    written("To the authors", "Write to the authors what their four tests would have made them say of your world, and whether they would have "
            "been right. Say which further number would have told them, and what the rivals would have shown.", RUBRIC),
)  # fmt: skip

EVIDENCE = fair_evidence

SLOTS = (
    (_four("The four tests", "states clustered", True), _four("The four tests, as the paper has them", "by the model's own error", False),
     _four("The four tests, on another ruler", "states clustered, with the score `physint` in place of `fariss`", True, "physint")),
    (_reading("5 %"), _reading("1 %"), _reading("10 %")),
    (mean_rank,
     _share_of_ranks("Who joins from near?", "What share of the entrants has a rank below 0.25?", lambda r: (r < 0.25).mean(),
                     "count the ranks below 0.25"),
     _share_of_ranks("Who joins from far?", "What share of the entrants has a rank above 0.5?", lambda r: (r > 0.5).mean(),
                     "count the ranks above 0.5")),
    (_entrant("One entrant by hand", "How many states are that (`n_outside`, the entrant among them), and how many are nearer to the mean "
              "than the entrant (`n_nearer`)?", _nearer),
     _entrant("One entrant against the median", "How far is the entrant (`own_gap`), and what is the median of all of them, the entrant "
              "among them (`median_gap`)?", _against_median),
     _entrant("One entrant's place", "How far is the entrant (`own_gap`), and what share of the *others* is nearer than it "
              "(`share_nearer`)?", _share_nearer)),
    (share_fell, worst_and_mean, count_and_error),
    (_mechanism("The mechanism", "Which mechanism made your world?"),
     _mechanism("Which of the four?", "Weigh all that you have found. Which mechanism made your world?"),
     _mechanism("Your verdict", "Not the paper's reading but yours: which mechanism made your world?")),
    DEFENCES,
)  # fmt: skip
