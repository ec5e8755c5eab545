"""Seconds until Python in a browser can be used, for a world, and for chapter 7 whole.  Prints; asserts nothing."""

from __future__ import annotations

import sys
import time
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser.conftest import CHROMIUM, SITE, Quiet

CHAPTER = "live/lab/notebooks/index.html?path=07-alignment-during-membership.ipynb"
START = """async () => {
  const { start } = await import('/_static/live/engine.js');
  window.engine = await start();
}"""
KERNEL = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
RUN = "() => jupyterapp.commands.execute('notebook:run-all-cells')"


def main() -> None:
    if not (SITE / "live/lab").is_dir() or not CHROMIUM:
        print("Needs a site with Python for the browser (make book LIVE=yes) and chromium.")
        return
    from playwright.sync_api import sync_playwright

    size = sum(path.stat().st_size for path in (SITE / "live").rglob("*") if path.is_file())
    print(f"{'what the site carries for it':<45}{size / 1e6:6.1f} MB")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SITE)))
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"

    def timed(what, act):
        began = time.perf_counter()
        act()
        print(f"{what:<45}{time.perf_counter() - began:6.2f} s")

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.set_default_timeout(300_000)
        for cache in ("nothing cached", "from the cache"):
            page.goto(f"{address}live/engine.json")
            timed(f"Python ready ({cache})", lambda: page.evaluate(START))
            for k in (1, 2):
                call = f"() => engine.call('world', {{ mechanism: 'intrinsic', seed: {k} }})"
                timed(f"a world with its four tests, number {k}", lambda call=call: page.evaluate(call))
        page.goto(address + CHAPTER)
        page.wait_for_function(KERNEL)
        timed("chapter 7 in JupyterLite, all cells", lambda: page.evaluate(RUN))
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
