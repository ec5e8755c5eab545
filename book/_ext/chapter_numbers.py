"""Give each numbered chapter the number that its file name starts with.

Sphinx counts the chapters it finds. A reader who is told "chapter 7" should find it in ``notebooks/07-…`` even while
chapter 3 is still to be written, so the count is replaced, in titles, contents lists and figure numbers alike.
"""

from __future__ import annotations

import re

from docutils import nodes


def number_in_name(docname: str) -> int | None:
    """7 for ``notebooks/07-alignment``, None for a page without a number in its name."""
    found = re.match(r"(\d+)-", docname.rsplit("/", 1)[-1])
    return int(found[1]) if found else None


def renumber(app, env) -> list[str]:
    for docname, sections in env.toc_secnumbers.items():
        chapter = number_in_name(docname)
        if chapter is None:
            continue
        for anchor, number in sections.items():
            if number:
                sections[anchor] = (chapter, *number[1:])
        titled = [env.titles[docname], *env.tocs[docname].findall(nodes.reference)]
        for node in titled:
            if node.get("secnumber"):
                node["secnumber"] = [chapter, *node["secnumber"][1:]]
        for numbers in env.toc_fignumbers.get(docname, {}).values():
            for identifier, number in numbers.items():
                if len(number) > 1:
                    numbers[identifier] = (chapter, *number[1:])
    return []


def setup(app) -> dict:
    # Sphinx numbers sections and figures on the same event with priority 500; this has to come after it.
    app.connect("env-get-updated", renumber, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
