"""Small repairs to what themes and extensions write on every page.

Two extensions of the stock set register the same scripts; loaded twice, they declare their constants again and the
browser reports an error on every page. Thebe, which runs cells on a remote server, is not offered by this book: its
script is left out, and so is the request to another site that it would make.

Some markup tells screen readers less than it tells the eye: a label that hides the words of a summary, roles that the
standard has dropped. (What the theme's templates write is repaired in ``book/_templates``.)
"""

from __future__ import annotations

REPAIRS = {
    '<summary aria-label="Toggle hidden content">': "<summary>",  # MyST-NB: "Show code cell source" is the better name
    ' role="doc-biblioentry"': "",  # docutils; deprecated in ARIA 1.3, and not allowed on a <div>
    '<div role="list" class="citation-list">': '<div class="citation-list">',
}


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


def setup(app) -> dict:
    # after the themes and extensions, which add scripts on this event too
    app.connect("html-page-context", tidy_scripts, priority=999)
    app.connect("html-page-context", tidy_body, priority=999)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
