"""The multiverse: what its universes are, that they equal the models they stand for, and what is made of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hralign as hr
from hralign.mixed import MixedModel
from hralign.stress import multiverse
from hralign.stress.clock import slope
from hralign.stress.clock_sample import ClockSample
from hralign.stress.multiverse import CHOICES, CLOCKS, OF_PANEL, QUESTIONS, TEN, within_cases
from hralign.stress.universes import deciding, marginal_means, matched, shares

FIRST = {name: options[0] for name, options in CHOICES.items()}


@pytest.fixture(scope="module")
def first(world):
    return multiverse.run_panel(world, **multiverse.panels()[0])


def universe(table, **options):
    (row,) = table[(table[list(CHOICES)] == pd.Series({**FIRST, **options})).all(axis=1)].to_dict("records")
    return row


def test_there_are_enough_universes_and_none_twice():
    every = {question: multiverse.universes(question) for question in QUESTIONS}
    assert sum(map(len, every.values())) >= 5000
    for rows in every.values():
        assert not rows.duplicated().any()
        assert set(rows[["clock", "case_effects"]].itertuples(index=False, name=None)) == set(CLOCKS)
    assert set(every["approach"]["coding"]) == set(hr.CODINGS)
    assert set(every["ciri"]["score"]) == {"physint"}
    with pytest.raises(hr.HralignError, match="no question 'why'"):
        multiverse.universes("why")


def test_the_panels_hold_all_universes():
    panels = pd.DataFrame(multiverse.panels())
    assert not panels.duplicated().any()
    for question, rows in panels.groupby("question"):
        wanted = multiverse.universes(question)[list(OF_PANEL)].drop_duplicates()
        assert len(rows) == len(wanted) == len(rows.merge(wanted))


def test_the_first_universe_is_table_2(first, world_panel):
    fit = hr.fit_alignment(world_panel)
    row = first.iloc[0]
    assert {name: row[name] for name in CHOICES} == FIRST and row["question"] == "approach"
    assert row["estimate"] == pytest.approx(fit.params["duration"], rel=1e-9)
    assert row["model_se"] == pytest.approx(fit.bse["duration"], rel=1e-9)
    assert row["state_se"] == pytest.approx(fit.vcov("state").loc["duration", "duration"] ** 0.5, rel=1e-9)
    assert (row["nobs"], row["cases"]) == (fit.nobs, fit.n_groups)
    assert first["estimate"].notna().all() and not first.duplicated(list(CHOICES)).any()


@pytest.mark.real
@pytest.mark.parametrize(("coding", "name"), [("closest", "table2/lag"), ("literal", "literal/table2/lag")])
def test_the_universe_of_a_coding_is_its_table_2(coding, name):
    recorded = hr.recorded_study("multiverse").query("question == 'approach'")
    model = hr.reconstruction()["models"][name]
    row = universe(recorded, coding=coding)
    assert row["estimate"] == pytest.approx(model["coef"]["duration"], rel=1e-4)
    assert row["state_se"] == pytest.approx(model["state_se"]["duration"], rel=1e-3)
    assert row["nobs"] == model["nobs"]


def test_clocks_are_those_of_the_chapter_on_clocks(first, world_panel):
    sample = ClockSample(world_panel, "lead")
    for options, rule in (({"clock": "lived"}, "lived"), ({"clock": "year effects"}, "year_effects"),
                          ({"clock": "lived", "case_effects": "fixed"}, "case_effects_no_year")):  # fmt: skip
        row, theirs = universe(first, timing="lead", **options), slope(sample, rule)
        assert row["estimate"] == pytest.approx(theirs["estimate"], rel=1e-4)
        assert row["state_se"] == pytest.approx(theirs["state_se"], rel=1e-4)


def test_weights_by_state_have_the_errors_of_their_own_fit(first, world_panel):
    fit = hr.fit_alignment(world_panel)
    cases = fit.model.frame.drop_duplicates("case").set_index("case")["state"]
    even = 1 / cases.map(cases.value_counts())
    weighted = fit.model.fit(weights=even * len(even) / even.sum())
    row = universe(first, weights="states")
    assert row["estimate"] == pytest.approx(weighted.params["duration"], rel=1e-6)
    assert row["state_se"] == pytest.approx(weighted.vcov("state").loc["duration", "duration"] ** 0.5, rel=1e-6)


def test_forms_of_duration_are_rates_over_ten_years(first, world_panel):
    sample = ClockSample(world_panel)
    early = sample.rows[sample.rows["duration"] <= 10].reset_index(drop=True)
    log = sample.rows.assign(duration=np.log(sample.rows["duration"]))
    for form, rows, rate in (("first ten years", early, 1.0), ("log", log, TEN)):
        fit = MixedModel(rows, "outcome", sample.terms, "case", "duration").fit()
        row = universe(first, form=form)
        assert row["estimate"] == pytest.approx(rate * fit.params["duration"], rel=1e-6)
        assert row["nobs"] == len(rows)
    np.testing.assert_allclose(10 * TEN, np.log(11) - np.log(1))


def test_weighted_least_squares_within_cases_are_those_of_copied_cases():
    rng = np.random.default_rng(4)
    rows = pd.DataFrame({"case": np.repeat(np.arange(30), 6), "state": np.repeat(np.arange(30), 6) // 3})
    rows = rows.assign(duration=np.tile(np.arange(6.0), 30), still=rows["case"] % 2, x=rng.normal(size=180))
    rows["outcome"] = 0.1 * rows["duration"] + 0.5 * rows["x"] + rows["case"] + rng.normal(size=180)
    weight = 1.0 + (rows["case"] % 3).to_numpy()
    copies = pd.concat([rows[weight > k].assign(case=rows["case"] + 100 * k) for k in range(3)])
    one = within_cases(rows, ["duration", "still", "x"], weight)
    other = within_cases(copies, ["duration", "still", "x"], np.ones(len(copies)))
    assert one == pytest.approx(other)
    with pytest.raises(hr.NotEnoughData, match="does not change within any case"):
        within_cases(rows, ["still"], weight)


@pytest.fixture
def tiny():
    """Two choices; b2 is only there with a1, so that a can be compared with b1 alone."""
    rows = [("a1", "b1", 1.0, 0.1), ("a1", "b2", 3.0, 2.0), ("a2", "b1", -2.0, 0.1)]
    return pd.DataFrame(rows, columns=["a", "b", "estimate", "state_se"]).assign(question="q", model_se=0.1)


def test_marginal_means_are_over_matched_sets(tiny):
    means = marginal_means(tiny, ["a", "b"]).set_index("option")
    assert means["mean"].to_dict() == {"a1": 1.0, "a2": -2.0, "b1": 1.0, "b2": 3.0}
    assert means["universes"].tolist() == [1, 1, 1, 1]
    assert means["positive"].to_dict() == {"a1": 1, "a2": 0, "b1": 1, "b2": 1}
    assert means.loc["b2", "state_significant"] == 0
    assert matched(tiny, "b", ["a", "b"])["a"].tolist() == ["a1", "a1"]


def test_deciding_choices_swing_signs_and_stars(tiny):
    table = deciding(tiny, ["a", "b"]).set_index("choice")
    assert list(table.index) == ["a", "b"]
    assert table.loc["a"].tolist() == [1, 3.0, 1.0, 1.0] and table.loc["b"].tolist() == [1, 2.0, 0.0, 1.0]


def test_shares_are_of_one_question(tiny):
    assert shares(tiny).tolist() == pytest.approx([3, 2 / 3, 2 / 3, 1 / 3])
    with pytest.raises(hr.HralignError, match="several questions \\(q, other\\)"):
        shares(pd.concat([tiny, tiny.assign(question="other")]))


def test_no_option_is_idle(first):
    """Each choice that is made on a panel moves the estimate somewhere by more than rounding."""
    table = deciding(first, [name for name in CHOICES if name not in OF_PANEL])
    assert (table["swing"] > 1e-5).all()


def test_one_universe_is_that_of_its_panel(first, world):
    other = {"form": "log", "clock": "lived", "case_effects": "fixed"}
    for options in ({}, other, {"years": "from 1990", "timing": "lead"}):
        wanted, found = universe(first, **options), multiverse.run_universe(world, **options)
        assert {name: found[name] for name in CHOICES} == {name: wanted[name] for name in CHOICES}
        assert [found[key] for key in multiverse.NUMBERS] == pytest.approx([wanted[key] for key in multiverse.NUMBERS])
        assert (found["nobs"], found["cases"]) == (wanted["nobs"], wanted["cases"])


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"colour": "red"}, "no choice 'colour'"),
        ({"form": "cubic"}, "'cubic' is no option of 'form'"),
        ({"question": "ciri", "score": "fariss"}, "for the question 'ciri': physint"),
        ({"case_effects": "fixed"}, "lived clock alone"),
        ({"question": "why"}, "no question 'why'"),
    ],
)
def test_a_universe_that_does_not_exist_is_refused(world, asked, complaint):
    with pytest.raises(hr.HralignError, match=complaint):
        multiverse.run_universe(world, **asked)
