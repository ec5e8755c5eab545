"""The book around a notebook: its pages and their titles, its words, and its address, if it has one."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from .works import Works

GLOSSARY = "book/glossary"
WITHOUT_PAGE = ("https:", "http:", "mailto:")


@dataclass(frozen=True)
class Book:
    """What notebooks say of the rest of the book.

    Attributes
    ----------
    root : Path
        The folder with ``book`` and ``notebooks``.
    site : str
        Where the built book is to be read, ending in a slash; empty if nobody knows.
    repository : str
        ``owner/name`` on GitHub, or empty.
    titles : Mapping
        Title of every page by its name (``notebooks/07-alignment-during-membership``).
    terms : Mapping
        Anchor of every entry of the glossary, by the entry in lower case.
    works, values
        What is cited, and the numbers of sentences.
    answers : bool
        Whether solutions and feedback are in the notebooks.
    """

    root: Path
    site: str
    repository: str
    titles: Mapping[str, str]
    terms: Mapping[str, str]
    works: Works
    answers: bool = True

    def page(self, name: str) -> str:
        """The address of a page on the site; empty without a site."""
        return f"{self.site}{name}.html" if self.site else ""

    def target(self, address: str) -> tuple[str | None, str]:
        """Where a link of a notebook leads in the plain edition (None: nowhere), and the title of what it leads to.

        Raises
        ------
        LookupError
            If the link leads to a page that the book does not have.
        """
        if address.startswith(WITHOUT_PAGE):
            return address, address
        path, _, anchor = address.partition("#")
        name = posixpath.normpath(posixpath.join("notebooks", path)).removesuffix(".md").removesuffix(".ipynb")
        if name not in self.titles:
            raise LookupError(address)
        if self.site:
            return self.page(name) + (f"#{anchor}" if anchor else ""), self.titles[name]
        here = f"{posixpath.basename(name)}.ipynb" if name.startswith("notebooks/") else None
        return here, self.titles[name]

    def term(self, word: str) -> str:
        """A word with a link to its entry in the glossary; ``shown <entry>`` shows another form of it.

        Raises
        ------
        LookupError
            If the glossary has no such entry.
        """
        found = re.fullmatch(r"(.*?)\s*<(.*)>", word, re.S)
        shown, entry = (found[1], found[2]) if found else (word, word)
        anchor = self.terms[entry.lower()]
        return f"[{shown}]({self.page(GLOSSARY)}#{anchor})" if self.site else shown


def title_of(path: Path) -> str:
    """The first heading of a page or a notebook."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    found = re.search(r"^# (.+)$", text, re.M)
    return found[1].strip() if found else ""


def read_terms(text: str) -> dict[str, str]:
    """The anchor of each entry, by the entry in lower case, as Sphinx gives them."""
    found = re.search(r"^(`{3,})\{glossary\}\n(.*?)^\1", text, re.M | re.S)
    entries = re.findall(r"^(?![:\s])(.+)$", found[2], re.M) if found else []
    return {entry.lower(): "term-" + re.sub(r"[^A-Za-z0-9]+", "-", entry).strip("-") for entry in entries}


def addresses(root: Path, environment: Mapping[str, str]) -> tuple[str, str]:
    """Of the site, and of the repository (owner/name): as the environment or ``CITATION.cff`` say, or empty.

    The edition without answers keeps to itself: both have the answers.
    """
    cited = next((path for folder in (root, *root.parents) if (path := folder / "CITATION.cff").is_file()), None)
    citation = yaml.safe_load(cited.read_text(encoding="utf-8")) if cited else {}  # make builds in a folder further in
    site = environment.get("SITE", "")
    if environment.get("ANSWERS") == "no":
        return _slash(site), ""
    found = re.match(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?$", citation.get("repository-code", ""))
    repository = environment.get("REPOSITORY") or (found[1] if found else "")
    site = site or citation.get("url", "")
    if not site and repository:
        owner, name = repository.split("/")
        site = f"https://{owner.lower()}.github.io/{name}"
    return _slash(site), repository


def _slash(site: str) -> str:
    return site and site.rstrip("/") + "/"


def open_book(root: Path, environment: Mapping[str, str]) -> Book:
    site, repository = addresses(root, environment)
    pages = sorted([*root.glob("notebooks/*.ipynb"), *root.glob("notebooks/*.md"), *root.glob("book/*.md")])
    titles = {path.relative_to(root).with_suffix("").as_posix(): title_of(path) for path in pages}
    glossary = root / f"{GLOSSARY}.md"
    return Book(
        root, site, repository, titles,
        terms=read_terms(glossary.read_text(encoding="utf-8")) if glossary.is_file() else {},
        works=Works(root / "book/references.bib", f"{site}book/bibliography.html" if site else ""),
        answers=environment.get("ANSWERS") != "no",
    )  # fmt: skip
