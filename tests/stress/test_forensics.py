"""Forensics: units of the loss, fits in other units, and a planted coding found again from its printed table."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pandas as pd
import pytest

from hralign.coding import CHOICES, CODINGS, Coding
from hralign.panel import build_panel
from hralign.stress import forensics
from hralign.stress.catalogue import Study
from hralign.stress.forensics import as_text, coding_of_profile, descend, profile, side_by_side, starts, told_apart
from hralign.stress.misfit import Bench, as_printed, loss, misfit, printed_from, printed_table
from hralign.stress.runner import run_study
from hralign.study.alignment import fit_alignment
from hralign.study.published import published_model
from hralign.study.specification import TERMS

PLANTED = Coding(
    change="previous - current", civil_war="intrastate", selected_at="accession", gdp_scale="level",
    gdp_over="everything", last_year=2008,
)  # fmt: skip


@pytest.fixture(scope="module")
def planted(world):
    return printed_from(fit_alignment(build_panel(world, coding=PLANTED)))


@pytest.fixture(scope="module")
def bench(world):
    return Bench(world)


def test_a_loss_of_one_is_a_table_off_by_a_unit_throughout():
    table = printed_table(published_model("table2"))
    assert len(table.numbers) == 27 and loss(table.numbers, table) == 0
    assert loss(table.numbers + table.units, table) == pytest.approx(1)
    units = table.units
    assert units["coef duration"] == 0.005 and units["coef year"] == 0.03, (
        "rounding, where it exceeds the printed error"
    )
    assert units["se year"] == units["var_residual"] == 0.01 and units["nobs"] == pytest.approx(0.02 * 17056)
    assert table.numbers["llf_per_row"] == pytest.approx(-9562.22 / 17056)
    assert misfit(table.numbers.drop("coef year"), table)["coef year"] == np.inf


@pytest.mark.parametrize("seed", range(6))
def test_the_bench_gives_what_a_fit_gives(world, bench, seed):
    rng = np.random.default_rng([7, seed])
    coding = next(starts(7, seed + 1)).vary(
        change=str(rng.choice(list(CHOICES["change"]["options"]))),
        human_rights_igos=str(rng.choice(["eight", "four", "political"])),
    )
    expected = as_printed(fit_alignment(build_panel(world, coding=coding)))
    pd.testing.assert_series_equal(bench.numbers(coding), expected, rtol=1e-7, atol=1e-9)


def test_units_and_signs_cost_no_fit(bench):
    bench.numbers(Coding())
    before = bench.fits
    for coding in (Coding(change="previous - current"), Coding(gdp_over="everything", year_over="memberships")):
        bench.numbers(coding)
    assert bench.fits == before
    bench.numbers(Coding(last_year=2007))
    assert bench.fits == before + 1


def test_a_coding_without_cases_or_terms_has_no_loss(world, bench, planted):
    assert bench.numbers(Coding(last_year=1900)) is None
    assert forensics._loss(bench, planted, Coding(last_year=1900)) == np.inf
    assert forensics._loss(bench, planted, Coding(human_rights_igos="none")) == np.inf


def test_a_planted_coding_is_found_again_from_its_printed_table(bench, planted):
    """What the table identifies is right; the rest it cannot tell, and the truth is among what is alike."""
    assert forensics._loss(bench, planted, PLANTED) < 0.1, "rounding, at most a twelfth on average"
    assert forensics._loss(bench, planted, Coding()) > 5
    found, best, tried = descend(bench, planted, Coding(), np.random.default_rng(1))
    assert best <= forensics._loss(bench, planted, PLANTED) + 1e-9 and tried > len(CHOICES)
    rows = profile({"table2": bench}, {"table2": planted}, found)
    told = told_apart(rows).set_index("choice")
    for choice in CHOICES:
        truth = as_text(getattr(PLANTED, choice))
        assert truth in told.loc[choice, "alike"].split(" | "), choice
    identified = set(told.index[told["identified"].astype(bool)])
    assert identified >= {"civil_war", "selected_at", "gdp_scale", "last_year", "company"}
    assert told.loc["change", "alike"] == "previous - current | current - next", "its direction, not its year"
    assert set(found.differs(PLANTED)) <= {"duration", "members_over", "change"} | (set(CHOICES) - identified)


def test_a_profile_keeps_all_other_choices(bench, planted):
    rows = profile({"table2": bench}, {"table2": planted}, PLANTED)
    assert coding_of_profile(rows) == PLANTED
    assert rows.groupby("choice")["kept"].sum().eq(1).all()
    here = forensics._loss(bench, planted, PLANTED)
    np.testing.assert_allclose(rows.loc[rows["kept"], "loss_table2"], here)
    one = rows.set_index(["choice", "option"]).loc[("last_year", "2010"), "loss_table2"]
    assert one == forensics._loss(bench, planted, PLANTED.vary(last_year=2010)) > here
    assert rows.loc[rows["option"].eq("none") & rows["choice"].eq("human_rights_igos"), "loss_table2"].isna().all()
    assert not rows.eq("present").any(axis=None) or PLANTED.selected_at == "accession"
    assert rows.loc[rows["kept"], "within_table2"].eq(len(TERMS)).all()


def test_a_search_among_some_choices_leaves_the_others_alone(bench, planted):
    start = PLANTED.vary(civil_war="all", last_year=2010, gdp_over="sample")
    among = ("civil_war", "last_year")
    found, _, tried = descend(bench, planted, start, np.random.default_rng(1), among)
    assert found == PLANTED.vary(gdp_over="sample") and tried < 40
    assert profile({"table2": bench}, {"table2": planted}, found, among)["choice"].unique().tolist() == list(among)


def test_tables_side_by_side_are_in_the_units_of_print(world):
    table = side_by_side(world, {"literal": Coding(), "other": Coding(change="previous - current")})
    assert table.groupby("table").size().eq(27).all() and table["table"].nunique() == 5
    one = table.set_index(["table", "number"]).loc[("table2", "coef d_igo_mean")]
    assert one["literal"] == pytest.approx(-one["other"])
    assert one["other off"] == pytest.approx((one["other"] - one["printed"]) / one["unit"])


def test_what_a_profile_tells_apart():
    rows = pd.DataFrame({
        "choice": ["a", "a", "b", "b", "b"], "option": ["x", "y", "1", "2", "3"],
        "kept": [True, False, True, False, False],
        "loss_table2": [1.0, 3.0, 1.0, 0.9, np.nan],
    })  # fmt: skip
    told = told_apart(rows).set_index("choice")
    assert told["identified"].tolist() == [True, False] and told["alike"].tolist() == ["x", "1 | 2"]
    assert told["rise"].tolist() == pytest.approx([2.0, -0.1])


def test_starts_are_seeded_and_the_first_is_the_first_editions():
    assert next(starts(1, 0)) == CODINGS["literal"]
    drawn = [list(islice(starts(seed, k), 3)) for seed, k in ((1, 1), (1, 1), (2, 1), (1, 2))]
    assert drawn[0] == drawn[1] and drawn[0] != drawn[2] and drawn[0] != drawn[3]
    assert len(set(drawn[0])) == 3


def test_a_search_cut_short_goes_on_where_it_was(world, tmp_path, monkeypatch, planted):
    few = {name: CHOICES[name] for name in ("change", "gdp_over", "civil_war")}
    monkeypatch.setattr(forensics, "CHOICES", few)
    tables = {"table2": planted, "table3/torture": printed_table(published_model("table3/torture"))}
    done = []

    def run(prepared, task, seed):
        done.append(task)
        if len(done) == 3:
            raise KeyboardInterrupt
        return forensics.run(world, tables, task, seed)

    monkeypatch.setattr("hralign.stress.runner.STUDIES", {"f": Study("", 2, forensics.tasks, lambda src: None, run)})
    partial = tmp_path / "f.partial"
    with pytest.raises(KeyboardInterrupt):
        run_study("f", world, partial=partial, progress=False)
    kept = len(partial.read_text().splitlines()) - 1
    table = run_study("f", world, partial=partial, progress=False)
    assert kept == 2 and len(done) == 3 + len(forensics.tasks(2)) - kept
    assert table["start"].unique().tolist() == ["0", "1", *CODINGS]
    ends = table[table["kept"]].groupby("start")[["loss_at_start", "loss_table2"]].first()
    assert (ends.loc[["0", "1"], "loss_table2"] <= ends.loc[["0", "1"], "loss_at_start"]).all()
    assert table.columns.tolist()[3:7] == ["loss_table2", "within_table2", "loss_torture", "within_torture"]
