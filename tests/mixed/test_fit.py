"""What a fit offers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hralign import errors
from mixed_panels import fit_panel, model_of


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


def test_a_fit_cannot_be_changed_and_remembers_its_weights(frame):
    model, weights = model_of(frame), np.append(np.arange(9.0), 2)
    fit = model.fit(weights)
    with pytest.raises(AttributeError):
        fit.model = None
    pd.testing.assert_series_equal(fit.weights, pd.Series(weights, index=model.groups))
    assert (model.fit().weights == 1).all()


def test_importing_the_package_costs_numpy_and_pandas_alone():
    """Bare of the library's own names, which may load more."""
    program = (
        "import sys, types; library = types.ModuleType('hralign'); library.__path__ = [sys.argv[1]]; "
        "sys.modules['hralign'] = library; import hralign.mixed; print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(Path(errors.__file__).parent)], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert {"numpy", "pandas"} <= loaded and not loaded & {"scipy", "tqdm", "statsmodels", "matplotlib"}
