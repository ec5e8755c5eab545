"""Files are written whole or not at all, and that they can be is found out before anything long begins."""

from __future__ import annotations

import json

import pytest

from hralign.errors import HralignError
from hralign.record import files
from hralign.record.files import check_writable, write_json


def test_what_is_written_can_be_read_and_nothing_lies_beside_it(tmp_path):
    path = tmp_path / "a.json"
    check_writable(path)
    assert list(tmp_path.iterdir()) == []
    write_json({"state": "Zaïre", "n": 1}, path)
    write_json({"state": "Zaïre", "n": 2}, path, indent=None)
    assert json.loads(path.read_text("utf-8")) == {"state": "Zaïre", "n": 2} and "Zaïre" in path.read_text("utf-8")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("where", "says"), [
    (".", "is a folder. Name a file in it"), ("no/such/a.json", "cannot be written .No such file or directory"),
    ("file/a.json", "cannot be written .Not a directory"), ("x" * 300, "cannot be written .File name too long"),
])  # fmt: skip
def test_where_no_file_can_be_is_said(tmp_path, where, says):
    (tmp_path / "file").write_text("kept")
    with pytest.raises(HralignError, match=says):
        check_writable(tmp_path / where)
    if where != ".":
        with pytest.raises(HralignError, match=says):
            write_json({}, tmp_path / where)
    assert [path.name for path in tmp_path.iterdir()] == ["file"] and (tmp_path / "file").read_text() == "kept"


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    write_json({"n": 1}, path)

    def full(self, *arguments, **options):
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(path), "write_text", full)
    with pytest.raises(HralignError, match="cannot be written .No space left on device"):
        write_json({"n": 2}, path)
    assert json.loads(path.read_text()) == {"n": 1} and list(tmp_path.iterdir()) == [path]


def test_what_is_no_json_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.json"
    write_json({"n": 1}, path)
    with pytest.raises(TypeError):
        write_json({"n": files}, path)
    assert json.loads(path.read_text()) == {"n": 1} and list(tmp_path.iterdir()) == [path]
