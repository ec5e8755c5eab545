"""Chapter 7: Table 2, read."""

from __future__ import annotations

import numpy as np

import hralign as hr

from ..bank import A_YEAR, ERRORS, LEVELS, SHARE, Facts, half, lines, written
from ..draws import Draw
from ..questions import Choice, Number, Question, Slip

INTRO = "You fit the paper's main model to your world and read its Table 2 as the authors do, then as a sceptic would."

VERDICTS = ("supports", "contradicts", "does not support")
NEAR_BOOTSTRAP = 0.2
"""How far an error from resampled states may be from the formula's."""


def verdict(z: float, clear: float) -> str:
    """What a slope says of H2."""
    return VERDICTS[0] if z > clear else VERDICTS[1] if z < -clear else VERDICTS[2]


def facts(draw: Draw) -> Facts:
    panel = hr.build_panel(draw.src)
    fits = {timing: hr.fit_alignment(panel, timing) for timing in hr.TIMINGS}
    return Facts(panel=panel, fits=fits)


# -------------------------------------------------------------------------------------------------------- Table 2
def _table2(timing: str):
    def ask(f: Facts, rng) -> Question:
        f.timing, f.fit = timing, f.fits[timing]
        f.slope, f.se = f.fit.params["duration"], f.fit.bse["duration"]
        f.state_se = float(np.sqrt(f.fit.vcov("state").loc["duration", "duration"]))
        others = [(name, fit) for name, fit in f.fits.items() if name != timing]
        return Question(
            f"Table 2, timing {timing}",
            f"Fit the model of Table 2 with outcome timing `{timing}`. What are the coefficient of duration (`slope`) and the "
            "standard error that the model gives it (`slope_se`)?",
            lines("slope", "slope_se"),
            (Number("slope", f.slope, 1.25, A_YEAR, 4, "it is the coefficient of `duration` in `fit.params`",
                    partner=("slope_se", f.se), slips=tuple(
                Slip("timing", fit.params["duration"], f"`slope` is that of timing `{name}`") for name, fit in others)),
             Number("slope_se", f.se, 1.25, A_YEAR, 4, "it is the error of `duration` in `fit.bse`",
                    partner=("slope", f.slope), slips=(
                Slip("variance", f.se**2, "`slope_se` is the variance of the estimate: take its root"),
                half(f.state_se, "`slope_se` allows for states: here the model's own error was asked for"),
                *(Slip("timing", fit.bse["duration"], f"`slope_se` is that of timing `{name}`") for name, fit in others)))),
            doing=False,
        )  # fmt: skip

    return ask


# ---------------------------------------------------------------------------------------------------- what it says
def _z(f: Facts, points: float) -> Number:
    return Number("z", f.slope / f.se, points, ERRORS, 2, "divide the slope by its standard error",
                  follows=lambda a: a["slope"] / a["slope_se"], of=("slope", "slope_se"), slips=(
                      half(f.se / f.slope, "`z` is upside down: divide the slope by its error"),))  # fmt: skip


def _says(level: str):
    def ask(f: Facts, rng) -> Question:
        clear = LEVELS[level]
        return Question(
            f"What it says of H2, at {level}",
            f"How many standard errors is the slope from zero (`z`)? At the two-sided **{level}** level, what does it say of H2?",
            'z = ...\nh2 = "..."',
            (_z(f, 2.0), Choice("h2", verdict(f.slope / f.se, clear), VERDICTS, 1.5,
                                f"compare z with {clear:.2f} and with −{clear:.2f}", follows=lambda a: verdict(a["z"], clear), of=("z",))),
        )  # fmt: skip

    return ask


def interval(f: Facts, rng) -> Question:
    low, high = f.slope - hr.Z * f.se, f.slope + hr.Z * f.se

    def word(a) -> str:
        return verdict((a["lower"] + a["upper"]) / (a["upper"] - a["lower"]) * hr.Z, hr.Z)

    def end(name: str, right: float, other: str, sign: int) -> Number:
        return Number(name, right, 1.0, A_YEAR, 4, "it is the slope, less or plus 1.96 standard errors", partner=(
            other, high if sign < 0 else low), follows=lambda a: a["slope"] + sign * hr.Z * a["slope_se"],
            of=("slope", "slope_se"), slips=(half(f.slope + sign * f.se, f"`{name}` is one error away: take 1.96"),))  # fmt: skip

    return Question(
        "The interval",
        "Between which two values does the 95 % interval of the slope lie, by the model's error? What does it say of H2?",
        'lower, upper = ..., ...\nh2 = "..."',
        (end("lower", low, "upper", -1), end("upper", high, "lower", 1),
         Choice("h2", verdict(f.slope / f.se, hr.Z), VERDICTS, 1.5, "look whether zero lies inside, and if not, on which side",
                follows=word, of=("lower", "upper"))),
    )  # fmt: skip


# --------------------------------------------------------------------------------------------------- in plain size
def years_and_share(f: Facts, rng) -> Question:
    years, start = int(rng.integers(12, 31)), abs(f.fit.params["intercept"])
    return Question(
        "In plain size",
        f"By how many points does the distance of the average case change over **{years} years** of membership (`change`), and "
        "what share is that of the size of the model's intercept (`share`; negative if the case moves away)?",
        lines("change", "share"),
        (Number("change", years * f.slope, 1.75, "points of the score", 3, "multiply the slope by the years",
                follows=lambda a: years * a["slope"], of=("slope",)),
         Number("share", years * f.slope / start, 1.75, SHARE + " in size", 3, "divide the change by the size of the intercept",
                follows=lambda a: a["change"] / start, of=("change",), share=True, slips=(
             Slip("sign", years * f.slope / f.fit.params["intercept"], "`share` has the wrong sign: divide by the size of the "
                  "intercept, not by the intercept"),))),
    )  # fmt: skip


def years_needed(f: Facts, rng) -> Question:
    goal = float(rng.choice([0.2, 0.25, 0.3]))
    return Question(
        "How long does it take?",
        f"How many years of membership does the average case need, by the slope, to move by **{goal:g} points** (`years_needed`; "
        "negative if it moves away)? And by how many points does it move in ten years (`decade`)?",
        lines("years_needed", "decade"),
        (Number("years_needed", goal / f.slope, 1.75, "years", 1, "divide the points by the slope",
                follows=lambda a: goal / a["slope"], of=("slope",), slips=(
             half(f.slope / goal, "`years_needed` is upside down: divide the points by the slope"),)),
         Number("decade", 10 * f.slope, 1.75, "points of the score", 3, "multiply the slope by ten",
                follows=lambda a: 10 * a["slope"], of=("slope",))),
    )  # fmt: skip


def against_war(f: Facts, rng) -> Question:
    war = f.fit.params["civil_war"]
    return Question(
        "Against a war",
        "What is the coefficient of civil war in the same model (`war`)? How many years of membership make up for it (`war_years`: "
        "the years after which the slope has moved the average case as far up as a war throws it down)?",
        lines("war", "war_years"),
        (Number("war", war, 1.75, "points of the score", 3, "it is the coefficient of `civil_war` in the same fit", slips=(
             half(f.fit.bse["civil_war"], "`war` is a standard error"),)),
         Number("war_years", -war / f.slope, 1.75, "years", 1, "divide the size of the war's coefficient by the slope",
                follows=lambda a: -a["war"] / a["slope"], of=("war", "slope"), slips=(
             half(-f.slope / war, "`war_years` is upside down"),))),
    )  # fmt: skip


# ----------------------------------------------------------------------------------------------- cases are not alone
def _state_se(f: Facts, points: float) -> Number:
    return Number("state_se", f.state_se, points, A_YEAR, 4, "`hr.weighted_sum(fit, {\"duration\": 1})` has it, and so has the root "
                  "of the diagonal of `fit.vcov(\"state\")`", slips=(
                      Slip("variance", f.state_se**2, "`state_se` is a variance: take the root of the diagonal element"),
                      half(f.se, "`state_se` is the model's own error, for which cases are independent")),
                  near=(NEAR_BOOTSTRAP, "`state_se` looks like the spread of a bootstrap, which is a good way to it; the formula "
                        "(the sandwich) was asked for"))  # fmt: skip


STATES = (
    'A state brings its record into every case it is in. Take the standard error of the slope that allows for dependence within \
states, by the formula (`hr.weighted_sum`, or `fit.vcov("state")`): `state_se`.'
)


def verdict_by_state(f: Facts, rng) -> Question:
    level = str(rng.choice(list(LEVELS)))
    clear = LEVELS[level]
    return Question(
        "Cases are not alone", f"{STATES} What does the slope now say of H2, at the two-sided **{level}** level?",
        'state_se = ...\nh2_by_state = "..."',
        (_state_se(f, 2.0), Choice("h2_by_state", verdict(f.slope / f.state_se, clear), VERDICTS, 1.5,
                                   f"divide the slope by this error and compare with {clear:.2f}",
                                   follows=lambda a: verdict(a["slope"] / a["state_se"], clear), of=("slope", "state_se"))),
    )  # fmt: skip


def inflation(f: Facts, rng) -> Question:
    return Question(
        "How much more uncertain?", f"{STATES} By what factor is it larger than the model's own error (`inflation`)?",
        lines("state_se", "inflation"),
        (_state_se(f, 2.0), Number("inflation", f.state_se / f.se, 1.5, "a factor", 2, "divide the error by state by the model's",
                                   follows=lambda a: a["state_se"] / a["slope_se"], of=("state_se", "slope_se"), slips=(
            half(f.se / f.state_se, "`inflation` is upside down"),
            Slip("variance", (f.state_se / f.se) ** 2, "`inflation` compares variances: take the root")))),
    )  # fmt: skip


def interval_by_state(f: Facts, rng) -> Question:
    low = f.slope - hr.Z * f.state_se
    return Question(
        "The lower end", f"{STATES} At which value does the 95 % interval by it begin (`lower_by_state`)?",
        lines("state_se", "lower_by_state"),
        (_state_se(f, 2.0), Number("lower_by_state", low, 1.5, A_YEAR, 4, "take 1.96 of these errors from the slope",
                                   follows=lambda a: a["slope"] - hr.Z * a["state_se"], of=("slope", "state_se"), slips=(
            half(f.slope + hr.Z * f.state_se, "`lower_by_state` is the upper end"),
            half(f.slope - f.state_se, "`lower_by_state` is one error away: take 1.96")))),
    )  # fmt: skip


# -------------------------------------------------------------------------------------------------- two more slopes
def another_timing(f: Facts, rng) -> Question:
    other = "lead" if f.timing != "lead" else "lag"
    theirs = f.fits[other].params["duration"]
    return Question(
        "Another year", f"Fit the model with timing `{other}` as well. What is its slope as a share of the one with timing "
        f"`{f.timing}` (`left`; 1 if the two are the same, negative if they point different ways)?",
        lines("left"),
        (Number("left", theirs / f.slope, 3.0, "a share of the first slope", 3, f"divide the slope with timing `{other}` by your "
                "first", follows=lambda a: theirs / a["slope"], of=("slope",), slips=(
            half(f.slope / theirs, "`left` is upside down"), half(theirs, "`left` is a slope: divide it by the other one"),
            half(1 - theirs / f.slope, "`left` is the share that is lost"))),),
    )  # fmt: skip


def lived(f: Facts, rng) -> Question:
    a_year = 1 / f.fit.model.frame.attrs["spread"]["year"]
    year = f.fit.params["year"]
    return Question(
        "What a case lives through",
        "When membership grows by a year, so does the calendar. Add to the slope what the calendar brings in a year: the "
        "coefficient of `year`, which the model has as a z-score, turned into a change per calendar year "
        "(`fit.model.frame.attrs[\"spread\"][\"year\"]` is its standard deviation). What is the sum, `lived`?",
        lines("lived"),
        (Number("lived", f.slope + a_year * year, 3.0, A_YEAR, 4, "divide the coefficient of year by its standard deviation in "
                "years, and add the slope", follows=lambda a: a["slope"] + a_year * year, of=("slope",), slips=(
            half(f.slope + year, "`lived` adds the coefficient of a whole standard deviation: divide it by that many years first"),
            half(a_year * year, "`lived` is the calendar's part alone: add the slope"),
            half(f.slope + year / a_year, "`lived` multiplies by the standard deviation: divide by it"))),),
    )  # fmt: skip


def without_the_calendar(f: Facts, rng) -> Question:
    terms = [term for term in hr.TERMS[1:] if term != "year"]
    free = hr.MixedModel(f.fit.model.frame, "outcome", terms, group="case", slope="duration").fit().params["duration"]
    return Question(
        "Without the calendar",
        f"Fit the same model once more to the same rows (`fit.model.frame`, timing `{f.timing}`), without the term `year` "
        "(`hr.MixedModel`). What is the slope of duration then (`slope_free`), and by how much does it exceed your first (`more`)?",
        lines("slope_free", "more"),
        (Number("slope_free", free, 1.5, A_YEAR, 4, "keep every other term, and read the coefficient of duration", slips=(
             half(f.slope, "`slope_free` is the slope with the year in the model"),)),
         Number("more", free - f.slope, 1.5, A_YEAR, 4, "take the first slope from this one",
                follows=lambda a: a["slope_free"] - a["slope"], of=("slope_free", "slope"))),
    )  # fmt: skip


DEFENCES = (
    written("Defend your verdict", "Does your world support H2? Weigh the model's error against the error by state, say what size the "
            "slope has in words that somebody outside of the field would understand, and which story other than persuasion fits "
            "as well.", (
        (3.6, "chooses an error and says why, gives the size its due, and names a rival story with what it would show"),
        (2.5, "weighs both errors rightly, but leaves size or rivals out"), (1.5, "reports stars"), (0.5, "retells the numbers"))),
    written("Defend the timing", "The paper measures the outcome a year before duration. Argue for one of `lag`, `same` and `lead` with "
            "your own numbers. Say what sorting cases by one year does to each, and what would change your mind.", (
        (3.6, "ties timing to the year by which cases were chosen and to what causes what, and says what would change the choice"),
        (2.5, "sees one of the two"), (1.5, "prefers a timing without a reason from the data"), (0.5, "retells the numbers"))),
    written("Defend the error", "A colleague says: *there are hundreds of cases, so the model's standard error will do.* Answer with your "
            "own numbers. Say what a state has to do with it, what a bootstrap of states would ask, and how sure one may be.", (
        (3.6, "explains dependence by the one score behind many cases, what resampling states repeats, and draws the verdict anew"),
        (2.5, "explains dependence, without its consequence"), (1.5, "says that errors are too small"),
        (0.5, "retells the numbers"))),
)  # fmt: skip

SLOTS = (
    tuple(_table2(timing) for timing in ("lag", "same", "lead")),
    (_says("5 %"), interval, _says("1 %")),
    (years_and_share, years_needed, against_war),
    (verdict_by_state, inflation, interval_by_state),
    (another_timing, lived, without_the_calendar),
    DEFENCES,
)
