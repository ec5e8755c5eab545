"""Pages in HTML: each a file by itself, in the reader's theme, without scripts."""

from __future__ import annotations

import functools
import math
from typing import Any

import jinja2


def plain(value: float | None) -> str:
    """A number to two decimals, with a true minus; a dash for none."""
    if value is None or math.isnan(value):
        return "–"
    return f"{round(value, 2) + 0.0:g}".replace("-", "−")


def sentence(text: str) -> str:
    """A remark as a sentence of its own; a name in backticks keeps its case."""
    bare = text.strip().replace("`", "")
    if not bare:
        return "Right."
    first = bare if text.strip().startswith("`") else bare[0].upper() + bare[1:]
    return first if first.endswith((".", "?", "!", "…")) else first + "."


@functools.cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("hrclass", "pages"), autoescape=True, trim_blocks=False,
        undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    made.filters |= {"plain": plain, "sentence": sentence}
    return made


def page(template: str, /, **values: Any) -> str:
    """The page of that name; whatever students have written is escaped."""
    return _environment().get_template(f"{template}.html").render(**values)
