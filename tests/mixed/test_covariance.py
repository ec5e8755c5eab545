"""Standard errors that allow for dependence: against dense algebra, statsmodels, copied groups and resampling."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hralign.errors import HralignError, NotEnoughData
from hralign.mixed import MixedModel, cluster_bootstrap
from mixed_panels import PANELS, model_of, replicated


@pytest.fixture
def kin() -> pd.DataFrame:
    """Thirty groups, each of one of six states and one of five IGOs; two groups share both."""
    frame = PANELS["plain"].frame.copy()
    number = frame["g"].str[1:].astype(int)
    return frame.assign(state=number % 6, igo=np.where(number == 29, 23, number) // 6)


BY = ["g", "state", "igo", ("state", "igo"), ("igo", "state"), ("g", "igo")]


def by_hand(fit, frame: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """The sandwich from n × n matrices, a cluster being all rows that agree on the columns."""
    x = np.column_stack([np.ones(len(frame)), frame[["t", "x1", "x2"]]])
    same = frame["g"].to_numpy()[:, None] == frame["g"].to_numpy()
    z = x[:, :2]
    v_inv = np.linalg.inv(same * (z @ fit.cov_re.to_numpy() @ z.T) + fit.scale * np.eye(len(frame)))
    bread = np.linalg.inv(x.T @ v_inv @ x)
    pulls = x * (v_inv @ (frame["y"] - x @ fit.params.to_numpy()).to_numpy())[:, None]
    clusters = pd.DataFrame(pulls).groupby([frame[column].to_numpy() for column in columns]).sum().to_numpy()
    return bread @ clusters.T @ clusters @ bread * len(clusters) / (len(clusters) - 1)


@pytest.mark.parametrize("by", ["g", "state", "igo"])
def test_the_sandwich_is_that_of_dense_algebra(kin, by):
    fit = model_of(kin).fit()
    np.testing.assert_allclose(fit.vcov(by), by_hand(fit, kin, [by]), rtol=1e-7)
    assert list(fit.vcov(by).index) == list(fit.vcov(by).columns) == ["intercept", "t", "x1", "x2"]


def test_crossed_clusters_are_added_and_what_both_share_is_taken_off(kin):
    fit = model_of(kin).fit()
    crossed = by_hand(fit, kin, ["state"]) + by_hand(fit, kin, ["igo"]) - by_hand(fit, kin, ["state", "igo"])
    values, vectors = np.linalg.eigh(crossed)
    assert values[0] < 0  # so that the next line is put to the test
    expected = vectors @ np.diag(values.clip(0)) @ vectors.T
    np.testing.assert_allclose(fit.vcov(("state", "igo")), expected, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(fit.vcov(("igo", "state")), expected, rtol=1e-6, atol=1e-12)


def test_without_varying_effects_it_is_that_of_least_squares():
    """statsmodels' own correction has a factor (n − 1) / (n − p) more."""
    sm = pytest.importorskip("statsmodels.api")
    frame = PANELS["much_noise"].frame
    number = frame["g"].str[1:].astype(int)
    frame = frame.assign(state=number % 7, igo=number // 7)
    fit = model_of(frame).fit()
    assert fit.cov_re.abs().max().max() < 1e-9
    ols = sm.OLS(frame["y"], sm.add_constant(frame[["t", "x1", "x2"]]))
    for by in ("g", "state", "igo", ("state", "igo")):
        columns = [by] if isinstance(by, str) else list(by)
        labels = np.column_stack([pd.factorize(frame[column])[0] for column in columns]).squeeze()
        theirs = ols.fit(cov_type="cluster", cov_kwds={"groups": labels, "use_correction": True}).cov_params()
        theirs *= (len(frame) - 4) / (len(frame) - 1)
        values, vectors = np.linalg.eigh(theirs)
        expected = vectors @ np.diag(values.clip(0)) @ vectors.T
        np.testing.assert_allclose(fit.vcov(by), expected, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("by", BY)
def test_a_weighted_fit_remembers_its_weights(kin, by):
    """Each group standing as often as it weighs gives the same covariance, and another than without weights."""
    model = model_of(kin)
    weights = np.random.default_rng(8).integers(0, 4, len(model.groups))
    copied = model_of(replicated(kin, dict(zip(model.groups, weights, strict=True)))).fit()
    weighted = model.fit(weights)
    np.testing.assert_allclose(weighted.vcov(by), copied.vcov(by), rtol=1e-4, atol=1e-7)
    assert np.abs(weighted.vcov(by) / model.fit().vcov(by) - 1).max().max() > 0.05


def test_weights_of_equal_size_shrink_the_covariance_by_their_size_alone(kin):
    """Twice the data say the same about the clusters there are."""
    model = model_of(kin)
    once, twice = model.fit(), model.fit(np.full(len(model.groups), 2.0))
    np.testing.assert_allclose(np.sqrt(np.diag(twice.vcov("state"))), np.sqrt(np.diag(once.vcov("state"))), rtol=0.02)
    assert (twice.bse < 0.75 * once.bse).all()


@pytest.mark.parametrize("by", ["state", "igo"])
def test_resampling_the_same_clusters_says_the_same(by):
    frame = PANELS["plain"].frame
    number = frame["g"].str[1:].astype(int)
    fit = model_of(frame.assign(state=number % 15, igo=number)).fit()
    spread = cluster_bootstrap(fit, by, n=300, seed=9, progress=False)["t"].std()
    assert np.sqrt(fit.vcov(by).loc["t", "t"]) == pytest.approx(spread, rel=0.2)


def test_what_cannot_be_a_cluster_is_said(kin):
    fit = model_of(kin).fit()
    wrong = {
        "region": "Cannot cluster by 'region'.*no such column",
        ("state", "region"): "Cannot cluster by 'region'",
        "t": "it changes within 'g'",
        ("state", "igo", "g"): "one column, or two",
        (): "one column, or two",
    }
    for by, message in wrong.items():
        with pytest.raises(HralignError, match=message) as error:
            fit.vcov(by)
        assert not isinstance(error.value, NotEnoughData)
    holed = MixedModel(kin.assign(state=kin["state"].where(kin["state"] > 0)), "y", ["t", "x1"], "g", "t").fit()
    with pytest.raises(HralignError, match="missing in 40 rows"):
        holed.vcov("state")


def test_one_cluster_is_not_enough(kin):
    fit = model_of(kin.assign(region="all")).fit()
    for by in ("region", ("state", "region")):
        with pytest.raises(NotEnoughData, match="only one region"):
            fit.vcov(by)
    only = fit.model.fit((kin.groupby("g")["state"].first() == 0).to_numpy(float))
    with pytest.raises(NotEnoughData, match="only one state"):
        only.vcov("state")
