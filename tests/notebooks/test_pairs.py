"""Each chapter is a pair of files, and both must hold the same chapter, with nothing of anybody's machine in it."""

import ast
import json
import re
from functools import cache
from pathlib import Path

import jupytext
import pytest
import yaml

import pairs

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
HALVES = pairs.HALVES
NAMES = pairs.names(NOTEBOOKS)

# Notebooks ask the library for data. Anything here means that one of them went round it.
FORBIDDEN = {
    "sys.path": r"sys\.path",
    "a data file": r"\.(csv|rda|tsv|parquet|dta|xlsx)\b",
    "a shared folder": r"/shared\b",
    "opening a file": r"\bopen\(|\bread_text\(|\bread_bytes\(",
    "a path on one machine": r"""["'](?:/|~/|[A-Z]:\\\\)\w""",
    "running another notebook": r"%run\b|nbimporter|import_ipynb",
}

pytestmark = pytest.mark.skipif(not NAMES, reason="no chapter has been written yet")


@cache
def half(name, suffix):
    return jupytext.read(NOTEBOOKS / f"{name}{suffix}")


@cache
def stored(name):
    return json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))


def code(name):
    return [cell.source for cell in half(name, ".md").cells if cell.cell_type == "code"]


def contents_files(node):
    """Every page that the table of contents names, at whatever depth."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"file", "root"}:
                yield value
            else:
                yield from contents_files(value)
    elif isinstance(node, list):
        for value in node:
            yield from contents_files(value)


def test_both_halves_hold_the_same_cells():
    assert [fault for name in NAMES for fault in pairs.out_of_step(NOTEBOOKS, name)] == []


def test_tags_and_cell_metadata_agree():
    """A tag that is in one half only hides a cell in one edition and shows it in the other."""
    tags = {name: [[dict(cell.metadata) for cell in half(name, suffix).cells] for suffix in HALVES] for name in NAMES}
    assert [name for name, (left, right) in tags.items() if left != right] == []


def test_nothing_executed_is_committed():
    assert [fault for name in NAMES for fault in pairs.executed(NOTEBOOKS, name)] == []


@pytest.mark.parametrize("where", [lambda name: stored(name)["metadata"], lambda name: half(name, ".md").metadata])
def test_metadata_is_that_of_a_pair(where):
    wanted = ("ipynb,md:myst", "python3", "python")
    found = {name: (where(name)["jupytext"]["formats"], where(name)["kernelspec"]["name"],
                    where(name)["kernelspec"]["language"]) for name in NAMES}  # fmt: skip
    assert found == dict.fromkeys(NAMES, wanted)
    languages = {name: stored(name)["metadata"].get("language_info", {}).get("name") for name in NAMES}
    assert languages == dict.fromkeys(NAMES, "python"), "run make sync"


def test_the_table_of_contents_names_every_chapter_and_only_files_that_exist():
    contents = set(contents_files(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))))
    assert {f"notebooks/{name}" for name in NAMES} - contents == set()
    assert [page for page in contents if not (ROOT / f"{page}.md").exists()] == []


def test_code_leaves_files_to_the_library():
    assert [f"{name} uses {what}: {found[0]}" for name in NAMES for source in code(name)
            for what, pattern in FORBIDDEN.items() if (found := re.search(pattern, source))] == []  # fmt: skip


def test_no_notebook_imports_another():
    whole = {name.replace("-", "_") for name in NAMES}
    chapters = {"notebooks", *whole, *(name.lstrip("0123456789_") for name in whole)}
    assert [f"{name} imports {module}" for name in NAMES for module in sorted(imported(name) & chapters)] == []


def imported(name):
    """First parts of the modules that a chapter imports."""
    found = set()
    for source in code(name):
        plain = "\n".join(line for line in source.splitlines() if not line.lstrip().startswith(("%", "!")))
        for node in ast.walk(ast.parse(plain)):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found |= {(node.module or "").split(".")[0], *(alias.name for alias in node.names if node.level)}
    return found


def test_what_is_imported_is_seen():
    assert {"hralign", "pandas"} <= imported(NAMES[6])
