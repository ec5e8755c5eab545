"""Seconds until the first page of the built site can be used, served from this machine.  Prints; asserts nothing."""

from __future__ import annotations

import statistics
import sys
import time
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser.conftest import CHROMIUM, SITE, Quiet

TIMES = 5


def main() -> None:
    if not (SITE / "book/welcome.html").is_file() or not CHROMIUM:
        print("Needs the built site (make book) and chromium.")
        return
    from playwright.sync_api import sync_playwright

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SITE)))
    Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for path in ("book/welcome.html", "notebooks/07-alignment-during-membership.html"):
            spent = []
            for _ in range(TIMES):
                context = browser.new_context()  # nothing cached
                page = context.new_page()
                start = time.perf_counter()
                page.goto(f"http://127.0.0.1:{server.server_port}/{path}", wait_until="domcontentloaded")
                page.locator(".theme-switch-button:visible").first.click()  # it reacts
                spent.append(time.perf_counter() - start)
                context.close()
            print(f"{path:<55}{statistics.median(spent):6.2f} s until it reacts (median of {TIMES}, nothing cached)")
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
