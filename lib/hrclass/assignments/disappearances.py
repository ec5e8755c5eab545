"""Chapter 9: one right at a time."""

from __future__ import annotations

import hralign as hr

from ..draws import Draw
from ..questions import Question, choice, count, number
from .exits import WORDS, reading

INTRO = (
    "You look for a shift to clandestine repression: whether alignment in what can be seen goes with the opposite in what \
is hidden."
)


def questions(draw: Draw) -> list[Question]:
    src = draw.src
    panels = {right: hr.build_panel(src, right) for right in hr.RIGHTS}
    fits = {right: hr.fit_alignment(panel, spec=hr.Specification(right)) for right, panel in panels.items()}
    slopes = {right: fit.params["duration"] for right, fit in fits.items()}
    z = {right: fit.params["duration"] / fit.bse["duration"] for right, fit in fits.items()}
    hidden = fits["disappearances"]
    visible = str(draw.rng.choice(["killings", "torture", "political_imprisonment"]))
    lowest = min(z, key=z.get)
    n_fariss = hr.build_panel(src)["case"].nunique()
    words = ", ".join(f"`{word}`" for word in WORDS)
    return [
        Question(
            "Another score, other cases",
            "Build the panel with the score `disappearances`. How many cases has it, and how many fewer (or more) than that with "
            "`fariss`? (`difference` = disappearances minus fariss)",
            "n_cases = ...\ndifference = ...",
            ("n_cases", "difference"),
            (
                *count("n_cases", panels["disappearances"]["case"].nunique(), 2, mistakes=[
                    (len(panels["disappearances"]), "`n_cases` counts case-years, not cases"),
                ]),
                *count("difference", panels["disappearances"]["case"].nunique() - n_fariss, 1.5,
                       follows=lambda a: a["n_cases"] - n_fariss,
                       mistakes=[(n_fariss - panels["disappearances"]["case"].nunique(), "`difference` has the wrong sign")]),
            ),
        ),
        Question(
            "Table 3",
            "Fit the model to disappearances (timing `lag`). What are the slope of duration and its standard error?",
            "slope = ...\nslope_se = ...",
            ("slope", "slope_se"),
            (*number("slope", slopes["disappearances"], 2.5, mistakes=[
                (hr.fit_alignment(hr.build_panel(src)).params["duration"], "`slope` is that of the score `fariss`")]),
             *number("slope_se", hidden.bse["duration"], 2.5)),
        ),
        Question(
            "H4",
            "How many standard errors is the slope from zero (`z`), and which motive does that speak for in the paper's reading "
            f"of H4, at the two-sided 5 % level: {words}?",
            'z = ...\nh4 = "..."',
            ("z", "h4"),
            (
                *number("z", z["disappearances"], 2, follows=lambda a: a["slope"] / a["slope_se"]),
                *choice("h4", reading("H4", z["disappearances"]), WORDS, 2, follows=lambda a: reading("H4", a["z"]),
                        why="a shift to disappearances is a significantly negative slope"),
            ),
        ),
        Question(
            "Against a visible right",
            f"Fit the same model to `{visible}`. What is its slope, and how much larger is it than that of disappearances "
            "(`gap` = visible minus disappearances)?",
            "visible_slope = ...\ngap = ...",
            ("visible_slope", "gap"),
            (
                *number("visible_slope", slopes[visible], 2.5),
                *number("gap", slopes[visible] - slopes["disappearances"], 2, tolerance=0.02,
                        follows=lambda a: a["visible_slope"] - a["slope"],
                        mistakes=[(slopes["disappearances"] - slopes[visible], "`gap` has the wrong sign: visible minus "
                                   "disappearances")]),
            ),
        ),
        Question(
            "All four",
            "For which of the four rights is the slope lowest in standard errors: "
            + ", ".join(f"`{right}`" for right in hr.RIGHTS) + "?",
            'lowest = "..."',
            ("lowest",),
            choice("lowest", lowest, hr.RIGHTS, 3, why="divide each slope by its own standard error and compare"),
        ),
    ]  # fmt: skip
