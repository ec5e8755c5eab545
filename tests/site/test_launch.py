"""Buttons that run a chapter elsewhere, in a small book: they lead to its plain notebook."""

import shutil
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

ROOT = Path(__file__).parents[2]
CHAPTER = "notebooks/01-the-company-states-keep.ipynb"


@pytest.fixture
def links(tmp_path, monkeypatch):
    """Build the book; returns the addresses on the page of its chapter that leave the site."""

    def links(repository="owner/name", **environment):
        monkeypatch.syspath_prepend(ROOT / "book/_ext")
        for name, value in {"REPOSITORY": repository, "ANSWERS": "yes", **environment}.items():
            monkeypatch.setenv(name, value)
        tree = tmp_path / "tree"
        (tree / "notebooks").mkdir(parents=True)
        (tree / "index.md").write_text(f"# A book\n\n```{{toctree}}\n{CHAPTER[:-6]}\n```\n", encoding="utf-8")
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A chapter")])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(notebook, tree / CHAPTER)
        settings = {"extensions": ["myst_nb", "front_page", "plain_edition"], "nb_execution_mode": "off",
                    "html_theme": "sphinx_book_theme"}  # fmt: skip
        with patch_docutils(), docutils_namespace():
            folders = (tree, None, tmp_path / "out", tmp_path / "trees")
            Sphinx(*folders, "html", settings, status=None, warning=None).build()
        written = (tmp_path / "out" / CHAPTER).with_suffix(".html").read_text(encoding="utf-8")
        page = BeautifulSoup(written, "html.parser")
        found = [link["href"] for link in page.select(".article-header-buttons a[href]")]
        shutil.rmtree(tree)
        return found

    return links


def test_a_chapter_can_be_run_in_binder_and_colab_and_downloaded(links, tmp_path):
    found = links()
    assert f"https://mybinder.org/v2/gh/owner/name/HEAD?urlpath=lab/tree/_build/{CHAPTER}" in found
    name = Path(CHAPTER).name
    assert f"https://colab.research.google.com/github/owner/name/blob/plain-notebooks/{name}" in found
    assert any(href.endswith(f"_sources/{CHAPTER}") for href in found)
    downloaded = nbformat.read(tmp_path / "out/_sources" / CHAPTER, 4)
    assert downloaded.cells[0].source.startswith("# 1. A chapter\n\n*The Company States Keep*, plain edition")
    assert "(https://owner.github.io/name/notebooks/01-the-company-states-keep.html)" in downloaded.cells[0].source


def test_what_binder_and_colab_open_is_put_there():
    assert "book/_plain/build.py _build/notebooks" in (ROOT / "postBuild").read_text(encoding="utf-8")
    site = ROOT / ".github/workflows/site.yml"
    if not site.is_file():
        pytest.skip("the workflows are not part of the download")
    assert "refs/heads/plain-notebooks" in site.read_text(encoding="utf-8")


@pytest.mark.parametrize("settings", [{"repository": ""}, {"ANSWERS": "no"}])
def test_without_an_address_or_answers_nothing_is_launched(links, settings):
    found = links(**settings)
    assert not [href for href in found if "mybinder" in href or "colab" in href]
    assert [href for href in found if "_sources" in href]
