"""Every assignment, from the command line to full marks; and what the commands say of bad input."""

from __future__ import annotations

import nbformat
import pandas as pd
import pytest
import solver

import hralign as hr
from hrclass import identity, questions
from hrclass.assignments import ASSIGNMENTS
from hrclass.cli import main
from hrclass.draws import RANGES, draw_for

PAIR = ["anna", "b-2"]


def test_there_is_an_assignment_for_each_part_of_the_study():
    assert set(ASSIGNMENTS) == {5, 6, 7, 8, 9, 22}


@pytest.mark.slow
@pytest.mark.parametrize("chapter", ASSIGNMENTS)
def test_two_students_have_different_worlds_and_both_can_have_full_marks(chapter, new_course):
    pytest.importorskip("otter", reason="grading needs requirements-grading.txt")
    course = new_course(PAIR)
    assert course.assign(chapter) == 0
    for student in PAIR:
        notebook = course.notebook(chapter, student)
        solver.hand_in(notebook, solver.answers(chapter, notebook), course.submissions / f"{student}.ipynb")
    status, report = course.grade()
    assert status == 0
    grades = pd.read_csv(report)
    assert list(grades["comment"]) == ["Everything is right."] * 2
    assert list(grades["points"]) == list(grades["possible"]) == [20, 20]
    worlds = [(course.notebook(chapter, student).parent / "world.zip").read_bytes() for student in PAIR]
    assert worlds[0] != worlds[1]


@pytest.mark.parametrize("chapter", [5, 7])
def test_right_answers_differ_from_student_to_student(chapter):
    keys = [draw_for(b"a secret long enough", chapter, student) for student in PAIR]
    fits = [hr.fit_alignment(hr.build_panel(draw.src)).params["duration"] for draw in keys]
    assert abs(fits[0] - fits[1]) > 1e-4


def test_the_same_secret_gives_the_same_world_again(tmp_path):
    first, second = (draw_for(b"a secret long enough", 7, "anna") for _ in range(2))
    hr.write_world(first.src, tmp_path / "a.zip")
    hr.write_world(second.src, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert first.rng.random() == second.rng.random()
    other = draw_for(b"another secret, as long", 7, "anna")
    assert not other.src.scores.equals(first.src.scores)


def test_worlds_are_drawn_within_the_stated_ranges():
    seen = set()
    for k in range(6):
        draw = draw_for(b"a secret long enough", 8, f"s{k}")
        world = draw.src.truth.world
        seen.add(draw.mechanism)
        assert world.mechanism == draw.mechanism
        for name, (low, high) in RANGES[draw.mechanism].items():
            assert low <= getattr(world, name) <= high
    assert len(seen) > 1


def test_nothing_in_a_students_folder_tells_seed_or_mechanism(new_course):
    course = new_course(["anna"])
    assert course.assign(5) == 0
    notebook = course.notebook(5, "anna")
    assert {path.name for path in notebook.parent.iterdir()} == {notebook.name, "world.zip"}
    text = notebook.read_text(encoding="utf-8")
    assert "seed" not in text
    assert course.secret.read_text(encoding="utf-8").strip() not in text
    assert not any(mechanism in text for mechanism in RANGES if mechanism != "null")


# ------------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize("student", ["anna müller", "Zoë", "a/b", "../up", "", "x" * 65, ".hidden", "a b"])
def test_an_id_that_cannot_be_a_file_name_is_refused(student, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["assign", "--chapter", "7", "--student", student, "--out", "out"]) == 2
    assert ("cannot be a student id" in (said := capsys.readouterr().err)) or "Say for whom" in said
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_chapter_is_refused_with_the_list(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["assign", "--chapter", "3", "--student", "anna", "--out", "out"]) == 2
    said = capsys.readouterr().err
    assert "Chapter 3 has no assignment" in said
    assert "22 (Which mechanism made this world?)" in said
    assert list(tmp_path.iterdir()) == []


def test_a_bad_roster_writes_nothing_and_names_every_bad_line(tmp_path, capsys):
    roster, secret = tmp_path / "class.csv", tmp_path / "secret.txt"
    roster.write_text("student\nanna\nana müller\nANNA\n", encoding="utf-8")
    secret.write_text("a secret long enough")
    options = ("--roster", str(roster), "--secret-file", str(secret), "--out", str(tmp_path / "out"))
    assert main(["assign", "--chapter", "7", *options]) == 2
    said = capsys.readouterr().err
    assert "'ana müller' cannot be a student id" in said
    assert "'ANNA' is on the roster twice" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("text", "said"), [
    ("name\nanna\n", "has no column 'student'"), ("student\n", "names no student"), ("", "cannot be read as CSV"),
])  # fmt: skip
def test_a_roster_that_is_none(tmp_path, text, said):
    path = tmp_path / "class.csv"
    path.write_text(text)
    with pytest.raises(hr.HralignError, match=said):
        identity.read_roster(path)


def test_assignments_are_never_written_over(new_course, capsys):
    course = new_course(["anna"])
    assert course.assign(5) == 0
    before = course.notebook(5, "anna").read_bytes()
    assert course.assign(5) == 2
    assert "is there already: nothing was written" in capsys.readouterr().err
    assert course.notebook(5, "anna").read_bytes() == before


def test_the_first_assignment_makes_a_secret_that_is_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(identity.SECRET_VARIABLE, raising=False)
    for student in PAIR:
        assert main(["assign", "--chapter", "6", "--student", student, "--out", "out"]) == 0
        made = (tmp_path / "course-secret.txt").read_text()
    assert capsys.readouterr().out.count("A new course secret") == 1
    assert (tmp_path / "course-secret.txt").stat().st_mode & 0o077 == 0
    assert made == (tmp_path / "course-secret.txt").read_text()


@pytest.mark.parametrize("text", ["", "short"])
def test_a_secret_that_is_none_is_refused(tmp_path, text):
    path = tmp_path / "secret.txt"
    path.write_text(text)
    with pytest.raises(hr.HralignError, match="too short"):
        identity.read_secret(path)
    with pytest.raises(hr.HralignError, match="no readable course secret"):
        identity.read_secret(tmp_path / "none.txt")


def test_grading_says_what_it_lacks(tmp_path, capsys):
    roster = tmp_path / "class.csv"
    roster.write_text("student\nanna\n")
    (tmp_path / "secret").write_text("a secret long enough")
    options = ("--roster", str(roster), "--secret-file", str(tmp_path / "secret"), "--out", str(tmp_path / "g.csv"))
    assert main(["grade", str(tmp_path / "nowhere"), *options]) == 2
    assert "There is no folder" in capsys.readouterr().err or not (tmp_path / "g.csv").exists()
    assert not (tmp_path / "g.csv").exists()


def test_a_roster_line_that_names_nobody_has_its_line_in_the_report(new_course):
    pytest.importorskip("otter", reason="grading needs requirements-grading.txt")
    course = new_course(["anna", "Zoë Ö"])
    status, report = course.grade()
    assert status == 0
    grades = pd.read_csv(report)
    assert list(grades["student"]) == ["Zoë Ö"]
    assert "cannot be a student id" in grades.loc[0, "status"]


# --------------------------------------------------------------------------------------------------------- checks


def earned(checks, **answers):
    return sum(check.points for check in checks if check.holds(answers))


def test_a_number_earns_all_half_or_nothing():
    checks = questions.number("b", 10.0, 4, follows=lambda a: 2 * a["a"], mistakes=[(-10.0, "sign")])
    assert earned(checks, a=5, b=10.01) == 4
    assert earned(checks, a=7, b=14.0) == 2, "the right method with a wrong earlier number"
    assert earned(checks, a=5, b=-10.0) == 2, "a known mistake"
    assert earned(checks, a="x", b=14.0) == earned(checks, b=None) == earned(checks, b=True) == 0
    wrong = {"a": 5, "b": -10.0}
    assert [check.comment(wrong) for check in checks if not check.holds(wrong)] == ["sign"]


def test_counts_are_exact():
    checks = questions.count("n", 100, 2)
    assert (earned(checks, n=100), earned(checks, n=100.0), earned(checks, n=101)) == (2, 2, 0)


def test_a_function_earns_by_its_results():
    checks = questions.function("f", [[1], [2]], [[1.0, None], [4.0]], 3, ["first", "second"])
    assert earned(checks, f=[[1.0, None], [4.0]]) == 3
    assert earned(checks, f=[[1.0, 2.0], [4.0]]) == 1.5
    assert earned(checks, f=None) == earned(checks, f=[None, None]) == 0


def test_notebooks_are_valid(new_course):
    course = new_course(["anna"])
    assert course.assign(6) == 0
    nbformat.validate(nbformat.read(course.notebook(6, "anna"), as_version=4))
