"""Bad input, as somebody meets it who runs ``make book``: it stops, says what and where, and leaves the last good site.

A book of one page and one or two notebooks, with the project's own Makefile, settings and extensions, built for real.
What the build says of single faults is looked at in test_build.py, of stale pairs in tests/notebooks/test_hooks.py.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONG_AGO = 10**9
GOOD = "<p>the last good site</p>"
CHAPTER = """---
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A chapter

```{code-cell} ipython3
import hralign as hr

hr.banner(hr.load_sources("simulated"))
```
"""
RAISES = """
```{code-cell} ipython3
half = 2
half / (half - 2)
```
"""
FAULTS = """# A page

See [](nowhere.md).

![](_static/logo.svg)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not ((ROOT / ".venv/.ready").is_file() and (ROOT / "node_modules/.ready").is_file() and shutil.which("make")),
        reason="the environment of make book is not there",
    ),
]


@pytest.fixture
def book(tmp_path):
    """A function that runs make in a small book, whose files it takes: {name: text}; returns (exit status, words)."""
    for name in ("requirements.txt", "requirements-lock.txt", "pyproject.toml", "package.json", "package-lock.json",
                 ".npmrc", "Makefile", "_config.yml"):  # fmt: skip
        shutil.copy(ROOT / name, tmp_path)
        os.utime(tmp_path / name, (LONG_AGO, LONG_AGO))  # older than the environment, which is made already
    for name in ("_editions", "_ext", "_live", "_make", "_plain", "_static", "_templates"):
        shutil.copytree(ROOT / "book" / name, tmp_path / "book" / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "book/references.bib", tmp_path / "book")
    for name in (".venv", "node_modules"):
        (tmp_path / name).symlink_to(ROOT / name)
    site = tmp_path / "_build/html"
    site.mkdir(parents=True)
    (site / "index.html").write_text(GOOD, encoding="utf-8")
    (site / ".edition").write_text("simulated data, once\n", encoding="utf-8")

    def make(files, **variables):
        pages = {"book/welcome.md": "# A page\n\nWords.\n"} | files
        chapters = [f"  - file: {name[:-3]}\n" for name in pages if name.startswith("notebooks/")]
        pages["_toc.yml"] = "format: jb-book\nroot: book/welcome\nchapters:\n" + "".join(chapters)
        for name, text in pages.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        inherited = {"SOURCE", "HRALIGN_SOURCE", "HELD", "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PYTEST_XDIST_WORKER"}
        environment = {key: value for key, value in os.environ.items() if key not in inherited}
        done = subprocess.run(
            ["make", "book"], cwd=tmp_path, env=environment | {"SOURCE": "simulated", "LIVE": "no"} | variables,
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        words = re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr)
        return done.returncode, words, (site / "index.html").read_text(encoding="utf-8")

    return make


def test_a_sound_book_takes_the_place_of_the_last_one(book):
    status, words, site = book({"notebooks/01-sound.md": CHAPTER})
    assert status == 0, words
    assert site != GOOD


def test_a_notebook_that_raises(book):
    status, words, site = book({"notebooks/01-sound.md": CHAPTER, "notebooks/02-bad.md": CHAPTER + RAISES})
    assert status != 0 and site == GOOD
    assert "notebooks/02-bad failed" in words and "notebooks/01-sound failed" not in words
    assert "ZeroDivisionError" in words and "half / (half - 2)" in words
    assert "_build/html is as it was" in words


def test_a_broken_link_an_image_without_words_and_a_page_without_its_banner(book):
    bare = CHAPTER.replace('hr.banner(hr.load_sources("simulated"))', "2 + 2")
    status, words, site = book({"book/welcome.md": FAULTS, "notebooks/01-bare.md": bare})
    assert status != 0 and site == GOOD
    assert re.search(r"book/welcome\.md:3: WARNING: .*nowhere", words), words
    assert re.search(r"book/welcome\.md:5: WARNING: an image without alternative text", words), words
    assert re.search(r"notebooks/01-bare\.md:\d+: WARNING: no cell of this page shows the banner", words), words
    assert "_build/html is as it was" in words


@pytest.mark.parametrize("variables", [{"SOURCE": "reel"}, {"SOURCE": "", "HRALIGN_SOURCE": "reel"}])
def test_an_unknown_source(book, variables):
    status, words, site = book({"notebooks/01-sound.md": CHAPTER}, **variables)
    assert status != 0 and site == GOOD
    assert "reel" in words and "simulated" in words and "Traceback" not in words


def test_real_data_that_are_not_there(book, tmp_path):
    status, words, site = book({"notebooks/01-sound.md": CHAPTER}, SOURCE="real", HRALIGN_DATA=str(tmp_path / "none"))
    assert status != 0 and site == GOOD
    assert "hralign fetch" in words and "Traceback" not in words
