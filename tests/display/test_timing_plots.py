"""Figures of the chapters on timing say in words what they draw."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import hralign as hr
from hralign.display import timing_plots
from hralign.study import event_time


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_both_ends_of_the_curves_are_told(world_panel):
    curve = hr.event_curve(world_panel, "years_to_accession", event_time.BEFORE, n=5)
    figure, alt = timing_plots.before_accession(curve)
    assert f"{curve['estimate'].iloc[-1]:.2f}".replace("-", "−") in alt and "before accession" in alt
    assert figure.get_figwidth() <= 4.8
    assert "after exit" in timing_plots.after_exit(curve)[1]


def test_paths_have_a_panel_a_world_and_mark_the_year_of_choice():
    paths = pd.DataFrame(
        [
            {"world": world, "group": group, "clock": clock, "moved": sign * (1 + clock) / 10, "cases": 3}
            for world in ("here", "there")
            for group, sign in (("below", -1), ("above", 1))
            for clock in (-2, -1, 0)
        ]
    )
    figure, alt = timing_plots.sorted_by_one_year(paths)
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["here", "there"]
    assert "here, chosen below: 0.10, 0 and −0.10" in alt


def test_withdrawals_are_listed_from_the_largest_fall():
    changes = pd.DataFrame(
        {"state": ["Up", "Down"], "igo": "Club", "exit": [1990, 2004], "before_accession": [-1.0, -2.0],
         "last": [-0.5, -1.6], "after": [0.1, -2.2], "change": [0.6, -0.6]}
    )  # fmt: skip
    figure, alt = timing_plots.withdrawals(changes)
    assert [one.get_text() for one in figure.axes[0].get_yticklabels()] == ["Down, Club 2004", "Up, Club 1990"]
    assert "Down, Club 2004: −2.00, −1.60, −2.20" in alt


def test_every_right_has_a_line_and_a_panel():
    rights = ("disappearances", "political_imprisonment", "killings", "torture")
    paths = pd.DataFrame(
        [{"right": right, "clock": k, "distance": -k / 10} for right in rights for k in (-2, -1, 0, 1)]
    )
    figure, alt = timing_plots.rights_around_accession(paths)
    assert len({line.get_color() for line in figure.axes[0].lines[:4]}) == 4
    assert "political imprisonment: 0.20, 0.10, −0.10" in alt
    ends = {
        "estimate": [-0.5, -0.1],
        "lower": [-0.6, -0.2],
        "upper": [-0.4, 0.0],
        "case_lower": -2.0,
        "case_upper": 1.0,
    }
    courses = pd.concat([pd.DataFrame({"right": right, "duration": [1, 9], **ends}) for right in rights])
    figure, alt = timing_plots.four_courses(courses)
    assert [ax.get_title(loc="left") for ax in figure.axes] == [right.replace("_", " ") for right in rights]
    assert "torture from −0.50 to −0.10" in alt and "years 1 to 9" in alt
