"""Figures of worlds say in words what they draw."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest

import hralign as hr
from hralign.display import world_plots


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_maps_have_a_row_for_each_test_and_the_null_world_at_strength_zero():
    hr.use_style()
    table = hr.recorded("worlds/surface").table
    figure, alt = world_plots.surfaces(table[table["hypothesis"].isin(["H1", "H2"])])
    assert len(figure.axes) == 8 and figure.axes[0].get_title(loc="left") == "H1, intrinsic"
    null = table.query("hypothesis == 'H2' and world == 'null' and noise == 1")["state"].item()
    assert f"H2, selection, noise 1: {null:.0%}, " in alt


def test_lines_of_power_name_the_share_without_the_mechanism():
    hr.use_style()
    table = hr.recorded("worlds/strengths").table
    figure, alt = world_plots.powers(table)
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["H1", "H2", "H3", "H4"]
    one = table.query("hypothesis == 'H1' and world == 'instrumental' and strength == 1").iloc[0]
    assert "H1, instrumental: " in alt and f"{one.power:.0%} at 1; without {one.false_alarms:.0%}" in alt
