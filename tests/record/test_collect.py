"""The record is filled from chapters that ran on the real data, whole or not at all."""

from __future__ import annotations

import json

import pytest

from executed import MADE, REAL, chapter, result, write
from hralign.cli import main
from hralign.errors import HralignError
from hralign.record import store
from hralign.record.collect import collect


def content(record):
    return {path.relative_to(record).as_posix(): path.read_bytes() for path in record.rglob("*.json")}


def test_what_chapters_show_is_kept_with_its_page(record, tmp_path):
    folder = write(tmp_path / "run", c07=chapter(result("seven/a"), result("seven/b")), c08=chapter(result("eight")))
    assert collect(folder).splitlines() == ["seven/a: new", "seven/b: new", "eight: new"]
    assert store.names() == ["eight", "seven/a", "seven/b"]
    kept = store.recorded("seven/a")
    assert kept.origin["page"] == "07-chapter" and kept.facts == {"n": 9} and kept.origin["versions"]
    assert list(kept.table) == ["term", "coef", "band"], "in the order of the result, whatever nbformat sorts"
    before = content(record)
    assert collect(folder) == "Nothing has changed in the record." and content(record) == before


def test_a_chapter_about_a_simulated_world_is_kept_with_world_and_seed(record, tmp_path):
    collect(write(tmp_path / "run", c16=chapter(result("sixteen", origin=MADE))))
    assert MADE.items() <= store.recorded("sixteen").origin.items()


def test_what_has_changed_is_told_and_what_has_moved(record, tmp_path):
    collect(write(tmp_path / "run", c07=chapter(result("a"), result("b")), c08=chapter()))
    folder = write(tmp_path / "run", c07=chapter(result("a", 1.5)), c08=chapter(result("b")))
    assert collect(folder).splitlines() == ["a: coef of year is 1.5, recorded as 1.0", "b: on another page"]
    assert store.recorded("a").table["coef"].tolist() == [1.5, 2.0]
    assert store.recorded("b").origin["page"] == "08-chapter"


def test_what_a_page_shows_no_more_is_dropped(record, tmp_path):
    collect(write(tmp_path / "run", c07=chapter(result("a"), result("b")), c08=chapter(result("c"))))
    store.keep(result("study/placebo"))  # of no page
    folder = write(tmp_path / "part", c07=chapter(result("a")))  # 08 is not among them and keeps what it has
    assert collect(folder) == "b: dropped, 07-chapter shows it no more"
    assert store.names() == ["a", "c", "study/placebo"]


def test_what_replicate_keeps_is_left_to_it(record, tmp_path):
    store.keep(result("table2/lag", 1.0))
    folder = write(tmp_path / "run", c07=chapter(result("table2/lag", 2.0)))
    assert collect(folder) == "Nothing has changed in the record."
    assert store.recorded("table2/lag").table["coef"].iloc[0] == 1.0


@pytest.mark.parametrize("damage", [
    lambda text: text[: len(text) // 2], lambda text: text.replace('"format": 1', '"format": 0'),
])  # fmt: skip
def test_what_is_damaged_or_of_another_version_is_made_anew(record, tmp_path, damage):
    folder = write(tmp_path / "run", c07=chapter(result("a"), result("b")))
    collect(folder)
    path = store.path_of("a")
    path.write_text(damage(path.read_text("utf-8")), "utf-8")
    store.recorded.cache_clear()
    assert collect(folder) == "a: new" and store.recorded("a").origin["page"] == "07-chapter"


@pytest.mark.parametrize(("chapters", "says"), [
    ({"c07": chapter(result("a")), "c08": chapter(result("a"))},
     "Two results are 'a', in 07-chapter and in 08-chapter"),
    ({"c07": chapter(result("a"), result("a"))}, "Two results are 'a', in 07-chapter and in 07-chapter"),
    ({"c07": chapter(result("a")), "c08": chapter(result("b"), data="simulated")},
     "08-chapter.ipynb ran on simulated data"),
    ({"c07": chapter(result("a")), "c08": chapter(data=None)}, "08-chapter.ipynb was not executed, or shows no banner"),
    ({}, "holds no notebooks"),
])  # fmt: skip
def test_what_cannot_be_kept_is_refused_and_nothing_is_written(record, tmp_path, capsys, chapters, says):
    store.keep(result("old"), page="07-chapter")
    before = content(record)
    folder = write(tmp_path / "run", **chapters)
    with pytest.raises(HralignError, match=says):
        collect(folder)
    assert main(["record", str(folder)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("hralign: ") and said.count("\n") == 1
    assert content(record) == before


def test_the_command_says_what_has_changed(record, tmp_path, capsys):
    folder = write(tmp_path / "run", c07=chapter(result("a")))
    assert main(["record", str(folder)]) == 0
    assert capsys.readouterr().out == "a: new\n"
    kept = json.loads(store.path_of("a").read_text("utf-8"))
    assert REAL.items() <= kept["origin"].items()
