"""Grades in the file that a platform exported: one column filled, nobody mistaken, nothing written on a doubt."""

from __future__ import annotations

import csv
import io
import json

import graded
import pytest

from hrclass.cli import main

WAYS = {
    "canvas": (graded.CANVAS.encode("utf-8-sig"), "901"),
    "moodle": (graded.MOODLE.encode("cp1252"), "Kapitel 7"),
    "worksheet": (graded.WORKSHEET.encode(), "Bewertung"),
}


@pytest.fixture
def class_of(tmp_path, capsys):
    """A function that makes a class and exports its grades: returns status, what was written, what was said."""

    def export(to, content, column, *more, records=None, name="filled.csv"):
        if not (tmp_path / "grades").exists():
            graded.write(tmp_path, *(records or graded.everybody()))
        given, out = tmp_path / "export.csv", tmp_path / name
        given.write_bytes(content if isinstance(content, bytes) else content.encode())
        before = given.read_bytes()
        chapter = () if "--total" in more else ("--chapter", "7")
        more = [one for one in more if one != "--total"]
        status = main(["export", "moodle" if to == "worksheet" else to, str(tmp_path / "grades"), *chapter, "--roster",
                       str(tmp_path / "class.csv"), "--into", str(given), "--column", column, "--out", str(out),
                       *more])  # fmt: skip
        assert given.read_bytes() == before, "the file of the platform stays as it is"
        said = capsys.readouterr()
        return status, out.read_bytes() if out.exists() and status == 0 else b"", said.out + said.err

    return export


def cells(content, encoding, separator=","):
    return list(csv.reader(io.StringIO(content.decode(encoding)), delimiter=separator))


@pytest.mark.parametrize("name", WAYS)
def test_one_column_is_filled_and_nothing_else_changes(name, class_of):
    content, column = WAYS[name]
    status, filled, said = class_of(name, content, column)
    assert status == 0, said
    encoding, separator = ("cp1252", ";") if name == "moodle" else ("utf-8-sig", ",")
    old, new = cells(content, encoding, separator), cells(filled, encoding, separator)
    at = next(k for k, one in enumerate(old[0]) if column in one)
    grades = [row[at] for row in new if any("uni.example" in cell for cell in row)]
    assert [g.replace(",", ".") for g in grades] == ["20", "19.4", "14.9", "14.9", "6.4", "6.9"]
    assert all("," in g for g in grades[1:]) == (name == "worksheet"), "numbers as the file writes them"
    for a, b in zip(old, new, strict=True):
        assert a[:at] + a[at + 1 :] == b[:at] + b[at + 1 :]
    assert [a for a in old if not any("uni.example" in c for c in a)] == [
        b for b in new if not any("uni.example" in c for c in b)
    ], "headings, points possible and the test student"
    assert filled[:3] == content[:3] and "eva (3.6)" in said, "marks that are waited for are named"


def test_students_who_cannot_be_matched_are_named_and_nothing_is_written(class_of):
    canvas = graded.CANVAS.replace("finn@", "fynn@")
    status, _, said = class_of("canvas", canvas, "901")
    assert status == 2
    assert "line 8 (Ö, Finn, 1005, S5) is nobody on the roster" in said and "finn is not in export.csv" in said
    status, filled, said = class_of("canvas", canvas, "901", "--leave", "finn", "1005")
    assert status == 0 and filled and "Filled 5 grades" in said
    status, _, said = class_of("canvas", graded.CANVAS + graded.CANVAS.splitlines()[2] + "\n", "901", name="b.csv")
    assert status == 2, "the same line twice"


def test_students_without_a_grade_are_named(class_of):
    several = [graded.record("dario", counts=False, file=name) for name in ("a.ipynb", "b.ipynb")]
    broken = graded.record("eva") | {"status": "not graded", "counts": False, "reason": "the file is empty"}
    records = [*graded.everybody()[:3], *several, broken, graded.nothing("finn")]
    status, _, said = class_of("canvas", graded.CANVAS, "901", "--zero", records=records)
    assert status == 2 and "dario has no grade yet (several notebooks" in said
    assert "eva has no grade yet (not graded: the file is empty)" in said and "finn" not in said
    status, _, said = class_of("canvas", graded.CANVAS, "901", "--leave", "dario", "eva")
    assert status == 2 and "finn handed in nothing" in said
    status, filled, _ = class_of("canvas", graded.CANVAS, "901", "--leave", "dario", "eva", "--zero")
    rows = {row[0]: row[5] for row in cells(filled, "utf-8")}
    assert (rows["Ö, Finn"], rows["Ö, Dario"], rows["Ö, Carla"]) == ("0", "", "14.9")


def test_other_grades_that_are_there_are_not_replaced_unasked(class_of):
    given = graded.CANVAS.replace("anna@uni.example,Seminar,,", "anna@uni.example,Seminar,12,").replace(
        "bob@uni.example,Seminar,,", "bob@uni.example,Seminar,19.40,"
    )
    status, _, said = class_of("canvas", given, "901")
    assert status == 2 and "anna has 12 there already, and now 20" in said and "bob has" not in said
    assert class_of("canvas", given, "901", "--replace")[0] == 0


def test_points_of_another_size_are_converted_only_when_asked(class_of):
    given = graded.CANVAS.replace(",,20,20,", ",,100,20,")
    status, _, said = class_of("canvas", given, "901")
    assert status == 2 and "--out-of 100 converts" in said
    status, filled, _ = class_of("canvas", given, "901", "--out-of", "100")
    assert status == 0 and cells(filled, "utf-8")[3][5] == "97"
    status, _, said = class_of("worksheet", graded.WORKSHEET.replace("20,00", "10,00"), "Bewertung", name="w.csv")
    assert status == 2 and "out of 10 points" in said


def test_who_is_excused_is_ex_in_canvas_and_left_alone_in_moodle(class_of, tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text("[excused]\nbob = [7]\n", encoding="utf-8")
    _, filled, _ = class_of("canvas", graded.CANVAS, "901", "--rules", str(rules))
    assert cells(filled, "utf-8")[3][5] == "EX"
    _, filled, said = class_of("moodle", graded.MOODLE, "Kapitel 7", "--rules", str(rules), name="m.csv")
    assert cells(filled, "utf-8", ";")[2][4] == "-" and "bob is excused" in said


@pytest.mark.parametrize(
    ("content", "column", "more", "said"),
    [
        (graded.CANVAS, "Chapter", (), "several columns with 'Chapter'"),
        (graded.CANVAS, "Quiz", (), "no column 'Quiz'"),
        (graded.MOODLE, "Kapitel 7", (), "no gradebook of Canvas"),
        (graded.CANVAS.replace("@uni", "@web"), "901", (), "--by THEIRS=OURS"),
        (graded.CANVAS, "901", ("--by", "Nobody=email"), "no such column"),
        (graded.CANVAS, "901", ("--by", "email"), "takes two names"),
        (graded.CANVAS, "901", ("--leave", "zoe"), "no such student"),
    ],
)
def test_what_is_asked_for_wrongly_is_refused(content, column, more, said, class_of):
    status, _, told = class_of("canvas", content, column, *more)
    assert status == 2 and said in told


def test_the_exported_file_is_never_written_over(class_of):
    status, _, said = class_of("canvas", graded.CANVAS, "901", name="export.csv")
    assert status == 2 and "never written over" in said


def test_numbers_that_happen_to_be_ids_do_not_match_anybody(class_of, tmp_path):
    """Chapter 8 has the points 0 to 5 in the export, and students have such numbers too."""
    graded.write(tmp_path, *graded.everybody())
    roster = (tmp_path / "class.csv").read_text(encoding="utf-8").splitlines()
    numbered = [f"{line},{'number' if not k else k - 1}" for k, line in enumerate(roster)]
    (tmp_path / "class.csv").write_text("\n".join(numbered), encoding="utf-8")
    status, _, said = class_of("canvas", graded.CANVAS, "901")
    assert status == 0 and "matched by 'SIS Login ID' and our 'email'" in said


def test_gradescope_has_a_file_for_each_student(tmp_path, capsys):
    grades, roster = graded.write(tmp_path, *graded.everybody()[:5], graded.nothing("finn"))
    out = tmp_path / "gradescope"
    command = ["export", "gradescope", str(grades), "--roster", str(roster), "--chapter", "7", "--out", str(out)]
    assert main(command) == 2 and "finn (nothing handed in)" in capsys.readouterr().err and not out.exists()
    assert main([*command, "--leave", "finn"]) == 0
    assert sorted(path.name for path in out.iterdir()) == graded.STUDENTS[:5]
    anna, eva = (json.loads((out / one / "results.json").read_text(encoding="utf-8")) for one in ("anna", "eva"))
    assert anna["score"] == 20 == sum(one["score"] for one in anna["tests"])
    assert [one["max_score"] for one in anna["tests"]] == [10, 6, 4]
    assert "wrong sign" in eva["tests"][0]["output"] and "still to come" in eva["tests"][2]["output"]
    assert "said already" not in eva["output"] and "ZeroDivisionError" in eva["output"]
