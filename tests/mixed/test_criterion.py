"""The criterion against dense algebra, its derivatives against differences, its minimum against other starts."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from hralign.mixed.criterion import profile
from hralign.mixed.search import second_order
from mixed_panels import PANELS, dense, fit_panel, model_of, oracle, replicated


@pytest.mark.parametrize("name", ["unbalanced", "groups_of_one_row", "slope_not_a_term", "calendar_years"])
def test_agrees_with_dense_algebra(name):
    panel, fit = PANELS[name], fit_panel(name)
    llf, beta, cov, modes = dense(fit, panel.frame, panel.terms, panel.slope)
    assert fit.llf == pytest.approx(llf, abs=1e-6)
    assert fit.params.to_numpy() == pytest.approx(beta, rel=1e-6)
    assert fit.cov_params.to_numpy() == pytest.approx(cov, rel=1e-6, abs=1e-12)
    assert fit.conditional_modes.to_numpy() == pytest.approx(modes, rel=1e-5, abs=1e-8)
    assert list(fit.conditional_modes.columns) == ["intercept", panel.slope]


THETAS = [(0.7, -0.3, 0.4), (2.0, 0.5, 0.01), (0.05, 0.2, 1.5), (1.0, -1.0, 0.0)]
COUNTS = np.arange(1.0, 11.0)


@pytest.mark.parametrize("theta", THETAS)
def test_the_criterion_is_the_formula_at_any_theta(frame, theta):
    """(41) from n × n matrices, each group standing as often as it weighs."""
    model = model_of(frame)
    data = model._weigh(COUNTS)
    copies = replicated(frame, dict(zip(model.groups, COUNTS, strict=True)))
    x, y = np.column_stack([np.ones(len(copies)), copies[["t", "x1", "x2"]]]), copies["y"].to_numpy()
    factor = np.array([[theta[0], 0], [theta[1], theta[2]]])
    same = copies["g"].to_numpy()[:, None] == copies["g"].to_numpy()
    v = np.eye(len(y)) + same * (x[:, :2] @ factor @ factor.T @ x[:, :2].T)
    v_inv, free = np.linalg.inv(v), len(y) - 4
    cross = x.T @ v_inv @ x
    rest = y - x @ np.linalg.solve(cross, x.T @ v_inv @ y)
    log_dets = np.linalg.slogdet(v)[1] + np.linalg.slogdet(cross)[1]
    expected = log_dets + free * (1 + np.log(2 * np.pi * (rest @ v_inv @ rest) / free))
    at = profile(model.basis.theta_in_basis(np.array(theta)), data)
    assert -2 * model.basis.llf(at.value, at.free) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("theta", THETAS)
def test_gradient_and_hessian_are_derivatives_of_the_criterion(frame, theta):
    data, h = model_of(frame)._weigh(COUNTS), 1e-5

    def differences(function):
        at = np.array(theta)
        return np.array([(function(at + step) - function(at - step)) / (2 * h) for step in h * np.eye(3)])

    def gradient(at):
        return second_order(profile(at, data), data).gradient

    point = second_order(profile(np.array(theta), data), data)
    assert point.gradient == pytest.approx(differences(lambda at: profile(at, data).value), rel=1e-6, abs=1e-4)
    assert point.hessian == pytest.approx(differences(gradient), rel=1e-6, abs=1e-3)


@pytest.mark.parametrize("name", ["plain", "groups_of_one_row", "singular_slope", "near_collinear"])
def test_a_weighted_refit_is_the_fit_of_replicated_groups(name):
    frame = PANELS[name].frame
    model = model_of(frame)
    counts = np.random.default_rng(3).multinomial(len(model.groups), np.ones(len(model.groups)) / len(model.groups))
    copies = replicated(frame, dict(zip(model.groups, counts, strict=True)))
    weighted, copied = model.fit(counts), model_of(copies).fit()
    assert (weighted.nobs, weighted.n_groups) == (copied.nobs, copied.n_groups)
    assert weighted.llf == pytest.approx(copied.llf, abs=1e-6)
    assert np.all(np.abs(weighted.params - copied.params) <= 1e-5 * copied.bse)
    assert weighted.bse.to_numpy() == pytest.approx(copied.bse.to_numpy(), rel=1e-5)
    assert weighted.cov_re.to_numpy() == pytest.approx(copied.cov_re.to_numpy(), rel=1e-4, abs=1e-6)
    assert set(weighted.conditional_modes.index) == set(model.groups[counts > 0])


def test_weights_by_name_and_by_place_are_the_same(frame):
    model = model_of(frame)
    weights = pd.Series(np.arange(10.0), index=model.groups)
    assert model.fit(weights.iloc[::-1]).llf == model.fit(weights.to_numpy()).llf
    assert model.fit(np.ones(10)).llf == pytest.approx(model.fit().llf, abs=1e-9)


def test_refits_do_not_depend_on_what_came_before_or_on_the_start(frame):
    model, weights = model_of(frame), np.arange(1.0, 11.0)
    first = model_of(frame).fit(weights)
    model.fit(weights[::-1])
    assert model.fit(weights).llf == first.llf
    assert model.fit(weights, start=[5.0, -1.0, 2.0]).llf == pytest.approx(first.llf, abs=1e-8)
    assert pickle.loads(pickle.dumps(model)).fit(weights).llf == first.llf


def test_no_other_start_finds_a_better_optimum():
    for seed in range(12):
        rng = np.random.default_rng(seed)
        sd, rho = (rng.choice([0, 0.2, 2]), rng.choice([0, 0.1, 1])), rng.choice([-1, 0, 1])
        sizes = np.append(rng.integers(1, 8, rng.integers(2, 20)), 8)
        model = model_of(oracle._simulate(f"starts{seed}", sizes, sd=sd, rho=rho, noise=rng.choice([0.1, 2])).frame)
        best = model.fit().llf
        for _ in range(4):
            assert model.fit(start=np.exp(rng.uniform(-3, 3, 3)) * [1, rng.choice([-1, 1]), 1]).llf <= best + 1e-7


def test_llf_at_is_largest_at_the_fit(frame):
    model = model_of(frame)
    fit = model.fit()
    assert model.llf_at(fit.theta) == pytest.approx(fit.llf, abs=1e-9)
    assert all(model.llf_at(fit.theta + step) < fit.llf for step in 0.05 * np.vstack([np.eye(3), -np.eye(3)]))


def test_groups_keep_their_shapes_when_weighed(frame):
    """What is summed has a name of its own."""
    model, weights = model_of(frame), np.append(np.zeros(3), np.arange(1.0, 8.0))
    weighed = model.fit(weights).data
    assert model.data.within.shape == (10, 5, 5) and weighed.rest.shape == (5, 5)
    assert weighed.between.shape == (2, 7, 5) and list(weighed.place) == list(range(3, 10))
    assert weighed.rest == pytest.approx(np.einsum("g,gij->ij", weights, model.data.within))
