"""The edition without answers: what is cut from a notebook, and that no file of the built edition has any of it."""

import io
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from zipfile import ZipFile

import jupytext
import nbformat
import pytest
from answers import CHECK, GATE, QUOTE, cut, without_answers
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html-without-answers"
CHAPTERS = sorted((ROOT / "notebooks").glob("*.md"))
SAMPLE = """# A chapter

Before.

:::{check} Which way,
or which ways?
- [ ] Down,
  a long way.

  Feedback to the wrong one.
- [x] Up.

  Feedback to the right one.
:::

```{exercise}
:label: ex
Do it.
```

```{solution-start} ex
:class: dropdown
```

```{code-cell} ipython3
secret = 1
```

The secret words.

```{solution-end}
```

After.

````{solution} ex
Another secret.

```python
fenced = 1
```
````

```{code-cell} ipython3
kept = 1
```
"""


def text_of(notebook):
    return "\n".join(cell.source for cell in notebook.cells)


def test_solutions_and_feedback_are_cut_and_nothing_else():
    text = text_of(without_answers(jupytext.reads(SAMPLE, "md:myst"), "sample"))
    for answer in ("secret", "fenced", "Feedback", "[x]", "solution"):
        assert answer not in text
    assert ":::{check} Which way,\nor which ways?\n- [ ] Down,\n  a long way.\n- [ ] Up.\n:::" in text
    for kept in ("Before.", "{exercise}", "Do it.", "After.", "kept = 1"):
        assert kept in text


@pytest.mark.parametrize("gates", [["end"], ["start"], ["start", "start", "end"]])
def test_gates_that_do_not_alternate_are_refused(gates):
    cells = [nbformat.v4.new_markdown_cell(f"```{{solution-{gate}}} ex\n```") for gate in gates]
    with pytest.raises(ValueError, match=r"05-some: a \{solution-"):
        without_answers(nbformat.v4.new_notebook(cells=cells), "05-some")


def test_a_folder_is_cut_in_place(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book/discussion.md").write_text("**Why?**\n\n> *Good answers say:* this.\n> And that.\n\nMore.\n")
    nbformat.write(jupytext.reads(SAMPLE, "md:myst"), tmp_path / "01-sample.ipynb")
    cut(tmp_path)
    assert "secret" not in (tmp_path / "01-sample.ipynb").read_text(encoding="utf-8")
    assert (tmp_path / "book/discussion.md").read_text(encoding="utf-8") == "**Why?**\n\n\nMore.\n"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_what_is_left_of_a_chapter_can_be_run(path, tmp_path):
    """No later cell needs a name that only a solution defines."""
    notebook = without_answers(jupytext.read(path), path.stem)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    (tmp_path / "chapter.py").write_text("\n".join(code), encoding="utf-8")
    command = [Path(sys.executable).with_name("ruff"), "check", "--isolated", "--select", "F821", "--config",
               "builtins = ['display', 'get_ipython']", "chapter.py"]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


# ------------------------------------------------------------------------------------------- the edition that was built
RUN = 7  # so many words in a row are an answer, if nothing that stays has them


def words(text):
    """The words of a text, free of markup and of roles."""
    text = re.sub(r"\{[\w:-]+\}`[^`]*`|\[[^\]]*\]\([^)]*\)|\$[^$]*\$", " | ", text)
    return re.findall(r"[a-z0-9_]+|\|", text.lower())


def runs(text):
    """Every run of words; numbers in a row, alike in any grid, are none."""
    listed = words(text)
    slices = (listed[i : i + RUN] for i in range(len(listed) - RUN + 1))
    return {" ".join(run) for run in slices if "|" not in run and not all(word.isdigit() for word in run)}


@cache
def answers():
    """Every run of words of solutions, feedback and good answers that is in nothing that stays."""
    told, kept = set(), set()
    for path in CHAPTERS:
        text = path.read_text(encoding="utf-8")
        gates = list(GATE.finditer(text))
        for begin, end in zip(gates[::2], gates[1::2], strict=True):
            told |= runs(text[begin.end() : end.start()])
        for check in CHECK.finditer(text):
            for feedback in re.findall(r"^- \[[x ]\].*?\n\s*\n(.*?)(?=^- \[|\Z)", check[0], re.M | re.S):
                told |= runs(feedback)
        kept |= runs(text_of(without_answers(jupytext.reads(text, "md:myst"), path.stem)))
    for path in (ROOT / "book").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        told |= {one for quote in QUOTE.findall(text) for one in runs(quote)} if path.stem == "discussion" else set()
        kept |= runs(QUOTE.sub("", text) if path.stem == "discussion" else text)
    for path in (ROOT / "lib").rglob("*.py"):
        kept |= runs(path.read_text(encoding="utf-8"))
    return told - kept


def contents(name, data):
    """(name, words) of a file, or of each file in an archive."""
    if name.endswith((".zip", ".whl")):
        with ZipFile(io.BytesIO(data)) as archive:
            for inner in archive.namelist():
                yield from contents(f"{name}/{inner}", archive.read(inner))
    elif name.endswith((".html", ".ipynb", ".md", ".txt", ".js", ".py", ".json", ".rst")):
        text = data.decode("utf-8", "ignore")
        if name.endswith(".html"):
            text = BeautifulSoup(text, "html.parser").get_text(" ")
        elif name.endswith(".ipynb"):
            cells = nbformat.reads(text, 4).cells
            text = "\n".join(cell.source + str(cell.get("outputs", "")) for cell in cells)
        yield name, text


def test_there_are_answers_to_look_for():
    assert len(answers()) > 5000


def of_others(path):
    """Whether a file of the site is other people's: MathJax, and what browsers run but the library and the chapters."""
    parts = path.relative_to(SITE).parts
    wheel = parts[:2] == ("live", "pyodide") and not path.name.startswith("hralign")
    return "mathjax" in parts or wheel or parts[:3] in {("live", "lab", "build"), ("live", "lab", "extensions")}


@pytest.mark.skipif(not SITE.is_dir(), reason="the edition without answers has not been built (make book ANSWERS=no)")
def test_no_file_of_the_edition_has_an_answer():
    seen, leaks = 0, {}
    for path in sorted(path for path in SITE.rglob("*") if path.is_file() and not of_others(path)):
        for name, text in contents(path.relative_to(SITE).as_posix(), path.read_bytes()):
            seen += 1
            assert "/record/results/answers/" not in name
            if "/record/results/" in name:  # numbers in a row are alike anywhere
                continue
            if found := answers() & runs(text):
                leaks[name] = sorted(found)[:2]
    assert not leaks
    assert seen > 60


@pytest.mark.skipif(not SITE.is_dir(), reason="the edition without answers has not been built (make book ANSWERS=no)")
def test_the_edition_asks_and_does_not_tell():
    for path in SITE.glob("notebooks/[01]*.html"):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        assert page.select("div.exercise") and page.select("section.check .option")
        assert not page.select("div.solution, section.check details, .feedback")
    index = (SITE / "searchindex.js").read_text(encoding="utf-8")
    assert "solution to exercise" not in index.lower()
    launching = re.compile(r"mybinder\.org|colab\.research\.google\.com")  # where the notebooks have their solutions
    offering = [SITE / "book/welcome.html", *SITE.glob("notebooks/*.html")]
    assert not [page for page in offering if launching.search(page.read_text(encoding="utf-8"))]
