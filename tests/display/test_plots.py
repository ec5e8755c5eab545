"""Figures draw every row of their table, and say in words what they show."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import hralign as hr
from hralign.display import plots, theme
from hralign.study.alignment import case_slopes, courses


@pytest.fixture(scope="module")
def fit(world_panel):
    return hr.fit_alignment(world_panel)


@pytest.fixture(scope="module")
def slopes(fit, world_panel, world):
    return case_slopes(fit, world_panel, world)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_the_average_and_its_two_bands_are_drawn(fit):
    prediction = hr.predict_by_duration(fit)
    ax = plots.predicted_distance(prediction)
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), prediction["estimate"])
    edges = [band.get_paths()[0].vertices[:, 1] for band in ax.collections]
    assert [values.max() for values in edges] == [prediction["case_upper"].max(), prediction["upper"].max()]


def test_two_bands_say_in_words_where_the_course_begins_and_ends(fit, slopes):
    course = courses(fit, slopes)
    figure, alt = plots.two_bands(course)
    top, bottom = figure.axes
    average = course[course["line"].eq("average")]
    np.testing.assert_array_equal(top.lines[0].get_ydata(), average["estimate"])
    single = course["line"].nunique() - 2
    assert single > 10 and len(bottom.lines) == single + 2 and f"{single} straight lines" in alt
    assert f"{average['estimate'].iloc[0]:.2f}".replace("-", "−") in alt and "-" not in alt


def test_slopes_of_cases_are_all_counted(slopes):
    figure, alt = plots.slopes_of_cases(slopes)
    bars = [bar.get_height() for bar in figure.axes[0].patches]
    assert sum(bars) == len(slopes) and f"{len(slopes):,} cases" in alt
    assert f"{(slopes['slope'] > 0).mean():.0%} are above zero" in alt


@pytest.mark.parametrize("draw", [plots.two_bands, plots.slopes_of_cases])
def test_they_can_be_shown_as_a_result(draw, fit, slopes, world, record):
    table = courses(fit, slopes) if draw is plots.two_bands else slopes
    shown = hr.result("drawn", table, world, caption="What is drawn", draw=draw)
    assert shown.html.count("<svg") == 1 and draw(table)[1][:40] in shown.html


def test_a_curve_and_a_forest_have_a_point_for_each_row(world_panel):
    curve = hr.event_curve(world_panel, "years_to_accession", range(-5, 1))
    ax = plots.event_curve(curve)
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), curve["estimate"])
    np.testing.assert_array_equal(ax.collections[1].get_offsets()[:, 1], curve["mean"])
    rows = pd.DataFrame({"estimate": [1.0, 2.0], "lower": [0.5, 1.0], "upper": [1.5, 3.0], "note": "n"})
    rows.index = ["a", "b"]
    ax = plots.forest(rows, xlabel="Slope")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["a", "b"] and len(ax.texts) == 2
    assert [list(line.get_xdata()) for line in ax.lines[:4]] == [[0.5, 1.5], [1.0], [1.0, 3.0], [2.0]]


def test_minus_signs_stand_before_numbers_alone():
    assert theme.minus("from -0.2 to -.5, a 5-10 year-old well-known") == "from −0.2 to −.5, a 5-10 year-old well-known"


def test_dumbbells_join_two_values_of_each_line():
    figure, ax = plots.dumbbells(["a", "b"], ("before", [0.2, -0.1]), ("after", [0.4, 0.0]), xlabel="points")
    joined, discs = ax.lines[:2], {line.get_label(): list(line.get_xdata()) for line in ax.lines}
    assert [list(line.get_xdata()) for line in joined] == [[0.2, 0.4], [-0.1, 0.0]]
    assert discs["before"] == [0.2, -0.1] and discs["after"] == [0.4, 0.0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    plt.close(figure)
