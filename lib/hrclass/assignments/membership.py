"""Chapter 7: Table 2, read."""

from __future__ import annotations

import numpy as np

import hralign as hr

from ..draws import Draw
from ..questions import Question, choice, number

INTRO = "You fit the paper's main model to your world and read its Table 2 as the authors do, then as a sceptic would."

VERDICTS = ("supports", "contradicts", "does not support")


def verdict(z: float) -> str:
    """What a slope says of H2 at the two-sided 5 % level."""
    return VERDICTS[0] if z > hr.Z else VERDICTS[1] if z < -hr.Z else VERDICTS[2]


def state_error(fit: hr.MixedFit) -> float:
    """Standard error of the slope that allows for dependence within states."""
    return float(np.sqrt(fit.vcov("state").loc["duration", "duration"]))


def questions(draw: Draw) -> list[Question]:
    panel = hr.build_panel(draw.src)
    fit, lead = hr.fit_alignment(panel), hr.fit_alignment(panel, "lead")
    slope, se = fit.params["duration"], fit.bse["duration"]
    clustered = state_error(fit)
    years = int(draw.rng.integers(12, 31))
    words = ", ".join(f"`{word}`" for word in VERDICTS)
    return [
        Question(
            "Table 2",
            "Fit the model of Table 2 with outcome timing `lag`. What are the coefficient of duration and its standard error?",
            "slope = ...\nslope_se = ...",
            ("slope", "slope_se"),
            (
                *number("slope", slope, 2.5, mistakes=[
                    (lead.params["duration"], "`slope` is that of timing `lead`"),
                ]),
                *number("slope_se", se, 2.5, mistakes=[
                    (se**2, "`slope_se` is the variance of the estimate: take its root"),
                    (lead.bse["duration"], "`slope_se` is that of timing `lead`"),
                ]),
            ),
        ),
        Question(
            "What it says of H2",
            f"How many standard errors is the slope from zero (`z`)? At the two-sided 5 % level, what does it say of H2: {words}?",
            'z = ...\nh2 = "..."',
            ("z", "h2"),
            (
                *number("z", slope / se, 1.5, follows=lambda a: a["slope"] / a["slope_se"]),
                *choice("h2", verdict(slope / se), VERDICTS, 2, follows=lambda a: verdict(a["z"])),
            ),
        ),
        Question(
            "In plain size",
            f"By how many points does the distance of the average case change over **{years} years** of membership "
            "(`change`), and what share is that of the size of the model's intercept (`share`; negative if the case moves away)?",
            "change = ...\nshare = ...",
            ("change", "share"),
            (
                *number("change", years * slope, 1.5, follows=lambda a: years * a["slope"]),
                *number("share", years * slope / abs(fit.params["intercept"]), 1.5,
                        follows=lambda a: a["change"] / abs(fit.params["intercept"]),
                        mistakes=[(years * slope / fit.params["intercept"], "`share` has the wrong sign: divide by the size "
                                   "of the intercept, not by the intercept")]),
            ),
        ),
        Question(
            "Cases are not alone",
            "A state brings its record into every case it is in. Take the standard error that allows for dependence within "
            f"states (`fit.vcov('state')`). What is it, and what does the slope now say of H2: {words}?",
            'state_se = ...\nh2_by_state = "..."',
            ("state_se", "h2_by_state"),
            (
                *number("state_se", clustered, 2.5, mistakes=[
                    (clustered**2, "`state_se` is a variance: take the root of the diagonal element"),
                ]),
                *choice("h2_by_state", verdict(slope / clustered), VERDICTS, 2,
                        follows=lambda a: verdict(a["slope"] / a["state_se"])),
            ),
        ),
        Question(
            "A year later",
            "Fit the model with timing `lead`. What share of the `lag` slope is left?",
            "left = ...",
            ("left",),
            number("left", lead.params["duration"] / slope, 4, follows=lambda a: lead.params["duration"] / a["slope"],
                   mistakes=[(slope / lead.params["duration"], "`left` is upside down")]),
        ),
    ]  # fmt: skip
