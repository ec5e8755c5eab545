"""Citations, and the list of works at the end of a notebook, from ``book/references.bib`` by pybtex."""

from __future__ import annotations

import re
from pathlib import Path

from pybtex.backends.markdown import Backend
from pybtex.database import BibliographyData, Entry, parse_file
from pybtex.plugin import find_plugin
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

STYLE = AuthorYearReferenceStyle()  # who is named, and when it is "et al.", as on the site
IN_TEXT = ("t", "ts", "ct", "cts")


class Markdown(Backend):
    """pybtex escapes brackets and parentheses too, and ``\\(`` begins a formula in Jupyter."""

    symbols = {"ndash": "–", "newblock": " ", "nbsp": " "}  # noqa: RUF012 (pybtex's way)

    def format_str(self, text: str) -> str:
        return re.sub(r"([\\`*_\[\]<$])", r"\\\1", text)


class Works:
    """The works of a .bib file; `site` is the address of the book's bibliography, if it has one."""

    def __init__(self, path: Path, bibliography: str = ""):
        self.entries = parse_file(str(path)).entries if path.is_file() else {}
        self.bibliography = bibliography
        self.backend = Markdown()

    def cite(self, kind: str, keys: list[str]) -> str:
        """``t`` names the authors in the sentence, ``p`` in parentheses.

        Raises
        ------
        KeyError
            If a key is not in the file: its only argument.
        """
        entries = [self.entries[key] if key in self.entries else self._unknown(key) for key in keys]
        if kind in IN_TEXT:
            return ", ".join(f"{self._names(entry, kind)} ({self._linked(entry, _year(entry))})" for entry in entries)
        return f"({'; '.join(self._linked(entry, f'{self._names(entry, kind)}, {_year(entry)}') for entry in entries)})"

    def listed(self, keys: set[str]) -> str:
        """A list of works, sorted by author."""
        chosen = BibliographyData({key: self.entries[key] for key in sorted(keys)})
        works = find_plugin("pybtex.style.formatting", "plain")().format_bibliography(chosen)
        return "\n".join(f"- {' '.join(work.text.render(self.backend).split())}" for work in works)

    @staticmethod
    def _unknown(key: str) -> Entry:
        raise KeyError(key)

    def _names(self, entry: Entry, kind: str) -> str:
        names = STYLE.person.author_or_editor_or_title(full=kind.endswith("s")).format_data(
            {"entry": entry, "style": STYLE}
        )
        return names.render(self.backend)

    def _linked(self, entry: Entry, words: str) -> str:
        doi = entry.fields.get("doi")
        address = f"https://doi.org/{doi}" if doi else entry.fields.get("url", self.bibliography)
        return f"[{words}]({address})" if address else words


def _year(entry: Entry) -> str:
    return entry.fields.get("year", "n.d.")
