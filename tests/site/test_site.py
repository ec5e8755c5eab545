"""What a reader of the built site would trip over: dead links, mute images, tracebacks, heavy pages."""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

import pytest
from bs4 import BeautifulSoup

import hralign as hr

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
# The pages that Sphinx makes itself (search, index) count too; fragments of the theme and JupyterLite are not ours.
PAGES = sorted(p for p in SITE.rglob("*.html") if not {"_static", "live"} & set(p.parts)) if SITE.is_dir() else []
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
def test_every_table_has_a_caption_and_headings(page):
    for table in soup(page).find_all("table"):
        words = table.find("caption")
        assert words and words.get_text(strip=True), f"no caption: {table.get_text(' ', strip=True)[:80]}"
        headings = table.find_all("th")
        assert headings, f"a table without headings: {words.get_text(strip=True)}"
        assert all(cell.get_text(strip=True) or cell.find("img", alt=True) for cell in headings), words.get_text()


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_identifiers_are_unique(page):
    times = Counter(tag["id"] for tag in soup(page).find_all(id=True))
    assert not {name for name, number in times.items() if number > 1}


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_everything_a_page_loads_is_on_the_site(page):
    loading = soup(page).find_all(["script", "img", "iframe", "link", "source", "object", "embed"])
    addresses = [tag.get("src") or tag.get("data") or tag.get("href") or "" for tag in loading]
    assert not [address for address in addresses if urlsplit(address).netloc]
    assert not re.search(r"url\(\s*[\"']?(https?:)?//|@import\s+[\"']?http", page.read_text(encoding="utf-8"))


@pytest.mark.skipif(not (SITE / "book/welcome.html").is_file(), reason="the site has not been built (make book)")
def test_the_front_page_tells_the_recorded_finding():
    drawings = soup(SITE / "book/welcome.html").select(".finding svg")
    curves = hr.reconstruction()["curves"]
    assert len(drawings) == 3
    for drawing, name in zip(drawings, ("figure3a", "figure2", "figure3b"), strict=True):
        told = drawing["aria-label"].replace("−", "-")
        for value in (curves[name]["estimate"][0], curves[name]["estimate"][-1], curves[name]["upper"][-1]):
            assert f"{value:.2f}" in told
    lived = hr.recorded("clock/courses").table.query("line == '1990'")["estimate"].iloc[-1]
    assert "could live" in drawings[1]["aria-label"] and f"{lived:.2f}" in drawings[1]["aria-label"].replace("−", "-")


def test_the_archive_holds_what_it_takes_to_run_the_book():
    with ZipFile(SITE / "_static" / "the-company-states-keep.zip") as archive:
        names = {name.partition("/")[2] for name in archive.namelist()}
    assert {"Makefile", "README.md", "LICENSE", "requirements-lock.txt", "package-lock.json", "_toc.yml"} <= names
    assert {f"notebooks/{page.stem}.ipynb" for page in EXECUTED} <= names
    assert {"lib/hralign/record/results/table2/lag.json", "lib/hralign/sources/registry.toml"} <= names
    assert not [name for name in names if "__pycache__" in name or name.endswith((".rda", ".parquet"))]


def test_the_archive_has_neither_grader_nor_solver():
    with ZipFile(SITE / "_static" / "the-company-states-keep.zip") as archive:
        names = archive.namelist()
    assert not [name for name in names if re.search(r"hrclass|solver|grading\.(py|txt)", name)]


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


@pytest.mark.parametrize("page", EXECUTED, ids=label)
def test_page_that_computes_names_versions_and_seed(page):
    foot = soup(page).select("p.versions")
    assert len(foot) == 1, "no versions at the foot: end the last cell with hr.versions()"
    assert re.search(r"Python 3\.\d+.*hralign \d.*numpy \d", foot[0].get_text(" "))
    banner = soup(page).select_one(".source-banner")
    if "source-simulated" in banner["class"]:
        assert re.search(r"world \w+.*seed \d+", banner.get_text(" ", strip=True)), "no world, no seed"


@pytest.mark.skipif(not (SITE / "book/status.html").is_file(), reason="the site has not been built (make book)")
def test_the_status_page_has_every_notebook_with_its_time():
    table = soup(SITE / "book/status.html").select_one("table.status")
    rows = [[cell.get_text(" ", strip=True) for cell in row.find_all("td")] for row in table.tbody.find_all("tr")]
    edition = (SITE / ".edition").read_text(encoding="utf-8").split()[0]
    assert len(rows) == len(EXECUTED) + 1, "a row for each and one for all"
    for row in rows[:-1]:
        assert row[1] == edition and float(row[5]) > 0 and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", row[4])
        assert edition == "real" or re.fullmatch(r"\w+, \d+", row[2]), "the seed is not named"
    assert float(rows[-1][5]) == pytest.approx(sum(float(row[5]) for row in rows[:-1]), abs=0.05 * len(rows))


@pytest.mark.parametrize("page", CHAPTERS, ids=label)
def test_chapter_is_numbered_as_its_file(page):
    number = soup(page).select_one("h1 .section-number")
    assert number, "the title has no number"
    assert int(number.get_text().strip(" .")) == int(page.stem.split("-")[0])


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_no_script_is_loaded_twice(page):
    scripts = [urlsplit(tag["src"]).path for tag in soup(page).find_all("script", src=True)]
    assert len(scripts) == len(set(scripts))
