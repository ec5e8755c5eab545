"""The slope of duration under rules about the calendar: identities that hold exactly, oracles, and refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

import hralign as hr
from hralign.stress.clock import COMPARES, RULES, slope
from hralign.stress.clock_sample import ClockSample


@pytest.fixture(scope="module")
def sample(world_panel):
    return ClockSample(world_panel)


@pytest.fixture(scope="module")
def table(world_panel):
    return hr.clock(world_panel).set_index("rule")


def test_every_rule_says_what_it_compares(table):
    assert set(RULES) == set(COMPARES) == set(table.index)
    assert (table[["model_se", "state_se"]] > 0).all().all()


def test_table2_is_the_models_own_slope(table, world_panel):
    fit = hr.fit_alignment(world_panel)
    assert table.loc["table2", "estimate"] == pytest.approx(fit.params["duration"])
    assert table.loc["table2", "model_se"] == pytest.approx(fit.bse["duration"])
    assert table.loc["table2", "state_se"] == pytest.approx(fit.vcov("state").loc["duration", "duration"] ** 0.5)


def test_lived_is_the_slope_when_the_entry_year_takes_the_place_of_the_calendar(sample):
    """(K1): two ways of writing one model, so that likelihood, slope and both errors agree."""
    other = sample.fit(["duration", "entry", *sample.controls])
    lived = slope(sample, "lived")
    assert lived["estimate"] == pytest.approx(other.params["duration"], abs=1e-8)
    assert lived["model_se"] == pytest.approx(other.bse["duration"], rel=1e-5)
    assert lived["state_se"] == pytest.approx(other.vcov("state").loc["duration", "duration"] ** 0.5, rel=1e-5)
    assert other.scale == pytest.approx(sample.table2.scale, rel=1e-6)
    drift = hr.weighted_sum(sample.table2, {"year": sample.a_year})["estimate"]
    assert other.params["entry"] == pytest.approx(drift, abs=1e-8)


def test_lived_does_not_depend_on_the_rows_that_the_year_is_standardised_over(world_panel):
    rules = ("table2", "lived")
    spans = [hr.clock(hr.recode(world_panel, year_over=span), rules=rules) for span in ("sample", "case years")]
    np.testing.assert_allclose(spans[0]["estimate"], spans[1]["estimate"], rtol=1e-5)
    np.testing.assert_allclose(spans[0]["state_se"], spans[1]["state_se"], rtol=1e-5)


@pytest.mark.parametrize(("within", "between", "era"), [(0.03, 0.01, -0.02), (-0.01, 0.01, -0.02)])
def test_within_and_between_add_up(world_panel, sample, within, between, era):
    """Mundlak's model finds three slopes that were put in; Table 2's is right where one is the sum of the others."""
    returned = sample.rows.loc[sample.returning, "case"]
    made = ClockSample(world_panel[~world_panel["case"].isin(returned)])
    clocks = made.rows.groupby("case")[["duration", "calendar"]].transform("mean")
    noise = 0.01 * (made.rows["outcome"] - made.rows["outcome"].mean())
    step = made.rows["duration"] - clocks["duration"]
    made.rows["outcome"] = within * step + between * clocks["duration"] + era * (clocks["calendar"] - 1990) + noise
    found = made.mundlak.params[["within", "between", "calendar_mean"]]
    np.testing.assert_allclose(found, [within, between, era], atol=1e-3)
    gap = hr.weighted_sum(made.mundlak, {"within": 1, "between": -1, "calendar_mean": -1})["estimate"]
    assert gap == pytest.approx(within - between - era, abs=1e-3)
    right = abs(slope(made, "table2")["estimate"] - between) < 1e-3
    assert right == (within == between + era)
    assert slope(made, "lived")["estimate"] == pytest.approx(within, abs=2e-3)


def test_case_effects_are_least_squares_on_deviations_with_the_sandwich_by_state(sample, table):
    rows = sample.rows
    columns = ["outcome", "duration", *sample.changing]
    within = rows[columns] - rows.groupby("case")[columns].transform("mean")
    fit = smf.ols(f"outcome ~ 0 + {' + '.join(columns[1:])}", within).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(rows["state"])[0]}
    )
    states, k = rows["state"].nunique(), len(columns) - 1
    small_sample = np.sqrt(states / (states - 1) * (len(rows) - 1) / (len(rows) - k))  # statsmodels' correction
    ours = table.loc["case_effects_no_year"]
    assert ours["estimate"] == pytest.approx(fit.params["duration"])
    expected = fit.bse["duration"] / small_sample * np.sqrt(states / (states - 1))
    assert ours["state_se"] == pytest.approx(expected, rel=1e-3)


def test_only_cases_that_return_tell_duration_from_the_calendar_within_a_case(world_panel, sample, table):
    returning = sample.rows[sample.returning]
    assert 0 < len(returning) < len(sample.rows) / 10 and table.loc["case_effects", "rows"] == len(returning)
    holes = returning.groupby("case")["calendar"].apply(lambda years: (years.diff() > 1).any())
    assert holes.all()
    stayed = world_panel[~world_panel["case"].isin(returning["case"])]
    assert np.isnan(hr.clock(stayed, rules=["case_effects"])["estimate"].item())
    with pytest.raises(hr.NotEnoughData, match="duration and calendar rise together"):
        slope(ClockSample(stayed), "case_effects")


def test_what_one_believes_runs_from_the_lived_slope_to_table_2(world_panel, table):
    shares = hr.clock_share(world_panel)
    first, last = shares.iloc[0], shares.iloc[-1]
    for rule, row in (("lived", first), ("table2", last)):
        assert row[["estimate", "model_se", "state_se"]].tolist() == pytest.approx(
            table.loc[rule, ["estimate", "model_se", "state_se"]].tolist()
        )
    np.testing.assert_allclose(shares["estimate"] + shares["calendar"], first["estimate"])
    at_zero = hr.clock_share(world_panel, shares=[shares.attrs["zero"]])
    assert at_zero["estimate"].item() == pytest.approx(0, abs=1e-12)


def test_a_course_that_a_case_can_live_climbs_at_the_lived_slope(world_panel, table):
    courses = hr.lived_courses(hr.fit_alignment(world_panel), entries=(1975, 1995))
    for line, steps in courses.groupby("line"):
        rule = "table2" if line == "stopped" else "lived"
        np.testing.assert_allclose(steps["estimate"].diff().iloc[1:], table.loc[rule, "estimate"], atol=1e-9)
    late = courses[courses["line"].eq("1995")]
    assert late["year"].tolist() == list(range(1995, 2010)) and late["duration"].tolist() == list(range(1, 16))


def test_timings_stand_below_each_other_and_sources_are_taken_for_panels(world, world_panel):
    rules = ["lived"]
    by_source, by_panel = (hr.clock(one, timing=hr.TIMINGS, rules=rules) for one in (world, world_panel))
    pd.testing.assert_frame_equal(by_source, by_panel)
    assert by_panel["timing"].tolist() == list(hr.TIMINGS) and by_panel["estimate"].nunique() == 3


def test_unknown_rules_and_shares_that_are_no_numbers(world_panel):
    with pytest.raises(hr.HralignError, match="no rule 'intrinsic' about the calendar. Choose one of: table2"):
        hr.clock(world_panel, rules=["intrinsic"])
    with pytest.raises(hr.HralignError, match="share of the drift is missing"):
        hr.clock_share(world_panel, shares=[0.5, np.nan])


def test_a_cohort_of_one(world_panel):
    year = int(world_panel.drop_duplicates("case")["accession"].mode()[0])
    alone = world_panel[world_panel["accession"].eq(year)]
    with pytest.raises(hr.NotEnoughData, match=rf"joined in one year \({year}\): a cohort of one"):
        hr.clock(alone)


def test_a_panel_in_which_duration_stands_still(world_panel):
    with pytest.raises(hr.NotEnoughData, match="same year of membership"):
        hr.clock(world_panel[world_panel["duration"].fillna(1).eq(1)])


def test_with_one_year_of_membership_more_years_of_one_calendar_year_there_is_no_year_to_standardise(world_panel):
    with pytest.raises(hr.NotEnoughData):
        hr.clock(world_panel[world_panel["year"].between(1999, 2000)], timing="lag")


@pytest.mark.real
def test_three_states_tell_duration_from_the_calendar_in_the_real_record(real_src):
    panel = hr.build_panel(real_src)
    rules = ("table2", "lived", "case_effects", "case_effects_no_year", "cohort_effects")
    table = hr.clock(panel, rules=rules).set_index("rule")
    told = ClockSample(panel)
    names = real_src.states.set_index("state")["name"]
    states = set(told.rows.loc[told.returning, "state"].map(names))
    assert states == {"Vietnam", "Ecuador", "Uruguay"} and table.loc["case_effects", "rows"] == 41
    estimates = table["estimate"].round(4).to_dict()
    assert estimates == {"table2": 0.0124, "lived": 0.0076, "case_effects": -0.1021, "case_effects_no_year": -0.0047,
                         "cohort_effects": 0.0074}  # fmt: skip
