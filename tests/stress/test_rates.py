"""The estimand of H2, and what studies of worlds say of the tests, on cases that can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import hralign as hr
from hralign.stress import rates


def latent_without(world, seed):
    """The same history with every mechanism switched off, simulated anew."""
    off = replace(world, internalisation=0.0, conditionality=0.0, pressure=0.0)
    return hr.simulate(off, seed).truth.latent.set_index(["state", "year"])["score"]


@pytest.mark.parametrize("name", ["intrinsic", "instrumental", "pressure"])
def test_the_effect_is_that_of_a_paired_run_without_the_mechanism(name):
    src = hr.simulate(hr.WORLDS[name], 4)
    panel = hr.build_panel(src)
    shift = src.truth.latent.set_index(["state", "year"])["score"] - latent_without(hr.WORLDS[name], 4)
    member = src.memberships.query("status == 1")
    company = {key: set(group) for key, group in member.groupby(["igo", "year"])["state"]}
    steps, some = [], panel[panel["case"].isin(panel["case"].unique()[::40])]
    inside = some[some["member"].eq(1) & some["score"].notna()]
    for (igo, state), case in inside.groupby(["igo", "state"]):

        def gap(year, igo=igo, state=state):
            others = [shift[(other, year)] for other in company[(igo, year)] - {state}]
            return shift[(state, year)] - np.mean(others)

        years = set(case["year"])
        steps += [gap(year) - gap(year - 1) for year in years if year - 1 in years]
    found = hr.effect_of_membership(src, some)
    assert found["effect"] == pytest.approx(np.mean(steps), abs=1e-9)


def test_worlds_without_influence_have_no_effect_and_intrinsic_ones_mostly_by_other_igos():
    effect = {}
    for name in ("null", "selection", "intrinsic"):
        src = hr.simulate(name, 1)
        effect[name] = hr.effect_of_membership(src, hr.build_panel(src))
    assert effect["null"] == effect["selection"] == {"effect": 0.0, "own_effect": 0.0}
    assert 0 < effect["intrinsic"]["own_effect"] < 0.2 * effect["intrinsic"]["effect"]


def test_an_effect_needs_a_truth(world):
    with pytest.raises(hr.HralignError, match="needs a simulated world"):
        hr.effect_of_membership(world.replace(truth=None), hr.build_panel(world))


@pytest.fixture
def rows():
    """Two worlds, four draws, H2 and H1: estimates known, errors of 1."""
    table = pd.DataFrame([
        {"world": world, "draw": k, "hypothesis": h, "estimate": value, "model_se": 0.5, "state_se": 1.0, "effect": 2.0,
         "own_effect": 0.1}
        for world, shift in (("null", 0.0), ("intrinsic", 2.0))
        for h in ("H1", "H2") for k, value in enumerate(np.array([-1.0, 0.0, 1.0, 2.0 if h == "H2" else 0.5]) + shift)
    ])  # fmt: skip
    for error in ("model", "state"):
        clear = table["estimate"] / table[f"{error}_se"] > 1.96
        table[f"{error}_says"] = np.where(clear, "intrinsic", "neither")
    return table


def test_rates_count_words(rows):
    table = rates.rates(rows, ["world"], {"H2": "intrinsic"}).set_index("world")
    assert table.loc["null", ["model", "state"]].tolist() == [0.5, 0.25]
    assert table.loc["intrinsic", ["model", "state"]].tolist() == [1.0, 0.75]
    assert table["monte_carlo"].tolist() == [0.25, 0.25]


def test_coverage_and_bias_are_against_the_true_effect(rows):
    table = rates.coverage(rows, ["world"]).set_index("world")
    assert table["bias"].tolist() == [-1.5, 0.5]
    assert table["covered_state"].tolist() == [0.5, 0.75]  # of -1, 0, 1, 2 about 2, and of 1 to 4
    assert table["covered_model"].tolist() == [0.25, 0.25]
    assert table["covered_centred"].tolist() == [1.0, 1.0]


def test_compatibility_uses_the_scatter_of_the_worlds_alone():
    rng = np.random.default_rng(1)
    draws = pd.DataFrame([
        {"world": "w", "draw": k, "hypothesis": h, "estimate": rng.normal(scale=s), "state_se": 99.0}
        for k in range(400) for h, s in (("H1", 1.0), ("H2", 3.0))
    ])  # fmt: skip
    near, far = (rates.compatibility(draws, pd.Series({"H1": x, "H2": 0.0}), ["world"]).iloc[0] for x in (0.1, 4.0))
    assert near["p"] > 0.8 > 0.01 > far["p"]
    assert far["H1"] == pytest.approx(4, rel=0.1)
    p = [
        rates.compatibility(draws, pd.Series(rng.normal(size=2) * [1, 3], ["H1", "H2"]), ["world"])["p"][0]
        for _ in range(300)
    ]
    assert np.mean(np.array(p) < 0.1) == pytest.approx(0.1, abs=0.05)  # one more history of the same world


def test_any_numbers_can_be_held_against_worlds_by_their_names():
    rng = np.random.default_rng(2)
    draws = pd.DataFrame(rng.normal(size=(60, 2)), columns=["early", "late"]).rename_axis("draw").reset_index()
    rows = draws.assign(world="w").melt(["world", "draw"], var_name="hypothesis", value_name="estimate")
    near, far = (rates.compatibility(rows, pd.Series({"early": 0.0, "late": at}), ["world"]) for at in (0.0, 4.0))
    assert near["p"].item() > 0.9 and far["p"].item() < 0.01 and far["late"].item() > 3
    assert list(near.columns) == ["world", "distance", "p", "draws", "early", "late"]


def test_no_world_draws_the_real_path_and_conditions_come_nearest():
    paths = hr.recorded("worlds/paths").table.set_index(["world", "strength"])
    assert paths["p"].max() < 0.01 and paths["p"].idxmax() == ("instrumental", 1)
    assert paths.loc[("instrumental", 1), "rise"] == 1 and paths.loc[("null", 0), "rise"] < 0.1
    assert hr.recorded("worlds/compatible").table["p"].min() > 0.05  # on the four numbers of the article all pass


def test_too_few_histories_are_refused(rows):
    with pytest.raises(hr.NotEnoughData, match="too few to compare"):
        rates.compatibility(rows.query("draw < 3"), pd.Series({"H1": 0.0, "H2": 0.0}), ["world"])


def test_design_measures_power_and_exaggeration_against_what_the_mechanism_adds(rows):
    null, intrinsic = rows[rows["world"].eq("null")], rows[rows["world"].eq("intrinsic")]
    table = rates.design(intrinsic, null, ["world"]).set_index("hypothesis")
    assert table.loc["H2", "added"] == pytest.approx(2.0) and table.loc["H2", "added_se"] == pytest.approx(0.0)
    assert table.loc["H2", ["power", "false_alarms"]].tolist() == [0.75, 0.25]
    assert table.loc["H2", "type_m"] == pytest.approx(np.mean([2, 3, 4]) / 2)
    assert table.loc["H2", "type_s"] == 0


def test_verdicts_weigh_four_words():
    four = pd.DataFrame([
        {"world": "w", "draw": k, "hypothesis": h, "model_says": m, "state_says": "neither"}
        for k, words in enumerate([("instrumental", "intrinsic"), ("neither", "intrinsic")])
        for h, m in zip(("H1", "H2", "H3", "H4"), (*words, "neither", "neither"), strict=True)
    ])  # fmt: skip
    table = rates.verdicts(four).set_index("error")
    assert table.loc["model", ["both", "intrinsic"]].tolist() == [0.5, 0.5]
    assert table.loc["state", "neither"] == 1
