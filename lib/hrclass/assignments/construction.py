"""Chapter 5: a distance by hand, functions that do it for all, and the counts of the study."""

from __future__ import annotations

from collections.abc import Sequence

import hralign as hr

from ..bank import POINTS, SHARE, Facts, half, lines, written
from ..draws import Draw
from ..questions import Function, Number, Question

INTRO = (
    "You build a distance from the tables of your world, first by hand and then with functions of your own, and count \
what the study would work with."
)

SMALLEST, LARGEST = 5, 25
"""Members with a score in the IGO-year that is looked at: enough to average, few enough to read."""

CLEAR = 0.3
"""The distance that is looked at is larger, so that taking the state into the mean makes another number."""


def facts(draw: Draw) -> Facts:
    src = draw.src
    panel = hr.build_panel(src)
    members = hr.full_members(src).join(src.score("fariss"), on=["state", "year"])
    size = members.groupby(["igo", "year"])["score"].agg(["count", "size"]).reset_index()
    # everyone has a score, so that "number of members" cannot mean two things
    fit = size[size["count"].between(SMALLEST, LARGEST) & size["count"].eq(size["size"])]
    rows = panel[panel["distance"].abs() > CLEAR].merge(fit[["igo", "year"]], on=["igo", "year"])
    return Facts(src=src, panel=panel, members=members, rows=rows, sample=hr.estimation_sample(panel, timing="lag"),
                 cases=panel.drop_duplicates("case"))  # fmt: skip


# --------------------------------------------------------------------------------------------------- the company
def _company(f: Facts, rng, rows, where: str) -> Question:
    row = rows.iloc[rng.integers(len(rows))]
    igo, state, year = int(row["igo"]), int(row["state"]), int(row["year"])
    there = f.members[f.members["igo"].eq(igo) & f.members["year"].eq(year)]
    f.row, f.others = row, there.loc[there["state"].ne(state), "score"]
    f.acronym = f.src.igos.set_index("igo")["acronym"][igo]
    f.name = f.src.states.set_index("state")["name"][state]
    everyone = (f.others.sum() + row["score"]) / (len(f.others) + 1)
    place = where.format(igo=f"**{f.acronym}** (IGO {igo})", joined=int(row["accession"]))
    return Question(
        "The company",
        f"In {year}, **{f.name}** (state {state}) {place}. What is its IGO mean in that year, the mean `fariss` score of "
        "the full members (status 1) other than itself? Use `src.memberships` and `src.scores` alone.",
        lines("igo_mean"),
        (Number("igo_mean", float(f.others.mean()), 3.5, POINTS, 3,
                "take the rows of that IGO and year with status 1, leave the state out, look up the others' scores of the "
                "same year, and average them",
                slips=(half(everyone, "`igo_mean` has the state itself in it: a state is not its own company"),)),),
    )  # fmt: skip


def company_of_a_member(f: Facts, rng) -> Question:
    return _company(f, rng, f.rows[f.rows["member"].eq(1)], "is a full member of {igo}")


def company_to_be(f: Facts, rng) -> Question:
    near = f.rows["years_to_accession"].between(-8, -2)
    return _company(f, rng, f.rows[near.fillna(False)], "is not yet a member of {igo}, which it joins in {joined}")


def company_left(f: Facts, rng) -> Question:
    left = f.rows["years_since_exit"].between(0, 8).fillna(False)
    if not left.any():
        return company_to_be(f, rng)
    return _company(f, rng, f.rows[left], "has left {igo}, which it had joined in {joined}")


# -------------------------------------------------------------------------------------------------- the distance
def distance(f: Facts, rng) -> Question:
    return Question(
        "The distance",
        f"And what is the distance of {f.name} from {f.acronym} in that year?",
        lines("distance"),
        (Number("distance", float(f.row["distance"]), 2.5, POINTS, 3, "it is the state's own score minus the IGO mean",
                follows=lambda a: f.row["score"] - a["igo_mean"], of=("igo_mean",)),),
    )  # fmt: skip


def how_many_are_lower(f: Facts, rng) -> Question:
    lower = int((f.others < f.row["score"]).sum())
    return Question(
        "Who is lower?",
        f"How many of these other members of {f.acronym} have a lower score in that year than {f.name}?",
        lines("n_lower"),
        (Number("n_lower", lower, 2.5, "a number of states", 0,
                "compare each of the others' scores with the state's own score of that year",
                slips=(half(len(f.others) - lower, "`n_lower` counts those with a higher score"),)),),
    )  # fmt: skip


def without_the_best(f: Facts, rng) -> Question:
    n, best = len(f.others), f.others.max()
    change = (f.others.sum() - best) / (n - 1) - f.others.mean()
    return Question(
        "Without the best",
        f"By how much would that IGO mean change (new minus old) if the member with the best score of the others left "
        f"{f.acronym}?",
        lines("mean_change"),
        (Number("mean_change", float(change), 2.5, POINTS, 3,
                "drop the largest of the others' scores, average again, and take the old mean from the new one",
                follows=lambda a: (n * a["igo_mean"] - best) / (n - 1) - a["igo_mean"], of=("igo_mean",)),),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------ functions
def _function(title: str, text: str, signature: str, form: str, tried: Sequence, hints: Sequence[str]) -> Question:
    name = signature.split("(")[0]
    calls, rights = zip(*tried, strict=True)
    return Question(
        title, text, f"def {signature}:\n    ...", (Function(name, calls, rights, 4.0, tuple(hints), form),)
    )


def leave_one_out(f: Facts, rng) -> Question:
    lists = [[round(float(x), 2) for x in rng.normal(0, 1.5, k)] for k in (4, 7)] + [[1.25]]
    return _function(
        "All members at once",
        "Write a function that takes the scores of all members of an IGO as a list and gives a list of the same length: for "
        "each member the mean of the *others*. A member without company has none: give `None`.",
        "leave_one_out(scores)", "`leave_one_out` gives a list of means, in points of the score, not rounded",
        [((one,), [(sum(one) - own) / (len(one) - 1) if len(one) > 1 else None for own in one]) for one in lists],
        ["a list of four scores does not give the mean of the other three for each",
         "a list of seven scores does not give the mean of the other six for each",
         "a single member has no company: give [None]"],
    )  # fmt: skip


def company_function(f: Facts, rng) -> Question:
    def rows(*status):
        return [[100 + k, s, round(float(rng.normal(0, 1.5)), 2)] for k, s in enumerate(status)]

    def right(table, state):
        scores = [score for who, status, score in table if who != state and status == 1 and score is not None]
        return sum(scores) / len(scores) if scores else None

    plain, mixed, gaps, alone = rows(1, 1, 1, 1), rows(1, 2, 1, 3, 1), rows(1, 1, 1, 1), rows(1, 3)
    gaps[1][2] = None
    return _function(
        "Whose company?",
        "Write a function that takes the rows of one IGO in one year, each `[state, status, score]`, and the number of a "
        "state. It gives the mean score of the full members (status 1) other than that state. A score may be `None`: such a "
        "member is passed over. Where nobody is left, give `None`.",
        "company(rows, state)", "`company` gives a number in points of the score, not rounded, or `None`",
        [((table, 100), right(table, 100)) for table in (plain, mixed, gaps, alone)],
        ["four full members do not give the mean of the other three", "associates and observers (status 2 and 3) are counted",
         "a member whose score is None is not passed over", "without any other full member the result must be None"],
    )  # fmt: skip


def spells(f: Facts, rng) -> Question:
    start = int(rng.integers(1966, 1980))
    whole, holed = list(range(start, start + 9)), [*range(start, start + 4), *range(start + 6, start + 11)]
    mixed = [int(year) for year in rng.permutation(holed)]
    return _function(
        "Spells",
        "Write a function that takes the calendar years in which a state was a full member of an IGO, as a list in any order. "
        "It gives the unbroken runs, in order, as a list of `[first, last]`. Without any year, the list is empty.",
        "spells(years)", "`spells` gives a list of pairs of calendar years",
        [((whole,), [[whole[0], whole[-1]]]), ((holed,), [[start, start + 3], [start + 6, start + 10]]),
         ((mixed,), [[start, start + 3], [start + 6, start + 10]]), (([],), [])],
        ["years without a hole are one run", "a hole of two years makes two runs", "the years need not come in order",
         "no years, no runs: give []"],
    )  # fmt: skip


# --------------------------------------------------------------------------------------------------------- counts
def cases_and_exits(f: Facts, rng) -> Question:
    kinds = f.cases["exit_kind"].value_counts()
    everyone = hr.build_panel(f.src, select="all")["case"].nunique()
    return Question(
        "Cases and exits",
        "How many cases does the study follow in your world (`n_cases`: distance below zero in the year before accession)? In "
        "how many of them does the state *withdraw* (`n_withdrawals`)? `hr.build_panel` is allowed.",
        lines("n_cases", "n_withdrawals"),
        (Number("n_cases", len(f.cases), 1.5, "a number of cases", 0, "count each case of the panel once", slips=(
            half(everyone, "`n_cases` counts states that stood above the mean as well: keep those below"),
            half(len(f.panel), "`n_cases` counts case-years, not cases"))),
         Number("n_withdrawals", int(kinds.get("withdraws", 0)), 1.5, "a number of cases", 0,
                "count each case once whose `exit_kind` is 'withdraws'", slips=(
            half(kinds.sum(), "`n_withdrawals` counts exits of all kinds: states that cease and IGOs that end did not "
                 "withdraw"),
            half(f.panel["exit_kind"].eq("withdraws").sum(), "`n_withdrawals` counts case-years, not cases")))),
        doing=False,
    )  # fmt: skip


def cases_by_state(f: Facts, rng) -> Question:
    by_state = f.cases["state"].value_counts()
    return Question(
        "Whose cases?",
        "From how many states do the cases of the study come in your world (`n_states`), and how many cases does the state "
        "with the most of them bring (`busiest`)? `hr.build_panel` is allowed.",
        lines("n_states", "busiest"),
        (Number("n_states", len(by_state), 1.5, "a number of states", 0, "count each state of the panel once", slips=(
            half(len(f.cases), "`n_states` counts cases, and a state may be in many"),)),
         Number("busiest", int(by_state.iloc[0]), 1.5, "a number of cases", 0,
                "take each case once, count cases by state, and take the largest", slips=(
            half(f.panel["state"].value_counts().iloc[0], "`busiest` counts case-years, not cases"),))),
    )  # fmt: skip


def the_choice(f: Facts, rng) -> Question:
    everyone, below = hr.build_panel(f.src, select="all")["case"].nunique(), len(f.cases)
    return Question(
        "The choice of cases",
        "How many accessions has your world on record, whatever side of the mean the state came from (`n_all`, cases of "
        "`hr.build_panel(src, select=\"all\")`)? What share of them does the study follow (`share_below`)?",
        lines("n_all", "share_below"),
        (Number("n_all", everyone, 1.5, "a number of cases", 0, "count each case once", slips=(
            half(below, "`n_all` counts only cases from below the mean"),)),
         Number("share_below", below / everyone, 1.5, SHARE, 3, "divide the study's cases by all cases",
                follows=lambda a: below / a["n_all"], of=("n_all",), share=True, slips=(
            half(1 - below / everyone, "`share_below` is the share of the others"),))),
    )  # fmt: skip


# -------------------------------------------------------------------------------------------- the estimation sample
def share_of_years(f: Facts, rng) -> Question:
    used, years = len(f.sample), f.panel["member"].eq(1).sum()
    return Question(
        "The estimation sample",
        "The model of Table 2 (timing `lag`) cannot use every membership year. What share of the panel's membership years does "
        "it use? (`hr.estimation_sample`)",
        lines("share_used"),
        (Number("share_used", used / years, 3.0, SHARE, 3, "divide the rows of the sample by the rows with `member` equal 1",
                share=True, slips=(
            half(used / len(f.panel), "`share_used` divides by all rows of the panel: the years before accession and after "
                 "exit are no membership years"),
            half(1 - used / years, "`share_used` is the share that is left out"))),),
    )  # fmt: skip


def share_of_cases(f: Facts, rng) -> Question:
    used, cases = f.sample["case"].nunique(), len(f.cases)
    return Question(
        "Cases that vanish",
        "The model of Table 2 (timing `lag`) leaves some cases without a single row. What share of the panel's cases has a row "
        "in it? (`hr.estimation_sample`)",
        lines("share_used"),
        (Number("share_used", used / cases, 3.0, SHARE, 3, "count each case once, in the sample and in the panel",
                share=True, slips=(
            half(1 - used / cases, "`share_used` is the share that vanishes"),
            half(len(f.sample) / len(f.panel), "`share_used` counts rows, not cases"))),),
    )  # fmt: skip


def rows_per_case(f: Facts, rng) -> Question:
    rows = f.sample["case"].value_counts()
    return Question(
        "How long is a case?",
        "How many rows has a case on average in the model of Table 2 (timing `lag`), cases without a row left aside "
        "(`mean_rows`), and what share of the cases has fewer than ten (`share_short`)? (`hr.estimation_sample`)",
        lines("mean_rows", "share_short"),
        (Number("mean_rows", rows.mean(), 1.5, "rows a case", 2, "divide the rows of the sample by its cases", slips=(
            half(rows.median(), "`mean_rows` is the median: the mean was asked for"),)),
         Number("share_short", rows.lt(10).mean(), 1.5, SHARE, 3, "count the rows of each case, then the cases below ten",
                share=True, slips=(half(rows.le(10).mean(), "`share_short` counts cases with ten rows as well"),))),
    )  # fmt: skip


DEFENCES = (
    written("Defend the choice", "A reader objects: *by keeping only states that stood below the mean in one chosen year, the "
            "study has built its result into the panel.* Is the reader right? Say what that choice does to the years after, "
            "what would be lost without it, and how you would find out how much it matters.", (
        (3.6, "says why a choice by one year brings states back towards the mean without any influence, what dropping it would "
              "do to the question, and names a comparison that would tell"),
        (2.5, "explains the return to the mean rightly, without a way to measure it"),
        (1.5, "says that the choice matters, without saying how"), (0.5, "retells the rule"))),
    written("Defend the rows", "A reader objects: *rows that lack a number are dropped, and those are not just any rows.* Say "
            "which states and years go missing, which way that may bend the result, and what you would do about it.", (
        (3.6, "names who goes missing and why, argues for a direction, and proposes a check that could come out either way"),
        (2.5, "names who goes missing and a direction"), (1.5, "says only that missing rows are a problem"),
        (0.5, "retells the counts"))),
    written("Defend the mean", "A reader asks: *why leave the state itself out, and why weigh Luxembourg like Germany?* Defend or "
            "mend the IGO mean. Say what each of the two choices does to distances, in small clubs and in large ones.", (
        (3.6, "works out what counting oneself does, in small clubs and large, weighs equal weights against another rule, and "
              "says what either would mean for the question"),
        (2.5, "treats one of the two rightly, with its size"), (1.5, "gives reasons without consequences"),
        (0.5, "retells the definition"))),
)  # fmt: skip

SLOTS = (
    (company_of_a_member, company_to_be, company_left),
    (distance, how_many_are_lower, without_the_best),
    (leave_one_out, company_function, spells),
    (cases_and_exits, cases_by_state, the_choice),
    (share_of_years, share_of_cases, rows_per_case),
    DEFENCES,
)
