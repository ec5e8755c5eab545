"""Two-way event studies and verdicts, on worlds where the answer is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import hralign as hr
from hralign.stress.event_study import event_study
from hralign.study.alignment import fit_alignment
from hralign.study.verdicts import HYPOTHESES, READINGS, overall, test_hypotheses


@pytest.fixture(scope="module")
def gradual():
    """Distance rises by 0.03 a year from accession on, beside case levels, common years and noise."""
    rng = np.random.default_rng(5)
    cases = pd.DataFrame({"case": np.arange(300), "state": np.arange(300) // 3})
    cases = cases.assign(accession=rng.integers(1970, 2000, 300), level=rng.normal(-1, 0.5, 300))
    rows = cases.merge(pd.DataFrame({"year": range(1965, 2015), "common": rng.normal(0, 0.3, 50)}), how="cross")
    event = rows["year"] - rows["accession"]
    rows["member"] = (event >= 0).astype(int)
    noise = rng.normal(0, 0.1, len(rows))
    return rows.assign(distance=rows["level"] + rows["common"] + 0.03 * event.clip(0, 20) + noise)


def test_event_studies_find_what_begins_with_accession(gradual):
    table = event_study(gradual).set_index("event_year")
    truth = 0.03 * np.clip(table.index, 0, 20)
    assert ((table["lower"] <= truth) & (truth <= table["upper"])).mean() > 0.8
    assert table.loc[20, "estimate"] == pytest.approx(0.6, abs=0.05)
    assert table.loc[-10, "estimate"] == pytest.approx(0, abs=0.05)
    assert table.loc[-1, ["estimate", "std_error"]].tolist() == [0, 0] and table.loc[0, "cases"] == 300


def test_event_studies_refuse_what_has_no_window(gradual):
    with pytest.raises(hr.HralignError, match="no event study"):
        event_study(gradual[gradual["year"] > gradual["accession"] + 5])


def test_verdicts_follow_their_rule(world):
    table = test_hypotheses(world)
    assert list(table.index) == list(HYPOTHESES)
    for name, row in table.iterrows():
        for which in ("model", "state"):
            z = row["estimate"] / row[f"{which}_se"]
            assert row[f"{which}_says"] == READINGS[name][int(np.sign(z) * (abs(z) > 1.96))]
    assert table.loc["H2", "estimate"] == pytest.approx(fit_alignment(hr.build_panel(world)).params["duration"])


def test_a_world_without_exits_is_silent_on_h3():
    world = hr.simulate(replace(hr.WORLDS["null"], exit_share=0.0, n_dissolutions=0, n_igo_endings=0), 1)
    row = test_hypotheses(world).loc["H3"]
    assert np.isnan(row["estimate"]) and row["model_says"] == row["state_says"] == "neither"


@pytest.mark.parametrize(
    ("words", "weighed"),
    [
        (["neither", "intrinsic", "intrinsic", "intrinsic"], "intrinsic"),
        (["instrumental", "neither", "intrinsic", "neither"], "instrumental"),
        (["neither", "intrinsic", "instrumental", "neither"], "both"),
        (["neither", "neither", "intrinsic", "intrinsic"], "neither"),
    ],
)
def test_the_four_words_are_weighed_as_said(words, weighed):
    assert overall(pd.Series(words, index=list(HYPOTHESES))) == weighed
