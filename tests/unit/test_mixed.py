"""The mixed model against lme4, against dense algebra written out here, and against itself under invariances."""

from __future__ import annotations

import json
import os
import pickle
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hralign.errors import HralignError
from hralign.mixed import MixedModel
from hralign.mixed.criterion import deviance

ORACLE = Path(__file__).parents[1] / "oracle"
sys.path.insert(0, str(ORACLE))
import panels as oracle  # noqa: E402

PANELS = oracle.make_panels()
LME4 = json.loads((ORACLE / "lme4_panels.json").read_text())["panels"]


def fit_panel(name: str, **columns):
    panel = PANELS[name]
    return MixedModel(panel.frame.assign(**columns), "y", panel.terms, "g", panel.slope).fit()


def model_of(frame: pd.DataFrame, terms=("t", "x1", "x2")) -> MixedModel:
    return MixedModel(frame, "y", list(terms), "g", "t")


@pytest.fixture
def frame() -> pd.DataFrame:
    return PANELS["unbalanced"].frame.copy()


def dense(fit, frame: pd.DataFrame, terms: list[str], slope: str):
    """REML log-likelihood, GLS coefficients, their covariance and BLUPs from n × n matrices, given the variances."""
    x = np.column_stack([np.ones(len(frame)), *(frame[term] for term in terms)])
    z, y = np.column_stack([np.ones(len(frame)), frame[slope]]), frame["y"].to_numpy()
    same = frame["g"].to_numpy()[:, None] == frame["g"].to_numpy()
    v = same * (z @ fit.cov_re.to_numpy() @ z.T) + fit.scale * np.eye(len(y))
    v_inv = np.linalg.inv(v)
    cov = np.linalg.inv(x.T @ v_inv @ x)
    beta = cov @ x.T @ v_inv @ y
    rest = y - x @ beta
    log_dets = np.linalg.slogdet(v)[1] - np.linalg.slogdet(cov)[1]
    llf = -0.5 * (log_dets + rest @ v_inv @ rest + (len(y) - x.shape[1]) * np.log(2 * np.pi))
    pull = z * (v_inv @ rest)[:, None]
    modes = pd.DataFrame(pull).groupby(frame["g"].to_numpy()).sum() @ fit.cov_re.to_numpy()
    return llf, beta, cov, modes.to_numpy()


# --- lme4 -----------------------------------------------------------------------------------------------------


def test_every_panel_is_recorded():
    assert set(LME4) == set(PANELS) and len(PANELS) >= 12


@pytest.mark.parametrize("name", PANELS)
def test_agrees_with_lme4(name):
    """Coefficients to 1e-5 of the larger of their size and their standard error; likelihood to 1e-4."""
    fit, lme4 = fit_panel(name), LME4[name]
    coef, se, cov_re = (np.array(lme4[key], ndmin=1) for key in ("coef", "se", "cov_re"))
    assert fit.converged
    assert fit.llf == pytest.approx(lme4["llf"], abs=1e-4)
    assert (fit.nobs, fit.n_groups) == (lme4["nobs"], lme4["groups"])
    assert (fit.aic, fit.bic) == pytest.approx((lme4["aic"], lme4["bic"]), abs=2e-4)
    assert np.all(np.abs(fit.params - coef) <= 1e-5 * np.maximum(np.abs(coef), se))
    assert fit.bse.to_numpy() == pytest.approx(se, rel=1e-5)
    assert fit.scale == pytest.approx(lme4["scale"], rel=1e-5)
    # A covariance counts relative to its two variances, and variances relative to what the rows vary by in all.
    spread = np.array([1.0, PANELS[name].frame[PANELS[name].slope].abs().max()])
    ours, theirs = fit.cov_re.to_numpy() * np.outer(spread, spread), cov_re * np.outer(spread, spread)
    assert np.abs(ours - theirs).max() <= 1e-4 * max(np.abs(theirs).max(), fit.scale)


@pytest.mark.parametrize("name", [name for name in PANELS if name not in ("huge_scale", "tiny_scale")])
def test_reports_singular_fits_as_lme4_does(name):
    assert fit_panel(name).singular == LME4[name]["singular"]


def test_the_awkward_panels_are_awkward():
    singular = {name for name in PANELS if fit_panel(name).singular}
    assert {"singular_slope", "singular_intercept", "correlation_plus_one", "correlation_minus_one"} <= singular
    for name, sign in (("correlation_plus_one", 1), ("correlation_minus_one", -1)):
        cov = fit_panel(name).cov_re.to_numpy()
        assert cov[0, 1] / np.sqrt(cov[0, 0] * cov[1, 1]) == pytest.approx(sign, abs=1e-6)


@pytest.fixture(scope="module")
def reference() -> Path:
    data = os.environ.get("HRALIGN_DATA")
    folder = Path(data).parent / "reference" if data else None
    if folder is None or not (folder / "lme4.json").exists():
        pytest.skip("no reference folder beside HRALIGN_DATA")
    return folder


@pytest.mark.real
@pytest.mark.parametrize("name", oracle.REFERENCE)
def test_agrees_with_the_reference_models(reference, name):
    """The printed numbers have 6 decimals (4 in the likelihood), so half a last digit more is allowed."""
    expected = json.loads((reference / "lme4.json").read_text())["models"][name]
    rows = oracle.standardised_rows(reference, name)
    fit = MixedModel(rows, oracle.REFERENCE[name][1], oracle.REFERENCE_TERMS, "case", "duration").fit()
    assert (fit.nobs, fit.n_groups) == (expected["nobs"], expected["groups"])
    assert fit.llf == pytest.approx(expected["llf"], abs=1e-4 + 5e-5)
    for ours, theirs in ((fit.params, expected["coef"]), (fit.bse, expected["se"])):
        theirs = pd.Series(theirs)
        assert list(ours.index) == list(theirs.index)
        assert np.all(np.abs(ours - theirs) <= 1e-5 * np.abs(theirs) + 5e-7)
    variances = [fit.cov_re.iloc[0, 0], fit.cov_re.iloc[1, 1], fit.cov_re.iloc[0, 1], fit.scale]
    names = ["var_intercept", "var_duration", "cov_intercept_duration", "var_residual"]
    assert variances == pytest.approx([expected[key] for key in names], abs=1e-6)


# --- dense algebra, derivatives, weights ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["unbalanced", "groups_of_one_row", "slope_not_a_term", "calendar_years"])
def test_agrees_with_dense_algebra(name):
    panel, fit = PANELS[name], fit_panel(name)
    llf, beta, cov, modes = dense(fit, panel.frame, panel.terms, panel.slope)
    assert fit.llf == pytest.approx(llf, abs=1e-6)
    assert fit.params.to_numpy() == pytest.approx(beta, rel=1e-6)
    assert fit.cov_params.to_numpy() == pytest.approx(cov, rel=1e-6, abs=1e-12)
    assert fit.conditional_modes.to_numpy() == pytest.approx(modes, rel=1e-5, abs=1e-8)
    assert list(fit.conditional_modes.columns) == ["intercept", panel.slope]


@pytest.mark.parametrize("theta", [(0.7, -0.3, 0.4), (2.0, 0.5, 0.01), (0.05, 0.2, 1.5), (1.0, -1.0, 0.0)])
def test_gradient_and_hessian_are_derivatives_of_thedeviance(frame, theta):
    data, h = model_of(frame)._weigh(np.arange(1.0, 11.0)), 1e-5

    def differences(function):
        at = np.array(theta)
        return np.array([(function(at + step) - function(at - step)) / (2 * h) for step in h * np.eye(3)])

    point = deviance(np.array(theta), data)
    assert point.gradient == pytest.approx(differences(lambda at: deviance(at, data).value), rel=1e-6, abs=1e-4)
    assert point.hessian == pytest.approx(differences(lambda at: deviance(at, data).gradient), rel=1e-6, abs=1e-3)


def replicated(frame: pd.DataFrame, weights: dict) -> pd.DataFrame:
    copies = [rows.assign(g=f"{g}/{k}") for g, rows in frame.groupby("g") for k in range(int(weights[g]))]
    return pd.concat(copies, ignore_index=True)


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


# --- invariances ------------------------------------------------------------------------------------------------

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


# --- what a fit offers ------------------------------------------------------------------------------------------


def test_predictions_are_the_lines_of_population_and_group(frame):
    fit = model_of(frame).fit()
    fixed = fit.params["intercept"] + frame[["t", "x1", "x2"]] @ fit.params[["t", "x1", "x2"]]
    modes = fit.conditional_modes.loc[frame["g"]].to_numpy()
    own = fixed + modes[:, 0] + modes[:, 1] * frame["t"]
    pd.testing.assert_series_equal(fit.predict(groups=False), fixed, check_names=False)
    pd.testing.assert_series_equal(fit.fittedvalues, own, check_names=False)
    pd.testing.assert_series_equal(fit.resid, frame["y"] - own, check_names=False)
    new = frame.iloc[[0, -1]].assign(g=[frame["g"].iloc[0], "never seen"])
    assert fit.predict(new).to_numpy() == pytest.approx([own.iloc[0], fixed.iloc[-1]])
    assert fit.predict(new.drop(columns=["g", "y"]), groups=False).to_numpy() == pytest.approx(fixed.iloc[[0, -1]])


def test_a_group_with_no_weight_is_predicted_like_one_never_seen(frame):
    fit = model_of(frame).fit(np.append(np.ones(9), 0))
    last = frame["g"] == fit.model.groups[-1]
    assert fit.predict()[last].to_numpy() == pytest.approx(fit.predict(groups=False)[last].to_numpy())


def test_tidy_is_a_table_of_wald_tests(frame):
    fit = model_of(frame).fit()
    table = fit.tidy(0.9)
    assert list(table.columns) == ["term", "estimate", "std_error", "z", "p_value", "lower", "upper"]
    assert list(table["term"]) == ["intercept", "t", "x1", "x2"]
    assert (table["upper"] - table["lower"]).to_numpy() == pytest.approx(2 * 1.6448536 * fit.bse.to_numpy())
    assert table["z"].to_numpy() == pytest.approx((fit.params / fit.bse).to_numpy())


def test_summary_prints_variances_undivided_and_says_singular():
    fit, singular = fit_panel("plain"), fit_panel("singular_slope")
    assert f"{fit.cov_re.iloc[0, 0]:.4g}" in fit.summary() and f"{fit.scale:.4g}" in fit.summary()
    assert "ingular" not in fit.summary() and "Singular fit" in singular.summary()
    assert "nan" in fit_panel("much_noise").summary()  # both variances are 0: no correlation


def test_cov_re_is_the_factor_times_the_scale(frame):
    fit = model_of(frame).fit()
    a, b, c = fit.theta
    factor = np.array([[a, 0], [b, c]])
    assert fit.cov_re.to_numpy() == pytest.approx(fit.scale * factor @ factor.T)
    assert list(fit.cov_re.index) == list(fit.cov_re.columns) == ["intercept", "t"]


# --- errors -----------------------------------------------------------------------------------------------------


def holes(frame):
    return frame.assign(x1=frame["x1"].where(frame.index > 2), x2=frame["x2"].where(frame.index != 5, np.inf))


BAD_FRAMES = {
    "missing and infinite": (holes, {}, r"x1 \(3 of 231 rows\), x2 \(1 of 231 rows\)"),
    "not a number": (lambda f: f.assign(x1="high"), {}, r"x1 \(231 of 231 rows\)"),
    "unknown column": (lambda f: f, {"terms": ["t", "gdp"]}, "gdp"),
    "unknown group": (lambda f: f, {"group": "case"}, "case"),
    "repeated term": (lambda f: f, {"terms": ["t", "x1", "x1"]}, "twice"),
    "intercept as a term": (lambda f: f, {"terms": ["intercept", "t"]}, "by itself"),
    "outcome as a term": (lambda f: f, {"terms": ["t", "y"]}, "also a term"),
    "missing group": (lambda f: f.assign(g=f["g"].where(f.index > 1)), {}, "missing in 2 of 231"),
    "constant term": (lambda f: f.assign(x1=0.1), {}, "'x1' is constant"),
    "constant slope": (lambda f: f.assign(s=3.0), {"slope": "s"}, "'s' is constant"),
    "collinear terms": (lambda f: f.assign(x2=3 * f["x1"] - 1e-3 * f["t"] + 7), {}, r"'x2'.*\['t', 'x1'\]"),
    "collinear at a tiny scale": (lambda f: f.assign(x2=f["x1"] * 1e-9), {}, r"'x2'.*\['x1'\]"),
    "constant outcome": (lambda f: f.assign(y=2.0), {}, "'y' is constant"),
    "outcome in the span of the terms": (lambda f: f.assign(y=f["x1"] - f["t"]), {}, "'y' is collinear"),
    "one group": (lambda f: f.assign(g="a"), {}, r"1 group\(s\)"),
    "no rows": (lambda f: f.head(0), {}, r"0 group\(s\)"),
    "more terms than rows": (lambda f: f.iloc[[0, 1, 2, 3]], {}, "4 rows for 4 terms"),
    "no residual": (lambda f: f.groupby("g").head(2), {}, "No residual variance"),
    "exact lines": (lambda f: f.assign(y=f["x1"] + f["g"].str[1:].astype(int) * f["t"]), {}, "No residual"),
}


@pytest.mark.parametrize("case", BAD_FRAMES)
def test_bad_data_are_refused_with_a_reason(frame, case):
    spoil, choice, message = BAD_FRAMES[case]
    arguments = {"outcome": "y", "terms": ["t", "x1", "x2"], "group": "g", "slope": "t", **choice}
    with pytest.raises(HralignError, match=message):
        MixedModel(spoil(frame), **arguments).fit()


BAD_WEIGHTS = {
    "negative": (np.append(np.ones(9), -1), "negative"),
    "missing": (np.append(np.ones(9), np.nan), "negative, missing or infinite"),
    "too few": (np.ones(9), r"\(9,\) for 10 groups"),
    "all zero": (np.zeros(10), "All group weights are 0"),
    "other names": (pd.Series(np.ones(10), index=list("abcdefghij")), "name each of 10 groups"),
    "one group left": (np.eye(10)[9], r"1 group\(s\)"),
    "too few rows left": (np.array([1, 1] + [0] * 8), "3 rows for 4 terms"),
}


@pytest.mark.parametrize("case", BAD_WEIGHTS)
def test_bad_weights_are_refused_with_a_reason(frame, case):
    weights, message = BAD_WEIGHTS[case]
    with pytest.raises(HralignError, match=message):
        model_of(frame).fit(weights)


def test_a_term_that_only_groups_without_weight_vary_in_is_named(frame):
    frame["x1"] = (frame["g"] == "g0009") * frame["x1"]
    with pytest.raises(HralignError, match="'x1' is constant"):
        model_of(frame).fit(np.append(np.ones(9), 0))


def test_whole_numbers_truth_values_and_nullable_columns_are_numbers(frame):
    frame["x1"] = frame["x1"] > 0
    plain = model_of(frame.assign(x1=frame["x1"].astype(float))).fit()
    for kind in (bool, "Int64", object):
        assert model_of(frame.assign(x1=frame["x1"].astype(kind))).fit().llf == pytest.approx(plain.llf)
