"""The plain notebooks: nothing of MyST is left in them, nothing is lost, and each runs alone, on either source."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import build
import jupytext
import nbformat
import pytest
from plain import edition
from plain.book import open_book
from plain.chapter import Faults, plain_notebook, read_source
from plain.parser import PARSER

from hralign.sources.registry import is_fetched

ROOT = Path(__file__).parents[2]
NAMES = edition.names_in(ROOT / "notebooks")
each = pytest.mark.parametrize("name", NAMES)

MYST = re.compile(
    r"""\{[a-zA-Z][\w:.+-]*\}`        # a role
      | ^\s*>?\s*(?::{3,}|`{3,}\{|~{3,}\{)  # a colon fence, a directive
      | \{\{.*?\}\} | ^\([\w-]+\)=$ | ^\s*:[\w-]+:(?:\s|$)  # a substitution, a label, an option of a directive
      | \[\]\( | \]\([^)]*\.md[#)]    # a link without words, or to a source
      | \0 | not\ on\ record          # a mark, a value that nobody has
    """,
    re.VERBOSE | re.MULTILINE,
)
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.fixture(scope="session")
def plain():
    """All of them, as for a book without an address."""
    return edition.build(environment={})


def words(notebook) -> str:
    """All Markdown of a notebook, without code that is only shown."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return re.sub(r"^(`{3,})\w+\n.*?^\1$", "", text, flags=re.M | re.S)


def code(notebook) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.slow
@pytest.mark.parametrize("source", ["simulated", "real"])
def test_they_run_from_top_to_bottom_where_nothing_else_is(source, plain, tmp_path):
    if source == "real" and not is_fetched():
        pytest.skip("the real files are not there: run `hralign fetch` or set HRALIGN_DATA")
    queue, done = tmp_path / "queue", tmp_path / "done"
    queue.mkdir()
    done.mkdir()
    for name, notebook in plain.items():
        nbformat.write(notebook, queue / f"{name}.ipynb")
    environment = os.environ | {"HRALIGN_SOURCE": source}
    command = [sys.executable, ROOT / "book/_make/execute.py", queue, done]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert sorted(path.stem for path in done.iterdir()) == sorted(NAMES) and not list(queue.glob("*.ipynb"))


@each
def test_nothing_of_myst_is_left(name, plain):
    assert [found[0] for found in MYST.finditer(words(plain[name]))] == []


@pytest.mark.parametrize(
    "left",
    ["A {rec}`x y z .2f`.", ":::{note}\nx\n:::", "```{exercise}\nx\n```", "> :::{tip}", "{{ x }}", "(label)=",
     ":class: x", "[](05-x.ipynb)", "[x](../book/y.md)", "[x](y.md#z)", "It is (not on record)."],
)  # fmt: skip
def test_what_is_left_would_be_found(left):
    assert MYST.search(f"Words.\n\n{left}\n")


@each
def test_code_is_that_of_the_chapter_but_for_what_the_site_removes(name, plain):
    there = "\n".join(code(plain[name]))
    for cell in jupytext.read(ROOT / f"notebooks/{name}.md").cells:
        if cell.cell_type == "code" and "remove-cell" not in cell.metadata.get("tags", []):
            assert cell.source in there
    hidden = [cell for cell in plain[name].cells if cell.source.startswith("# @title")]
    assert all(cell.metadata.jupyter.source_hidden and cell.metadata.cellView == "form" for cell in hidden)
    assert "google.colab" in code(plain[name])[0] and hidden[0].source == code(plain[name])[0]


@each
def test_formulas_are_those_of_the_chapter(name, plain):
    def formulas(text):
        tokens = PARSER.parse(text)
        every = [*tokens, *(child for token in tokens for child in token.children or [])]
        return [token.content.strip() for token in every if token.type.startswith("math_")]

    there = words(plain[name])
    chapter = jupytext.read(ROOT / f"notebooks/{name}.md").cells
    written = [one for cell in chapter if cell.cell_type == "markdown" for one in formulas(cell.source)]
    assert all(one in there for one in written)


@each
def test_solutions_are_folded_and_each_exercise_has_one(name, plain):
    cells = plain[name].cells
    exercises = re.findall(r"^### (Exercise [\d.]+)", words(plain[name]), re.M)
    solved = re.findall(r"^(?:#### |<summary>)Solution of e(xercise [\d.]+)", words(plain[name]), re.M)
    assert [f"E{one}" for one in solved] == exercises
    assert len(exercises) == (ROOT / f"notebooks/{name}.md").read_text(encoding="utf-8").count("{exercise}\n")
    for place, cell in enumerate(cells):
        if cell.source.startswith("#### Solution"):
            assert cell.metadata["jp-MarkdownHeadingCollapsed"]
            assert cell.id in plain[name].metadata.colab.collapsed_sections
            within = cells[place + 1 :]
            said = [one.source for one in within if one.cell_type == "markdown"]
            said = said[: next(n for n, one in enumerate(said) if one.startswith("#"))]
            assert all(one.startswith("<details>") and one.endswith("</details>") for one in said)


@each
def test_links_lead_to_a_neighbour_or_out_of_the_book(name, plain):
    for target in LINK.findall(words(plain[name])):
        assert target.startswith("https://") or target.removesuffix(".ipynb") in NAMES


def test_links_lead_to_the_site_once_it_has_an_address():
    book = open_book(ROOT, {"SITE": "https://books.example/keep"})
    targets = LINK.findall(words(plain_notebook(ROOT / "notebooks", NAMES[6], book)))
    assert "https://books.example/keep/notebooks/05-building-the-panel.html" in targets
    assert any(target.startswith("https://books.example/keep/book/glossary.html#term-") for target in targets)
    assert not [target for target in targets if target.endswith(".ipynb")]


@each
def test_it_is_a_notebook_without_outputs_whose_identifiers_stay(name, plain):
    notebook = plain[name]
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3" and notebook.metadata.language_info.name == "python"
    assert not [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")]
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    chapter = re.match(r"\d+", name)[0].lstrip("0")
    title = re.search(r"^# (.+)$", (ROOT / f"notebooks/{name}.md").read_text(encoding="utf-8"), re.M)[1]
    assert notebook.cells[0].source.split("\n")[0] == (f"# {title}" if chapter.startswith("9") and len(chapter) > 1
                                                       else f"# {chapter}. {title}")  # fmt: skip


def test_without_answers_neither_solutions_nor_feedback_are_there():
    for name, notebook in edition.build(environment={"ANSWERS": "no"}).items():
        there = words(notebook)
        assert not re.search(r"Solution of|<details>|\*\*Right\.\*\*|\*\*Not quite\.\*\*", there)
        checks = (ROOT / f"notebooks/{name}.md").read_text(encoding="utf-8").count("{check}")
        assert len(re.findall(r"^\*\*\d\. .*\*\*$", there, re.M)) == checks
        facts = notebook.metadata.hralign.page
        assert len(facts.checks) == checks
        assert all(list(option) == ["text"] for check in facts.checks for option in check.options)
        assert not [one for one in facts.headings if one.title.startswith("Solution")]


@each
def test_facts_travel_with_it(name, plain):
    facts = plain[name].metadata.hralign.page
    chapter = jupytext.read(ROOT / f"notebooks/{name}.md").cells
    assert plain[name].cells[0].source.split("\n")[0].endswith(f" {facts.title}")
    for heading in facts.headings:
        written = chapter[heading.cell - 1].source
        assert heading.title.startswith("Exercise ") or f"{'#' * heading.level} {heading.title}" in written
    if facts.number:
        assert facts.card and facts.key_points.startswith("- ")
    for check in facts.checks:
        assert sum(option.right for option in check.options) == 1 and all(one.feedback for one in check.options)
    assert not MYST.search(json.dumps(facts, ensure_ascii=False))


def test_both_halves_of_the_pairs_give_the_same(plain, tmp_path):
    """Where a site is built there may be the notebooks only; where it is edited, the text wins."""
    shutil.copytree(ROOT / "book", tmp_path / "book", ignore=shutil.ignore_patterns("_*"))
    (tmp_path / "notebooks").mkdir()
    for name in NAMES:
        shutil.copy(ROOT / f"notebooks/{name}.ipynb", tmp_path / "notebooks")
    again = edition.build(tmp_path, environment={})
    assert {name: [(cell.id, cell.source) for cell in notebook.cells] for name, notebook in again.items()} == {
        name: [(cell.id, cell.source) for cell in notebook.cells] for name, notebook in plain.items()
    }
    assert [notebook.metadata.hralign for notebook in again.values()] == [
        notebook.metadata.hralign for notebook in plain.values()
    ]
    (tmp_path / "notebooks" / f"{NAMES[3]}.ipynb").unlink()
    with pytest.raises(Faults, match=r"notebooks/\S+\.ipynb, cell \d+, line \d+: a link to 04-"):
        edition.build(tmp_path, environment={})


def test_a_fault_leaves_the_last_good_notebooks(tmp_path, monkeypatch, capsys):
    def broken(*args, **kwargs):
        raise Faults("notebooks/01-x.md:3: a link to y, which is no page of the book")

    (tmp_path / "out").mkdir()
    (tmp_path / "out/01-x.ipynb").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(edition, "build", broken)
    assert build.main([str(tmp_path / "out")]) == 1
    assert capsys.readouterr().out == "notebooks/01-x.md:3: a link to y, which is no page of the book\n"
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "01-x.ipynb"]


def test_lines_are_those_of_the_text_half():
    _, path, lines = read_source(ROOT / "notebooks", NAMES[6])
    text = path.read_text(encoding="utf-8").split("\n")
    starts = [cell.source.split("\n")[0] for cell in jupytext.read(path).cells]
    assert [text[line - 1] for line in lines] == starts


# ----------------------------------------------------------------------------------------- what a reader did there
def book_of(*sources):
    cells = [nbformat.v4.new_code_cell(source, id=f"c{n}") for n, source in enumerate(sources)]
    return nbformat.v4.new_notebook(cells=cells)


def test_what_a_reader_did_in_the_folder_is_kept(tmp_path):
    out = tmp_path / "notebooks"
    edition.write(out, {"ran": book_of("1"), "changed": book_of("1"), "old": book_of("1"), "gone": book_of("1")})
    ran, changed, old = (nbformat.read(out / f"{name}.ipynb", 4) for name in ("ran", "changed", "old"))
    ran.cells[0].execution_count = old.cells[0].execution_count = 1
    changed.cells[0].source = "1 + mine"
    for name, notebook in {"ran": ran, "changed": changed, "old": old}.items():
        nbformat.write(notebook, out / f"{name}.ipynb")
    (out / "data.csv").write_text("mine", encoding="utf-8")

    saved = edition.write(out, {"ran": book_of("1"), "changed": book_of("2"), "old": book_of("2")})
    assert [path.name for path in saved] == ["changed-yours-1.ipynb"]
    assert {path.name for path in out.iterdir()} - {".plain"} == {
        "ran.ipynb", "changed.ipynb", "changed-yours-1.ipynb", "old.ipynb", "data.csv"
    }  # fmt: skip
    read = {path.stem: nbformat.read(path, 4).cells[0] for path in out.glob("*.ipynb")}
    assert read["ran"].execution_count == 1 and read["old"].source == read["changed"].source == "2"
    assert read["changed-yours-1"].source == "1 + mine"
    assert edition.write(out, {"changed": book_of("2")}) == [] and (out / "changed-yours-1.ipynb").is_file()


def test_what_does_not_run_is_told_with_notebook_cell_and_line(tmp_path):
    (tmp_path / "done").mkdir()
    (tmp_path / "queue").mkdir()
    nbformat.write(book_of("x = 1", "y = 2\nx / 0"), tmp_path / "queue/01-broken.ipynb")
    nbformat.write(book_of("z = 3"), tmp_path / "queue/02-whole.ipynb")
    command = [sys.executable, ROOT / "book/_make/execute.py", tmp_path / "queue", tmp_path / "done"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 1 and "ZeroDivisionError" in ran.stdout and "----> 2 x / 0" in ran.stdout
    assert "notebooks/01-broken failed" in ran.stdout and "notebooks/02-whole failed" not in ran.stdout
    assert [path.name for path in (tmp_path / "done").iterdir()] == ["02-whole.ipynb"]
    assert [path.name for path in (tmp_path / "queue").glob("*.ipynb")] == ["01-broken.ipynb"]
