"""From the plain numbers of `hralign replicate` to named results and back; nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hralign.record import reconstruction, store
from hralign.record.reconstruction import as_results, is_reconstructed, keep_reconstruction, recorded_model
from hralign.record.replicate import CURVES, MODELS


@pytest.fixture(scope="module")
def shipped():
    return reconstruction.reconstruction()


def test_the_reconstruction_comes_back_as_it_was_kept(shipped, world, record):
    real = replace(world, kind="real", provenance={"a.csv": "00ff"}, truth=None)
    keep_reconstruction(shipped, real)
    again = reconstruction.reconstruction()
    assert again == shipped and again is not shipped
    others = {"counts", "score_range", "exits", "tests", "clock/lag", *(f"curves/{one}" for one in CURVES)}
    assert set(store.names()) == {*MODELS, *others}
    assert all(is_reconstructed(name) for name in store.names())
    assert store.origin_of(real).items() <= store.recorded("table2/lag").origin.items()


def test_every_number_of_a_run_has_a_name(shipped, world):
    results = {one.name: one for one in as_results(shipped, world)}
    for name, model in shipped["models"].items():
        table, facts = results[name].table.set_index("term"), results[name].facts
        assert table["coef"].to_dict() == model["coef"] and table["state_se"].to_dict() == model["state_se"]
        assert (table["z"] == table["coef"] / table["se"]).all()
        assert (facts["nobs"], facts["groups"], facts["llf"]) == (model["nobs"], model["groups"], model["llf"])
        if model["cov_re"]:
            assert [[facts["var_intercept"], facts["cov_intercept_duration"]],
                    [facts["cov_intercept_duration"], facts["var_duration"]]] == model["cov_re"]  # fmt: skip
    assert results["counts"].facts["cases"] == shipped["counts"]["cases"]
    rules = results["clock/lag"].table.set_index("rule")
    assert rules.to_dict("index") == shipped["clock"] and list(rules) == ["estimate", "model_se", "state_se"]
    exits = results["exits"].table.set_index("kind")["cases"]
    assert shipped["counts"]["exits"].items() <= exits.to_dict().items()


def test_an_ordered_logit_has_no_variances_of_cases():
    model = recorded_model("greenhill/lead1")
    assert model["cov_re"] is None and model["scale"] is None and set(model["coef"]) == set(model["state_se"])


@pytest.mark.parametrize(("name", "is_one"), [("table2/lag", True), ("counts", True), ("curves/figure2", True),
                                              ("clock/lag", True), ("study/placebo", False),
                                              ("chapter7/slopes", False)])  # fmt: skip
def test_what_a_whole_run_of_replicate_keeps(name, is_one):
    assert is_reconstructed(name) == is_one
