"""The edition without answers, for exams and for classes that are to discuss first: cut before anything is built.

Folding answers away, or leaving them out of the pages only, would leave them in the sources, the search index and the
downloads of the site. So they are taken out of the notebooks themselves, and nothing that is made of these has them:

* from ``{solution-start}`` to ``{solution-end}``, or in one ``{solution}``: words, code and outputs;
* from the questions ``{check}``: which option is right, and what the options answer;
* from the questions for discussion: what good answers say.

``python answers.py FOLDER`` does it to all notebooks and pages below a folder, in place.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat

GATE = re.compile(r"^(?P<fence>`{3,}|:{3,})\{solution-(?P<kind>start|end)\}.*?^(?P=fence)[ \t]*$\n?", re.M | re.S)
WHOLE = re.compile(r"^(?P<fence>`{3,}|:{3,})\{solution\}.*?^(?P=fence)[ \t]*$\n?", re.M | re.S)
CHECK = re.compile(r"^(?P<fence>:{3,}|`{3,})\{check\}.*?^(?P=fence)[ \t]*$", re.M | re.S)
OPTION = re.compile(r"^- \[[x ]\] (.*(?:\n(?![ \t]*$|- \[|[:`]{3}).*)*)", re.M)
QUOTE = re.compile(r"^> .*\n?", re.M)


def unanswered(check: re.Match) -> str:
    """A question whose options stand alone."""
    head = re.sub(r"^:rests-on:.*\n", "", check[0].split("\n- [", 1)[0], flags=re.M)
    options = [f"- [ ] {words}" for words in OPTION.findall(check[0])]
    return "\n".join([head, *options, check["fence"]])


def without_answers(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """The notebook without solutions and without feedback; a ValueError names one whose gates do not alternate."""
    kept, inside = [], False
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            if not inside:
                kept.append(cell)
            continue
        words, end = [], 0
        for gate in GATE.finditer(cell.source):
            if inside == (gate["kind"] == "start"):
                raise ValueError(f"{name}: a {{solution-{gate['kind']}}} where the other was due")
            if not inside:
                words.append(cell.source[end : gate.start()])
            inside, end = not inside, gate.end()
        if not inside:
            words.append(cell.source[end:])
        text = CHECK.sub(unanswered, WHOLE.sub("", "".join(words))).strip("\n")
        if text.strip():
            kept.append(nbformat.from_dict(cell | {"source": text}))
    if inside:
        raise ValueError(f"{name}: a {{solution-start}} without its {{solution-end}}")
    return nbformat.from_dict(notebook | {"cells": kept})


def cut(folder: Path) -> None:
    for path in folder.rglob("*.ipynb"):
        nbformat.write(without_answers(nbformat.read(path, 4), path.name), path)
    for path in folder.rglob("discussion.md"):
        path.write_text(QUOTE.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    cut(Path(sys.argv[1]))
