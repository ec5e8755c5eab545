"""Bad input: the site is not built; what is wrong is said with file and line. A small book stands for the large one."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from hralign.display.pages import Furniture

EXTENSIONS = Path(__file__).parents[2] / "book" / "_ext"
OURS = ("accessible", "locations", "on_record", "plain_edition", "tidy_pages")
BANNER = Furniture("<div>Simulated data.</div>", {"data": "simulated", "source": "simulated"})
CHAPTER = """# A chapter

Words.

```{code-cell} ipython3
banner
```

## A section

MARKDOWN

```{code-cell} ipython3
output
```
"""
FRAME = (
    '<table border="1" class="dataframe"><thead><tr><th></th><th>a</th></tr></thead>'
    "<tbody><tr><th>0</th><td>1</td></tr></tbody></table>"
)


def output_of(cell, outputs):
    shown = next((shown for source, shown in outputs.items() if cell.source.strip() == source), None)
    if shown is None:
        return []
    data, metadata = shown._repr_mimebundle_() if isinstance(shown, Furniture) else ({"text/html": shown}, {})
    return [nbformat.v4.new_output("execute_result", data, metadata=metadata, execution_count=1)]


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Build a book of one page and one chapter; returns (warnings, the chapter)."""
    monkeypatch.setattr(sys, "path", [str(EXTENSIONS), *sys.path])

    def build(markdown="", html="<p>output</p>", page="# A page\n\nWords.\n", banner=BANNER):
        tree = tmp_path / "tree"
        (tree / "notebooks").mkdir(parents=True, exist_ok=True)
        (tree / "index.md").write_text(page + "\n```{toctree}\nnotebooks/01-chapter\n```\n", encoding="utf-8")
        text = CHAPTER.replace("MARKDOWN", markdown)
        (tree / "notebooks/01-chapter.md").write_text(text, encoding="utf-8")
        notebook = jupytext.reads(text, "md:myst")
        notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = output_of(cell, {"banner": banner, "output": html})
        nbformat.write(notebook, tree / "notebooks/01-chapter.ipynb")
        told = io.StringIO()
        settings = {
            "extensions": ["myst_nb", *OURS], "nb_execution_mode": "off", "exclude_patterns": ["notebooks/*.md"],
            "myst_enable_extensions": ["colon_fence"], "suppress_warnings": ["myst.header"],
        }  # fmt: skip
        folders = (tree, None, tmp_path / "out", tmp_path / "trees")
        with patch_docutils(), docutils_namespace():
            Sphinx(*folders, "html", settings, status=None, warning=told).build()
        plain = re.sub(r"\x1b\[[\d;]*m", "", told.getvalue()).replace(f"{tree}/", "")
        soup = BeautifulSoup((tmp_path / "out/notebooks/01-chapter.html").read_text(encoding="utf-8"), "html.parser")
        return plain.splitlines(), soup

    return build


def line_of(text):
    return CHAPTER.split(text)[0].count("\n") + 1


def test_a_sound_book_is_built_without_a_word(build):
    told, chapter = build("| a | b |\n|---|---|\n| 1 | 2 |")
    assert told == []
    assert chapter.table.caption.get_text() == "A section"


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("Lines\n\n![](https://example.org/x.png)", "without alternative text"),
        ("Lines\n\n![A drawing](https://example.org/x.png)", "from another site"),
        ("See [there](no-such-page.md).", "no-such-page"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n\n| c | d |\n|---|---|\n| 1 | 2 |", "without a caption"),
        ("| a | |\n|---|---|\n| 1 | 2 |", "no heading"),
    ],
)
def test_faults_of_the_text_are_told_with_file_and_line(build, markdown, words):
    told, _ = build(markdown)
    first, last = line_of("MARKDOWN"), line_of("MARKDOWN") + markdown.count("\n")
    faults = [re.match(r"notebooks/01-chapter\.md:(\d+): WARNING: (.*)", line) for line in told]
    assert any(fault and words in fault[2] and first <= int(fault[1]) <= last for fault in faults), told


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ('<img src="data:image/png;base64,AA==">', "image without alternative text"),
        ("<svg><path d='M0 0'/></svg>", "drawing without alternative text"),
        ('<script src="https://example.org/x.js"></script>', "requested from another site"),
        ("<style>@import url(https://example.org/x.css)</style>", "requested from another site"),
    ],
)
def test_faults_of_an_output_are_told_with_file_and_line(build, html, words):
    told, _ = build(html=html)
    line = line_of("output\n")
    assert any(re.match(rf"notebooks/01-chapter\.md:{line}: WARNING: .*{words}", one) for one in told), told


def test_a_page_without_its_banner_is_refused(build):
    told, _ = build(banner="<p>nothing</p>")
    words = r"notebooks/01-chapter\.md:1: WARNING: no cell .* shows the banner"
    assert any(re.match(words, line) for line in told), told


def test_a_broken_link_in_a_page_is_told_with_file_and_line(build):
    told, _ = build(page="# A page\n\nSee [](nowhere.md).\n")
    assert any(re.match(r"index\.md:3: WARNING: .*nowhere", line) for line in told), told


def test_a_data_frame_as_it_is_gets_a_caption_and_no_empty_heading(build):
    told, chapter = build(html=FRAME)
    frame = chapter.select_one("table.dataframe")
    assert told == [] and frame.caption.get_text() == "A section: output of the code above"
    assert [cell.name for cell in frame.thead.tr.find_all(["th", "td"])] == ["td", "th"]


def test_an_empty_corner_is_no_heading(build):
    told, chapter = build("| | b |\n|---|---|\n| 1 | 2 |")
    assert told == [] and [cell.get_text(strip=True) for cell in chapter.thead.find_all("th")] == ["b"]


def test_drawings_take_the_shades_of_the_theme(build):
    _, chapter = build(html='<svg role="img" aria-label="A line"><path style="stroke: #56b4e9; fill: none"/></svg>')
    assert "var(--csk-sky, #56b4e9)" in chapter.svg.path["style"]


def test_what_has_no_plain_form_is_named_and_the_plain_notebooks_stay_out(build, tmp_path):
    told, _ = build(markdown="A picture: ![of nothing](nothing.svg)")
    words = "WARNING: notebooks/01-chapter.md:11: a picture (show it with a cell) has no form in plain notebooks"
    assert words in told
    assert not list((tmp_path / "out").rglob("*.ipynb"))
    build_again, _ = build(markdown="No picture.")
    assert not build_again and "plain edition" in next((tmp_path / "out").rglob("*.ipynb")).read_text(encoding="utf-8")
