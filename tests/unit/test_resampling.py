"""The cluster bootstrap draws whole clusters and depends on nothing but its seed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hralign.errors import HralignError
from hralign.hypotheses import fit_alignment
from hralign.mixed import MixedModel
from hralign.resampling import CLUSTERS, cluster_bootstrap, cluster_weights


@pytest.fixture(scope="module")
def fit(world_panel):
    return fit_alignment(world_panel)


@pytest.mark.parametrize("by", CLUSTERS)
def test_whole_clusters_are_drawn_as_many_as_there_are(fit, by):
    groups = fit.model.frame.drop_duplicates("case").set_index("case", drop=False)
    weights = cluster_weights(groups, by, np.random.default_rng(1))
    per_cluster = weights.groupby(groups[by]).agg(["min", "max"])
    assert per_cluster["min"].equals(per_cluster["max"])
    assert per_cluster["min"].sum() == groups[by].nunique()


def test_a_refit_is_the_fit_of_the_copied_rows(fit):
    sample = fit.model.frame
    states = sample["state"].drop_duplicates()
    drawn = np.random.default_rng([5, 0]).integers(len(states), size=len(states))
    copies = pd.concat(
        [sample[sample["state"] == states.iloc[k]].assign(copy=str(n)) for n, k in enumerate(drawn)], ignore_index=True
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
