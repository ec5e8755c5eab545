"""Whoever follows the page on grading meets no surprise: its commands are run as they stand there."""

from __future__ import annotations

import re
import shlex
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import solver

from hrclass.cli import _parser, main
from hrclass.marks import CREDIT
from hrclass.report import MARKS, SEVERAL

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "book" / "grading.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```console\n(.*?)```", GUIDE, re.S) for line in block.splitlines()]


def test_every_option_that_the_guide_names_exists(capsys):
    for command in ("assign", "grade", "secret", "key", "roster", "gradebook", "export", "feedback", "statistics"):
        with pytest.raises(SystemExit):
            _parser().parse_args([command, "--help"])
    known = capsys.readouterr().out
    assert set(re.findall(r"`(--[\w-]+)", GUIDE)) <= set(re.findall(r"--[\w-]+", known))
    assert all(f"--several {word}" in GUIDE for word in SEVERAL if word != "ask")
    own = {"mark", "comment", "count"}
    assert own <= set(MARKS) and all(f"`{column}`" in GUIDE for column in own)


def test_the_credits_of_the_guide_are_those_of_the_grader():
    words = {"nine tenths": 0.9, "four fifths": 0.8, "three fifths": 0.6, "half": 0.5, "all": 1.0}
    rows = re.findall(
        r"^\* - (.*)\n  - (.*)$", GUIDE[GUIDE.index("### What an answer earns") :].split("```\n")[0], re.M
    )
    told = {what: words[credit] for what, credit in rows if credit in words}
    said_of = {
        "carried": "earlier, wrong number", "near": "a bootstrap", "rounded": "rounded too early", "sign": "wrong sign",
        "swapped": "swapped", "timing": "another timing", "coarse": "little is left", "unfounded": "the right word",
        "percent": "percentage", "text": "quotation marks", "reused": "overwritten", "variance": "a variance",
    }  # fmt: skip
    for slip, said in said_of.items():
        assert [credit for what, credit in told.items() if said in what] == [CREDIT[slip]], slip


def test_files_that_its_commands_name_are_there():
    assert (ROOT / "requirements-grading.txt").is_file() and "-r requirements-grading.txt" in COMMANDS[0]
    assert (ROOT / re.search(r"-f (\S+Containerfile)", GUIDE)[1]).is_file()


@pytest.mark.slow
def test_from_the_roster_to_the_grades_as_the_guide_has_it(sandbox, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HRALIGN_COURSE_SECRET", raising=False)
    Path("export.csv").write_text("Name;E-mail\nAnna A;anna@u.example\nBob B;bob@u.example\nCarla C;carla@u.example\n")
    asked = [shlex.split(line.replace(" ID ", " anna "))[2:] for line in COMMANDS if line.startswith("$ hrclass ")]
    order = ["secret", "roster", "assign", "key", "grade", "gradebook", *["export"] * 3, "feedback", "statistics"]
    assert [words[0] for words in asked] == order
    monkeypatch.setattr("builtins.input", lambda question: "y")
    for words in asked[:4]:
        assert main(words) == 0, words
    assert Path("class.csv").read_text(encoding="utf-8-sig").splitlines()[1] == "anna,anna@u.example,Anna A"
    key = pd.read_csv("key.csv", encoding="utf-8-sig").set_index("answer")
    assert set(key["student"]) == {"anna"} and key.loc["slope", "unit"] == "points a year"
    assert key.loc["defence", "right"].startswith("3.6: ")
    assert main(asked[3]) == 2, "never written over"
    notebook = Path("assignments/chapter-07-anna/chapter-07-anna.ipynb")
    solver.hand_in(notebook, solver.answers(7, notebook), notebook)
    shutil.make_archive("anna", "zip", notebook.parent)
    Path("submissions").mkdir()
    shutil.move("anna.zip", "submissions/Anna A (2).zip")
    assert main(asked[4]) == 0
    said = capsys.readouterr().out
    assert "Isolation: " in said and "1 graded, 2 not" in said and "1 written answers wait for your marks" in said
    marks = pd.read_csv("grades/marks.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    marks.loc[0, ["mark", "comment"]] = ["3", "Well argued."]
    marks.to_csv("grades/marks.csv", index=False)
    assert main(asked[4]) == 0
    grades = pd.read_csv("grades/grades.csv", keep_default_na=False, encoding="utf-8-sig").set_index("student")
    assert (float(grades.loc["anna", "total"]), float(grades.loc["anna", "waiting"])) == (19.4, 0)
    assert "Well argued." in grades.loc["anna", "comment"] and grades.loc["bob", "status"] == "nothing handed in"
    made = {path.name for path in Path("grades").iterdir()}
    assert (
        made
        == {"grades.csv", "marks.csv", "results.json", "journal.jsonl"}
        == set(re.findall(r"^\* - `(\w+\.\w+)`", GUIDE, re.M))
    )
    from_grades_to_the_platform(asked[5:], capsys)


def from_grades_to_the_platform(asked, capsys):
    """The rest of the page, on these grades: anna has hers, carla those of her group, bob none."""
    rules = re.search(r"```toml\n(.*?)```", GUIDE, re.S)[1]
    Path("rules.toml").write_text(rules.replace("2026-11-02", "2099-11-02"), encoding="utf-8")
    Path("canvas.csv").write_text(
        "Student,ID,SIS Login ID,Section,Chapter 7 (9)\n    Points Possible,,,,20\n"
        '"A, Anna",1,anna@u.example,S,\n"B, Bob",2,bob@u.example,S,\n"C, Carla",3,carla@u.example,S,\n'
    )
    Path("moodle.csv").write_text(
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade\n"
        "Participant 7,Anna A,anna@u.example,,,20.00\nParticipant 8,Bob B,bob@u.example,,,20.00\n"
        "Participant 9,Carla C,carla@u.example,,,20.00\n"
    )
    gradebook, canvas, moodle, gradescope, feedback, statistics = asked
    assert main(gradebook) == 0
    book = pd.read_csv("gradebook.csv", encoding="utf-8-sig").set_index("student")
    assert book["total"].to_dict() == {"anna": 19.4, "bob": 0, "carla": 19.4}
    for words, more in ((canvas, ["--zero"]), (moodle, ["--zero"]), (gradescope, ["--leave", "bob"])):
        assert main(words) == 2 and not Path(words[-1]).exists()
        assert "bob" in capsys.readouterr().err
        assert main([*words, *more]) == 0
    assert Path("canvas-filled.csv").read_text().count(",19.4\n") == 2
    assert Path("moodle-filled.csv").read_text().count(",19.4,20.00\n") == 2
    assert {path.name for path in Path("gradescope").iterdir()} == {"anna", "carla"}
    assert main(feedback) == 0
    with zipfile.ZipFile("feedback-07.zip") as archive:
        assert "Anna A (anna)/feedback-chapter-07.html" in archive.namelist()
        page = archive.read("Anna A (anna)/feedback-chapter-07.html").decode()
    assert "19.4 of 20 points" in page and "Well argued." in page and "Right." in page
    assert main(statistics) == 0
    assert {path.name for path in Path("statistics").iterdir()} >= {"statistics.html", "pairs.html"}
