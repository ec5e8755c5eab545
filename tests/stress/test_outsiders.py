"""Outsiders and placebo accessions: who may stand beside a case, for how long, and that no case is lost on the way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import hralign as hr
from hralign.errors import NotEnoughData
from hralign.stress import placebo
from hralign.stress.outsiders import NEVER, SPILLOVER, exposure, find_outsiders
from tiny import tiny_sources


@pytest.fixture(scope="module")
def pool(world):
    return find_outsiders(world)


@pytest.fixture(scope="module")
def drawn(pool):
    return placebo.imitate(pool, np.random.default_rng(1))


def test_an_outsider_never_had_a_status_before_it_leaves_the_pool(world, pool):
    first = world.memberships.groupby(["igo", "state"])["year"].min()
    leaves = pool.pairs["leaves"]
    assert leaves[leaves < NEVER].eq(first.reindex(leaves.index).dropna()).all()
    assert first.reindex(leaves.index[leaves.eq(NEVER)]).isna().all() and leaves.eq(NEVER).any()


def test_outsiders_of_a_case_are_out_below_and_of_a_region_that_has_members(world, pool):
    rows = world.memberships.merge(world.states[["state", "region"]], on="state").query("status == 1")
    for one in pool.templates.sample(25, random_state=1).itertuples():
        found = pool.pairs.iloc[pool.at(one.igo, one.accession)]
        there = rows[rows["igo"].eq(one.igo) & rows["year"].le(one.accession)]
        assert set(found["region"]) <= set(there["region"])
        states = found.index.get_level_values("state")
        ever = world.memberships.query("igo == @one.igo and year <= @one.accession")["state"]
        assert not set(states) & set(ever)
        assert pool.distances.loc[found.index, one.accession - 1].lt(0).all()
        own = pool.pairs.iloc[pool.at(one.igo, one.accession, region=one.region)]
        assert own["region"].eq(one.region).all() and set(own.index) <= set(found.index)


def test_the_distances_of_outsiders_use_the_plain_mean(world, pool):
    score = world.score("fariss")
    rows = pool.years[pool.years["year"].lt(pool.years["leaves"])]
    for row in rows.sample(20, random_state=1).itertuples():
        members = world.memberships.query("igo == @row.igo and year == @row.year and status == 1")["state"]
        known = [score[(m, row.year)] for m in members if (m, row.year) in score.index]
        assert row.igo_mean == pytest.approx(np.mean(known))


def test_spillover_is_a_share_and_counts_members_met_elsewhere(world, pool):
    shares = pool.exposed[list(SPILLOVER)]
    assert shares.min().min() >= 0 and shares.max().max() <= 1
    assert (shares["spillover_near"] <= shares["spillover"]).all()
    rows = world.memberships.query("status == 1")
    outside = pool.years[pool.years["year"].lt(pool.years["leaves"])].sample(10, random_state=4)
    for one in outside.itertuples():
        year = rows[rows["year"].eq(one.year)]
        clubs = set(year.loc[year["state"].eq(one.state), "igo"])
        met = set(year.loc[year["igo"].isin(clubs), "state"])
        members = set(year.loc[year["igo"].eq(one.igo), "state"])
        share = pool.exposed.loc[(one.igo, one.state, one.year), "spillover"]
        assert share == pytest.approx(len(met & members) / len(members))


def test_spillover_by_hand():
    """Three IGOs, four states, one year: state 4 meets two of the three members of the first IGO in the second."""
    member = np.array([[[1], [1], [1], [0]], [[1], [1], [0], [1]], [[0], [0], [0], [1]]], dtype=bool)
    src = tiny_sources(member, np.zeros((4, 1)))
    table = exposure(src, np.array([1, 2, 3]), (1965, 1965))
    assert table.loc[(1, 4, 1965), "spillover"] == pytest.approx(2 / 3)
    assert table.loc[(1, 4, 1965), "spillover_near"] == 0  # both other IGOs of state 4 but one hold most states


def test_no_template_is_lost(pool, drawn):
    assert sorted(drawn.pairs["template"]) == sorted(pool.panel["case"].unique())
    found = drawn.pairs[drawn.pairs["ends"] != "no outsider"]
    assert set(drawn.imitators["template"]) == set(found["template"]) == set(drawn.members["case"])
    assert drawn.imitators.groupby("case")["template"].nunique().eq(1).all()
    assert drawn.pairs.loc[drawn.pairs["ends"] == "no outsider", "imitator"].isna().all()
    assert len(found) > 0.8 * len(drawn.pairs)


def test_both_sides_of_a_pair_end_together_and_not_by_the_future(world, pool, drawn):
    end = drawn.pairs.set_index("template")["end"]
    assert (drawn.imitators.groupby("template")["year"].max() <= end.dropna()).all()
    last = drawn.members[drawn.members["distance"].notna()].groupby("case")["year"].max()
    theirs = drawn.imitators.groupby("template")["year"].max()
    assert (last == theirs).mean() > 0.95  # but for gaps in the record of a member
    members = world.memberships.query("status == 1")[["igo", "state", "year"]]
    assert drawn.imitators.merge(members, on=["igo", "state", "year"]).empty
    leaves = pool.pairs["leaves"]
    joined = drawn.pairs[drawn.pairs["ends"] == "imitator joins"]
    at = leaves.reindex(pd.MultiIndex.from_arrays([joined["igo"], joined["imitator"].astype(int)]))
    assert at.to_numpy().tolist() == (joined["end"] + 1).tolist() and len(joined)


def test_imitators_are_chosen_by_the_rule_of_the_cases_and_against_the_same_company(pool, drawn):
    before = drawn.imitators[drawn.imitators["years_to_accession"] == -1].set_index("case")["distance"]
    assert before.lt(0).all() and set(before.index) == set(drawn.imitators["case"])
    both = drawn.imitators.merge(
        pool.panel, left_on=["template", "year"], right_on=["case", "year"], suffixes=("", "_real")
    )
    both = both.dropna(subset=["igo_mean_real"])
    pd.testing.assert_series_equal(both["igo_mean"], both["igo_mean_real"], check_names=False)


def test_placebo_clocks_run_without_gaps(drawn):
    for _, case in drawn.imitators[drawn.imitators["member"] == 1].groupby("case"):
        assert case["duration"].tolist() == list(range(1, len(case) + 1))
    assert not drawn.imitators.duplicated(["case", "year"]).any()


def test_draws_depend_on_the_seed_only(pool, drawn):
    again = placebo.imitate(pool, np.random.default_rng(1))
    pd.testing.assert_frame_equal(drawn.imitators, again.imitators)
    assert set(drawn.imitators["case"]) != set(placebo.imitate(pool, np.random.default_rng(2)).imitators["case"])


def test_the_error_of_the_difference_is_that_of_resampled_states(drawn):
    members, imitators = placebo.fit_both(drawn)
    assert len(members.model.groups) == len(imitators.model.groups)
    both = placebo.difference(members, imitators)
    assert both["one_se"] == pytest.approx(float(members.vcov("state").loc["duration", "duration"]) ** 0.5)
    draws = hr.joint_bootstrap({"m": members, "i": imitators}, "state", 200, 1, progress=False)
    wide = draws.pivot_table(index="draw", columns="model", values="duration")
    assert both["se"] == pytest.approx((wide["m"] - wide["i"]).std(), rel=0.2)


def test_a_fit_does_not_differ_from_itself(drawn):
    members, _ = placebo.fit_both(drawn)
    same = placebo.difference(members, members)
    assert same["difference"] == 0 and same["se"] == 0 < same["one_se"]


def test_the_difference_of_slopes_brings_back_what_grows_and_takes_a_step_for_it(drawn):
    """On the simulated world as on the real panel, whose numbers stand in the record."""

    def gap(members):
        return placebo.difference(*placebo.fit_both(replace(drawn, members=members)))["difference"]

    as_it_is, back = gap(drawn.members), {}
    for name, effect in {"grows": hr.Effect("growing", 0.02), "step": hr.Effect("constant", 0.2)}.items():
        back[name] = gap(hr.plant(drawn.members, effect)) - as_it_is
    assert back["grows"] == pytest.approx(0.02, abs=0.001) and back["step"] > 0.004
    real = hr.recorded("placebo/planted").table.set_index("effect")
    grows = real[real.index.str.startswith("growing") & ~real.index.str.contains("after")]
    assert (grows["back"] - grows["truth"]).abs().max() < 0.0005
    assert real.loc["step of .2 at accession", ["truth", "back"]].tolist() == pytest.approx([0, 0.0113], abs=0.0005)


def test_draws_are_pooled_without_counting_the_lottery_twice():
    estimates, errors = pd.Series([1.0, 2.0, 3.0]), pd.Series([2.0, 2.0, 2.0])
    assert placebo.over_draws(estimates, errors) == (2.0, pytest.approx((4 - 1 + 1 / 3) ** 0.5))
    assert placebo.over_draws(estimates, errors / 4) == (2.0, pytest.approx((1 / 3) ** 0.5))
    assert placebo.over_draws(estimates[:1], errors[:1]) == (1.0, 2.0)


def test_a_mean_over_lots_is_known_as_well_as_fresh_samples_say():
    """Members beside an outsider drawn by lot, in 400 fresh samples of 60 states: the mean over 40 lots scatters as
    its error says, and less than a single lot does."""
    rng = np.random.default_rng(3)
    n, lots, found = 60, 40, []
    for _ in range(400):
        member, outsider = rng.normal(size=n), rng.normal(size=n)
        times = rng.multinomial(n, np.full(n, 1 / n), size=lots)  # how often each outsider is drawn, lot by lot
        lent = times @ outsider / n
        pulls = times * (outsider - lent[:, None]) / n
        error = np.sqrt(member.var() / n + (pulls**2).sum(axis=1))
        found.append((*placebo.over_draws(pd.Series(member.mean() - lent), pd.Series(error)), member.mean() - lent[0]))
    mean, error, single = np.array(found).T
    assert mean.std() == pytest.approx(error.mean(), rel=0.1) and mean.std() < 0.9 * single.std()


def test_a_source_without_outsiders_is_refused():
    """Every state is in the only IGO from the first year on, but for one that joins with no one left outside."""
    member = np.ones((1, 4, 10), dtype=bool)
    member[0, 0, :4] = False
    score = np.linspace(-1, 1, 4)[:, None] + np.zeros((4, 10))
    src = tiny_sources(member, score)
    pool = find_outsiders(src)  # the one state is an outsider before it joins
    with pytest.raises(NotEnoughData, match="No case finds an outsider"):
        placebo.imitate(pool, np.random.default_rng(1))
    with pytest.raises(NotEnoughData, match="fewer than two states"):
        hr.cohort_path(pool)


def test_who_joins_is_not_the_ones_least_alike_in_a_world_of_homophily(world):
    table = hr.who_joins(world)
    assert table["rank"].between(0, 1).all() and table["others"].gt(1).all()
    assert hr.who_joins(hr.load_sources("simulated", world="selection"))["rank"].mean() < table["rank"].mean()
