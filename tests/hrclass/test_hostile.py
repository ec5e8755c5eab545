"""People who have read the grader's source: they gain nothing, leave no trace, and harm nobody else."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import hostile
import nbformat
import pandas as pd
import psutil
import pytest
import solver
from course import Course

import hralign as hr

pytestmark = pytest.mark.slow

CHAPTER, ATTACKER, BYSTANDER = 8, "mallory", "anna"
TIME = ("--time-limit", "60", "--cell-limit", "6", "--memory-limit", "2", "--scratch-limit", "64")


def listing(*roots):
    """Every file below some folders, with size, mode and time of its last change."""
    found = {}
    for root in roots:
        for at, folders, files in os.walk(root):
            folders[:] = [one for one in folders if one not in ("__pycache__", ".git")]
            for name in [*folders, *files]:
                about = Path(at, name).lstat()
                found[os.path.join(at, name)] = (
                    about.st_mode,
                    about.st_size if name in files else 0,
                    about.st_mtime_ns,
                )
    return found


def attacked(course, code, *, thief=False):
    """The attacker's notebook: right but for one cell, or without any answer but what the attack brings."""
    book = nbformat.read(course.notebook(CHAPTER, ATTACKER), as_version=4)
    codes = solver.solve(CHAPTER, book)
    own = [] if thief else codes[:2]  # right answers, before the attack
    codes = [*own, code, *("" for _ in codes[len(own) + 1 :])]
    return solver.put(book, codes)


@pytest.fixture(scope="module")
def graded(sandbox, tmp_path_factory):
    """All attacks in one run, between two notebooks of somebody who did nothing; what was there before and after."""
    tmp = tmp_path_factory.mktemp("hostile")
    course = Course(tmp, [ATTACKER, BYSTANDER])
    assert course.assign(CHAPTER) == 0
    outside = tmp / "outside"
    outside.mkdir()
    canary, folder = outside / "canary.txt", outside / "folder"
    folder.mkdir()
    for path in (canary, folder / "a.txt", folder / "b.txt"):
        path.write_text("still here", encoding="utf-8")
    unix, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
    unix.bind(str(outside / "socket"))
    abstract.bind("\0hrclass-test")
    listening = socket.create_server(("127.0.0.1", 0))
    for one in (unix, abstract):
        one.listen()
    where = {"canary": canary, "folder": folder, "port": listening.getsockname()[1], "socket": outside / "socket",
             "pid": os.getpid(), "name": "n_same"}  # fmt: skip
    for attacks, thief in ((hostile.ATTACKS, False), (hostile.THIEVES, True)):
        for name, code in attacks.items():
            nbformat.write(attacked(course, code.format(**where), thief=thief), course.submissions / f"{name}.ipynb")
    innocent = course.notebook(CHAPTER, BYSTANDER)
    codes = solver.answers(CHAPTER, innocent)
    for name in ("aaa.ipynb", "zzz.ipynb"):
        solver.hand_in(innocent, [f"# {name}\n{codes[0]}", *codes[1:]], course.submissions / name)
    roots = (outside, Path(hr.__file__).parent, Path(__file__).parents[2] / "lib", "/dev/shm")
    before, processes = listing(*roots), {one.pid for one in psutil.process_iter()}
    os.environ["HRALIGN_COURSE_SECRET"] = "of another course"
    try:
        status, report = course.grade(*TIME)
    finally:
        del os.environ["HRALIGN_COURSE_SECRET"]
        for one in (unix, abstract, listening):
            one.close()
    assert status == 0
    left = [one for one in psutil.process_iter(["cmdline"]) if one.pid not in processes
            and "/env/run_notebook.py" in (one.info["cmdline"] or [])]  # fmt: skip
    table = pd.read_csv(report, keep_default_na=False, encoding="utf-8-sig", dtype=str)
    return {"table": table.set_index(table["file"].str.removesuffix(".ipynb")), "course": course,
            "changed": set(before.items()) ^ set(listing(*roots).items()), "left": left,
            "texts": [path.read_text("utf-8") for path in (canary, folder / "a.txt", folder / "b.txt")]}  # fmt: skip


def test_nothing_outside_is_touched(graded):
    assert graded["texts"] == ["still here"] * 3
    assert graded["changed"] == set()
    assert graded["left"] == []


def test_somebody_elses_grade_is_what_it_would_be(graded):
    for name in ("aaa", "zzz"):
        row = graded["table"].loc[name]
        assert (row["student"], row["points"], row["possible"]) == (BYSTANDER, "16.4", "16.4"), row["comment"]


def test_the_report_says_which_isolation_held(graded):
    assert graded["table"]["isolation"].str.startswith("bubblewrap").all()


@pytest.mark.parametrize("attack", hostile.ATTACKS)
def test_an_attack_gains_nothing_and_has_its_line(graded, attack):
    row = graded["table"].loc[attack]
    assert row["student"] == ATTACKER
    assert row["status"] == "graded", row["status"]
    assert (row["q1"], row["q2"]) == ("2.0", "2.0"), f"what was right before it still counts: {row['comment']}"
    assert float(row["q3"]) == 0, row["comment"]
    assert "Everything is right" not in row["comment"]


@pytest.mark.parametrize("thief", hostile.THIEVES)
def test_a_thief_gains_nothing(graded, thief):
    row = graded["table"].loc[thief]
    assert (row["student"], row["status"]) == (ATTACKER, "graded")
    assert float(row["points"]) == 0, row["comment"]


@pytest.mark.parametrize(("attack", "said"), [
    ("endless", "stopped after"), ("stubborn", "stopped after 60 s"), ("deaf", "stopped after 60 s"),
    ("exits", "ended its process before its last cell"), ("quits", "SystemExit"), ("floods", "Error"),
    ("fills", "No space left"), ("fills_shared", "Error"), ("fills_devices", "Read-only file system"),
    ("patches", "Permission denied"), ("plants_code", "Read-only file system"), ("spies", "No such file"),
    ("network", "refused"), ("outside", "unreachable"),
    ("mounts", "AssertionError"), ("hog", "MemoryError"), ("hogs", "it was stopped"),
    ("floods_pipe", "more than 4 MB of answers"), ("infinite_answer", "`n_same` is infinite"),
    ("bytes_answer", "`n_same` is of type bytes"), ("long_answer", "`n_same` is too long"),
    ("raises_limits", "not allowed"),
])  # fmt: skip
def test_the_student_reads_what_happened(graded, attack, said):
    assert said in graded["table"].loc[attack, "comment"]


@pytest.mark.parametrize("thief", ["imports_grader", "finds_grader", "looks_for_source", "asks_frames", "asks_memory"])
def test_there_is_nothing_to_find(graded, thief):
    comment = graded["table"].loc[thief, "comment"]
    assert "No module named 'hrclass'" in comment or "AssertionError: nothing" in comment or "No such file" in comment


def test_what_is_forged_into_the_pipe_is_flagged(graded):
    for attack in ("forges", "forges_bytes", "forges_depth", "forges_numbers"):
        assert "in the pipe of answers that are none" in graded["table"].loc[attack, "flag"], attack


def test_no_cell_of_the_report_is_a_formula(graded):
    text = (graded["course"].grades / "grades.csv").read_text(encoding="utf-8-sig")
    assert ",=" not in text and ',"=' not in text
