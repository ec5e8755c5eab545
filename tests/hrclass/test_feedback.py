"""Pages for students and teacher: all that they need, escaped, without scripts; a zip that a platform understands."""

from __future__ import annotations

import re
import zipfile
from html.parser import HTMLParser

import graded
import pandas as pd
import pytest

from hrclass.classwide import by_question, long, totals
from hrclass.cli import main
from hrclass.feedback import file_name

PAIRS = [{"chapter": 7, "students": ["anna", "bob"], "files": ["a.ipynb", "b.ipynb"], "share": 0.83,
          "lines": [["rows = x < 1", "late = y < 2"]]}]  # fmt: skip


@pytest.fixture
def course(tmp_path):
    grades, roster = graded.write(tmp_path, *graded.everybody()[:5], graded.nothing("finn"), pairs=PAIRS)
    rules = tmp_path / "rules.toml"
    rules.write_text("[deadlines]\n7 = 2026-10-31 23:59:00+01:00\n[late]\nper_day = 0.05\n", encoding="utf-8")
    return tmp_path, grades, roster, rules


class Outline(HTMLParser):
    """Headings, tags and tables of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.levels, self.bare = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if self.tags and self.tags[-1] == "table" and tag != "caption":
            self.bare.append(tag)
        self.tags.append(tag)
        if re.fullmatch(r"h\d", tag):
            self.levels.append(int(tag[1]))


def is_accessible(text):
    page = Outline(text)
    assert page.levels[0] == 1 and page.levels.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(page.levels, page.levels[1:], strict=False)), "no level is left out"
    assert not page.bare, "every table has its caption"
    assert "script" not in page.tags and "link" not in page.tags and "img" not in page.tags
    assert 'lang="en"' in text and "prefers-color-scheme: dark" in text and not re.search(r"https?://", text)


def test_each_student_gets_a_page_with_all_that_was_found(course, capsys):
    folder, grades, roster, rules = course
    out = folder / "feedback.zip"
    command = ["feedback", str(grades), "--roster", str(roster), "--rules", str(rules), "--chapter", "7", "--out",
               str(out)]  # fmt: skip
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "pages of 5 students" in said and "No page for finn (nothing handed in)" in said and "eva" in said
    with zipfile.ZipFile(out) as archive:
        pages = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(pages) == {f"{one.title()} Ö ({one})/feedback-chapter-07.html" for one in graded.STUDENTS[:5]}
    for text in pages.values():
        is_accessible(text)
    carla, eva = pages["Carla Ö (carla)/feedback-chapter-07.html"], pages["Eva Ö (eva)/feedback-chapter-07.html"]
    for words in (
        "14.15 of 20 points", "1 day late, 5% taken. Earned: 14.9.", "slope has the right size and the wrong sign.",
        "6 of 10", "−0.02", "Well argued.", "2.5 of 3.6", "gives each side its due", "ZeroDivisionError",
        "&lt;b&gt;It is .02&lt;/b&gt; &amp; rising, says carla.",
    ):  # fmt: skip
        assert words in carla, words
    assert "up to 3.6 more are still to come from your teacher" in eva and "said already" not in eva
    first = out.read_bytes()
    assert main(command) == 2 and out.read_bytes() == first
    out.unlink()
    assert main(command) == 0 and out.read_bytes() == first, "the same grades make the same zip"


@pytest.mark.parametrize(
    ("handed_in", "name", "expected"),
    [
        ("all.zip/Anna Ö_4711_assignsubmission_file_/x.ipynb", "Anna Ö", "Anna Ö_4711_assignsubmission_file_"),
        ("Anna Ö_4711_assignsubmission_file/x.ipynb", "", "Anna Ö_4711_assignsubmission_file_"),
        ("Anna Ö_4711_assignsubmission_file_x.ipynb", "", "Anna Ö_4711_assignsubmission_file_"),
        ("7/anna.ipynb", "Anna/../Ö", "Anna..Ö (anna)"),
        ("7/anna.ipynb", "", "anna"),
        ("7/anna.ipynb", "anna", "anna"),
    ],
)  # fmt: skip
def test_pages_are_named_as_the_platform_or_the_teacher_knows_them(handed_in, name, expected):
    assert file_name(7, "anna", name, handed_in) == f"{expected}/feedback-chapter-07.html"


def test_a_hard_question_and_one_that_tells_nothing_are_seen():
    table = long({"notebooks": graded.everybody()})
    found = by_question(table).set_index("question")
    assert found["share_earned"].tolist() == [0.733, 0.667, 0.705]
    assert found["students"].tolist() == [6, 6, 5], "a text without a mark is not counted"
    assert found["left_open"].tolist() == [0, 0.333, 0] and found.loc[1, "commonest_slip"] == "sign (4)"
    points = table.pivot_table(index="student", columns="question", values="points")
    assert found.loc[2, "discrimination"] == round(points[2].corr(points[1] + points[3].fillna(0)), 3)
    flat = by_question(long({"notebooks": [graded.record(s) for s in graded.STUDENTS]}))
    assert flat["discrimination"].isna().all()
    few = by_question(long({"notebooks": graded.everybody()[:4]}))
    assert few["discrimination"].isna().all()


def test_every_student_is_in_the_histogram_once():
    found = totals(long({"notebooks": [*graded.everybody(), graded.record("anna", counts=False), graded.nothing("z")]}))
    assert found["students"].sum() == 6 and found.iloc[-1].tolist() == [7, "18 to 20", 2]


def test_the_pages_of_the_teacher_are_written_together_or_not_at_all(course, capsys):
    folder, grades, *_ = course
    out = folder / "statistics"
    assert main(["statistics", str(grades), "--out", str(out)]) == 0
    assert {path.name for path in out.iterdir()} == {"questions.csv", "totals.csv", "statistics.html", "pairs.html"}
    assert len(pd.read_csv(out / "questions.csv")) == 3 and pd.read_csv(out / "totals.csv")["students"].sum() == 5
    for name in ("statistics", "pairs"):
        is_accessible((out / f"{name}.html").read_text(encoding="utf-8"))
    side_by_side = (out / "pairs.html").read_text(encoding="utf-8")
    assert "<td><pre>rows = x &lt; 1</pre></td><td><pre>late = y &lt; 2</pre></td>" in side_by_side
    assert "83%" in side_by_side and "anna and bob" in side_by_side
    assert main(["statistics", str(grades), "--out", str(out)]) == 2
    assert main(["statistics", str(folder), "--out", str(folder / "other")]) == 2
    assert not (folder / "other").exists() and not list(folder.glob(".hrclass-*"))
