"""What a reader does with the site: come in, change the theme, search, open solutions, answer questions, download."""

from __future__ import annotations

from urllib.parse import unquote, urljoin, urlsplit

import pytest

from .conftest import SITE, pages

CHAPTERS = [path for path in pages() if path.startswith("notebooks/")]


def test_the_front_door_leads_to_the_first_page(reader):
    page = reader.page
    page.goto(reader.address)
    page.wait_for_url("**/book/welcome.html")
    assert page.locator("h1").first.inner_text().startswith("The Company States Keep")


def test_the_theme_button_changes_the_theme_and_the_choice_is_kept(reader):
    page = reader.open("book/welcome.html")
    theme = "() => document.documentElement.dataset.theme"
    seen = {page.evaluate(theme)}
    button = page.locator(".theme-switch-button:visible").first
    for _ in range(3):
        button.click()
        seen.add(page.evaluate(theme))
    assert seen == {"light", "dark"}
    while page.evaluate("() => document.documentElement.dataset.mode") != "dark":
        button.click()
    try:
        assert reader.open("book/glossary.html").evaluate(theme) == "dark"
    finally:
        page.evaluate("() => localStorage.clear()")


@pytest.mark.parametrize(("word", "path"), [("clandestine", "notebooks/09-"), ("delegation", "notebooks/90-")])
def test_search_finds_the_words_of_the_text(reader, word, path):
    page = reader.open("book/welcome.html")
    page.locator(".search-button-field:visible").first.click()
    field = page.locator("input[type=search]:visible").first
    field.fill(word)
    field.press("Enter")
    page.wait_for_url(f"**/search.html?q={word}*")
    page.wait_for_selector("#search-results li a")
    page.wait_for_function("() => /found|matching/i.test(document.querySelector('#search-results').innerText)")
    found = page.locator("#search-results li > a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert any(path in address for address in found), found
    assert not reader.faults


def test_search_says_when_it_finds_nothing(reader):
    page = reader.open("search.html?q=zzyzx")
    page.wait_for_function("() => /did not match/.test(document.querySelector('#search-results').innerText)")


@pytest.mark.parametrize("path", [path for path in CHAPTERS if 'class="solution' in (SITE / path).read_text("utf-8")])
def test_solutions_open_and_close_by_keyboard(reader, path):
    page = reader.open(path)
    solutions = page.locator("div.solution")
    for place in range(solutions.count()):
        solution = solutions.nth(place)
        button = solution.locator("button.toggle-button").first
        content = solution.locator("xpath=./*[not(contains(@class, 'admonition-title'))]").first
        assert not content.is_visible(), "a solution is open before anybody has tried"
        button.focus()
        for key, shown in (("Enter", True), ("Space", False)):
            page.keyboard.press(key)
            assert content.is_visible() is shown
            assert button.get_attribute("aria-expanded") == str(shown).lower()


@pytest.mark.parametrize("path", [path for path in CHAPTERS if 'class="check"' in (SITE / path).read_text("utf-8")])
def test_questions_answer_by_keyboard_one_option_at_a_time(reader, path):
    page = reader.open(path)
    questions = page.locator("section.check")
    for place in range(questions.count()):
        options = questions.nth(place).locator("details")
        for chosen in range(options.count()):
            options.nth(chosen).locator("summary").focus()
            page.keyboard.press("Enter")
            opened = options.evaluate_all("all => all.map(one => one.open)")
            assert opened == [one == chosen for one in range(options.count())]
            assert options.nth(chosen).locator(".feedback").is_visible()


@pytest.mark.parametrize("path", ["book/welcome.html", *CHAPTERS])
def test_downloads_exist(reader, path):
    """Whatever a page offers for download, or offers to launch, is a file of the site."""
    page = reader.open(path)
    offered = page.locator("a[download], a[href*='_sources/'], a[href*='_downloads/'], a.sd-btn")
    addresses = offered.evaluate_all("all => all.map(a => a.href)")
    assert addresses
    for address in addresses:
        if address.startswith(reader.address):
            file = SITE / unquote(urlsplit(urljoin(reader.address, address)).path).lstrip("/")
            assert file.is_file(), f"{address} leads nowhere"
            assert file.stat().st_size > 500
