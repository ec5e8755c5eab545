"""How long a chapter takes to read: its words at an even pace, and a while for each figure and table.

This is the one place that says so; cards state the minutes, and `tests/site/test_reading_time.py` holds them to it.
Measured is the plain edition, where references have become the words that a reader reads.  Exercises have minutes of
their own, and lists of further reading are looked up; neither counts.
"""

from __future__ import annotations

import ast
import re

from nbformat import NotebookNode

from .parser import PARSER

WORDS_A_MINUTE = 200
MINUTES_A_DISPLAY = 0.5
ENDS = ("## Exercises", "## Further reading", "## Works cited")  # the first of them ends what is read
NO_DISPLAY = re.compile(r"\bhr\.(banner|versions|use_style)\(")
WORD = re.compile(r"[^\W_](?:[^\W_]|[-'’.,−–](?=[^\W_]))*")  # a formula has none, a number is one


def minutes(notebook: NotebookNode) -> float:
    """Minutes to read a chapter, from its plain notebook."""
    words = displays = 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith(ENDS):
            break
        if cell.cell_type == "markdown":
            words += count_words(cell.source)
            displays += count_tables(cell.source)
        else:
            displays += shows(cell.source)
    return words / WORDS_A_MINUTE + displays * MINUTES_A_DISPLAY


def count_words(text: str) -> int:
    """Words of a Markdown text as it is read: neither tags nor addresses; a formula is one word."""
    return sum(_in_line(token.children) for token in PARSER.parse(text) if token.type == "inline")


def _in_line(tokens: list) -> int:
    formulas = sum(token.type.startswith("math") for token in tokens)
    return formulas + sum(len(WORD.findall(token.content)) for token in tokens if token.type in ("text", "code_inline"))


def count_tables(text: str) -> int:
    """Tables written in Markdown; that of the card, which is a quotation, is glanced at."""
    return sum(token.type == "table_open" and token.level == 0 for token in PARSER.parse(text))


def shows(source: str) -> bool:
    """Whether a cell of code leaves a figure, a table or a printout: its last line is a value, or prints one."""
    lines = ast.parse(re.sub(r"^[%!].*", "pass", source, flags=re.MULTILINE)).body
    return bool(lines) and isinstance(lines[-1], ast.Expr) and not NO_DISPLAY.search(ast.unparse(lines[-1]))


def on_card(measured: float) -> int:
    """The minutes that a card states: to the nearest five, for nobody reads to the minute."""
    return max(5, 5 * int(measured / 5 + 0.5))
