"""What a model refuses, and whether the user is wrong or the sample too small."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hralign.errors import HralignError, NotEnoughData
from hralign.mixed import MixedModel
from mixed_panels import model_of


def holes(frame):
    return frame.assign(x1=frame["x1"].where(frame.index > 2), x2=frame["x2"].where(frame.index != 5, np.inf))


BAD_FRAMES = {
    "missing and infinite": (holes, {}, r"x1 \(3 of 231 rows\), x2 \(1 of 231 rows\)"),
    "not a number": (lambda f: f.assign(x1="high"), {}, r"x1 \(231 of 231 rows\)"),
    "unknown column": (lambda f: f, {"terms": ["t", "gdp"]}, "gdp"),
    "unknown group": (lambda f: f, {"group": "case"}, "case"),
    "repeated term": (lambda f: f, {"terms": ["t", "x1", "x1"]}, "twice"),
    "intercept as a term": (lambda f: f, {"terms": ["intercept", "t"]}, "by itself"),
    "outcome as a term": (lambda f: f, {"terms": ["t", "y"]}, "also a term"),
    "missing group": (lambda f: f.assign(g=f["g"].where(f.index > 1)), {}, "missing in 2 of 231"),
    "constant term": (lambda f: f.assign(x1=0.1), {}, "'x1' is constant"),
    "constant slope": (lambda f: f.assign(s=3.0), {"slope": "s"}, "'s' is constant"),
    "collinear terms": (lambda f: f.assign(x2=3 * f["x1"] - 1e-3 * f["t"] + 7), {}, r"'x2'.*\['t', 'x1'\]"),
    "collinear at a tiny scale": (lambda f: f.assign(x2=f["x1"] * 1e-9), {}, r"'x2'.*\['x1'\]"),
    "constant outcome": (lambda f: f.assign(y=2.0), {}, "'y' is constant"),
    "outcome in the span of the terms": (lambda f: f.assign(y=f["x1"] - f["t"]), {}, "'y' is collinear"),
    "one group": (lambda f: f.assign(g="a"), {}, r"1 group\(s\)"),
    "no rows": (lambda f: f.head(0), {}, r"0 group\(s\)"),
    "more terms than rows": (lambda f: f.iloc[[0, 1, 2, 3]], {}, "4 rows for 4 terms"),
    "no residual": (lambda f: f.groupby("g").head(2), {}, "No residual variance"),
    "exact lines": (lambda f: f.assign(y=f["x1"] + f["g"].str[1:].astype(int) * f["t"]), {}, "No residual"),
}


MISUSE = {
    *("missing and infinite", "not a number", "unknown column", "unknown group", "repeated term"),
    *("intercept as a term", "outcome as a term", "missing group"),
    *("negative", "missing", "too few", "other names"),
}
"""What no other sample would put right; the rest is NotEnoughData."""


@pytest.mark.parametrize("case", BAD_FRAMES)
def test_bad_data_are_refused_with_a_reason(frame, case):
    spoil, choice, message = BAD_FRAMES[case]
    arguments = {"outcome": "y", "terms": ["t", "x1", "x2"], "group": "g", "slope": "t", **choice}
    with pytest.raises(HralignError, match=message) as error:
        MixedModel(spoil(frame), **arguments).fit()
    assert isinstance(error.value, NotEnoughData) == (case not in MISUSE)


BAD_WEIGHTS = {
    "negative": (np.append(np.ones(9), -1), "negative"),
    "missing": (np.append(np.ones(9), np.nan), "negative, missing or infinite"),
    "too few": (np.ones(9), r"\(9,\) for 10 groups"),
    "all zero": (np.zeros(10), "All group weights are 0"),
    "other names": (pd.Series(np.ones(10), index=list("abcdefghij")), "name each of 10 groups"),
    "one group left": (np.eye(10)[9], r"1 group\(s\)"),
    "too few rows left": (np.array([1, 1] + [0] * 8), "3 rows for 4 terms"),
}


@pytest.mark.parametrize("case", BAD_WEIGHTS)
def test_bad_weights_are_refused_with_a_reason(frame, case):
    weights, message = BAD_WEIGHTS[case]
    with pytest.raises(HralignError, match=message) as error:
        model_of(frame).fit(weights)
    assert isinstance(error.value, NotEnoughData) == (case not in MISUSE)


def test_a_term_that_only_groups_without_weight_vary_in_is_named(frame):
    frame["x1"] = (frame["g"] == "g0009") * frame["x1"]
    with pytest.raises(NotEnoughData, match="'x1' is constant"):
        model_of(frame).fit(np.append(np.ones(9), 0))


def test_whole_numbers_truth_values_and_nullable_columns_are_numbers(frame):
    frame["x1"] = frame["x1"] > 0
    plain = model_of(frame.assign(x1=frame["x1"].astype(float))).fit()
    for kind in (bool, "Int64", object):
        assert model_of(frame.assign(x1=frame["x1"].astype(kind))).fit().llf == pytest.approx(plain.llf)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ([1.0, 0.0], "no relative Cholesky factor"),
        ([np.nan, 0.0, 1.0], "no relative Cholesky factor"),
        ([1e200, 0.0, 1e200], "Nothing can be computed at the start"),
    ],
)
def test_a_start_that_is_none_is_refused(frame, start, message):
    with np.errstate(all="ignore"), pytest.raises(HralignError, match=message) as error:
        model_of(frame).fit(start=start)
    assert not isinstance(error.value, NotEnoughData)
