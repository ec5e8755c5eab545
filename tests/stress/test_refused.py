"""Stress tests that cannot be made say so, and why."""

from __future__ import annotations

import numpy as np
import pytest

import hralign as hr
from hralign.errors import HralignError, NotEnoughData
from hralign.stress.calibration import calibrate
from hralign.stress.event_study import event_study
from tiny import tiny_sources


def test_an_event_study_of_one_case_is_refused(world_panel):
    one = world_panel[world_panel["case"].eq(world_panel["case"].iloc[0])]
    with pytest.raises(NotEnoughData, match="cases of two states at least"):
        event_study(one)


def test_a_cohort_that_joined_after_the_last_year_has_no_clock(world_panel):
    late = world_panel["accession"].max()
    panel = world_panel[world_panel["accession"].eq(late)]
    panel.attrs = world_panel.attrs
    assert late > 2009
    with pytest.raises(NotEnoughData, match="no membership year up to 2009: there is nothing to estimate"):
        hr.clock(panel)


def test_nothing_recovered_is_no_table_of_blanks(world_panel):
    one = world_panel[world_panel["case"].eq(world_panel["case"].iloc[0])]
    with pytest.raises(NotEnoughData, match=r"None of the estimators \(table2\) finds enough data"):
        hr.recover(one, hr.clock_estimators(rules=["table2"]), {"grows": hr.Effect("growing", 0.02)})


@pytest.mark.parametrize("broken", ["missing", "blank"])
def test_a_target_without_a_moment_is_refused_before_anything_long(world, broken):
    target = hr.moments(world)
    target = target.drop("sd_5") if broken == "missing" else target.where(target.index != "sd_5", np.nan)
    with pytest.raises(HralignError, match="missing or not numbers: sd_5"):
        calibrate(target, [1])


def test_where_all_are_members_there_is_nobody_outside():
    src = tiny_sources(np.ones((1, 4, 10), dtype=bool), np.linspace(-1, 1, 4)[:, None] + np.zeros((4, 10)))
    with pytest.raises(NotEnoughData, match="No state is outside of an IGO"):
        hr.find_outsiders(src)
