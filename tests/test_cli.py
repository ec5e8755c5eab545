"""The command line as people meet it: output, exit status, one line per error, nothing half-written."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from hralign.cli import main
from hralign.record import replicate as replication
from hralign.record import store
from hralign.study.specification import TERMS


@pytest.fixture
def no_data(tmp_path, monkeypatch):
    monkeypatch.setenv("HRALIGN_DATA", str(tmp_path / "nothing"))
    monkeypatch.delenv("HRALIGN_SOURCE", raising=False)


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "hralign", *arguments],
        capture_output=True, text=True, env=os.environ | environment, check=False,
    )  # fmt: skip


def test_replicate_writes_the_json_of_the_design(tmp_path, no_data, capsys):
    out = tmp_path / "out.json"
    assert main(["replicate", "--source", "simulated", "--json", str(out), "--quiet"]) == 0
    results = json.loads(out.read_text())
    assert results["source"] == "simulated" and tuple(results["models"]) == replication.MODELS
    for name, model in results["models"].items():
        assert {"nobs", "groups", "llf", "aic", "bic", "cov_re", "scale"} <= set(model)
        assert list(model["coef"]) == list(model["se"])
        if name.split("/")[0] in ("table2", "table3"):
            assert tuple(model["coef"]) == TERMS
        if not name.startswith("greenhill"):
            assert len(model["cov_re"]) == len(model["cov_re"][0]) == 2
    assert set(results["curves"]) == set(replication.CURVES)
    assert tuple(results["clock"]) == replication.CLOCK
    assert all(list(rule) == ["estimate", "model_se", "state_se"] for rule in results["clock"].values())
    by_table2 = results["models"]["table2/lag"]
    assert results["clock"]["table2"]["estimate"] == pytest.approx(by_table2["coef"]["duration"])
    assert results["models"]["literal/table2/lag"]["coef"]["duration"] != by_table2["coef"]["duration"]
    printed = capsys.readouterr().out
    assert "Published" in printed and "Reconstruction" in printed and "This run" in printed
    assert os.listdir(tmp_path) == ["out.json"]


def test_real_data_that_are_not_there_give_one_line_and_no_traceback(tmp_path):
    done = run("replicate", "--source", "real", "--json", str(tmp_path / "o.json"), HRALIGN_DATA=str(tmp_path / "none"))
    assert done.returncode == 2 and done.stdout == "" and "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1 and "hralign fetch" in done.stderr
    assert not (tmp_path / "o.json").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["replicate", "--source", "simulated", "--models", "table9/lag"], "no model 'table9/lag'"),
        (["replicate", "--source", "simulated", "--world", "utopia"], "utopia"),
        (["replicate", "--source", "simulated", "--record"], "--source real"),
        (["replicate", "--source", "simulated", "--json", "/no/such/folder/x.json", "--quiet"], "cannot be written"),
        (["study", "dreams", "--source", "simulated", "--out", "x.json"], "no study 'dreams'"),
        (["study", "placebo", "--source", "simulated", "--record"], "--source real and without --n"),
        (["study", "placebo", "--source", "simulated"], "Say where the result goes"),
        (["study", "placebo", "--source", "simulated", "--out", "/no/such/folder/x.json"], "cannot be written"),
    ],
)
def test_bad_requests(no_data, capsys, arguments, says):
    before = {path: path.read_bytes() for path in store.RESULTS.rglob("*.json")}
    assert main(arguments) == 2
    message = capsys.readouterr().err
    assert says in message and message.startswith("hralign: ") and message.count("\n") == 1
    assert {path: path.read_bytes() for path in store.RESULTS.rglob("*.json")} == before


def test_a_file_that_cannot_be_written_is_found_out_before_anything_is_fitted(no_data, tmp_path, monkeypatch, capsys):
    def fitted(*args, **kwargs):
        raise AssertionError("models were fitted for a file that cannot be written")

    monkeypatch.setattr(replication, "fit_model", fitted)
    for path in (tmp_path / "none/out.json", tmp_path):
        assert main(["replicate", "--source", "simulated", "--json", str(path), "--quiet"]) == 2
        assert str(path) in capsys.readouterr().err
    assert os.listdir(tmp_path) == []


def test_a_study_is_written_where_it_is_asked_for(tmp_path, no_data, capsys):
    out = tmp_path / "placebo.json"
    assert main(["study", "placebo", "--source", "simulated", "--n", "2", "--out", str(out), "--quiet"]) == 0
    assert capsys.readouterr().out.startswith("placebo: ") and os.listdir(tmp_path) == ["placebo.json"]
    assert store.from_json(json.loads(out.read_text())).table["draw"].nunique() == 2


def test_info_lists_every_file_and_the_fingerprint_names_the_source(no_data, capsys):
    assert main(["info"]) == 0
    listing = capsys.readouterr().out
    assert "source: simulated" in listing and listing.count("is missing") == 14
    assert main(["info", "--fingerprint"]) == 0
    assert capsys.readouterr().out.split()[0] == "simulated"


def test_an_unknown_source_in_the_environment_is_said(no_data, monkeypatch, capsys):
    monkeypatch.setenv("HRALIGN_SOURCE", "dreams")
    assert main(["info"]) == 2
    assert "no source 'dreams'" in capsys.readouterr().err


def test_simulate_writes_the_tables_and_never_into_a_full_folder(tmp_path, no_data, capsys):
    folder = tmp_path / "world"
    assert main(["simulate", "--out", str(folder), "--seed", "5"]) == 0
    assert {path.stem for path in folder.iterdir()} == {
        "states", "igos", "memberships", "igo_years", "scores", "state_years",
    }  # fmt: skip
    assert main(["simulate", "--out", str(folder)]) == 2
    assert "not empty" in capsys.readouterr().err


@pytest.mark.real
def test_info_on_real_data(real_src, capsys, monkeypatch):
    monkeypatch.delenv("HRALIGN_SOURCE", raising=False)
    assert main(["info", "--fingerprint"]) == 0
    assert capsys.readouterr().out.split()[0] == "real"
