"""Least squares within cases, against linearmodels and against slopes with a dummy for each case."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hralign.errors import NotEnoughData
from hralign.stress.within import within


@pytest.fixture(scope="module")
def rows():
    """Cases of unequal length in clusters, with a common course of years."""
    rng = np.random.default_rng(3)
    cases = pd.DataFrame({"case": range(60), "start": rng.integers(0, 12, 60), "length": rng.integers(3, 14, 60)})
    rows = cases.loc[cases.index.repeat(cases["length"])].reset_index(drop=True)
    rows["duration"] = rows.groupby("case").cumcount() + 1.0
    rows["year"] = rows["start"] + rows["duration"].astype(int)
    rows["state"] = rows["case"] // 3
    rows["gdp"] = rng.normal(size=len(rows)) + 0.1 * rows["duration"]
    pull = rng.normal(size=20)[rows["state"]]
    rows["outcome"] = (
        0.05 * rows["duration"] * (1 + pull) + 0.3 * rows["gdp"] + np.sin(rows["year"]) + rng.normal(size=len(rows))
    )
    return rows


def of_linearmodels(rows, terms, time, **options):
    panel = pytest.importorskip("linearmodels.panel")
    index = pd.MultiIndex.from_arrays([rows["case"], rows["year"]], names=["case", "year"])
    model = panel.PanelOLS(
        rows["outcome"].set_axis(index), rows[terms].set_axis(index), entity_effects=True, time_effects=time
    )
    clusters = pd.DataFrame({"state": rows["state"].to_numpy()}, index=index)
    return model.fit(cov_type="unadjusted"), model.fit(cov_type="clustered", clusters=clusters, **options)


@pytest.mark.parametrize("time", [False, True])
def test_linearmodels_says_the_same(rows, time):
    terms = ["duration", "gdp"] if not time else ["gdp"]
    options = {} if time else {"group_debias": True, "debiased": False}
    plain, clustered = of_linearmodels(rows, terms, time, **options)
    found = within(rows["outcome"], rows[terms], rows["case"], rows["state"], year=rows["year"] if time else None)
    np.testing.assert_allclose(found.params, clustered.params, rtol=1e-9)
    np.testing.assert_allclose(found.clustered, clustered.cov, rtol=1e-9)
    np.testing.assert_allclose(found.independent, plain.cov, rtol=1e-9)


def test_a_dummy_for_each_case_gives_the_same_slopes(rows):
    found = within(rows["outcome"], rows[["duration", "gdp"]], rows["case"], rows["state"])
    x = np.column_stack([rows[["duration", "gdp"]], pd.get_dummies(rows["case"], dtype=float)])
    np.testing.assert_allclose(
        found.params, np.linalg.lstsq(x, rows["outcome"].to_numpy(), rcond=None)[0][:2], rtol=1e-9
    )


def test_what_cannot_be_told_apart_is_refused(rows):
    with pytest.raises(NotEnoughData, match="cannot be told apart"):
        within(rows["outcome"], rows[["duration", "year"]].astype(float), rows["case"], rows["state"])
