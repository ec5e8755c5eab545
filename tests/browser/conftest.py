"""The built site, served on this machine and looked at with the chromium of the system.

Without chromium these tests are skipped; where nobody would notice that (CI), its absence is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
OUGHT_TO_RUN = any(os.environ.get(name, "").lower() in ("1", "true") for name in ("CI", "GITHUB_ACTIONS"))


def pages() -> list[str]:
    """Every page that a reader can open, as its address within the site; index.html only forwards to the first."""
    found = sorted(path.relative_to(SITE) for path in SITE.rglob("*.html"))
    return [
        path.as_posix()
        for path in found
        if path.parts[0] not in ("_static", "live") and path.as_posix() != "index.html"
    ]


def unless(present: object, what: str, remedy: str) -> None:
    if not present:
        (pytest.fail if OUGHT_TO_RUN else pytest.skip)(f"{what}: {remedy}")


class Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args) -> None:
        pass


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    unless(SITE.is_dir(), "the site has not been built", "make book")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SITE)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="session")
def browser():
    unless(CHROMIUM, "chromium is not installed", "apt install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        # no host but this machine can be found: a page that needs another one shows it
        browser = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    script = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    unless(script.is_file(), "axe-core is not installed", "make test fetches it with npm")
    return script.read_text(encoding="utf-8")


class Reader:
    """One browser page, used again and again, that keeps what goes wrong on the page it shows."""

    def __init__(self, browser, address: str):
        self.address = address
        # motion would be caught half-way, between the colours of two themes
        self.page = browser.new_context(color_scheme="light", reduced_motion="reduce").new_page()
        self.faults: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda it: self.faults.append(f"script error: {it}"))
        self.page.on("response", lambda it: it.status >= 400 and self.faults.append(f"{it.status}: {it.url}"))
        self.page.on("request", self._asked)

    def _said(self, message) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text}")

    def _asked(self, request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"a request to another site: {request.url}")

    def open(self, path: str):
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self.page.goto("about:blank")
        self.faults.clear()
        self.page.goto(self.address + path, wait_until="load")
        self.page.evaluate("window.MathJax?.startup?.promise")
        return self.page


@pytest.fixture(scope="session")
def session_reader(browser, address) -> Iterator[Reader]:
    reader = Reader(browser, address)
    yield reader
    reader.page.context.close()


@pytest.fixture
def reader(session_reader) -> Reader:
    return session_reader
