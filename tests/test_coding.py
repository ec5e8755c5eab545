"""Codings: what they refuse, what each choice changes, and what the two with a name give."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hralign as hr
from hralign.coding import CHOICES, CODINGS, DEFAULT, SPANS, Coding, find_coding
from hralign.controls import SCALED, moments
from hralign.errors import HralignError, NotEnoughData
from hralign.memberships import find_cases, full_members
from hralign.panel import add_clocks, build_panel, coding_of, recode, select_cases
from hralign.sources.registry import data_folder
from hralign.study.alignment import distance_at, estimation_sample, fit_alignment
from hralign.study.published import published_model
from hralign.study.specification import SPECIFICATIONS, TERMS, labels
from tiny import FIRST, tiny_sources

FIRST_EDITION = json.loads((Path(__file__).parent / "oracle" / "first_edition.json").read_text())
LME4 = json.loads((Path(__file__).parent / "oracle" / "lme4_codings.json").read_text())["models"]
SEEDS = (data_folder().parent / "seeds", Path(__file__).parents[2] / "shared" / "seeds")
SEED = next((seed for folder in SEEDS if (seed := folder / "003_45557ea2880ea8ab.txt").is_file()), None)


# --- as data ------------------------------------------------------------------------------------------------------


def test_every_choice_says_what_it_means_whence_and_between_what():
    assert CODINGS["literal"] == Coding() and DEFAULT in CODINGS and find_coding() == CODINGS[DEFAULT]
    for name, about in CHOICES.items():
        assert about["meaning"] and about["source"] and len(about["options"]) > 1, name
        assert next(iter(about["options"])) == getattr(Coding(), name), "the first option is the first edition's"


@pytest.mark.parametrize("name", [name for name in CHOICES if not CHOICES[name]["numbers"]])
@pytest.mark.parametrize("wrong", ["elsewhere", 7, None, ["a"]])
def test_an_unknown_option_is_refused_with_the_known(name, wrong):
    known = ", ".join(repr(option) for option in CHOICES[name]["options"])
    with pytest.raises(HralignError, match=re.escape(f"{name} has no option {wrong!r}. Choose one of: {known}.")):
        Coding(**{name: wrong})


def test_other_mistakes_are_named():
    with pytest.raises(HralignError, match=r"no choice 'colour'. Its choices: statuses, left_out"):
        Coding().vary(colour="red")
    with pytest.raises(HralignError, match=r"exclude each other: with first_year='present'.*Select at 'accession'"):
        Coding(first_year="present")
    assert Coding(first_year="present", selected_at="accession").first_year == "present"
    with pytest.raises(HralignError, match=r"no coding 'nearest'. Choose one of: closest, literal"):
        find_coding("nearest")
    with pytest.raises(HralignError, match="last_year has no option True"):
        Coding(last_year=True)


def test_a_coding_has_a_name():
    assert [coding.name for coding in CODINGS.values()] == list(CODINGS)
    other = CODINGS[DEFAULT].vary(last_year=1999)
    assert other.name == f"{DEFAULT} but last_year=1999" and other.differs(CODINGS[DEFAULT]) == {"last_year": 1999}
    assert copy.deepcopy(other) is other and hash(other) == hash(CODINGS[DEFAULT].vary(last_year=1999))


# --- in the panel -------------------------------------------------------------------------------------------------


def by_hand():
    """One IGO, ten years. States 1-3 are in throughout; 4 joins in 1967, is out in 1970 and 1971, and returns."""
    member = np.zeros((1, 4, 10), bool)
    member[0, :3] = True
    member[0, 3, [2, 3, 4, 7, 8, 9]] = True
    score = np.add.outer([3.0, 2.0, 1.0, 0.0], 0.1 * np.arange(10) ** 2)
    score[3] = 0.5
    return tiny_sources(member, score)


def built(**options):
    panel = build_panel(by_hand(), coding=Coding(**options), window=(FIRST, FIRST + 9))
    return panel.set_index(["state", "year"]).loc[4]


def test_a_returning_state_counts_on_begins_again_or_has_counted_meanwhile():
    inside = [1967, 1968, 1969, 1972, 1973, 1974]
    assert built().loc[inside, "duration"].tolist() == [1, 2, 3, 4, 5, 6]
    assert built(duration="by spell").loc[inside, "duration"].tolist() == [1, 2, 3, 1, 2, 3]
    assert built(duration="since accession").loc[inside, "duration"].tolist() == [1, 2, 3, 6, 7, 8]


def test_company_with_the_state_itself_draws_the_mean_to_it():
    others, everyone = built(), built(company="all")
    assert others.loc[1968, "igo_mean"] == pytest.approx(2.0 + 0.9)
    assert everyone.loc[1968, "igo_mean"] == pytest.approx((3 * (2.0 + 0.9) + 0.5) / 4)
    assert everyone.loc[1966, "igo_mean"] == others.loc[1966, "igo_mean"], "outside membership it is no member"


def test_the_change_of_the_mean_has_a_direction_and_a_company():
    step = {year: 0.1 * ((year - 1965) ** 2 - (year - 1966) ** 2) for year in range(1966, 1975)}
    for change, year, sign in (("current - previous", 1973, 1), ("previous - current", 1973, -1),
                               ("next - current", 1974, 1), ("current - next", 1974, -1)):  # fmt: skip
        assert built(change=change).loc[1973, "d_igo_mean"] == pytest.approx(sign * step[year])
    assert built(change_of="all").loc[1973, "d_igo_mean"] == pytest.approx(0.75 * step[1973])


def test_associates_and_igos_left_out():
    src = by_hand()
    rows = src.memberships
    src = src.replace(memberships=rows.assign(status=rows["status"].where(rows["state"] != 4, 2)))
    with pytest.raises(NotEnoughData, match="No case is left"):
        build_panel(src)
    assert set(build_panel(src, coding=Coding(statuses=(1, 2)))["state"]) == {4}
    with pytest.raises(NotEnoughData, match=r"No case is left.*or the coding"):
        build_panel(by_hand().replace(**renumbered(by_hand(), 2250)), coding=Coding(left_out=(2250,)))


def renumbered(src, igo):
    return {name: getattr(src, name).assign(igo=igo) for name in ("igos", "memberships", "igo_years")}


def test_states_join_in_the_first_year_of_the_window_if_the_coding_says_so():
    src, window = by_hand(), (FIRST + 2, FIRST + 9)  # state 4 joins in its first year
    with pytest.raises(NotEnoughData):
        build_panel(src, window=window, coding="literal")
    joined = build_panel(src, window=window, coding=Coding(first_year="joined"))
    assert set(joined["state"]) == {4} and joined["accession"].unique().tolist() == [1967]
    assert joined.loc[joined["year"].eq(1966), "member"].tolist() == [0]
    present = Coding(first_year="present", selected_at="accession")
    everyone = build_panel(src, window=window, coding=present, select="all")
    assert set(everyone["state"]) == {1, 2, 3, 4}
    assert everyone.loc[everyone["duration"].eq(1), "year"].eq(1967).all()
    members = full_members(src, window, Coding(first_year="joined"))
    assert members["year"].min() == 1966 and full_members(src, window, "literal")["year"].min() == 1967
    assert find_cases(src, members, window, Coding(first_year="joined"))["state"].tolist() == [4]


def test_cases_are_selected_where_the_coding_says():
    years = pd.DataFrame({"igo": 1, "state": 1, "case": "1-1", "year": [1, 2, 3, 4], "accession": 4,
                          "distance": [-3.0, 1.0, 1.0, -1.0]})  # fmt: skip
    assert select_cases(years).empty
    for at in ("accession", "mean before"):
        assert select_cases(years, coding=Coding(selected_at=at)).tolist() == ["1-1"]
    assert select_cases(years.assign(distance=years["distance"] + 2), "above", Coding(selected_at="mean before")).size


def test_controls_follow_the_coding(world):
    literal = build_panel(world, coding="literal")
    level = build_panel(world, coding=Coding(gdp_scale="level"))
    np.testing.assert_allclose(np.log(level["gdp"]), literal["gdp"])
    late = build_panel(world, coding=Coding(iccpr="year after"))
    assert (late["iccpr"] <= literal["iccpr"]).all() and late["iccpr"].sum() < literal["iccpr"].sum()
    first = literal[literal["iccpr"].eq(1)].groupby("state")["year"].min()
    after = late[late["iccpr"].eq(1)].groupby("state")["year"].min().reindex(first.index)
    grown = first > literal.groupby("state")["year"].min().reindex(first.index)
    later = (after[grown] - first[grown]).dropna()  # the panel may have no row of the very next year
    assert later.ge(1).all() and later.eq(1).mean() > 0.8 and grown.any()
    war = build_panel(world, coding=Coding(civil_war="intrastate"))
    assert (war["civil_war"] <= literal["civil_war"]).all()
    flagged = {}
    for name in ("eight", "four", "political", "either"):
        panel = build_panel(world, coding=Coding(human_rights_igos=name))
        flagged[name] = set(panel.loc[panel["human_rights_igo"].eq(1), "igo"])
    assert len(flagged["four"]) <= 4 and flagged["four"] <= flagged["eight"]
    assert flagged["either"] == flagged["eight"] | flagged["political"]


def test_the_united_nations_can_become_a_human_rights_igo_late(world):
    a_listed_igo = int(world.igos.loc[world.igos["human_rights_igo"].eq(1), "igo"].iloc[0])
    igos = {name: getattr(world, name).assign(igo=getattr(world, name)["igo"].replace(a_listed_igo, 4400))
            for name in ("igos", "memberships", "igo_years")}  # fmt: skip
    panel = build_panel(world.replace(**igos), coding=Coding(human_rights_igos="eight, UN late"), select="all")
    rows = panel[panel["igo"].eq(4400)]
    assert rows.groupby(rows["year"].ge(2006))["human_rights_igo"].unique().map(list).to_dict() == {
        False: [0],
        True: [1],
    }


# --- in the sample ------------------------------------------------------------------------------------------------


def test_the_outcome_is_shifted_by_year_by_row_or_by_membership():
    panel = build_panel(by_hand(), window=(FIRST, FIRST + 9))
    known = panel.set_index(["state", "year"]).loc[4]
    silent = panel[~panel["year"].isin([1970])]  # a year without a row
    lags = {
        lag_by: distance_at(recode(silent, lag_by=lag_by), "lag").to_numpy() for lag_by in CHOICES["lag_by"]["options"]
    }
    at = silent["year"].tolist().index
    assert np.isnan(lags["calendar"][at(1971)]) and lags["row"][at(1971)] == known.loc[1969, "distance"]
    assert lags["calendar"][at(1972)] == lags["row"][at(1972)] == known.loc[1971, "distance"]
    assert lags["membership"][at(1972)] == known.loc[1969, "distance"] and np.isnan(lags["membership"][at(1967)])
    assert distance_at(recode(silent, lag_by="membership"), "lead")[at(1969)] == known.loc[1972, "distance"]


@pytest.mark.parametrize("span", SPANS)
def test_standardising_over_wider_rows_is_a_change_of_units(world, span):
    """Fits and their likelihood are those of the sample's own units, but for the logarithm of the spreads."""
    coding = Coding(**{f"{term}_over": span for term in SCALED})
    narrow, wide = (fit_alignment(build_panel(world, coding=each)) for each in ("literal", coding))
    np.testing.assert_allclose(wide.fittedvalues, narrow.fittedvalues, atol=1e-8)
    assert wide.params["civil_war"] == pytest.approx(narrow.params["civil_war"])
    ratio = {term: wide.model.frame.attrs["spread"][term] / narrow.model.frame.attrs["spread"][term] for term in SCALED}
    for term in SCALED:
        assert wide.params[term] == pytest.approx(narrow.params[term] * ratio[term])
    assert wide.llf - narrow.llf == pytest.approx(np.log(list(ratio.values())).sum(), abs=1e-6)


def test_moments_are_those_of_the_rows_they_stand_for(world):
    """Against the rows themselves: every state in every living IGO in every year, and every membership."""
    coding, window = Coding(gdp_scale="level"), (1965, 2014)
    members = full_members(world, window, coding)
    size = members.groupby(["igo", "year"]).size().rename("members").reset_index()
    gdp = world.state_years[["state", "year", "gdp_per_capita"]].rename(columns={"gdp_per_capita": "gdp"})
    major = world.igos.loc[world.igos["major"].eq(1), "igo"]
    lives = world.igo_years[world.igo_years["igo"].isin(major)].merge(size, how="left", on=["igo", "year"])
    of_members = members.merge(gdp, "left", ["state", "year"]).merge(lives, "left", ["igo", "year"])
    whole = {"everything": gdp.merge(lives, on="year"), "memberships": of_members}
    for span, rows in whole.items():
        rows = rows[rows["year"].between(1965, 2001)]
        for term in SCALED:
            found = moments(world, members, window, coding, span).until(term, 2001)
            assert found == pytest.approx((rows[term].mean(), rows[term].std())), (span, term)


def test_a_panel_remembers_its_coding_and_keeps_it_through_steps(world):
    coding = CODINGS["closest"]
    panel = build_panel(world, coding="closest")
    assert coding_of(panel) == coding == coding_of(panel.query("year > 1980").assign(member=1))
    assert coding_of(pd.DataFrame({"a": [1]})) == find_coding()
    later = recode(panel, last_year=1999)
    assert coding_of(later) == coding.vary(last_year=1999) and coding_of(panel) == coding
    assert estimation_sample(later).shape[0] < estimation_sample(panel).shape[0]
    with pytest.raises(HralignError, match=r"built with gdp_scale='level', which cannot be changed.*Build it anew"):
        recode(panel, gdp_scale="log")
    with pytest.raises(NotEnoughData, match=r"has no membership year up to 1900"):
        estimation_sample(recode(panel, last_year=1900))
    forgetful = recode(build_panel(world, coding="literal"), year_over="everything")
    with pytest.raises(HralignError, match=r"'year' is to be standardised over 'everything'.*keep its attrs"):
        estimation_sample(forgetful)


def test_a_control_left_out_is_no_term(world):
    fit = fit_alignment(build_panel(world, coding=Coding(human_rights_igos="none")))
    assert list(fit.params.index) == [term for term in TERMS if term != "human_rights_igo"]


def test_labels_say_what_the_coding_takes():
    assert labels("literal")["gdp"] == "Log GDP per capita (z)" and labels("closest")["gdp"] == "GDP per capita (z)"
    assert list(labels())[: len(TERMS)] == list(TERMS)


def test_clocks_do_not_count_what_is_before_accession():
    years = pd.DataFrame({"igo": 1, "state": 1, "year": [1, 2, 3], "accession": 2, "exit": pd.NA, "member": 1})
    assert add_clocks(years)["duration"].tolist() == [pd.NA, 1, 2]


# --- on the real data ---------------------------------------------------------------------------------------------


@pytest.mark.real
@pytest.mark.parametrize("name", [name for name in SPECIFICATIONS if name.startswith(("table2", "table3"))])
def test_literal_gives_the_numbers_of_the_first_edition(real_src, name):
    """Bit for bit as far as numbers were recorded, which is ten digits."""
    recorded = FIRST_EDITION[name]
    spec = SPECIFICATIONS[name]
    fit = fit_alignment(build_panel(real_src, spec.score, coding="literal"), spec=spec)
    assert list(recorded["coef"]) == list(TERMS) and recorded["nobs"] == fit.nobs
    assert [float(f"{value:.10g}") for value in fit.params] == list(recorded["coef"].values())
    assert [float(f"{value:.10g}") for value in fit.bse] == list(recorded["se"].values())


@pytest.mark.real
@pytest.mark.parametrize("name", LME4)
def test_both_codings_agree_with_lme4(real_src, name):
    coding, model = name.split("/", 1)
    score = model.split("/")[1] if model.startswith("table3") else "fariss"
    fit, lme4 = fit_alignment(build_panel(real_src, score, coding=coding)), LME4[name]
    assert (fit.nobs, fit.n_groups) == (lme4["nobs"], lme4["groups"])
    assert fit.llf == pytest.approx(lme4["llf"], abs=1e-3)
    assert list(fit.params.index) == list(lme4["coef"])
    for ours, theirs in ((fit.params, lme4["coef"]), (fit.bse, lme4["se"])):
        theirs = pd.Series(theirs)
        assert np.all(np.abs(ours - theirs) <= 1e-5 * np.maximum(np.abs(theirs), fit.bse))
    assert fit.scale == pytest.approx(lme4["scale"], rel=1e-5)


@pytest.mark.real
def test_closest_is_as_near_to_the_printed_tables_as_is_said(real_src):
    for model, score, least in [("table2", "fariss", 8), *((f"table3/{right}", right, 7) for right in hr.RIGHTS)]:
        fit, printed = fit_alignment(build_panel(real_src, score, coding="closest")), published_model(model)
        off = (fit.params - printed["coef"].reindex(TERMS)).abs() / printed["se"].reindex(TERMS).clip(lower=0.005)
        assert (off <= 2).sum() >= least, model
        if model == "table2":
            assert fit.nobs == pytest.approx(printed["nobs"], rel=0.04)
            assert fit.n_groups == pytest.approx(printed["groups"], rel=0.03)
            assert 0.115 <= fit.scale <= 0.135 and fit.params["duration"] / fit.bse["duration"] > 3.29


# --- what is printed ----------------------------------------------------------------------------------------------


@pytest.mark.skipif(SEED is None, reason="the article's text does not lie beside the project")
def test_published_numbers_are_the_articles():
    """Every number and star of Tables 2 and 3, read from the article's text."""
    text = SEED.read_text("utf-8").replace("−", "-").replace("–", "-")
    second = text[text.index("Table 2 Varying-slopes") : text.index("Table 3 Varying-slopes")]
    third = text[text.index("Table 3 Varying-slopes") : text.index("7 Robustness tests")]
    rows = {"intercept": "Intercept", "duration": "Duration of Membership", "year": "Year", "gdp": "GDP per Capita",
            "iccpr": "Ratification ICCPR", "civil_war": "Civil War", "delegation": "Delegation",
            "human_rights_igo": "Human Rights IGO", "members": "Membership Size"}  # fmt: skip
    changes = ("Disappearances", "Killings", "Torture", "Imprisonment")
    sizes = {"aic": "AIC", "bic": "BIC", "loglik": "Log Likelihood", "nobs": "Num. obs.",
             "groups": "Num. groups: IGO-Country", "var_intercept": r"Var: IGO-Country \(Intercept\)",
             "var_duration": "Var: IGO-Country Duration", 
             "cov_intercept_duration": r"Cov: IGO-Country (?:\(Intercept\) )?Duration",
             "var_residual": "Var: Residual"}  # fmt: skip
    order = ("disappearances", "killings", "torture", "political_imprisonment")
    for part, models in ((second, ["table2"]), (third, [f"table3/{right}" for right in order])):
        for k, model in enumerate(models):
            change = "Fariss" if model == "table2" else changes[k]
            named = rows | {"d_igo_mean": f"Change in Mean HR - {change}"}
            printed = published_model(model)
            assert set(printed["coef"].index) == set(named) == set(printed["stars"].index)
            for term, row in named.items():
                line = re.search(rf"^{re.escape(row)}\t(.*)$", part, re.MULTILINE)[1]
                found = re.findall(r"(-?[\d.]+)(\**) \(([\d.]+)\)", line)
                coef, stars, se = found[k if len(found) > 1 else 0]
                assert (float(coef), float(se)) == (printed["coef"][term], printed["se"][term]), (model, term)
                assert stars == printed["stars"][term], (model, term)
            for size, row in sizes.items():
                line = re.search(rf"^{row}\t(.*)$", part, re.MULTILINE)[1]
                value = line.replace(",", "").split("\t")[k]
                assert float(value) == printed[size], (model, size)


@pytest.mark.skipif(SEED is None, reason="the article's text does not lie beside the project")
def test_published_words_and_counts_are_the_articles():
    text = " ".join(SEED.read_text("utf-8").split()).replace("−", "-").replace("$", "")
    facts = hr.published_facts()
    assert f"in a sample of {facts['igos']} IGOs between {facts['first_year']} and {facts['last_year']}" in text
    assert f"range from {facts['fariss_min']} to {facts['fariss_max']} in our sample" in text
    assert f"our sample includes {facts['igo_exits_footnote']} cases of IGO exits" in text
    assert f"in total, {facts['igo_exits_text']} cases of IGO exits" in text
    findings = hr.published_findings()
    assert {"6.1", "6.2", "6.3", "7", "8"} == set(findings["section"]) and findings["about"].isin(
        ["H1", "H2", "H3", "H4", "all"]
    ).all()
    assert [words for words in findings["words"] if words not in text] == []
