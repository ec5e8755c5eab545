"""The mixed model against lme4: its answers on awkward panels, and on the models of the paper."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hralign.mixed import MixedModel
from mixed_panels import LME4, PANELS, fit_panel, oracle


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
