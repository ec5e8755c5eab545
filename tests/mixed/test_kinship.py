"""Groups that belong to states and IGOs: crossed effects against lme4, corrected errors against clubSandwich."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from hralign.errors import HralignError, NotEnoughData
from hralign.mixed import MixedModel
from hralign.mixed.crossed import fit_crossed
from mixed_panels import ORACLE

import kinship  # isort: skip  (beside the oracle's answers, on the path since mixed_panels)

ANSWERS = json.loads((ORACLE / "lme4_kinship.json").read_text())["panels"]
SHAPES = {"intercepts": {"state": "intercept", "igo": "intercept"}, "slopes": {"state": "slope", "igo": "intercept"}}


@pytest.fixture(scope="module")
def models() -> dict[str, MixedModel]:
    panels = kinship.panels()
    return {name: MixedModel(panels[name], "outcome", terms, "case", "t") for name, terms in kinship.TERMS.items()}


@pytest.fixture(scope="module")
def table2() -> MixedModel:
    rows = kinship.table2()
    terms = [name for name in rows if name not in ("case", "igo", "state", "outcome", "region")]
    return MixedModel(rows, "outcome", terms, "case", "duration")


def check_crossed(model: MixedModel, name: str, shape: str) -> None:
    """Likelihood, coefficients and errors to 1e-4 of the larger of size and standard error; (co)variances to 1e-3."""
    fit, lme4 = fit_crossed(model, SHAPES[shape]), ANSWERS[name][shape]
    coef, se = np.array(lme4["coef"]), np.array(lme4["se"])
    assert fit.converged and fit.llf == pytest.approx(lme4["llf"], abs=1e-3)
    assert np.all(np.abs(fit.params - coef) <= 1e-4 * np.maximum(np.abs(coef), se))
    np.testing.assert_allclose(fit.bse, se, rtol=1e-4)
    assert fit.scale == pytest.approx(lme4["scale"], rel=1e-4)
    for factor, theirs in lme4["cov_re"].items():
        assert np.abs(fit.cov_re[factor].to_numpy() - np.array(theirs)).max() <= 1e-3 * np.max(theirs)


def check_corrected(fit, name: str) -> None:
    theirs = ANSWERS[name]["CR2"]["state"]
    v = np.array(theirs["vcov"])
    size = np.sqrt(np.outer(np.diag(v), np.diag(v)))
    assert np.abs((fit.vcov("state", small_sample="CR2") - v) / size).to_numpy().max() < 1e-6
    np.testing.assert_allclose(fit.degrees("state"), theirs["df"], rtol=1e-4)


@pytest.mark.parametrize("name", ["crossed", "few"])
@pytest.mark.parametrize("shape", SHAPES)
def test_crossed_effects_agree_with_lme4(models, name, shape):
    check_crossed(models[name], name, shape)


@pytest.mark.parametrize("name", ["crossed", "few"])
def test_corrected_errors_agree_with_clubsandwich(models, name):
    check_corrected(models[name].fit(), name)


@pytest.mark.real
@pytest.mark.parametrize("shape", SHAPES)
def test_crossed_effects_of_table_2_agree_with_lme4(table2, shape):
    check_crossed(table2, "table2", shape)


@pytest.mark.real
def test_corrected_errors_of_table_2_agree_with_clubsandwich(table2):
    check_corrected(table2.fit(), "table2")


def test_few_clusters_get_wider_errors_and_few_degrees(models):
    fit = models["few"].fit()
    plain, corrected = (np.sqrt(np.diag(v)) for v in (fit.vcov("state"), fit.vcov("state", "CR2")))
    assert corrected[1] > plain[1] and 2 < fit.degrees("state")["t"] < 7


def test_the_correction_is_that_of_dense_algebra(models):
    """(S1) and (S2) with n × n matrices and Cholesky roots, by group."""
    model = models["few"]
    fit, frame = model.fit(), model.frame
    x = np.column_stack([np.ones(len(frame)), frame[model.terms[1:]]])
    z = np.column_stack([np.ones(len(frame)), frame["t"]])
    same = model.codes[:, None] == model.codes
    v = same * (z @ fit.cov_re.to_numpy() @ z.T) + fit.scale * np.eye(len(frame))
    m = np.linalg.inv(x.T @ np.linalg.solve(v, x))
    e = (frame["outcome"] - fit.predict(groups=False)).to_numpy()
    meat = np.zeros((len(m), len(m)))
    for rows in model.frame.groupby("state").indices.values():
        part, xc = v[np.ix_(rows, rows)], x[rows]
        d = np.linalg.cholesky(part).T
        values, vectors = np.linalg.eigh(d @ (part - xc @ m @ xc.T) @ d.T)
        a = d.T @ (vectors / np.sqrt(values)) @ vectors.T @ d
        u = m @ xc.T @ np.linalg.solve(part, a @ e[rows])
        meat += np.outer(u, u)
    np.testing.assert_allclose(fit.vcov("state", "CR2"), meat, rtol=1e-6, atol=1e-12)


def test_crossed_effects_are_those_of_dense_algebra(models):
    """Likelihood and coefficients at the variances found, from n × n matrices; years change within groups."""
    model = models["few"]
    frame = model.frame.assign(year=model.frame["t"].astype(int))
    model = MixedModel(frame, "outcome", ["t", "x1"], "case", "t")
    fit = fit_crossed(model, {"year": "intercept", "state": "slope"})
    x = np.column_stack([np.ones(len(frame)), frame[["t", "x1"]]])
    z = x[:, :2]

    def shared(column):
        labels = frame[column].to_numpy()
        return labels[:, None] == labels

    v = fit.scale * np.eye(len(frame)) + shared("year") * fit.cov_re["year"].iloc[0, 0]
    for name in ("case", "state"):
        v += shared(name) * (z @ fit.cov_re[name].to_numpy() @ z.T)
    cov = np.linalg.inv(x.T @ np.linalg.solve(v, x))
    beta = cov @ x.T @ np.linalg.solve(v, frame["outcome"])
    rest = frame["outcome"] - x @ beta
    dets = np.linalg.slogdet(v)[1] - np.linalg.slogdet(cov)[1]
    llf = -0.5 * (dets + rest @ np.linalg.solve(v, rest) + (len(x) - 3) * np.log(2 * np.pi))
    assert fit.llf == pytest.approx(llf, abs=1e-6)
    np.testing.assert_allclose(fit.params, beta, atol=1e-6)
    np.testing.assert_allclose(fit.cov_params, cov, rtol=1e-5, atol=1e-9)


def test_a_factor_that_explains_nothing_changes_nothing(models):
    frame = models["few"].frame.assign(noise=np.random.default_rng(1).integers(0, 9, len(models["few"].frame)))
    model = MixedModel(frame, "outcome", ["t"], "case", "t")
    fit, alone = fit_crossed(model, {"noise": "intercept"}), model.fit()
    assert fit.llf >= alone.llf - 1e-6 and fit.llf < alone.llf + 3
    np.testing.assert_allclose(fit.params, alone.params, atol=0.05)


def test_what_cannot_be_fitted_is_said(models):
    model = models["few"]
    wrong = [({}, "No factor"), ({"moon": "slope"}, "No further factor 'moon'"),
             ({"case": "slope"}, "No further factor 'case'"), ({"igo": "curve"}, "kind 'curve'")]  # fmt: skip
    for factors, message in wrong:
        with pytest.raises(HralignError, match=message):
            fit_crossed(model, factors)
    one = MixedModel(model.frame.assign(world="one"), "outcome", ["t"], "case", "t")
    with pytest.raises(NotEnoughData, match="one level only"):
        fit_crossed(one, {"world": "intercept"})
    with pytest.raises(HralignError, match="no small-sample correction 'CR9'"):
        model.fit().vcov("state", small_sample="CR9")
    with pytest.raises(HralignError, match="clusters, not for"):
        model.fit().vcov(("state", "igo"), small_sample="CR2")
    with pytest.raises(HralignError, match="counts once"):
        model.fit(pd.Series(2.0, index=model.groups)).degrees("state")
