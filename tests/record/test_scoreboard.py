"""The scoreboard: readings are those of the record in one unit, and beliefs follow Bayes' rule."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import hralign as hr
from hralign.display.scoreboard import EXPECTED, every_reading, two_words
from hralign.record.claims import look_up
from hralign.record.scoreboard import READINGS, frequencies


def test_every_hypothesis_is_read_in_more_than_one_way_and_intervals_hold_their_estimates():
    table = hr.readings()
    assert table.groupby("hypothesis").size().ge(3).all() and list(table["hypothesis"].unique()) == list(EXPECTED)
    assert (table["lower"] < table["estimate"]).all() and (table["estimate"] < table["upper"]).all()
    assert not table.duplicated(["hypothesis", "reading"]).any()


def test_slopes_are_read_over_ten_years_and_errors_become_intervals():
    table = hr.readings().set_index(["hypothesis", "reading"])
    slope, error = (look_up(f"clock/rules rule=lived,timing=lag {name}") for name in ("estimate", "state_se"))
    row = table.loc[("H2", "lived course")]
    assert row["estimate"] == pytest.approx(10 * slope)
    assert row["upper"] - row["lower"] == pytest.approx(2 * 1.96 * 10 * error)
    assert {one.years for one in READINGS if one.hypothesis == "H3"} == {1}


def test_frequencies_count_histories_that_say_what_the_data_say():
    table = frequencies().set_index("world")
    said = hr.recorded("tests").table.set_index("hypothesis")["state_says"]
    study = (
        hr.recorded_study("worlds")
        .query("world == 'null'")
        .pivot_table(index="draw", columns="hypothesis", values="state_says", aggfunc="first")
    )
    same = (study == said.reindex(study.columns)).all(axis=1)
    assert table.loc["null", "same"] == same.sum() and table.loc["null", "histories"] == len(same)
    assert table["frequency"].between(0, 1, inclusive="neither").all()


def test_with_h1_asked_beside_outsiders_the_other_words_stay_and_the_data_say_yes():
    line, beside, lasting = (frequencies(h1).set_index("world") for h1 in ("line", "outsiders", "lasting"))
    assert line["histories"].eq(200).all() and beside["histories"].eq(50).all()
    study = hr.recorded_study("interference").query("strength == 1")
    rise = (-study["path_-5"] > 1.96 * study["path_-5_se"]).groupby(study["world"]).sum()
    assert (beside["same"] <= rise[beside.index]).all() and (lasting["same"] <= beside["same"]).all()
    assert rise["instrumental"] == 50 > 3 * beside.loc["null", "same"]
    said = hr.recorded("tests").table.set_index("hypothesis")["state_says"]
    words = hr.recorded_study("worlds").query("world == 'instrumental' and draw < 50 and hypothesis != 'H1'")
    kept = words["hypothesis"].map(said).eq(words["state_says"]).groupby(words["draw"]).all()
    assert beside.loc["instrumental", "same"] == kept.sum()


def test_one_word_turns_the_verdict_on_pretence_and_a_weak_one_fits_both():
    full = {h1: hr.posterior(h1=h1).set_index("world")["posterior"] for h1 in ("line", "outsiders", "lasting")}
    assert full["line"]["instrumental"] < 0.1 and full["line"].idxmax() != "instrumental"
    assert full["outsiders"].idxmax() == "instrumental" and full["outsiders"]["instrumental"] > 0.55
    assert full["lasting"].idxmax() == "selection"
    weak = hr.posterior(strength=0.25).set_index("world")["posterior"]
    assert weak["instrumental"] == pytest.approx(weak["null"], abs=0.05)


@pytest.mark.parametrize(("asked", "says"), [
    ({"h1": "again"}, "Choose from: line, outsiders, lasting"),
    ({"strength": 2}, "strength 2 is on record. Choose from: 0.25, 0.5, 1"),
    ({"strength": 2, "h1": "outsiders"}, "Choose from: 0.25, 0.5, 1"),
])  # fmt: skip
def test_what_is_not_on_record_is_not_asked(asked, says):
    with pytest.raises(hr.HralignError, match=says):
        hr.posterior(**asked)


def test_beliefs_follow_the_frequencies_and_the_prior():
    even = hr.posterior().set_index("world")
    assert even[["prior", "posterior"]].sum().tolist() == pytest.approx([1, 1])
    odds = even.loc["intrinsic", "posterior"] / even.loc["null", "posterior"]
    assert odds == pytest.approx(even.loc["intrinsic", "frequency"] / even.loc["null", "frequency"])
    sure = hr.posterior({"null": 3}).set_index("world")["posterior"]
    assert sure["null"] == 1 and sure.drop("null").eq(0).all()


@pytest.mark.parametrize(("prior", "says"), [
    ({"nothing": 1}, "no world 'nothing' on record. Choose from: intrinsic"), ({}, "at least above zero"),
    ({"null": -1, "intrinsic": 2}, "zero or more"), ({"null": float("inf")}, "at least above zero"),
    ({"null": float("nan")}, "at least above zero"),
])  # fmt: skip
def test_beliefs_without_sense_are_refused(prior, says):
    with pytest.raises(hr.HralignError, match=says):
        hr.posterior(prior)


def test_pictures_say_what_they_draw():
    figure, alt = every_reading(hr.readings())
    assert len(figure.axes) == 4 and "H3: as recorded −0.02" in alt
    asked = [hr.posterior({"null": 1, "intrinsic": 1}, h1=h1).assign(h1=h1, strength=1) for h1 in ("line", "outsiders")]
    _, words = two_words(pd.concat(asked))
    assert "selection 0% and 0%" in words and "null 4" in words
    plt.close("all")
