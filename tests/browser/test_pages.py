"""Every page in both themes, on a phone, a tablet and a desk: silent, self-contained, legible to eye and machine."""

from __future__ import annotations

from itertools import product

import pytest

from .conftest import SITE, pages

WIDTHS = (390, 820, 1280)
CHECKED_BY_AXE = (1280, 390)  # the widest first, with every word of the code still in its colour
SETTLED = 400  # milliseconds after which the theme has looked again at what scrolls, and made it reachable by keyboard
THEMES = ("light", "dark")

# What is wider than the screen and does not scroll by itself, outermost first.
STICKING_OUT = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const contained = e => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
    if (getComputedStyle(p).overflowX !== 'visible') return true; return false; };
  return [...document.querySelectorAll('.bd-main *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !contained(e))
    .slice(0, 3).map(e => e.outerHTML.slice(0, 120)).concat('the page scrolls sideways');
}"""
# Without preload and selectors axe takes a third of the time; they are fetched when there is something to tell.
AXE_COUNT = """() => axe.run({resultTypes: ['violations'], selectors: false, preload: false})
  .then(r => r.violations.length)"""
AXE_REPORT = """() => axe.run({resultTypes: ['violations'], preload: false}).then(r => r.violations.map(
  v => `${v.id} (${v.impact}): ${v.nodes.length} x ${v.nodes[0].target.join(' ')} ${v.nodes[0].html.slice(0, 160)}`))"""
# Half of a page's elements are the strokes of its drawings, which screen readers and axe take as one image, and the
# coloured words of its code, whose colours are the same at any width: looked at once, they need not be looked at again.
WITHOUT_STROKES = "() => document.querySelectorAll('figure svg[role=img]').forEach(one => one.replaceChildren())"
WITHOUT_COLOURED_CODE = "() => document.querySelectorAll('pre').forEach(one => { one.textContent = one.textContent })"
# Lines of a drawing are not looked at by axe: the opaque ones are compared with the ground of the page.
FAINT_LINES = """() => {
  const rgb = s => (s.match(/[\\d.]+/g) || []).map(Number);
  const linear = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = c => { const [r, g, b] = c.slice(0, 3).map(linear);
    return .2126 * r + .7152 * g + .0722 * b; };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
  const ground = rgb(getComputedStyle(document.body).backgroundColor);
  return [...document.querySelectorAll('.bd-article figure svg path')].map(p => [p, getComputedStyle(p)])
    .filter(([p, s]) => s.fill === 'none' && s.stroke !== 'none' && +s.strokeOpacity * +s.opacity > .9
                        && parseFloat(s.strokeWidth) >= 1.5)
    .map(([p, s]) => [ratio(rgb(s.stroke), ground), s.stroke])
    .filter(([r]) => r < 2.9).slice(0, 1).map(([r, stroke]) => `a line of contrast ${r.toFixed(1)} (${stroke})`);
}"""


def show(page, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)


@pytest.mark.parametrize("path", pages())
def test_page(reader, axe, path):
    page = reader.open(path)
    faults = [*reader.faults, *(f"not typeset: {text}" for text in page.locator("mjx-merror").all_inner_texts())]
    page.evaluate(axe)
    for theme, width in product(THEMES, WIDTHS):
        show(page, theme, width)
        faults += [f"{theme}, {width}: {what}" for what in page.evaluate(STICKING_OUT) + page.evaluate(FAINT_LINES)]
    page.evaluate(WITHOUT_STROKES)
    for width in CHECKED_BY_AXE:
        show(page, THEMES[0], width)
        page.wait_for_timeout(SETTLED)
        for theme in THEMES:
            show(page, theme, width)
            if page.evaluate(AXE_COUNT):
                faults += [f"{theme}, {width}: {what}" for what in page.evaluate(AXE_REPORT)]
        page.evaluate(WITHOUT_COLOURED_CODE)
    faults += [fault for fault in reader.faults if fault not in faults]
    assert not faults, "\n".join(faults)


def test_there_are_pages(address):
    assert len(pages()) > 20 and (SITE / "index.html").is_file()
