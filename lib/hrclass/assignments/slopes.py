"""Chapter 6: the slope of one case, the slopes of all, and what the model makes of them."""

from __future__ import annotations

import numpy as np

import hralign as hr

from ..draws import Draw
from ..questions import Question, choice, number

INTRO = "You look at one case with its own line, at all cases with theirs, and then let the varying-slopes model weigh them."

LONG, SHORT = 12, (5, 9)
"""Membership years of the cases whose lines are averaged; those of the case that is looked at."""


def questions(draw: Draw) -> list[Question]:
    """A short case with a slope far from the average, so that shrinkage can be seen."""
    panel = hr.build_panel(draw.src)
    rows = panel[panel["member"].eq(1) & panel["distance"].notna()].astype({"duration": float})
    years = rows.groupby("case").size()
    lines = rows[rows["case"].isin(years.index[years >= 3])].groupby("case")[["duration", "distance"]].apply(
        lambda one: np.polyfit(one["duration"], one["distance"], 1)[0]
    )  # fmt: skip
    long = lines[years.reindex(lines.index) >= LONG]
    fit = hr.MixedModel(rows, "distance", ["duration"], group="case", slope="duration").fit()
    modes = fit.conditional_modes["duration"]
    average, tau = fit.params["duration"], float(np.sqrt(fit.cov_re.iloc[1, 1]))
    off = (lines[years.reindex(lines.index).between(*SHORT)] - average).abs()
    case = draw.rng.choice(off[off > tau].index.to_numpy())
    line, own = lines[case], average + modes[case]
    shrunk = 1 - (own - average) / (line - average)
    return [
        Question(
            "One case, one line",
            f"Fit a straight line of distance on duration to the membership years of case `{case}` (those with a distance), by "
            "ordinary least squares. What is its slope per year?",
            "panel = hr.build_panel(src)\ncase_slope = ...",
            ("case_slope",),
            number("case_slope", line, 3),
        ),
        Question(
            "All cases, a line each",
            f"Do the same for every case with at least {LONG} membership years that have a distance. What are the mean and the "
            "(sample) standard deviation of their slopes?",
            "mean_slope = ...\nsd_slope = ...",
            ("mean_slope", "sd_slope"),
            (*number("mean_slope", long.mean(), 2), *number("sd_slope", long.std(), 2)),
        ),
        Question(
            "The varying-slopes model",
            "Fit `distance ~ duration + (1 + duration | case)` by REML to all membership years with a distance (`hr.MixedModel`; "
            "no other term). What is the average slope, and what is the standard deviation of slopes between cases?",
            "average_slope = ...\nsd_of_slopes = ...",
            ("average_slope", "sd_of_slopes"),
            (
                *number("average_slope", average, 2.5),
                *number("sd_of_slopes", tau, 2.5, mistakes=[
                    (tau**2, "`sd_of_slopes` is the variance: take its root"),
                    (tau / np.sqrt(fit.scale), "`sd_of_slopes` is relative to the residual standard deviation"),
                ]),
            ),
        ),
        Question(
            "The model's guess of the one case",
            f"What slope does the model give case `{case}`: the average plus its conditional mode?",
            "own_slope = ...",
            ("own_slope",),
            number("own_slope", own, 3, follows=lambda a: a["average_slope"] + modes[case], mistakes=[
                (modes[case], "`own_slope` is the departure alone: add the average slope"),
            ]),
        ),
        Question(
            "Shrinkage",
            "How far has the model pulled the case to the average? Give the share of the way from `case_slope` to "
            "`average_slope` that it was moved (0: not at all, 1: all the way).",
            "shrunk = ...",
            ("shrunk",),
            number("shrunk", shrunk, 3, follows=_shrunk, tolerance=0.02, mistakes=[
                (1 - shrunk, "`shrunk` is the share that is left: you were asked for the share of the way that it was moved"),
            ]),
        ),
        Question(
            "Why",
            "The case is then observed for twice as many years, with the same slope of its own line. Is it pulled `more`, `less` "
            "or `as much`?",
            'with_more_years = "..."',
            ("with_more_years",),
            choice("with_more_years", "less", ("more", "less", "as much"), 2,
                   why="the more a case has to say for itself, the less the model leans on the others"),
        ),
    ]  # fmt: skip


def _shrunk(answers) -> float:
    return 1 - (answers["own_slope"] - answers["average_slope"]) / (answers["case_slope"] - answers["average_slope"])
