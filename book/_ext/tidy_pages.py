"""Small repairs to what themes and extensions write on every page.

Two extensions of the stock set register the same scripts; loaded twice, they declare their constants again and the
browser reports an error on every page. Thebe, which runs cells on a remote server, is not offered by this book: its
script is left out, and so is the request to another site that it would make.

Some markup tells screen readers less than it tells the eye: a label that hides the words of a summary, roles that the
standard has dropped. (What the theme's templates write is repaired in ``book/_templates``.)

Python prints negative numbers with a hyphen.  On the page, outside of code, they get the minus sign that they have in
tables and in the text.
"""

from __future__ import annotations

import re

from hralign.display.theme import minus

REPAIRS = {
    '<summary aria-label="Toggle hidden content">': "<summary>",  # MyST-NB: "Show code cell source" is the better name
    ' role="doc-biblioentry"': "",  # docutils; deprecated in ARIA 1.3, and not allowed on a <div>
    '<div role="list" class="citation-list">': '<div class="citation-list">',
}

TAG = re.compile(r"(<[^>]*>)")
CODE = (  # opening tag, and what ends what it opens; what cells print is highlighted too, and is no code
    (re.compile(r'<div class="(?!output)[^"]*\bhighlight-'), "</pre>"),
    (re.compile(r"<code\b"), "</code>"),
    (re.compile(r"<(?:script|style)\b"), "</s"),
    (re.compile(r'<span class="math'), "</span>"),
    (re.compile(r'<div class="math'), "</div>"),
)


def true_minus(body: str) -> str:
    """A page with minus signs before its numbers, but for those in code and formulas, which a machine reads."""
    parts, until = TAG.split(body), ""
    for place, part in enumerate(parts):
        if place % 2 == 0:
            if not until and "-" in part:
                parts[place] = minus(part)
        elif until:
            until = "" if part.startswith(until) else until
        else:
            until = next((end for opening, end in CODE if opening.match(part)), "")
    return "".join(parts)


def tidy_scripts(app, pagename, templatename, context, doctree) -> None:
    seen, kept = set(), []
    for script in context.get("script_files", []):
        # a script written into the page has no file name; its text is in the attributes
        key = (str(getattr(script, "filename", script)), str(getattr(script, "attributes", {}).get("body", "")))
        if key not in seen and "thebe" not in "".join(key).lower():
            kept.append(script)
        seen.add(key)
    context["script_files"] = kept


def tidy_body(app, pagename, templatename, context, doctree) -> None:
    for written, meant in REPAIRS.items():
        if "body" in context:
            context["body"] = context["body"].replace(written, meant)
    if pagename.startswith("notebooks/") and "body" in context:
        context["body"] = true_minus(context["body"])


def setup(app) -> dict:
    # after the themes and extensions, which add scripts on this event too
    app.connect("html-page-context", tidy_scripts, priority=999)
    app.connect("html-page-context", tidy_body, priority=999)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
