"""The instruments of the laboratory, driven by keyboard and held against the library's numbers."""

from __future__ import annotations

import csv
import io
import json
import re
import sys

import numpy as np
import pytest

import hralign as hr
from hralign.stress import universes

from .conftest import ROOT, SITE
from .test_pages import AXE_REPORT

PAGE = "book/laboratory.html"
NAMES = ("multiverse", "clock", "world", "regression", "shrinkage", "verdict")
MOST_BEFORE = 60_000  # bytes of the laboratory that a page may load before its reader asks
MINUS = "\N{MINUS SIGN}"

pytestmark = pytest.mark.skipif(not (SITE / PAGE).is_file(), reason="the site with the laboratory has not been built")


class Bench:
    """One instrument, awake."""

    def __init__(self, page, name: str):
        self.page = page
        self.root = page.locator(f"[data-instrument={name}]")
        self.root.scroll_into_view_if_needed()
        page.wait_for_selector(f"[data-instrument={name}][data-ready]")

    @property
    def says(self) -> str:
        return self.root.locator(".lab-says").inner_text()

    def type(self, label: str, value: object) -> None:
        """Into the number box of a slider."""
        box = self.root.get_by_label(f"{label}, as a number")
        box.focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(str(value))

    def press(self, words: str) -> None:
        self.root.get_by_role("button", name=words).focus()
        self.page.keyboard.press("Enter")

    def choose(self, label: str, option: str) -> None:
        """In a list: its first letters are typed, as one does."""
        self.root.get_by_label(label, exact=True).focus()
        self.page.keyboard.type(option)
        self.page.wait_for_timeout(10)

    def rows(self) -> list[dict[str, str]]:
        with self.page.expect_download() as caught:
            self.press("Save the numbers")
        return list(csv.DictReader(io.StringIO(caught.value.path().read_text(encoding="utf-8"))))


@pytest.fixture
def bench(reader):
    def bench(name: str, query: str = "") -> Bench:
        return Bench(reader.open(f"{PAGE}{query}"), name)

    yield bench
    assert not reader.faults


def short(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace("-", MINUS).replace("0.", ".", 1)


def row(table, **wanted):
    return table[(table[list(wanted)] == list(wanted.values())).all(axis=1)].iloc[0]


# ------------------------------------------------------------------------------------------------- what they say


def test_every_instrument_of_the_laboratory_wakes_without_a_fault(reader):
    page = reader.open(PAGE)
    shown = page.locator("[data-instrument]").evaluate_all("all => all.map(one => one.dataset.instrument)")
    assert shown == list(NAMES)
    for name in NAMES:
        one = Bench(page, name)
        assert one.root.locator("svg[role=img]").count() >= 2 and len(one.says) > 60
        assert not one.root.locator(".instrument-still").is_visible()
    assert not reader.faults


def test_table_2_is_the_universe_that_lights_up_first(bench):
    study = hr.recorded_study("multiverse")
    approach = study[study["question"].eq("approach")]
    own, below = approach.iloc[0], (approach["estimate"] < approach["estimate"].iloc[0]).mean()
    reach = hr.Z * own["state_se"]
    said = bench("multiverse").says
    assert f"slope is {short(own['estimate'], 4)} points a year" in said
    assert f"{short(own['estimate'] - reach, 4)} to {short(own['estimate'] + reach, 4)}" in said
    assert f"above {below:.0%} of {len(approach):,} universes" in said


def test_a_universe_chosen_by_keyboard_is_the_recorded_one(bench):
    one = bench("multiverse")
    one.choose("Form", "log")
    one.choose("Clock", "lived")
    one.choose("Years", "from")
    wanted = {"question": "approach", "form": "log", "clock": "lived", "years": "from 1990", "case_effects": "random"}
    study = hr.recorded_study("multiverse")
    found = row(study, **wanted)  # the first of them has all else as in Table 2
    assert f"slope is {short(found['estimate'], 4)} points" in one.says
    assert [float(line["estimate"]) for line in one.rows()] == pytest.approx([found["estimate"]], abs=1e-7)
    one.choose("Case effects", "fixed")
    found = row(study, **wanted | {"case_effects": "fixed"})
    assert f"slope is {short(found['estimate'], 4)} points" in one.says
    one.choose("Clock", "line")
    assert "No universe lights up" in one.says and one.rows() == []


def test_shares_of_open_choices_are_those_of_the_library(bench):
    choices = list(hr.recorded_study("multiverse").columns[1:12])
    one = bench("multiverse", "?" + "&".join(f"multiverse.{name}=any" for name in choices if name != "form"))
    study = hr.recorded_study("multiverse").query("question == 'approach' and form == 'linear'")
    shares = universes.shares(study)
    assert f"{shares['universes']:,.0f} universes of" in one.says
    assert f"{shares['positive']:.0%} are positive, {shares['state_significant']:.0%} clear of zero" in one.says
    assert f"a median of {short(study['estimate'].median(), 4)}" in one.says


def test_another_question_opens_what_it_was_not_asked_with(bench):
    one = bench("multiverse")
    one.root.get_by_role("radio", name="Laggards, on CIRI").focus()
    one.page.keyboard.press("Space")
    score = one.root.get_by_label("Score", exact=True)
    assert score.input_value() == "any" and "universe" in one.says
    assert score.locator("option[value=fariss]").is_disabled()


def test_a_dot_one_step_away_leads_there(bench):
    one = bench("multiverse")
    one.root.locator(".lab-steps circle").nth(1).click()
    assert one.root.get_by_label("Coding").input_value() == "literal"


@pytest.mark.parametrize("share", [1, 0.5, 0, -1])
def test_the_slope_of_a_belief_is_the_recorded_one(bench, share):
    one, record = bench("clock"), hr.recorded("clock/share").table
    one.type("How much of the drift is the calendar’s?", share)
    found = row(record, share=float(share))
    reach = hr.Z * found["state_se"]
    assert f"is worth {short(found['estimate'], 4)} points" in one.says
    assert f"{short(found['estimate'] - reach, 4)} to {short(found['estimate'] + reach, 4)}" in one.says
    lived = row(hr.recorded("clock/rules").table, rule="lived", timing="lag")["estimate"]
    assert f"lives through is {short(lived, 4)} a year" in one.says


def test_figure_2_and_the_lived_courses_are_the_recorded_ones(bench):
    record = hr.recorded("clock/courses").table
    rows = bench("clock").rows()
    for line, column in (("stopped", "stopped"), ("1970", "lived_1970"), ("1990", "lived_1990")):
        wanted = record.loc[record["line"].eq(line), "estimate"].to_numpy()
        np.testing.assert_allclose([float(one[column]) for one in rows[: len(wanted)]], wanted, atol=1e-7)
    stopped = record[record["line"].eq("stopped")]
    np.testing.assert_allclose([float(one["lower"]) for one in rows], stopped["lower"], atol=1e-6)


def test_a_slider_moves_by_arrow_keys_and_the_address_follows(bench):
    one = bench("clock")
    one.root.locator("input[type=range]").focus()
    one.page.keyboard.press("ArrowLeft")
    assert one.root.locator("input[type=number]").input_value() == "0.95" and "95% of the drift" in one.says
    one.page.wait_for_function("() => location.search === '?clock.share=0.95'")
    one.press("Reset")
    one.page.wait_for_function("() => location.search === ''")
    assert "all of the drift" in one.says


def test_shrinkage_is_that_of_the_model(bench):
    one, record = bench("shrinkage"), hr.recorded("slopes/own_lines").table
    for line in one.rows():
        found = row(record, who=line["who"])
        assert [float(line["own"]), float(line["model"])] == pytest.approx([found["slope"], found["model"]], abs=1e-8)
    beta = hr.recorded("slopes/own_lines").facts["beta"]
    one.type("How much cases may differ", 0)
    assert all(float(line["model"]) == pytest.approx(beta) for line in one.rows())
    one.type("How much cases may differ", 1)
    one.choose("Case", "Vietnam")
    assert "with 3 years" in one.says
    assert f"gives it {short(row(record, who='Vietnam in the WTO')['model'], 3)}" in one.says


def test_beliefs_follow_bayes_rule_as_the_library_has_it(bench):
    one = bench("verdict")
    prior = {"intrinsic": 2, "instrumental": 8, "pressure": 1, "selection": 0.5, "null": 0}
    for world, weight in prior.items():
        one.type(f"{world.capitalize()}, weight before", weight)
    wanted = hr.posterior(prior).set_index("world")["posterior"]
    assert {line["world"]: float(line["posterior"]) for line in one.rows()} == pytest.approx(wanted.to_dict())
    assert f"Instrumental goes from {8 / 11.5:.0%} to {wanted['instrumental']:.0%}" in one.says


def test_one_other_word_of_h1_turns_the_verdict(bench):
    one = bench("verdict")
    one.root.get_by_role("group", name="H1 says").get_by_label("instrumental").focus()
    one.page.keyboard.press("Space")
    study = hr.recorded_study("worlds")
    said = hr.recorded("tests").table.set_index("hypothesis")["state_says"].to_dict() | {"H1": "instrumental"}
    study["agrees"] = study["hypothesis"].map(said).eq(study["state_says"])
    same = study.groupby(["world", "draw"])["agrees"].all().groupby("world").sum()
    assert {line["world"]: int(line["same"]) for line in one.rows()} == same.to_dict()
    assert one.says.startswith("Suppose the data said: H1 instrumental")


@pytest.mark.parametrize(("asked", "strength"), [("outsiders", 1), ("lasting", 0.25), ("line", 0.5)])
def test_the_verdict_turns_on_how_h1_is_asked(bench, asked, strength):
    one = bench("verdict", f"?verdict.asked={asked}&verdict.strength={strength:g}")
    wanted = hr.posterior(h1=asked, strength=strength).set_index("world")["posterior"]
    assert {line["world"]: float(line["posterior"]) for line in one.rows()} == pytest.approx(wanted.to_dict())
    assert one.says.startswith("The data say: H1 " + ("neither" if asked == "line" else "instrumental"))


def test_nothing_happens_and_the_low_rise_all_the_same(bench):
    one = bench("regression", "?regression.cut=0.5&regression.persistence=0.9")
    rows = {int(line["year"]): line for line in one.rows()}
    low, high = np.array([[float(line[side]) for line in rows.values()] for side in ("low", "high")])
    at = list(rows).index(1990)
    assert low[at] < -0.5 < 0.5 < high[at]
    assert low[at + 10] > low[at] + 0.3 and low[at - 10] > low[at] + 0.3, "in both directions of time"
    assert high[at + 10] < high[at] - 0.3
    paths = hr.recorded("h1/paths").table.query("world == 'The data' and group == 'below'")
    real = paths.set_index("clock")["distance"]
    assert f"went from {MINUS}{-real[-10]:.2f} to {MINUS}{-real[-1]:.2f}" in one.says
    assert float(rows[1990]["real_below"]) == pytest.approx(real[-1])
    again = bench("regression", "?regression.cut=0.5&regression.persistence=0.9")
    assert [line["low"] for line in again.rows()] == [line["low"] for line in rows.values()], "luck has a seed"


@pytest.mark.skipif(not (SITE / "live/engine.json").is_file(), reason="the site was built without Python for browsers")
def test_what_is_computed_here_is_what_the_library_computes(bench):
    sys.path.append(str(ROOT / "book" / "_live"))
    from instruments import FUNCTIONS

    one = bench("world", "?world.mechanism=null&world.seed=3")
    one.press("Compute this world")
    one.page.wait_for_function(
        "() => document.querySelector('[data-instrument=world] .lab-says').innerText.startsWith('In this simulated')",
        timeout=120_000,
    )
    wanted = FUNCTIONS["world"]({"mechanism": "null", "seed": 3})
    rows = {line["name"]: line for line in one.rows()}
    for test in wanted["tests"]:
        line = next(line for name, line in rows.items() if name.startswith(test["hypothesis"]))
        assert float(line["here"]) == pytest.approx(test["estimate"], rel=1e-6) and line["says"] == test["state_says"]
    assert float(rows["True effect of a further year of membership"]["here"]) == pytest.approx(
        wanted["truth"]["effect"]
    )
    one.press("Guess first")
    one.page.wait_for_selector(".lab-bet:not([hidden])", timeout=60_000)
    assert "without a label" in one.says
    assert not any(world in one.says for world in ("selection", "pressure", "null"))
    one.press("Show me")
    assert "It was a" in one.says and re.search(r"[01] of 1 right", one.root.locator(".lab-score").inner_text())


# ------------------------------------------------------------------------------------------ settings, address, files


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        (
            "?clock.share=7",
            "“7” is no value for “How much of the drift is the calendar’s?”, which runs from \N{MINUS SIGN}2 to 2",
        ),
        ("?clock.share=much", "“much” is no value"),
        ("?clock.share=", "is no value"),
        ("?clock.colour=red", "it knows no setting “colour”"),
    ],
)
def test_nonsense_in_the_address_is_told_and_the_defaults_are_shown(bench, query, complaint):
    one = bench("clock", query)
    fault = one.root.get_by_role("alert").first.inner_text()
    assert complaint in fault and "defaults" in fault
    assert "all of the drift" in one.says


def test_an_unknown_option_in_the_address_is_told(bench):
    one = bench("multiverse", "?multiverse.form=cubic&multiverse.years=from 1990")
    assert "“cubic” is no choice for “Form”" in one.root.get_by_role("alert").first.inner_text()
    assert one.root.get_by_label("Years", exact=True).input_value() == "all"


def test_a_number_out_of_range_is_told_and_changes_nothing(bench):
    one = bench("clock")
    one.type("How much of the drift is the calendar’s?", 3)
    assert f"A number from {MINUS}2 to 2." in one.root.locator(".lab-wrong").inner_text()
    assert "all of the drift" in one.says


def test_the_table_has_what_the_drawing_has(bench):
    one = bench("verdict")
    one.root.locator("summary").focus()
    one.page.keyboard.press("Enter")
    table = one.root.locator("table.dataframe")
    assert table.locator("caption").inner_text()
    cells = table.locator("tbody tr").first.locator("th, td").all_inner_texts()
    wanted = hr.posterior().iloc[0]
    assert cells == [wanted["world"], str(wanted["same"]), str(wanted["histories"]),
                     *(f"{wanted[column]:.3f}" for column in ("frequency", "prior", "posterior"))]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_drawing_stands_by_itself(bench, name):
    one = bench(name)
    with one.page.expect_download() as caught:
        one.press("Save the drawing")
    text = caught.value.path().read_text(encoding="utf-8")
    assert text.startswith("<svg") and "var(--" not in text and "currentcolor" not in text.lower()
    assert text.count("<svg") > 2 and "</title>" in text
    assert not re.search(r"href=|url\(http", text)


# -------------------------------------------------------------------------------------- weight, access, no JavaScript


def loaded(page) -> int:
    """Bytes that the laboratory and what it draws with have cost so far."""
    script = """() => performance.getEntriesByType('resource')
      .filter(one => /_static\\/(laboratory|drawing|live)\\//.test(one.name))
      .reduce((sum, one) => sum + one.transferSize, 0)"""
    return page.evaluate(script)


def test_the_front_page_waits_for_a_touch_and_then_answers_at_once(reader):
    page = reader.open("book/welcome.html")
    page.wait_for_selector(".lab-live")
    page.wait_for_timeout(300)
    assert page.locator(".finding svg").first.is_visible() and 0 < loaded(page) < MOST_BEFORE
    box = page.locator("[data-instrument=clock] input[type=range]")
    top, height = box.bounding_box()["y"], page.viewport_size["height"]
    assert top < height, "above the fold"
    box.focus()
    page.keyboard.press("Home")
    page.wait_for_selector("[data-instrument=clock][data-ready]", timeout=3000)
    assert "None" not in page.locator(".lab-says").inner_text()
    lived = row(hr.recorded("clock/share").table, share=0.0)["estimate"]
    assert f"by {short(lived, 4)} points" in page.locator(".lab-says").inner_text()
    assert not page.locator(".finding").is_visible() and not reader.faults


def with_instruments() -> list[str]:
    pages = (path for path in SITE.glob("notebooks/*.html") if "data-instrument=" in path.read_text(encoding="utf-8"))
    return [path.relative_to(SITE).as_posix() for path in pages]


@pytest.mark.parametrize("path", with_instruments())
def test_a_chapter_loads_its_instrument_when_it_comes_into_view(reader, path):
    page = reader.open(path)
    page.wait_for_timeout(200)
    assert loaded(page) < MOST_BEFORE
    name = page.locator("[data-instrument]").first.get_attribute("data-instrument")
    Bench(page, name)
    assert not reader.faults


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_no_violation_of_axe_and_nothing_too_small_or_too_wide(reader, axe, width, theme):
    page = reader.open(PAGE)
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    for name in NAMES:
        one = Bench(page, name)
        one.root.locator("summary").first.click()
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = page.locator(".lab-panel text, .lab-live label, .lab-live legend, .lab-marks span").evaluate_all(
        "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 9
    page.evaluate(axe)
    assert page.evaluate(AXE_REPORT) == [] and not reader.faults


def test_without_javascript_what_is_recorded_is_there(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + PAGE)
    for name in NAMES:
        still = page.locator(f"[data-instrument={name}] .instrument-still")
        assert still.is_visible() and still.locator("svg, table").count()
    page.goto(address + "book/welcome.html")
    assert page.locator(".finding svg").count() == 3
    context.close()


def test_numbers_beside_the_page_are_those_of_the_record(address):
    multiverse = json.loads((SITE / "_static/laboratory/multiverse.json").read_text(encoding="utf-8"))
    study = hr.recorded_study("multiverse")
    assert sum(len(one["code"]) for one in multiverse["questions"]) == len(study)


def test_an_instrument_whose_numbers_are_missing_says_so_and_leaves_the_recorded_picture(browser, address):
    page = browser.new_context().new_page()
    page.route("**/verdict.json", lambda route: route.fulfill(status=404, body=""))
    page.goto(address + PAGE)
    root = page.locator("[data-instrument=verdict]")
    root.scroll_into_view_if_needed()
    root.get_by_role("alert").wait_for()
    assert "recorded numbers could not be loaded" in root.get_by_role("alert").inner_text()
    assert root.locator(".instrument-still").is_visible()
    page.context.close()


def test_without_what_draws_sentences_and_tables_still_work(browser, address):
    page = browser.new_context().new_page()
    page.route("**/plot.umd.min.js", lambda route: route.abort())
    page.goto(address + PAGE)
    root = page.locator("[data-instrument=clock]")
    root.scroll_into_view_if_needed()
    root.locator(".lab-told:has-text('could not be loaded')").wait_for()
    root.get_by_label("as a number").fill("0")
    assert "none of the drift" in root.locator(".lab-says").inner_text()
    assert root.locator(".instrument-still").is_visible()
    page.context.close()
