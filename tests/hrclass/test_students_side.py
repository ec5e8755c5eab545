"""An assignment opens where students work: every way that the guide names, as far as it goes without a network.

The browser edition is walked in tests/browser/test_live.py.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from course import SECRET
from plain import edition

import hralign
from hrclass.cli import main

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "book" / "running-a-class.md").read_text(encoding="utf-8")
WAYS = PAGE[PAGE.index("## How students open an assignment") :].split("\n## ")[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder that a student is given, for Colab as well."""
    base = tmp_path_factory.mktemp("given")
    (base / "secret.txt").write_text(SECRET, encoding="utf-8")
    assert main(["assign", "--chapter", "7", "--student", "anna", "--out", str(base / "out"), "--secret-file",
                 str(base / "secret.txt"), "--repository", "someone/company"]) == 0  # fmt: skip
    return base / "out" / "chapter-07-anna"


def code(folder):
    book = nbformat.read(folder / "chapter-07-anna.ipynb", 4)
    return [cell.source for cell in book.cells if cell.cell_type == "code"]


def run(cells, at, *, path):
    """Run cells in a Python of their own, in a folder, with these places to import from."""
    script = "import sys\nsys.path[:0] = " + json.dumps([str(one) for one in path]) + "\n" + "\n".join(cells)
    return subprocess.run([sys.executable, "-c", script], cwd=at, capture_output=True, text=True, check=False)


def test_the_page_has_three_steps_for_each_way():
    rows = re.split(r"^\* - ", WAYS, flags=re.M)[2:]
    assert [re.search(r"\*\*`?(.*?)`?\*\*", row)[1] for row in rows] == ["browser", "make lab", "Colab", "laptop"]
    assert all(re.findall(r"^  (?:- |  )(\d)\. ", row, re.M) == ["1", "2", "3"] for row in rows)


def test_what_the_steps_name_is_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^lab:.*\n(\t.*\n)*\t.*jupyter lab _build/notebooks", makefile, re.M)
    bar = (ROOT / "book/_live/bar.js").read_text(encoding="utf-8")
    assert '"Open an assignment"' in bar and "*Open an assignment*" in WAYS
    note = (ROOT / "book/_editions/handout.py").read_text(encoding="utf-8")
    assert 'NOTE = "READ-ME-FIRST.txt"' in note and ".venv/bin/python -m jupyterlab notebooks\n" in note
    assert "`READ-ME-FIRST.txt`" in WAYS and "`.venv/bin/python -m jupyterlab notebooks`" in WAYS


@pytest.mark.parametrize("where", ["_build/notebooks/chapter-07-anna", "notebooks/chapter-07-anna"])
def test_beside_the_chapters_it_runs_with_the_library_alone(where, folder, tmp_path):
    """``make lab`` and the laptop: a folder among the notebooks, and no package of the teacher's."""
    library = tmp_path / "library"
    library.mkdir()
    (library / "hralign").symlink_to(Path(hralign.__file__).parent)
    at = tmp_path / where
    shutil.copytree(folder, at)
    if where.startswith("_build"):
        edition.write(at.parent, {"01-chapter": nbformat.v4.new_notebook()})  # which make lab does first
    without = "sys.modules['hrclass'] = None  # importing it would fail"
    done = run([without, *code(at)], at, path=[library])
    assert done.returncode == 0, done.stderr[-2000:]
    assert "open  slope - points a year" in done.stdout
    (at / "world.zip").unlink()
    done = run(code(at), at, path=[library])
    assert "Keep the notebook and its world in one folder." in done.stderr


COLAB = """
import types
sys.modules["google.colab"] = types.ModuleType("google.colab")
import importlib.util
importlib.util.find_spec = lambda name: None
class Shell:
    def run_line_magic(self, name, line): print(name, line)
get_ipython = Shell
"""


def test_in_colab_its_first_cell_installs_the_library_and_elsewhere_does_nothing(folder, tmp_path):
    first = code(folder)[0]
    done = run([COLAB, first], tmp_path, path=[])
    assert done.stdout == "pip install -q git+https://github.com/someone/company\n"
    assert "Now restart the session" in done.stderr and "world.zip" in done.stderr
    assert run([first], tmp_path, path=[]).returncode == 0


def test_a_repository_that_is_none_is_refused(folder, tmp_path, capsys):
    given = ["assign", "--chapter", "7", "--student", "anna", "--out", str(tmp_path / "out"), "--secret-file",
             str(folder.parents[1] / "secret.txt")]  # fmt: skip
    assert main([*given, "--repository", 'x"); import os; ("']) == 2
    assert "owner/name" in capsys.readouterr().err and not (tmp_path / "out").exists()
