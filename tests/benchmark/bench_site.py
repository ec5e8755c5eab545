"""How fast the built site is, served from this machine: until a page reacts, until an instrument can be used, a move of
it.  Prints; asserts nothing."""

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
INSTRUMENTS = ("multiverse", "clock", "world", "regression", "shrinkage", "verdict")
READY = "[data-instrument={}][data-ready]"
SINCE = "() => performance.now() - performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
MOVES = """name => {
  const inside = `[data-instrument=${name}] .lab-controls`;
  const sliders = [...document.querySelectorAll(`${inside} :is(input[type=range], select)`)];
  return sliders.flatMap(one => [0, 1, 2].map(step => {
    const start = performance.now();
    if (one.tagName === 'SELECT') one.selectedIndex = (one.selectedIndex + 1) % one.options.length;
    else one.value = Number(one.min) + (step / 2) * (one.max - one.min);
    one.dispatchEvent(new Event(one.tagName === 'SELECT' ? 'change' : 'input', {bubbles: true}));
    document.body.getBoundingClientRect();
    return performance.now() - start;
  }));
}"""


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
        for name in INSTRUMENTS if (SITE / "book/laboratory.html").is_file() else ():
            ready, moves = [], []
            for _ in range(TIMES):
                context = browser.new_context(viewport={"width": 1280, "height": 1000})
                page = context.new_page()
                page.goto(f"http://127.0.0.1:{server.server_port}/book/laboratory.html#instrument-{name}")
                page.wait_for_selector(READY.format(name))
                ready.append(page.evaluate(SINCE))
                moves += page.evaluate(MOVES, name)
                context.close()
            print(f"{name:<55}{statistics.median(ready):6.0f} ms after the page until it can be used, "
                  f"a move {statistics.median(moves):.0f} ms, at most {max(moves):.0f}")  # fmt: skip
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
