"""What a reader of the built site would trip over: dead links, mute images, tracebacks, heavy pages."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
# The pages that Sphinx makes itself (search, index) count too; fragments of the theme are not pages.
PAGES = sorted(p for p in SITE.rglob("*.html") if "_static" not in p.parts) if SITE.is_dir() else []
EXECUTED = [page for page in PAGES if page.parent.name == "notebooks"]
CHAPTERS = [page for page in EXECUTED if not page.stem.startswith("9")]  # from 90 on: back matter, unnumbered
HEAVIEST = 1_500_000

pytestmark = pytest.mark.skipif(not PAGES, reason="the site has not been built (make book)")


def label(page):
    return page.relative_to(SITE).as_posix()


@cache
def soup(page):
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


@cache
def anchors(page):
    return {tag.get(key) for tag in soup(page).find_all(True) for key in ("id", "name") if tag.get(key)}


def local(page, address):
    """The file an address points to and its fragment, or None for one that leaves the site."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return None
    path = unquote(parts.path)
    if not path:
        return page, unquote(parts.fragment)
    target = (SITE / path.lstrip("/")) if path.startswith("/") else (page.parent / path)
    target = target.resolve()
    return (target / "index.html" if target.is_dir() else target), unquote(parts.fragment)


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_links_and_anchors_resolve(page):
    dead = []
    for tag in soup(page).find_all(["a", "link", "script", "img", "source"]):
        address = tag.get("href") or tag.get("src")
        found = address and local(page, address)
        if not found:
            continue
        target, fragment = found
        if not target.exists() or (fragment and target.suffix == ".html" and fragment not in anchors(target)):
            dead.append(address)
    assert not dead


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_every_image_says_what_it_shows(page):
    for image in soup(page).find_all("img"):
        alt, source = (image.get("alt") or "").strip(), image.get("src", "")
        name = Path(urlsplit(source).path).name
        assert alt, f"no alternative text: {source}"
        assert alt not in {source, name, Path(name).stem}, f"the alternative text is the file name: {source}"
        assert not re.fullmatch(r"\S+\.(png|svg|jpe?g|gif)", alt), f"the alternative text is a path: {alt}"
    for drawing in soup(page).select("svg[role=img], .bd-article figure svg"):
        assert (drawing.get("aria-label") or "").strip(), "a figure drawn on the page has no alternative text"


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_no_traceback_is_published(page):
    words = soup(page).get_text(" ")
    assert "Traceback (most recent call last)" not in words
    assert not soup(page).select(".output.traceback")


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_page_is_light_enough_for_a_phone(page):
    assert page.stat().st_size <= HEAVIEST


def test_every_chapter_is_on_the_site():
    written = {path.stem for path in (ROOT / "notebooks").glob("*.md")}
    assert {page.stem for page in EXECUTED} == written


@pytest.mark.parametrize("page", EXECUTED, ids=label)
def test_chapter_says_which_data_it_ran_on(page):
    banners = soup(page).select(".source-banner")
    assert banners, "no source banner"
    edition = (SITE / ".edition").read_text(encoding="utf-8").split()[0]
    assert edition in banners[0].get_text(" ").lower(), f"built on {edition} data, but the banner says otherwise"


@pytest.mark.parametrize("page", CHAPTERS, ids=label)
def test_chapter_is_numbered_as_its_file(page):
    number = soup(page).select_one("h1 .section-number")
    assert number, "the title has no number"
    assert int(number.get_text().strip(" .")) == int(page.stem.split("-")[0])


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_no_script_is_loaded_twice(page):
    scripts = [urlsplit(tag["src"]).path for tag in soup(page).find_all("script", src=True)]
    assert len(scripts) == len(set(scripts))
