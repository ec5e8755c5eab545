"""The recorded reconstruction against a fresh run on the real data, and against lme4 on an independent build."""

from __future__ import annotations

import json

import numpy as np
import pytest

from hralign.panel import build_panel
from hralign.record.reconstruction import reconstruction
from hralign.record.replicate import CURVES, MODELS, as_numbers, replicate
from hralign.record.store import origin_of, recorded
from hralign.sources.registry import data_folder
from hralign.study.alignment import fit_alignment
from hralign.study.specification import SPECIFICATIONS, TERMS

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def fresh(real_src):
    return replicate(real_src)


@pytest.fixture(scope="module")
def lme4():
    path = data_folder().parent / "reference" / "lme4.json"
    if not path.is_file():
        pytest.skip("the lme4 reference does not lie beside the data folder")
    return json.loads(path.read_text().replace('"log_gdp"', '"gdp"'))["models"]


@pytest.mark.parametrize("name", MODELS)
def test_the_record_is_what_a_fresh_run_gives(fresh, name):
    recorded, model = reconstruction()["models"][name], fresh["models"][name]
    assert (recorded["nobs"], recorded["groups"]) == (model["nobs"], model["groups"])
    assert recorded["llf"] == pytest.approx(model["llf"], abs=1e-4)
    for part in ("coef", "se"):
        assert list(recorded[part]) == list(model[part])
        np.testing.assert_allclose(list(recorded[part].values()), list(model[part].values()), rtol=1e-4, atol=1e-6)
    if recorded["cov_re"]:
        np.testing.assert_allclose(recorded["cov_re"], model["cov_re"], rtol=1e-4, atol=1e-9)


@pytest.mark.parametrize("name", CURVES)
def test_recorded_curves_are_those_of_a_fresh_run(fresh, name):
    recorded, curve = reconstruction()["curves"][name], fresh["curves"][name]
    assert list(recorded) == list(curve)
    for column in recorded:
        np.testing.assert_allclose(
            np.array(recorded[column], float), np.array(curve[column], float), rtol=1e-4, atol=1e-6, equal_nan=True
        )


def test_recorded_counts_and_exits_are_those_of_a_fresh_run(fresh):
    assert reconstruction()["counts"] == fresh["counts"]
    assert reconstruction()["exits"]["cases"] == fresh["exits"]["cases"]


def test_the_recorded_rules_of_the_clock_are_those_of_a_fresh_run(fresh):
    for rule, numbers in fresh["clock"].items():
        assert reconstruction()["clock"][rule] == pytest.approx(numbers, rel=1e-4)


def test_the_record_says_what_it_was_made_from(real_src):
    assert reconstruction()["source"] == "real" and tuple(reconstruction()["models"]) == MODELS
    for name in MODELS:
        origin = recorded(name).origin
        assert origin_of(real_src).items() <= origin.items() and "hralign" in origin["versions"]


@pytest.mark.parametrize("name", ["table2/lag", "table2/same", "table2/lead", "table3/disappearances/lag"])
def test_it_agrees_with_lme4_on_an_independent_build(real_src, lme4, name):
    """Under the coding of the first edition, by whose definitions it was built.

    What differs stands in state_codes.csv: the ICCPR of two states, a seat in the OECD, CIRI codes of three.
    """
    spec = SPECIFICATIONS[name]
    fit = fit_alignment(build_panel(real_src, spec.score, coding="literal"), spec=spec)
    ours, theirs = as_numbers(fit), lme4[name]
    for size in ("nobs", "groups"):
        assert ours[size] == (theirs[size] if name.startswith("table2") else pytest.approx(theirs[size], rel=0.03))
    gap = {term: abs(ours["coef"][term] - theirs["coef"][term]) for term in TERMS}
    assert gap.pop("duration") < 0.001
    assert max(gap.values()) < 0.03
    assert ours["scale"] == pytest.approx(theirs["var_residual"], rel=0.03)
