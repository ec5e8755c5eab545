"""The zip for a class: unpacked elsewhere, without a network and without a data folder, its notebooks run."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import handout
import nbformat
import pytest

ROOT = Path(__file__).parents[2]
# Python reads a module of this name when it starts: from then on nothing can be asked of another machine.
NO_NETWORK = """\
import socket

connect = socket.socket.connect

def local(self, address):
    if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "localhost", "::1"):
        raise OSError(f"a connection to {address}")
    return connect(self, address)

socket.socket.connect = socket.socket.connect_ex = local
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class") / "the-company-states-keep"
    handout.fill(folder)
    return folder


def test_it_holds_every_plain_notebook_without_outputs(folder):
    written = sorted(path.name for path in (folder / "notebooks").iterdir())
    assert written == sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    for path in (folder / "notebooks").iterdir():
        notebook = nbformat.read(path, 4)
        assert "jupytext" not in notebook.metadata
        assert "plain edition" in notebook.cells[0].source
        assert not [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")]


def test_everything_the_requirements_name_is_in_it(folder):
    constraints, links, library, *packages = (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert (folder / constraints.removeprefix("-c ")).is_file()
    assert (folder / links.removeprefix("--find-links ")).is_dir()
    assert (folder / library).is_file()
    pinned = (folder / "requirements-lock.txt").read_text(encoding="utf-8").lower()
    assert packages and all(f"{package}==" in pinned for package in packages)


def test_nothing_of_the_grader_is_in_it(folder):
    assert [path.name.partition("-")[0] for path in (folder / "wheels").iterdir()] == ["hralign"]
    with ZipFile(next((folder / "wheels").iterdir())) as wheel:
        assert not [name for name in wheel.namelist() if "hrclass" in name or "classroom" in name]


def test_nothing_of_others_is_in_it(folder):
    registered = set(tomllib.loads((ROOT / "lib/hralign/sources/registry.toml").read_text(encoding="utf-8")))
    assert not registered & {path.name for path in folder.rglob("*")}
    assert "FOR THE COMPUTERS OF THIS CLASS ONLY" not in (folder / handout.NOTE).read_text(encoding="utf-8")


def test_unpacked_elsewhere_the_library_is_imported_and_a_notebook_runs(folder, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    library = tmp_path / "library"
    wheel = next((folder / "wheels").glob("hralign-*.whl"))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", library, wheel]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    home = tmp_path / "home"
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("HRALIGN", "XDG"))}
    environment |= {"PYTHONPATH": f"{library}{os.pathsep}{tmp_path}", "HOME": str(home)}
    where = "import hralign, socket; print(hralign.__file__, socket.socket.connect.__name__)"
    told = subprocess.run([sys.executable, "-c", where], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.split()[0].startswith(str(library)) and told.stdout.split()[1] == "local"
    notebook = folder / "notebooks" / "91-data-sources.ipynb"
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "notebook", "--execute", "--stdout", notebook]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Simulated data." in done.stdout


def test_real_data_are_marked_for_the_class_only(tmp_path, monkeypatch):
    monkeypatch.setenv("HRALIGN_DATA", str(tmp_path))
    monkeypatch.setattr(handout.registry, "require_files", lambda: None)
    for entry in handout.registry.registry():
        (tmp_path / entry.name).write_text(entry.name, encoding="utf-8")
    note = handout.write_data(tmp_path / "zip")
    assert {path.name for path in (tmp_path / "zip").iterdir()} == {entry.name for entry in handout.registry.registry()}
    assert "FOR THE COMPUTERS OF THIS CLASS ONLY. Do not publish it" in note
    assert all(entry.name in note and entry.origin in note for entry in handout.registry.registry())


def test_incomplete_real_data_make_no_zip(tmp_path, monkeypatch):
    monkeypatch.setenv("HRALIGN_DATA", str(tmp_path))
    with pytest.raises(handout.hralign.HralignError, match="are incomplete"):
        handout.write_data(tmp_path / "zip")
    assert not (tmp_path / "zip").exists()


def test_without_answers_no_solution_is_in_it(tmp_path):
    handout.write_notebooks(tmp_path / "notebooks", answers=False)
    for path in (tmp_path / "notebooks").iterdir():
        text = path.read_text(encoding="utf-8")
        assert "Solution of" not in text and "**Right.**" not in text and "<details>" not in text
