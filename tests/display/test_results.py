"""A result is shown once on the data of the record and twice elsewhere, and whatever is drawn can be had as numbers."""

from __future__ import annotations

import base64
import io
from dataclasses import replace

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from bs4 import BeautifulSoup

import hralign as hr
from hralign.record import store
from hralign.record.collect import KEY, RESULT

CAPTION = "Estimates, points & per year"


@pytest.fixture
def real(world):
    """The tables of the simulated world as if they came from the real files."""
    return replace(world, kind="real", provenance={"a.csv": "00ff"}, truth=None)


@pytest.fixture
def table():
    return pd.DataFrame({"term": ["year", "gdp"], "coef": [0.5, -1234.25], "cases": [1, 2]})


@pytest.fixture
def kept(record, real, table):
    """A record of the table, with other numbers in its first row."""
    store.keep(store.Result("seven", table.assign(coef=[0.25, -1234.25]), {}, store.origin_of(real)))


def shown(*arguments, **options):
    """What a page gets of a result, and the bundle in its metadata."""
    data, metadata = hr.result(*arguments, caption=CAPTION, **options)._repr_mimebundle_()
    return BeautifulSoup(data["text/html"], "html.parser"), metadata[KEY][RESULT]


def downloads(page):
    links = page.select(".result-data a[download]")
    start = "data:text/csv;base64,"
    assert all(link["href"].startswith(start) for link in links)
    return {link["download"]: pd.read_csv(io.BytesIO(base64.b64decode(link["href"][len(start) :]))) for link in links}


def line(table):
    _, ax = plt.subplots()
    ax.plot(table["coef"])
    return ax


def test_on_the_real_data_there_is_one_view(kept, real, table):
    same = table.assign(coef=[0.25, -1234.25])
    page, bundle = shown("seven", same, real)
    assert len(page.select("table.dataframe")) == 1 and not page.select(".result-source")
    assert page.caption.get_text() == CAPTION and "−1,234.25" in page.table.get_text()
    assert list(downloads(page)) == ["seven.csv"]
    pd.testing.assert_frame_equal(downloads(page)["seven.csv"], same)
    assert bundle["differs"] == "" and store.from_json(bundle["result"]).name == "seven"
    assert list(bundle["views"]) == ["run"] and "−1,234.25" in bundle["views"]["run"]


def test_elsewhere_the_recorded_result_stands_before_this_run(kept, world, table):
    page, bundle = shown("seven", table, world)
    assert [one.get_text() for one in page.select(".result-source")] == [
        "Real data, as recorded", "This run: the simulated world intrinsic, seed 1",
    ]  # fmt: skip
    first, second = page.select("table.dataframe")
    assert "0.25" in first.get_text() and "0.5" in second.get_text()
    files = downloads(page)
    assert list(files) == ["seven.csv", "seven-this-run.csv"] and bundle["differs"] == ""
    pd.testing.assert_frame_equal(files["seven.csv"], table.assign(coef=[0.25, -1234.25]))
    pd.testing.assert_frame_equal(files["seven-this-run.csv"], table)
    assert store.from_json(bundle["result"]).origin["source"] == "simulated", "the bundle is of this run"
    assert list(bundle["views"]) == ["recorded", "run"], "what slides show, by whose it is"
    assert "0.25" in bundle["views"]["recorded"] and "0.5" in bundle["views"]["run"]


def test_a_real_run_that_differs_says_so_to_readers_and_to_the_build(kept, real, table):
    page, bundle = shown("seven", table, real)
    assert bundle["differs"] == "coef of year is 0.5, recorded as 0.25"
    assert bundle["differs"] in page.select_one(".result-differs[role=note]").get_text()
    assert len(page.select("table.dataframe")) == 1


def test_a_record_that_cannot_be_read_is_told_and_can_be_made_anew(kept, real, table):
    path = store.path_of("seven")
    path.write_text(path.read_text().replace(store.CODING, "another"))
    store.recorded.cache_clear()
    page, bundle = shown("seven", table, real)
    assert "under the coding 'another'" in bundle["differs"] and len(page.select("table.dataframe")) == 1


def test_what_is_not_on_record_is_shown_alone(record, world, table):
    page, bundle = shown("a/new-one", table, world, facts={"n": 2})
    assert len(page.select("table.dataframe")) == 1 and list(downloads(page)) == ["a-new-one.csv"]
    assert bundle["differs"] == "" and bundle["result"]["facts"] == {"n": 2}


def test_where_a_run_has_nothing_to_say_the_record_stands_alone(kept, world, real, table):
    page, bundle = shown("seven", None, world)
    assert [box.text for box in page.select(".result-source")] == ["Real data, as recorded"]
    assert bundle["differs"] == "" and bundle["result"]["origin"]["source"] == "real"
    assert list(downloads(page)) == ["seven.csv"] and list(bundle["views"]) == ["recorded"]
    with pytest.raises(hr.HralignError, match="computes what it shows"):
        hr.result("seven", None, real, caption=CAPTION)
    with pytest.raises(hr.HralignError, match="'six'"):
        hr.result("six", None, world, caption=CAPTION)


def test_a_record_of_other_columns_is_not_drawn(kept, world, table):
    page, bundle = shown("seven", table.rename(columns={"cases": "n"}), world)
    assert len(page.select("table.dataframe")) == 1 and "it has the columns term, coef, n" in bundle["differs"]


def test_drawings_have_alternative_texts_of_their_own_and_one_caption(kept, world, table):
    page, _ = shown("seven", table, world, draw=line, alt=lambda one: f"A line from {one['coef'].iloc[0]}.")
    drawn = [svg["aria-label"] for svg in page.select("svg[role=img]")]
    assert drawn == ["Real data, as recorded: A line from 0.25.",
                     "This run: the simulated world intrinsic, seed 1: A line from 0.5."]  # fmt: skip
    assert [one.get_text() for one in page.select(".result-caption")] == [CAPTION]
    assert list(downloads(page)) == ["seven.csv", "seven-this-run.csv"]


def test_a_drawing_may_bring_its_alternative_text(record, world, table):
    page, _ = shown("seven", table, world, draw=lambda one: (line(one).figure, "A line & more."))
    assert [svg["aria-label"] for svg in page.select("svg")] == ["A line & more."]


@pytest.mark.parametrize("drawn", [line, lambda one: line(one).figure, lambda one: (line(one), "")])
def test_a_drawing_without_alternative_text_is_refused(record, world, table, drawn):
    with pytest.raises(hr.HralignError, match="no alternative text"):
        hr.result("seven", table, world, caption=CAPTION, draw=drawn)
    plt.close("all")


@pytest.mark.parametrize("caption", ["", "  "])
def test_a_result_without_a_caption_is_refused(record, world, table, caption):
    with pytest.raises(hr.HralignError, match=r"'seven' has no caption\. Say what it shows"):
        hr.result("seven", table, world, caption=caption)


def test_a_name_that_is_none_is_refused(record, world, table):
    with pytest.raises(hr.HralignError, match="cannot name a result"):
        hr.result("../seven", table, world, caption=CAPTION)


def test_a_named_index_becomes_the_first_column_and_headings_are_words(record, world, table):
    page, bundle = shown("seven", table.set_index("term"), world, columns={"term": "Term", "coef": "Estimate"})
    assert [cell.get_text(strip=True) for cell in page.select("thead th")] == ["Term", "Estimate"]
    assert [one["name"] for one in bundle["result"]["columns"]] == ["term", "coef", "cases"]
    assert list(downloads(page)["seven.csv"]) == ["term", "coef", "cases"]


def test_a_model_is_shown_in_three_columns_and_kept_by_its_terms(world, world_panel):
    fit = hr.fit_alignment(world_panel)
    page, bundle = shown("table2/lag", fit, world)
    headings = [cell.get_text(strip=True) for cell in page.select("thead th")]
    assert headings == ["Term", "Published", "Reconstruction", "This run"] and len(page.select("table")) == 1
    files = downloads(page)
    assert list(files) == ["table2-lag.csv", "table2-lag-this-run.csv"]
    assert files["table2-lag-this-run.csv"]["coef"].tolist() == pytest.approx(fit.params.tolist(), rel=1e-12)
    assert bundle["result"]["facts"]["nobs"] == fit.nobs


def test_a_name_with_signs_of_html_stays_words(record, world, table):
    page, _ = shown("seven", table.assign(term=["<b>", "a&b"]), world)
    assert not page.select("td b") and downloads(page)["seven.csv"]["term"].tolist() == ["<b>", "a&b"]
