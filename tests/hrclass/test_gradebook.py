"""The rules of a course: deadlines, late days, best of, excused, groups; and files of rules that need mending."""

from __future__ import annotations

import datetime as dt

import graded
import pandas as pd
import pytest

import hralign as hr
from hrclass.cli import main
from hrclass.gradebook import as_sheet, in_all, make_gradebook, read_results, read_times
from hrclass.rules import Rules, read_rules

RULES = """
best = 1
zone = "Europe/Berlin"
[deadlines]
7 = 2026-11-02 23:59:00
[late]
grace_hours = 2
per_day = 0.1
at_most = 0.25
[more_time]
carla = 48
[excused]
eva = "all"
[groups]
red = ["anna", "finn"]
"""


def rules(folder, text=RULES):
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return read_rules(path, graded.STUDENTS)


def book(found, of=None, times=None):
    table = make_gradebook({"notebooks": found}, graded.STUDENTS, of or Rules(), times)
    return table.set_index(["student", "chapter"])


@pytest.mark.parametrize(
    ("days", "taken"), [(-1, 0), (0, 0), (1.9 / 24, 0), (2.1 / 24, 0.1), (1, 0.1), (1.01, 0.2), (2.5, 0.25), (90, 0.25)]
)
def test_each_day_begun_since_the_deadline_costs_its_share(days, taken, tmp_path):
    row = book([graded.record("bob", days=days)], rules(tmp_path)).loc["bob", 7]
    assert row["taken"] == taken and row["points"] == round(19.4 * (1 - taken), 2) and row["earned"] == 19.4
    assert ("late" in row["note"]) == (taken > 0)


def test_more_time_moves_the_deadline_of_one_student(tmp_path):
    table = book([graded.record("bob", days=1.5), graded.record("carla", days=1.5)], rules(tmp_path))
    assert (table.loc["bob", 7]["late_days"], table.loc["carla", 7]["late_days"]) == (2, 0)


def test_times_of_the_platform_go_before_those_of_the_files(tmp_path):
    course, path = rules(tmp_path), tmp_path / "times.csv"
    path.write_text("student;chapter;handed_in\nbob;7;2026-11-04 12:00\n", encoding="utf-8")
    times = read_times(path, course, graded.STUDENTS)
    assert times["bob", 7] == dt.datetime.fromisoformat("2026-11-04T11:00+00:00")
    assert book([graded.record("bob")], course, times).loc["bob", 7]["late_days"] == 2
    for text, said in (
        ("student;chapter;handed_in\nbob;7;yesterday\n", "line 2: 'yesterday' is no time"),
        ("student;chapter;handed_in\nzoe;7;2026-11-04 12:00\n", "line 2: 'zoe' is not on the roster"),
        ("student;chapter\nbob;7\n", "lacks the columns handed_in"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(hr.HralignError, match=said):
            read_times(path, course, graded.STUDENTS)
    path.write_text("student;chapter;handed_in\nbob;7;2026-11-04 12:00\n", encoding="utf-8")
    with pytest.raises(hr.HralignError, match="has no zone"):
        read_times(path, Rules(), graded.STUDENTS)


def test_nobody_is_late_by_the_time_of_a_zip_with_the_whole_class_in_it(tmp_path, capsys):
    late = [graded.record(one, days=3, file=f"all.ZIP/{one}.ipynb") for one in ("anna", "bob")]
    own = graded.record("carla", days=3, file="carla.zip/carla.ipynb")
    grades, roster = graded.write(tmp_path, *late, own)
    (tmp_path / "rules.toml").write_text(RULES, encoding="utf-8")
    times, out = tmp_path / "times.csv", tmp_path / "book.csv"
    command = ["gradebook", str(grades), "--roster", str(roster), "--rules", str(tmp_path / "rules.toml"), "--out",
               str(out)]  # fmt: skip
    assert main(command) == 2 and not out.exists()
    assert "anna, bob would be late by the time of a zip" in capsys.readouterr().err
    times.write_text("student,chapter,handed_in\nanna,7,2026-11-02\nbob,7,2026-11-03 12:00\n", encoding="utf-8")
    assert main([*command, "--times", str(times)]) == 0
    notes = pd.read_csv(out, encoding="utf-8-sig", keep_default_na=False).set_index("student")["notes"]
    assert "late" not in notes["anna"] and "1 day late" in notes["bob"] and "1 day late" in notes["carla"]


def test_the_best_chapters_count_and_excused_ones_never_do():
    found = [graded.record("anna", 7, points=(10, 5)), graded.record("anna", 8), graded.record("bob", 8)]
    table = book(found, Rules(best=1, excused={"bob": [7], "carla": "all"}))
    assert table["counts"].to_dict() == {
        (one, chapter): one != "carla" and (chapter == 8 if one in ("anna", "bob") else chapter == 7)
        for one in graded.STUDENTS for chapter in (7, 8)
    }  # fmt: skip
    assert "the best 1 do" in table.loc["anna", 7]["note"]
    total = in_all(table.reset_index()).set_index("student")
    assert total.loc["anna", ["points", "out_of", "state"]].tolist() == [19.4, 20, "graded"]
    assert total.loc["carla", "state"] == "excused" and total.loc["dario", "state"] == "nothing handed in"


def test_who_handed_in_nothing_has_what_the_group_has(tmp_path):
    own = book([graded.record("anna"), graded.nothing("finn"), graded.record("bob")], rules(tmp_path))
    assert own.loc["finn", 7]["points"] == 19.4 and "group red, from the notebook of anna" in own.loc["finn", 7]["note"]
    both = book([graded.record("anna"), graded.record("finn", mark=0.0)], rules(tmp_path))
    assert both.loc["finn", 7]["points"] == 16.4, "their own notebook goes first"


def test_what_is_undecided_stays_open():
    several = [graded.record("anna", counts=False, file=name) for name in ("a.ipynb", "b.ipynb")]
    unread = {"student": "carla", "chapter": None, "file": "carla.pdf", "status": "not graded", "counts": False,
              "reason": "it is not a notebook", "comments": [], "flags": []}  # fmt: skip
    table = book([*several, unread, graded.record("bob")])
    assert table["state"].tolist() == ["open", "graded", "open", *["nothing handed in"] * 3]
    assert "it is not a notebook" in table.loc["carla", 7]["why"]
    assert in_all(table.reset_index()).set_index("student").loc["anna", "state"] == "open"


def test_the_sheet_says_what_the_rules_did(tmp_path, capsys):
    grades, roster = graded.write(tmp_path, *graded.everybody()[:5], graded.nothing("finn"))
    (tmp_path / "rules.toml").write_text(RULES.replace('"finn"', '"dario"'), encoding="utf-8")
    out = tmp_path / "book.csv"
    command = ["gradebook", str(grades), "--roster", str(roster), "--rules", str(tmp_path / "rules.toml"),
               "--out", str(out)]  # fmt: skip
    assert main(command) == 0
    assert "Without --times" in capsys.readouterr().out
    sheet = pd.read_csv(out, dtype=str, keep_default_na=False, encoding="utf-8-sig").set_index("student")
    assert list(sheet) == ["name", "email", "chapter 7", "total", "out_of", "waiting", "percent", "notes"]
    assert sheet.loc["anna", ["chapter 7", "percent"]].tolist() == ["20.0", "100.0"]
    assert sheet.loc["eva", ["chapter 7", "total", "notes"]].tolist() == ["excused", "0.0", "chapter 7: excused"]
    assert sheet.loc["finn", ["total", "notes"]].tolist() == ["0.0", "chapter 7: nothing handed in"]
    before = out.read_bytes()
    assert main(command) == 2 and out.read_bytes() == before


def test_a_class_without_grades_is_told_what_to_do(tmp_path):
    with pytest.raises(hr.HralignError, match="run hrclass grade"):
        read_results(tmp_path)
    table = make_gradebook({"notebooks": []}, graded.STUDENTS, Rules())
    assert table.empty


def test_columns_of_the_roster_do_not_come_in_the_way():
    roster = pd.DataFrame({"student": graded.STUDENTS, "total": "mine", "points": "own", "chapter 7": "x"})
    sheet = as_sheet(book([graded.record("bob")]).reset_index(), roster).set_index("student")
    assert sheet.loc["bob", ["points", "chapter 7", "total"]].tolist() == ["own", 19.4, 19.4]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[deadlines]\n7 = 2026-11-02 23:59:00\n", "chapter 7 has no zone"),
        ('zone = "Mars/Olympus"\n', "no zone 'Mars/Olympus'"),
        ("[deadlines]\n4 = 2026-11-02 23:59:00Z\n", "chapter 4 has no assignment"),
        ("[deadlines]\n7 = 'tomorrow'\n", "deadlines.7"),
        ("[tardy]\nper_day = 0.1\n", "tardy"),
        ("[late]\nper_day = 10\n", "late.per_day"),
        ("best = 0\n", "best"),
        ("[excused]\nzoe = 'all'\n", "'zoe' is not on the roster"),
        ("[excused]\nanna = ['seven']\n", "excused"),
        ("[groups]\na = ['anna', 'bob']\nb = ['bob']\n", "'bob' is in two groups"),
        ("best 4\n", "cannot be read"),
    ],
)
def test_rules_that_need_mending_are_refused_in_a_sentence(text, said, tmp_path):
    with pytest.raises(hr.HralignError, match="rules") as error:
        rules(tmp_path, text)
    assert said in str(error.value)
