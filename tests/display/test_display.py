"""What readers see: tables in three columns, figures with alternative text, banners in words."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from IPython.core.formatters import DisplayFormatter

import hralign as hr
from hralign.display import tables
from hralign.errors import HralignError
from hralign.record.collect import FIGURE, KEY
from hralign.record.replicate import MODELS
from hralign.sources.registry import data_folder
from hralign.sources.vocabulary import RIGHTS
from hralign.study.specification import LABELS, TERMS


@pytest.fixture(scope="module")
def run(world):
    return hr.replicate(world, ["table2/lag"])["models"]["table2/lag"]


def test_three_columns_hold_the_printed_the_recorded_and_this_run(run):
    numbers = tables.compare("table2/lag", run)
    assert tuple(numbers.index) == TERMS
    printed, recorded = hr.published_model("table2"), hr.reconstruction()["models"]["table2/lag"]
    assert numbers["published"].to_dict() == printed["coef"].to_dict()
    assert numbers["reconstruction_se"].to_dict() == recorded["se"]
    assert numbers["run"].to_dict() == run["coef"]
    shown = tables.three_columns("table2/lag", run)
    assert shown.columns.tolist() == ["Published", "Reconstruction", "This run"]
    assert shown.loc[LABELS["civil_war"], "Published"] == "−0.27*** (0.01)"
    assert shown.loc["Case-years", "Published"] == "17,056"
    assert shown.loc[LABELS["duration"], "This run"].startswith(f"{run['coef']['duration']:.3f}")
    assert not (shown == "–").any(axis=None)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_has_a_table(name):
    shown = tables.three_columns(name)
    assert shown["Reconstruction"].ne("–").any() and shown.index.is_unique
    assert shown["Published"].ne("–").any() == (name.split("/")[0] in ("table2", "table3"))


@pytest.mark.parametrize("right", RIGHTS)
def test_table_3_prints_what_the_paper_prints(right):
    printed, shown = hr.published_model(f"table3/{right}"), tables.three_columns(f"table3/{right}/lag")["Published"]
    for term, label in LABELS.items():
        if term in printed["coef"]:
            value = f"{printed['coef'][term]:.2f}{printed['stars'][term]} ({printed['se'][term]:.2f})"
            assert shown[label] == value.replace("-", "−")
    assert shown["Case-years"] == f"{printed['nobs']:,}" and shown["Cases"] == f"{printed['groups']:,}"


@pytest.mark.real
def test_the_printed_numbers_are_those_of_the_reference(real_src):
    path = data_folder().parent / "reference" / "published.json"
    if not path.is_file():
        pytest.skip("the printed numbers do not lie beside the data folder")

    def within(part, whole):
        return all(within(part[k], whole[k]) if isinstance(part[k], dict) else part[k] == whole[k] for k in part)

    ours = json.loads(files("hralign.study").joinpath("published.json").read_text("utf-8"))
    assert within(json.loads(path.read_text("utf-8")), ours)


def test_words_of_the_robustness_section_name_models_of_the_book():
    said = hr.published_robustness()
    assert set(said.index) == {name for name in MODELS if name.startswith("robustness/")}
    assert said.loc["robustness/political", "significant"] is False


def test_a_model_that_was_not_run_leaves_its_column_empty():
    assert (tables.three_columns("table2/lag")["This run"] == "–").all()


def test_stars_are_those_of_the_paper():
    z = pd.Series([0.0, 1.95, 1.97, 2.57, 2.58, 3.28, -3.30])
    assert tables.star(z, pd.Series(1.0, index=z.index)).tolist() == ["", "", "*", "*", "**", "**", "***"]


def test_models_the_paper_does_not_print_are_refused():
    for name in ("table9", "table3", "table3/hope"):
        with pytest.raises(HralignError, match="prints no model"):
            hr.published_model(name)


def test_presented_tables_have_caption_and_no_empty_header():
    page = tables.present(tables.three_columns("table2/lag").head(3), "A caption").to_html()
    soup = BeautifulSoup(page, "html.parser")
    assert soup.caption.text == "A caption" and "dataframe" in soup.table["class"]
    assert all(cell.text.strip() for cell in soup.thead.find_all("th"))


@pytest.mark.parametrize(
    ("cell", "words"),
    [("−0.76*** (0.04)", False), ("−0.003 to 0.020", False), ("+3", False), ("–", False), ("12%", False),
     ("11 withdrawals", True), ("−0.003 to 0.020 when states are resampled", True), ("no clear sign", True)],
)  # fmt: skip
def test_cells_of_words_are_told_from_numbers(cell, words):
    page = BeautifulSoup(tables.present(pd.DataFrame({"A": ["a"], "B": [cell]}), "x").to_html(), "html.parser")
    assert ("words" in page.find_all("td")[1]["class"]) == words


def test_years_are_not_written_with_a_thousands_separator():
    page = tables.present(pd.DataFrame({"Year": [1997], "Cases": [1234]}), "x").to_html()
    assert "1997" in page and "1,234" in page


def figure():
    hr.use_style()
    fig, ax = plt.subplots()
    ax.plot([1, 2], [3, 4], label="a")
    ax.legend()
    return fig


def test_a_figure_without_alternative_text_is_refused():
    with pytest.raises(HralignError, match="no alternative text"):
        hr.show(figure(), alt=" ")
    plt.close("all")


def test_figures_take_the_colour_of_the_page_and_share_no_ids():
    one, two = (hr.show(figure(), alt=alt, caption="C & D").data for alt in ('Rises from 3 to "4"', "Another"))
    soup = BeautifulSoup(one, "html.parser")
    assert soup.svg["role"] == "img" and soup.svg["aria-label"] == 'Rises from 3 to "4"'
    assert soup.figcaption.text == "C & D"
    assert hr.INK not in one and "currentColor" in one
    assert "pt" not in soup.svg.get("width", "") and soup.svg.has_attr("viewbox")
    ids = re.findall(r'\bid="([^"]+)"', one), re.findall(r'\bid="([^"]+)"', two)
    assert len(set(ids[0])) == len(ids[0]) and not set(ids[0]) & set(ids[1])
    for used in re.findall(r'url\(#([^)]+)\)|xlink:href="#([^"]+)"', one):
        assert "".join(used) in ids[0]


def test_figures_are_the_same_in_every_run():
    assert hr.show(figure(), alt="x").data == hr.show(figure(), alt="x").data


def test_a_figure_with_a_name_can_be_asked_for_by_it():
    named = hr.show(figure(), alt="x", caption="A & B", name="drawn/x")
    data, said = DisplayFormatter().format(named)
    told = said[KEY][FIGURE]
    assert data["text/html"] == named.data and (told["name"], told["caption"]) == ("drawn/x", "A & B")
    assert "<svg" in told["views"]["run"] and "<figcaption" not in told["views"]["run"]
    assert KEY not in DisplayFormatter().format(hr.show(figure(), alt="x"))[1]


def test_the_banner_says_which_source_in_words(world):
    simulated = hr.banner(world).text
    assert "Simulated data" in simulated and "intrinsic" in simulated and "seed <code>1<" in simulated
    assert "source-banner" in simulated and len(simulated) < 700


@pytest.mark.real
def test_the_banner_of_real_data(real_src):
    assert "Real data" in hr.banner(real_src).text
