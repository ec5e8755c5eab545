"""Estimation samples, timing, and the prediction behind Figure 2."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hralign.errors import HralignError
from hralign.panel import build_panel, recode
from hralign.study.alignment import (
    case_slopes,
    courses,
    distance_at,
    estimation_sample,
    fit_alignment,
    predict_by_duration,
    weighted_sum,
)
from hralign.study.specification import STANDARDISED, TERMS, TIMINGS, Specification


@pytest.fixture(scope="module")
def fit(world_panel):
    return fit_alignment(world_panel)


@pytest.mark.parametrize("timing", TIMINGS)
def test_the_outcome_is_taken_in_the_named_calendar_year(world_panel, timing):
    known = world_panel.set_index(["case", "year"])["distance"].to_dict()
    rows = world_panel.assign(outcome=distance_at(world_panel, timing)).sample(500, random_state=1)
    for row in rows.itertuples():
        np.testing.assert_equal(row.outcome, known.get((row.case, row.year + TIMINGS[timing]), np.nan))


@pytest.mark.parametrize(("coding", "last_year"), [("literal", 2010), ("closest", 2009)])
def test_the_sample_is_membership_years_complete_and_standardised(world, coding, last_year):
    panel = build_panel(world, coding=coding)
    sample = estimation_sample(panel)
    assert sample.columns.tolist() == ["case", "igo", "state", "outcome", *TERMS[1:]]
    assert sample.notna().all(axis=None) and sample["duration"].ge(1).all()
    raw = panel.query("member == 1 and year <= @last_year").assign(outcome=distance_at(panel, "lag"))
    complete = raw.dropna(subset=["outcome", *TERMS[1:]])
    for term in STANDARDISED:
        mean, spread = sample.attrs["moments"][term]
        np.testing.assert_allclose(sample[term] * spread + mean, complete[term].astype(float))
        within = sample[term].mean() == pytest.approx(0, abs=1e-9) and sample[term].std() == pytest.approx(1)
        assert within == (coding == "literal"), "the closest coding standardises over wider rows"
    assert len(sample) == raw[["outcome", *TERMS[1:]]].notna().all(axis=1).sum()


def test_terms_stand_in_the_order_of_the_paper(fit):
    assert tuple(fit.params.index) == TERMS


def test_an_unknown_timing_is_refused(world_panel):
    with pytest.raises(HralignError, match="no timing 'later'.*lag, same, lead"):
        fit_alignment(world_panel, timing="later")


def test_the_prediction_is_the_mean_of_the_population_predictions(fit):
    curve = predict_by_duration(fit, [1, 10, 30])
    for row in curve.itertuples():
        counterfactual = fit.model.frame.assign(duration=float(row.duration))
        assert row.estimate == pytest.approx(fit.predict(counterfactual, groups=False).mean())
    assert (curve["case_upper"] - curve["case_lower"] > curve["upper"] - curve["lower"]).all()


def test_the_band_of_cases_holds_the_cases(fit):
    """Simulating cases from the fitted population, 95 % of their courses lie inside the wider band."""
    rng = np.random.default_rng(3)
    effects = rng.multivariate_normal(np.zeros(2), fit.cov_re.to_numpy(), size=20_000)
    row = predict_by_duration(fit, [20]).iloc[0]
    courses = row["estimate"] + effects @ [1, 20]
    assert np.mean((courses > row["case_lower"]) & (courses < row["case_upper"])) == pytest.approx(0.95, abs=0.01)


def test_a_panel_without_complete_rows_says_what_is_missing(world_panel):
    with pytest.raises(HralignError, match="No membership year.*Missing throughout: gdp"):
        estimation_sample(world_panel.assign(gdp=np.nan))
    with pytest.raises(HralignError, match="has no membership year up to 1900"):
        estimation_sample(recode(world_panel, last_year=1900))


def test_an_outcome_asked_for_twice_is_refused(world_panel):
    with pytest.raises(HralignError, match=r"asked for twice: timing 'lead', but 'lag' in the specification"):
        fit_alignment(world_panel, "lead", spec=Specification(score="physint"))
    by_spec = fit_alignment(world_panel, spec=Specification(timing="lead"))
    assert by_spec.params.equals(fit_alignment(world_panel, "lead").params)
    assert by_spec.params.equals(fit_alignment(world_panel, "lead", spec=Specification(timing="lead")).params)


def test_courses_are_those_of_the_prediction_and_of_cases_by_the_order_of_their_slopes(world, world_panel, fit):
    slopes = case_slopes(fit, world_panel, world)
    assert slopes.index.equals(fit.conditional_modes.index) and slopes["years"].sum() == fit.nobs
    drawn = courses(fit, slopes, every=40)
    average = drawn[drawn["line"] == "average"].reset_index(drop=True)
    expected = predict_by_duration(fit, range(1, 46))
    pd.testing.assert_series_equal(average["estimate"], expected["estimate"], check_names=False)
    single = drawn[~drawn["line"].isin(["average", "cases"])]
    rise = single.groupby("line", sort=False)["estimate"].agg(lambda ends: ends.iloc[-1] - ends.iloc[0])
    span = single.groupby("line", sort=False)["duration"].agg(lambda ends: ends.iloc[-1] - ends.iloc[0])
    longer = span[span > 0].index
    np.testing.assert_allclose(rise[longer] / span[longer], slopes.loc[longer, "slope"])
    assert slopes.loc[longer, "slope"].is_monotonic_increasing and len(rise) == pytest.approx(len(slopes) / 40, abs=1)


def test_a_weighted_sum_has_the_error_of_a_sum(fit):
    one = weighted_sum(fit, {"duration": 1})
    assert (one["estimate"], one["model_se"]) == pytest.approx((fit.params["duration"], fit.bse["duration"]))
    assert one["state_se"] ** 2 == pytest.approx(fit.vcov("state").loc["duration", "duration"])
    both, cov = weighted_sum(fit, {"duration": 1, "year": 0.1}), fit.cov_params
    variance = cov.loc["duration", "duration"] + 0.2 * cov.loc["duration", "year"] + 0.01 * cov.loc["year", "year"]
    assert both["model_se"] ** 2 == pytest.approx(variance)


def test_the_sample_says_by_what_it_was_standardised(world_panel):
    sample = estimation_sample(world_panel)
    assert set(sample.attrs["spread"]) == set(STANDARDISED)
    membership = world_panel["year"].where(world_panel["member"].eq(1))
    assert 5 < sample.attrs["spread"]["year"] < membership.max() - membership.min()
