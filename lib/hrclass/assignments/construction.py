"""Chapter 5: a distance by hand, the leave-one-out mean as a function, and the counts of the study."""

from __future__ import annotations

import numpy as np

import hralign as hr

from ..draws import Draw
from ..questions import Question, count, function, number

INTRO = "You build a distance from the tables of your world, first by hand and then for all members at once, and count \
what the study would work with."

SMALLEST, LARGEST = 5, 25
"""Members with a score in the IGO-year that is looked at: enough to average, few enough to read."""


def questions(draw: Draw) -> list[Question]:
    """A case-year of moderate company with a low state, then functions and counts."""
    src, rng = draw.src, draw.rng
    panel = hr.build_panel(src)
    members = hr.full_members(src).join(src.score("fariss"), on=["state", "year"])
    size = members.groupby(["igo", "year"])["score"].agg(["count", "size"]).reset_index()
    # everyone has a score, so that "number of members" cannot mean two things
    fit = size[size["count"].between(SMALLEST, LARGEST) & size["count"].eq(size["size"])]
    rows = panel[panel["member"].eq(1)].merge(fit[["igo", "year"]], on=["igo", "year"])
    # the mean with the state in it must be another number than the mean without
    rows = rows[(rows["distance"].abs() > 0.3)]
    row = rows.iloc[rng.integers(len(rows))]
    igo, state, year = int(row["igo"]), int(row["state"]), int(row["year"])
    n = int(row["members"])
    with_itself = row["igo_mean"] + (row["score"] - row["igo_mean"]) / n
    cases = panel.drop_duplicates("case")
    everyone = hr.build_panel(src, select="all").drop_duplicates("case")
    kinds = cases["exit_kind"].value_counts()
    lists = [[round(float(x), 2) for x in rng.normal(0, 1.5, k)] for k in (4, 7)] + [[1.25]]
    acronym = src.igos.set_index("igo")["acronym"][igo]
    name = src.states.set_index("state")["name"][state]
    return [
        Question(
            "The company",
            f"In {year}, **{name}** (state {state}) is a full member of **{acronym}** (IGO {igo}). What is its IGO mean, the "
            "mean `fariss` score of the *other* full members (status 1)? Use `src.memberships` and `src.scores` alone.",
            "igo_mean = ...",
            ("igo_mean",),
            number(
                "igo_mean", row["igo_mean"], 4,
                mistakes=[(with_itself, "`igo_mean` has the state itself in it: take it out, a state is not its own company")],
            ),
        ),
        Question(
            "The distance",
            f"And what is the distance of {name} from {acronym} in {year}?",
            "distance = ...",
            ("distance",),
            number(
                "distance", row["distance"], 3, follows=lambda a: row["score"] - a["igo_mean"],
                mistakes=[(-row["distance"], "`distance` has the wrong sign: it is score minus IGO mean")],
            ),
        ),
        Question(
            "All members at once",
            "Write a function that takes the scores of all members of an IGO as a list and gives a list of the same length: "
            "for each member the mean of the *others*. A member without company has none: give `None`.",
            "def leave_one_out(scores):\n    ...",
            ("leave_one_out",),
            function(
                "leave_one_out", lists, [_leave_one_out(one) for one in lists], 4.5,
                [
                    "a list of four scores does not give the mean of the other three for each",
                    "a list of seven scores does not give the mean of the other six for each",
                    "a single member has no company: give [None]",
                ],
            ),
            probes={"leave_one_out": [[one] for one in lists]},
        ),
        Question(
            "Cases and exits",
            "How many cases does the study follow in your world (`n_cases`: distance below zero in the year before "
            "accession)? In how many of them does the state *withdraw* (`n_withdrawals`)? `hr.build_panel` is allowed.",
            "n_cases = ...\nn_withdrawals = ...",
            ("n_cases", "n_withdrawals"),
            (
                *count("n_cases", len(cases), 2.5, mistakes=[
                    (len(everyone), "`n_cases` counts states that stood above the mean as well: keep those below"),
                    (len(panel), "`n_cases` counts case-years, not cases"),
                ]),
                *count("n_withdrawals", int(kinds.get("withdraws", 0)), 2.5, mistakes=[
                    (int(kinds.sum()), "`n_withdrawals` counts exits of all kinds: states that cease and IGOs that end did "
                     "not withdraw"),
                ]),
            ),
        ),
        Question(
            "The estimation sample",
            "The model of Table 2 (`lag`) cannot use every membership year. What share of the panel's membership years does "
            "it use (between 0 and 1)?",
            "share_used = ...",
            ("share_used",),
            number(
                "share_used", len(hr.estimation_sample(panel)) / panel["member"].eq(1).sum(), 3.5,
                mistakes=[(len(hr.estimation_sample(panel)) / len(panel), "`share_used` divides by all rows of the panel: the "
                           "years before accession and after exit are no membership years")],
            ),
        ),
    ]  # fmt: skip


def _leave_one_out(scores: list[float]) -> list[float | None]:
    n = len(scores)
    return [float((np.sum(scores) - own) / (n - 1)) if n > 1 else None for own in scores]
