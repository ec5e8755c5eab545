"""A dip or a front-loaded change: how scores last, redrawn worlds, and the two arms of a dip."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hralign as hr
from hralign.stress.dip import (
    Persistence,
    arms,
    fit_persistence,
    observed_persistence,
    redraw,
    redrawn_slopes,
    slopes_by_span,
)

KEPT = Persistence(lasting=1.0, passing=0.6, p=0.9, q=0.6)


def test_the_correlation_is_that_of_yule_and_walker():
    """r(0) = 1, r(1) = a / (1 − b), r(h) = a r(h − 1) + b r(h − 2)."""
    r, a, b = KEPT.of_passing(np.arange(12)), KEPT.p + KEPT.q, -KEPT.p * KEPT.q
    assert r[0] == pytest.approx(1) and r[1] == pytest.approx(a / (1 - b))
    np.testing.assert_allclose(r[2:], a * r[1:-1] + b * r[:-2])
    assert KEPT.correlation(500) == pytest.approx(1 / 1.6)


@pytest.fixture(scope="module")
def redrawn(world):
    return redraw(world, KEPT, np.random.default_rng(3))


def test_redrawn_scores_last_as_they_were_told(world):
    """Over twelve draws; what is seen lies within sampling of what was put in."""
    rngs = [np.random.default_rng([3, k]) for k in range(12)]
    tables = pd.concat([observed_persistence(redraw(world, KEPT, rng)) for rng in rngs])
    seen = tables.groupby("years")["variogram"].mean()
    expected = KEPT.passing * (1 - KEPT.of_passing(seen.index))
    np.testing.assert_allclose(seen, expected, rtol=0.12)


def test_what_was_put_in_is_fitted_again(redrawn):
    kept = fit_persistence(redrawn)
    for h in (1, 5, 20):
        found, told = (one.passing * (1 - one.of_passing(h)) for one in (kept, KEPT))
        assert found == pytest.approx(told, rel=0.2)
    assert 0 < kept.q < kept.p < 1


def test_a_redrawn_world_keeps_its_gaps_its_years_and_the_order_of_its_states(world, redrawn):
    before, after = world.scores, redrawn.scores
    pd.testing.assert_series_equal(before["fariss"].isna(), after["fariss"].isna())
    by_year = [one.groupby("year")["fariss"].mean() for one in (before, after)]
    assert by_year[0].corr(by_year[1]) > 0.5
    by_state = [one.groupby("state")["fariss"].mean() for one in (before, after)]
    assert by_state[0].corr(by_state[1]) > 0.5
    again = redraw(world, KEPT, np.random.default_rng(3)).scores["fariss"]
    pd.testing.assert_series_equal(after["fariss"], again)


def test_the_arms_are_changes_of_the_same_cases():
    rows = [(case, 1990 + e, 1990, d) for case, course in {"a": (-3, -2, -1), "b": (5, 1, 0)}.items()
            for e, d in zip((-2, -1, 0), course, strict=True)]  # fmt: skip
    rows.append(("c", 1989, 1990, 7.0))  # on record in one year only
    panel = pd.DataFrame(rows, columns=["case", "year", "accession", "distance"])
    assert arms(panel, (1, 4)).to_dict("records") == [{"years": 1, "cases": 2, "before": -1.5, "after": 0.0}]
    with pytest.raises(hr.NotEnoughData, match="No case is on record"):
        arms(panel, (4,))


def test_a_stationary_dip_has_two_arms_and_a_slope(world):
    """Over eight draws cases from below fall before the year they are chosen by, and rise after it; joiners do not."""
    table = pd.concat([redrawn_slopes(world, KEPT, k, 1) for k in range(8)])
    whole = table.query("span == 'all' and timing == 'lag'")
    mean = whole.groupby("cases")[["duration", "before", "after"]].mean()
    below = mean.loc["below"] - mean.loc["all"]
    assert below["duration"] > 0.004 and below["before"] < -0.05 and below["after"] > 0.05
    assert below["before"] == pytest.approx(-below["after"], abs=0.1)


def test_the_span_of_all_years_is_table_2(world_panel):
    table = slopes_by_span(world_panel).set_index(["timing", "span"])
    for timing in hr.TIMINGS:
        fit = hr.fit_alignment(world_panel, timing)
        assert table.loc[(timing, "all"), "duration"] == pytest.approx(fit.params["duration"])
        assert table.loc[(timing, "all"), "se"] == pytest.approx(fit.bse["duration"])
    assert table["duration"].nunique() == 9
