"""Facts about a page, as data, for all that tells of a chapter elsewhere: slides, pages for teachers and learners.

They travel in the metadata of its plain notebook, as ``notebook.metadata["hralign"]["page"]``::

    {"title": …, "number": 7,                                                # None for the back matter
     "headings": [{"level": 2, "title": …, "cell": 4}, …],                   # cell of the chapter's source, from 1
     "card": {"question": …, "abilities": […], "minutes": {"read": 45, "exercise": 45},
              "needs": [{"what": …, "how_much": …, "chapters": [5]}, …]},    # None without one
     "key_points": …,                                                        # "" without any
     "checks": [{"question": …, "options": [{"text": …, "right": True, "feedback": …}, …]}, …]}

All words are plain Markdown.  The edition without answers has neither ``right`` nor ``feedback``.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from markdown_it.token import Token

from .parser import PARSER

if TYPE_CHECKING:
    from .text import Page

MINUTES = re.compile(r"(\d+) minutes to read, (\d+) for the exercises\.")


def chapter_number(name: str) -> int | None:
    """Of a chapter, as its file has it; pages of the back matter (from 90 on) have none."""
    found = re.match(r"(\d+)-", name)
    return int(found[1]) if found and int(found[1]) < 90 else None


def of(page: Page) -> dict:
    """The facts of a page that has been made plain."""
    title = next((one["title"] for one in page.headings if one["level"] == 1), "")
    return {
        "title": title, "number": page.number, "headings": [one for one in page.headings if one["level"] > 1],
        "card": page.card, "key_points": page.key_points, "checks": page.checks,
    }  # fmt: skip


def headings(text: str, cell: int) -> list[dict]:
    """Those of a plain text from that cell."""
    return [{"level": int(token.tag[1:]), "title": inline.content, "cell": cell}
            for token, inline in _opened(text, "heading_open") if token.level == 0]  # fmt: skip


def card(text: str) -> dict:
    """The card of a chapter, from its plain text; a ValueError says what it lacks."""
    paragraphs = [(token.level, inline.content) for token, inline in _opened(text, "paragraph_open")]
    opened = [words.split("**", 2) for _, words in paragraphs if words.startswith("**")]
    said = {name: rest for _, name, rest in opened}
    question, minutes = _line(said.get("Question.", "")), MINUTES.fullmatch(_line(said.get("Time.", "")))
    if not (question and minutes):
        wanted = "**Time.** … minutes to read, … for the exercises."
        raise ValueError(f"the card has no question ('**Question.** …') or no line '{wanted}'")
    if len(_opened(text, "th_open")) not in (0, 2):
        raise ValueError("the table in the card has two columns: what a reader needs, and how much of it")
    cells = [inline for _, inline in _opened(text, "td_open")]
    return {
        "question": question,
        "abilities": [_line(words) for level, words in paragraphs if level == 2],  # those of a list
        "needs": [{"what": what.content, "how_much": how_much.content, "chapters": _chapters(what)}
                  for what, how_much in zip(cells[::2], cells[1::2], strict=True)],
        "minutes": {"read": int(minutes[1]), "exercise": int(minutes[2])},
    }  # fmt: skip


def _opened(text: str, kind: str) -> list[tuple[Token, Token]]:
    """Every token that opens such a block, with the one that holds its words."""
    tokens = PARSER.parse(text)
    return [(token, tokens[place + 1]) for place, token in enumerate(tokens) if token.type == kind]


def _line(text: str) -> str:
    return " ".join(text.split())


def _chapters(words: Token) -> list[int]:
    """The chapters that some words link to, on the site or beside the notebook."""
    linked = [urlsplit(child.attrs["href"]).path for child in words.children if child.type == "link_open"]
    numbers = [chapter_number(PurePosixPath(path).stem) for path in linked]
    return [number for number in numbers if number]
