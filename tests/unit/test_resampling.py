"""The cluster bootstrap draws whole clusters and depends on nothing but its seed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hralign.errors import HralignError
from hralign.hypotheses import fit_alignment
from hralign.mixed import MixedModel
from hralign.resampling import CLUSTERS, cluster_bootstrap, draw_clusters, joint_bootstrap


@pytest.fixture(scope="module")
def fit(world_panel):
    return fit_alignment(world_panel)


@pytest.mark.parametrize("by", CLUSTERS)
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
