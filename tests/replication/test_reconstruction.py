"""The recorded reconstruction against a fresh run on the real data, and against lme4 on an independent build."""

from __future__ import annotations

import json

import numpy as np
import pytest

from hralign.hypotheses import SPECIFICATIONS, TERMS
from hralign.real import data_folder
from hralign.replication import reconstruction, replicate

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def fresh(real_src):
    return replicate(real_src)["models"]


@pytest.fixture(scope="module")
def lme4():
    path = data_folder().parent / "reference" / "lme4.json"
    if not path.is_file():
        pytest.skip("the lme4 reference does not lie beside the data folder")
    return json.loads(path.read_text())["models"]


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_the_record_is_what_a_fresh_run_gives(fresh, name):
    recorded, model = reconstruction()["models"][name], fresh[name]
    assert (recorded["nobs"], recorded["groups"]) == (model["nobs"], model["groups"])
    assert recorded["llf"] == pytest.approx(model["llf"], abs=1e-5)
    for part in ("coef", "se"):
        np.testing.assert_allclose(
            [recorded[part][t] for t in TERMS], [model[part][t] for t in TERMS], rtol=1e-6, atol=1e-8
        )
    np.testing.assert_allclose(recorded["cov_re"], model["cov_re"], rtol=1e-5)


def test_the_record_says_what_it_was_made_from():
    record = reconstruction()
    assert record["source"] == "real" and set(record["models"]) == set(SPECIFICATIONS)
    assert len(record["provenance"]) == 14 and "hralign" in record["versions"]


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_it_agrees_with_lme4_on_an_independent_build(fresh, lme4, name):
    """Same rows; what differs are two codings of the ICCPR and West Germany's seat in the OECD (states.py)."""
    ours, theirs = fresh[name], lme4[name]
    assert (ours["nobs"], ours["groups"]) == (theirs["nobs"], theirs["groups"])
    gap = {term: abs(ours["coef"][term] - theirs["coef"][term]) for term in TERMS}
    assert gap.pop("duration") < 0.001
    assert max(gap.values()) < 0.03
    assert ours["scale"] == pytest.approx(theirs["var_residual"], rel=0.01)
