"""Results are kept as they are, found again, and refused where they are not what they should be."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hralign.errors import HralignError
from hralign.record import store
from hralign.record.store import Result, as_json, difference, from_json, is_recorded, keep, names, origin_of, recorded

REAL = {"source": "real", "data": "0123456789ab", "coding": store.CODING}


@pytest.fixture
def result():
    table = pd.DataFrame({
        "state": ["Peru", "Zaïre", "Peru", "Peru", None, "Chad"], "year": [2001, 2002, 2003, 2004, 2005, 2006],
        "score": [0.1, -1 / 3, np.nan, np.inf, 1e-12, 12345678.9012345],
        "cases": pd.array([1, 2, 3, 4, 5, None], "Int64"),
        "over": [True, False, True, True, False, False], "word": ["a", "b", None, "d", "e", "f"],
    })  # fmt: skip
    facts = {"n": np.int64(6), "mean": np.float64(2 / 3), "nothing": np.nan, "of": "all"}
    return Result("table9/peru", table, facts, REAL)


def test_a_result_comes_back_from_the_record(record, result):
    path = keep(result, page="07-alignment")
    assert path == record / "table9" / "peru.json" and list(record.rglob("*.*")) == [path]
    back = recorded("table9/peru")
    assert list(back.table) == list(result.table), "the order of columns"
    for column in ("year", "over"):
        assert back.table[column].tolist() == result.table[column].tolist()
    states, scores = back.table["state"], back.table["score"]
    assert states[:4].tolist() == ["Peru", "Zaïre", "Peru", "Peru"] and pd.isna(states[4])
    np.testing.assert_allclose(scores[[0, 1, 4, 5]], result.table["score"][[0, 1, 4, 5]], rtol=1e-9)
    assert scores[[2, 3]].isna().all() and pd.isna(back.table["cases"][5])
    assert back.facts == {"n": 6, "mean": 0.6666666667, "nothing": None, "of": "all"}
    assert REAL.items() <= back.origin.items() and back.origin["page"] == "07-alignment"
    assert {"python", "hralign", "numpy"} <= set(back.origin["versions"])
    assert names() == ["table9/peru"] and is_recorded("table9/peru") and not is_recorded("table9/chile")


def test_words_that_recur_are_kept_once(result):
    long = pd.concat([result.table] * 50, ignore_index=True)
    content = as_json(replace(result, table=long))
    column = next(one["values"] for one in content["columns"] if one["name"] == "state")
    assert column["levels"] == ["Peru", "Zaïre", "Chad"] and column["codes"][:6] == [0, 1, 0, 0, -1, 2]
    assert from_json(content).table["state"].tolist()[:3] == ["Peru", "Zaïre", "Peru"]


def test_a_table_without_rows_comes_back(record):
    keep(Result("empty", pd.DataFrame({"a": [], "b": []}), {}, REAL))
    assert recorded("empty").table.shape == (0, 2)


def test_a_new_result_takes_the_place_of_the_old_one(record, result):
    keep(result)
    assert recorded(result.name).facts["n"] == 6
    keep(replace(result, facts={"n": 7}))
    assert recorded(result.name).facts == {"n": 7}


# ---------------------------------------------------------------------------------------------------------- refused
@pytest.mark.parametrize("name", [
    "", "/", "a//b", "../up", "a/../../b", "/etc/passwd", "a.json", "a b", "a\\b", "-", "a/", "a\n",
])  # fmt: skip
def test_a_name_that_could_lead_elsewhere_is_refused(record, name):
    for ask in (store.path_of, recorded, is_recorded, lambda name: keep(Result(name, pd.DataFrame(), {}, REAL))):
        with pytest.raises(HralignError, match="cannot name a result"):
            ask(name)
    assert list(record.iterdir()) == []


def test_an_unknown_result_is_answered_with_its_neighbours(record, result):
    keep(result)
    with pytest.raises(HralignError, match=r"no result 'table9/chile'\. It has table9/peru\. .*make record"):
        recorded("table9/chile")
    with pytest.raises(HralignError, match=r"no result 'other'\. Check the name"):
        recorded("other")


@pytest.mark.parametrize("part", [0, 0.25, 0.5, 0.9])
def test_half_a_file_is_named(record, result, part):
    path = keep(result)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(part * len(whole))])
    with pytest.raises(HralignError, match=r"peru\.json is no whole record of a result .*make record"):
        recorded(result.name)


def test_a_file_cut_within_a_letter_is_named(record, result):
    path = keep(result)
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index("ï".encode()) + 1])
    with pytest.raises(HralignError, match="no whole record"):
        recorded(result.name)


@pytest.mark.parametrize("spoil", [
    lambda content: [], lambda content: "words", lambda content: content.pop("origin") and content,
    lambda content: content.pop("columns") and content, lambda content: content | {"columns": [{"name": "a"}]},
    lambda content: content | {"columns": [{"name": "a", "values": [1]}, {"name": "b", "values": [1, 2]}]},
    lambda content: content | {"columns": [{"name": "a", "values": {"levels": ["x"], "codes": [4]}}]},
    lambda content: content | {"columns": [{"name": "a", "values": {"codes": [4]}}]},
])  # fmt: skip
def test_a_file_that_holds_something_else_is_named(record, result, spoil):
    path = keep(result)
    path.write_text(json.dumps(spoil(json.loads(path.read_text("utf-8")))), "utf-8")
    with pytest.raises(HralignError, match="no whole record"):
        recorded(result.name)


@pytest.mark.parametrize(("change", "says"), [
    ({"format": 0}, "in format 0 under"), ({"name": "table9/chile"}, "holds the result 'table9/chile'"),
    ({"origin": REAL | {"coding": "literal"}}, "under the coding 'literal', not"),
])  # fmt: skip
def test_a_file_of_another_version_is_never_mixed_in(record, result, change, says):
    path = keep(result)
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), "utf-8")
    with pytest.raises(HralignError, match=f"{says}.*another version.*make record"):
        recorded(result.name)


# ------------------------------------------------------------------------------------------------------- difference
def cell(row, column, value):
    def change(result):
        table = result.table.astype(object)
        table.loc[row, column] = value
        return replace(result, table=table)

    return change


@pytest.mark.parametrize(("change", "says"), [
    (lambda r: r, ""),
    (lambda r: replace(r, origin=r.origin | {"page": "08", "versions": {}}), ""),
    (cell(0, "score", 0.1 * (1 + 1e-8)), ""),
    (cell(4, "score", 3e-12), ""),
    (cell(0, "score", 0.1 * (1 + 1e-5)), "score of Peru is 0.100001, recorded as 0.1"),
    (cell(2, "score", 1.0), "score of Peru is 1.0, recorded as nan"),
    (cell(0, "score", np.nan), "score of Peru is nan, recorded as 0.1"),
    (cell(5, "word", "g"), "word of Chad is g, recorded as f"),
    (cell(5, "word", 1.0), "word of Chad is 1.0, recorded as f"),
    (cell(2, "word", "c"), "word of Peru is c, recorded as"),
    (cell(5, "over", True), "over of Chad is True, recorded as False"),
    (lambda r: replace(r, facts=r.facts | {"n": 7}), "n is 7, recorded as 6"),
    (lambda r: replace(r, facts=r.facts | {"of": "some"}), "of is some, recorded as all"),
    (lambda r: replace(r, facts=r.facts | {"nothing": 1}), "nothing is 1, recorded as None"),
    (lambda r: replace(r, facts={"n": 6}), "its facts are n, those of the recorded one n, mean, nothing, of"),
    (lambda r: replace(r, table=r.table.head(2)), "it has 2 rows, the recorded one 6"),
    (lambda r: replace(r, table=r.table[["year", "state"]]), "it has the columns year, state, the recorded one state,"),
    (lambda r: replace(r, origin=REAL | {"data": "x"}),
     "it was computed from the real data (x), the recorded one from"),
    (lambda r: replace(r, origin={"source": "simulated", "world": "null", "seed": 3}),
     "it was computed from the simulated world null, seed 3"),
])  # fmt: skip
def test_a_difference_is_said_in_words(record, result, change, says):
    keep(result)
    said = difference(change(result), recorded(result.name))
    assert said == "" if not says else said.startswith(says)


def test_a_result_says_what_it_was_computed_from(world):
    origin = origin_of(world)
    assert origin == {"source": "simulated", "world": "intrinsic", "seed": 1, "coding": store.CODING}
    real = replace(world, kind="real", provenance={"a.csv": "00ff", "b.csv": "11"}, truth=None)
    moved = replace(real, provenance={"b.csv": "11", "a.csv": "00ff"})
    changed = replace(real, provenance={"a.csv": "00ff", "b.csv": "12"})
    assert origin_of(real) == origin_of(moved) != origin_of(changed)
    assert set(origin_of(real)) == {"source", "data", "coding"}


def test_the_shipped_record_can_be_read_whole():
    for name in names():
        result = recorded(name)
        assert result.name == name and (len(result.table) or result.facts)
        assert result.table.iloc[:, :1].notna().all(axis=None)
