"""What the cards of the chapters say about them, for the pages for teachers and learners.

Every chapter begins with a card: its question, what it needs, its minutes.  A page that plans a course must not repeat
these by hand, or the two will drift apart.  So it asks for them; they are among the facts that travel with the plain
notebook of a chapter (`plain_edition`, ``book/_plain/plain/facts.py``):

* ``{chapter-plan}``, a directive: a table of the chapters named behind it, with question, needs and minutes;
* ``{minutes}`read 1-2 12` ``, a role: the minutes to ``read``, to ``exercise`` or to ``teach``, summed over chapters.

Teaching a chapter is taken to last half as long again as reading it, rounded up to five minutes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective, SphinxRole

from hralign.record.collect import KEY, PAGE


@dataclass(frozen=True)
class Card:
    """A chapter as its card describes it; `needs` are those marked as necessary, in Markdown."""

    name: str
    number: int
    question: str
    needs: tuple[str, ...]
    read: int
    exercise: int

    @property
    def teach(self) -> int:
        return math.ceil(1.5 * self.read / 5) * 5


def card_of(name: str, page: Mapping) -> Card:
    """From the facts of a page that has a card."""
    card, minutes = page["card"], page["card"]["minutes"]
    needs = (_need(need) for need in card["needs"] if need["how_much"] == "necessary")
    return Card(name, page["number"], card["question"], tuple(needs), minutes["read"], minutes["exercise"])


def _need(need: Mapping) -> str:
    return ", ".join(f"chapter {number}" for number in need["chapters"]) or need["what"]


def numbers(words: str) -> list[int]:
    """[1, 2, 12] for "1-2 12"."""
    listed = []
    for word in words.split():
        first, _, last = word.partition("-")
        listed += range(int(first), int(last or first) + 1)
    return listed


def duration(minutes: int) -> str:
    """In words: 55 minutes, 1 hour, 2 hours 40; from four hours on to the half hour."""
    if minutes < 60:
        return f"{minutes} minutes"
    if minutes >= 240:
        hours = round(minutes / 30) / 2
        return f"{hours:g} hours".replace(".5", "½")
    hours, rest = divmod(minutes, 60)
    return f"{hours} hour{'s' if hours > 1 else ''}" + (f" {rest}" if rest else "")


def plan(cards: list[Card]) -> list[str]:
    """The table of the directive, in MyST."""
    lines = ["```{list-table}", ":header-rows: 1", ":widths: 46 30 12 12", ":class: chapter-plan", ""]
    lines += ["* - Chapter and question", "  - Needs", "  - To teach", "  - Exercises"]
    for card in cards:
        lines += [
            f"* - **{card.number}** [](/notebooks/{card.name}.ipynb)", "", f"    {card.question}",
            f"  - {'; '.join(card.needs)}", f"  - {card.teach} min", f"  - {card.exercise} min",
        ]  # fmt: skip
    teach, exercise = (duration(sum(getattr(card, kind) for card in cards)) for kind in ("teach", "exercise"))
    return [*lines, "* - **Together**", "  - ", f"  - **{teach}**", f"  - **{exercise}**", "```"]


def cards_of(env) -> dict[int, Card]:
    """The cards of all numbered chapters, by number; none after a fault in a chapter, which has been told by then."""
    pages = {name: notebook.metadata[KEY][PAGE] for name, notebook in env.app.plain_notebooks.items()}
    cards = [card_of(name, page) for name, page in pages.items() if page["number"] and page["card"]]
    return {card.number: card for card in cards}


class ChapterPlan(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        cards = cards_of(self.env)
        if not cards:
            return []
        try:
            chosen = [cards[number] for number in numbers(self.arguments[0])]
        except (KeyError, ValueError) as error:
            raise self.error(f"chapter-plan takes numbers of chapters, such as 1-2 12; not {error}") from error
        table = nodes.container()
        self.state.nested_parse(StringList(plan(chosen), self.env.docname), self.content_offset, table)
        return table.children


class Minutes(SphinxRole):
    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        kind, _, words = self.text.partition(" ")
        cards = cards_of(self.env)
        if not cards:
            return [nodes.Text("?")], []
        try:
            minutes = sum(getattr(cards[number], kind) for number in numbers(words))
            return [nodes.Text(duration(minutes))], []
        except (AttributeError, KeyError, TypeError, ValueError):
            message = "minutes takes read, exercise or teach, and numbers of chapters: {minutes}`read 1-2 12`"
            return [], [self.inliner.reporter.error(message, line=self.lineno)]


def setup(app) -> dict:
    app.add_directive("chapter-plan", ChapterPlan)
    app.add_role("minutes", Minutes())
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
