"""Instruments on pages, in a small book built for it, and the numbers that go with them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import laboratory_data
import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from plain.instruments import INSTRUMENTS, anchor

import hralign as hr
from hralign.errors import HralignError
from hralign.record.store import Result
from hralign.stress import multiverse
from small_book import built

ROOT = Path(__file__).parents[2]
SETTINGS = {
    "extensions": ["myst_parser", "laboratory"], "myst_enable_extensions": ["colon_fence"],
    "exclude_patterns": ["out"], "html_static_path": ["_static"],
}  # fmt: skip
HEAVIEST = 300_000  # bytes of numbers for one instrument


@pytest.fixture
def build(tmp_path):
    """Build a book of a laboratory and one other page; returns its warnings and the folder of the site."""

    def build(page: str, laboratory: str = "```{instrument} verdict\n```", builder: str = "html"):
        tree = tmp_path / "tree"
        (tree / "book").mkdir(parents=True)
        (tree / "_static").mkdir()
        (tree / "index.md").write_text("# A book\n\n```{toctree}\nbook/laboratory\nbook/page\n```\n", encoding="utf-8")
        (tree / "book/laboratory.md").write_text(f"# The laboratory\n\n{laboratory}\n", encoding="utf-8")
        (tree / "book/page.md").write_text(f"# A page\n\n{page}\n", encoding="utf-8")
        return built(tree, tmp_path / "out", SETTINGS, builder), tmp_path / "out"

    return build


def soup(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def test_a_page_elsewhere_leads_to_the_laboratory_which_has_the_recorded_picture(build):
    told, site = build("```{instrument} verdict\n:on: touch\n:form: small\n```")
    assert told == []
    elsewhere = soup(site / "book/page.html").select_one("#instrument-verdict")
    assert (elsewhere["data-on"], elsewhere["data-form"]) == ("touch", "small")
    (link,) = elsewhere.select(".instrument-still a")
    assert link["href"] == "laboratory.html#instrument-verdict" and link.text == INSTRUMENTS["verdict"].title
    there = soup(site / "book/laboratory.html").select_one("#instrument-verdict")
    assert there.select_one(".instrument-still svg")["aria-label"]


def test_what_stands_in_the_directive_stands_there_without_javascript(build):
    told, site = build("````{instrument} clock\n```{note}\nA picture.\n```\n````")
    still = soup(site / "book/page.html").select_one("#instrument-clock .instrument-still")
    assert told == [] and "A picture." in still.text and not still.select("a")


def test_scripts_and_numbers_are_where_instruments_are(build):
    told, site = build("Words.")
    pages = {name: (site / f"book/{name}.html").read_text(encoding="utf-8") for name in ("laboratory", "page")}
    assert told == [] and "laboratory/start.js" not in pages["page"]
    script = soup(site / "book/laboratory.html").select_one("script[src*='laboratory/start.js']")
    assert script["type"] == "module"
    assert [path.name for path in site.glob("_static/laboratory/*.json")] == ["verdict.json"]


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ("```{instrument} compass\n```", "there is no instrument 'compass': multiverse, clock, "),
        ("```{instrument} clock\n```\n\n```{instrument} clock\n```", "a second instrument 'clock' on one page"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(build, page, complaint):
    told, _ = build(page)
    line = page.count("\n", 0, page.rindex("```{")) + 3
    assert len(told) == 1 and told[0].startswith(f"book/page.md:{line}: WARNING: {complaint}"), told


def test_other_builders_show_what_stands_there(build):
    told, site = build("````{instrument} clock\nA picture.\n````", builder="text", laboratory="Words.")
    assert told == [] and "A picture." in (site / "book/page.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_numbers_are_json_and_small_and_there_is_something_to_see_without_them(name):
    text = json.dumps(laboratory_data.numbers(name), allow_nan=False)
    assert 1000 < len(text) < HEAVIEST
    still = BeautifulSoup(laboratory_data.still(name), "html.parser")
    assert still.find("table") or still.find("svg")["aria-label"]
    assert (ROOT / f"book/_static/laboratory/{name}.js").is_file()
    assert f"```{{instrument}} {name}\n" in (ROOT / "book/laboratory.md").read_text(encoding="utf-8")
    assert anchor(name) == f"instrument-{name}"


def test_every_universe_comes_back_from_its_code():
    told, study = laboratory_data.numbers("multiverse"), hr.recorded_study("multiverse")
    bases = [len(choice["options"]) for choice in told["choices"]]
    parts = []
    for question in told["questions"]:
        digits = np.column_stack(np.unravel_index(question["code"], bases))
        part = pd.DataFrame(
            {choice["name"]: np.array(choice["options"])[column]
             for choice, column in zip(told["choices"], digits.T, strict=True)}
        )  # fmt: skip
        parts.append(part.assign(question=question["name"], estimate=np.array(question["estimate"]) / told["fine"]))
    back = pd.concat(parts, ignore_index=True)
    assert (back[list(multiverse.CHOICES)].to_numpy() == study[list(multiverse.CHOICES)].to_numpy()).all()
    np.testing.assert_allclose(back["estimate"], study["estimate"], atol=0.6 / told["fine"])
    assert all(choice["options"][0] == multiverse.CHOICES[choice["name"]][0] for choice in told["choices"])


def test_the_clock_has_the_slopes_of_the_record():
    told, share = laboratory_data.numbers("clock"), hr.recorded("clock/share").table.set_index("share")
    b, g = told["plane"]["duration"], told["plane"]["year"]
    np.testing.assert_allclose(b + (1 - share.index) * g, share["estimate"], atol=1e-8)
    rest = 1 - share.index
    variance = told["variance"][3] + rest * told["variance"][4] + rest**2 * told["variance"][5]
    np.testing.assert_allclose(np.sqrt(variance), share["state_se"], rtol=1e-5)


def test_courses_that_are_no_plane_stop_the_build(monkeypatch):
    kept = hr.recorded("clock/courses")
    bent = kept.table.assign(estimate=kept.table["estimate"] + 0.01 * np.sin(kept.table["duration"]))
    monkeypatch.setattr(hr, "recorded", lambda name: Result(name, bent, kept.facts, kept.origin))
    with pytest.raises(HralignError, match="no plane of duration and year"):
        laboratory_data.numbers("clock")


def test_every_history_is_counted_once_in_the_verdict():
    recorded = hr.recorded("scoreboard/beliefs").table
    for (h1, strength), wanted in recorded.groupby(["h1", "strength"]):
        way = laboratory_data.numbers("verdict")["ways"][f"{h1} {strength:g}"]
        counted = pd.DataFrame(way["counts"], columns=["words", "world", "histories"])
        assert counted.groupby("world")["histories"].sum().to_dict() == way["histories"]
        same = counted[counted["words"].map(lambda words, said=way["says"]: words == list(said.values()))]
        same = same.groupby("world")["histories"].sum().reindex(wanted["world"], fill_value=0)
        assert same.to_dict() == wanted.set_index("world")["same"].to_dict()


def test_raw_scores_of_real_states_are_not_among_the_numbers():
    """Distances of the three cases that accompany the book are on record; no table of scores is."""
    for name in INSTRUMENTS:
        assert '"score"' not in json.dumps(laboratory_data.numbers(name)).replace('"name": "score"', "")
    dots = laboratory_data.numbers("shrinkage")["dots"]
    assert set(dots) == set(hr.CAST.values())


def test_a_universe_in_the_browser_is_one_of_the_library():
    sys.path.append(str(ROOT / "book" / "_live"))
    from instruments import FUNCTIONS

    asked = {"mechanism": "intrinsic", "seed": 2, "choices": {"form": "log", "weights": "states"}}
    found = FUNCTIONS["universe"](asked)
    wanted = multiverse.run_universe(hr.load_sources("simulated", seed=2, world="intrinsic"), **asked["choices"])
    assert found["estimate"] == pytest.approx(wanted["estimate"]) and found["truth"]["effect"] > 0
    with pytest.raises(HralignError, match="not asked for by 'colour'"):
        FUNCTIONS["universe"]({"colour": "red"})
