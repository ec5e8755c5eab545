"""hralign alone: what it imports is declared, and what is declared is enough to run it where nothing else is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

import packages

UNREACHABLE = re.compile(
    r"connection|resolution|dns error|error sending request|failed to fetch|timed out|unreachable|offline", re.I
)

SESSION = """
import hralign as hr, pandas as pd
for name in hr.__all__:
    getattr(hr, name)
import matplotlib; matplotlib.use("Agg")
hr.use_style()
print(hr.show(__import__("matplotlib.pyplot", fromlist=["x"]).figure(), alt="Nothing").data[:7])
print(hr.quote("table2/lag duration coef .3f"), hr.published_model("table2")["nobs"])
"""


def test_whatever_is_imported_is_declared():
    assert packages.undeclared("hralign") == set()


def test_an_import_that_is_not_declared_would_be_found(monkeypatch):
    monkeypatch.setattr(packages, "needs", lambda package: {"numpy": None})
    assert {"pandas", "scipy", "matplotlib"} <= packages.undeclared("hralign")


# -------------------------------------------------------------------------------------------- where nothing else is
@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return packages.build_wheel("hralign", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def empty(wheel, tmp_path_factory):
    """The programs of an environment that holds the wheel and what it declares, in the versions of the lock."""
    folder = tmp_path_factory.mktemp("empty") / "env"
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    subprocess.run([sys.executable, "-m", "venv", *(["--without-pip"] if uv else []), folder], check=True)
    python = folder / "bin" / "python"
    install = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    lock = packages.ROOT / "requirements-lock.txt"
    done = subprocess.run([*install, "--quiet", "-c", lock, wheel], env=bare(), cwd=folder, capture_output=True,
                          text=True, check=False)  # fmt: skip
    if done.returncode and UNREACHABLE.search(done.stderr):
        pytest.skip("the package index cannot be reached, and the packages are not in the cache")
    assert done.returncode == 0, done.stderr[-2000:]
    return folder / "bin"


def bare(**more):
    """The environment without what could lead back to this repository or to the data."""
    hidden = ("PYTHON", "HRALIGN", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(hidden)} | more


def run(program, *arguments, folder):
    return subprocess.run([program, *arguments], cwd=folder, env=bare(HOME=str(folder)), capture_output=True, text=True,
                          check=False)  # fmt: skip


@pytest.mark.slow
def test_the_wheel_alone_replicates_a_model_outside_of_the_repository(empty, tmp_path):
    done = run(empty / "hralign", "replicate", "--source", "simulated", "--models", "table2/lag", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "table2/lag on simulated data" in done.stdout and "Residual variance" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_wheel_alone_is_the_module_and_all_its_names(empty, tmp_path):
    done = run(empty / "python", "-m", "hralign", "--version", folder=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, f"hralign {packages.project('hralign')['version']}")
    done = run(empty / "python", "-c", SESSION, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["<figure", "0.012", "17056"]


@pytest.mark.slow
def test_the_wheel_holds_the_package_whole_and_nothing_else(wheel):
    with ZipFile(wheel) as archive:
        held = [name for name in archive.namelist() if ".dist-info/" not in name]
    assert {name.partition("/")[0] for name in held} == {"hralign"}
    assert {name for name in held if name.endswith(".py")} == set(packages.modules("hralign"))
    data = {path.relative_to(packages.LIB).as_posix() for kind in ("json", "csv", "toml")
            for path in (packages.LIB / "hralign").rglob(f"*.{kind}")}  # fmt: skip
    assert {name for name in held if not name.endswith(".py")} == data
