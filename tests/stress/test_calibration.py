"""Moments of a source, the fit that gives worlds those of the real data, and the calibrated family."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import hralign as hr
from hralign.record.studies import recorded_study
from hralign.stress import calibration
from hralign.stress.calibration import START, TOLERANCES, calibrate, distance_from
from hralign.stress.moments import FITTED, MOMENTS
from hralign.worlds.family import MECHANISMS, STRONGEST

SMALL = replace(hr.WORLDS["null"], n_states=60, n_igos=15, heaping=0.0)


def test_moments_of_the_score_are_those_of_a_loop(world):
    found, score = (
        hr.moments(world),
        pd.pivot_table(world.scores, index="state", columns="year", values="fariss").loc[:, 1965:2013],
    )
    steps, fives, pairs = [], [], []
    for _, state in score.iterrows():
        values = state.to_numpy()
        for t in range(1, len(values)):
            steps.append(values[t] - values[t - 1])
            if t >= 2:
                pairs.append((values[t] - values[t - 1], values[t - 1] - values[t - 2]))
            if t >= 5:
                fives.append(values[t] - values[t - 5])
    pairs = np.array([pair for pair in pairs if not np.isnan(pair).any()])
    assert found["sd_1"] == pytest.approx(np.nanstd(steps))
    assert found["sd_5"] == pytest.approx(np.nanstd(fives))
    assert found["autocorrelation"] == pytest.approx(np.corrcoef(pairs.T)[0, 1])


def test_moments_of_table_2_and_of_accessions_are_counted_right(world):
    found, panel = hr.moments(world), hr.build_panel(world)
    fit = hr.fit_alignment(panel)
    assert list(found.index) == list(MOMENTS)
    assert found["residual_variance"] == pytest.approx(fit.scale)
    assert found["slope_sd"] == pytest.approx(fit.cov_re.iloc[1, 1] ** 0.5)
    assert (found["cases"], found["rows"]) == (fit.n_groups, fit.nobs)
    everyone = hr.build_panel(world, select="all")
    before = everyone.query("years_to_accession == -1")
    assert found["joiners_below"] == pytest.approx((before["distance"] < 0).mean())
    fullest = total = 0
    for _, years in everyone.drop_duplicates("case").groupby("igo")["accession"]:
        if len(years) >= 5:
            fullest, total = fullest + years.value_counts().max(), total + len(years)
    assert found["heaping"] == pytest.approx(fullest / total)
    kinds = panel.drop_duplicates("case")["exit_kind"]
    assert found["withdraws"] == pytest.approx(kinds.eq("withdraws").mean())


def test_moments_answer_to_what_makes_them():
    base = hr.moments(hr.simulate(SMALL, 1))
    waves = hr.moments(hr.simulate(replace(SMALL, heaping=2.5), 1))
    assert waves["heaping"] > base["heaping"] + 0.04
    together = hr.moments(hr.simulate(replace(SMALL, common_share=0.6, regional_share=0.3), 1))
    assert together["common"] > base["common"] + 0.1 and together["regional"] > base["regional"] + 0.02
    alike = hr.moments(hr.simulate(replace(SMALL, homophily=3.0), 1))
    assert alike["joiner_gap"] < base["joiner_gap"] - 0.1
    calm = hr.moments(hr.simulate(replace(SMALL, unrest=0.0, unrest_sd=0.0), 1))
    assert calm["unrest"] > base["unrest"] + 0.2


def test_planted_parameters_come_back():
    planted = replace(SMALL, shock_sd=0.1, level_sd=1.1)
    target = pd.DataFrame([hr.moments(hr.simulate(planted, seed)) for seed in (1, 2)]).mean()
    start = {"shock_sd": 0.067, "level_sd": 0.85}
    found = calibrate(target, [1, 2], SMALL, steps=10, start=start)
    assert found.parameters["shock_sd"] == pytest.approx(0.1, rel=0.03)
    assert found.parameters["level_sd"] == pytest.approx(1.1, rel=0.03)
    assert found.loss < 0.01


def test_moments_that_no_world_reaches_are_named_with_how_far_it_came():
    target = hr.moments(hr.simulate(SMALL, 1)).copy()
    target["autocorrelation"] = 0.99
    with pytest.raises(hr.HralignError, match=r"autocorrelation is to be 0\.99 and came to 0\.\d+"):
        calibrate(target, [1], SMALL, steps=1, start={"momentum": 0.84})


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("intrinsic", 9.0), r"strength of 9\.0 is outside of the calibrated range of the world 'intrinsic': 0 to 3"),
        (("null", -1.0), "strength of -1.0 is outside"),
        (("selection", float("nan")), "strength of nan is outside"),
        (("intrinsic", "high"), "strength of 'high' is outside"),
        (("intrinsic", 1.0, 7.0), r"noise of 7\.0 is outside"),
        (("realist",), "no mechanism 'realist'. Choose one of: intrinsic"),
    ],
)
def test_a_strength_outside_of_the_calibrated_range_is_refused(asked, said):
    with pytest.raises(hr.HralignError, match=said):
        hr.calibrated_world(*asked)


def test_strength_and_noise_scale_what_they_name():
    for name in MECHANISMS:
        assert hr.calibrated_world(name) == hr.WORLDS[name]
        if name != "null":
            off = replace(hr.calibrated_world(name, 0.0), substitution=0.0)
            assert off == hr.WORLDS["null"]
    half = hr.calibrated_world("selection", 0.5)
    assert half.homophily == hr.World().homophily / 2
    assert half.anticipation == hr.WORLDS["selection"].anticipation / 2
    assert hr.calibrated_world("null", noise=0.5).shock_sd == hr.World().shock_sd / 2


def test_the_presets_are_the_recorded_calibration():
    found = recorded_study("calibration").query("kind == 'parameter'").groupby("name")["value"]
    mean, error = found.mean(), found.std() / np.sqrt(found.size())
    preset = {name: getattr(hr.World(), name) for name in START}
    preset["anticipation"] = MECHANISMS["selection"]["anticipation"]
    for name, value in preset.items():
        assert abs(value - mean[name]) <= max(error[name], 0.02 * abs(mean[name])), (name, value, mean[name])


@pytest.fixture(scope="module")
def real_moments():
    table = recorded_study("moments").query("world == 'source'")
    return table.set_index("moment")["value"]


@pytest.fixture(scope="module")
def found_moments():
    """Of each world, and of each mechanism at its strongest: mean moments of three seeds."""
    worlds = {name: hr.WORLDS[name] for name in MECHANISMS}
    worlds |= {
        f"{name}, strongest": hr.calibrated_world(name, STRONGEST[name]) for name in ("intrinsic", "instrumental")
    }
    return {
        name: pd.DataFrame([hr.moments(hr.simulate(world, seed)) for seed in (1, 2, 3)])
        for name, world in worlds.items()
    }


def test_each_calibrated_world_moves_as_the_real_one(real_moments, found_moments):
    for name, table in found_moments.items():
        far = distance_from(table.mean(), real_moments)
        assert list(far.index) == list(TOLERANCES) and far.max() <= 1, (name, far.to_dict())


def test_joiners_and_waves_of_the_null_world_are_like_the_real_ones(real_moments, found_moments):
    mean = found_moments["null"].mean()
    assert mean["heaping"] == pytest.approx(real_moments["heaping"], abs=0.04)
    assert mean["joiner_gap"] == pytest.approx(real_moments["joiner_gap"], abs=0.04)
    assert found_moments["selection"].mean()["joiner_gap"] == pytest.approx(real_moments["joiner_gap"], abs=0.05)
    assert mean["cases"] == pytest.approx(real_moments["cases"], rel=0.1)


@pytest.mark.real
def test_the_recorded_real_moments_are_those_of_the_data(real_src, real_moments):
    np.testing.assert_allclose(hr.moments(real_src)[FITTED], real_moments[FITTED], rtol=1e-4)


def test_the_fit_compares_fitted_moments_only():
    target = pd.Series(1.0, index=list(MOMENTS))
    other = target.copy()
    other["intercept_sd"] = 9.0
    assert (calibration.differences(other, target) == 0).all() and "intercept_sd" not in FITTED
