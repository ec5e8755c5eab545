"""Exits beside those that stayed and those that never were in; tests of a mean that keep what they promise."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import hralign as hr
from hralign.errors import HralignError, NotEnoughData
from hralign.stress import control_tables as tables
from hralign.stress import exits
from hralign.stress.outsiders import find_outsiders
from tiny import tiny_sources


@pytest.fixture(scope="module")
def pool(world):
    return find_outsiders(world)


def left_alone():
    """State 1 joins the IGO in 1970 and leaves it in 1980, falling by .5; five stay, one of them until 1982 only."""
    member = np.ones((1, 8, 20), dtype=bool)
    member[0, 0, :5] = member[0, 0, 15:] = False
    member[0, 5, 17:] = False
    member[0, 6:] = False
    score = np.zeros((8, 20)) + np.arange(8)[:, None]
    score[0] -= 0.2
    score[0, 15:] -= 0.5
    score[1:6, 15:] += 0.1
    score[5, 17:] += 100  # no longer a member: must not count
    score[6:, 15:] += 0.3
    return tiny_sources(member, score)


def test_a_leaver_is_set_against_those_that_stay_while_they_do():
    pool = find_outsiders(left_alone(), select="all")
    rows = exits.withdrawals(pool)
    assert rows["case"].tolist() == ["1-1"] and rows["exit"].tolist() == [1980]
    beside = exits.changes_beside(pool, rows)
    assert beside.loc[beside["left"].eq(1), "change"].tolist() == pytest.approx([-0.5])
    assert sorted(beside.loc[beside["left"].eq(0), "state"]) == [2, 3, 4, 5, 6]
    np.testing.assert_allclose(beside.loc[beside["left"].eq(0), "change"], 0.1)
    assert exits.gaps(beside)["gap"].tolist() == pytest.approx([-0.6])
    others = exits.changes_beside(pool, rows, "outsiders")
    assert sorted(others.loc[others["left"].eq(0), "state"]) == [7, 8]
    assert exits.gaps(others)["gap"].tolist() == pytest.approx([-0.8])


def test_changes_of_leavers_are_those_of_chapter_8_but_for_the_company(pool):
    rows = exits.withdrawals(pool)
    own = exits.changes_beside(pool, rows).query("left == 1").set_index("case")["change"]
    panel = pool.panel.assign(distance=pool.panel["distance"] + pool.panel["igo_mean"])  # scores
    known = hr.exit_changes(panel).set_index("case")["change"].reindex(own.index)
    np.testing.assert_allclose(own, known, atol=1e-9)


def test_igos_and_states_can_be_left_out(pool):
    rows = exits.withdrawals(pool)
    igo = rows["igo"].iloc[0]
    assert igo not in set(exits.withdrawals(pool, no_igos=[igo])["igo"])
    assert rows["state"].iloc[0] not in set(exits.withdrawals(pool, no_states=[rows["state"].iloc[0]])["state"])
    assert exits.changes_beside(pool, rows.head(0)).empty


def test_the_t_test_is_students_where_every_state_leaves_once():
    values = pd.Series(np.random.default_rng(1).normal(0.3, 1, 9))
    ours, theirs = exits.t_test(values, pd.Series(range(9))), stats.ttest_1samp(values, 0)
    assert [ours["t"], ours["p"]] == pytest.approx([theirs.statistic, theirs.pvalue])
    assert [ours["lower"], ours["upper"]] == pytest.approx(list(theirs.confidence_interval()))


def test_the_sign_flip_counts_all_signs_with_states_as_blocks():
    values, state = pd.Series([1.0, 1.0, -0.5, 2.0]), pd.Series([1, 1, 2, 3])
    sums = [2.0, -0.5, 2.0]
    every = [abs(np.dot(signs, sums)) for signs in product((-1, 1), repeat=3)]
    assert exits.sign_flip(values, state) == np.mean(np.array(every) >= 3.5)
    assert exits.sign_flip(pd.Series(np.ones(5)), pd.Series(range(5))) == 2 / 32
    many = pd.Series(np.random.default_rng(3).normal(0, 1, 40))
    assert exits.sign_flip(many, pd.Series(range(40))) == pytest.approx(stats.ttest_1samp(many, 0).pvalue, abs=0.05)


def test_the_tests_reject_the_true_hypothesis_as_often_as_they_say():
    """Eleven exits of eight states; within a state changes are alike."""
    rng, state = np.random.default_rng(4), pd.Series([1, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8])
    found = []
    for _ in range(600):
        values = state.map(pd.Series(rng.normal(0, 1, 8), range(1, 9))) + rng.normal(0, 0.3, 11)
        found.append([exits.t_test(values, state)["p"], exits.sign_flip(values, state)])
    t, flip = (np.array(found) < 0.05).mean(axis=0)
    assert flip <= 0.075 and t <= 0.11  # a t test with unequal clusters errs a little on the bold side


def test_the_permutation_exchanges_leavers_and_companions():
    rows = pd.DataFrame({
        "case": np.repeat(["a", "b", "c"], 10), "state": np.tile(range(10), 3),
        "left": np.tile([1] + [0] * 9, 3), "change": np.random.default_rng(5).normal(0, 1, 30),
    })  # fmt: skip
    fallen = rows.assign(change=rows["change"] - 5 * rows["left"])
    p, drawn = exits.permutation(fallen, draws=4000)
    assert p < 0.01 and len(drawn) == 4000
    uniform = []
    for k in range(150):
        change = np.random.default_rng(k).normal(0, 1, 30)
        uniform.append(exits.permutation(rows.assign(change=change), draws=200, seed=k)[0])
    assert 0.01 <= np.mean(np.array(uniform) <= 0.05) <= 0.11


def test_what_cannot_be_tested_is_said(pool):
    one = pd.Series([1.0, 2.0])
    with pytest.raises(NotEnoughData, match="two states"):
        exits.t_test(one, pd.Series([1, 1]))
    with pytest.raises(NotEnoughData, match="no sign"):
        exits.sign_flip(one.head(0), one.head(0))
    with pytest.raises(NotEnoughData, match="companion"):
        exits.permutation(pd.DataFrame({"case": ["a"], "left": [1], "change": [1.0]}))
    with pytest.raises(HralignError, match="no comparison"):
        exits.changes_beside(pool, exits.withdrawals(pool), "neighbours")


@pytest.mark.real
def test_the_real_withdrawals(real_src):
    pool = find_outsiders(real_src)
    rows = exits.withdrawals(pool)
    assert len(rows) == 11 and rows["igo"].eq(exits.WHALING).sum() == 5
    vietnam = exits.withdrawals(pool, no_states=())
    vietnam = vietnam[vietnam["state"] == exits.VIETNAM]
    assert len(vietnam) == 4 and vietnam["exit"].eq(1975).all()


def test_a_full_return_is_a_slope_of_one_and_none_a_slope_of_zero():
    rng = np.random.default_rng(4)
    gap = pd.Series(rng.normal(size=40))
    for share in (0.0, 0.5, 1.0):
        found = exits.returned(pd.DataFrame({"gap": gap, "change": 0.2 + share * gap + 0.01 * rng.normal(size=40)}))
        assert found["slope"] == pytest.approx(share, abs=0.01) and found["lower"] < found["slope"] < found["upper"]
    with pytest.raises(hr.NotEnoughData, match="3 exits with a record"):
        exits.returned(pd.DataFrame({"gap": [1.0, 2.0, 3.0], "change": [0.0, 0.1, 0.2]}))
    with pytest.raises(hr.NotEnoughData, match="too few"):
        exits.returned(pd.DataFrame({"gap": [1.0] * 5, "change": range(5)}))


def test_the_recorded_power_of_eleven_exits():
    power = tables.power_table(hr.recorded_study("exit_power")).set_index("fall")
    assert (power.loc[0] < 0.05).all() and (power.loc[0.5] > 0.9).all()
    assert power.loc[0.2].tolist() == pytest.approx([0.39, 0.39, 0.415], abs=0.01)
    shown = hr.recorded("exits/power").table.set_index("fall")
    assert shown.loc[0.4].tolist() == pytest.approx(power.loc[0.4].tolist())
