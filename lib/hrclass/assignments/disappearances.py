"""Chapter 9: one right at a time."""

from __future__ import annotations

import numpy as np

import hralign as hr

from ..bank import A_YEAR, ERRORS, LEVELS, POINTS, SHARE, Facts, half, lines, written
from ..draws import Draw
from ..questions import Choice, Number, Question, Slip
from .exits import WORDS, reading

INTRO = (
    "You look for a shift to clandestine repression: whether alignment in what can be seen goes with the opposite in what \
is hidden."
)

HIDDEN = "disappearances"
VISIBLE = tuple(right for right in hr.RIGHTS if right != HIDDEN)


def facts(draw: Draw) -> Facts:
    panels = {right: hr.build_panel(draw.src, right) for right in hr.RIGHTS}
    fits = {right: hr.fit_alignment(panel) for right, panel in panels.items()}
    return Facts(src=draw.src, panels=panels, fits=fits, panel=panels[HIDDEN],
                 slopes={right: fit.params["duration"] for right, fit in fits.items()},
                 cases={right: set(panel["case"]) for right, panel in panels.items()},
                 fariss=set(hr.build_panel(draw.src)["case"]))  # fmt: skip


# ------------------------------------------------------------------------------------------------------------- cases
def _cases(title: str, text: str, other):
    def ask(f: Facts, rng) -> Question:
        n, part = len(f.cases[HIDDEN]), other(f)
        return Question(
            title, f"Build the panel with the score `disappearances`. How many cases has it (`n_cases`)? {text}",
            lines("n_cases", part.name),
            (Number("n_cases", n, 1.25, "a number of cases", 0, "count each case of the panel once", slips=(
                half(len(f.panel), "`n_cases` counts case-years, not cases"),
                half(len(f.fariss), "`n_cases` is that of the score `fariss`"))), part),
        )  # fmt: skip

    return ask


def _difference(f: Facts) -> Number:
    n = len(f.cases[HIDDEN])
    return Number("difference", n - len(f.fariss), 1.25, "a number of cases", 0, "take the cases of `fariss` from those of "
                  "`disappearances`", follows=lambda a: a["n_cases"] - len(f.fariss), of=("n_cases",))  # fmt: skip


def _both(f: Facts) -> Number:
    both = len(f.cases[HIDDEN] & f.fariss)
    return Number("n_both", both, 1.25, "a number of cases", 0, "keep the cases that stand in both panels", slips=(
        half(len(f.cases[HIDDEN] - f.fariss), "`n_both` counts those that are in the first only"),
        half(len(f.cases[HIDDEN] | f.fariss), "`n_both` counts those that are in one of the two")))  # fmt: skip


def _all_four(f: Facts) -> Number:
    four = len(set.intersection(*f.cases.values()))
    return Number("n_all_four", four, 1.25, "a number of cases", 0, "keep the cases that stand in the panels of all four rights",
                  slips=(half(len(set.union(*f.cases.values())), "`n_all_four` counts cases of any of the four"),))  # fmt: skip


CASES = (
    _cases("Another score, other cases", "How many more, or fewer, is that than with `fariss` (`difference`: disappearances minus "
           "fariss)?", _difference),
    _cases("On both lists", "How many of them are cases with `fariss` as well (`n_both`)?", _both),
    _cases("On all four lists", "How many cases are in the panels of all four rights (`n_all_four`)?", _all_four),
)  # fmt: skip


# ----------------------------------------------------------------------------------------------------------- Table 3
def _table3(timing: str):
    def ask(f: Facts, rng) -> Question:
        fits = {name: f.fits[HIDDEN] if name == "lag" else hr.fit_alignment(f.panel, name) for name in hr.TIMINGS}
        fit = fits.pop(timing)
        f.timing, f.fit = timing, fit
        f.slope, f.se = fit.params["duration"], fit.bse["duration"]
        state_se = float(np.sqrt(fit.vcov("state").loc["duration", "duration"]))
        return Question(
            f"Table 3, timing {timing}",
            f"Fit the model to disappearances, timing `{timing}`. What are the slope of duration (`slope`) and the standard error that "
            "the model gives it (`slope_se`)?",
            lines("slope", "slope_se"),
            (Number("slope", f.slope, 1.5, A_YEAR, 4, "it is the coefficient of `duration`, with the panel of disappearances",
                    partner=("slope_se", f.se), slips=(
                half(hr.fit_alignment(hr.build_panel(f.src), timing).params["duration"], "`slope` is that of the score `fariss`"),
                *(Slip("timing", one.params["duration"], f"`slope` is that of timing `{name}`") for name, one in fits.items()))),
             Number("slope_se", f.se, 1.5, A_YEAR, 4, "it is the error of the same coefficient, in `fit.bse`",
                    partner=("slope", f.slope), slips=(
                Slip("variance", f.se**2, "`slope_se` is the variance of the estimate: take its root"),
                half(state_se, "`slope_se` allows for states: here the model's own error was asked for"),
                *(Slip("timing", one.bse["duration"], f"`slope_se` is that of timing `{name}`") for name, one in fits.items())))),
            doing=False,
        )  # fmt: skip

    return ask


def _h4(level: str):
    def ask(f: Facts, rng) -> Question:
        clear, z = LEVELS[level], f.slope / f.se
        return Question(
            f"H4, at {level}",
            f"How many standard errors is the slope from zero (`z`)? At the two-sided **{level}** level, which motive does it speak for: "
            "by the paper's reading, a significantly negative slope speaks for instrumental motives, a significantly positive one for "
            "intrinsic motives, anything else for neither.",
            'z = ...\nh4 = "..."',
            (Number("z", z, 1.5, ERRORS, 2, "divide the slope by its standard error", follows=lambda a: a["slope"] / a["slope_se"],
                    of=("slope", "slope_se"), slips=(half(1 / z, "`z` is upside down"),)),
             Choice("h4", reading("H4", z, clear), WORDS, 1.5, f"compare z with {clear:.2f} and −{clear:.2f}",
                    follows=lambda a: reading("H4", a["z"], clear), of=("z",))),
        )  # fmt: skip

    return ask


# ---------------------------------------------------------------------------------------------- against what is seen
def one_visible(f: Facts, rng) -> Question:
    right = str(rng.choice(VISIBLE))
    theirs = f.slopes[right] if f.timing == "lag" else hr.fit_alignment(f.panels[right], f.timing).params["duration"]
    return Question(
        "Against a visible right",
        f"Fit the same model to `{right}`, timing `{f.timing}`. What is its slope (`visible_slope`), and how much larger is it than that "
        "of disappearances (`gap`: visible minus disappearances)?",
        lines("visible_slope", "gap"),
        (Number("visible_slope", theirs, 2.0, A_YEAR, 4, f"it takes the panel with the score `{right}`", slips=(
             half(f.slope, "`visible_slope` is that of disappearances"),)),
         Number("gap", theirs - f.slope, 2.0, A_YEAR, 4, "take the slope of disappearances from the other one",
                follows=lambda a: a["visible_slope"] - a["slope"], of=("visible_slope", "slope"))),
    )  # fmt: skip


def contrast(f: Facts, rng) -> Question:
    visible = float(np.mean([f.slopes[right] for right in VISIBLE]))
    own = f.slopes[HIDDEN]
    return Question(
        "One contrast",
        "Fit the model to each of the three other rights, timing `lag`. What is the mean of their slopes (`visible_mean`), and what is the "
        "slope of disappearances with timing `lag` minus that mean (`delta`)?",
        lines("visible_mean", "delta"),
        (Number("visible_mean", visible, 2.0, A_YEAR, 4, "average the three slopes; each right has a panel of its own", slips=(
             half(np.mean(list(f.slopes.values())), "`visible_mean` has disappearances in it"),)),
         Number("delta", own - visible, 2.0, A_YEAR, 4, "take the mean of the others from the slope of disappearances",
                follows=lambda a: own - a["visible_mean"], of=("visible_mean",))),
    )  # fmt: skip


def lowest(f: Facts, rng) -> Question:
    z = {right: fit.params["duration"] / fit.bse["duration"] for right, fit in f.fits.items()}
    first = min(z, key=z.get)
    return Question(
        "All four",
        "Fit the model to each of the four rights, timing `lag`, and count the slope in its own standard errors. For which right is that "
        "lowest (`lowest`), and what is it there (`z_lowest`)?",
        'z_lowest = ...\nlowest = "..."',
        (Number("z_lowest", z[first], 2.5, ERRORS, 2, "divide each slope by its own standard error, and take the smallest", slips=(
             half(min(f.slopes.values()), "`z_lowest` is a slope: count it in standard errors"),
             half(max(z.values()), "`z_lowest` is the highest of the four"))),
         Choice("lowest", first, tuple(hr.RIGHTS), 1.5, "divide each slope by its own standard error and compare")),
    )  # fmt: skip


# ----------------------------------------------------------------------------------------------------- what chooses
def _around(f: Facts, right: str) -> dict[int, float]:
    rows = f.panels[right]
    clock = rows["year"] - rows["accession"]
    return {k: float(rows.loc[clock.eq(k), "distance"].mean()) for k in (-3, -1, 0)}


def dip(f: Facts, rng) -> Question:
    at = _around(f, HIDDEN)
    return Question(
        "Chosen in a bad year",
        "Take the mean distance of all cases of the panel of disappearances by year since accession (`year` minus `accession`). By how much "
        "does it change from the third year before accession to the year before (`into`), and from the year before to the year of "
        "accession (`out`)? Later minus earlier.",
        lines("into", "out"),
        (Number("into", at[-1] - at[-3], 1.75, POINTS, 3, "average the distances of each of the two years and subtract", slips=(
             half(at[-1], "`into` is a mean, not a change"),), partner=("out", at[0] - at[-1])),
         Number("out", at[0] - at[-1], 1.75, POINTS, 3, "average the distances of each of the two years and subtract", slips=(
             half(at[0], "`out` is a mean, not a change"),), partner=("into", at[-1] - at[-3]))),
    )  # fmt: skip


def ceiling(f: Facts, rng) -> Question:
    right = str(rng.choice(VISIBLE))
    codes = f.src.scores[[HIDDEN, right]]
    top, theirs = (float((codes[name].dropna() == 2).mean()) for name in (HIDDEN, right))
    return Question(
        "Under the ceiling",
        f"In `src.scores`, what share of all known codes for disappearances is the best possible, 2 (`top`)? And for `{right}` "
        "(`top_visible`)?",
        lines("top", "top_visible"),
        (Number("top", top, 1.75, SHARE, 3, "leave missing codes out of both numbers", share=True, partner=("top_visible", theirs),
                slips=(half((codes[HIDDEN] == 2).mean(), "`top` divides by all rows: leave missing codes out"),)),
         Number("top_visible", theirs, 1.75, SHARE, 3, "leave missing codes out of both numbers", share=True, partner=("top", top),
                slips=(half((codes[right] == 2).mean(), "`top_visible` divides by all rows: leave missing codes out"),))),
    )  # fmt: skip


def another_year(f: Facts, rng) -> Question:
    other = "same" if f.timing != "same" else "lag"
    theirs = (f.fits[HIDDEN] if other == "lag" else hr.fit_alignment(f.panel, other)).params["duration"]
    return Question(
        "Another year",
        f"Fit the model to disappearances with timing `{other}` as well. What is its slope (`other_slope`), and what share is it of your "
        "first (`left`; 1 if the two are the same)?",
        lines("other_slope", "left"),
        (Number("other_slope", theirs, 1.5, A_YEAR, 4, f"fit once more, with `timing=\"{other}\"`, the panel as before", slips=(
             Slip("timing", f.slope, f"`other_slope` is that of timing `{f.timing}`"),)),
         Number("left", theirs / f.slope, 2.0, "a share of the first slope", 3, "divide the second slope by the first",
                follows=lambda a: a["other_slope"] / a["slope"], of=("other_slope", "slope"), slips=(
             half(f.slope / theirs, "`left` is upside down"), half(1 - theirs / f.slope, "`left` is the share that is lost")))),
    )  # fmt: skip


DEFENCES = (
    written("Defend your reading of H4", "Does your world show a shift to disappearances? Say why stars on one right and none on another "
            "are no test, what you would test instead, and which cases should be followed.", (
        (3.6, "tests a difference instead of two stars, says which cases each right follows, and what a shift would look like"),
        (2.5, "sees one of the two problems"), (1.5, "compares stars"), (0.5, "retells the numbers"))),
    written("Defend the scale", "The scale of each right ends at 2. Say what that does to slopes of states that have nothing left to improve, "
            "which right is hit most, and how one could tell a ceiling from a shift.", (
        (3.6, "says which way the ceiling bends the contrast and why, and names a check that could come out either way"),
        (2.5, "sees the ceiling and its direction"), (1.5, "says that scales are limited"), (0.5, "retells the numbers"))),
    written("Defend the year", "Cases are chosen by their distance in one year. Say what that does to disappearances in the years around it, "
            "which timing of the outcome is hurt most, and how much of the slope you would believe.", (
        (3.6, "explains the dip by the choice, ties it to the timing, and puts a number on what is left"),
        (2.5, "explains the dip, without its consequence"), (1.5, "says that one year is not much"), (0.5, "retells the numbers"))),
)  # fmt: skip

SLOTS = (
    CASES,
    tuple(_table3(timing) for timing in ("lag", "same", "lead")),
    (_h4("5 %"), _h4("1 %"), _h4("10 %")),
    (one_visible, contrast, lowest),
    (dip, ceiling, another_year),
    DEFENCES,
)
