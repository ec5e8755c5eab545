"""MyST Markdown to plain Markdown: roles, directives and links are replaced, every other letter stays as it was.

The book's own parser says where they are.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field

from markdown_it.token import Token

from . import directives, facts, values
from .book import Book
from .parser import PARSER

ATTRIBUTES = re.compile(r"(?<=[\])`])\{[.#][\w-][^}\n]*\}|^\{[.#][\w-][^}\n]*\}$", re.M)
NO_FORM = {
    "footnote_ref": "a footnote", "footnote_reference_open": "a footnote", "substitution_inline": "a substitution",
    "substitution_block": "a substitution", "image": "a picture (show it with a cell)",
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """An item of a list: how deep it is, its text without marker and indentation, its paragraphs, its line."""

    level: int
    text: str
    paragraphs: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Edit:
    start: int
    end: int
    words: str


@dataclass
class Page:
    """One chapter on its way: what it cites, its facts (see ``facts``), what is wrong with it (line, message)."""

    name: str
    book: Book
    exercises: list[str] = field(default_factory=list)
    cited: set[str] = field(default_factory=set)
    quotes: bool = False
    headings: list[dict] = field(default_factory=list)
    card: dict | None = None
    key_points: str = ""
    checks: list[dict] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)

    @property
    def number(self) -> int | None:
        return facts.chapter_number(self.name)

    def exercise_name(self, label: str) -> str:
        place = self.exercises.index(label) + 1 if label in self.exercises else "?"
        return f"Exercise {self.number}.{place}" if self.number else f"Exercise {place}"

    def fault(self, message: str, line: int) -> None:
        self.faults.append((line, message))

    def plain(self, text: str, line: int = 1) -> str:
        """The text, which begins on that line of its file, in plain Markdown."""
        return Text(self, text, line).plain()

    def items(self, text: str) -> list[Item]:
        """The items of the list that a text consists of, in order, those within others too."""
        lines, found = text.splitlines(), []
        tokens = PARSER.parse(text)
        for place, token in enumerate(tokens):
            if token.type != "list_item_open":
                continue
            first, last = token.map
            inside = [t for t in tokens[place:] if t.type == "inline" and first <= t.map[0] and t.map[1] <= last]
            own = lines[first:last]
            marker = re.match(r"(\s*[-*+] )*", own[0])[0]
            body = textwrap.dedent("\n".join([" " * len(marker) + own[0][len(marker) :], *own[1:]])).strip()
            found.append(Item((token.level - 1) // 2, body, tuple(one.content for one in inside), first))
        return found


class Text:
    """A piece of a page, and the edits that make it plain."""

    def __init__(self, page: Page, text: str, line: int):
        self.page, self.text, self.line = page, text, line
        self.lines = text.split("\n")
        self.starts = [0]
        for one in self.lines:
            self.starts.append(self.starts[-1] + len(one) + 1)
        self.edits: list[Edit] = []
        self.reached: dict[int, int] = {}  # column, by line: cells of a table share one

    def plain(self) -> str:
        for token in PARSER.parse(self.text):
            self.block(token)
        text = self.text
        for edit in sorted(self.edits, key=lambda one: one.start, reverse=True):
            text = text[: edit.start] + edit.words + text[edit.end :]
        return text

    def fault(self, message: str, line: int) -> None:
        self.page.fault(message, self.line + line)

    def replace(self, token: Token, words: str) -> None:
        """Put words in the place of whole lines, as far in as these were."""
        first, last = token.map
        margin = re.match(r"\s*", self.lines[first])[0]
        end = self.starts[last - 1] + len(self.lines[last - 1])
        self.edits.append(Edit(self.starts[first], end, textwrap.indent(words, margin)))

    def block(self, token: Token) -> None:
        if token.type == "inline":
            self.inline(token)
        elif token.type == "colon_fence" or (token.type == "fence" and token.info.lstrip().startswith("{")):
            self.replace(token, self.directive(token))
        elif token.type in ("myst_block_break", "myst_line_comment", "myst_target"):
            self.replace(token, "")
        elif token.type == "math_block_label":
            self.replace(token, f"$$\n{token.content.strip()}\n$$")
        elif token.type == "dt_open":
            line = token.map[0]
            self.edits.append(Edit(self.starts[line], self.starts[line], "- **"))
            self.edits.append(Edit(self.starts[line + 1] - 1, self.starts[line + 1] - 1, "**"))
        elif token.type == "dd_open":
            self.edits.append(Edit(self.starts[token.map[0]], self.starts[token.map[0]] + 1, " "))
        elif token.type in NO_FORM:
            self.fault(f"{NO_FORM[token.type]} has no form in plain notebooks", token.map[0])

    def directive(self, token: Token) -> str:
        line = self.line + token.map[0]
        if not token.info.lstrip().startswith("{"):
            self.page.fault(f"a colon fence without a directive: {token.info or ':::'}", line)
            return ""
        found = directives.read(token.info, token.content, line)
        if found.name not in directives.FORMS:
            where = "book/_plain/plain/directives.py"
            self.page.fault(f"the directive {{{found.name}}} has no form in plain notebooks ({where})", line)
            return ""
        return directives.FORMS[found.name](self.page, found)

    def inline(self, token: Token) -> None:
        places = self.places(token)
        for child in token.children:
            line = token.map[0]
            if child.type in NO_FORM:
                self.fault(f"{NO_FORM[child.type]} has no form in plain notebooks", line)
            if "span" not in child.meta:
                continue
            if not places:
                self.fault("a role or a link beside a bar (\\|) in one cell of a table", line)
                continue
            start, label, end = child.meta["span"]
            line += token.content.count("\n", 0, start)
            if child.type == "myst_role":
                self.edits.append(Edit(places[start], places[end - 1] + 1, self.role(child, line)))
            else:
                self.link(child.attrs["href"], places[start], places[label], places[end - 1] + 1, line)
        for found in ATTRIBUTES.finditer(token.content):
            self.fault(f"the attributes {found[0]} have no form in plain notebooks", token.map[0])

    def places(self, token: Token) -> list[int]:
        """Where in the text each letter of a paragraph (or a heading, or a cell of a table) stands."""
        found = []
        for number, part in enumerate(token.content.split("\n"), start=token.map[0]):
            column = self.lines[number].find(part, self.reached.get(number, 0))
            if column < 0:  # a bar in a table is written \\| and read as |
                return []
            self.reached[number] = column + len(part)
            first = self.starts[number] + column
            found += range(first, first + len(part) + 1)
        return found

    def role(self, token: Token, line: int) -> str:
        name, content = token.meta["name"], token.content
        if name.split(":")[0] == "cite":
            keys = [key.strip() for key in content.split(",")]
            try:
                words = self.page.book.works.cite(name.partition(":")[2] or "p", keys)
            except KeyError as error:
                self.fault(f"the citation of '{error.args[0]}', which is not in book/references.bib", line)
                return ""
            self.page.cited |= set(keys)
            return words
        if name == "term":
            try:
                return self.page.book.term(content)
            except LookupError:
                self.fault(f"the term '{content}', which the glossary does not have", line)
                return ""
        if name == "rec":
            self.page.quotes = True
            try:
                return values.recorded(content)
            except LookupError as error:
                self.fault(f"{{rec}}`{content}`: {error.args[0]}", line)
                return ""
        self.fault(f"the role {{{name}}} has no form in plain notebooks (book/_plain/plain/text.py)", line)
        return ""

    def link(self, address: str, start: int, label: int, end: int, line: int) -> None:
        try:
            target, title = self.page.book.target(address)
        except LookupError:
            self.fault(f"a link to {address}, which is no page of the book", line)
            return
        words = "" if self.text[start + 1 : label].strip() else title
        if target:
            self.edits.append(Edit(label, end, f"{words}]({target})"))
        else:
            self.edits += [Edit(start, start + 1, ""), Edit(label, end, words)]
