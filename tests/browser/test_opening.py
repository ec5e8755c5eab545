"""A chapter opens with a picture: within a screen and a half of a desk, and before any table."""

from __future__ import annotations

import pytest

from .conftest import pages

CHAPTERS = [path for path in pages() if path.startswith("notebooks/") and path < "notebooks/90"]
SCREEN = (1280, 800)

FIRST = """() => {
  const picture = document.querySelector('.bd-article svg[role=img]');
  if (!picture) return null;
  const before = table => table.compareDocumentPosition(picture) & Node.DOCUMENT_POSITION_FOLLOWING;
  const tables = [...document.querySelectorAll('.bd-article table')];
  return {
    top: Math.round(picture.getBoundingClientRect().top + scrollY),
    tables: tables.filter(table => !table.closest('.chapter-card') && before(table)).length,
  };
}"""


@pytest.mark.parametrize("path", CHAPTERS)
def test_first_picture_stands_within_a_screen_and_a_half(reader, path):
    page = reader.open(path)
    page.set_viewport_size({"width": SCREEN[0], "height": SCREEN[1]})
    first = page.evaluate(FIRST)
    assert first, "a chapter without a picture"
    assert first["top"] < 1.5 * SCREEN[1], f"the first picture begins {first['top']} px below the top"
    assert not first["tables"], "a table stands before the first picture"
