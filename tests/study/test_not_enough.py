"""A sample that cannot answer is a missing number; a mistake is an error wherever it is made."""

from __future__ import annotations

import numpy as np
import pytest

from hralign.errors import HralignError, NotEnoughData
from hralign.panel import build_panel, recode
from hralign.stress import cohorts, multiverse, placebo
from hralign.stress.clock_sample import ClockSample
from hralign.stress.event_study import event_study
from hralign.stress.outsiders import Outsiders, find_outsiders
from hralign.study import event_time, verdicts
from hralign.study.alignment import estimation_sample, fit_alignment
from hralign.study.greenhill import greenhill_sample

WITHOUT = {
    "no complete year": lambda src, panel: estimation_sample(recode(panel, last_year=1900)),
    "one value only": lambda src, panel: estimation_sample(panel.assign(delegation=0.2)),
    "no approach": lambda src, panel: event_time.fit_approach(panel, skip_last=10),
    "no event years": lambda src, panel: event_study(panel[panel["year"] == panel["accession"]]),
    "no placebo": lambda src, panel: placebo.imitate(without_outsiders(src), np.random.default_rng(1)),
    "no clean comparison": lambda src, panel: cohorts.cohort_path(without_outsiders(src)),
    "a cohort of one": lambda src, panel: cohorts.cohort_path(find_outsiders(src), panel[panel["case"] == "5001-1006"]),
    "no company": lambda src, panel: greenhill_sample(src, years=(1900, 1901)),
    "no case": lambda src, panel: build_panel(src, window=(1965, 1965), coding="literal"),
    "no score": lambda src, panel: src.replace(scores=src.scores.assign(torture=np.nan)).score("torture"),
    "no withdrawal": lambda src, panel: verdicts._of_exits(panel[panel["exit"].isna()]),
}


def without_outsiders(src):
    pool = find_outsiders(src)
    return Outsiders(pool.years[pool.years["leaves"] <= pool.years["open_from"]], pool.exposed, pool.panel)


@pytest.mark.parametrize("case", WITHOUT)
def test_a_sample_without_the_answer_is_told_from_a_mistake(world, world_panel, case):
    with pytest.raises(NotEnoughData):
        WITHOUT[case](world, world_panel)


def test_a_mistake_is_not_a_lack_of_data(world, world_panel):
    for wrong in (
        lambda: estimation_sample(world_panel, "later"),
        lambda: build_panel(world, "polity"),
        lambda: fit_alignment(world_panel).vcov("region"),
    ):
        with pytest.raises(HralignError) as error:
            wrong()
        assert not isinstance(error.value, NotEnoughData)


def test_a_test_that_cannot_be_made_is_missing_and_one_made_wrongly_is_an_error(world_panel):
    made = verdicts._attempt(lambda: verdicts._of_fit(event_time.fit_approach(world_panel, skip_last=10), "duration"))
    assert np.isnan(made).all()
    with pytest.raises(HralignError, match="no timing"):
        verdicts._attempt(lambda: verdicts._of_fit(fit_alignment(world_panel, "later"), "duration"))


def test_a_universe_without_rows_is_missing_and_one_with_a_mistake_is_an_error(world_panel):
    few = ClockSample(world_panel)
    few.rows = few.rows[few.rows["case"] == few.rows["case"].iloc[0]].reset_index(drop=True)
    for sample in (None, few):
        empty = list(multiverse._slopes(sample, "linear"))
        assert len(empty) == 8 and all(np.isnan(one[key]) for one in empty for key in ("estimate", "nobs"))
    broken = ClockSample(world_panel)
    broken.rows = broken.rows.drop(columns="gdp")
    with pytest.raises(HralignError, match="gdp"):
        list(multiverse._slopes(broken, "linear"))
