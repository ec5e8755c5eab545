"""Every assignment, from the command line to full marks; and what the commands say of bad input."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
import solver
from course import no_sandbox

import hralign as hr
from hrclass import execution, identity, writing
from hrclass.assignments import ASSIGNMENTS
from hrclass.cli import main
from hrclass.draws import RANGES, draw_for
from hrclass.isolation import Limits
from hrclass.isolation.choice import choose
from hrclass.questions import Number, mark_all
from hrclass.written import Written

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

PAIR = ["anna", "b-2"]
SECRET = b"0123456789abcdef" * 3
VARIANTS = range(3)
MACHINE = 16.4
"""Points that need nobody's reading: 20 less nine tenths of four for the written answer."""


def test_there_is_an_assignment_for_each_part_of_the_study():
    assert set(ASSIGNMENTS) == {5, 6, 7, 8, 9, 22}


def test_every_slot_has_three_variants_or_more():
    for chapter, one in ASSIGNMENTS.items():
        for slot in one.slots:
            assert len(slot) >= 3 and len(set(slot)) == len(slot), chapter


@functools.cache
def drawn(chapter, student="anna"):
    return draw_for(SECRET, chapter, student, ASSIGNMENTS[chapter].evidence)


@functools.cache
def asked(chapter, k):
    """The questions of the k-th variant of every slot, on one student's world."""
    one = ASSIGNMENTS[chapter]
    return one.questions(drawn(chapter), [k] * len(one.slots))


@pytest.mark.slow
@pytest.mark.parametrize("k", VARIANTS)
@pytest.mark.parametrize("chapter", ASSIGNMENTS)
def test_whoever_knows_how_has_full_marks_in_every_variant(chapter, k, tmp_path):
    """Solved from the words of the notebook and the tables of the world, in the sandbox that grading uses."""
    questions = asked(chapter, k)
    book = writing.make_notebook(chapter, "anna", questions, "# none")
    solver.put(book, solver.solve(chapter, book))
    hr.write_world(drawn(chapter).src, tmp_path / "world.zip")
    cells = [cell.source for cell in book.cells if cell.cell_type == "code"]
    parts = [part for question in questions for part in question.parts]
    probes = {part.name: part.calls for part in parts if hasattr(part, "calls")}
    way = choose("trusted" if no_sandbox() else "bubblewrap", execution.try_out)
    run = execution.run_notebook(
        way, cells, [part.name for part in parts], probes, (tmp_path / "world.zip").read_bytes(), Limits()
    )
    assert (run.errors, run.end, run.odd) == ({}, "", "")
    marks = [mark for of_one in mark_all(questions, run.answers, run.first) for mark in of_one]
    assert [mark for mark in marks if mark.slip] == []
    assert sum(mark.points for mark in marks) == pytest.approx(MACHINE)


@pytest.mark.parametrize("k", VARIANTS)
@pytest.mark.parametrize("chapter", ASSIGNMENTS)
def test_two_thirds_of_the_points_are_for_doing(chapter, k):
    questions = asked(chapter, k)
    assert sum(question.points for question in questions) == pytest.approx(20)
    assert sum(question.points for question in questions if question.doing) >= 20 * 2 / 3


@pytest.mark.parametrize("k", VARIANTS)
@pytest.mark.parametrize("chapter", ASSIGNMENTS)
def test_every_question_says_unit_and_rounding(chapter, k):
    for question in asked(chapter, k):
        for part in question.parts:
            assert part.form in question.wording and f"`{part.name}`" in question.wording
            if isinstance(part, Number):
                assert "decimals or more" in part.form if part.digits else "a whole number" in part.form
                assert len(part.hint.split()) >= 4, "what to look at, in words"


@pytest.mark.parametrize("chapter", ASSIGNMENTS)
def test_a_question_asks_for_nothing_that_its_chapter_has_not_shown(chapter):
    """Whatever of the library a question, a hint or a slip names stands in the text up to its chapter."""
    taught = "".join(path.read_text(encoding="utf-8") for path in sorted(NOTEBOOKS.glob("[012]*.md"))
                     if int(path.name[:2]) <= chapter)  # fmt: skip
    for k in VARIANTS:
        for question in asked(chapter, k):
            said = question.wording + "".join(str(getattr(part, "hint", "")) for part in question.parts)
            for name in re.findall(r"\bhr\.(\w+)|fit\.(\w+)", said):
                assert "".join(name) in taught, f"{''.join(name)} in {question.title}"


@pytest.mark.parametrize("chapter", ASSIGNMENTS)
def test_the_written_answer_has_a_rubric_and_a_form_worth_a_tenth(chapter):
    for k in VARIANTS:
        text = asked(chapter, k)[-1]
        assert isinstance(text, Written)
        assert text.points - text.by_hand <= text.points / 10 + 1e-9
        points = [level for level, _ in text.rubric]
        assert len(points) >= 4 and points == sorted(points, reverse=True) and points[0] == text.by_hand
        assert len(text.numbers) >= 2


@pytest.mark.slow
def test_two_students_have_different_worlds(new_course):
    course = new_course(PAIR)
    assert course.assign(6) == 0
    worlds = [(course.notebook(6, student).parent / "world.zip").read_bytes() for student in PAIR]
    assert worlds[0] != worlds[1]


@pytest.mark.parametrize("chapter", [5, 7])
def test_right_answers_differ_from_student_to_student(chapter):
    keys = [draw_for(SECRET, chapter, student) for student in PAIR]
    fits = [hr.fit_alignment(hr.build_panel(draw.src)).params["duration"] for draw in keys]
    assert abs(fits[0] - fits[1]) > 1e-4


def test_the_same_secret_gives_the_same_world_again(tmp_path):
    first, second = (draw_for(SECRET, 7, "anna") for _ in range(2))
    hr.write_world(first.src, tmp_path / "a.zip")
    hr.write_world(second.src, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert first.rng.random() == second.rng.random()
    other = draw_for(b"fedcba9876543210" * 3, 7, "anna")
    assert not other.src.scores.equals(first.src.scores)


def test_worlds_are_drawn_within_the_stated_ranges():
    seen = set()
    for k in range(6):
        draw = draw_for(SECRET, 8, f"s{k}")
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
    secret.write_text(SECRET.decode())
    options = ("--roster", str(roster), "--secret-file", str(secret), "--out", str(tmp_path / "out"))
    assert main(["assign", "--chapter", "7", *options]) == 2
    said = capsys.readouterr().err
    assert "'ana müller' cannot be a student id" in said
    assert "'ANNA' is on the roster twice" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("text", "said"), [
    ("name\nanna\n", "has no column 'student'"), ("student\n", "no lines below"), ("", "no lines below"),
    ("student,name\n,Anna\n", "names no student"), ("student\nanna,,x\n", "line 2"),
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


@pytest.mark.parametrize("text", [
    "", "short", "a secret of this course alone, and a long one", "correct horse battery staple", "0" * 64, "01" * 32,
    "0123456789abcdef", "DEADBEEF" * 8, "zz" * 40,
])  # fmt: skip
def test_a_secret_that_could_be_guessed_is_refused(tmp_path, text):
    path = tmp_path / "secret.txt"
    path.write_text(text)
    with pytest.raises(hr.HralignError, match="128 bits of chance.*hrclass secret"):
        identity.read_secret(path)


def test_a_secret_is_made_once_and_never_written_over(tmp_path, capsys):
    path = tmp_path / "secret.txt"
    assert main(["secret", str(path)]) == 0
    made = path.read_text()
    assert len(identity.read_secret(path)) >= 32 and path.stat().st_mode & 0o077 == 0
    assert main(["secret", str(path)]) == 2
    assert "never written over" in capsys.readouterr().err
    assert path.read_text() == made


def test_there_is_no_readable_secret(tmp_path):
    with pytest.raises(hr.HralignError, match="no readable course secret"):
        identity.read_secret(tmp_path / "none.txt")


def test_grading_says_what_it_lacks(tmp_path, capsys):
    roster = tmp_path / "class.csv"
    roster.write_text("student\nanna\n")
    (tmp_path / "secret").write_text(SECRET.decode())
    options = ("--roster", str(roster), "--secret-file", str(tmp_path / "secret"), "--out", str(tmp_path / "g"))
    assert main(["grade", str(tmp_path / "nowhere"), *options]) == 2
    assert "There is no folder" in capsys.readouterr().err
    assert not (tmp_path / "g").exists()


def test_a_roster_line_that_names_nobody_has_its_line_in_the_report(new_course):
    course = new_course(["anna", "Zoë Ö"])
    status, report = course.grade()
    assert status == 0
    grades = pd.read_csv(report)
    assert list(grades["student"]) == ["Zoë Ö"]
    assert "cannot be a student id" in grades.loc[0, "status"]


def test_notebooks_are_valid(new_course):
    course = new_course(["anna"])
    assert course.assign(6) == 0
    nbformat.validate(nbformat.read(course.notebook(6, "anna"), as_version=4))


@pytest.mark.parametrize("chapter", ASSIGNMENTS)
def test_the_last_cell_checks_the_form_and_knows_no_answer(chapter, capsys):
    questions = asked(chapter, 0)
    code = writing.check_form(questions)
    names = {"np": np}
    exec(code, names)
    said = capsys.readouterr().out.splitlines()
    parts = [part for question in questions for part in question.parts]
    assert [line.split()[:2] for line in said] == [["open", part.name] for part in parts]
    numbers = [part for part in parts if isinstance(part, Number)]
    for part in numbers:
        names[part.name] = "many" if part is numbers[0] else 7
    exec(code, names)
    said = capsys.readouterr().out
    assert f"CHECK {numbers[0].name} " in said and f"fits  {numbers[1].name} " in said
    assert not [part for part in numbers if part.digits and f"{part.right:.4f}"[:-1] in code]
