"""Each chapter is a pair of files, and both must hold the same chapter, with nothing of anybody's machine in it."""

import ast
import json
import re
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


def half(name, suffix):
    return jupytext.read(NOTEBOOKS / f"{name}{suffix}")


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


@pytest.mark.parametrize("name", NAMES)
def test_both_halves_hold_the_same_cells(name):
    assert pairs.out_of_step(NOTEBOOKS, name) == []


@pytest.mark.parametrize("name", NAMES)
def test_tags_and_cell_metadata_agree(name):
    """A tag that is in one half only hides a cell in one edition and shows it in the other."""
    left, right = ([dict(cell.metadata) for cell in half(name, suffix).cells] for suffix in HALVES)
    assert left == right


@pytest.mark.parametrize("name", NAMES)
def test_nothing_executed_is_committed(name):
    assert pairs.executed(NOTEBOOKS, name) == []


@pytest.mark.parametrize("name", NAMES)
def test_metadata_is_that_of_a_pair(name):
    for metadata in (stored(name)["metadata"], half(name, ".md").metadata):
        assert metadata["jupytext"]["formats"] == "ipynb,md:myst"
        assert metadata["kernelspec"]["name"] == "python3"
        assert metadata["kernelspec"]["language"] == "python"
    assert stored(name)["metadata"]["language_info"]["name"] == "python", "run make sync"


@pytest.mark.parametrize("name", NAMES)
def test_chapter_is_in_the_table_of_contents(name):
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    assert f"notebooks/{name}" in set(contents_files(contents))


def test_table_of_contents_names_only_files_that_exist():
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    missing = [page for page in contents_files(contents) if not (ROOT / f"{page}.md").exists()]
    assert not missing


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", FORBIDDEN)
def test_code_leaves_files_to_the_library(name, what):
    for source in code(name):
        found = re.search(FORBIDDEN[what], source)
        assert not found, f"{name} uses {what}: {found and found[0]}"


@pytest.mark.parametrize("name", NAMES)
def test_no_notebook_imports_another(name):
    modules_of_chapters = {"notebooks"}
    for stem in NAMES:
        whole = stem.replace("-", "_")
        modules_of_chapters |= {whole, whole.lstrip("0123456789_")}
    for source in code(name):
        plain = "\n".join(line for line in source.splitlines() if not line.lstrip().startswith(("%", "!")))
        for node in ast.walk(ast.parse(plain)):
            if isinstance(node, ast.Import):
                modules = {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                modules = {(node.module or "").split(".")[0], *(alias.name for alias in node.names if node.level)}
            else:
                continue
            assert not modules & modules_of_chapters, f"{name} imports another notebook"
