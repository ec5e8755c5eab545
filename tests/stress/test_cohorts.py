"""Event time against outsiders: two implementations, a kept library, planted effects, and how wrong it may be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hralign.errors import HralignError, NotEnoughData
from hralign.stress.cohorts import cohort_path, contrast
from hralign.stress.control_studies import planted_at
from hralign.stress.event_study import event_study
from hralign.stress.honest import breakdown, relative_magnitudes
from hralign.stress.outsiders import Outsiders, find_outsiders
from hralign.stress.plant import plant
from oracle.event_time import NEVER, staggered

ORACLE = json.loads(Path(__file__).parents[1].joinpath("oracle", "event_time.json").read_text())


def as_pool(rows: pd.DataFrame) -> Outsiders:
    """One IGO, a score that is measured against nothing, and whoever never joins as an outsider for good."""
    rows = rows.assign(
        igo=1, case="1-" + rows["state"].astype(str), igo_mean=0.0, distance=rows["score"], leaves=rows["accession"],
        open_from=1900, region="one", member=rows["year"].ge(rows["accession"]).astype(int),
    )  # fmt: skip
    return Outsiders(rows, pd.DataFrame(), rows[rows["accession"] < NEVER])


@pytest.fixture(scope="module")
def pool(world):
    return find_outsiders(world)


def test_it_is_callaway_and_santannas_estimator():
    path = cohort_path(as_pool(staggered()), select="all", window=(-6, 13)).table.set_index("event_year")
    theirs = pd.DataFrame(ORACLE["callaway_santanna"]).set_index("event_year").loc[-6:13]
    ours = path.loc[theirs.index]
    np.testing.assert_allclose(ours["estimate"], theirs["estimate"], atol=1e-10)
    n = 80
    np.testing.assert_allclose(ours["std_error"], theirs["std_error"] * np.sqrt(n / (n - 1)), rtol=2e-3)


def test_against_the_never_joining_alone_it_is_sun_and_abrahams():
    pool = as_pool(staggered())
    joiners = pool.years["leaves"] < NEVER
    never = Outsiders(pool.years.assign(leaves=pool.years["leaves"].mask(joiners, 0)), pool.exposed, pool.panel)
    path = cohort_path(never, select="all", window=(-6, 13))
    theirs = pd.DataFrame(ORACLE["sun_abraham"]).set_index("event_year").loc[-6:13, "estimate"]
    np.testing.assert_allclose(path.estimate[theirs.index], theirs, atol=1e-8)


def stacked_wls(pool: Outsiders, panel: pd.DataFrame, window: tuple[int, int]) -> pd.Series:
    """The same by a regression: one stack of rows per IGO and cohort, outsiders weighted to the number of cases.

    Score on event year, being a case, and their product, after Wing, Freedman & Hollingsworth (2024); every state is
    there in all years of the window.
    """
    years = range(window[0], window[1] + 1)
    stacks = []
    event = panel["year"] - panel["accession"]
    seen = panel[(panel["member"].eq(1) | event.lt(0)) & event.between(*window) & panel["distance"].notna()]
    seen = seen[seen.groupby("case")["year"].transform("size").eq(len(years))]
    for (igo, accession), cases in seen.groupby(["igo", "accession"]):
        place = pool.at(igo, accession)
        out = pool.scores.iloc[place].reindex(columns=[accession + k for k in years])
        keep = out.notna().all(axis=1) & pool.pairs.iloc[place]["leaves"].gt(accession + window[1])
        out = out[keep].set_axis(list(years), axis=1)
        if out.empty:
            continue
        long = out.reset_index().melt(id_vars=["igo", "state"], var_name="k", value_name="y")
        n = cases["case"].nunique()
        stacks += [
            pd.DataFrame({"k": cases["year"] - accession, "y": cases["score"], "case": 1.0, "w": 1.0}),
            pd.DataFrame({"k": long["k"], "y": long["y"], "case": 0.0, "w": n / len(out)}),
        ]
    rows = pd.concat(stacks)
    columns = [rows["k"].eq(k).to_numpy(float) for k in years]
    columns += [rows["case"].to_numpy() * rows["k"].eq(k) for k in years if k != -1] + [rows["case"].to_numpy()]
    root = np.sqrt(rows["w"].to_numpy())
    design = np.column_stack(columns) * root[:, None]
    beta = np.linalg.lstsq(design, rows["y"].to_numpy(float) * root, rcond=None)[0]
    return pd.Series(beta[len(years) : -1], [k for k in years if k != -1])


def test_a_stacked_regression_gives_the_same(pool):
    window = (-4, 6)
    ours = cohort_path(pool, window=window, balanced=True)
    theirs = stacked_wls(pool, pool.panel, window)
    assert ours.cases[0] > 100
    np.testing.assert_allclose(ours.estimate[theirs.index], theirs, atol=1e-9)


@pytest.mark.real
def test_a_stacked_regression_gives_the_same_on_the_real_data(real_src):
    pool, window = find_outsiders(real_src), (-5, 10)
    ours, theirs = cohort_path(pool, window=window, balanced=True), stacked_wls(pool, pool.panel, window)
    assert ours.cases[0] > 300
    np.testing.assert_allclose(ours.estimate[theirs.index], theirs, atol=1e-9)


EFFECTS = [("none", 0.0), ("constant", 0.2), ("growing", 0.02), ("cohort", 0.04)]


def recovered(pool, kind, size):
    """What comes back of an effect in the pool's panel, by clean comparison and by two-way effects, and the truth."""
    panel = plant(pool.panel, kind, size=size)
    clean = cohort_path(pool, panel).estimate - cohort_path(pool).estimate
    two_way = (event_study(panel).set_index("event_year") - event_study(pool.panel).set_index("event_year"))["estimate"]
    truth = planted_at(panel).reindex(clean.index)
    return clean, two_way, truth - truth[-1]


@pytest.mark.parametrize(("kind", "size"), EFFECTS)
def test_planted_effects_come_back_and_two_way_effects_lose_them(pool, kind, size):
    clean, two_way, truth = recovered(pool, kind, size)
    np.testing.assert_allclose(clean[-10:20], truth[-10:20], atol=0.01)  # cases without an outsider are not in it
    if kind in ("none", "constant"):
        np.testing.assert_allclose(two_way, truth, atol=1e-9 if kind == "none" else 0.2)
    else:  # a false course before accession, which the clean comparison does not have
        assert abs(two_way[-5]) > 0.02 and abs(clean[-5]) < 1e-9


@pytest.mark.real
def test_planted_effects_come_back_from_the_real_panel(real_src):
    pool = find_outsiders(real_src)
    lost = {}
    for kind, size in EFFECTS:
        clean, two_way, truth = recovered(pool, kind, size)
        np.testing.assert_allclose(clean, truth, atol=0.03)  # cases without an outsider are not in it
        lost[kind] = (two_way[10] - truth[10], two_way[-5])
    assert abs(lost["none"][0]) < 1e-9
    assert lost["growing"][0] < -0.05 < 0.02 < lost["growing"][1]
    assert lost["cohort"][0] < -0.08 < 0.02 < lost["cohort"][1]


def test_a_cohort_of_one_and_unknown_words_are_refused(pool):
    one = pool.panel[pool.panel["case"] == pool.panel["case"].iloc[0]]
    with pytest.raises(NotEnoughData, match="fewer than two states"):
        cohort_path(pool, one)
    for wrong in ({"select": "some"}, {"joined": "perhaps"}, {"window": (0, 5)}):
        with pytest.raises(HralignError) as error:
            cohort_path(pool, **wrong)
        assert not isinstance(error.value, NotEnoughData)


def test_outsiders_that_join_leave_the_comparison_or_stay_if_asked(pool):
    leaves, stays = cohort_path(pool), cohort_path(pool, joined="stays")
    assert (leaves.outsiders <= stays.outsiders).all() and leaves.outsiders[20] < stays.outsiders[20]
    assert leaves.estimate[-5] == stays.estimate[-5]


def test_with_the_same_start_a_mere_return_to_the_mean_is_no_effect():
    """Cases start lower than outsiders, and all come back by half of what they are off: nothing else happens."""
    rng = np.random.default_rng(8)
    states = pd.DataFrame({"state": np.arange(400), "accession": np.where(np.arange(400) < 150, 1980, NEVER)})
    start = np.where(states["accession"] < NEVER, -1.2, -0.6) + rng.normal(0, 0.3, 400)
    parts = [
        states.assign(year=y, score=start * (0.5 if y > 1979 else 1) + rng.normal(0, 0.02, 400))
        for y in range(1975, 1990)
    ]
    pool = as_pool(pd.concat(parts))
    plain, same = (cohort_path(pool, select="below", window=(-5, 5), same_start=way) for way in (False, True))
    assert plain.estimate[5] > 0.25
    assert same.estimate[5] == pytest.approx(0, abs=0.02)
    assert abs(same.estimate[5]) < 3 * same.table.set_index("event_year").loc[5, "std_error"]


def test_pulls_add_up_to_nothing_and_errors_are_those_of_resampled_states(pool):
    path = cohort_path(pool)
    np.testing.assert_allclose(path.pulls.sum(), 0, atol=1e-10)
    rng, states = np.random.default_rng(1), pool.panel["state"].unique()
    assert len(path.lost) < 0.1 * pool.panel["case"].nunique() and path.table["std_error"].gt(0).sum() == 30
    # a jackknife over states, which removes them as cases and as outsiders
    some = rng.choice(np.unique(path.pulls.index), 12, replace=False)
    moved = []
    for state in some:
        years = pool.years[pool.years["state"] != state]
        less = cohort_path(Outsiders(years, pool.exposed, pool.panel[pool.panel["state"] != state]))
        moved.append(less.estimate[5] - path.estimate[5])
    assert np.corrcoef(moved, -path.pulls.loc[some, 5])[0, 1] > 0.99 and len(states) > 50


def test_a_contrast_counts_a_state_in_both_paths_once(pool):
    path = cohort_path(pool)
    nothing = contrast((path, {5: 1.0}), (path, {5: -1.0}))
    assert nothing["estimate"] == 0 and nothing["std_error"] == pytest.approx(0, abs=1e-12)
    one = contrast((path, {5: 1.0}))
    assert one["std_error"] == pytest.approx(path.table.set_index("event_year").loc[5, "std_error"])


# --- how wrong may it be ---------------------------------------------------------------------------------

BENZARTI = [0.006696352, 0.029345034, -0.006472972, 0.073014989, 0, 0.195961118, 0.312063903, 0.239541546, 0.1260425]
"""Estimates of Benzarti & Carloni (2019), the example of Rambachan & Roth's HonestDiD; the fifth is the reference."""


def by_linear_programme(b, years, at, m):
    """Least and largest effect: for each earlier step, the farthest that d(at) can come if it is the largest."""
    from scipy.optimize import linprog

    before, after = [y for y in years if y <= -1], [y for y in years if -1 < y <= at]
    steps = np.diff([b[years.index(y)] for y in before])
    ends = []
    for largest in np.abs(steps):
        n = len(after)
        diff = np.eye(n) - np.eye(n, k=-1)
        limits = np.concatenate([diff, -diff]), np.full(2 * n, m * largest)
        for sign in (1, -1):
            found = linprog(-sign * np.eye(n)[-1], *limits, bounds=(None, None))
            ends.append(found.x[-1])
    here = b[years.index(at)]
    return here - max(ends), here - min(ends)


def test_bounds_are_those_of_a_linear_programme_and_of_the_published_example():
    years = list(range(-5, 4))
    estimate = pd.Series(BENZARTI, index=years)
    nothing = pd.DataFrame(0.0, index=years, columns=years)
    upper = []
    for at in range(4):
        for m in (0.0, 0.5, 1.0):
            row = relative_magnitudes(estimate, nothing, at, [m]).iloc[0]
            lower_set, upper_set = by_linear_programme(BENZARTI, years, at, m)
            assert [row["set_lower"], row["set_upper"]] == pytest.approx([lower_set, upper_set], abs=1e-7)
            assert [row["lower"], row["upper"]] == pytest.approx([row["set_lower"], row["set_upper"]])
        upper.append(row["set_upper"])
    assert np.mean(upper) == pytest.approx(0.417122171, abs=1e-8)  # HonestDiD's set for the average at m = 1


def test_intervals_hold_the_truth_under_a_course_within_the_bound():
    """d walks by steps of at most .05 before and after; estimates have errors; the effect at year 3 is .3."""
    rng, years, at = np.random.default_rng(2), list(range(-6, 6)), 3
    covariance = 0.02**2 * (0.5 * np.eye(12) + 0.5)
    covariance[5], covariance[:, 5] = 0, 0
    held, naive = 0, 0
    for _ in range(400):
        d = np.cumsum(np.concatenate([[0.0], rng.choice([-0.05, 0.05], 4), [0.05], rng.uniform(0.03, 0.05, 6)]))
        d -= d[5]
        b = d + rng.multivariate_normal(np.zeros(12), covariance) + 0.3 * (np.array(years) >= 0)
        table = relative_magnitudes(pd.Series(b, years), pd.DataFrame(covariance, years, years), at, [0, 1])
        inside = table["lower"].lt(0.3) & table["upper"].gt(0.3)
        naive, held = naive + inside[0], held + inside[1]
    assert held / 400 >= 0.95 > 0.2 > naive / 400


def test_the_breakdown_is_where_the_interval_reaches_zero():
    years = [-3, -2, -1, 0]
    estimate = pd.Series([0.0, 0.1, 0.0, 0.35], years)
    covariance = pd.DataFrame(0.0, years, years)
    assert breakdown(estimate, covariance, 0) == pytest.approx(3.49, abs=0.011)
    assert np.isnan(breakdown(estimate.mul(0), covariance + np.eye(4), 0))


@pytest.mark.parametrize(
    ("at", "options"), [(9, {}), (2, {"years": [-1, 2]}), (2, {"m": [-1]}), (2, {"years": [-3, 2]})]
)
def test_bounds_refuse_what_they_cannot_bound(at, options):
    estimate = pd.Series(0.0, range(-4, 4))
    with pytest.raises(HralignError):
        relative_magnitudes(estimate, pd.DataFrame(0.0, estimate.index, estimate.index), at, **options)
