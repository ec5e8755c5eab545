"""What must not change when units, origins and the order of rows do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mixed_panels import PANELS, fit_panel, model_of

some = settings(max_examples=12, deadline=None)
names = st.sampled_from(["unbalanced", "plain", "singular_slope", "groups_of_one_row"])


def close(ours, theirs, error):
    assert np.all(np.abs(np.asarray(ours) - np.asarray(theirs)) <= 1e-5 * np.asarray(error))


@some
@given(names, st.floats(-1e4, 1e4))
def test_a_constant_added_to_the_outcome_moves_the_intercept_only(name, constant):
    before, after = fit_panel(name), fit_panel(name, y=PANELS[name].frame["y"] + constant)
    close(after.params - before.params, [constant, 0, 0, 0], before.bse)
    assert after.llf == pytest.approx(before.llf, abs=1e-6)
    assert after.bse.to_numpy() == pytest.approx(before.bse.to_numpy(), rel=1e-5)


@some
@given(names, st.sampled_from([-1, 1]), st.floats(-7, 7))
def test_the_unit_of_the_outcome_is_the_unit_of_the_fit(name, sign, power):
    unit = sign * 10**power
    before, after = fit_panel(name), fit_panel(name, y=PANELS[name].frame["y"] * unit)
    close(after.params / unit, before.params, before.bse)
    assert after.bse.to_numpy() == pytest.approx(before.bse.to_numpy() * abs(unit), rel=1e-5)
    assert np.sqrt(after.scale) == pytest.approx(np.sqrt(before.scale) * abs(unit), rel=1e-6)
    close(after.theta, before.theta, np.abs(before.theta).max() * np.ones(3))
    assert after.llf == pytest.approx(before.llf - (before.nobs - 4) * np.log(abs(unit)), abs=1e-5)


@some
@given(names, st.integers(0, 10**6))
def test_the_order_of_rows_does_not_matter(name, seed):
    frame = PANELS[name].frame.sample(frac=1, random_state=seed)
    before, after = fit_panel(name), model_of(frame).fit()
    assert after.llf == pytest.approx(before.llf, abs=1e-8)
    close(after.params, before.params, before.bse)
    close(after.fittedvalues.sort_index(), before.fittedvalues, np.sqrt(before.scale))


@some
@given(names, st.floats(-8, 8), st.floats(-100, 100))
def test_the_unit_and_origin_of_a_control_change_its_coefficient_alone(name, power, origin):
    unit = 10**power
    before, after = fit_panel(name), fit_panel(name, x1=(PANELS[name].frame["x1"] - origin) * unit)
    rescaled = before.params.to_numpy() * [1, 1, 1 / unit, 1]
    rescaled[0] += before.params["x1"] * origin
    size = before.bse.to_numpy() * [1, 1, 1 / unit, 1]
    size[0] += before.bse["x1"] * abs(origin)
    close(after.params, rescaled, size)
    assert after.llf == pytest.approx(before.llf - np.log(unit), abs=1e-6)


@some
@given(names, st.floats(-6, 6))
def test_the_unit_of_the_slope_scales_its_variance(name, power):
    unit = 10**power
    before, after = fit_panel(name), fit_panel(name, t=PANELS[name].frame["t"] * unit)
    close(after.cov_re * np.outer([1, unit], [1, unit]), before.cov_re, before.cov_re.abs().max().max())
    assert after.singular == before.singular
