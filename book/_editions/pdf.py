"""The whole book as a PDF: the pages of the site put together, set for paper and printed by Chromium.

``python pdf.py SITE OUT.pdf SOURCE`` makes one page of those of the site: a cover, the contents, the chapters in their
order, each under its own running head.  Solutions and questions are opened; code that the site folds away is left out;
links from page to page stay within the book.  Chromium prints twice, because the contents can say on which page a
chapter begins only after the first time.  (Sphinx has a builder for a single page; it would have to build everything
again, and its chapters share the names of their sections.)

The environment variable ``CHROMIUM`` names another browser than the one that is found.
"""

from __future__ import annotations

import html
import json
import os
import posixpath
import re
import shutil
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

ROOT = Path(__file__).parents[2]
STYLE = Path(__file__).with_name("print.css")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OLDEST = 131  # the first that writes page numbers into the margins by style
SUBTITLE = "A companion to the study of human-rights alignment in intergovernmental organizations"
SOURCES = {
    "real": "The numbers called <em>this run</em> were computed from the real data.",
    "simulated": "The numbers called <em>this run</em> were computed in a simulated world and say nothing about any "
    "state. The <em>reconstruction</em> is of the real data.",
}
PAGE_WIDTH = 612  # pixels between the margins of print.css

# What only the browser knows: which tables are wider than the page, which are short enough to be kept whole.
FIT = """width => {
  for (const table of document.querySelectorAll('.chapter table')) {
    if (table.getBoundingClientRect().width > width) table.classList.add('wide');
    const still = table.getBoundingClientRect().width;
    if (still > width) table.style.zoom = width / still;
    if (table.getBoundingClientRect().height < 700) table.classList.add('whole');
  }
  for (const formula of document.querySelectorAll('.chapter mjx-container[display]')) {
    const wide = formula.scrollWidth;
    if (wide > width) formula.style.zoom = width / wide;
  }
  for (const code of document.querySelectorAll('.chapter pre'))
    if (code.getBoundingClientRect().height > 600) code.classList.add('long');
}"""


def find_browser() -> str:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found or not shutil.which(found):
        raise SystemExit(
            f"{found or 'Chromium'} is missing, and it prints the PDF: install it (on Debian and Ubuntu: apt install "
            "chromium), or name it with CHROMIUM=/path/to/chromium."
        )
    return found


def contents(toc: dict) -> list[tuple[str, str]]:
    """Every page of the book in order, as (part, page)."""
    listed = [("", toc["root"])]
    for part in toc["parts"]:
        listed += [(part["caption"], chapter["file"]) for chapter in part["chapters"]]
    return listed


def moved(site: Path, page: str, pages: dict[str, int], address: str) -> str | None:
    """Where an address on a page of the site leads within the book; None for a link to what is not in it."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return address
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path))) if parts.path else page
    name = target.removesuffix(".html")
    if parts.path in ("", ".") or name in pages:
        chapter = pages.get(name, pages[page])
        return f"#chapter-{chapter}" + (f"-{parts.fragment}" if parts.fragment else "")
    return f"{site.name}/{quote(target)}" if (site / target).is_file() and not target.endswith(".html") else None


def take(site: Path, page: str, pages: dict[str, int]) -> Tag:
    """The text of one page: names made unique in the book, addresses as seen from beside the site."""
    soup = BeautifulSoup((site / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
    chapter = soup.select_one("article.bd-article > section")
    for tag in chapter.select("[id]"):
        if tag.find_parent("svg") is None and tag.name != "svg":  # drawings refer to their parts by style
            tag["id"] = f"chapter-{pages[page]}-{tag['id']}"
    for tag in chapter.select("[aria-labelledby]"):
        tag["aria-labelledby"] = f"chapter-{pages[page]}-{tag['aria-labelledby']}"
    for tag in chapter.select("img[src]"):
        tag["src"] = moved(site, page, pages, tag["src"]) or tag["src"]
    for tag in chapter.select("a[href]"):
        if target := moved(site, page, pages, tag["href"]):
            tag["href"] = target
        else:
            del tag["href"]
    return chapter


def open_up(chapter: Tag) -> None:
    """What the site folds: solutions and questions open, code that only draws or formats is left out."""
    for tag in chapter.select("details.hide.above-input, details.hide.below-input, .headerlink, script"):
        tag.decompose()
    for tag in chapter.select("details.hide.above-output, details.hide.above-output-prompt"):
        tag.summary.decompose()
        tag.unwrap()
    for tag in chapter.find_all("details"):
        tag["open"] = ""
        tag.attrs.pop("name", None)  # of one name only one would stay open
    for tag in chapter.select(".dropdown, .toggle"):
        tag["class"] = [word for word in tag["class"] if word not in ("dropdown", "toggle")]


def title_of(chapter: Tag) -> str:
    return " ".join(chapter.h1.get_text(" ").split()).replace(" .", ".")


def cover(site: Path, finding: Tag, source: str, answers: bool) -> str:
    without = "" if answers else "<p><strong>Edition without solutions.</strong></p>"
    return (
        f'<section class="cover"><img src="{site.name}/_static/logo.svg" alt=""><h1>The Company States Keep</h1>'
        f'<p class="subtitle">{SUBTITLE}</p>{finding}'
        '<p class="shown">Distance of states to the company they keep, reconstructed from the real data, in 95% bands. '
        f'What the pictures can bear is what the book is about.</p><div class="edition">{without}'
        f"<p><strong>Edition on {source} data</strong>, {date.today():%-d %B %Y}, version {version('hralign')}</p>"
        f"<p>{SOURCES[source]}</p></div></section>"
    )


def contents_page(entries: list[tuple[str, str, str]]) -> str:
    lines, last = [], ""
    for part, identifier, title in entries:
        if part != last:
            lines.append(f'<li class="part">{part}</li>')
        last = part
        words = f'<span>{html.escape(title)}</span><span class="dots"></span>'
        lines.append(f'<li><a href="#{identifier}" data-page="">{words}</a></li>')
    return (
        f'<section class="contents"><h1>Contents</h1><ol>{"".join(lines)}</ol><p class="imprint">'
        "Text: CC BY 4.0. Code: MIT. An independent companion; its mistakes are ours, not the authors'. Code that only "
        "draws or formats is left out on paper; the site and the notebooks have it.</p></section>"
    )


def compose(site: Path, toc: dict, source: str, answers: bool) -> str:
    """The pages of the site as one page."""
    listed = contents(toc)
    pages = {name: number for number, (_, name) in enumerate(listed)}
    first = BeautifulSoup((site / f"{toc['root']}.html").read_text(encoding="utf-8"), "html.parser")
    scripts = [tag for tag in first.select("script") if "mathjax" in f"{tag.get('src', '')}{tag.string or ''}".lower()]
    needed = [*first.head.select("link[rel=stylesheet]"), *scripts]
    for tag in needed:
        for key in {"src", "href"} & set(tag.attrs):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(toc["root"]), urlsplit(tag[key]).path))
            tag[key] = f"{site.name}/{path}"
    entries, body, heads = [], [], []
    for part, name in listed:
        chapter = take(site, name, pages)
        open_up(chapter)
        identifier, title = f"chapter-{pages[name]}", title_of(chapter)
        entries.append((part, identifier, title))
        running = json.dumps(title, ensure_ascii=False)
        look = "font: 8.5pt sans-serif; color: #565d64"
        heads.append(f"@page {identifier} {{ @top-center {{ content: {running}; {look}; }} }}")
        body.append(f'<div class="chapter" id="{identifier}" style="page: {identifier}">{chapter}</div>')
    style = "\n".join([STYLE.read_text(encoding="utf-8"), *heads])
    front = cover(site, first.select_one(".finding"), source, answers)
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="light" data-mode="light"><head><meta charset="utf-8">'
        f"<title>The Company States Keep</title>{''.join(map(str, needed))}<style>{style}</style></head><body>{front}"
        f'<main class="bd-content"><article class="bd-article">{contents_page(entries)}{"".join(body)}</article></main>'
        "</body></html>"
    )


def print_book(page: Path, out: Path) -> None:
    from playwright.sync_api import sync_playwright
    from pypdf import PdfReader

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=find_browser(),
            args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"],
        )
        if int(re.match(r"\d+", browser.version)[0]) < OLDEST:
            raise SystemExit(f"Chromium {browser.version} does not number pages: version {OLDEST} or later is needed.")
        view = browser.new_page(viewport={"width": PAGE_WIDTH, "height": 900}, color_scheme="light")
        view.set_default_timeout(300_000)
        view.emulate_media(media="print")
        view.goto(page.resolve().as_uri(), wait_until="load")
        view.evaluate("async () => { await window.MathJax?.startup?.promise; await document.fonts.ready }")
        view.evaluate(FIT, PAGE_WIDTH)
        settings = {"path": out, "prefer_css_page_size": True, "print_background": True}
        view.pdf(**settings)
        reader = PdfReader(out)
        places = {
            name.lstrip("/"): reader.get_destination_page_number(place) + 1
            for name, place in reader.named_destinations.items()
        }
        view.evaluate(
            "places => document.querySelectorAll('.contents a').forEach("
            "link => { link.dataset.page = places[link.getAttribute('href').slice(1)] })",
            places,
        )
        view.pdf(**settings, outline=True, tagged=True)
        browser.close()


def main(site: Path, out: Path, source: str) -> None:
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    page = site.with_name(f"{site.name}-on-paper.html")
    page.write_text(compose(site, toc, source, os.environ.get("ANSWERS") != "no"), encoding="utf-8")
    fresh = out.with_name(f"{out.name}.new")
    print_book(page, fresh)
    fresh.replace(out)


if __name__ == "__main__":
    find_browser()
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
