"""The checks of tables without pandera, as a browser makes them: they say and return what pandera's do."""

from __future__ import annotations

import importlib.util
import sys
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

import hralign as hr
from hralign.errors import HralignError
from hralign.sources import schemas
from hralign.sources.vocabulary import TABLES
from tiny import tiny_sources


@pytest.fixture(scope="module")
def alone():
    """The description of the tables, loaded where pandera cannot be imported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "pandera", None)
        patch.setitem(sys.modules, "pandera.pandas", None)
        spec = importlib.util.spec_from_file_location("hralign.sources.schemas_alone", schemas.__file__)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    assert module.pa is import_module("hralign.sources.unaided")
    return module


@pytest.fixture(scope="module")
def tables():
    src = tiny_sources(np.ones((2, 4, 6), bool), np.zeros((4, 6)))
    return {name: getattr(src, name) for name in TABLES}


def test_a_world_passes_and_comes_out_the_same(alone):
    src = hr.simulate("intrinsic", 1)
    given = {name: getattr(src, name).astype(object) for name in TABLES}
    one, other = schemas.checked(given), alone.checked(given)
    for name in TABLES:
        pd.testing.assert_frame_equal(one[name], other[name])


def test_the_description_reads_alike(alone):
    for name, schema in schemas.SCHEMAS.items():
        other = alone.SCHEMAS[name]
        assert list(schema.columns) == list(other.columns) and schema.unique == other.unique
        for column, rules in schema.columns.items():
            shown = [str(check.error or check.name) for check in rules.checks]
            assert [str(check.error or check.name) for check in other.columns[column].checks] == shown
            # text is kept by pyarrow where there is one
            assert str(other.columns[column].dtype) == str(rules.dtype).replace("string[pyarrow]", "str")


FAULTS = {
    "missing column": ("scores", lambda t: t.drop(columns="torture")),
    "column too many": ("scores", lambda t: t.assign(mood=1.0)),
    "words for a number": ("scores", lambda t: t.astype({"fariss": object}).assign(fariss=["high", *t["fariss"][1:]])),
    "half a year": ("scores", lambda t: t.assign(year=t["year"].astype(object).where(t.index != 3, "1968.5"))),
    "no year": ("scores", lambda t: t.assign(year=t["year"].where(t.index != 3))),
    "out of range": ("scores", lambda t: t.assign(killings=np.where(t.index == 5, 3.0, 1.0))),
    "not positive": ("state_years", lambda t: t.assign(population=-1.0)),
    "no name": ("states", lambda t: t.assign(name=["A", None, "C", "D"])),
    "twice": ("scores", lambda t: pd.concat([t, t.iloc[[3]]])),
    "unknown state": ("scores", lambda t: t.assign(state=t["state"].where(t.index != 0, 99))),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_in_the_same_words(alone, tables, fault):
    name, spoil = FAULTS[fault]
    given = tables | {name: spoil(tables[name])}
    with pytest.raises(HralignError) as one:
        schemas.checked(given)
    with pytest.raises(HralignError) as other:
        alone.checked(given)
    assert str(other.value) == str(one.value)
