"""The cluster bootstrap draws whole clusters and depends on nothing but its seed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hralign.errors import HralignError
from hralign.mixed import CLUSTERS, MixedModel, cluster_bootstrap, cluster_covariance, draw_clusters, joint_bootstrap
from hralign.study.alignment import fit_alignment


@pytest.fixture(scope="module")
def fit(world_panel):
    return fit_alignment(world_panel)


@pytest.mark.parametrize("by", ["state", "igo", "case"])
def test_as_many_clusters_are_drawn_as_there_are(fit, by):
    clusters = pd.Index(sorted(fit.model.frame[by].unique()))
    times = draw_clusters(clusters, np.random.default_rng(1))
    assert times.index.equals(clusters) and times.sum() == len(clusters) and times.ge(0).all()


def test_models_refitted_together_see_the_same_draws(fit):
    half = MixedModel(
        fit.model.frame[fit.model.frame["state"] % 2 == 0], "outcome", ["duration"], "case", "duration"
    ).fit()
    draws = joint_bootstrap({"a": fit, "b": fit, "half": half}, n=2, seed=4, progress=False)
    one, other = (draws[draws["model"] == name].drop(columns="model").reset_index(drop=True) for name in "ab")
    pd.testing.assert_frame_equal(one, other)
    assert set(draws["model"]) == {"a", "b", "half"} and len(draws) == 6


def test_a_refit_is_the_fit_of_the_copied_rows(fit):
    sample = fit.model.frame
    states = np.sort(sample["state"].unique())
    drawn = np.random.default_rng([5, 0]).integers(len(states), size=len(states))
    copies = pd.concat(
        [sample[sample["state"] == states[k]].assign(copy=str(n)) for n, k in enumerate(drawn)], ignore_index=True
    )
    copies["case"] = copies["case"] + "/" + copies["copy"]
    copied = MixedModel(copies, "outcome", fit.model.terms[1:], "case", "duration").fit()
    refit = cluster_bootstrap(fit, by="state", n=1, seed=5, progress=False).iloc[0]
    assert refit["llf"] == pytest.approx(copied.llf, abs=1e-4)
    np.testing.assert_allclose(refit[copied.params.index].to_numpy(float), copied.params, atol=1e-6)


def test_draws_depend_on_seed_and_number_only(fit):
    few, more = (cluster_bootstrap(fit, n=n, seed=2, progress=False) for n in (2, 4))
    pd.testing.assert_frame_equal(few, more.head(2))
    assert not few["duration"].equals(cluster_bootstrap(fit, n=2, seed=3, progress=False)["duration"])


def test_what_cannot_be_drawn_is_said(fit, world_panel):
    with pytest.raises(HralignError, match="Cannot resample by 'region'"):
        cluster_bootstrap(fit, by="region", n=2)
    with pytest.raises(HralignError, match="n = 0"):
        cluster_bootstrap(fit, n=0)
    one_igo = world_panel[world_panel["igo"] == world_panel["igo"].mode()[0]].copy()
    rng = np.random.default_rng(0)
    one_igo[["delegation", "human_rights_igo"]] = rng.random((len(one_igo), 2))
    with pytest.raises(HralignError, match="only one igo"):
        cluster_bootstrap(fit_alignment(one_igo), by="igo", n=2, progress=False)


@pytest.mark.parametrize("by", CLUSTERS)
def test_the_sandwich_is_what_resampling_the_same_clusters_gives(fit, by):
    robust = cluster_covariance(fit, by)
    assert np.linalg.eigvalsh(robust.to_numpy()).min() > -1e-12
    if by != "two-way":  # the pigeonhole bootstrap is known to err on the wide side
        spread = cluster_bootstrap(fit, by=by, n=150, seed=9, progress=False)["duration"].std()
        assert np.sqrt(robust.loc["duration", "duration"]) == pytest.approx(spread, rel=0.2)


def test_the_sandwich_against_dense_algebra():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=400), "case": np.repeat(np.arange(100), 4)})
    frame["y"] = 1 + 2 * frame["x"] + rng.normal(size=400) * (1 + frame["x"].abs())
    frame["state"] = frame["igo"] = frame["case"]
    fit = MixedModel(frame, "y", ["x"], "case", "x").fit()
    v = np.kron(np.eye(100), np.ones((4, 4)))
    z = np.column_stack([np.ones(400), frame["x"]])
    inverse = np.linalg.inv(v * (z @ fit.cov_re.to_numpy() @ z.T) + fit.scale * np.eye(400))
    rest = frame["y"].to_numpy() - z @ fit.params.to_numpy()
    scores = np.stack([z[i : i + 4].T @ inverse[i : i + 4, i : i + 4] @ rest[i : i + 4] for i in range(0, 400, 4)])
    bread = np.linalg.inv(z.T @ inverse @ z)
    np.testing.assert_allclose(cluster_covariance(fit, "case"), bread @ scores.T @ scores @ bread * 100 / 99, rtol=1e-6)


def test_a_draw_that_does_not_identify_the_model_is_missing(world_panel):
    few = world_panel[world_panel["igo"].isin(world_panel["igo"].drop_duplicates().head(9))].copy()
    few["human_rights_igo"] = (few["igo"] == few["igo"].iloc[0]).astype(int)
    draws = cluster_bootstrap(fit_alignment(few), by="igo", n=40, seed=1, progress=False)
    assert draws["duration"].isna().any() and draws["duration"].notna().any()
