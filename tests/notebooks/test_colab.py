"""The cell that installs the library in Colab: the same in all chapters, first of their code, harmless elsewhere."""

import sys
from types import ModuleType, SimpleNamespace

import colab
import jupytext
import pytest

CHAPTERS = sorted(colab.NOTEBOOKS.glob("*.md"))
TEXT = "# A chapter\n\nWords.\n\n```{code-cell} ipython3\nimport hralign\n```\n"


def first_code(path):
    return next(cell for cell in jupytext.read(path).cells if cell.cell_type == "code")


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_chapter_begins_with_the_same_cell(path):
    address = colab.address_of(CHAPTERS[0].read_text(encoding="utf-8"))
    for half in (path, path.with_suffix(".ipynb")):
        cell = first_code(half)
        assert cell.source == colab.CELL.format(address=address).strip(), "run make colab"
        assert cell.metadata["tags"] == ["remove-cell"]


def test_the_cell_is_written_once_and_takes_another_address():
    once = colab.with_cell(TEXT, colab.UNKNOWN)
    assert once.index("git+https") < once.index("import hralign") and once.count("remove-cell") == 1
    assert colab.with_cell(once, colab.UNKNOWN) == once
    moved = colab.with_cell(once, "someone/a-book")
    assert colab.address_of(moved) == "someone/a-book" and moved.count("git+https") == 1


def run(monkeypatch, in_colab, installed):
    asked = []
    shell = SimpleNamespace(run_line_magic=lambda *words: asked.append(words))
    if in_colab:
        monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    else:
        monkeypatch.delitem(sys.modules, "google.colab", raising=False)
    if not installed:
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    try:
        exec(compile(colab.CELL.format(address="a/b"), "cell", "exec"), {"get_ipython": lambda: shell})
    except SystemExit as told:
        return asked, str(told)
    return asked, ""


def test_it_installs_in_colab_and_stops_there(monkeypatch):
    asked, told = run(monkeypatch, in_colab=True, installed=False)
    assert asked == [("pip", "install -q git+https://github.com/a/b")] and "restart the session" in told


@pytest.mark.parametrize(("in_colab", "installed"), [(True, True), (False, True), (False, False)])
def test_it_does_nothing_elsewhere_or_again(monkeypatch, in_colab, installed):
    assert run(monkeypatch, in_colab, installed) == ([], "")
