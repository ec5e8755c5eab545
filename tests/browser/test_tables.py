"""Tables fit a desk; what scrolls on a phone says that it does, to the eye and to the keyboard."""

from __future__ import annotations

import pytest

from .conftest import pages

READ = [path for path in pages() if path.startswith(("notebooks/", "book/"))]
DESK, PHONE = 1280, 390

# The box in which a table scrolls sideways, if it does; what is folded away has no width.
SCROLLING = """() => [...document.querySelectorAll('.bd-article table')].flatMap(table => {
  for (let box = table.parentElement; box && !box.matches('.bd-article'); box = box.parentElement)
    if (box.clientWidth && box.scrollWidth > box.clientWidth + 1) {
      if (getComputedStyle(box).overflowX === 'visible') continue;
      return [{
        words: `${table.rows[0].cells.length} columns, ${box.scrollWidth - box.clientWidth} px too wide: ` +
               (table.caption || table).innerText.slice(0, 80),
        shadow: getComputedStyle(box).backgroundImage.includes('gradient'),
        reached: box.tabIndex >= 0,
      }];
    }
  return [];
})"""


@pytest.mark.parametrize("path", READ)
def test_tables_fit_a_desk_and_scroll_on_a_phone_where_one_can_see_it(reader, path):
    page = reader.open(path)
    page.set_viewport_size({"width": DESK, "height": 800})
    too_wide = [table["words"] for table in page.evaluate(SCROLLING)]
    assert not too_wide, "\n".join([f"tables that scroll at {DESK} px:", *too_wide])
    page.set_viewport_size({"width": PHONE, "height": 844})
    page.wait_for_timeout(400)  # until the theme has made reachable what scrolls now
    unseen = [table["words"] for table in page.evaluate(SCROLLING) if not (table["shadow"] and table["reached"])]
    assert not unseen, "\n".join(
        [f"tables of which a reader with {PHONE} px sees a part and no sign of more:", *unseen]
    )
