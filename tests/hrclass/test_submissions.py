"""What is handed in, in whatever form: found, named, and said why not; nothing vanishes, nothing is unpacked."""

from __future__ import annotations

import io
import os
import zipfile

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from hrclass.identity import line_of
from hrclass.submissions import LARGEST, Roster, find_submissions

SECRET = b"0123456789abcdef" * 3
TABLE = pd.DataFrame({
    "student": ["anna", "bob", "1", "12", "s-003"],
    "name": ["Anna Müller", "Bob Ray", "Une Seule", "Douze Doe", "Tri Ple"],
    "email": ["a.mueller@uni.example", "bobray@uni.example", "", "", ""], "problem": [""] * 5,
})  # fmt: skip
ROSTER = Roster.of(TABLE)


def notebook(student, chapter=7, extra="x = 1", line=None):
    book = new_notebook(cells=[
        new_markdown_cell("# A title"), new_code_cell(line or line_of(SECRET, chapter, student)), new_code_cell(extra),
    ])  # fmt: skip
    for cell in book.cells:
        cell.pop("id", None)
    book.nbformat_minor = 4
    return nbformat.writes(book).encode()


def zipped(**files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def found(folder, **files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return {one.file: one for one in find_submissions(folder, ROSTER, SECRET)}


@pytest.mark.parametrize("name", [
    "final_FINAL (2).ipynb", "a/b/c/x.ipynb", "HAND-IN.IPYNB", "Müller Anna_123_assignsubmission_file_/x.ipynb",
    "anna_late_4711_7.ipynb", "chapter-07-anna-1.ipynb", "12 (1) copy.ipynb",
])  # fmt: skip
def test_a_notebook_is_known_by_its_line_under_whatever_name(tmp_path, name):
    one = found(tmp_path, **{name: notebook("anna")})[name]
    assert (one.student, one.chapter, one.problem) == ("anna", 7, "")


def test_what_is_zipped_is_found_and_reported_under_the_name_it_came_with(tmp_path):
    inner = zipped(**{"deep/x.ipynb": notebook("bob")})
    all_of = found(tmp_path, **{
        "anna.zip": zipped(**{"chapter-07-anna/chapter-07-anna.ipynb": notebook("anna"), "in/world.zip": b"PK"}),
        "moodle.zip": zipped(**{"bob_5/bob.ZIP": inner, "__MACOSX/._x.ipynb": b"", ".ipynb_checkpoints/x.ipynb": b""}),
    })  # fmt: skip
    assert {file: one.student for file, one in all_of.items()} == {
        "anna.zip/chapter-07-anna/chapter-07-anna.ipynb": "anna",
        "moodle.zip/bob_5/bob.ZIP/deep/x.ipynb": "bob",
    }
    assert not [one for one in all_of.values() if one.problem]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["anna.zip", "moodle.zip"], "nothing is unpacked"


def test_short_ids_are_not_read_into_names(tmp_path):
    one = found(tmp_path, **{"12 (1).ipynb": notebook("12")})["12 (1).ipynb"]
    assert (one.student, one.problem) == ("12", "")
    assert ROSTER.named_in("12 (1).ipynb") == ["12"] and ROSTER.named_in("week 1/hand-in 1.ipynb") == []
    assert ROSTER.named_in("muller_ANNA_99/x.ipynb") == ["anna"] == ROSTER.named_in("x/a.mueller/y.ipynb")
    assert ROSTER.named_in("bobray.ipynb") == ["bob"]


def test_handed_in_by_somebody_else_is_not_graded(tmp_path):
    one = found(tmp_path, **{"bobray_77/x.ipynb": notebook("anna")})["bobray_77/x.ipynb"]
    assert (one.student, one.problem) == ("bob", "handed in as bob, but it is the notebook of anna")


def test_without_its_line_a_notebook_is_known_by_its_own_name_only(tmp_path):
    plain = notebook("x", line="y = 2")
    all_of = found(tmp_path, **{"chapter-07-anna.ipynb": plain, "anna.ipynb": plain, "nobody.ipynb": plain})
    assert (all_of["chapter-07-anna.ipynb"].student, all_of["chapter-07-anna.ipynb"].problem) == ("anna", "")
    assert "the file name was believed" in all_of["chapter-07-anna.ipynb"].remark
    assert "does not say whose it is" in all_of["anna.ipynb"].problem and all_of["anna.ipynb"].student == "anna"


def test_the_same_file_twice_is_graded_once_and_two_versions_both(tmp_path):
    first, second = notebook("anna"), notebook("anna", extra="x = 2")
    all_of = found(tmp_path, **{"a.ipynb": first, "b.ipynb": first, "c.ipynb": second})
    assert [one.problem for one in all_of.values()] == ["", "the same file as a.ipynb, which was graded", ""]


@pytest.mark.parametrize(("name", "content", "said"), [
    ("bob.ipynb", b"", "the file is empty"), ("bob.ipynb", b"Dear Sir", "cannot be read as a notebook"),
    ("bob.ipynb", b"\xff\xfe\x00bytes that are no text", "cannot be read as a notebook (UnicodeDecodeError)"),
    ("bob.ipynb", b"[" * 200_000, "cannot be read as a notebook (RecursionError)"),
    ("bob.ipynb", b'{"cells": ' + b"[" * 200_000, "cannot be read as a notebook"),
    ("bob.ipynb", b" " * (50 * 2**20), f"larger than {LARGEST // 2**20} MB"),
    ("bob.ipynb", notebook("bob", extra="x" * 2**20 + "\n" + "y"), "a megabyte, of code"),
    ("bob.pdf", b"%PDF", "it is not a notebook"), ("bob.zip", b"PK no zip", "the zip cannot be read"),
    ("bob.zip", zipped(**{"a.txt": "x"}), "there is no notebook in the zip"),
    ("bob.zip", zipped(**{"a.zip": zipped(**{"b.zip": zipped(**{"c.ipynb": "x"})})}), "zip within a zip within a zip"),
    ("bob.zip", zipped(**{"../../../bob/evil.ipynb": notebook("bob")}), "leads out of it"),
    ("bob.zip", zipped(**{"/etc/bob/evil.ipynb": b"x"}), "cannot be read as a notebook"),
    ("bob.zip", zipped(**{f"{k}/x.ipynb": b"" for k in range(5_001)}), "more than can be unpacked"),
    ("bob.ipynb", nbformat.writes(new_notebook()).encode(), "has no code in it"),
    ("bob.ipynb", notebook("zoe"), "'zoe' is not on the roster"),
    ("bob.ipynb", notebook("bob", chapter=3), "there is no assignment to chapter 3"),
    ("bob.ipynb", notebook("bob", line="# assignment 7 of student bob, world 0123"), "belongs to nobody on the roster"),
    ("bob.ipynb", notebook("bob", line=line_of(SECRET, 7, "anna").replace("anna", "bob")), "is that of anna"),
])  # fmt: skip
def test_what_cannot_be_graded_says_why_and_whose_it_seems(tmp_path, name, content, said):
    [one] = found(tmp_path, **{f"in/{name}": content}).values()
    assert said in one.problem
    assert one.file.startswith(f"in/{name}") and one.student == "bob"
    assert sorted(path.name for path in tmp_path.rglob("*")) == [name, "in"]


def test_a_zip_that_swells_is_cut_off(tmp_path):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.ipynb", b" " * (LARGEST + 10))
    [one] = found(tmp_path, **{"bob.zip": held.getvalue()}).values()
    assert "larger than" in one.problem


def test_links_pipes_and_what_may_not_be_read_have_their_line(tmp_path):
    outside = tmp_path / "secret.ipynb"
    outside.write_bytes(notebook("anna"))
    folder = tmp_path / "in"
    (folder / "there").mkdir(parents=True)
    (folder / "anna.ipynb").symlink_to(outside)
    (folder / "all").symlink_to(tmp_path)
    os.mkfifo(folder / "bob.ipynb")
    (folder / "dir.ipynb").mkdir()
    all_of = found(folder)
    assert {file: one.problem for file, one in all_of.items()} == {
        "anna.ipynb": "it is a link, and links are not followed", "all": "it is a link, and links are not followed",
        "bob.ipynb": "it is no file"}  # fmt: skip


def test_two_students_and_a_link_in_a_zip(tmp_path):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        entry = zipfile.ZipInfo("evil.ipynb")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    [one] = found(tmp_path, **{"both.zip": held.getvalue()}).values()
    assert "it is a link" in one.problem


def test_what_is_the_teachers_own_is_no_submission(tmp_path):
    for name in ("grades/grades.csv", "class.csv", "course-secret.txt", "in/anna.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(notebook("anna"))
    own = [tmp_path / "grades", tmp_path / "class.csv", tmp_path / "course-secret.txt"]
    assert [one.file for one in find_submissions(tmp_path, ROSTER, SECRET, own)] == ["in/anna.ipynb"]
