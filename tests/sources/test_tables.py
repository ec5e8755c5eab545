"""What sources refuse: each fault gives one message that says what, where and what to do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hralign.errors import HralignError
from hralign.panel import build_panel
from hralign.sources.vocabulary import RIGHTS
from hralign.study.alignment import estimation_sample
from tiny import tiny_sources


@pytest.fixture
def src():
    return tiny_sources(np.ones((2, 4, 6), bool), np.zeros((4, 6)))


def test_duplicate_state_year(src):
    twice = pd.concat([src.scores, src.scores.iloc[[3]]])
    with pytest.raises(HralignError, match="Table 'scores': state 1, year 1968 occurs more than once"):
        src.replace(scores=twice)


def test_missing_column(src):
    with pytest.raises(HralignError, match="Table 'scores': column 'torture' is missing"):
        src.replace(scores=src.scores.drop(columns="torture"))


def test_extra_column(src):
    with pytest.raises(HralignError, match="Table 'scores': column 'mood' is not one of.*drop or rename"):
        src.replace(scores=src.scores.assign(mood=1.0))


def test_non_numeric_cell(src):
    scores = src.scores.astype({"fariss": object})
    scores.loc[2, "fariss"] = "high"
    with pytest.raises(HralignError, match="row 2 of column 'fariss' holds 'high'.*correct that cell"):
        src.replace(scores=scores)


def test_value_out_of_range(src):
    scores = src.scores.assign(killings=np.where(src.scores.index == 5, 3.0, 1.0))
    with pytest.raises(HralignError, match="row 5 of column 'killings' holds 3.0, which breaks the rule isin"):
        src.replace(scores=scores)


def test_missing_key(src):
    states = src.states.assign(name=["A", None, "C", "D"])
    with pytest.raises(HralignError, match="row 1 of column 'name' is empty"):
        src.replace(states=states)


@pytest.mark.parametrize(("table", "key"), [("memberships", "igo"), ("igo_years", "igo"), ("scores", "state")])
def test_unknown_codes(src, table, key):
    rows = getattr(src, table).copy()
    rows.loc[0, key] = 99
    with pytest.raises(HralignError, match=f"Table '{table}' has 1 unknown {key} code.*99"):
        src.replace(**{table: rows})


def test_physint_is_the_sum_and_missing_where_any_right_is(src):
    scores = src.scores.assign(**{RIGHTS[0]: np.where(src.scores.index == 0, np.nan, 2.0)})
    physint = src.replace(scores=scores).score("physint")
    assert len(physint) == len(scores) - 1 and physint.eq(5).all()


def test_a_covariate_with_one_value_is_named(world):
    flat = world.replace(igo_years=world.igo_years.assign(delegation=0.2))
    with pytest.raises(HralignError, match="'delegation' has one value only"):
        estimation_sample(build_panel(flat))


def test_a_covariate_missing_throughout_is_named(world):
    gone = world.replace(state_years=world.state_years.assign(gdp_per_capita=np.nan))
    with pytest.raises(HralignError, match="Missing throughout: gdp"):
        estimation_sample(build_panel(gone))


def test_tables_of_the_caller_are_left_alone(src):
    scores = src.scores.astype({"fariss": object})
    src.replace(scores=scores)
    assert scores["fariss"].dtype == object
