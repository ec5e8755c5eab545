"""What the front page shows and offers: the finding as a picture, and ways into the book.

``{finding}`` draws the recorded run on the real data (the record) whenever the site is built, so that the
picture and its alternative text cannot fall behind it.  ``{ways-in}`` writes the buttons: those whose target there is.
"""

from __future__ import annotations

import os

import matplotlib.pyplot as plt
import pandas as pd
from docutils import nodes
from docutils.statemachine import StringList
from matplotlib.ticker import MaxNLocator
from sphinx.util.docutils import SphinxDirective

import hralign as hr

ARCHIVE = "_static/the-company-states-keep.zip"
BINDER = "https://mybinder.org"
COLAB = "https://colab.research.google.com"
BRANCH = "HEAD"  # whatever the repository calls its main branch
PLAIN = "_build"  # where postBuild writes the plain notebooks to, which Binder opens
PLAIN_BRANCH = "plain-notebooks"
FIRST = "notebooks/01-the-company-states-keep"
LIMITS = (-2.15, 0.35)  # of distance, the same in all three drawings
PARTS = {
    # drawing: (curve, its clock, title, axis, what was done)
    "before": ("figure3a", "year", "Before accession", "Years to accession", "smoothed"),
    "during": ("figure2", "duration", "During membership", "Year of membership",
               "by the main model, controls at their means"),
    "after": ("figure3b", "year", "After exit", "Years since exit", "smoothed"),
}  # fmt: skip


def course(curve: pd.DataFrame) -> str:
    """What a curve does from its first year to its last, in the words of its own band."""
    first, last = curve.iloc[0], curve.iloc[-1]
    if last["lower"] <= first["estimate"] <= last["upper"]:
        return "no clear change"
    return "closing in" if abs(last["estimate"]) < abs(first["estimate"]) else "moving away"


def draw(part: str, curve: pd.DataFrame) -> str:
    _, clock, title, axis, how = PARTS[part]
    line, band = hr.PALETTE[0], hr.PALETTE[5]
    figure, ax = plt.subplots(figsize=(2.5, 2.3))
    ax.fill_between(curve[clock], curve["lower"], curve["upper"], color=band, alpha=0.3, lw=0)
    ax.plot(curve[clock], curve["estimate"], color=line)
    lived = draw_lived(ax) if part == "during" else ""
    ax.axhline(0, color=hr.INK, lw=1, ls="--", alpha=0.7)
    ax.annotate("the company", (curve[clock].iloc[0], 0.06), size=10)
    ax.set(ylim=LIMITS, yticks=[-2, -1, 0], xlabel=axis, ylabel="Distance")
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    first, last = curve.iloc[0], curve.iloc[-1]
    span = f"from {first['estimate']:.2f} to {last['estimate']:.2f}".replace("-", "−")
    wide = f"the 95% band at the end runs from {last['lower']:.2f} to {last['upper']:.2f}".replace("-", "−")
    cases = f" ({first['cases']:,.0f} cases at first, {last['cases']:,.0f} at last)" if "cases" in curve else ""
    alt = (
        f"{title}, distance to the IGO mean, {how}, {axis.lower()} {first[clock]:.0f} to {last[clock]:.0f}{cases}: "
        f"{span}; {wide}. Zero, the company, is a dashed line.{lived}"
    )
    return hr.show(figure, alt, f"{title}: {course(curve)}.").data


def draw_lived(ax) -> str:
    """Courses that a case can live, for whom the calendar moves as well; what they are, in words."""
    courses = hr.recorded("clock/courses").table.query("line != 'stopped'")
    told = []
    for joined, rows in courses.groupby("line"):
        ax.plot(rows["duration"], rows["estimate"], color=hr.PALETTE[1], lw=1.2, ls=(0, (4, 2)))
        ends = f"{rows['estimate'].iloc[0]:.2f} to {rows['estimate'].iloc[-1]:.2f}".replace("-", "−")
        told.append(f"who joined in {joined}, {ends} in {len(rows)} years")
    return f" Dashed, courses that a case could live: {'; '.join(told)}."


class Finding(SphinxDirective):
    """The recorded finding in three drawings side by side, below one another on a phone."""

    def run(self) -> list[nodes.Node]:
        hr.use_style()
        recorded = hr.reconstruction()["curves"]
        drawings = "".join(draw(part, pd.DataFrame(recorded[PARTS[part][0]])) for part in PARTS)
        return [nodes.raw("", f'<div class="finding">{drawings}</div>', format="html")]


class WaysIn(SphinxDirective):
    """Buttons. Binder needs to know where the repository is; without that, the page on running the book is offered."""

    def run(self) -> list[nodes.Node]:
        buttons = [button("ref", f"../{FIRST}.ipynb", "Start reading", "primary")]
        if self.config.repository:
            launch = f"{BINDER}/v2/gh/{self.config.repository}/{BRANCH}?urlpath=lab/tree/{PLAIN}/{FIRST}.ipynb"
            buttons.append(button("link", launch, "Run it in Binder"))
        else:
            buttons.append(button("ref", "how-to-use.md", "Run it"))
        buttons.append(button("link", f"../{ARCHIVE}", "Download"))
        if "book/for-instructors" in self.env.found_docs:
            buttons.append(button("ref", "for-instructors.md", "For teachers"))
        box = nodes.container(classes=["ways-in"])
        text = "\n\n".join(buttons).splitlines()
        self.state.nested_parse(StringList(text, self.env.doc2path(self.env.docname)), self.content_offset, box)
        return [box]


def button(kind: str, target: str, words: str, colour: str = "secondary") -> str:
    by = ":ref-type: doc\n" if kind == "ref" else ""
    outline = "" if colour == "primary" else ":outline:\n"
    target = target.removesuffix(".md").removesuffix(".ipynb") if kind == "ref" else target
    return f"```{{button-{kind}}} {target}\n{by}:color: {colour}\n{outline}{words}\n```"


def launch_buttons(app, config) -> None:
    """Binder and Colab on every chapter too, as soon as the repository has an address."""
    if config.repository:
        config.html_theme_options |= {
            "repository_url": f"https://github.com/{config.repository}",
            "repository_branch": BRANCH,
            "path_to_docs": PLAIN,
            "launch_buttons": {"binderhub_url": BINDER, "colab_url": COLAB, "notebook_interface": "jupyterlab"},
        }


def to_colab(app, pagename, templatename, context, doctree) -> None:
    """Colab opens what lies on GitHub; the plain notebooks lie there on a branch of their own (workflow ``site``)."""
    for one in [button for group in context.get("header_buttons", ()) for button in group.get("buttons", ())]:
        if one.get("text") == "Colab":
            name = pagename.rsplit("/", 1)[-1]
            one["url"] = f"{COLAB}/github/{app.config.repository}/blob/{PLAIN_BRANCH}/{name}.ipynb"


def repository() -> str:
    """owner/name on GitHub, as make says; none for an edition without answers, because the repository has them."""
    return "" if os.environ.get("ANSWERS") == "no" else os.environ.get("REPOSITORY", "")


def setup(app) -> dict:
    app.add_config_value("repository", repository(), "env", [str])
    app.add_directive("finding", Finding)
    app.add_directive("ways-in", WaysIn)
    app.connect("config-inited", launch_buttons)
    app.connect("html-page-context", to_colab, priority=900)  # after the theme has made its buttons
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
