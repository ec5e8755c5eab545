"""Plant and recover: what is planted is what is there, and estimators that should fail do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hralign as hr
from hralign.stress.bases import card_classes
from hralign.stress.plant_study import PLANTS, run, tasks


@pytest.fixture(scope="module")
def as_it_is(world_panel):
    """What comes back in the simulated world, by effect and rule, under two timings."""
    tables = {timing: run((None, world_panel), ["as it is", timing], 1) for timing in ("lag", "same")}
    return {timing: side_by_side(table) for timing, table in tables.items()}


def side_by_side(table):
    return table.astype({"back": float}).pivot_table("back", "effect", "estimator")


def rows_of(panel, case):
    return panel[panel["case"].eq(case)].set_index("year")


# --- planting -----------------------------------------------------------------------------------------------------


def test_an_effect_that_grows_is_its_size_times_the_duration(world_panel):
    planted = hr.plant(world_panel, "growing", size=0.03)
    member = planted["member"].eq(1)
    np.testing.assert_allclose(planted.loc[member, "planted"], 0.03 * planted.loc[member, "duration"].astype(float))
    assert planted.loc[planted["year"] < planted["accession"], "planted"].eq(0).all()
    for column in ("score", "distance"):
        moved = (planted[column] - world_panel[column]).dropna()
        np.testing.assert_allclose(moved, planted.loc[moved.index, "planted"], atol=1e-12)
    assert hr.true_slope(planted) == pytest.approx(0.03)


def test_an_effect_begins_when_it_is_said_to(world_panel):
    event = world_panel["year"] - world_panel["accession"]
    interrupted = world_panel.loc[event.ge(0) & world_panel["duration"].ne(event + 1).fillna(True), "case"]
    stayed = world_panel[~world_panel["case"].isin(interrupted)]
    event = stayed["year"] - stayed["accession"]
    for start in (-5, 0, 5):
        step = hr.plant(stayed, "constant", size=0.2, start=start)["planted"]
        np.testing.assert_allclose(step, np.where(event >= start, 0.2, 0.0))
        growing = hr.plant(stayed, "growing", size=0.2, start=start)["planted"]
        np.testing.assert_allclose(growing, 0.2 * np.maximum(event - start + 1, 0))


def test_an_effect_stays_after_an_exit_or_is_gone(world_panel):
    left = world_panel[world_panel["years_since_exit"].ge(3)]["case"].iloc[0]
    stays, gone = (rows_of(hr.plant(world_panel, "growing", lasts=lasts), left) for lasts in (True, False))
    out, last = stays["years_since_exit"].ge(0), stays["duration"].max()
    np.testing.assert_allclose(stays.loc[out, "planted"], 0.01 * last)
    assert gone.loc[out, "planted"].eq(0).all() and gone.loc[~out, "planted"].equals(stays.loc[~out, "planted"])


def test_the_cohort_decides_where_it_is_to(world_panel):
    planted = hr.plant(world_panel, "cohort", size=0.02)
    by_cohort = planted[planted["member"].eq(1)].groupby("accession")["planted"].max()
    early = by_cohort.gt(0)
    assert early.is_monotonic_decreasing and 0.3 < early.mean() < 0.7
    assert 0 < hr.true_slope(planted) < 0.02


def test_disturbances_are_no_effects(world_panel):
    planted = hr.plant(world_panel, "none", calendar=-0.02, cohorts=0.01)
    assert planted["planted"].eq(0).all() and hr.true_slope(planted) == 0
    moved = (planted["distance"] - world_panel["distance"]).dropna()
    expected = -0.02 * planted["year"] + 0.01 * planted["accession"]
    assert (moved - expected.loc[moved.index]).std() == pytest.approx(0, abs=1e-9)


def test_what_was_planted_by_event_time(world_panel):
    planted = hr.plant(world_panel, "growing", size=0.02, start=-5)
    assert hr.true_at(-6)(planted) == 0 and hr.true_at(-1)(planted) == pytest.approx(0.1)
    with pytest.raises(hr.NotEnoughData, match="in year 99 of event time"):
        hr.true_at(99)(planted)


def test_a_planted_panel_is_a_panel(world_panel):
    planted = hr.plant(world_panel, "growing")
    assert planted.attrs["effect"] == hr.Effect("growing") and planted.attrs["coding"] == world_panel.attrs["coding"]
    assert "effect" not in world_panel.attrs and "planted" not in world_panel
    assert hr.fit_alignment(planted).nobs == hr.fit_alignment(world_panel).nobs


# --- what comes back ----------------------------------------------------------------------------------------------


def test_every_rule_brings_back_what_grows_with_membership(as_it_is):
    """Also that with case effects and year, of which only cases that return know: what it lacks is certainty."""
    for timing in ("lag", "same"):
        np.testing.assert_allclose(as_it_is[timing].loc["growing"], 0.02, atol=5e-4)
    assert as_it_is["lag"].loc["none"].eq(0).all()


@pytest.mark.parametrize(
    ("plant", "deceived", "by", "not_deceived"),
    [
        ("falling calendar", ["lived", "case_effects_no_year", "cohort_effects", "mundlak_within"], -0.02,
         ["table2", "year_effects", "mundlak_between", "case_effects"]),
        ("lower cohorts", ["table2", "year_effects", "mundlak_between"], 0.02,
         ["lived", "case_effects_no_year", "cohort_effects", "mundlak_within", "case_effects"]),
    ],
)  # fmt: skip
def test_each_rule_is_deceived_by_what_it_rules_out(as_it_is, plant, deceived, by, not_deceived):
    back = as_it_is["same"].loc[plant]
    np.testing.assert_allclose(back[deceived], by, atol=1.5e-3)
    np.testing.assert_allclose(back[not_deceived], 0, atol=5e-4)


def test_a_calendar_that_turns_deceives_a_line(as_it_is):
    back = as_it_is["same"].loc["turning calendar"]
    assert back["year_effects"] == pytest.approx(0, abs=1e-6) and abs(back["table2"]) > 1e-3
    assert abs(back["lived"]) > 3e-3


def test_a_step_at_accession_looks_like_growth_where_the_outcome_is_lagged(as_it_is):
    lag, same = as_it_is["lag"].loc["step at accession"], as_it_is["same"].loc["step at accession"]
    assert lag["table2"] > 6e-4 and lag["lived"] > 6e-4
    assert same.abs().max() < 2e-4
    assert as_it_is["lag"].loc["step, five years before"].abs().max() < 2e-4


def test_whoever_compares_cohorts_overstates_an_effect_that_early_ones_alone_have(as_it_is):
    back = as_it_is["same"].loc["growing in early cohorts"]
    assert min(back["year_effects"], back["table2"]) > 1.15 * back["lived"] > 0.008


@pytest.mark.real
def test_what_the_rules_bring_back_on_the_real_panel_is_on_record(real_src):
    recorded = hr.recorded_study("plant")
    again = run((real_src, hr.build_panel(real_src)), ["as it is", "lag"], 1)
    before = recorded[recorded["base"].eq("as it is") & recorded["timing"].eq("lag")]
    assert before["estimator"].tolist() == again["estimator"].tolist()
    np.testing.assert_allclose(before["back"].astype(float), again["back"], atol=2e-6)


def test_the_recorded_study_holds_what_the_chapter_says():
    table = hr.recorded_study("plant")
    assert len(tasks(200)) == 3 + 2 * 20 and set(table["base"]) == {"as it is", "coins", "cards"}
    real = table[table["base"].eq("as it is") & table["timing"].eq("lag")]
    back = side_by_side(real)
    np.testing.assert_allclose(back.loc["growing"], 0.02, atol=2e-4)
    assert back.loc["lower cohorts", "table2"] > 0.019 and abs(back.loc["lower cohorts", "lived"]) < 1e-4
    assert back.loc["step at accession", "table2"] > 0.003
    assert back.loc["growing in early cohorts", "mundlak_between"] > 0.0205  # more than any case has
    assert back.loc["falling calendar", "lived"] < -0.019 and abs(back.loc["falling calendar", "table2"]) < 1e-4
    coins = hr.summarise_recovery(table[table["base"].eq("coins")]).set_index(["effect", "estimator"])
    assert coins["draws"].eq(200).all()
    known = coins.drop(index="case_effects", level="estimator")
    assert known["covered"].between(0.84, 1).all() and coins.loc[("none", "case_effects"), "covered"] < 0.7


# --- bases --------------------------------------------------------------------------------------------------------


def test_a_toss_turns_whole_states_over_and_leaves_the_rest(world_panel):
    tossed = hr.toss(world_panel, np.random.default_rng(3))
    middle = world_panel.loc[world_panel["member"].eq(1), "distance"].mean()
    ratio = (tossed["distance"] - middle) / (world_panel["distance"] - middle)
    sides = ratio.dropna().round(9).groupby(world_panel["state"]).agg(["nunique", "first"])
    assert sides["nunique"].eq(1).all() and set(sides["first"]) == {-1.0, 1.0}
    for column in ("year", "duration", "member", "gdp", "igo_mean"):
        assert tossed[column].equals(world_panel[column])
    np.testing.assert_allclose(tossed["score"] - tossed["igo_mean"], tossed["distance"])


def test_tosses_depend_on_seed_and_number_only(world_panel):
    (_, third), (_, again) = list(hr.tosses(world_panel, 3, seed=2))[2], *hr.tosses(world_panel, [2], seed=2)
    pd.testing.assert_series_equal(third["distance"], again["distance"])


def test_whoever_exchanges_cards_keeps_the_history_and_takes_all_memberships(world):
    drawn, classes = hr.exchange(world, np.random.default_rng(4)), card_classes(world)
    assert drawn.scores.equals(world.scores) and drawn.state_years.equals(world.state_years)

    def cards(src):
        rows = src.memberships.sort_values(["igo", "year"])
        return rows.groupby("state")[["igo", "year"]].apply(lambda one: tuple(one.itertuples(index=False, name=None)))

    before, after = cards(world), cards(drawn)
    assert sorted(before) == sorted(after) and (before.reindex(after.index) != after).mean() > 0.5
    owner = {card: state for state, card in before.items()}
    moved = {state: owner[card] for state, card in after.items()}
    assert all(classes.get(new) == classes.get(old) for new, old in moved.items())


def test_nobody_to_exchange_with(world):
    alone = world.replace(states=world.states.assign(region=world.states["name"]))
    with pytest.raises(hr.NotEnoughData, match="nobody can exchange cards"):
        hr.exchange(alone, np.random.default_rng(1))


# --- recover ------------------------------------------------------------------------------------------------------


def test_any_function_of_a_panel_can_be_asked(world_panel):
    def gain(panel):
        event = panel["year"] - panel["accession"]
        return {"estimate": panel.loc[event.eq(10), "distance"].mean(), "se": 0.1, "cases": 7}

    table = hr.recover(world_panel, {"gain": gain}, {"step": hr.Effect("constant", 0.3)}, truth=hr.true_at(10))
    assert table["back"].item() == pytest.approx(0.3) == table["truth"].item() and table["cases"].item() == 7
    assert hr.summarise_recovery(table)["covered"].isna().all()


def test_coverage_is_counted_over_draws(world_panel):
    def sure(panel):
        return {"estimate": 0.01, "se": 0.001}

    def unsure(panel):
        raise hr.NotEnoughData("Too few.")

    effects = {"much": hr.Effect("growing", 0.5), "little": hr.Effect("growing", 0.011)}
    table = hr.recover(hr.tosses(world_panel, 2), {"sure": sure, "unsure": unsure}, effects)
    assert len(table) == 8 and table.loc[table["estimator"].eq("unsure"), "estimate"].isna().all()
    summary = hr.summarise_recovery(table).set_index("effect")
    assert summary["draws"].eq(2).all() and summary["covered"].to_dict() == {"much": 0.0, "little": 1.0}


@pytest.mark.parametrize(
    ("ask", "error", "says"),
    [
        (lambda p: hr.plant(p, "sudden"), hr.HralignError, "no effect of kind 'sudden'. Choose one of: none, constant"),
        (lambda p: hr.plant(p, "growing", size=np.inf), hr.HralignError, "size of a planted effect is missing or inf"),
        (lambda p: hr.plant(p, "none", calendar={1990: 0.1}), hr.NotEnoughData, "calendar says nothing of 19"),
        (lambda p: hr.plant(p[p["accession"].eq(p["accession"].iloc[0])], "cohort"), hr.NotEnoughData,
         "cannot depend on a cohort of one"),
        (lambda p: hr.true_slope(hr.plant(p[p["duration"].fillna(1).eq(1)], "growing")), hr.NotEnoughData,
         "no slope to plant"),
        (lambda p: hr.recover(p, {}, PLANTS), hr.HralignError, "Nothing to recover"),
        (lambda p: hr.recover(p, {"half": lambda panel: {"estimate": 1.0}}, {"none": hr.Effect("none")}),
         hr.HralignError, "estimator 'half' must give 'estimate' and 'se'; it gives estimate"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_words(world_panel, ask, error, says):
    with pytest.raises(error, match=says):
        ask(world_panel)
