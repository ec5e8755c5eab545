"""Python for the browser is made when it is out of date, and a site goes without it where it cannot be made."""

from __future__ import annotations

from pathlib import Path

import pytest
import steps


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Steps that write what they are made from; a file `broken` makes the second one fail."""
    monkeypatch.chdir(tmp_path)
    Path("one").write_text("1")
    log = []

    def command(name):
        return ("sh", "-c", f"test ! -e broken && mkdir -p {name} || {{ echo some words; echo no way there; false; }}")

    def listed(_python):
        return [steps.Step(Path("first"), ("one",), command("first"), "making the first"),
                steps.Step(Path("second"), ("one", "two"), command("second"), "making the second")]  # fmt: skip

    monkeypatch.setattr(steps, "steps", listed)
    return log


def state():
    return Path("state").read_text()


def test_what_is_up_to_date_is_not_made_again(made, capsys):
    steps.main("python", "", "state")
    assert capsys.readouterr().out == "making the first\nmaking the second\n" and state().startswith("yes ")
    before, written = state(), Path("state").stat().st_mtime_ns
    steps.main("python", "", "state")
    assert capsys.readouterr().out == "" and Path("state").stat().st_mtime_ns == written
    Path("one").write_text("2")
    steps.main("python", "", "state")
    assert capsys.readouterr().out.startswith("making the first") and state() != before


def test_a_failure_is_one_line_and_is_not_repeated_the_same_day(made, capsys):
    Path("broken").touch()
    steps.main("python", "", "state")
    assert capsys.readouterr().out == "making the first\nthe site goes without Python for the browser: no way there\n"
    assert state() == "no"
    Path("broken").unlink()
    steps.main("python", "", "state")
    assert "tried for again tomorrow" in capsys.readouterr().out and state() == "no"
    steps.main("python", "yes", "state")
    assert state().startswith("yes ")


def test_left_out_nothing_is_made(made, capsys):
    steps.main("python", "no", "state")
    assert capsys.readouterr().out == "" and state() == "no" and not Path("first").exists()
