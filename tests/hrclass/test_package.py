"""The two packages: hrclass builds on the public names of hralign, and hralign knows nothing of it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from zipfile import ZipFile

import pytest
import solver

import hralign as hr
import hrclass
import packages

OF_ANY_MODULE = {"__all__", "__file__"}


# ------------------------------------------------------------------------------------------------ what imports what
def test_hrclass_touches_only_public_names_of_hralign():
    for name, tree in packages.modules("hrclass").items():
        whole = {code for module, code in packages.imported(tree) if module.split(".")[0] == "hralign"}
        assert whole <= {"import hralign as hr"}, name
        attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
        used = {node.attr for node in attributes if ast.unparse(node.value) == "hr"}
        assert used <= {*hr.__all__, *OF_ANY_MODULE}, name


def test_what_students_are_told_to_call_is_public_too():
    said = [node.value for tree in packages.modules("hrclass").values() for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)]  # fmt: skip
    said += [code for codes in solver.SOLUTIONS.values() for code in codes]
    called = {name for text in said for name in re.findall(r"\bhr\.(\w+)", text)}
    assert {"load_world", "build_panel", "who_joins"} <= called <= set(hr.__all__)


def test_no_module_of_hralign_knows_hrclass():
    for name, tree in packages.modules("hralign").items():
        assert not [code for module, code in packages.imported(tree) if module.split(".")[0] == "hrclass"], name
        words = [str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        assert not [word for word in words if "hrclass." in word], name


def test_every_public_name_is_there():
    assert [name for name in hr.__all__ if not hasattr(hr, name)] == []


def test_whatever_is_imported_is_declared():
    assert packages.undeclared("hrclass") == set()


def test_the_two_are_released_together():
    version = packages.project("hralign")["version"]
    assert hrclass.__version__ == version
    assert str(packages.needs("hrclass")["hralign"].specifier) == f">={version}"


# ------------------------------------------------------------------------------------------------------ the wheels
@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    return {package: packages.build_wheel(package, folder) for package in packages.PROJECTS}


@pytest.mark.slow
def test_a_wheel_holds_its_own_package_whole_and_nothing_else(wheels):
    with ZipFile(wheels["hrclass"]) as archive:
        held = [name for name in archive.namelist() if ".dist-info/" not in name]
    assert {name.partition("/")[0] for name in held} == {"hrclass"}
    assert {name for name in held if name.endswith(".py")} == set(packages.modules("hrclass"))


@pytest.mark.slow
def test_the_command_of_the_wheel_runs(wheels, tmp_path):
    for wheel in wheels.values():
        with ZipFile(wheel) as archive:
            archive.extractall(tmp_path)
    start = "from importlib.metadata import entry_points as e; e(group='console_scripts')['hrclass'].load()()"
    done = subprocess.run([sys.executable, "-c", start, "--help"], cwd=tmp_path, capture_output=True, text=True,
                          env={"PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)}, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "assign" in done.stdout and "grade" in done.stdout
