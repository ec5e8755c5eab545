"""The simulated worlds: reproducible, life-like in size, and true to their mechanism."""

import dataclasses
import itertools
import json
from time import perf_counter

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter

import hralign as hr
from hralign.sources.schemas import SCHEMAS
from hralign.sources.vocabulary import RIGHTS
from hralign.worlds.draws import autoregress
from hralign.worlds.family import WORLDS
from hralign.worlds.names import igo_names, state_names
from hralign.worlds.simulate import simulate
from hralign.worlds.world import REGIONS, World

TINY = World(n_states=12, n_igos=4, first_year=1990, last_year=2009)
KINDS = ["internalised", "strategic", "pressed"]
NOISE = ("level_sd", "shock_sd", "error_sd", "rights_sd", "income_sd", "growth_sd", "delegation_sd")
QUIET = World(**dict.fromkeys(NOISE, 0), conflict_share=0, improvement=0, growth=0, n_dissolutions=0, n_igo_endings=0)
# One IGO open to all, so that the influence on a state is that of one membership.
ALONE = dataclasses.replace(QUIET, n_igos=1, share_global=1, share_broad=0, half_exposure=0, exit_share=0.3)


@pytest.fixture(scope="module")
def worlds():
    return {name: simulate(name, seed=1) for name in WORLDS}


@pytest.fixture(scope="module")
def panels(worlds):
    return {name: hr.build_panel(src) for name, src in worlds.items()}


def change(panel, event, start, stop):
    """Mean over cases of the distance `stop` years from an event minus that `start` years from it."""
    distance = panel.set_index(["case", "year"])["distance"]
    cases = panel.drop_duplicates("case").set_index("case")
    if event == "exit":
        cases = cases[cases["exit_kind"].eq("withdraws")]
    year = cases[event].dropna().astype(int)

    def at(shift):
        return distance.reindex(pd.MultiIndex.from_arrays([year.index, year + shift])).to_numpy()

    return np.nanmean(at(stop) - at(start))


@pytest.mark.parametrize("world", [*WORLDS, TINY])
def test_same_seed_gives_the_same_tables(world):
    one, two, other = simulate(world, 5), simulate(world, 5), simulate(world, 6)
    for name in SCHEMAS:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))
    pd.testing.assert_frame_equal(one.truth.latent, two.truth.latent)
    pd.testing.assert_frame_equal(one.truth.influence, two.truth.influence)
    assert not one.scores["fariss"].equals(other.scores["fariss"])


def test_worlds_with_one_seed_differ_only_where_their_mechanism_makes_them(worlds):
    null = worlds["null"]
    for name in ("intrinsic", "instrumental", "pressure"):
        for table in ("states", "igos", "memberships", "igo_years"):
            pd.testing.assert_frame_equal(getattr(worlds[name], table), getattr(null, table))
    for src in worlds.values():
        np.testing.assert_array_equal(src.truth.latent["own_course"], null.truth.latent["own_course"])
        np.testing.assert_array_equal(src.state_years["civil_war"], null.state_years["civil_war"])
    assert not worlds["selection"].memberships.equals(null.memberships)


def test_provenance_and_truth_say_what_was_drawn(worlds):
    for name, src in worlds.items():
        assert src.kind == "simulated"
        assert src.provenance["world"] == name
        assert src.provenance["seed"] == 1
        assert World(**src.provenance["parameters"]) == WORLDS[name]
        assert json.loads(json.dumps(src.provenance))["parameters"]["n_states"] == 190
        assert src.truth.world == WORLDS[name]
        assert src.truth.mechanism == name
    assert simulate(TINY, 1).provenance["world"] == "custom"
    assert World(homophily=2.0, internalisation=0.0).mechanism == "null"  # likeness is part of the frame
    both = World(conditionality=0.2)
    assert both.mechanism == "intrinsic + instrumental"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("level_sd", -0.1), ("error_sd", -1), ("entry_rate", 1.2), ("conflict_share", -0.1),
        ("n_states", 2), ("n_states", 12.5), ("n_igos", 0), ("last_year", 1945), ("first_year", 1900),
        ("internalisation", float("nan")), ("conditionality", "high"), ("lead_years", 0),
        ("share_broad", 0.9), ("momentum", 1.0), ("regional_share", 1.0), ("pressure_pace", 2), ("unrest", -1),
        ("regions", REGIONS[:2]), ("regions", ()),
    ],
)  # fmt: skip
def test_an_impossible_parameter_is_named_with_its_value_and_range(name, value):
    with pytest.raises(hr.HralignError) as error:
        World(**{name: value})
    assert f"{name} = {value!r}" in str(error.value)
    assert "must be" in str(error.value)


def test_every_parameter_is_documented():
    for field in dataclasses.fields(World):
        assert f"{field.name} : {field.type}, default" in World.__doc__


def test_unknown_worlds_and_seeds_are_refused():
    with pytest.raises(hr.HralignError, match="intrinsic, instrumental, pressure, selection, null"):
        simulate("realist", 1)
    for seed in (-1, 1.5, "one", True):
        with pytest.raises(hr.HralignError, match="whole number"):
            simulate(TINY, seed)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_names_are_distinct(seed):
    src = simulate("null", seed)
    for column in (src.states["name"], src.igos["name"], src.igos["acronym"]):
        assert column.is_unique
    rng = np.random.default_rng(seed)
    assert len(set(state_names(400, rng))) == 400
    assert len(set(igo_names(["social"] * 300, np.zeros(300, bool), rng)[1])) == 300


@pytest.mark.real
def test_no_name_is_real(real_src):
    rng = np.random.default_rng(1)
    invented = state_names(2_000, rng) + igo_names(["economic"] * 300, np.zeros(300, bool), rng)[0]
    real = {name.casefold() for table in (real_src.states, real_src.igos) for name in table["name"]}
    assert len(real) > 250
    assert not real & {name.casefold() for name in invented}


@pytest.mark.parametrize("name", WORLDS)
def test_lives_flags_and_memberships_agree(worlds, name):
    src = worlds[name]
    for table, over in ((src.states, "ceased"), (src.igos, "ended")):
        assert (table["last_year"] >= table["first_year"]).all()
        assert (table[over].eq(1) == (table["last_year"] < 2014)).all()
    assert 3 <= src.states["ceased"].sum() <= 8
    assert src.states.loc[src.states["ceased"].eq(1), "last_year"].between(1990, 1992).all()
    assert src.igos["ended"].sum() == 6
    assert (src.igos[["political", "economic", "social"]].sum(axis=1) == 1).all()
    assert src.igos["human_rights_igo"].sum() == 8
    assert len(src.igos) == src.igos["major"].sum() == 74
    assert set(src.states["region"]) == {region.name for region in REGIONS}
    rows = src.memberships.merge(src.states, on="state").merge(src.igos, on="igo", suffixes=("", "_igo"))
    assert rows["year"].between(rows["first_year"], rows["last_year"]).all()
    assert rows["year"].between(rows["first_year_igo"], rows["last_year_igo"]).all()
    unseen = src.igo_years.loc[src.igo_years["observed"].eq(0), ["igo", "year"]]
    assert 1 <= len(unseen) < 0.02 * len(src.igo_years)
    assert src.memberships.merge(unseen, on=["igo", "year"]).empty
    assert set(src.memberships["status"]) == {1, 2, 3}


def test_each_measure_covers_the_years_of_its_record(worlds):
    scores, years = worlds["intrinsic"].scores, worlds["intrinsic"].state_years
    span = {"fariss": (1949, 2013), "fariss_v3": (1946, 2014)} | dict.fromkeys(RIGHTS, (1981, 2011))
    for column, (first, last) in span.items():
        on_record = scores.loc[scores[column].notna(), "year"]
        assert (on_record.min(), on_record.max()) == (first, last)
    assert years.loc[years["gdp_per_capita"].notna(), "year"].min() == 1960
    assert years.loc[years["tax_gdp"].notna(), "year"].min() >= 1980
    assert years["gdp_per_capita_fariss"].notna().all()


def test_the_default_world_is_like_the_real_one():
    src = simulate("intrinsic", 2)
    fariss, years = src.scores["fariss"].dropna(), src.state_years
    assert -4 < fariss.quantile(0.01) < -2
    assert 2.5 < fariss.quantile(0.99) < 4.5
    assert 0.25 < (fariss < 0).mean() < 0.5
    assert 0.12 < years["civil_war"].mean() < 0.22
    assert 0.75 < years.loc[years["year"].eq(2010), "iccpr"].mean() < 0.95
    assert src.igo_years["delegation"].mean() == pytest.approx(0.19, abs=0.04)
    assert src.igo_years["delegation"].std() == pytest.approx(0.125, abs=0.03)
    sizes = src.memberships[src.memberships["status"].eq(1)].groupby(["igo", "year"]).size()
    assert sizes.min() <= 4
    assert 140 <= sizes.max() <= 190
    share_of_best = src.scores[list(RIGHTS)].eq(2).sum() / src.scores[list(RIGHTS)].notna().sum()
    np.testing.assert_allclose(share_of_best, [0.77, 0.51, 0.20, 0.43], atol=0.12)


@pytest.mark.parametrize("name", WORLDS)
def test_latent_scores_are_own_course_plus_all_influence(worlds, name):
    latent, influence = worlds[name].truth.latent, worlds[name].truth.influence
    total = latent[["own_course", *KINDS]].sum(axis=1)
    np.testing.assert_allclose(latent["score"], total, atol=1e-12)
    by_year = influence.groupby(["state", "year"])[KINDS].sum()
    states = worlds[name].states["state"]
    grid = pd.MultiIndex.from_product([states, range(1945, 2015)], names=["state", "year"])
    summed = by_year.reindex(grid, fill_value=0).groupby("state").cumsum()
    kept = latent.set_index(["state", "year"])[KINDS]
    np.testing.assert_allclose(summed.loc[kept.index], kept, atol=1e-9)
    if name in ("selection", "null"):
        assert influence.empty


def test_influence_stands_in_the_score_within_its_error():
    src = simulate(TINY, 3)
    latent = src.truth.latent.merge(src.scores, on=["state", "year"], suffixes=("", "_measured"))
    error = latent["fariss"] - latent["score"]
    assert error.std() == pytest.approx(TINY.error_sd, rel=0.3)


def _story(mechanism, seed=1):
    """Shift of each state of a quiet world with one IGO, in years to accession and since exit."""
    strengths = dataclasses.asdict(WORLDS[mechanism])
    world = dataclasses.replace(
        ALONE, **{key: strengths[key] for key in ("internalisation", "conditionality", "substitution", "pressure")}
    )
    src = simulate(world, seed)
    member = src.memberships[src.memberships["status"].eq(1)]
    spell = member.groupby("state")["year"].agg(accession="min", last="max")
    spell = spell[(spell["accession"] > 1965) & (spell["last"] < 2008)]
    rows = src.truth.latent.merge(spell, on="state")
    rows = rows.merge(src.states[["state", "first_year"]], on="state")
    return rows[rows["accession"] > rows["first_year"] + 5]


def test_intrinsic_influence_is_gradual_cumulative_and_permanent():
    rows = _story("intrinsic")
    assert rows["state"].nunique() >= 3
    for _, state in rows.groupby("state"):
        shift = state.set_index("year")["internalised"]
        accession, last = state["accession"].iloc[0], state["last"].iloc[0]
        assert (shift.loc[:accession] == 0).all()
        steps = shift.loc[accession : last + 1].diff().dropna().abs()
        assert (steps > 0).all()
        assert steps.max() < 0.1
        assert shift.loc[last + 1 :].to_numpy() == pytest.approx(shift.loc[last + 1])
        for right in RIGHTS:
            np.testing.assert_allclose(state[right], state["score"])


def test_instrumental_influence_comes_before_accession_is_held_and_lapses():
    rows = _story("instrumental")
    moved = 0
    for _, state in rows.groupby("state"):
        shift = state.set_index("year")["strategic"]
        accession, last = state["accession"].iloc[0], state["last"].iloc[0]
        assert (shift.loc[: accession - 4] == 0).all()
        assert shift.loc[accession - 1 : last].to_numpy() == pytest.approx(shift.loc[last])
        assert shift.loc[last + 3 :].to_numpy() == pytest.approx(0)
        for right, sign in (("killings", 1), ("torture", 1), ("disappearances", -1)):
            moved_by = state[right] - state["own_course"]
            np.testing.assert_allclose(moved_by, sign * state["strategic"], atol=1e-12)
        moved += shift.loc[last] > 0
    assert moved >= 3


def test_social_pressure_builds_up_while_others_watch_and_is_given_up_after_exit():
    rows = _story("pressure")
    assert rows["state"].nunique() >= 3
    pace = ALONE.pressure_pace
    for _, state in rows.groupby("state"):
        held = state.set_index("year")["pressed"]
        accession, last = state["accession"].iloc[0], state["last"].iloc[0]
        assert (held.loc[:accession] == 0).all() and (held.loc[accession + 1 :] != 0).all()
        early = abs(held.loc[accession + 3] - held.loc[accession])
        assert abs(held.loc[accession + 10] - held.loc[accession + 7]) < 0.6 * early  # it levels off
        after = held.loc[last + 1 :].to_numpy()
        np.testing.assert_allclose(after[1:], (1 - pace) * after[:-1], atol=1e-12)
        for right in RIGHTS:
            np.testing.assert_allclose(state[right], state["score"])


def test_only_a_share_of_igos_sets_conditions():
    some, all_ = (
        simulate(dataclasses.replace(WORLDS["instrumental"], conditional_share=share), 1)
        .truth.influence["igo"]
        .nunique()
        for share in (0.2, 1.0)
    )
    assert 0 < some <= 15 < 40 < all_
    one = simulate(dataclasses.replace(WORLDS["instrumental"], conditional_share=0), 1).truth.influence["igo"]
    assert len(set(one)) <= 1  # at least one sets them, though nobody need have joined it from below


def test_shocks_are_shared_as_told():
    def correlation(same_region, **shares):
        world = dataclasses.replace(QUIET, shock_sd=0.1, unrest=0.0, unrest_sd=0.0, n_states=60, **shares)
        src = simulate(world, 1)
        course = (
            src.truth.latent.pivot_table(index="year", columns="state", values="own_course")
            .loc[1995:]
            .diff()
            .corr()
            .to_numpy()
        )
        region = src.states["region"].to_numpy()
        pairs = (region[:, None] == region) if same_region else (region[:, None] != region)
        return np.nanmean(course[pairs & ~np.eye(60, dtype=bool)])

    assert abs(correlation(False)) < 0.15
    assert correlation(False, common_share=0.5) == pytest.approx(0.5, abs=0.2)
    assert correlation(True, regional_share=0.5) > correlation(False, regional_share=0.5) + 0.25


def test_states_of_a_low_level_are_less_at_rest():
    world = dataclasses.replace(QUIET, shock_sd=0.1, level_sd=1.0, unrest=0.5, unrest_sd=0.0)
    course = simulate(world, 1).truth.latent.pivot_table(index="year", columns="state", values="own_course")
    size, level = np.log(course.diff().std()), course.mean()
    assert np.corrcoef(size, level)[0, 1] < -0.7


SMALLEST = World(n_states=3, n_igos=1, first_year=1990, last_year=1992)


@pytest.mark.parametrize("world", [QUIET, ALONE, TINY, SMALLEST])
def test_quiet_and_tiny_worlds_work(world):
    for kw in ({}, {"conditionality": 0.5}, {"pressure": 0.5}, {"homophily": 1.0, "anticipation": 1.0}):
        src = simulate(dataclasses.replace(world, **kw), 1)
        assert len(src.states) == world.n_states
        assert len(src.memberships) > 0
        assert src.scores["fariss"].notna().any()
        if world is QUIET and not kw:
            gap = src.scores.merge(src.truth.latent, on=["state", "year"], suffixes=("", "_latent"))
            np.testing.assert_allclose(gap["fariss"].dropna(), gap.loc[gap["fariss"].notna(), "score"])


def test_a_world_without_exits_has_none():
    src = simulate(dataclasses.replace(WORLDS["null"], exit_share=0, n_dissolutions=0, n_igo_endings=0), 1)
    assert hr.build_panel(src, select="all")["exit"].isna().all()


def test_calibration_of_the_default_world():
    slopes = []
    for seed in range(1, 6):
        panel = hr.build_panel(simulate("intrinsic", seed))
        fit = hr.fit_alignment(panel, timing="lag")
        exits = panel.drop_duplicates("case")["exit_kind"].value_counts()
        assert 750 <= fit.n_groups <= 950, seed
        assert 15_000 <= fit.nobs <= 19_500, seed
        assert 35 <= exits.sum() <= 55, seed
        assert exits["withdraws"] >= 8, seed
        slopes.append(fit.params["duration"])
    assert 0.008 < np.mean(slopes) < 0.022


def test_other_worlds_are_of_similar_size(panels):
    for name, panel in panels.items():
        assert 700 <= hr.estimation_sample(panel)["case"].nunique() <= 1000, name


def test_intrinsic_world_aligns_during_membership_and_keeps_it(panels):
    intrinsic, null = panels["intrinsic"], panels["null"]
    assert change(intrinsic, "accession", 5, 15) > change(null, "accession", 5, 15) + 0.08
    assert abs(change(intrinsic, "accession", -6, -1) - change(null, "accession", -6, -1)) < 0.08
    assert change(intrinsic, "exit", -1, 4) > -0.08


def test_instrumental_world_jumps_before_accession_and_reverts_after_exit(panels):
    strict = dataclasses.replace(WORLDS["instrumental"], conditional_share=1.0)  # every IGO asks
    instrumental, null = hr.build_panel(simulate(strict, 1)), panels["null"]
    assert change(instrumental, "accession", -6, -1) > change(panels["instrumental"], "accession", -6, -1) + 0.05
    assert change(instrumental, "accession", -6, -1) > change(null, "accession", -6, -1) + 0.08
    assert abs(change(instrumental, "accession", 15, 25) - change(null, "accession", 15, 25)) < 0.08
    assert change(instrumental, "exit", -1, 4) < change(null, "exit", -1, 4) - 0.05


def test_disappearances_fall_behind_killings_in_the_instrumental_world_only(worlds, panels):
    behind = {}
    for name in ("intrinsic", "instrumental", "null"):
        cases = panels[name]["case"].unique()
        of = {r: hr.build_panel(worlds[name], score=r, select="all") for r in ("disappearances", "killings")}
        moved = {r: change(panel[panel["case"].isin(cases)], "accession", -5, 2) for r, panel in of.items()}
        behind[name] = moved["disappearances"] - moved["killings"]
    assert behind["instrumental"] < -0.1
    assert abs(behind["intrinsic"]) < 0.08
    assert abs(behind["null"]) < 0.08


def test_joiners_are_alike_now_or_ten_years_on_without_any_influence(worlds):
    chance = simulate(dataclasses.replace(WORLDS["null"], homophily=0.0), 1)
    gap, later = {}, {}
    for name, src in {"selection": worlds["selection"], "null": worlds["null"], "chance": chance}.items():
        panel = hr.build_panel(src, select="all")
        since = panel["year"] - panel["accession"]
        gap[name], later[name] = (panel.loc[since.eq(years), "distance"].abs().mean() for years in (-1, 9))
    assert gap["null"] < gap["chance"] - 0.04
    assert later["selection"] < later["null"] - 0.04
    slopes = {name: [] for name in ("selection", "null")}
    for name, seed in itertools.product(slopes, (1, 2, 3)):
        slopes[name].append(hr.fit_alignment(hr.build_panel(simulate(name, seed))).params["duration"])
    assert np.mean(slopes["selection"]) > np.mean(slopes["null"]) + 0.003  # what looks like alignment is foresight


def test_null_world_has_no_trend_around_accession_or_exit(worlds):
    panel = hr.build_panel(worlds["null"], select="all")  # free of the regression that selecting brings
    for start, stop in ((-6, -1), (-1, 5), (5, 15)):
        assert abs(change(panel, "accession", start, stop)) < 0.1
    assert abs(change(panel, "exit", -1, 4)) < 0.1


def test_a_world_is_drawn_in_less_than_a_second():
    simulate("instrumental", 1)
    took = []
    for seed in (2, 3, 4):
        start = perf_counter()
        simulate("intrinsic", seed)
        took.append(perf_counter() - start)
    assert min(took) < 1


def test_autoregression_is_that_of_scipy():
    shocks = np.random.default_rng(0).standard_normal((20, 90))
    assert (autoregress(shocks, 0.9) == lfilter([1.0], [1.0, -0.9], shocks)).all()
    assert (autoregress(shocks, 1.6, -0.64) == lfilter([1.0], [1.0, -1.6, 0.64], shocks)).all()
