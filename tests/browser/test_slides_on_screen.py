"""Every slide of every deck on a projector of 1280 by 720, and on paper: all of it is there, and can be read."""

from __future__ import annotations

import pytest

from .conftest import ROOT, unless

SLIDES = ROOT / "_build" / "slides"
SMALLEST = 13  # pixels of 720, in a figure; words are larger

# What of the slide in view sticks out, is cut off or lies on something else, and its smallest letters.
LOOK = """() => {
  const slide = Reveal.getCurrentSlide(), faults = [], sizes = [];
  slide.querySelectorAll('.fragment').forEach(one => one.classList.add('visible'));
  const parts = [...slide.children].filter(one => one.tagName !== 'ASIDE')
    .map(one => [one, one.getBoundingClientRect()]);
  const name = one => `${one.tagName.toLowerCase()}.${one.className}`;
  for (const [one, a] of parts) {
    if (a.left < -1 || a.right > 1281 || a.top < -1 || a.bottom > 721) faults.push(`${name(one)} sticks out`);
    for (const [other, b] of parts) {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (one !== other && wide > 1 && high > 1) faults.push(`${name(one)} lies on ${name(other)}`);
    }
  }
  for (const one of slide.querySelectorAll('.words, .exhibit'))
    if (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1)
      faults.push(`${name(one)} is cut`);
  for (const one of slide.querySelectorAll('h1, h2, p, li, th, td, svg text, svg tspan')) {
    if (!one.textContent.trim() || !one.getBoundingClientRect().width) continue;
    const drawn = one.ownerSVGElement ? one.getScreenCTM() : {a: 1, b: 0};
    sizes.push(parseFloat(getComputedStyle(one).fontSize) * Math.hypot(drawn.a, drawn.b));
  }
  return [slide.querySelector('h1, h2').textContent, faults, Math.min(...sizes)];
}"""


@pytest.fixture
def page(browser):
    unless(SLIDES.is_dir(), "the slides have not been written", "make slides")
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    yield page
    page.close()


def shown(page, number: int, query: str = "") -> None:
    page.goto(f"{(SLIDES / f'part-{number}.html').as_uri()}{query}")
    page.wait_for_function("() => Reveal.isReady()")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_nothing_sticks_out_overlaps_or_is_too_small_on_any_slide(page, number):
    shown(page, number)
    seen, faults = 0, []
    for h, v in page.evaluate("() => Reveal.getSlides().map(Reveal.getIndices).map(at => [at.h, at.v ?? 0])"):
        page.evaluate("([h, v]) => Reveal.slide(h, v)", [h, v])
        headline, found, smallest = page.evaluate(LOOK)
        if smallest < SMALLEST:
            found.append(f"letters of {smallest:.1f} pixels")
        faults += [f"{headline}: {one}" for one in found]
        seen += 1
    assert faults == []
    assert seen > 15


@pytest.mark.parametrize("number", [1, 2, 3])
def test_printing_makes_one_page_of_every_slide(page, number):
    shown(page, number, "?print-pdf")
    page.wait_for_selector(".pdf-page")
    pages, slides, high = page.evaluate(
        "() => [document.querySelectorAll('.pdf-page').length, Reveal.getSlides().length,"
        " Math.max(...[...document.querySelectorAll('.pdf-page .exhibit')].map(one => one.scrollHeight))]"
    )
    assert pages == slides and high < 720
