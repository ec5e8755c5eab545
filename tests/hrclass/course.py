"""A course as a teacher has it: a roster, a secret, and the commands."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import json

import hralign as hr
from hrclass.cli import main
from hrclass.execution import try_out
from hrclass.isolation.choice import choose

SECRET = "0123456789abcdef" * 3


@functools.cache
def no_sandbox():
    """Why notebooks cannot be run in a sandbox on this machine; "" if they can."""
    try:
        choose("bubblewrap", try_out)
    except hr.HralignError as error:
        return str(error)
    return ""


class Course:
    """A folder with a secret, a roster, assignments and what is handed in."""

    def __init__(self, folder, students):
        self.folder, self.students = folder, students
        self.secret, self.roster = folder / "secret.txt", folder / "class.csv"
        self.secret.write_text(SECRET + "\n", encoding="utf-8")
        self.roster.write_text("student,name\n" + "".join(f"{s},Name of {s}\n" for s in students), encoding="utf-8")
        self.submissions, self.grades = folder / "submissions", folder / "grades"
        self.submissions.mkdir(exist_ok=True)

    def assign(self, chapter, *more):
        options = ("--secret-file", str(self.secret), "--out", str(self.folder / "out"), "--quiet")
        return main(["assign", "--chapter", str(chapter), *options, *(more or ("--roster", str(self.roster)))])

    def notebook(self, chapter, student):
        name = f"chapter-{chapter:02d}-{student}"
        return self.folder / "out" / name / f"{name}.ipynb"

    def grade(self, *more):
        options = (
            "--roster",
            str(self.roster),
            "--secret-file",
            str(self.secret),
            "--out",
            str(self.grades),
            "--quiet",
        )
        trusted = ["--trusted"] if no_sandbox() else []  # they are ours
        return main(["grade", str(self.submissions), *options, *trusted, *more]), self.grades / "grades.csv"

    def results(self):
        return json.loads((self.grades / "results.json").read_text(encoding="utf-8"))


@contextlib.contextmanager
def locked(folder):
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
