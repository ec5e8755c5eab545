"""Figures on clean controls say in words what they draw, and the tables behind them add up."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import hralign as hr
from hralign.display import controls
from hralign.stress import control_tables as tables

RECORDED = {
    "placebo/curves": (controls.pair_curves, "difference", -5),
    "placebo/worlds": (controls.worlds_beside, "members", None),
    "placebo/planted": (controls.planted_slopes, "back", None),
    "event/paths": (controls.event_paths, "estimate", None),
    "event/planted": (controls.two_estimators, "two_way", None),
    "event/bounds": (controls.bounds, "lower", None),
    "exits/beside": (controls.leavers, "change", None),
    "exits/power": (controls.power, "sign_flip", None),
}


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.mark.parametrize("name", RECORDED)
def test_a_figure_tells_its_numbers_in_words(name):
    draw, column, year = RECORDED[name]
    table = hr.recorded(name).table
    figure, alt = draw(table)
    assert figure.axes and len(alt) > 80 and "nan" not in alt
    value = table.set_index("event_year").loc[year, column] if year is not None else table[column].iloc[0]
    written = {f"{value:+.2f}", f"{value:.2f}", f"{value:.3f}", f"{value:.4f}", f"{value:.0%}"}
    assert any(number.replace("-", "−") in alt for number in written)
    assert not any(f"-{digit}" in alt for digit in range(10))  # true minus signs


def test_slopes_are_pooled_over_draws():
    study = hr.recorded_study("placebo")
    table = tables.slopes_table(study).set_index("timing")
    lag = study[study["timing"] == "lag"]
    assert table.loc["lag", "difference"] == pytest.approx((lag["members"] - lag["imitators"]).mean(), abs=1e-5)
    # resamples of one draw each hold the lottery twice: once as other imitators, once as states that pull
    again, lottery = (lag["again_members"] - lag["again_imitators"]).var(), lag["difference"].var()
    assert table.loc["lag", "se"] == pytest.approx((again - 2 * lottery) ** 0.5, rel=0.1)
    # what a nested bootstrap (states resampled 200 times, four lots redrawn in each) found
    assert table.loc["lag", "se"] == pytest.approx(0.0057, abs=0.0004) and table.loc["lag", "se"] < lag["se"].mean()


def test_intervals_that_hold_at_once_are_wider():
    study = hr.recorded_study("placebo_curve")
    assert tables.at_once(study, [5]) == pytest.approx(2, abs=0.3)
    assert tables.at_once(study, [-5, 5, 10]) > tables.at_once(study, [5])


def test_what_is_shared_and_what_parts_make_up_both_sides(world):
    below, above = (hr.cohort_path(hr.find_outsiders(world, select=s), select=s) for s in ("below", "above"))
    table = tables.mirror_table(below, above, {"after": (-1, 5), "around": (-5, 5)}).set_index(["span", "part"])
    for span in ("after", "around"):
        part = table.loc[span, "estimate"]
        assert part["shared"] - part["parting"] == pytest.approx(part["below"])
        assert part["shared"] + part["parting"] == pytest.approx(part["above"])
    assert table.loc[("after", "below"), "estimate"] == below.estimate[5]


def test_power_and_recovery_are_shares():
    power = tables.power_table(hr.recorded_study("exit_power"))
    assert power["fall"].is_monotonic_increasing and power.drop(columns="fall").max().max() == 1
    recovery = tables.recovery_table(hr.recorded_study("event_worlds"))
    assert recovery["covered"].between(0, 1).all()
    found = recovery.set_index(["kind", "estimator", "event_year"])
    assert found.xs("outsiders", level="estimator")["bias"].abs().max() < 0.05
    assert found.xs("outsiders", level="estimator")["covered"].min() >= 0.9
    assert found.loc[("none", "two-way", 10), "bias"] > 0.1 and found.loc[("none", "two-way", 10), "covered"] < 0.3


def test_worlds_are_averaged_over_their_histories():
    study = hr.recorded_study("interference")
    table = tables.interference_table(study).set_index("world")
    one = study[study["world"] == "null"]
    assert table.loc["null", "difference"] == pytest.approx(one["difference"].mean())
    assert table.loc["null", "se"] == pytest.approx(one["difference"].std() / len(one) ** 0.5)
    assert isinstance(table, pd.DataFrame) and table["histories"].eq(50).all()
