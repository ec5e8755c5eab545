"""The prose of a page, line by line: what a reader reads, without code, mathematics, options and identifiers."""

from __future__ import annotations

import re

# Directives whose body is no prose. Every other one (admonitions, exercises, tables, cards) holds some.
NO_PROSE = {
    "code", "code-block", "code-cell", "math", "toctree", "bibliography", "raw", "mermaid",
    "automodule", "autoclass", "autofunction", "autodata", "automethod", "literalinclude", "include", "claim",
}  # fmt: skip
FENCE = re.compile(r"^\s*(?P<fence>`{3,}|:{3,}|~{3,})\s*(?:\{(?P<directive>[^}]+)\})?(?P<argument>.*)$")
OPTION = re.compile(r"^\s*:[\w-]+:(\s.*)?$")
INLINE = (
    r"<!--.*?-->",
    r"\$\$.*?\$\$",
    r"(?<![\\$])\$[^$\n]+(?:\n[^$\n]+)*?\$",  # mathematics
    r"\{[\w:.+-]+\}`[^`]+`",  # roles: numbers, citations, terms
    r"(`+)(?!`).+?(?<!`)\1(?!`)",  # code
    r"(?<=\])\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)",  # targets of links
    r"<https?://[^>]+>|https?://\S+|\b10\.\d{4,}/\S+",  # addresses, among them DOIs
    r"^\([\w-]+\)=$",  # labels
    r"</?[a-zA-Z][^>]*>",  # tags
    r"\{(?:[.#][\w-]+\s*|[\w-]+=\"[^\"]*\"\s*)+\}",  # attributes
)


GONE = "◦"  # stands where something was taken out, so that its neighbours do not seem to belong together


def blank(found: re.Match) -> str:
    """A mark instead of what was found, and its line ends, so that lines keep their numbers."""
    return f" {GONE} " + "\n" * found[0].count("\n")


def prose(text: str) -> list[str]:
    """The lines of a page, of which only prose is left; line ``n`` of the page is item ``n - 1``."""
    text = re.sub(r"\A---\n.*?\n---\n", blank, text, flags=re.DOTALL)
    kept, fences = [], []
    for line in text.split("\n"):
        found = FENCE.match(line)
        silent = bool(fences) and fences[-1][1]
        if found and fences and closes(found, fences[-1][0]):
            fences.pop()
            kept.append("")
        elif found and not silent:
            name = found["directive"]
            hushed = name in NO_PROSE if name else found["fence"][0] != ":"
            fences.append((found["fence"], hushed))
            kept.append("" if hushed else found["argument"])
        else:
            kept.append("" if silent or (fences and OPTION.match(line)) else line)
    text = "\n".join(kept)
    for pattern in INLINE:
        text = re.sub(pattern, blank, text, flags=re.DOTALL | re.MULTILINE)
    return text.split("\n")


def closes(found: re.Match, opened: str) -> bool:
    bare = not (found["directive"] or found["argument"].strip())
    return bare and found["fence"][0] == opened[0] and len(found["fence"]) >= len(opened)
