"""The class as a whole: how hard each question was, what it tells apart, how totals are spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from .pages import page

FEWEST = 5
"""Fewer students make no correlation."""

BINS = 10
QUESTIONS = ["chapter", "question", "title", "out_of", "students", "share_earned", "discrimination", "left_open",
             "commonest_slip"]  # fmt: skip
TOTALS = ["chapter", "points", "students"]


def long(results: Mapping[str, Any]) -> pd.DataFrame:
    """One row per student, chapter and question of the notebooks that count.

    ``points`` have the teacher's in them, and are missing as long as these are.
    """
    rows = []
    for record in results["notebooks"]:
        if not record["counts"]:
            continue
        by_hand = {text["question"]: text["mark"] for text in record["written"]}
        for one in record["questions"]:
            mark = by_hand.get(one["question"], 0.0)
            slips = [part["slip"] for part in one["parts"]]
            rows.append({
                "student": record["student"], "chapter": record["chapter"], "question": one["question"],
                "title": one["title"], "out_of": one["possible"], "slips": slips,
                "points": np.nan if mark is None else one["points"] + mark,
                "open": bool(slips) and all(slip == "missing" for slip in slips),
            })  # fmt: skip
    return pd.DataFrame(rows, columns=["student", "chapter", "question", "title", "out_of", "slips", "points", "open"])


def by_question(table: pd.DataFrame) -> pd.DataFrame:
    """Difficulty and discrimination of each question.

    Returns
    -------
    DataFrame
        ``share_earned`` (0 to 1) is the mean share of the points, ``discrimination`` the correlation of a question's
        points with those of the rest of its chapter (missing below five students, or where all have the same),
        ``left_open`` the share of students without an answer.
    """
    rows = []
    for chapter, own in table.groupby("chapter"):
        points = own.set_index(["student", "question"])["points"].unstack()  # noqa: PD010
        for question, one in own.groupby("question"):
            mine, rest = points[question], points.drop(columns=question).sum(axis=1)
            known = mine.notna()
            spread = known.sum() >= FEWEST and min(np.ptp(mine[known]), np.ptp(rest[known])) > 0
            slips = Counter(slip for found in one["slips"] for slip in found if slip)
            slip, count = slips.most_common(1)[0] if slips else ("", 0)
            rows.append([
                chapter, question, commonest(one["title"]), one["out_of"].iloc[0], int(known.sum()),
                round((one["points"] / one["out_of"]).mean(), 3),
                round(mine[known].corr(rest[known]), 3) if spread else np.nan, round(one["open"].mean(), 3),
                f"{slip} ({count})" if slip else "",
            ])  # fmt: skip
    return pd.DataFrame(rows, columns=QUESTIONS)


def commonest(titles: pd.Series) -> str:
    """The title that most have: variants of a question may differ in it."""
    return titles.mode().iloc[0]


def totals(table: pd.DataFrame) -> pd.DataFrame:
    """How many students have how many points in a chapter, in ten steps; what still waits for a mark counts nothing."""
    rows = []
    for chapter, own in table.groupby("chapter"):
        out_of = own.groupby("question")["out_of"].first().sum()
        edges = np.linspace(0, out_of, BINS + 1)
        counts, _ = np.histogram(own.groupby("student")["points"].sum().clip(0, out_of), edges)
        rows += [[chapter, f"{low:g} to {high:g}", int(count)]
                 for low, high, count in zip(edges, edges[1:], counts, strict=False)]  # fmt: skip
    return pd.DataFrame(rows, columns=TOTALS)


def statistics_page(table: pd.DataFrame) -> str:
    questions, spread, chapters = by_question(table), totals(table), []
    for chapter, own in table.groupby("chapter"):
        sums = own.groupby("student")["points"].sum()
        bins = spread[spread["chapter"].eq(chapter)]
        chapters.append({
            "chapter": chapter, "students": len(sums), "mean": sums.mean(), "median": sums.median(),
            "out_of": own.groupby("question")["out_of"].first().sum(), "most": max(1, bins["students"].max()),
            "questions": questions[questions["chapter"].eq(chapter)].to_dict("records"),
            "totals": bins.to_dict("records"),
        })  # fmt: skip
    return page("statistics", chapters=chapters, fewest=FEWEST)


def pairs_page(results: Mapping[str, Any]) -> str:
    return page("pairs", pairs=results["pairs"])
