"""A class of twenty: assigned, solved, solved carelessly; graded in one go, again, and after a kill."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import nbformat
import numpy as np
import pandas as pd
import pytest
import solver
from course import Course, locked, no_sandbox

from hrclass import grading, identity
from hrclass.cli import main

pytestmark = pytest.mark.slow

CHAPTER = 7
STUDENTS = [f"s{k:03d}" for k in range(1, 21)]
SOLVERS, CARELESS, BLANK, ABSENT = STUDENTS[:3], STUDENTS[3:5], STUDENTS[5], STUDENTS[14:]
DELETED_CELLS, RENAMED, LINE_GONE, COPIED_FROM, COPIED_BY = STUDENTS[6:11]
VICTIM, OTHER_CODE, LATE = STUDENTS[11:14]
FULL = 16.4


def read(path):
    return pd.read_csv(path, keep_default_na=False, encoding="utf-8-sig", dtype=str)


@pytest.fixture(scope="module")
def course(shared):
    with locked(shared):
        course = Course(shared, STUDENTS)
        if not course.notebook(CHAPTER, STUDENTS[-1]).exists():
            assert course.assign(CHAPTER) == 0
    return course


def solved(course, student, target=None, **changed):
    """Hand in right answers, some cells (by number of the question) replaced."""
    notebook = course.notebook(CHAPTER, student)
    codes = solver.answers(CHAPTER, notebook)
    for question, code in changed.items():
        codes[int(question[1:]) - 1] = code
    return solver.hand_in(notebook, codes, course.submissions / (target or f"{student}.ipynb"))


def edit(path, change):
    book = nbformat.read(path, as_version=4)
    change(book)
    nbformat.write(book, path)


@pytest.fixture(scope="module")
def grades(course):
    """The report on everything below, by file."""
    report = course.grades / "grades.csv"
    with locked(course.folder):
        if not report.exists():
            hand_all_in(course)
            assert course.grade() == (0, report)
    return read(report).set_index("file", drop=False)


def hand_all_in(course):
    for student in SOLVERS:
        solved(course, student)
    for student in CARELESS:  # the sign is lost in the first question, and everything after it is right
        first, *_ = solver.answers(CHAPTER, course.notebook(CHAPTER, student))
        solved(course, student, q1=f"{first}\nslope = -slope")
    shutil.copy(course.notebook(CHAPTER, BLANK), course.submissions / f"{BLANK}.ipynb")
    edit(solved(course, DELETED_CELLS), lambda book: book.cells.__delitem__(slice(-6, None)))  # q5, q6, and the check
    solved(course, RENAMED, "inbox/final_FINAL (2).IPYNB")
    line_gone = solved(course, LINE_GONE, f"chapter-{CHAPTER:02d}-{LINE_GONE}.ipynb")
    edit(line_gone, lambda book: book.cells[1].update(source=book.cells[1].source.split("\n", 1)[1]))
    shutil.copy(solved(course, COPIED_FROM), course.submissions / f"{COPIED_BY}.ipynb")
    solved(course, VICTIM)
    shutil.copy(
        course.notebook(CHAPTER, VICTIM), course.submissions / "newer.ipynb"
    )  # blank, by somebody who means harm
    edit(solved(course, OTHER_CODE), lambda book: book.cells[1].update(
        source=book.cells[1].source.replace("world ", "world 0")))  # fmt: skip
    solved(course, LATE, f"{LATE}/first.ipynb", q1="slope = slope_se = None")
    os.utime(course.submissions / LATE / "first.ipynb", (1e9, 1e9))
    solved(course, LATE, f"{LATE}/second.ipynb")


def test_right_answers_have_full_marks(grades):
    rows = grades.loc[[f"{student}.ipynb" for student in SOLVERS]]
    assert rows["status"].eq("graded").all()
    assert (rows["points"].astype(float) == FULL).all()
    assert rows["comment"].eq("Everything is right.").all()
    assert rows["counts"].eq("yes").all()
    flags = "; ".join(rows["flag"])  # the same hand has solved them all
    assert not set(re.sub(r"\d+% of the unusual code is like that of s\d+|; ", "", flags))
    assert rows["isolation"].ne("").all()


def test_the_text_is_in_the_report_and_waits_for_the_teacher(grades, course):
    row = grades.loc[f"{SOLVERS[0]}.ipynb"]
    assert row["written"].startswith("I rest my case on these numbers.")
    assert (float(row["total"]), float(row["out_of"]), float(row["waiting"])) == (FULL, 20, 3.6)
    marks = read(course.grades / "marks.csv").set_index("student")
    assert marks.loc[SOLVERS[0], ["out_of", "mark", "comment"]].tolist() == ["3.6", "", ""]
    assert marks.loc[SOLVERS[0], "text"] == row["written"]


@pytest.mark.parametrize("student", CARELESS)
def test_careless_answers_have_the_marks_of_their_method(grades, student):
    row = grades.loc[f"{student}.ipynb"]
    assert float(row["q1"]) == 0.6 * 1.25 + 1.25
    assert "`slope` has the right size and the wrong sign" in row["comment"]
    for k in (2, 3, 4, 5):  # carried on: four fifths at least of what builds upon it, all of what does not
        possible = {2: 3.5, 3: 3.5, 4: 3.5, 5: 3}[k]
        assert 0.79 * possible <= float(row[f"q{k}"]) <= possible, row["comment"]
    assert "follows rightly from your earlier numbers" in row["comment"]


def test_blank_notebook_has_no_points_and_is_told_so(grades):
    row = grades.loc[f"{BLANK}.ipynb"]
    assert (row["status"], float(row["points"]), row["flag"]) == ("graded", 0, "")
    assert "`slope` has no value" in row["comment"] and "`defence` has no text" in row["comment"]


def test_deleted_cells_cost_their_points_only(grades):
    row = grades.loc[f"{DELETED_CELLS}.ipynb"]
    assert (float(row["points"]), float(row["q5"]), float(row["q6"])) == (13, 0, 0)


def test_a_renamed_notebook_is_still_its_students(grades):
    row = grades.loc["inbox/final_FINAL (2).IPYNB"]
    assert (row["student"], float(row["points"])) == (RENAMED, FULL)


def test_without_its_line_a_notebook_is_known_by_its_name(grades):
    row = grades.loc[f"chapter-{CHAPTER:02d}-{LINE_GONE}.ipynb"]
    assert (row["student"], float(row["points"])) == (LINE_GONE, FULL)
    assert "the file name was believed" in row["comment"]


def test_anothers_notebook_is_not_graded_and_harms_nobody(grades):
    copy, original = grades.loc[f"{COPIED_BY}.ipynb"], grades.loc[f"{COPIED_FROM}.ipynb"]
    assert copy["status"] == f"not graded: handed in as {COPIED_BY}, but it is the notebook of {COPIED_FROM}"
    assert copy["points"] == "" and original["counts"] == "yes"


def test_a_changed_world_is_refused(grades):
    row = grades.loc[f"{OTHER_CODE}.ipynb"]
    assert row["status"].startswith("not graded: the world code of the assignment line belongs to nobody on the roster")


def test_a_newer_blank_notebook_replaces_nothing_unasked(grades):
    rows = grades[grades["student"].eq(VICTIM)]
    assert sorted(float(points) for points in rows["points"]) == [0, FULL]
    assert rows["counts"].eq("no").all() and rows["flag"].str.contains("undecided.*choose in marks.csv").all()


def test_who_handed_in_nothing_is_listed(grades):
    rows = grades[grades["student"].isin(ABSENT)]
    assert list(rows["status"]) == ["nothing handed in"] * len(ABSENT)
    assert list(rows["name"]) == [f"Name of {student}" for student in ABSENT]


# ------------------------------------------------------------------------------------------- runs after the first
@pytest.fixture
def again(course, grades, tmp_path):
    """The same folder of grades, copied, and a way to run the command on it once more."""
    copy = Course.__new__(Course)
    copy.__dict__ = {**course.__dict__, "grades": tmp_path / "grades"}
    shutil.copytree(course.grades, copy.grades)
    return copy


def never(*_):
    raise AssertionError("a notebook was run again")


def test_what_was_graded_is_not_run_again(again, monkeypatch, grades):
    monkeypatch.setattr(grading, "run_notebook", never)
    before = read(again.grades / "grades.csv")
    assert again.grade()[0] == 0
    pd.testing.assert_frame_equal(read(again.grades / "grades.csv"), before)


def test_one_student_is_graded_anew_and_nobody_else(again, monkeypatch, capsys):
    run = []
    monkeypatch.setattr(grading.Grader, "grade", lambda self, one: run.append(one) or grading.about(one))
    assert again.grade("--regrade", SOLVERS[1])[0] == 0
    assert [one.student for one in run if not one.problem] == [SOLVERS[1]]
    assert again.grade("--regrade", "zoe")[0] == 2
    assert "Not on the roster" in capsys.readouterr().err


def test_marks_and_comments_survive_every_run(again, monkeypatch):
    monkeypatch.setattr(grading, "run_notebook", never)
    path = again.grades / "marks.csv"
    marks = read(path)
    mine = marks["student"].eq(SOLVERS[0])
    marks.loc[mine, ["mark", "comment"]] = ["2,5", "-good, but who are the rivals?"]
    marks["my column"] = "kept"
    marks.to_csv(path, index=False, sep=";", encoding="utf-8-sig")  # as a spreadsheet in half of Europe saves it
    entered = path.read_bytes()
    for _ in range(2):
        assert again.grade()[0] == 0
        row = read(again.grades / "grades.csv").set_index("file").loc[f"{SOLVERS[0]}.ipynb"]
        assert (float(row["total"]), float(row["waiting"])) == (FULL + 2.5, 0)
        assert "q6 (your teacher): -good, but who are the rivals?" in row["comment"]
        assert path.read_bytes() == entered
    results = again.results()["notebooks"]
    record = next(one for one in results if one["file"] == f"{SOLVERS[0]}.ipynb")
    assert (record["written"][0]["mark"], record["written"][0]["comment"]) == (2.5, "-good, but who are the rivals?")
    marks.loc[mine, "mark"] = "seven"
    marks.to_csv(path, index=False)
    assert again.grade()[0] == 2


def test_a_mark_that_is_none_is_refused_before_anything_is_done(again, capsys):
    path = again.grades / "marks.csv"
    marks = read(path)
    marks.loc[marks["student"].eq(SOLVERS[0]), "mark"] = "36"
    marks.to_csv(path, index=False)
    before = {one.name: one.read_bytes() for one in again.grades.iterdir()}
    assert again.grade("--regrade", "all")[0] == 2
    assert f"the mark '36' of {SOLVERS[0]} is no number from 0 to 3.6" in capsys.readouterr().err
    assert {one.name: one.read_bytes() for one in again.grades.iterdir()} == before


def test_the_teacher_chooses_which_of_two_counts(again, monkeypatch):
    monkeypatch.setattr(grading, "run_notebook", never)
    path = again.grades / "marks.csv"
    marks = read(path)
    marks.loc[marks["file"].eq(f"{VICTIM}.ipynb"), "count"] = "x"
    marks.to_csv(path, index=False)
    assert again.grade("--several", "newest")[0] == 0
    rows = read(again.grades / "grades.csv").set_index("file")
    assert (rows.loc[f"{VICTIM}.ipynb", "counts"], rows.loc["newer.ipynb", "counts"]) == ("yes", "no")
    assert (rows.loc[f"{LATE}/second.ipynb", "counts"], rows.loc[f"{LATE}/first.ipynb", "counts"]) == ("yes", "no")
    assert again.grade("--several", "best")[0] == 0


def test_a_report_changed_by_hand_is_kept_under_another_name(again, monkeypatch, capsys):
    monkeypatch.setattr(grading, "run_notebook", never)
    report = again.grades / "grades.csv"
    report.write_text(report.read_text(encoding="utf-8-sig") + "my own line\n", encoding="utf-8")
    assert again.grade()[0] == 0
    assert "had been changed by hand" in capsys.readouterr().out
    assert "my own line" in (again.grades / "grades-yours-1.csv").read_text(encoding="utf-8")
    assert "my own line" not in report.read_text(encoding="utf-8-sig")


def test_a_run_that_was_killed_goes_on_where_it_was(course, grades, tmp_path):
    folder, out = tmp_path / "in", tmp_path / "grades"
    folder.mkdir()
    for student in SOLVERS:
        shutil.copy(course.submissions / f"{student}.ipynb", folder)
    command = [sys.executable, "-m", "hrclass", "grade", folder, "--roster", course.roster, "--out", out,
               "--secret-file", course.secret, "--quiet", "--jobs", "1",
               *(["--trusted"] if no_sandbox() else [])]  # fmt: skip
    process = subprocess.Popen(list(map(str, command)), start_new_session=True)
    journal = out / "journal.jsonl"
    until = time.monotonic() + 300
    while time.monotonic() < until and not (journal.exists() and journal.read_text(encoding="utf-8").count("\n")):
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = [json.loads(line)["student"] for line in journal.read_text(encoding="utf-8").splitlines()]
    assert done and len(done) < len(SOLVERS) and not (out / "grades.csv").exists()
    with journal.open("a", encoding="utf-8") as file:
        file.write('{"student": "s001", "chap')  # the line it was writing
    assert main([*map(str, command[3:])]) == 0
    assert read(out / "grades.csv")["points"].iloc[:3].eq(str(FULL)).all()
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    assert sorted(line["student"] for line in lines) == SOLVERS, "none was graded twice"


def test_grades_of_another_course_are_left_alone(again, tmp_path, capsys):
    other = tmp_path / "other.txt"
    identity.write_secret(other)
    assert main(["grade", str(again.submissions), "--roster", str(again.roster), "--secret-file", str(other),
                 "--out", str(again.grades), "--quiet"]) == 2  # fmt: skip
    assert "belongs to a course with another secret" in capsys.readouterr().err


def test_where_nothing_can_be_written_nothing_is_graded(course, grades, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(grading, "run_notebook", never)
    blocked = tmp_path / "a file"
    blocked.write_text("")
    options = ["--roster", str(course.roster), "--secret-file", str(course.secret), "--quiet"]
    assert main(["grade", str(course.submissions), *options, "--out", str(blocked / "grades")]) == 2
    assert "Nothing was graded" in capsys.readouterr().err
    assert np.all([path == blocked for path in tmp_path.iterdir()])
