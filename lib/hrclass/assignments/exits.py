"""Chapter 8: the approach, the exits, and what happens after them."""

from __future__ import annotations

import numpy as np

import hralign as hr

from ..draws import Draw
from ..questions import Question, choice, count, number

INTRO = (
    "You test what happens before accession (H1) and after exit (H3), and see on how many exits the second test rests."
)

WORDS = ("instrumental", "intrinsic", "neither")


def reading(hypothesis: str, z: float) -> str:
    """The paper's reading of a test statistic."""
    return hr.READINGS[hypothesis][int(np.sign(z)) if abs(z) > hr.Z else 0]


def questions(draw: Draw) -> list[Question]:
    panel = hr.build_panel(draw.src)
    fit = hr.fit_approach(panel)
    slope, se = fit.params["years_to_accession"], fit.bse["years_to_accession"]
    kinds = panel.drop_duplicates("case")["exit_kind"].value_counts()
    withdrawals, ceased, ended = (int(kinds.get(kind, 0)) for kind in ("withdraws", "state ceases", "IGO ends"))
    changes = hr.exit_changes(panel)
    known = changes[changes["exit_kind"].eq("withdraws")].dropna(subset=["change"])
    every = changes.dropna(subset=["change"])["change"]
    mean, t = known["change"].mean(), known["change"].mean() / (known["change"].std() / np.sqrt(len(known)))
    one = known.iloc[draw.rng.integers(len(known))]
    words = ", ".join(f"`{word}`" for word in WORDS)
    return [
        Question(
            "The approach",
            "What is the slope of distance over the ten years before accession, with intercepts and slopes that vary by case, and "
            "what is its standard error? (`hr.fit_approach`)",
            "approach = ...\napproach_se = ...",
            ("approach", "approach_se"),
            (*number("approach", slope, 2), *number("approach_se", se, 2)),
        ),
        Question(
            "H1",
            f"At the two-sided 5 % level, which motive does the approach speak for in the paper's reading: {words}?",
            'h1 = "..."',
            ("h1",),
            choice("h1", reading("H1", slope / se), WORDS, 2, follows=lambda a: reading("H1", a["approach"] / a["approach_se"]),
                   why="H1 takes alignment before accession for instrumental and its absence for neither"),
        ),
        Question(
            "Exits of three kinds",
            "In how many cases does the state withdraw, does the state cease to exist, does the IGO end?",
            "n_withdrawals = ...\nn_ceased = ...\nn_ended = ...",
            ("n_withdrawals", "n_ceased", "n_ended"),
            (
                *count("n_withdrawals", withdrawals, 2, mistakes=[
                    (withdrawals + ceased + ended, "`n_withdrawals` counts exits of all kinds"),
                ]),
                *count("n_ceased", ceased, 1), *count("n_ended", ended, 1),
            ),
        ),
        Question(
            "One exit by hand",
            f"Case `{one['case']}` withdraws in {int(one['exit'])}. By how much does its mean distance of the (at most) five years "
            "from the exit on differ from that of the (at most) last five years of membership? After minus before.",
            "one_change = ...",
            ("one_change",),
            number("one_change", one["change"], 3, mistakes=[
                (-one["change"], "`one_change` has the wrong sign: after minus before"),
                (one["reversion"], "`one_change` compares with the years before accession: take the last years of membership"),
            ]),
        ),
        Question(
            "H3",
            "What is the mean of that change over all *withdrawals* that have one (`mean_change`), and how many standard errors "
            f"is it from zero, taking them as independent (`t`)? Which motive does that speak for in the paper's reading: {words}?",
            'mean_change = ...\nt = ...\nh3 = "..."',
            ("mean_change", "t", "h3"),
            (
                *number("mean_change", mean, 2.5, mistakes=[
                    (every.mean(), "`mean_change` has all kinds of exit in it: keep withdrawals"),
                ]),
                *number("t", t, 2.5, mistakes=[
                    (known["change"].mean() / known["change"].std(), "`t` divides by the standard deviation: divide by that of "
                     "the mean"),
                ]),
                *choice("h3", reading("H3", t), WORDS, 2, follows=lambda a: reading("H3", a["t"]),
                        why="a significant fall after exit speaks for instrumental, anything else for intrinsic"),
            ),
        ),
    ]  # fmt: skip
