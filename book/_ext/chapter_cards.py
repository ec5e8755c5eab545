"""What the cards of the chapters say about them, for the pages for teachers and learners.

Every chapter begins with a card: its question, what it needs, its minutes.  A page that plans a course must not repeat
these by hand, or the two will drift apart.  So it asks for them:

* ``{chapter-plan}``, a directive: a table of the chapters named behind it, with question, needs and minutes;
* ``{minutes}`read 1-2 12` ``, a role: the minutes to ``read``, to ``exercise`` or to ``teach``, summed over chapters.

Teaching a chapter is taken to last half as long again as reading it, rounded up to five minutes.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective, SphinxRole


@dataclass(frozen=True)
class Card:
    """A chapter as its card describes it; `needs` are the rows marked as necessary, in MyST."""

    name: str
    question: str
    needs: tuple[str, ...]
    read: int
    exercise: int

    @property
    def number(self) -> int:
        return int(self.name.split("-")[0])

    @property
    def teach(self) -> int:
        return math.ceil(1.5 * self.read / 5) * 5


def read_card(name: str, text: str) -> Card:
    """The card in the text of a chapter; a ValueError says what it lacks."""
    question = re.search(r"\*\*Question\.\*\*(.*?)\n\s*\n", text, re.S)
    time = re.search(r"\*\*Time\.\*\* (\d+) minutes to read, (\d+) for the exercises\.", text)
    if not (question and time):
        wanted = "**Time.** … minutes to read, … for the exercises."
        raise ValueError(f"the card of {name} has no question or no line '{wanted}'")
    needs = re.findall(r"^\| *(.*?) *\| *necessary *\|", text, re.M)
    return Card(name, " ".join(question[1].split()), tuple(needs), int(time[1]), int(time[2]))


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
        needs = "; ".join(re.sub(r"\[\]\((\d+)-[^)]*\)", _chapter, need) for need in card.needs)
        lines += [
            f"* - **{card.number}** [](/notebooks/{card.name}.ipynb)", "", f"    {card.question}",
            f"  - {needs}", f"  - {card.teach} min", f"  - {card.exercise} min",
        ]  # fmt: skip
    teach, exercise = (duration(sum(getattr(card, kind) for card in cards)) for kind in ("teach", "exercise"))
    return [*lines, "* - **Together**", "  - ", f"  - **{teach}**", f"  - **{exercise}**", "```"]


def _chapter(link: re.Match) -> str:
    return f"chapter {int(link[1])}"


def cards_of(env) -> dict[int, Card]:
    """The cards of all numbered chapters, by number; the page that asks is built anew when one of them changes."""
    found = {}
    for path in sorted(Path(env.srcdir, "notebooks").glob("[0-8][0-9]-*.ipynb")):
        env.note_dependency(str(path))
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        card = read_card(path.stem, "".join(next(cell for cell in cells if cell["cell_type"] == "markdown")["source"]))
        found[card.number] = card
    return found


class ChapterPlan(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        cards = cards_of(self.env)
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
        try:
            minutes = sum(getattr(cards_of(self.env)[number], kind) for number in numbers(words))
            return [nodes.Text(duration(minutes))], []
        except (AttributeError, KeyError, TypeError, ValueError):
            message = "minutes takes read, exercise or teach, and numbers of chapters: {minutes}`read 1-2 12`"
            return [], [self.inliner.reporter.error(message, line=self.lineno)]


def setup(app) -> dict:
    app.add_directive("chapter-plan", ChapterPlan)
    app.add_role("minutes", Minutes())
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
