"""Chapter 6: the slope of one case, the slopes of all, and what the model makes of them."""

from __future__ import annotations

import numpy as np

import hralign as hr

from ..bank import A_YEAR, POINTS, SHARE, Facts, half, lines, written
from ..draws import Draw
from ..questions import Choice, Number, Question, Slip

INTRO = "You look at one case with its own line, at all cases with theirs, and then let the varying-slopes model weigh them."

SHORT = (5, 9)  # membership years of the case that is looked at: few, so that its line is pulled


def facts(draw: Draw) -> Facts:
    """A short case with a slope far from the average, so that shrinkage can be seen."""
    panel = hr.build_panel(draw.src)
    rows = panel[panel["member"].eq(1) & panel["distance"].notna()].astype({"duration": float})
    years = rows.groupby("case").size()
    lines_of = rows[rows["case"].isin(years.index[years >= 3])].groupby("case")[["duration", "distance"]].apply(
        lambda one: np.polyfit(one["duration"], one["distance"], 1)[0]
    )  # fmt: skip
    fit = hr.MixedModel(rows, "distance", ["duration"], group="case", slope="duration").fit()
    average, cov = fit.params["duration"], fit.cov_re.to_numpy()
    off = (lines_of[years.reindex(lines_of.index).between(*SHORT)] - average).abs()
    case = draw.rng.choice(off[off > np.sqrt(cov[1, 1])].index.to_numpy())
    return Facts(rows=rows, years=years, lines=lines_of, fit=fit, average=average, cov=cov, case=case,
                 one=rows[rows["case"].eq(case)], line=lines_of[case], mode=fit.conditional_modes.loc[case, "duration"])  # fmt: skip


# ------------------------------------------------------------------------------------------------ one case, one line
def _line(f: Facts, title: str, more: str, part: Number) -> Question:
    return Question(
        title,
        f"Fit a straight line of distance on duration to the membership years of case `{f.case}` (those with a distance), by "
        f"ordinary least squares. What is its slope (`case_slope`)? {more}",
        "panel = hr.build_panel(src)\n" + lines("case_slope", part.name),
        (Number("case_slope", f.line, 2.0, A_YEAR, 4,
                "take the rows of that case with `member` equal 1 and a distance, and regress distance on duration, with an "
                "intercept", slips=(
            half(np.polyfit(f.one["distance"], f.one["duration"], 1)[0], "`case_slope` is that of duration on distance: it is "
                 "distance that is to be explained"),)), part),
    )  # fmt: skip


def line_at_five(f: Facts, rng) -> Question:
    level = f.one["distance"].mean() - f.line * f.one["duration"].mean()
    return _line(f, "One case, one line", "And which distance does the line give for the fifth year of membership (`at_five`)?",
                 Number("at_five", level + 5 * f.line, 1.0, POINTS, 3, "it is the intercept plus five times the slope",
                        slips=(half(level, "`at_five` is the intercept: add five times the slope"),)))  # fmt: skip


def line_and_scatter(f: Facts, rng) -> Question:
    rest = f.one["distance"] - np.polyval(np.polyfit(f.one["duration"], f.one["distance"], 1), f.one["duration"])
    return _line(f, "One line, and what is off it", "And how far off the line is a year: the root of the mean squared residual, "
                 "dividing by the number of years (`scatter`)?",
                 Number("scatter", float(np.sqrt((rest**2).mean())), 1.0, POINTS, 4,
                        "take the residuals of the line, square, average, and take the root", slips=(
                     half((rest**2).mean(), "`scatter` is the mean square: take its root"),
                     Slip("near", float(np.sqrt((rest**2).sum() / (len(rest) - 2))), "`scatter` divides by n − 2: here the mean was "
                          "asked for"))))  # fmt: skip


def line_and_ends(f: Facts, rng) -> Question:
    one = f.one.sort_values("duration")
    ends = (one["distance"].iloc[-1] - one["distance"].iloc[0]) / (one["duration"].iloc[-1] - one["duration"].iloc[0])
    return _line(f, "A line, and its ends", "And what is the slope of the line that joins the first of these years and the last "
                 "(`ends_slope`)?",
                 Number("ends_slope", float(ends), 1.0, A_YEAR, 4, "divide the difference of the two distances by that of the "
                        "two durations", slips=(
                     half(one["distance"].iloc[-1] - one["distance"].iloc[0], "`ends_slope` is the whole change: divide it by "
                          "the years between"),)))  # fmt: skip


# ------------------------------------------------------------------------------------------------- a line for each
def _long(f: Facts, rng) -> tuple[int, str]:
    n = int(rng.choice([10, 12, 15]))
    f.long = f.lines[f.years.reindex(f.lines.index) >= n]
    return n, f"Do the same for every case with at least **{n} membership years** that have a distance."


def mean_and_spread(f: Facts, rng) -> Question:
    n, text = _long(f, rng)
    return Question(
        "All cases, a line each", f"{text} What are the mean and the (sample) standard deviation of their slopes?",
        lines("mean_slope", "sd_slope"),
        (Number("mean_slope", f.long.mean(), 1.5, A_YEAR, 4, f"one slope for each case with {n} rows or more, then their mean",
                slips=(half(f.lines.mean(), "`mean_slope` has shorter cases in it"),)),
         Number("sd_slope", f.long.std(), 1.5, A_YEAR, 4, "one slope for each case, then their standard deviation", slips=(
             half(f.lines.std(), "`sd_slope` has shorter cases in it"),
             Slip("variance", f.long.var(), "`sd_slope` is the variance: take its root")))),
    )  # fmt: skip


def median_and_sign(f: Facts, rng) -> Question:
    n, text = _long(f, rng)
    return Question(
        "Which way do they go?", f"{text} What is the median of their slopes, and what share of them is above zero?",
        lines("median_slope", "share_up"),
        (Number("median_slope", f.long.median(), 1.5, A_YEAR, 4, f"one slope for each case with {n} rows or more, then the median",
                slips=(half(f.lines.median(), "`median_slope` has shorter cases in it"),
                       half(f.long.mean(), "`median_slope` is the mean"))),
         Number("share_up", f.long.gt(0).mean(), 1.5, SHARE, 3, "count the slopes above zero and divide by all", share=True,
                slips=(half(f.lines.gt(0).mean(), "`share_up` has shorter cases in it"),
                       half(f.long.le(0).mean(), "`share_up` is the share of the others")))),
    )  # fmt: skip


def two_votes(f: Facts, rng) -> Question:
    n, text = _long(f, rng)
    weights = f.years.reindex(f.long.index)
    by_rows = float(np.average(f.long, weights=weights))
    return Question(
        "One vote a case, or one a year",
        f"{text} What is the mean of their slopes if every case has one vote (`by_case`), and if every case has as many votes as "
        "it has such years (`by_rows`)?",
        lines("by_case", "by_rows"),
        (Number("by_case", f.long.mean(), 1.5, A_YEAR, 4, f"one slope for each case with {n} rows or more, then their mean",
                partner=("by_rows", by_rows), slips=(half(f.lines.mean(), "`by_case` has shorter cases in it"),)),
         Number("by_rows", by_rows, 1.5, A_YEAR, 4, "weigh each slope by the number of years behind it",
                partner=("by_case", f.long.mean()), slips=(
             half(float(np.average(f.lines, weights=f.years.reindex(f.lines.index))), "`by_rows` has shorter cases in it"),))),
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- the model
def _model(f: Facts, title: str, more: str, part: Number) -> Question:
    return Question(
        title,
        "Fit `distance ~ duration + (1 + duration | case)` by REML to all membership years with a distance (`hr.MixedModel`; no "
        f"other term). What is the average slope (`average_slope`), and {more}",
        lines("average_slope", part.name),
        (Number("average_slope", f.average, 2.0, A_YEAR, 4, "it is the coefficient of duration, in `fit.params`", slips=(
            half(f.fit.params["intercept"], "`average_slope` is the intercept"),
            half(f.lines.mean(), "`average_slope` is the mean of the cases' own lines: the model's average was asked for"))), part),
        doing=False,
    )  # fmt: skip


def spread_of_slopes(f: Facts, rng) -> Question:
    tau = float(np.sqrt(f.cov[1, 1]))
    return _model(f, "The varying-slopes model", "what is the standard deviation of slopes between cases (`sd_of_slopes`)?",
                  Number("sd_of_slopes", tau, 2.0, A_YEAR, 4, "it is the root of the second element of the diagonal of "
                         "`fit.cov_re`", slips=(
                      Slip("variance", tau**2, "`sd_of_slopes` is the variance: take its root"),
                      half(np.sqrt(f.cov[0, 0]), "`sd_of_slopes` is that of the levels"),
                      half(tau / np.sqrt(f.fit.scale), "`sd_of_slopes` is relative to the residual standard deviation"))))  # fmt: skip


def levels_and_slopes(f: Facts, rng) -> Question:
    rho = f.cov[0, 1] / np.sqrt(f.cov[0, 0] * f.cov[1, 1])
    return _model(f, "Levels and slopes", "how are levels and slopes of cases correlated (`rho`)?",
                  Number("rho", float(rho), 2.0, "a correlation between −1 and 1", 3, "divide the off-diagonal element of "
                         "`fit.cov_re` by both standard deviations", slips=(
                      Slip("variance", f.cov[0, 1], "`rho` is the covariance: divide it by both standard deviations"),)))  # fmt: skip


def spread_of_levels(f: Facts, rng) -> Question:
    level = float(np.sqrt(f.cov[0, 0]))
    return _model(f, "How far apart they start", "what is the standard deviation of levels between cases (`sd_of_levels`)?",
                  Number("sd_of_levels", level, 2.0, POINTS, 3, "it is the root of the first element of the diagonal of "
                         "`fit.cov_re`", slips=(
                      Slip("variance", level**2, "`sd_of_levels` is the variance: take its root"),
                      half(np.sqrt(f.cov[1, 1]), "`sd_of_levels` is that of the slopes"),
                      half(np.sqrt(f.fit.scale), "`sd_of_levels` is that of the residuals"))))  # fmt: skip


# ------------------------------------------------------------------------------------------------ single cases in it
def _own(f: Facts, points: float) -> Number:
    return Number("own_slope", f.average + f.mode, points, A_YEAR, 4,
                  "add the case's conditional mode of duration (`fit.conditional_modes`) to the average slope",
                  follows=lambda a: a["average_slope"] + f.mode, of=("average_slope",), slips=(
                      half(f.mode, "`own_slope` is the departure alone: add the average slope"),
                      half(f.line, "`own_slope` is that of the case's own line: the model's guess was asked for")))  # fmt: skip


def own_slope(f: Facts, rng) -> Question:
    return Question("The model's guess of the one case", f"What slope does the model give case `{f.case}`: the average plus its "
                    "conditional mode?", lines("own_slope"), (_own(f, 3.0),))  # fmt: skip


def own_and_steepest(f: Facts, rng) -> Question:
    top = float((f.average + f.fit.conditional_modes["duration"]).max())
    return Question(
        "The one case, and the steepest",
        f"What slope does the model give case `{f.case}` (`own_slope`: the average plus its conditional mode), and what is the "
        "largest slope that it gives any case (`steepest`)?",
        lines("own_slope", "steepest"),
        (_own(f, 1.5), Number("steepest", top, 1.5, A_YEAR, 4, "add the average to the conditional modes of all cases, and take "
                              "the largest", follows=lambda a: a["average_slope"] + top - f.average, of=("average_slope",),
                              slips=(half(top - f.average, "`steepest` is the departure alone: add the average slope"),
                                     half(f.lines.max(), "`steepest` is that of a case's own line")))),
    )  # fmt: skip


def own_and_share(f: Facts, rng) -> Question:
    slopes = f.average + f.fit.conditional_modes["duration"]
    return Question(
        "The one case, and the many",
        f"What slope does the model give case `{f.case}` (`own_slope`: the average plus its conditional mode), and to what share "
        "of all cases does it give a slope above zero (`share_positive`)?",
        lines("own_slope", "share_positive"),
        (_own(f, 1.5), Number("share_positive", slopes.gt(0).mean(), 1.5, SHARE, 3, "add the average to the conditional modes of "
                              "all cases, and count those above zero", share=True,
                              follows=lambda a: float((slopes - f.average + a["average_slope"] > 0).mean()),
                              of=("average_slope",), slips=(
            half(f.fit.conditional_modes["duration"].gt(0).mean(), "`share_positive` looks at departures: add the average"),
            half(slopes.le(0).mean(), "`share_positive` is the share of the others")))),
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- shrinkage
def _moved(a) -> float:
    return (a["own_slope"] - a["case_slope"]) / (a["average_slope"] - a["case_slope"])


def _shrinkage(title: str, name: str, text: str, unit: str, right: float, follows, other: float, says: str) -> Question:
    return Question(
        title, text, lines(name),
        (Number(name, float(right), 2.0, unit, 3 if unit == SHARE else 4, "put `case_slope`, `own_slope` and `average_slope` on a "
                "line and look how far the middle one is from either end", follows=follows, of=("case_slope", "average_slope", "own_slope"), share=unit == SHARE,
                slips=(half(other, says),)),),
    )  # fmt: skip


def shrunk(f: Facts, rng) -> Question:
    right = 1 - (f.average + f.mode - f.average) / (f.line - f.average)
    return _shrinkage(
        "Shrinkage", "shrunk", "How far has the model pulled the case to the average? Give the share of the way from `case_slope` to "
        "`average_slope` that it was moved (0: not at all, 1: all the way).", SHARE, right, _moved, 1 - right,
        "`shrunk` is the share that is left: you were asked for the share of the way that it was moved")  # fmt: skip


def kept(f: Facts, rng) -> Question:
    right = f.mode / (f.line - f.average)
    return _shrinkage(
        "What is kept", "kept", "What share of its departure from the average does the case keep in the model (1: all of it, 0: "
        "nothing): how far `own_slope` is from `average_slope`, as a share of how far `case_slope` is?", SHARE, right,
        lambda a: 1 - _moved(a), 1 - right, "`kept` is the share that is lost")  # fmt: skip


def pull(f: Facts, rng) -> Question:
    right = f.average + f.mode - f.line
    return _shrinkage(
        "The pull", "pull", "By how much has the model changed the slope of the case: `own_slope` minus `case_slope`?", A_YEAR, right,
        lambda a: a["own_slope"] - a["case_slope"], f.average - f.line, "`pull` goes all the way to the average: stop at the model's "
        "guess of the case")  # fmt: skip


def _why(title: str, text: str, right: str, hint: str):
    def ask(f: Facts, rng) -> Question:
        options = ("more", "less", "as much")
        return Question(title, f"{text} Is the case then pulled to the average `more`, `less` or `as much`?",
                        'pulled = "..."', (Choice("pulled", right, options, 1.0, hint),))  # fmt: skip

    return ask


WHY = (
    _why("More years", "Suppose the case were observed for twice as many years, with the same slope of its own line.", "less",
         "the more a case has to say for itself, the less the model leans on the others"),
    _why("More noise", "Suppose single years scattered twice as far around the lines of their cases, all else the same.", "more",
         "the noisier a record, the less the model believes it"),
    _why("More variety", "Suppose slopes differed twice as much between cases, all else the same.", "less",
         "the more cases differ, the less one can be guessed from the others"),
)  # fmt: skip

DEFENCES = (
    written("Which average?", "The mean of the cases' own slopes and the slope of the model are two averages of the same lines. Which "
            "would you report to somebody who asks whether memberships bring states closer, and why? Say what each lets vote, and "
            "when they would part ways.", (
        (3.6, "says what each average weighs, ties the choice to the question asked, and says for which data they would differ"),
        (2.5, "explains the weights rightly, but not what they do to the answer"),
        (1.5, "prefers one because it is more advanced"), (0.5, "retells the numbers"))),
    written("Is shrinkage fair?", "The government of your one case complains: *you have changed our slope to that of others.* Answer it. "
            "Say what the model assumes, when that is a fair guess, and when it would be unfair.", (
        (3.6, "says what is borrowed from whom and why that errs less on average, names the assumption of one population, and a case "
              "in which it fails"),
        (2.5, "explains the pull rightly, without its assumption"), (1.5, "says that short records are unreliable"),
        (0.5, "retells the numbers"))),
    written("An average of what?", "A newspaper writes: *membership brings states closer by the average slope.* Correct it. Say what the "
            "spread of slopes means for a single state, and what an average can and cannot promise.", (
        (3.6, "sets the average against the spread with numbers, tells uncertainty of the mean from variety of cases, and says what "
              "may be said to one state"),
        (2.5, "sets average against spread, but mixes up the two kinds of uncertainty"), (1.5, "says that cases differ"),
        (0.5, "retells the numbers"))),
)  # fmt: skip

SLOTS = (
    (line_at_five, line_and_scatter, line_and_ends),
    (mean_and_spread, median_and_sign, two_votes),
    (spread_of_slopes, levels_and_slopes, spread_of_levels),
    (own_slope, own_and_steepest, own_and_share),
    (shrunk, kept, pull),
    WHY,
    DEFENCES,
)
