"""Lists of a class, as each platform exports them, become a roster; what is wrong is named by its line."""

from __future__ import annotations

import graded
import pytest

import hralign as hr
from hrclass.cli import main
from hrclass.identity import read_roster
from hrclass.lms.rosters import make_roster
from hrclass.lms.tables import read_table

EXPORTS = {
    "canvas": (graded.CANVAS.encode("utf-8-sig"), "SIS Login ID", "commas, UTF-8"),
    "moodle": (graded.MOODLE.encode("cp1252"), "ID-Nummer", "semicolons, Windows-1252"),
    "worksheet": (graded.WORKSHEET.encode(), "E-Mail-Adresse", "commas, UTF-8"),
    "blackboard": (graded.BLACKBOARD.encode("utf-16"), "Username", "tabs, UTF-16"),
    "no mark": (graded.BLACKBOARD.encode("utf-16-le"), "Username", "tabs, UTF-16"),
    "spreadsheet": (b"sep=;\r\nName;E-mail\r\n" + b"".join(
        f'"{s};x";{s}@u.example\r\n'.encode() for s in graded.STUDENTS), "E-mail", "semicolons, UTF-8"),
}  # fmt: skip


def table(folder, content):
    path = folder / "export.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path)


@pytest.mark.parametrize("name", EXPORTS)
def test_each_export_becomes_a_roster(name, tmp_path, capsys):
    content, serves, words = EXPORTS[name]
    path, out = tmp_path / "export.csv", tmp_path / "class.csv"
    path.write_bytes(content)
    assert main(["roster", str(path), "--out", str(out), "--yes"]) == 0
    said = capsys.readouterr().out
    assert f"({words}): 6 students" in said and f"student  from '{serves}'" in said
    roster = read_roster(out)
    expected = [str(k) for k in range(6)] if name == "moodle" else graded.STUDENTS
    assert list(roster["student"]) == expected and set(roster["problem"]) == {""}
    assert "Chapter 7 (901)" not in roster and path.read_bytes() == content


@pytest.mark.parametrize("name", [name for name in EXPORTS if name != "no mark"])
def test_a_table_is_given_back_as_it_came(name, tmp_path):
    content, *_ = EXPORTS[name]
    read = table(tmp_path, content)
    kept, came = (one.decode(read.encoding).replace('"', "") for one in (read.written(), content))
    assert kept == came and read.written()[:2] == content[:2]


def test_nothing_is_written_unless_confirmed(tmp_path, monkeypatch, capsys):
    path, out = tmp_path / "export.csv", tmp_path / "class.csv"
    path.write_text(graded.CANVAS, encoding="utf-8")
    for answer in ("", "n", "of course"):
        monkeypatch.setattr("builtins.input", lambda question, answer=answer: answer)
        assert main(["roster", str(path), "--out", str(out)]) == 2 and not out.exists()
    assert "passed over: line 2 (Points Possible)" in capsys.readouterr().out
    monkeypatch.setattr("builtins.input", lambda question: "y")
    assert main(["roster", str(path), "--out", str(out)]) == 0
    before = out.read_bytes()
    assert main(["roster", str(path), "--out", str(out), "--yes"]) == 2 and out.read_bytes() == before


def test_the_teacher_names_another_column(tmp_path):
    read = table(tmp_path, "Kennung;Wer\nab12;Anna\ncd34;Bob\n")
    with pytest.raises(hr.HralignError, match="--map student=COLUMN"):
        make_roster(read, {})
    found = make_roster(read, {"student": "Kennung", "name": "Wer"})
    assert list(found.roster["student"]) == ["ab12", "cd34"] and list(found.roster["name"]) == ["Anna", "Bob"]
    with pytest.raises(hr.HralignError, match="no column 'kennung'"):
        make_roster(read, {"student": "kennung"})
    with pytest.raises(hr.HralignError, match="no column of a roster"):
        make_roster(read, {"studnet": "Kennung"})


def test_addresses_become_ids_that_stay_apart(tmp_path):
    both = table(tmp_path, "name,email\nA,anna@uni.example\nB,anna@web.example\nC,jörg+x@uni.example\n")
    assert list(make_roster(both, {}).roster["student"]) == [
        "anna_at_uni.example", "anna_at_web.example", "j-rg-x_at_uni.example",
    ]  # fmt: skip


def test_problems_are_named_by_their_line(tmp_path, capsys):
    path, out = tmp_path / "export.csv", tmp_path / "class.csv"
    path.write_text('student,name\nanna,"A\nof two lines"\n\nANNA,A\nbö b,B\n,C\n', encoding="utf-8")
    assert main(["roster", str(path), "--out", str(out), "--yes"]) == 2 and not out.exists()
    said = capsys.readouterr().err
    assert "Line 5: 'ANNA' is in line 2 already." in said
    assert "Line 6: 'bö b' cannot be a student id" in said and "Line 7: there is no id." in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04rest", "save it as CSV"),
        (b"a,b\n1,2\n1,2,3\n", "line 3"),
        (b"a,b\n1,2\n\n" + b'"open,2\n3,4\n', "line 4"),
        (b"a,a\n1,2\n", "several columns are called a"),
        (b"student\n", "no lines below"),
        (b"", "no lines below"),
        (b"\x81\x8d\x00\xff", "no text in"),
        (b"sep=|\na|b\n1|2\n", "separates its columns by '|'"),
    ],
)
def test_what_is_no_such_table_is_refused_in_a_sentence(content, said, tmp_path):
    with pytest.raises(hr.HralignError) as error:
        table(tmp_path, content)
    assert said in str(error.value) and str(error.value).endswith(".")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_roster_is_read_as_spreadsheets_save_it(encoding, separator, tmp_path):
    path = tmp_path / "class.csv"
    path.write_bytes(separator.join(["student", "name\r\n007", "Jörg Ö\r\n"]).encode(encoding))
    assert read_roster(path).to_dict("records") == [{"student": "007", "name": "Jörg Ö", "problem": ""}]


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(hr.HralignError, match=r"gone\.csv cannot be read"):
        read_table(tmp_path / "gone.csv")
