"""Event time: the smoother against statsmodels, curves against plain means, exits by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.nonparametric.smoothers_lowess import lowess

from hralign.errors import HralignError
from hralign.study.event_time import BEFORE, SPAN, event_curve, exit_changes, fit_approach, loess, summarise_exits


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=6, max_size=15), st.integers(0, 10**6), st.floats(0.3, 1.0))
def test_the_weighted_smoother_is_statsmodels_on_the_expanded_rows(sizes, seed, span):
    rng = np.random.default_rng(seed)
    x = np.arange(len(sizes), dtype=float)
    rows = pd.DataFrame({"x": np.repeat(x, sizes), "y": rng.normal(size=sum(sizes))})
    means = rows.groupby("x")["y"].mean().to_numpy()
    ours = loess(x, means, np.array(sizes, float), x, span)
    theirs = lowess(rows["y"].to_numpy(), rows["x"].to_numpy(), frac=span, it=0, xvals=x)
    known = np.isfinite(theirs) & (np.abs(theirs) < 1e6)
    # Where the neighbourhood is a single year, statsmodels has no line to fit and returns nothing usable.
    np.testing.assert_allclose(ours[known], theirs[known], atol=1e-7)


def test_a_straight_line_is_left_as_it_is():
    x = np.arange(10.0)
    np.testing.assert_allclose(loess(x, 2 * x - 1, np.ones(10), x, SPAN), 2 * x - 1, atol=1e-12)


def test_the_curve_carries_the_cases_and_means_behind_it(world_panel):
    curve = event_curve(world_panel, "years_to_accession", BEFORE, n=20).set_index("year")
    rows = world_panel[world_panel["distance"].notna()]
    for year in (-20, -1, 0):
        there = rows[rows["years_to_accession"] == year]
        assert curve.loc[year, "cases"] == len(there)
        assert curve.loc[year, "mean"] == pytest.approx(there["distance"].mean())
    assert (curve["lower"] < curve["estimate"]).all() and (curve["estimate"] < curve["upper"]).all()


def test_the_band_depends_on_its_seed_only(world_panel):
    one, same, other = (event_curve(world_panel, "years_since_exit", range(8), n=20, seed=s) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert not one["lower"].equals(other["lower"]) and one["estimate"].equals(other["estimate"])


def test_a_world_without_exits_has_an_empty_curve_and_no_changes(world_panel):
    stayed = world_panel[world_panel["exit"].isna()]
    assert event_curve(stayed, "years_since_exit", range(5)).empty
    summary = summarise_exits(exit_changes(stayed))
    assert summary["cases"].eq(0).all() and summary["change"].isna().all()


def test_the_approach_uses_the_years_before_accession(world_panel):
    fit, shorter = fit_approach(world_panel), fit_approach(world_panel, skip_last=1)
    assert set(fit.model.frame["years_to_accession"]) == set(range(-10, 0))
    assert set(shorter.model.frame["years_to_accession"]) == set(range(-10, -1))
    with pytest.raises(HralignError, match="Fewer than two cases"):
        fit_approach(world_panel[world_panel["duration"] > 3])


def case_with_exit(distance):
    """One case: ten years outside at -2, members 1975-1984, out from 1985."""
    year = np.arange(1965, 1995)
    frame = pd.DataFrame({"igo": 1, "state": 7, "case": "1-7", "year": year, "distance": distance, "accession": 1975})
    frame["member"] = frame["year"].between(1975, 1984).astype(int)
    frame["exit"], frame["exit_kind"] = 1985, "withdraws"
    frame["years_to_accession"] = (year - 1975) * 1.0
    frame.loc[frame["years_to_accession"] > 0, "years_to_accession"] = np.nan
    frame["years_since_exit"] = (year - 1985) * 1.0
    frame.loc[frame["years_since_exit"] < 0, "years_since_exit"] = np.nan
    return frame


def test_changes_after_exit_by_hand():
    distance = np.r_[np.full(10, -2.0), np.linspace(-2, -1, 10), np.full(10, -1.5)]
    row = exit_changes(case_with_exit(distance)).iloc[0]
    assert row["before_accession"] == -2 and row["after"] == -1.5
    assert row["last"] == pytest.approx(np.linspace(-2, -1, 10)[-5:].mean())
    assert row["change"] == pytest.approx(row["after"] - row["last"]) and row["reversion"] == pytest.approx(0.5)


def test_intervals_need_two_states():
    one = exit_changes(case_with_exit(np.zeros(30)))
    summary = summarise_exits(one)
    assert summary.loc["withdraws", "with_change"] == 1 and np.isnan(summary.loc["withdraws", "lower"])
    two = pd.concat([one, one.assign(state=8, case="1-8", change=1.0)])
    summary = summarise_exits(two)
    assert summary.loc["all", "change"] == 0.5 and summary.loc["all", ["lower", "upper"]].tolist() == [0.0, 1.0]
