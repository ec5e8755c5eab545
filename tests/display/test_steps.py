"""Figures in steps and openings: what is drawn and told comes from the table."""

import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from hralign.display.courses import named_courses
from hralign.display.steps import resamples, sorted_in_motion

THREADS = pd.DataFrame({
    "group": ["below", "below", "above"], "before": [-0.5, -0.7, 0.2], "chosen": [-1.2, -1.0, 0.9],
    "after": [-0.4, -0.8, 0.1],
})  # fmt: skip


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def test_sorting_in_motion_is_complete_at_rest_and_moves_only_for_who_wants_it():
    shown = sorted_in_motion(THREADS, "before", "choice", "after").data
    assert "3 cases" in shown and "below, −0.60, −1.10, −0.60" in shown and "it: below and above." in shown
    assert shown.count("<polyline") == 5, "a thread for each case and for each mean"
    assert "prefers-reduced-motion: no-preference" in shown and "tabindex" in shown and "<script" not in shown
    assert min(float(size) for size in re.findall(r"font: (\d+)px", shown)) >= 10


def test_sorting_in_motion_does_not_say_what_its_data_do_not():
    drifting = THREADS.assign(after=[-2.0, -2.0, 2.0])
    assert "it: neither group." in sorted_in_motion(drifting, "before", "choice", "after").data


def test_resamples_tell_who_was_drawn_and_who_not():
    table = pd.DataFrame({
        "draw": ["as it is"] * 2 + ["first"] * 2, "state": ["Peru", "Chad"] * 2, "times": [1, 1, 2, 0],
        "cases": [3, 2, 3, 2], "mean": [0.01, 0.01, -0.02, -0.02],
    })  # fmt: skip
    figure, alt = resamples(table)
    assert "as it is: mean 0.0100, nobody twice, without nobody" in alt
    assert "first: mean −0.0200, Peru 2 times, without Chad" in alt
    squares = [len(line.get_xdata()) for line in figure.axes[1].lines]
    assert squares == [3, 3]


def test_courses_are_dotted_outside_and_told_by_their_ends():
    table = pd.DataFrame({
        "who": ["Peru"] * 3 + ["Chad"] * 2, "clock": [1990, 1991, 1993, 1990, 1991], "value": [-1, -0.5, 0.25, 1, 2],
        "inside": [False, True, True, True, True],
    })  # fmt: skip
    figure, alt = named_courses(table, "Year", "Distance")
    assert (
        alt == "2 courses, distance: Peru from −1.00 in 1990 to 0.25 in 1993; Chad from 1.00 in 1990 to 2.00 in 1991."
    )
    lines = figure.axes[0].lines
    assert [line.get_linestyle() for line in lines[:3]] == [":", "-", "-"]
    assert pd.isna(lines[1].get_ydata()[2]), "the year without a number is a gap"
