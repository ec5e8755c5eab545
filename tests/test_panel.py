"""The panel's identities, on random tiny sources, and its definitions, on sources written by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from hralign.errors import HralignError
from hralign.memberships import find_cases, full_members
from hralign.panel import COLUMNS, build_panel
from tiny import FIRST, tiny_sources

N_IGOS, N_STATES, N_YEARS = 3, 6, 12
WINDOW = (FIRST, FIRST + N_YEARS - 1)

memberships = arrays.arrays(bool, (N_IGOS, N_STATES, N_YEARS))
scores = arrays.arrays(
    float,
    (N_STATES, N_YEARS),
    elements=st.one_of(st.floats(-3, 4, allow_nan=False).map(lambda v: round(v, 3)), st.just(np.nan)),
)


def panel_of(member, score, **options):
    """The panel of random sources, or None where they hold no case (which must then be said)."""
    try:
        return build_panel(tiny_sources(member, score), window=WINDOW, **options)
    except HralignError as error:
        assert "No case is left" in str(error) or "missing in every state-year" in str(error)
        return None


@settings(max_examples=25, deadline=None)
@given(memberships, scores)
def test_every_row_and_case_is_what_a_naive_loop_finds(member, score):
    panel = panel_of(member, score, select="all")
    if panel is not None:
        means_leave_one_out(panel, member, score)
        durations_count_membership_years_one_by_one(panel)
        clocks_stand_still_outside_their_period(panel)


def means_leave_one_out(panel, member, score):
    for row in panel.itertuples():
        others = [
            score[k, row.year - FIRST]
            for k in range(N_STATES)
            if member[row.igo - 1, k, row.year - FIRST] and k != row.state - 1
        ]
        known = [value for value in others if not np.isnan(value)]
        expected = np.mean(known) if known else np.nan
        np.testing.assert_allclose(row.igo_mean, expected, atol=1e-12)
        np.testing.assert_allclose(row.distance, score[row.state - 1, row.year - FIRST] - expected, atol=1e-12)


def durations_count_membership_years_one_by_one(panel):
    for _, case in panel.groupby("case"):
        inside = case[case["member"] == 1]
        assert inside["duration"].tolist() == list(range(1, len(inside) + 1))
        assert case.loc[case["member"] == 0, "duration"].isna().all()
        assert inside["year"].min() == case["accession"].iloc[0]


def clocks_stand_still_outside_their_period(panel):
    until, since = panel["years_to_accession"], panel["years_since_exit"]
    assert until.dropna().le(0).all() and since.dropna().ge(0).all()
    assert (panel["year"] - panel["accession"])[until.notna()].eq(until.dropna()).all()
    assert until.notna().eq(panel["year"] <= panel["accession"]).all()
    assert panel.loc[since.notna(), "member"].eq(0).all()


@settings(max_examples=25, deadline=None)
@given(memberships, scores, st.sampled_from(["below", "above"]))
def test_every_case_stands_on_the_selected_side_in_the_year_before_accession(member, score, side):
    panel = panel_of(member, score, select=side)
    if panel is not None:
        before = panel[panel["year"] == panel["accession"] - 1].set_index("case")["distance"]
        assert set(before.index) == set(panel["case"])
        assert (before < 0).all() if side == "below" else (before > 0).all()


@settings(max_examples=25, deadline=None)
@given(memberships, scores, st.floats(-5, 5))
def test_distances_do_not_change_when_every_score_is_shifted(member, score, shift):
    one, other = panel_of(member, score, select="all"), panel_of(member, score + shift, select="all")
    assert (one is None) == (other is None)
    if one is not None:
        pd.testing.assert_series_equal(one["distance"], other["distance"], atol=1e-9)
        pd.testing.assert_series_equal(one["d_igo_mean"], other["d_igo_mean"], atol=1e-9)


# --- by hand --------------------------------------------------------------------------------------


def by_hand(**options):
    """One IGO; states 1-3 always members; 4 joins in 1967 and stays; 5 joins in 1967 and is out from 1970."""
    member = np.zeros((1, 5, 8), bool)
    member[0, :3] = True
    member[0, 3, 2:] = True
    member[0, 4, 2:5] = True
    score = np.repeat([[1.0], [2.0], [3.0], [-1.0], [-2.0]], 8, axis=1)
    return tiny_sources(member, score, **options)


def test_columns_are_those_of_the_codebook():
    assert list(build_panel(by_hand()).columns) == COLUMNS


def test_a_state_there_in_the_first_year_is_no_case():
    assert set(build_panel(by_hand(), select="all")["state"]) == {4, 5}


def test_the_mean_leaves_the_state_out_only_while_it_is_a_member():
    panel = build_panel(by_hand()).set_index(["state", "year"])
    assert panel.loc[(5, 1966), "igo_mean"] == 2.0
    assert panel.loc[(5, 1967), "igo_mean"] == pytest.approx((1 + 2 + 3 - 1) / 4)
    assert panel.loc[(5, 1971), "igo_mean"] == pytest.approx((1 + 2 + 3 - 1) / 4)
    assert panel.loc[(5, 1967), "members"] == 5


@pytest.mark.parametrize(
    ("options", "kind", "exit"),
    [
        ({}, "withdraws", 1970),
        ({"state_end": {4: 1969}}, "state ceases", 1970),
        ({"igo_end": {0: 1969}}, "IGO ends", 1970),
        ({"unobserved": [(0, 5), (0, 6)]}, "withdraws", 1972),
        ({"unobserved": [(0, 5), (0, 6), (0, 7)]}, None, None),
    ],
)
def test_kinds_of_exit(options, kind, exit):
    src = by_hand(**options)
    if "igo_end" in options:
        src = src.replace(memberships=src.memberships[src.memberships["year"] <= 1969])
    if "unobserved" in options:
        hidden = [FIRST + year for _, year in options["unobserved"]]
        src = src.replace(memberships=src.memberships[~src.memberships["year"].isin(hidden)])
    case = find_cases(src, full_members(src)).set_index("state").loc[5]
    assert (case["exit_kind"] if kind else pd.isna(case["exit_kind"])) == (kind or True)
    assert pd.isna(case["exit"]) if exit is None else case["exit"] == exit


def test_a_returning_state_has_not_left_and_goes_on_counting():
    src = by_hand()
    back = pd.DataFrame({"igo": 1, "state": 5, "year": [1971, 1972], "status": 1})
    panel = build_panel(src.replace(memberships=pd.concat([src.memberships, back])))
    case = panel[panel["state"] == 5].set_index("year")
    assert case["exit"].isna().all()
    assert case["duration"].dropna().to_dict() == {1967: 1, 1968: 2, 1969: 3, 1971: 4, 1972: 5}


def test_associates_and_minor_igos_do_not_count():
    src = by_hand()
    associates = src.memberships.assign(status=src.memberships["status"].where(src.memberships["state"] != 4, 2))
    assert 4 not in set(build_panel(src.replace(memberships=associates))["state"])
    with pytest.raises(HralignError, match="No case is left"):
        build_panel(src.replace(igos=src.igos.assign(major=0)))


def test_unknown_words_are_refused_with_the_known_ones():
    with pytest.raises(HralignError, match="no score 'polity'.*fariss"):
        build_panel(by_hand(), score="polity")
    with pytest.raises(HralignError, match="no selection 'low'.*below"):
        build_panel(by_hand(), select="low")


def test_a_score_missing_everywhere_is_named():
    src = by_hand()
    with pytest.raises(HralignError, match="'fariss_v3' is missing in every state-year"):
        build_panel(src.replace(scores=src.scores.assign(fariss_v3=np.nan)), score="fariss_v3")


def test_default_world_has_one_row_per_case_year(world_panel):
    assert not world_panel.duplicated(["case", "year"]).any()
    assert world_panel["case"].eq(world_panel["igo"].astype(str) + "-" + world_panel["state"].astype(str)).all()
