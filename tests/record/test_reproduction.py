"""The report on the reproduction says of every claim what the record says, and its verdicts can turn out otherwise."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest

from hralign.errors import HralignError
from hralign.record import store
from hralign.record.claims import holds, look_up, write
from hralign.record.reproduction import (
    COLUMNS,
    DIFFERENT,
    FULL,
    MINOR,
    NOT,
    PARTIAL,
    SAME,
    SCALE,
    article,
    claims,
    counted,
    grade,
    graded,
    overall,
    stars,
)  # fmt: skip

ROOT = Path(__file__).parents[2]
PRINTED = json.loads(files("hralign.study").joinpath("published.json").read_text("utf-8"))
MODELS = {"table2": PRINTED["table2"], **{f"table3/{right}": model for right, model in PRINTED["table3"].items()}}
BELOW = ("aic", "bic", "loglik", "nobs", "groups", "var_intercept", "var_duration", "cov_intercept_duration",
         "var_residual")  # fmt: skip


@pytest.fixture(scope="module")
def table():
    return claims()


@pytest.fixture
def altered(tmp_path, monkeypatch):
    """Put another number into a copy of the record: result, row (None for a fact), column or fact, value."""
    shutil.copytree(store.RESULTS, tmp_path / "results", ignore=shutil.ignore_patterns("study", "*.partial"))
    monkeypatch.setattr(store, "RESULTS", tmp_path / "results")
    store.recorded.cache_clear()

    def alter(name, row, column, value):
        result = store.recorded(name)
        changed, facts = result.table.copy(), dict(result.facts)
        if row is None:
            facts[column] = value
        else:
            changed[column] = changed[column].astype(object if isinstance(value, str) else float)
            changed.loc[changed.iloc[:, 0].astype(str).eq(row), column] = value
        store.keep(replace(result, table=changed, facts=facts))
        return claims().set_index("id")

    yield alter
    store.recorded.cache_clear()


def test_every_printed_cell_is_a_claim_and_nothing_is_claimed_twice(table):
    cells = {f"{name}/{term}/{part}" for name, model in MODELS.items() for part in ("coef", "se", "stars")
             for term in model[part]}  # fmt: skip
    cells = {cell.replace("gdp_per_capita", "gdp").replace("change_in_igo_mean", "d_igo_mean") for cell in cells}
    cells |= {f"{name}/{fact}" for name in MODELS for fact in BELOW}
    from_tables = set(table.loc[table["item"].isin(["Table 2", "Table 3"]), "id"])
    assert from_tables == cells and len(cells) == 5 * (3 * 10 + 9)
    assert table["id"].is_unique and list(table) == list(COLUMNS)


def test_every_number_and_finding_of_the_text_has_a_claim(table):
    used = " ".join(table["published_from"].dropna())
    for fact in set(PRINTED["in_text"]) - {"greenhill_countries", "greenhill_years"}:  # of another study
        assert f"published/text {fact}" in used, fact
    sections = {finding["section"] for finding in PRINTED["findings"].values()}
    assert all(table["where"].str.startswith(section).any() for section in sections)
    rules = " ".join(table["reconstruction_from"].dropna())
    assert all(f"robustness/{name} duration" in rules for name in PRINTED["robustness"])


def test_what_is_shown_as_ours_is_the_record(table):
    numbers = table[table["kind"].isin(["coefficient", "standard error", "number"])]
    assert len(numbers) > 140
    for row in numbers.itertuples():
        places = len(row.published.partition(".")[2])
        grouped = "" if row.id.endswith("_year") else ","
        assert row.reconstruction == write(float(look_up(row.reconstruction_from)), f"{grouped}.{places}f"), row.id
        assert row.published == write(float(look_up(row.published_from)), f"{grouped}.{places}f"), row.id
        distance = look_up(row.reconstruction_from) - look_up(row.published_from)
        assert row.difference * row.unit == pytest.approx(distance), row.id
    for row in table[table["verdict"].isin(["holds", "does not hold"])].itertuples():
        assert (row.verdict == "holds") == all(holds(rule) for rule in row.reconstruction_from.split("; ")), row.id


@pytest.mark.parametrize(("value", "word"), [
    (0.3849, "as printed"), (0.46, "close"), (0.4601, "apart"), (0.9, "apart"), (-0.2, "opposite"),
])  # fmt: skip
def test_a_false_number_changes_its_verdict(altered, value, word):
    own = altered("table2/lag", "gdp", "coef", value)
    assert own.loc["table2/gdp/coef", "verdict"] == word
    assert own.loc["table2/gdp/coef", "reconstruction"] == f"{value:.2f}".replace("-", "−")


@pytest.mark.parametrize(("change", "claim", "column"), [
    (("table2/lag", "duration", "z", 3.0), "6.1/level", "verdict"),
    (("table2/lag", "duration", "state_z", 1.0), "6.1/converges", "by_state"),
    (("exits", "all", "lower", 0.1), "6.2/no_change_after", "verdict"),
    (("table3/torture/lag", "duration", "z", 1.5), "6.3/all_rights", "verdict"),
    (("robustness/political", "duration", "z", 2.5), "7/political", "verdict"),
    (("robustness/human_rights_igos", "duration", "z", -2.5), "7/human_rights_igos", "verdict"),
    (("tests", "H1", "model_says", "instrumental"), "8/not_only_instrumental", "verdict"),
])  # fmt: skip
def test_a_false_number_turns_a_statement(altered, table, change, claim, column):
    assert table.set_index("id").loc[claim, column] == "holds"
    assert altered(*change).loc[claim, column] == "does not hold"


def test_no_year_is_close_because_years_are_large_numbers(altered):
    assert altered("counts", None, "last_year", 2011).loc["text/last_year", "verdict"] == "apart"
    assert altered("counts", None, "last_year", 2014).loc["text/last_year", "verdict"] == "as printed"


def test_stars_are_those_of_the_printed_note():
    assert [stars(z) for z in (1.95, -1.97, 2.6, 3.28, -3.3)] == ["", "*", "**", "**", "***"]


@pytest.mark.parametrize(("verdicts", "drawn", "word"), [
    (["as printed"] * 4, False, FULL), (["holds"] * 4, True, PARTIAL), (["as printed"] * 3 + ["close"], False, MINOR),
    (["as printed"] * 2 + ["close"] * 2, False, PARTIAL), (["as printed"] + ["apart"] * 3, False, PARTIAL),
    (["as printed"] + ["close"] * 4, False, NOT), (["does not hold"] * 2, True, NOT),
    (["as printed", "not reproduced"], False, PARTIAL), (["as printed", "no result"], False, FULL),
    (["no result"], False, "nothing to reproduce"),
])  # fmt: skip
def test_grades_follow_from_the_share_that_is_reproduced(verdicts, drawn, word):
    assert grade(pd.Series(verdicts), drawn=drawn) == word


def test_items_add_up_to_the_whole_and_level_ten_takes_every_digit(table):
    items = graded(table)
    assert items["claims"].sum() == len(table) - counted(table)["no result"]
    assert items.loc["Table 2", "claims"] == 39 and items.loc["Table 3", "claims"] == 156
    perfect = table.assign(verdict=table["verdict"].mask(table["item"].eq("Table 2"), "as printed"))
    better = graded(perfect)
    assert better.loc["Table 2", ["aea", "acre_package"]].tolist() == [FULL, SAME]
    assert better.loc["Table 3", "acre_package"] == DIFFERENT
    assert overall(table.assign(verdict="apart")) == NOT and overall(table) == PARTIAL
    assert counted(table).sum() == len(table) and set(counted(table).index) == set(SCALE)


def test_what_chose_the_coding_is_marked(table):
    roles = {"Table 2": "searched", "Table 3": "held out", "Figure 3": "not used"}
    assert graded(table)["search"].loc[list(roles)].to_dict() == roles
    assert set(table.loc[table["item"].eq("Table 2"), "search"]) == {"searched"}


@pytest.mark.parametrize(("change", "says"), [
    ({"ours": "counts peru"}, "The claim 'text/igos' cannot be held.*has no fact 'peru'"),
    ({"ours": "peru igos"}, "'text/igos'.*no result 'peru'"),
    ({"published": "published/text peru"}, "'text/igos'.*no fact 'peru'"),
    ({"item": "Table 9"}, "'text/igos' belongs to 'Table 9', which is no item: Figure 1, Table 1"),
])  # fmt: skip
def test_a_claim_that_refers_to_nothing_is_named(change, says):
    said = article()
    next(claim for claim in said["claim"] if claim["id"] == "text/igos").update(change)
    with pytest.raises(HralignError, match=says):
        claims(said)


@pytest.mark.parametrize("rule", ["table2/lag peru z > 1", "table2/lag duration z"])
def test_a_rule_that_is_unsound_is_no_false_one(rule):
    said = article()
    next(claim for claim in said["claim"] if claim["id"] == "7/physint")["rule"].append(rule)
    with pytest.raises(HralignError, match="'7/physint' cannot be held"):
        claims(said)


def test_no_number_of_ours_stands_in_the_file():
    for claim in article()["claim"]:
        assert re.fullmatch(r"[|\w/ -]+", claim.get("ours", "none")), claim["id"]
        assert not re.fullmatch(r"[\d.,−-]+", claim.get("ours", "none")), claim["id"]
        assert ("rule" in claim) + ("places" in claim) + ("because" in claim) == 1, claim["id"]


def test_pages_and_outputs_are_there(table):
    pages = {*table["page"], *(item["page"] for item in article()["item"])}
    assert all((ROOT / f"{page}.md").is_file() for page in pages)
    assert all(store.is_recorded(name) for item in article()["item"] for name in item.get("output", ()))
