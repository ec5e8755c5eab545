"""Errors of a score that last: their correlation, what they do to a slope, and the bound that the data set."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hralign as hr
from hralign.stress.measurement import agreement, draw_scores, least_persistence, persistent_noise

YEARS = 12


@pytest.fixture(scope="module")
def rows():
    years = np.arange(1990, 1990 + YEARS)
    return pd.DataFrame({"state": np.repeat(np.arange(4000), YEARS), "year": np.tile(years, 4000)})


@pytest.mark.parametrize("persistence", [0.0, 0.5, 0.9, 1.0])
def test_errors_keep_their_spread_and_hang_together_by_the_power_of_the_years_between(rows, persistence):
    z = persistent_noise(rows, persistence, np.random.default_rng(1)).reshape(-1, YEARS)
    assert z.std(axis=0) == pytest.approx(np.ones(YEARS), abs=0.05)
    for h in (1, 3):
        assert np.corrcoef(z[:, 2], z[:, 2 + h])[0, 1] == pytest.approx(persistence**h, abs=0.04)
    assert abs(np.corrcoef(z[:-1, -1], z[1:, 0])[0, 1]) < 0.05  # states know nothing of each other


@pytest.mark.parametrize("persistence", [0.0, 0.5, 0.8, 0.95, 1.0])
def test_persistence_widens_a_slope_as_theory_says(rows, persistence):
    """Variance of the least-squares slope of T years of (M1): x'Rx / (x'x)², R with entries ρ^|s − t|."""
    z = persistent_noise(rows, persistence, np.random.default_rng(2)).reshape(-1, YEARS)
    x = np.arange(YEARS) - (YEARS - 1) / 2
    r = float(persistence) ** np.abs(np.subtract.outer(np.arange(YEARS), np.arange(YEARS)))
    theory = np.sqrt(x @ r @ x) / (x @ x)
    assert (z @ x / (x @ x)).std() == pytest.approx(theory, rel=0.05, abs=1e-9)


def test_a_gap_counts_its_years_and_order_does_not_matter(rows):
    gap = rows[rows["year"].isin([1990, 1994])]
    z = persistent_noise(gap, 0.8, np.random.default_rng(3)).reshape(-1, 2)
    assert np.corrcoef(z.T)[0, 1] == pytest.approx(0.8**4, abs=0.04)
    mixed = rows.sample(frac=1, random_state=1)
    back = pd.Series(persistent_noise(mixed, 0.9, np.random.default_rng(4)), index=mixed.index).sort_index()
    np.testing.assert_array_equal(back, persistent_noise(rows, 0.9, np.random.default_rng(4)))


@pytest.mark.parametrize("persistence", [-0.1, 1.1, float("nan")])
def test_a_persistence_beyond_its_range_is_said(rows, persistence):
    with pytest.raises(hr.HralignError, match="Give a number from 0 to 1"):
        persistent_noise(rows, persistence, np.random.default_rng(1))


def test_the_bound_is_reached_where_the_truth_stands_still(rows):
    rng = np.random.default_rng(5)
    sd = rng.uniform(0.2, 0.5, len(rows))
    still = rows.assign(fariss=2.0 + sd * persistent_noise(rows, 0.7, rng), fariss_sd=sd)
    assert least_persistence(still, "fariss") == pytest.approx(0.7, abs=0.02)
    truth = rng.normal(size=len(rows))
    moving = still.assign(fariss=still["fariss"] + truth)
    assert least_persistence(moving, "fariss") < 0.3  # changes of the truth lower the bound, they cannot break it


def test_two_editions_of_one_truth_show_how_long_their_errors_last(rows):
    rng = np.random.default_rng(6)
    truth = np.cumsum(rng.normal(size=(4000, YEARS)), axis=1).ravel()
    noise = [persistent_noise(rows, 0.8, rng) for _ in range(2)]
    scores = rows.assign(fariss=truth + noise[0], fariss_v3=truth + noise[1] + 0.1 * (rows["year"] - 1990))
    assert agreement(scores) == pytest.approx(0.8, abs=0.02) and agreement(scores, 4) == pytest.approx(0.8**4, abs=0.03)


def test_drawn_scores_are_means_and_errors_in_points():
    world = hr.simulate("null", 3)
    if world.scores["fariss_sd"].isna().all():
        pytest.skip("the world has no published errors")
    drawn = draw_scores(world, "fariss", 0.9, np.random.default_rng(1)).scores
    z = (drawn["fariss"] - world.scores["fariss"]) / world.scores["fariss_sd"]
    assert z.std() == pytest.approx(1, abs=0.1)
    pd.testing.assert_series_equal(drawn["fariss_sd"], world.scores["fariss_sd"])
