"""The two packages as files: their modules, what these import, what is declared, and the wheels built of them."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LIB = ROOT / "lib"
PROJECTS = {"hralign": ROOT / "pyproject.toml", "hrclass": LIB / "hrclass" / "pyproject.toml"}
"""The readers' archive lacks the second, and the tests of it."""

BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


@cache
def modules(package):
    """Syntax tree of every module of a package, by its path below lib."""
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


def undeclared(package):
    """Modules of others that a package imports anywhere without declaring what brings them."""
    own = {package, "js", *sys.stdlib_module_names}  # js is the browser, where Python runs in one
    used = {module.split(".")[0] for tree in modules(package).values() for module, _ in imported(tree)} - own
    distributions = packages_distributions()
    brought = {name: {canonicalize_name(one) for one in distributions.get(name, [name])} for name in used}
    return {name for name, by in brought.items() if not by & set(needs(package))}


def build_wheel(package, folder):
    """Build a wheel with the setuptools that are there, from a copy, so that nothing is left in the repository."""
    copy = folder / f"{package}-source"
    hidden = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
    if package == "hralign":
        shutil.copytree(LIB / package, copy / "lib" / package, ignore=hidden)
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, copy)
    else:
        shutil.copytree(LIB / package, copy, ignore=hidden)
    done = subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=copy, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return next(folder.glob(f"{package}-*.whl"))
