"""The cluster bootstrap draws whole clusters and depends on nothing but its seed."""

from __future__ import annotations

import threading
import warnings

import numpy as np
import pandas as pd
import pytest

from hralign.errors import HralignError, NotEnoughData
from hralign.mixed import MixedModel, bootstrap, cluster_bootstrap, joint_bootstrap
from hralign.mixed.bootstrap import draw_clusters
from hralign.study.alignment import fit_alignment
from mixed_panels import model_of, replicated


@pytest.fixture(scope="module")
def fit(world_panel):
    return fit_alignment(world_panel)


def test_as_many_clusters_are_drawn_as_there_are():
    for count in (2, 7, 300):
        times = draw_clusters(count, np.random.default_rng(1))
        assert times.shape == (count,) and times.sum() == count and (times >= 0).all()
    assert (draw_clusters(300, np.random.default_rng(1)) == 0).mean() == pytest.approx(np.exp(-1), abs=0.08)


def test_draws_are_the_recorded_ones():
    """Recorded studies and readers' seeds rest on them."""
    assert list(draw_clusters(8, np.random.default_rng([1, 0]))) == [1, 1, 0, 1, 1, 0, 2, 2]
    assert list(draw_clusters(8, np.random.default_rng([5, 3]))) == [2, 0, 1, 1, 0, 2, 0, 2]


class SmallIntegers:
    """numpy as WebAssembly has it: an index is 32 bits, and bincount takes nothing larger."""

    intp = np.int32

    def __getattr__(self, name):
        return getattr(np, name)

    def bincount(self, x, *args, **options):
        if not np.can_cast(x.dtype, self.intp, "safe"):
            raise TypeError(f"Cannot cast array data from {x.dtype} to int32 according to the rule 'safe'")
        return np.bincount(x, *args, **options)


def test_where_an_index_is_32_bits_the_same_clusters_are_drawn(frame, monkeypatch):
    fit = model_of(frame).fit()
    before = cluster_bootstrap(fit, "g", n=3, progress=False)
    monkeypatch.setattr(bootstrap, "np", SmallIntegers())
    with pytest.raises(TypeError):
        bootstrap.np.bincount(np.random.default_rng(1).integers(5, size=5))
    pd.testing.assert_frame_equal(cluster_bootstrap(fit, "g", n=3, progress=False), before)


def test_the_bar_needs_no_thread(frame, monkeypatch, capsys):
    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draws = cluster_bootstrap(model_of(frame).fit(), "g", n=3)
    assert len(draws) == 3 and "Bootstrap by g: 100%" in capsys.readouterr().err


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


def test_crossed_clusters_are_drawn_one_after_the_other(fit):
    """A case counts as often as its state times as often as its IGO."""
    cases = fit.model.frame.drop_duplicates("case").set_index("case")
    rng, weights = np.random.default_rng([3, 0]), 1.0
    for column in ("state", "igo"):
        pool = np.sort(cases[column].unique())
        weights = weights * cases[column].map(dict(zip(pool, draw_clusters(len(pool), rng), strict=True)))
    by_hand = fit.model.fit(weights, start=fit.theta)
    draw = cluster_bootstrap(fit, ("state", "igo"), n=1, seed=3, progress=False).iloc[0]
    assert draw["duration"] == by_hand.params["duration"] and draw["llf"] == by_hand.llf


def test_weights_of_the_fit_count_on(frame):
    frame = frame.assign(state=frame["g"].str[-1].astype(int) // 2)
    model, weights = model_of(frame), np.array([1, 2, 3, 1, 2, 3, 1, 2, 3, 1])
    copied = model_of(replicated(frame, dict(zip(model.groups, weights, strict=True)))).fit()
    ours, theirs = (
        cluster_bootstrap(one, "state", n=4, seed=1, progress=False) for one in (model.fit(weights), copied)
    )
    np.testing.assert_allclose(ours[["t", "x1", "scale", "llf"]], theirs[["t", "x1", "scale", "llf"]], rtol=1e-4)


def test_draws_depend_on_seed_and_number_only(fit):
    few, more = (cluster_bootstrap(fit, n=n, seed=2, progress=False) for n in (2, 4))
    pd.testing.assert_frame_equal(few, more.head(2))
    assert not few["duration"].equals(cluster_bootstrap(fit, n=2, seed=3, progress=False)["duration"])
    late = joint_bootstrap({"": fit}, n=2, seed=2, start=2, progress=False).drop(columns="model")
    pd.testing.assert_frame_equal(late, more.tail(2).reset_index(drop=True))


def test_what_cannot_be_drawn_is_said(frame):
    fit = model_of(frame.assign(igo=1)).fit()
    for by in ("region", ("g", "region")):
        with pytest.raises(HralignError, match="Cannot cluster by 'region'.*no such column"):
            cluster_bootstrap(fit, by=by, n=2)
    with pytest.raises(HralignError, match="n = 0"):
        cluster_bootstrap(fit, "g", n=0)
    with pytest.raises(HralignError, match="No fits"):
        joint_bootstrap({}, "g")
    with pytest.raises(NotEnoughData, match="only one igo"):
        cluster_bootstrap(fit, by="igo", n=2, progress=False)


def test_a_draw_that_does_not_identify_the_model_is_missing(frame):
    fit = model_of(frame.assign(x1=frame["g"].isin(["g0001", "g0002"]))).fit()
    draws = cluster_bootstrap(fit, by="g", n=60, seed=1, progress=False)
    assert draws["t"].isna().any() and draws["t"].notna().any()
    assert draws.loc[draws["t"].isna(), ["x1", "scale", "llf"]].isna().all(axis=None)


def test_another_error_is_no_missing_draw(frame, monkeypatch):
    fit = model_of(frame).fit()

    def spoil(*args, **options):
        raise HralignError("a mistake")

    monkeypatch.setattr(fit.model, "fit", spoil)
    with pytest.raises(HralignError, match="a mistake"):
        cluster_bootstrap(fit, "g", n=2, progress=False)
