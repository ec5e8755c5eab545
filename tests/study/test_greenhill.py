"""Greenhill's context variable against a loop, and his model against worlds in which its answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from hralign.errors import HralignError
from hralign.sources.vocabulary import RIGHTS
from hralign.study.greenhill import PREDICTORS, fit_greenhill, greenhill_sample, igo_context
from tiny import FIRST, tiny_sources


def test_the_context_is_the_mean_over_igos_of_the_mean_of_the_others():
    rng = np.random.default_rng(2)
    member = rng.random((4, 6, 5)) < 0.6
    physint = rng.integers(0, 3, size=(6, 5)).astype(float)
    physint[2, 1] = np.nan
    src = tiny_sources(member, np.zeros((6, 5)))
    src = src.replace(scores=src.scores.assign(**{right: physint.ravel() for right in RIGHTS}))
    context = igo_context(src)
    for state in range(6):
        for year in range(5):
            means = []
            for igo in range(4):
                others = [4 * physint[k, year] for k in range(6) if k != state and member[igo, k, year]]
                others = [value for value in others if not np.isnan(value)]
                if member[igo, state, year] and others:
                    means.append(np.mean(others))
            found = context.get((state + 1, FIRST + year))
            assert (found is None) == (not means)
            if means:
                assert found == pytest.approx(np.mean(means))


def test_other_igos_leave_the_human_rights_igos_out(world):
    hidden = world.memberships["igo"].isin(world.igos.loc[world.igos["human_rights_igo"] == 1, "igo"])
    without = igo_context(world.replace(memberships=world.memberships[~hidden]))
    np.testing.assert_allclose(igo_context(world, "other"), without)
    assert not np.allclose(igo_context(world).reindex(without.index), without)


@pytest.mark.parametrize("lead", [1, 4])
def test_the_outcome_lies_that_many_years_ahead(world, lead):
    sample = greenhill_sample(world, lead)
    physint = world.score("physint")
    rows = sample.sample(100, random_state=0)
    assert rows["outcome"].tolist() == [physint[(row.state, row.year + lead)] for row in rows.itertuples()]
    assert sample["year"].between(1982, 2000).all() and sample.notna().all(axis=None)


def test_the_model_fits_and_its_own_record_carries_on(world):
    fit = fit_greenhill(world, 1)
    assert set(PREDICTORS) < set(fit.params.index)
    assert fit.params["physint"] > 0 and (fit.bse[list(PREDICTORS)] > 0).all()


def test_what_cannot_be_fitted_is_said(world):
    with pytest.raises(HralignError, match="no context 'some'"):
        igo_context(world, "some")
    with pytest.raises(HralignError, match="too few for an ordered logit"):
        fit_greenhill(world, 1, years=(1900, 1901))
