"""The two packages: hrclass builds on the public names of hralign, and hralign knows nothing of it."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest
import solver
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import hralign as hr
import hrclass

ROOT = Path(__file__).parents[2]
LIB = ROOT / "lib"
PROJECTS = {"hralign": ROOT / "pyproject.toml", "hrclass": LIB / "hrclass" / "pyproject.toml"}
OF_ANY_MODULE = {"__all__", "__file__"}


def modules(package):
    found = sorted(path for path in (LIB / package).rglob("*.py") if "build" not in path.parts)
    return {path.relative_to(LIB).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in found}


def imported(tree):
    """(module, line as code) of every import that is not a relative one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, ast.unparse(node)) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module, ast.unparse(node)


def project(package):
    return tomllib.loads(PROJECTS[package].read_text(encoding="utf-8"))["project"]


def needs(package):
    return {canonicalize_name(need.name): need for need in map(Requirement, project(package)["dependencies"])}


# ------------------------------------------------------------------------------------------------ what imports what
@pytest.mark.parametrize(("name", "tree"), modules("hrclass").items())
def test_hrclass_touches_only_public_names_of_hralign(name, tree):
    whole = [code for module, code in imported(tree) if module.split(".")[0] == "hralign"]
    assert whole in ([], ["import hralign as hr"])
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    used = {node.attr for node in attributes if ast.unparse(node.value) == "hr"}
    assert used <= {*hr.__all__, *OF_ANY_MODULE}


def test_what_students_are_told_to_call_is_public_too():
    said = [node.value for tree in modules("hrclass").values() for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)]  # fmt: skip
    said += [code for codes in solver.SOLUTIONS.values() for code in codes]
    called = {name for text in said for name in re.findall(r"\bhr\.(\w+)", text)}
    assert {"load_world", "build_panel", "who_joins"} <= called <= set(hr.__all__)


@pytest.mark.parametrize(("name", "tree"), modules("hralign").items())
def test_no_module_of_hralign_knows_hrclass(name, tree):
    assert not [code for module, code in imported(tree) if module.split(".")[0] == "hrclass"]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and "hrclass." in str(node.value)]


def test_every_public_name_is_there():
    assert [name for name in hr.__all__ if not hasattr(hr, name)] == []


@pytest.mark.parametrize("package", PROJECTS)
def test_whatever_is_imported_is_declared(package):
    own = {package, *sys.stdlib_module_names}
    used = {module.split(".")[0] for tree in modules(package).values() for module, _ in imported(tree)} - own
    distributions = {"otter": ["otter-grader"]} | packages_distributions()
    brought = {name: {canonicalize_name(one) for one in distributions.get(name, [name])} for name in used}
    assert {name for name, by in brought.items() if not by & set(needs(package))} == set()


def test_the_two_are_released_together():
    version = project("hralign")["version"]
    assert hrclass.__version__ == version
    assert str(needs("hrclass")["hralign"].specifier) == f">={version}"


# ------------------------------------------------------------------------------------------------------ the runner
CALL_EVERYTHING = """\
import sys
import hralign as hr, hrclass.warm, hrclass.runner
from hrclass.assignments import ASSIGNMENTS
from hrclass.draws import draw_for
there = set(sys.modules)
[getattr(hr, name) for name in hr.__all__]
for chapter, one in ASSIGNMENTS.items():
    one.questions(draw_for(b"a secret long enough", chapter, "anna", one.evidence))
print(*sorted(set(sys.modules) - there))
"""


@pytest.mark.slow
def test_a_notebook_finds_everything_loaded_that_it_may_call():
    """What is loaded later, after the confinement, could be refused."""
    done = subprocess.run([sys.executable, "-c", CALL_EVERYTHING], cwd=LIB, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


# ------------------------------------------------------------------------------------------------------ the wheels
@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """Both, built from a copy of the repository in which each lies beside the other, as it does here."""
    folder = tmp_path_factory.mktemp("wheels")
    copy = folder / "copy"
    shutil.copytree(LIB, copy / "lib", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*command, "--wheel-dir", folder, copy, copy / "lib" / "hrclass"], capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return {package: next(folder.glob(f"{package}-*.whl")) for package in PROJECTS}


@pytest.mark.slow
@pytest.mark.parametrize("package", PROJECTS)
def test_a_wheel_holds_its_own_package_whole_and_nothing_else(wheels, package):
    with ZipFile(wheels[package]) as archive:
        held = [name for name in archive.namelist() if ".dist-info/" not in name]
    assert {name.partition("/")[0] for name in held} == {package}
    assert {name for name in held if name.endswith(".py")} == set(modules(package))


@pytest.mark.slow
def test_the_installed_command_runs(wheels, tmp_path):
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", tmp_path]
    subprocess.run([*command, wheels["hralign"], wheels["hrclass"]], check=True, capture_output=True)
    bare = {"PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)}
    for start in ("-m", "hrclass"), (tmp_path / "bin" / "hrclass",):
        command = [sys.executable, *start, "--help"]
        done = subprocess.run(command, cwd=tmp_path, env=bare, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "assign" in done.stdout and "grade" in done.stdout
        assert "hrclass" in done.stdout.splitlines()[0]
