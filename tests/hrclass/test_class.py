"""A class of twenty: assigned, solved, solved carelessly, attacked; graded in one go."""

from __future__ import annotations

import shutil
import socket

import hostile
import nbformat
import numpy as np
import pandas as pd
import pytest
import solver
from course import Course, locked

import hralign as hr
from hrclass.assignments.membership import state_error

pytest.importorskip("otter", reason="grading needs requirements-grading.txt")

pytestmark = pytest.mark.slow

CHAPTER = 7
STUDENTS = [f"s{k:03d}" for k in range(1, 21)]
SOLVERS, CARELESS, BLANK, ABSENT = STUDENTS[:3], STUDENTS[3:5], STUDENTS[5], STUDENTS[14:]
DELETED_CELLS, RENAMED, LINE_GONE, COPIED_FROM, COPIED_BY = STUDENTS[6:11]
BORROWER, OTHER_CODE, LATE = STUDENTS[11:14]


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
    report = course.submissions.with_name("grades.csv")
    with locked(course.folder):
        if not report.exists():
            hand_all_in(course)
            assert course.grade() == (0, report)
    return pd.read_csv(report, keep_default_na=False).set_index("file", drop=False)


def hand_all_in(course):
    for k, student in enumerate(SOLVERS):
        first, *_ = solver.answers(CHAPTER, course.notebook(CHAPTER, student))
        solved(course, student, q1=f"{first}\nmy_own_way = {k}")
    for student in CARELESS:  # the sign is lost in the first question, and everything after it is right
        first, *_ = solver.answers(CHAPTER, course.notebook(CHAPTER, student))
        solved(course, student, q1=f"{first}\nslope = -slope", q5='left = "half"')
    shutil.copy(course.notebook(CHAPTER, BLANK), course.submissions / f"{BLANK}.ipynb")
    edit(solved(course, DELETED_CELLS), lambda book: book.cells.__delitem__(slice(-2, None)))
    solved(course, RENAMED, "inbox/final_FINAL (2).ipynb")
    line_gone = solved(course, LINE_GONE, f"chapter-{CHAPTER:02d}-{LINE_GONE}.ipynb")
    edit(line_gone, lambda book: book.cells[1].update(source=book.cells[1].source.split("\n", 1)[1]))
    original = solved(course, COPIED_FROM, q4="state_se = 12345.0")
    shutil.copy(original, course.submissions / f"{COPIED_BY}.ipynb")
    edit(  # another's code under one's own assignment line
        solved(course, BORROWER),
        lambda book: [cell.update(source=other.source) for cell, other in
                      zip(book.cells[2:], nbformat.read(original, as_version=4).cells[2:], strict=True)],
    )  # fmt: skip
    edit(solved(course, OTHER_CODE), lambda book: book.cells[1].update(
        source=book.cells[1].source.replace("world ", "world 0")))  # fmt: skip
    solved(course, LATE, f"{LATE}/first.ipynb", q1="slope = 1")
    newer = solved(course, LATE, f"{LATE}/second.ipynb")
    newer.touch()
    stranger = solved(course, SOLVERS[0], "stranger.ipynb")
    edit(stranger, lambda book: book.cells[1].update(source=book.cells[1].source.replace(SOLVERS[0], "x999")))
    (course.submissions / "empty.ipynb").write_text("")
    (course.submissions / "text.ipynb").write_text("Dear Sir, my notebook")
    edit(solved(course, SOLVERS[1], "no-code.ipynb"), lambda book: book.update(cells=[]))


def test_right_answers_have_full_marks(grades):
    rows = grades.loc[[f"{student}.ipynb" for student in SOLVERS]]
    assert rows["status"].eq("graded").all()
    assert (rows["points"].astype(float) == 20).all()
    assert rows["comment"].eq("Everything is right.").all()
    assert rows["flag"].eq("").all()


@pytest.mark.parametrize("student", CARELESS)
def test_careless_answers_have_the_marks_of_their_method(grades, course, student):
    fit = hr.fit_alignment(hr.build_panel(hr.load_world(course.notebook(CHAPTER, student).parent / "world.zip")))
    z = abs(fit.params["duration"]) / np.array([fit.bse["duration"], state_error(fit)])
    words = np.where(z > 1.96, 1.0, 2.0)  # where nothing is significant, the lost sign does not change the word
    row = grades.loc[f"{student}.ipynb"]
    earned = [float(row[f"q{k}"]) for k in range(1, 6)]
    assert earned == [0 + 2.5, 0.75 + words[0], 0.75 + 0.75, 2.5 + words[1], 0]
    assert float(row["points"]) == sum(earned)
    assert "`slope` is not right" in row["comment"]
    assert "`z` follows rightly from your earlier numbers" in row["comment"]
    assert "`left` is not a number" in row["comment"]


def test_blank_notebook_has_no_points_and_is_told_so(grades):
    row = grades.loc[f"{BLANK}.ipynb"]
    assert row["status"] == "graded"
    assert float(row["points"]) == 0
    assert "`slope` has no value" in row["comment"]
    assert row["flag"] == ""


def test_deleted_cells_cost_their_points_only(grades):
    row = grades.loc[f"{DELETED_CELLS}.ipynb"]
    assert (float(row["points"]), float(row["q5"])) == (16, 0)
    assert "`left` has no value" in row["comment"]


def test_a_renamed_notebook_is_still_its_students(grades):
    row = grades.loc["inbox/final_FINAL (2).ipynb"]
    assert (row["student"], float(row["points"])) == (RENAMED, 20)


def test_without_its_line_a_notebook_is_known_by_its_name(grades):
    row = grades.loc[f"chapter-{CHAPTER:02d}-{LINE_GONE}.ipynb"]
    assert (row["student"], float(row["points"])) == (LINE_GONE, 20)
    assert "the file name was believed" in row["comment"]


def test_the_same_notebook_under_two_ids_is_flagged(grades):
    copy, original = grades.loc[f"{COPIED_BY}.ipynb"], grades.loc[f"{COPIED_FROM}.ipynb"]
    assert copy["status"] == f"not graded: handed in as {COPIED_BY}, but it is the notebook of {COPIED_FROM}"
    assert copy["points"] == ""
    assert COPIED_FROM in copy["flag"]
    assert COPIED_BY in original["flag"]
    assert original["status"] == "graded"


def test_borrowed_code_is_flagged_and_earns_what_it_earns_there(grades):
    row = grades.loc[f"{BORROWER}.ipynb"]
    assert row["status"] == "graded"
    assert COPIED_FROM in row["flag"]


def test_a_changed_world_is_refused(grades):
    row = grades.loc[f"{OTHER_CODE}.ipynb"]
    assert row["status"].startswith("not graded: the world code of the assignment line belongs to nobody on the roster")


def test_the_newest_of_two_counts(grades):
    assert float(grades.loc[f"{LATE}/second.ipynb", "points"]) == 20
    assert grades.loc[f"{LATE}/first.ipynb", "status"].startswith("not graded: a newer notebook was graded instead")


@pytest.mark.parametrize(("file", "reason"), [
    ("stranger.ipynb", "'x999' is not on the roster"),
    ("empty.ipynb", "the file is empty"),
    ("text.ipynb", "it cannot be read as a notebook"),
    ("no-code.ipynb", "the notebook has no code in it"),
])  # fmt: skip
def test_what_cannot_be_graded_says_why(grades, file, reason):
    assert reason in grades.loc[file, "status"]
    assert grades.loc[file, "points"] == ""


def test_who_handed_in_nothing_is_listed(grades):
    rows = grades[grades["student"].isin(ABSENT)]
    assert list(rows["status"]) == ["nothing handed in"] * len(ABSENT)
    assert list(rows["name"]) == [f"Name of {student}" for student in ABSENT]


def test_hostile_notebooks_are_reported_and_touch_nothing(course, tmp_path, monkeypatch):
    """One notebook per attack, all in one run: each has its line, none stops another, nothing outside is touched."""
    canary, folder = tmp_path / "canary.txt", tmp_path / "folder"
    folder.mkdir()
    for path in (canary, folder / "a.txt", folder / "b.txt"):
        path.write_text("still here", encoding="utf-8")
    listening = socket.create_server(("127.0.0.1", 0))
    where = {"canary": canary, "folder": folder, "port": listening.getsockname()[1]}
    submissions = tmp_path / "submissions"
    monkeypatch.setattr(course, "submissions", submissions)
    who = dict(zip(hostile.ATTACKS, STUDENTS, strict=False))
    for attack, student in who.items():
        code = hostile.ATTACKS[attack]
        # the attack stands in the cell of the third question, after two right answers
        solved(course, student, q3=code.format(**where))
    status, report = course.grade("--time-limit", "20", "--cell-limit", "6", "--memory-limit", "2")
    listening.close()
    assert status == 0
    grades = pd.read_csv(report, keep_default_na=False).set_index("student")

    for path in (canary, folder / "a.txt", folder / "b.txt"):
        assert path.read_text(encoding="utf-8") == "still here"
    assert not list(tmp_path.glob("**/big"))
    rows = {attack: grades.loc[student] for attack, student in who.items()}
    for attack, row in rows.items():
        assert row["status"] == "graded", f"{attack}: {row['status']}"
        assert (float(row["q1"]), float(row["q2"])) == (5, 3.5), f"{attack}: what was right before it still counts"
        assert float(row["q3"]) == 0, attack
    for attack in ("endless", "stubborn"):
        assert "stopped after" in rows[attack]["comment"]
    refused = {
        "deletes": "tried to delete", "rmtree": "tried to delete", "shell": "tried to start a process",
        "process": "tried to start a process", "overwrites": "tried to write", "climbs": "tried to write",
        "c_library": "tried to load a C library", "links": "tried to link", "spies": "tried to read",
        "network": "tried to use the network", "kills": "tried to signal a process",
        "forks": "tried to start a process",
    }  # fmt: skip
    for attack, said in refused.items():
        assert said in rows[attack]["flag"], f"{attack}: {rows[attack]['flag']!r}"
    assert "MemoryError" in rows["hog"]["comment"] or "stopped after" in rows["hog"]["comment"]
    assert "ended its process" in rows["exits"]["comment"]
    assert "SystemExit" in rows["quits"]["comment"]
