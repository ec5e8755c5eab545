"""statsmodels' MixedLM as a second oracle: it must agree, and must not find a better optimum."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from mixed_panels import PANELS, fit_panel

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["plain", "negative_correlation", "slope_not_a_term"])
def test_agrees_with_statsmodels(name):
    sm = pytest.importorskip("statsmodels.api")
    panel, ours = PANELS[name], fit_panel(name)
    random = sm.add_constant(panel.frame[[panel.slope]])
    model = sm.MixedLM(panel.frame["y"], sm.add_constant(panel.frame[panel.terms]), panel.frame["g"], random)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = model.fit(reml=True, method=["bfgs", "lbfgs", "powell"], maxiter=500)
    assert theirs.llf <= ours.llf + 1e-6
    assert theirs.llf == pytest.approx(ours.llf, abs=1e-3)
    assert np.all(np.abs(theirs.fe_params.to_numpy() - ours.params.to_numpy()) <= 1e-2 * ours.bse.to_numpy())
    assert theirs.scale == pytest.approx(ours.scale, rel=1e-2)
    assert np.asarray(theirs.cov_re) == pytest.approx(ours.cov_re.to_numpy(), rel=5e-2, abs=1e-3)
