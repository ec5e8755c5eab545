"""Chapter 8: the approach, the exits, and what happens after them."""

from __future__ import annotations

import numpy as np
import pandas as pd

import hralign as hr

from ..bank import A_YEAR, ERRORS, LEVELS, POINTS, SHARE, Facts, half, lines, written
from ..draws import Draw
from ..questions import Choice, Number, Question, Slip

INTRO = (
    "You test what happens before accession (H1) and after exit (H3), and see on how many exits the second test rests."
)

WORDS = ("instrumental", "intrinsic", "neither")


def reading(hypothesis: str, z: float, clear: float = hr.Z) -> str:
    """The paper's reading of a test statistic."""
    return hr.READINGS[hypothesis][int(np.sign(z)) if abs(z) > clear else 0]


def facts(draw: Draw) -> Facts:
    panel = hr.build_panel(draw.src)
    changes = hr.exit_changes(panel)
    known = changes[changes["exit_kind"].eq("withdraws")].dropna(subset=["change", "reversion"])
    return Facts(panel=panel, changes=changes, known=known, cases=panel.drop_duplicates("case"))


# -------------------------------------------------------------------------------------------------------- approach
def _approach(title: str, text: str, years: int, skip: int):
    def ask(f: Facts, rng) -> Question:
        fit, other = (
            hr.fit_approach(f.panel, years, skip_last=skip),
            hr.fit_approach(f.panel, 10, skip_last=1 - min(skip, 1)),
        )
        f.approach, f.se = fit.params["years_to_accession"], fit.bse["years_to_accession"]
        return Question(
            title,
            f"What is the slope of distance {text}, with intercepts and slopes that vary by case (`approach`), and what is the "
            "standard error that the model gives it (`approach_se`)? (`hr.fit_approach`)",
            lines("approach", "approach_se"),
            (Number("approach", f.approach, 1.0, A_YEAR, 4, "it is the coefficient of `years_to_accession`, for the years that were "
                    "asked for", partner=("approach_se", f.se), slips=(
                Slip("timing", other.params["years_to_accession"], "`approach` is the slope of other years: read which were asked "
                     "for"),)),
             Number("approach_se", f.se, 1.0, A_YEAR, 4, "it is the error of the same coefficient", partner=("approach", f.approach),
                    slips=(Slip("variance", f.se**2, "`approach_se` is the variance: take its root"),
                           Slip("timing", other.bse["years_to_accession"], "`approach_se` is that of other years")))),
            doing=False,
        )  # fmt: skip

    return ask


def _h1(level: str):
    def ask(f: Facts, rng) -> Question:
        clear, z = LEVELS[level], f.approach / f.se
        return Question(
            f"H1, at {level}",
            f"How many standard errors is that slope from zero (`z`)? At the two-sided **{level}** level, which motive does it speak "
            "for: by the paper's reading, a significant rise speaks for instrumental motives, anything else for neither.",
            'z = ...\nh1 = "..."',
            (Number("z", z, 1.0, ERRORS, 2, "divide the slope by its standard error",
                    follows=lambda a: a["approach"] / a["approach_se"], of=("approach", "approach_se"), slips=(
                half(1 / z, "`z` is upside down"),)),
             Choice("h1", reading("H1", z, clear), WORDS, 1.0, f"compare z with {clear:.2f}; without a clear rise it is neither",
                    follows=lambda a: reading("H1", a["z"], clear), of=("z",))),
        )  # fmt: skip

    return ask


# -------------------------------------------------------------------------------------------------- the same cases
def _same(start: int):
    def ask(f: Facts, rng) -> Question:
        years = f.panel[f.panel["years_to_accession"].isin([start, -1])]
        wide = years.pivot(index="case", columns="years_to_accession", values="distance")
        change = (wide[-1] - wide[start]).dropna()
        return Question(
            f"The same cases, from {-start} years before",
            f"Take the cases that have a distance both **{-start} years before** accession and in the year before it. How many are "
            "there (`n_same`), and by how much did their distance change on average from the first of these years to the second "
            "(`same_change`)?",
            lines("n_same", "same_change"),
            (Number("n_same", len(change), 2.0, "a number of cases", 0, "keep the cases with a distance in both years", slips=(
                half(wide[-1].notna().sum(), "`n_same` counts cases with a distance in the last year, whether or not they have one "
                     "in the first"),)),
             Number("same_change", change.mean(), 2.0, POINTS, 3, "take the earlier distance from the later one, case by case, and "
                    "average", slips=(
                half(wide[-1].mean() - wide[start].mean(), "`same_change` compares the means of different cases: take the change of "
                     "those on record in both years"),
                half(change.median(), "`same_change` is the median")))),
        )  # fmt: skip

    return ask


# ------------------------------------------------------------------------------------------------------------ exits
def kinds_of_exit(f: Facts, rng) -> Question:
    kinds = f.cases["exit_kind"].value_counts()
    n = [int(kinds.get(kind, 0)) for kind in ("withdraws", "state ceases", "IGO ends")]
    rows = f.panel["exit_kind"].value_counts()
    return Question(
        "Exits of three kinds", "In how many cases does the state withdraw, does the state cease to exist, does the IGO end?",
        lines("n_withdrawals", "n_ceased", "n_ended"),
        tuple(Number(name, right, points, "a number of cases", 0, "count each case once, by its `exit_kind`", slips=(
                  half(rows.get(kind, 0), f"`{name}` counts case-years, not cases"),
                  half(sum(n), f"`{name}` counts exits of all kinds")))
              for name, right, points, kind in zip(("n_withdrawals", "n_ceased", "n_ended"), n, (1.0, 0.5, 0.5),
                                                   ("withdraws", "state ceases", "IGO ends"), strict=True)),
    )  # fmt: skip


def share_of_withdrawals(f: Facts, rng) -> Question:
    ended = f.cases.dropna(subset=["exit"])
    withdrew = int(ended["exit_kind"].eq("withdraws").sum())
    return Question(
        "Who turns back?", "How many cases have an exit of any kind (`n_exits`), and what share of them are withdrawals "
        "(`share_withdrew`)?", lines("n_exits", "share_withdrew"),
        (Number("n_exits", len(ended), 1.0, "a number of cases", 0, "count each case once that has an exit", slips=(
             half(withdrew, "`n_exits` counts withdrawals only"), half(len(f.cases), "`n_exits` counts every case"))),
         Number("share_withdrew", withdrew / len(ended), 1.0, SHARE, 3, "divide the withdrawals by all exits", share=True,
                follows=lambda a: withdrew / a["n_exits"], of=("n_exits",), slips=(
             half(1 - withdrew / len(ended), "`share_withdrew` is the share of the others"),
             half(withdrew / len(f.cases), "`share_withdrew` divides by all cases: divide by those with an exit")))),
    )  # fmt: skip


def states_behind(f: Facts, rng) -> Question:
    rows = f.cases[f.cases["exit_kind"].eq("withdraws")]
    return Question(
        "How many decisions?", "How many cases end in a withdrawal (`n_withdrawals`), and how many different states are behind them "
        "(`n_states`)?", lines("n_withdrawals", "n_states"),
        (Number("n_withdrawals", len(rows), 1.0, "a number of cases", 0, "count each case once whose `exit_kind` is 'withdraws'",
                slips=(half(f.cases["exit"].notna().sum(), "`n_withdrawals` counts exits of all kinds"),
                       half(f.panel["exit_kind"].eq("withdraws").sum(), "`n_withdrawals` counts case-years, not cases"))),
         Number("n_states", rows["state"].nunique(), 1.0, "a number of states", 0, "count each of these states once", slips=(
             half(rows["igo"].nunique(), "`n_states` counts IGOs"),))),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------- one exit by hand
def _pick(f: Facts, rng) -> tuple[pd.Series, str]:
    one = f.known.iloc[rng.integers(len(f.known))]
    return one, f"Case `{one['case']}` withdraws in {int(one['exit'])}. By how much does"


def one_change(f: Facts, rng) -> Question:
    one, text = _pick(f, rng)
    return Question(
        "One exit by hand",
        f"{text} its mean distance of the (at most) five years from the exit on differ from that of the (at most) last five years of "
        "membership? After minus before.",
        lines("one_change"),
        (Number("one_change", one["change"], 3.0, POINTS, 3, "average the distances of each stretch, those that are known, and take "
                "the earlier mean from the later one", slips=(
            half(one["reversion"], "`one_change` compares with the years before accession: take the last years of membership"),
            half(one["after"], "`one_change` is the mean after exit: take the one before from it"))),),
    )  # fmt: skip


def one_return(f: Facts, rng) -> Question:
    one, text = _pick(f, rng)
    return Question(
        "One return by hand",
        f"{text} its mean distance of the (at most) five years from the exit on differ from that of the (at most) five years before "
        "*accession*? After minus before; zero would be a full return.",
        lines("one_return"),
        (Number("one_return", one["reversion"], 3.0, POINTS, 3, "average the distances of each stretch, those that are known, and "
                "take the earlier mean from the later one", slips=(
            half(one["change"], "`one_return` compares with the last years of membership: take those before accession"),
            half(one["after"], "`one_return` is the mean after exit: take the one before accession from it"))),),
    )  # fmt: skip


def who_moved(f: Facts, rng) -> Question:
    one, text = _pick(f, rng)
    rows = f.panel[f.panel["case"].eq(one["case"]) & f.panel["distance"].notna()]
    after = rows[rows["year"].between(one["exit"], one["exit"] + 4)]["score"].mean()
    last = rows[rows["member"].eq(1) & rows["year"].ge(one["exit"] - 5)]["score"].mean()
    return Question(
        "Who moved?",
        f"{text} the mean *score* of the state in the (at most) five years from the exit on differ from that in its (at most) last "
        "five years of membership (years with a distance only)? After minus before.",
        lines("score_change"),
        (Number("score_change", float(after - last), 3.0, POINTS, 3, "average the column `score` of each stretch, and take the earlier "
                "mean from the later one", slips=(
            half(one["change"], "`score_change` is the change in distance: the state's own score was asked for"),)),),
    )  # fmt: skip


# --------------------------------------------------------------------------------------------------------------- H3
def _h3(title: str, text: str, values, wrong):
    def ask(f: Facts, rng) -> Question:
        x = values(f)
        mean, t = float(x.mean()), float(x.mean() / (x.std() / np.sqrt(len(x))))
        return Question(
            title,
            f"{text} (`mean_change`), and how many standard errors is that mean from zero, taking them as independent (`t`)? Which "
            "motive does it speak for at the two-sided 5 % level: by the paper's reading, a significant fall speaks for instrumental "
            "motives, anything else for intrinsic ones.",
            'mean_change = ...\nt = ...\nh3 = "..."',
            (Number("mean_change", mean, 1.0, POINTS, 3, "average the changes that were asked for, each once", slips=wrong(f)),
             Number("t", t, 1.0, ERRORS, 2, "divide the mean by the standard deviation over the root of their number", slips=(
                half(mean / x.std(), "`t` divides by the standard deviation: divide by that of the mean"),
                half(float(mean / (x.std(ddof=0) / np.sqrt(len(x)))), "`t` has a standard deviation that divides by n: divide by "
                     "n − 1"))),
             Choice("h3", reading("H3", t), WORDS, 1.0, "a significant fall after exit speaks for instrumental, anything else for "
                    "intrinsic", follows=lambda a: reading("H3", a["t"]), of=("t",))),
        )  # fmt: skip

    return ask


def _five(f: Facts) -> pd.Series:
    f.known_all = f.changes[f.changes["exit_kind"].eq("withdraws")].dropna(subset=["change"])
    return f.known_all["change"]


def _three(f: Facts) -> pd.Series:
    short = hr.exit_changes(f.panel, years=3)
    return short.loc[short["exit_kind"].eq("withdraws"), "change"].dropna()


def _all_kinds(f: Facts) -> tuple[Slip, ...]:
    return (half(f.changes["change"].mean(), "`mean_change` has all kinds of exit in it: keep withdrawals"),)


H3 = (
    _h3("H3", "What is the mean of the change over five years that `hr.exit_changes` gives, over all *withdrawals* that have one",
        _five, _all_kinds),
    _h3("H3, state by state", "Average that change (five years, `hr.exit_changes`, *withdrawals* only) within each state first, so "
        "that every state that ever withdrew has one number. What is the mean of these",
        lambda f: _five(f).groupby(f.known_all["state"]).mean(),
        lambda f: (half(_five(f).mean(), "`mean_change` gives cases a vote each: average within states first"), *_all_kinds(f))),
    _h3("H3, over three years", "What is the mean of the change if it is taken over *three* years on either side "
        "(`hr.exit_changes` has an argument for it), over all *withdrawals* that have one", _three,
        lambda f: (Slip("timing", _five(f).mean(), "`mean_change` is over five years: three were asked for"),)),
)  # fmt: skip

DEFENCES = (
    written("Defend your reading of H1", "Do states in your world adapt before they join? Set the slope against the same cases. Say what "
            "sorting cases by the last year does to either, and what a group of comparison would have to look like.", (
        (3.6, "tells a slope over different cases from the change of the same ones, says what sorting does to both, and names whom "
              "to compare with"),
        (2.5, "sees that the two differ, and one reason"), (1.5, "reads one of the numbers"), (0.5, "retells the numbers"))),
    written("Defend your reading of H3", "Does your world show that states keep what they learned? Say how many exits speak, what could "
            "have been seen with so few, and whether the paper's rule, that no clear fall counts for intrinsic motives, is fair.", (
        (3.6, "weighs what so few exits could show, tells silence from evidence, and says how the rule should be mended"),
        (2.5, "sees that few exits cannot show much"), (1.5, "applies the rule"), (0.5, "retells the numbers"))),
    written("Defend the kinds", "Somebody averages all exits, *because there are so few withdrawals.* Answer. Say what each kind of exit can "
            "show about motives, and what the average of all would tell.", (
        (3.6, "says for each kind what there is to observe after it and whose choice it was, and what an average of all would mix"),
        (2.5, "keeps withdrawals for a good reason, without the others"), (1.5, "keeps the kinds apart"),
        (0.5, "retells the counts"))),
)  # fmt: skip

SLOTS = (
    (_approach("The approach", "over the ten years before accession", 10, 0),
     _approach("The approach, without the last year", "over the ten years before accession, the last of them left out", 10, 1),
     _approach("The approach, in six years", "over the six years before accession", 6, 0)),
    (_h1("5 %"), _h1("1 %"), _h1("10 %")),
    (_same(-5), _same(-3), _same(-10)),
    (kinds_of_exit, share_of_withdrawals, states_behind),
    (one_change, one_return, who_moved),
    H3,
    DEFENCES,
)  # fmt: skip
