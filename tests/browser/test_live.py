"""Python in the reader's browser: the same numbers as here, an engine that says what is wrong, chapters that run."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import nbformat
import numpy as np
import pytest

import hralign as hr

from .conftest import SITE, unless
from .same_numbers import compared

LIVE = SITE / "live"
SOURCE = (Path(__file__).parent / "same_numbers.py").read_text(encoding="utf-8")
PATIENCE = 240_000  # milliseconds; a machine that tests has other things to do
CHAPTERS = ["07-alignment-during-membership", "12-the-company-you-keep"]


@pytest.fixture(scope="module", autouse=True)
def there():
    unless(LIVE.is_dir(), "the site has no Python for the browser", "make book LIVE=yes")


@pytest.fixture
def context(browser, address):
    """A browser that is new to the site; a request to any other one is a failure."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(PATIENCE)
    outside = []
    context.on("request", lambda it: it.url.startswith((address, "data:", "blob:")) or outside.append(it.url))
    yield context
    context.close()
    assert not outside, f"asked of other sites: {outside}"


@pytest.fixture
def page(context, address):
    page = context.new_page()
    page.goto(f"{address}live/engine.json")  # a page without anything
    return page


START = """async () => {
  const { start } = await import('/_static/live/engine.js');
  window.told = [];
  window.engine = await start({ onProgress: (step) => told.push(step) });
}"""
CALL = (
    """([name, payload]) => engine.call(name, payload).catch(({ name, code, message }) => ({ name, code, message }))"""
)


def same_floats(one, other, tolerance):
    np.testing.assert_allclose(np.array(one, float), np.array(other, float), rtol=tolerance, atol=1e-12)


def test_numbers_are_those_of_this_python(page):
    said = page.evaluate(
        """async (source) => {
          const { loadPyodide } = await import('/live/pyodide/pyodide.mjs');
          const python = await loadPyodide({ indexURL: '/live/pyodide/' });
          await python.loadPackage(['hralign'], { messageCallback() {} });
          python.globals.set('hralign_in_browser', true);
          python.runPython(source);
          return python.globals.get('said');
        }""",
        SOURCE,
    )
    here, there = json.loads(json.dumps(compared())), json.loads(said)
    assert there["bits"] == here["bits"], "counts, codes and words of a world are to be the same to the bit"
    assert there["words"] == here["words"]
    for name, world in here["worlds"].items():
        for table, columns in world.items():
            # exponentials and logarithms of WebAssembly differ in the last bit
            same_floats(there["worlds"][name][table], columns, 1e-13)
    for world, fit in here["fits"].items():
        for what, numbers in fit.items():
            same_floats(there["fits"][world][what], numbers, 1e-9)
    same_floats(there["draws"], here["draws"], 1e-9)


def test_an_instrument_gets_its_world_and_refusals_in_words(page):
    page.evaluate(START)
    told = page.evaluate("told")
    assert told[0]["share"] == 0 and told[-1] == {"share": 1, "text": "Python is ready"}
    assert all(a["share"] <= b["share"] for a, b in pairwise(told))
    asked = {"mechanism": "instrumental", "strength": 0.5, "seed": 4, "parameters": {"conditional_share": 0.6}}
    found = page.evaluate(CALL, ["world", asked])
    here = instruments().world(asked)
    assert [row["hypothesis"] for row in found["tests"]] == ["H1", "H2", "H3", "H4"]
    for one, other in zip(found["tests"], here["tests"], strict=True):
        same_floats([one["estimate"], one["state_se"]], [other["estimate"], other["state_se"]], 1e-9)
        assert one["state_says"] == other["state_says"]
    same_floats([row["value"] for row in found["moments"]], [row["value"] for row in here["moments"]], 1e-9)
    assert found["truth"]["effect"] != 0
    refused = page.evaluate(CALL, ["world", {"mechanism": "luck"}])
    assert refused["code"] == "refused" and refused["message"].startswith("There is no mechanism 'luck'")
    assert page.evaluate(CALL, ["world", {"seed": 1}])["seed"] == 1, "a refusal is not the end"


def test_a_stop_and_a_killed_worker_are_told(page):
    page.evaluate(START)
    stopped = page.evaluate("""() => {
      const asked = engine.call('world', {}).catch(({ code, message }) => ({ code, message }));
      engine.stop();
      return asked;
    }""")
    assert stopped["code"] == "stopped" and stopped["message"].endswith("whenever you like.")
    assert page.evaluate(CALL, ["world", {}])["code"] == "stopped"
    page.evaluate(START)
    page.workers[-1].evaluate("() => { self.close() }")
    page.wait_for_function("() => !engine.running")
    lost = page.evaluate(CALL, ["world", {}])
    assert lost["code"] == "lost" and "Start it again" in lost["message"]


def test_a_wheel_that_was_altered_is_not_used(page):
    def spoil(route):
        body = bytearray(route.fetch().body())
        body[len(body) // 2] ^= 1
        route.fulfill(body=bytes(body))

    page.context.route("**/hralign-*.whl", spoil)
    said = page.evaluate(f"() => ({START})().catch(({{ code, message }}) => ({{ code, message }}))")
    assert said["code"] == "checksum" and "hralign-" in said["message"] and "not used" in said["message"]


def test_a_part_that_is_missing_and_a_site_without_are_told(page):
    page.context.route("**/pandas-*.whl", lambda route: route.fulfill(status=404))
    said = page.evaluate(f"() => ({START})().catch(({{ code, message }}) => ({{ code, message }}))")
    assert said["code"] == "network" and "pandas-" in said["message"]
    page.context.route("**/engine.json", lambda route: route.fulfill(status=404))
    said = page.evaluate(f"() => ({START})().catch(({{ code, message }}) => ({{ code, message }}))")
    assert said["code"] == "absent" and "built without Python" in said["message"]


def test_without_webassembly_a_sentence_says_so(page):
    page.evaluate("() => { delete globalThis.WebAssembly }")
    said = page.evaluate(f"() => ({START})().catch(({{ code, message }}) => ({{ code, message }}))")
    assert said["code"] == "browser" and "WebAssembly" in said["message"]


RUN_ALL = "() => { jupyterapp.commands.execute('notebook:run-all-cells').then((it) => { window.ran = [it] }) }"
CELLS = """() => [...jupyterapp.shell.currentWidget.content.model.cells].flatMap((it) => {
  if (it.type !== 'code') return [];
  const { execution_count, outputs, source } = it.toJSON();
  return { execution_count, outputs, source: [].concat(source).join('') };
})"""


def open_notebook(context, address, name):
    page = context.new_page()
    page.goto(f"{address}live/lab/notebooks/index.html?path={name}.ipynb")
    page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel")
    return page


@pytest.mark.slow
@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_runs_from_first_to_last_cell(context, address, name):
    if not (LIVE / f"lab/files/{name}.ipynb").is_file():
        pytest.skip(f"this site has no {name}")
    page = open_notebook(context, address, name)
    page.evaluate(RUN_ALL)
    page.wait_for_function("() => window.ran")
    cells = page.evaluate(CELLS)
    errors = [out for cell in cells for out in cell["outputs"] if out["output_type"] == "error"]
    assert not errors, errors[0]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    shown = json.dumps([cell["outputs"] for cell in cells])
    assert "<svg" in shown and "source-simulated" in shown


def test_what_a_reader_changes_is_kept_and_the_original_is_at_hand(context, address):
    name = CHAPTERS[0]
    page = open_notebook(context, address, name)
    page.evaluate("""async () => {
      const { content, context } = jupyterapp.shell.currentWidget;
      content.model.sharedModel.cells[0].setSource('# Mine');
      await context.save();
    }""")
    first = "jupyterapp.shell.currentWidget?.content.model?.sharedModel?.cells[0]?.source ?? ''"
    page.reload()
    page.wait_for_function(f"() => window.jupyterapp && ({first}).startsWith('# ')")
    assert page.evaluate(first) == "# Mine"
    page.get_by_role("button", name="Original text").click()
    page.wait_for_function(f"() => window.jupyterapp && ({first}).startsWith('# 7. ')")
    listed = page.evaluate("async () => (await jupyterapp.serviceManager.contents.get('')).content.map(it => it.name)")
    assert f"{name}-yours-1.ipynb" in listed
    assert page.get_by_role("link", name="Back to the page").get_attribute("href") == f"{address}notebooks/{name}.html"
    page.get_by_role("link", name="Next").click()
    page.wait_for_url("**path=08-*")


def test_an_assignment_opens_beside_its_world_and_is_kept(context, address, tmp_path):
    own = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_code_cell('import hralign as hr\n\nsrc = hr.load_world("world.zip")'),
        nbformat.v4.new_code_cell("src.kind"),
    ])  # fmt: skip
    files = [tmp_path / "chapter-07-anna (1).ipynb", tmp_path / "world.zip"]
    nbformat.write(own, files[0])
    hr.write_world(hr.load_sources("simulated", seed=3), files[1])
    page = open_notebook(context, address, CHAPTERS[0])

    def choose(*chosen):
        with page.expect_file_chooser() as asked:
            page.get_by_role("button", name="Open an assignment").click()
        asked.value.set_files(chosen)

    said = page.locator("#book-bar [role=status]")
    choose(files[0])
    said.get_by_text("both at once").wait_for()
    for visit in (1, 2):
        choose(*files)
        page.wait_for_url("**path=chapter-07-anna%2Fchapter-07-anna.ipynb")
        if visit == 2:
            said.get_by_text("in this browser already").wait_for()
        page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel")
        page.evaluate("() => jupyterapp.shell.currentWidget.context.save()")
    page.evaluate(RUN_ALL)
    page.wait_for_function("() => window.ran")
    first, second = page.evaluate(CELLS)
    assert first["outputs"] == [] and second["outputs"][0]["data"]["text/plain"] == "'simulated'"


def test_a_chapter_has_the_button_that_runs_it(reader):
    page = reader.open(f"notebooks/{CHAPTERS[0]}.html")
    link = page.get_by_role("link", name="Run this chapter")
    assert link.get_attribute("href") == f"../live/lab/notebooks/index.html?path={CHAPTERS[0]}.ipynb"


def instruments():
    import importlib.util

    spec = importlib.util.spec_from_file_location("instruments", LIVE / "instruments.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
