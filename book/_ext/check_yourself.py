"""The directive ``{check}``: a question whose every option answers back.

A page writes the question behind the name of the directive and the options as a list, ``[x]`` marking the right one;
what follows the first paragraph of an option is its feedback::

    :::{check} Which way does alignment point?
    :rests-on: definition
    - [x] Towards zero

      Distance is negative for a state below the mean.
    - [ ] Towards larger scores

      Not by itself: the others may rise as well.
    :::

In HTML each option is a ``<details>`` element, which opens by mouse and by keyboard, is announced by screen readers and
needs no script.  A key that rests on numbers names them as claims about the record, which the build checks
(``:rests-on: table2/lag duration z > 1.96; …``); any other says of what kind its ground is.  A page without exactly one
right option, or with an option that has no feedback, fails the build. In the edition without answers (``make book
ANSWERS=no``) the options stand alone: `book/_editions/answers.py` has cut marks and feedback before the site is built,
so neither is asked for.
"""

from __future__ import annotations

import os

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from hralign.errors import HralignError
from hralign.record.claims import check as check_claim

MARKS = {"[x] ": True, "[ ] ": False}
GROUNDS = {
    "definition": "what a word or a measure of this book means",
    "design": "what a comparison compares",
    "logic": "what follows from what",
    "arithmetic": "what can be worked out from the question",
    "article": "what the article says",
}
VERDICTS = {True: "Right.", False: "Not quite."}


def wrong_ground(rests_on: str) -> str:
    """What is wrong with the ground on which a key stands, if anything."""
    if rests_on in GROUNDS:
        return ""
    claims = [claim.strip() for claim in rests_on.split(";") if claim.strip()]
    if not claims:
        return f"a check says what its key rests on: claims about the record, parted by ';', or {', '.join(GROUNDS)}"
    try:
        for claim in claims:
            check_claim(claim)
    except HralignError as error:
        return f"the key of this check does not hold: {error}"
    return ""


class check(nodes.General, nodes.Element):
    """The whole question: a heading, the question, the options."""


class check_option(nodes.General, nodes.Element):
    """One option: `right` (bool), `group` (str); children are a summary and a feedback."""


class check_summary(nodes.General, nodes.TextElement):
    """The words of the option."""


class check_feedback(nodes.General, nodes.Element):
    """What the option answers."""


class Check(SphinxDirective):
    """A question with options, of which one is right, each with its feedback."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {"name": directives.unchanged, "rests-on": directives.unchanged}  # noqa: RUF012 (docutils' way)

    def run(self) -> list[nodes.Node]:
        body = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, body)
        if len(body.children) != 1 or not isinstance(body[0], nodes.bullet_list):
            raise self.error("a check holds one list of options and nothing else")
        number = self.env.new_serialno("check") + 1
        group = f"check-{number}"
        options = [self._option(item, group) for item in body[0].children]
        if not self.config.answer_free:
            if sum(one["right"] for one in options) != 1:
                raise self.error("exactly one option of a check is right: mark it [x], the others [ ]")
            if fault := wrong_ground(self.options.get("rests-on", "")):
                raise self.error(fault)
        words, messages = self.state.inline_text(self.arguments[0], self.lineno)
        question = nodes.paragraph("", "", *words, classes=["check-question"])
        return [check("", question, *options, group=group, number=number), *messages]

    def _option(self, item: nodes.list_item, group: str) -> check_option:
        first, *rest = item.children
        text = next(iter(first.findall(nodes.Text)), None)
        mark = next((mark for mark in MARKS if text and text.startswith(mark)), None)
        if mark is None:
            raise self.error(f"an option of a check begins with [x] or [ ]: {first.astext()[:60]}")
        text.parent.replace(text, nodes.Text(text.removeprefix(mark)))
        if self.config.answer_free:
            return check_option("", check_summary("", "", *first.children), right=False, group=group)
        if not rest:
            raise self.error(f"an option of a check has feedback, indented below it: {first.astext()[:60]}")
        verdict = nodes.strong("", VERDICTS[MARKS[mark]])
        if isinstance(rest[0], nodes.paragraph):
            rest[0].insert(0, [verdict, nodes.Text(" ")])
        else:
            rest.insert(0, nodes.paragraph("", "", verdict))
        answer = check_feedback("", *rest)
        return check_option("", check_summary("", "", *first.children), answer, right=MARKS[mark], group=group)


def visit_check(self, node):
    label = f"{node['group']}-title"
    self.body.append(
        f'<section class="check" aria-labelledby="{label}"><p class="check-title" id="{label}">'
        f"Check yourself {node['number']}</p>"
    )


def visit_option(self, node):
    answers = any(isinstance(child, check_feedback) for child in node.children)
    kind = "right" if node["right"] else "wrong"
    # one open at a time: the next choice is made with the last answer out of sight
    self.body.append(f'<details class="{kind}" name="{node["group"]}">' if answers else '<div class="option">')
    node["closing"] = "</details>" if answers else "</div>"


def visit_summary(self, node):
    tag = "summary" if node.parent["closing"] == "</details>" else "p"
    node["closing"] = f"</{tag}>"
    self.body.append(f"<{tag}>")


def visit_feedback(self, node):
    self.body.append('<div class="feedback">')


def closing(end=None):
    return lambda self, node: self.body.append(end or node["closing"])


def setup(app) -> dict:
    app.add_config_value("answer_free", os.environ.get("ANSWERS") == "no", "env", [bool])
    app.add_directive("check", Check)
    app.add_node(check, html=(visit_check, closing("</section>")))
    app.add_node(check_option, html=(visit_option, closing()))
    app.add_node(check_summary, html=(visit_summary, closing()))
    app.add_node(check_feedback, html=(visit_feedback, closing("</div>")))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
