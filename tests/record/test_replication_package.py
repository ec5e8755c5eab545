"""The replication package: read back, complete, valid as an RO-Crate, and refused where it cannot be written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from hralign.cli import main
from hralign.errors import HralignError
from hralign.record import store
from hralign.record.package import CRATE, CSV, README, read_claims, write_package
from hralign.record.reproduction import claims, counted, graded
from hralign.sources.registry import registry

ROOT = Path(__file__).parents[2]
CHECKER = Path(os.environ.get("CRATE_PYTHON") or ROOT / ".venv/crate/bin/python")
PATIENT = ("is not available", "`contentSize`", "organization SHOULD have a URL")
"""Recommended only: that the real data are there, and their sizes (it takes a network); an address of contributors."""


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report") / "package"
    write_package(folder, day="2026-11-25")
    return folder


def test_the_table_of_claims_reads_back(package):
    table = claims()
    back = read_claims(package / CSV)
    words = [column for column in table if column not in ("difference", "unit")]
    pd.testing.assert_frame_equal(back[words], table[words].fillna("").astype(back[words].dtypes))
    pd.testing.assert_frame_equal(back[["difference", "unit"]], table[["difference", "unit"]])
    assert counted(back).equals(counted(table)) and graded(back).equals(graded(table))


def test_the_readme_has_every_file_item_and_measured_step(package):
    text = (package / README).read_text("utf-8")
    for entry in registry():
        assert f"[`{entry.name}`]({entry.url})" in text and entry.licence in text
    for name, row in graded().iterrows():
        assert f"| {name}: {row['title']} | " in text and row["aea"] in text
    for row in store.recorded("requirements").table.itertuples():
        assert f"| {row.step} | `{row.command}` | {row.seconds:.0f} | {row.megabytes:,.0f} |" in text
    for word, number in counted(claims()).items():
        assert not number or f"- {word}: {number}\n" in text


def test_the_crate_lists_what_lies_there(package):
    graph = {one["@id"]: one for one in json.loads((package / CRATE).read_text("utf-8"))["@graph"]}
    parts = [part["@id"] for part in graph["./"]["hasPart"]]
    local = [part for part in parts if "://" not in part]
    assert all((package / part).exists() for part in local) and {CSV, README, "hralign/"} <= set(local)
    assert [part for part in parts if "://" in part] == [entry.url for entry in registry()]
    for part in local:
        if graph[part]["@type"] == "File":
            assert int(graph[part]["contentSize"]) == (package / part).stat().st_size
    assert not [path for path in package.rglob("*") if path.suffix in (".rda", ".parquet", ".pyc")]
    assert (package / "hralign/study/published.json").is_file()
    assert not (package / "hralign/record/results/study").exists()


def validate(folder):
    script = Path(__file__).with_name("validate_crate.py")
    bare = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | (
        {"PYTHONPATH": os.environ["CRATE_PATH"]} if "CRATE_PATH" in os.environ else {}
    )
    done = subprocess.run([CHECKER, script, folder], capture_output=True, text=True, env=bare, check=False)
    assert not done.stderr, done.stderr
    return [line for line in done.stdout.splitlines() if not any(word in line for word in PATIENT)]


@pytest.mark.skipif(not CHECKER.exists(), reason="roc-validator is not installed (make test installs it)")
def test_the_crate_is_valid_and_a_damaged_one_is_not(package, tmp_path):
    assert validate(package) == []
    damaged = shutil.copytree(package, tmp_path / "damaged")
    (damaged / CSV).unlink()
    content = json.loads((damaged / CRATE).read_text("utf-8"))
    del content["@graph"][1]["datePublished"]
    (damaged / CRATE).write_text(json.dumps(content), "utf-8")
    found = validate(damaged)
    assert any(line.startswith("REQUIRED") and CSV in line for line in found), found
    assert any(line.startswith("REQUIRED") and "datePublished" in line for line in found), found


def test_what_is_in_the_way_is_named_and_kept(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("x", "utf-8")
    assert main(["report", str(tmp_path)]) == 2
    assert f"{tmp_path} is not empty. Name a new folder." in capsys.readouterr().err
    with pytest.raises(HralignError, match="cannot be written"):
        write_package(tmp_path / "mine.txt" / "package")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_will_do_and_a_failure_leaves_nothing(tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    write_package(tmp_path / "empty")
    assert (tmp_path / "empty" / README).is_file()
    monkeypatch.setattr("hralign.record.package.crate", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_package(tmp_path / "other")
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]
