"""What takes the place of a directive in plain Markdown."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docutils.parsers.rst import Directive
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from myst_parser.parsers.directives import parse_directive_text

from . import facts, instruments

if TYPE_CHECKING:
    from .text import Page

ADMONITIONS = ("attention", "caution", "danger", "error", "hint", "important", "note", "seealso", "tip", "warning")
SOLUTION_STARTS, SOLUTION_ENDS = "\0solution {}\0", "\0/solution\0"  # a chapter folds what is between them
CELL = "\0cell\0"  # where a chapter begins a new cell
OPTION = re.compile(r"\[([x ])\] (.*?)(?:\n\s*\n(.*))?", re.S)
VERDICTS = {"x": "**Right.**", " ": "**Not quite.**"}


@dataclass(frozen=True)
class Found:
    """A directive as it stands on a page; `line` is that of its first line, `start` that of its body."""

    name: str
    argument: str
    options: dict[str, str]
    body: str
    line: int
    start: int


class _Any(Directive):
    """Takes what is there."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = {"name": str}  # noqa: RUF012 (docutils' way); without one no options are looked for


def read(info: str, content: str, line: int) -> Found:
    """A fence whose info string begins with ``{name}``, as MyST reads it."""
    name, _, argument = info.strip()[1:].partition("}")
    parsed = parse_directive_text(_Any, argument.strip(), content, validate_options=False)
    body = "\n".join(parsed.body)
    start = line + 1 + parsed.body_offset
    return Found(name, " ".join(parsed.arguments), parsed.options, body, line, start)


def admonition(page: Page, found: Found) -> str:
    title = found.argument if found.name == "admonition" else found.name.capitalize()
    body = page.plain(found.body, found.start)
    if found.options.get("class") == "chapter-card":
        try:
            page.card = facts.card(body)
        except ValueError as lack:
            page.fault(str(lack), found.line)
    elif title == "Key points":
        page.key_points = body.strip()
    return quoted(f"**{page.plain(title, found.line)}**\n\n{body}")


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def folded(summary: str, text: str) -> str:
    """The blank lines let Markdown begin anew inside of HTML."""
    return f"<details>\n<summary>{summary}</summary>\n\n{text.strip()}\n\n</details>"


def as_html(text: str) -> str:
    """One line of Markdown as HTML, for places where Markdown is not read; formulas stay between their dollars."""
    parser = MarkdownIt().use(dollarmath_plugin, renderer=lambda formula, _: f"${formula}$".replace("<", "&lt;"))
    parser.renderer.rules["math_inline"] = lambda tokens, at, *_: f"${tokens[at].content}$".replace("<", "&lt;")
    return parser.renderInline(" ".join(text.split()))


def check(page: Page, found: Found) -> str:
    """Each option opens on what it answers; in an edition without answers it opens on nothing, so it is a list."""
    fact = {"question": page.plain(found.argument, found.line), "options": []}
    page.checks.append(fact)
    question = f"**{len(page.checks)}. {fact['question']}**"
    items = [item for item in page.items(found.body) if item.level == 0]
    options = [OPTION.fullmatch(item.text) for item in items]
    if not options or not all(options):
        page.fault("a check holds one list of options, each beginning with [x] or [ ]", found.line)
        return question
    written = []
    for item, option in zip(items, options, strict=True):
        mark, words, feedback = option.groups()
        words = page.plain(words, found.start + item.line)
        fact["options"].append({"text": " ".join(words.split())})
        if feedback and page.book.answers:
            told = page.plain(textwrap.dedent(feedback), found.start + item.line + words.count("\n") + 2)
            fact["options"][-1] |= {"right": mark == "x", "feedback": told}
            written.append(folded(as_html(words), f"{VERDICTS[mark]} {told}"))
        else:
            written.append(f"- {' '.join(words.split())}")
    return "\n".join([CELL if len(page.checks) > 1 else "", question, "", *written])


def exercise(page: Page, found: Found) -> str:
    page.exercises.append(found.options.get("label", ""))
    title = f": {page.plain(found.argument, found.line)}" if found.argument else ""
    return f"### {page.exercise_name(page.exercises[-1])}{title}\n\n{page.plain(found.body, found.start)}"


def solution_start(page: Page, found: Found) -> str:
    if found.argument not in page.exercises:
        page.fault(f"a solution to '{found.argument}', which is no exercise above it", found.line)
    return SOLUTION_STARTS.format(page.exercise_name(found.argument))


def solution(page: Page, found: Found) -> str:
    return f"{solution_start(page, found)}\n\n{page.plain(found.body, found.start)}\n\n{SOLUTION_ENDS}"


def list_table(page: Page, found: Found) -> str:
    """A list of lists as a table of pipes; paragraphs of a cell become lines of it."""
    rows: list[list[str]] = []
    for item in page.items(found.body):
        if item.level == 0:
            rows.append([])
        elif item.level == 1:
            cell = page.plain("\n\n".join(item.paragraphs), found.start + item.line).replace("|", "\\|")
            rows[-1].append("<br>".join(" ".join(part.split()) for part in cell.split("\n\n")))
    if not rows or len({len(row) for row in rows}) != 1:
        page.fault("a list-table whose rows are not of one length", found.line)
        return ""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|---" * len(rows[0]) + "|")
    return "\n".join([*caption(page, found), *lines])


def table(page: Page, found: Found) -> str:
    return "\n".join([*caption(page, found), page.plain(found.body, found.start)])


def caption(page: Page, found: Found) -> list[str]:
    return [f"**{page.plain(found.argument, found.line)}**", ""] if found.argument else []


def code(page: Page, found: Found) -> str:
    return f"```{found.argument}\n{found.body}\n```"


def instrument(page: Page, found: Found) -> str:
    """It lives on the site; a notebook says what is to be had there."""
    known = instruments.INSTRUMENTS.get(found.argument)
    if not known:
        page.fault(f"there is no instrument '{found.argument}': {', '.join(instruments.INSTRUMENTS)}", found.line)
        return ""
    address = page.book.page(instruments.LABORATORY)
    place = f"[laboratory]({address}#{instruments.anchor(found.argument)})" if address else "laboratory of the site"
    return quoted(f"**{known.title}**, an instrument in the {place}: {known.moves}.")


FORMS: dict[str, Callable[[Page, Found], str]] = {
    **dict.fromkeys(("admonition", *ADMONITIONS), admonition),
    **dict.fromkeys(("code", "code-block"), code),
    "check": check,
    "claim": lambda page, found: "",  # asserted when the site is built
    "dropdown": lambda page, found: folded(as_html(found.argument), page.plain(found.body, found.start)),
    "exercise": exercise,
    "instrument": instrument,
    "list-table": list_table,
    "math": lambda page, found: f"$$\n{found.body}\n$$",
    "solution": solution,
    "solution-end": lambda page, found: SOLUTION_ENDS,
    "solution-start": solution_start,
    "table": table,
}
