"""Figures of the clock say in words what they draw."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import hralign as hr
from hralign.display import clock_plots


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_lines_of_the_lexis_diagram_climb_a_year_for_a_year(world, world_panel):
    table = hr.lexis(world_panel, world, [("Spain", "COE"), ("Myanmar", "ASEAN")])
    lines, cells = table[table["line"].ne("sample")], table[table["line"].eq("sample")]
    assert lines["line"].nunique() == 2  # a simulated world has neither, and shows as many of its own
    for _, one in lines.groupby("line"):
        assert (one["duration"].diff().iloc[1:] <= one["year"].diff().iloc[1:]).all()
    assert cells["rows"].sum() == hr.fit_alignment(world_panel).nobs
    _, alt = clock_plots.lexis(table)
    assert all(f"{name} from {one['year'].min()}" in alt for name, one in lines.groupby("line"))


def test_real_memberships_are_shown_where_they_are(world, world_panel):
    first = world_panel[world_panel["duration"].eq(3)].iloc[0]
    state = world.states.set_index("state").loc[first["state"], "name"]
    igo = world.igos.set_index("igo").loc[first["igo"], "acronym"]
    table = hr.lexis(world_panel, world, [(state, igo), ("Spain", "COE")])
    assert set(table["line"]) == {"sample", f"{state} ({igo})"}


def test_what_misses_its_truth_is_named():
    table = pd.DataFrame({"estimator": ["lived", "lived"], "effect": ["growing", "falling calendar"],
                          "truth": [0.02, 0.0], "back": [0.0199, -0.02]})  # fmt: skip
    _, alt = clock_plots.recovered(table)
    assert "lived misses falling calendar (−0.020 for 0.000)." in alt and "growing (" not in alt


def test_belief_and_courses_tell_their_ends(world_panel):
    shares = hr.clock_share(world_panel, shares=[-1, 0, 1, 2])
    _, alt = clock_plots.belief(shares)
    assert f"{shares['estimate'].iloc[1]:.4f}, the lived slope" in alt
    courses = hr.lived_courses(hr.fit_alignment(world_panel), entries=(1980,))
    _, alt = clock_plots.figure2_twice(courses)
    assert "40 years of membership" in alt and "1980 from" in alt


def test_exchanged_cards_stand_beside_the_real_ones():
    table = pd.DataFrame({"select": ["below"] * 3 + ["all"] * 3, "draw": [-1, 0, 1] * 2,
                          "slope": [0.02, 0.01, 0.03, -0.01, 0.0, -0.01]})  # fmt: skip
    _, alt = clock_plots.exchanged(table)
    assert "cases from below the mean: on average 0.0200, the real one 0.0200" in alt
