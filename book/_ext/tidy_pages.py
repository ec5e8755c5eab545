"""Load every script once, and none for running code in the page.

Two extensions of the stock set register the same scripts; loaded twice, they declare their constants again and the
browser reports an error on every page. Thebe, which runs cells on a remote server, is not offered by this book: its
script is left out, and so is the request to another site that it would make.
"""

from __future__ import annotations


def tidy_scripts(app, pagename, templatename, context, doctree) -> None:
    seen, kept = set(), []
    for script in context.get("script_files", []):
        # a script written into the page has no file name; its text is in the attributes
        key = (str(getattr(script, "filename", script)), str(getattr(script, "attributes", {}).get("body", "")))
        if key not in seen and "thebe" not in "".join(key).lower():
            kept.append(script)
        seen.add(key)
    context["script_files"] = kept


def setup(app) -> dict:
    # after the themes and extensions, which add scripts on this event too
    app.connect("html-page-context", tidy_scripts, priority=999)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
