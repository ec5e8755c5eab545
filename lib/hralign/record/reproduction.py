"""The article's claims held against the record: every printed number, every star, every sentence with a result in it.

What is claimed stands in ``article.toml`` beside this module and in :mod:`hralign.study.published`; what we have is
read from the record.  Verdicts and grades follow from the two by the rules below, which the page on the reproduction
repeats.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pandas as pd

from ..errors import HralignError
from ..sources.vocabulary import RIGHTS
from ..study.published import published_model
from ..study.specification import LABELS
from .claims import holds, look_up, write

SCALE = {
    "as printed": "rounded to the printed decimals, ours is the printed number; or the stars are the same",
    "close": "at most two units from the printed number; or both with stars, if not as many",
    "apart": "more than two units from it; or stars on one side only",
    "opposite": "more than two units from it, and of the other sign",
    "holds": "the statement's rule is true in the record",
    "does not hold": "the statement's rule is false in the record",
    "not reproduced": "a result of the article that we have nothing to hold against, for the reason given",
    "no result": "something in the article that is no result of its models; it is counted nowhere",
}
"""Our own verdicts on single claims."""

REPRODUCED = ("as printed", "holds")
NEAR = (*REPRODUCED, "close")

CLOSE = 2.0
"""Units up to which two numbers are close."""

ROUNDING = 0.5
"""Places after the last printed one count for so much: half a unit of the last printed decimal."""

SHARE = 0.025
"""Unit of a number that is printed without a standard error, as a share of it."""

FULL, MINOR, PARTIAL, NOT = (
    "full reproduction", "full reproduction with minor issues", "partial reproduction", "not able to reproduce"
)  # fmt: skip
MINOR_FROM, PARTIAL_FROM = 0.75, 0.25
"""Shares of claims reproduced from which a grade is given: the quarters of the AEA data editor's report form."""

NO_PACKAGE, DIFFERENT, SAME = "L1", "L4", "L10"
"""Levels of the ACRE guide that can occur here: the article alone; all data and code, other results; the same ones."""

UNDER = {"nobs": "nobs", "groups": "groups", "loglik": "llf", "aic": "aic", "bic": "bic",
         "var_intercept": "var_intercept", "var_duration": "var_duration",
         "cov_intercept_duration": "cov_intercept_duration", "var_residual": "scale"}  # fmt: skip
"""What is printed below a table, and the fact of ours that it is held against."""

BELOW = {"nobs": "Rows", "groups": "Cases", "loglik": "Log-likelihood", "aic": "AIC", "bic": "BIC",
         "var_intercept": "Variance of intercepts", "var_duration": "Variance of slopes",
         "cov_intercept_duration": "Covariance of the two", "var_residual": "Residual variance"}  # fmt: skip
COUNTED = ("nobs", "groups")

COLUMNS = (
    "id", "item", "where", "kind", "claim", "published", "reconstruction", "difference", "unit", "verdict", "by_state",
    "search", "published_from", "reconstruction_from", "by_state_from", "page", "note",
)  # fmt: skip
"""Columns of the table of claims, in the order of ``claims.csv``."""


def article() -> dict[str, list[dict[str, Any]]]:
    """``item`` and ``claim`` of ``article.toml``."""
    return tomllib.loads(files(__package__).joinpath("article.toml").read_text("utf-8"))


def claims(said: dict[str, list[dict[str, Any]]] | None = None) -> pd.DataFrame:
    """Every claim of the article, what we have for it, and the verdict.

    Parameters
    ----------
    said : dict, optional
        Items and claims in the form of :func:`article`, which is the default.

    Returns
    -------
    DataFrame
        A row per claim with :data:`COLUMNS`.  ``published`` and ``reconstruction`` are words as a page writes them,
        ``difference`` (reconstruction minus published, in units) and ``unit`` are numbers, missing for statements;
        ``by_state`` says whether a statement holds with standard errors by state.

    Raises
    ------
    HralignError
        If a claim names an unknown item, or refers to something that is not on record.
    """
    said = said or article()
    items = {item["name"]: item for item in said["item"]}
    rows = _of_tables()
    for claim in said["claim"]:
        if claim["item"] not in items:
            known = ", ".join(items)
            raise HralignError(f"The claim '{claim['id']}' belongs to '{claim['item']}', which is no item: {known}.")
        try:
            rows.append(_of_text(claim))
        except HralignError as error:
            raise HralignError(f"The claim '{claim['id']}' cannot be held against the record. {error}") from None
    table = pd.DataFrame(rows).reindex(columns=COLUMNS)
    table["search"] = table["item"].map(lambda name: items[name].get("role", "")).where(table["item"].isin(items))
    table["page"] = table["page"].fillna(table["item"].map(lambda name: items[name]["page"]))
    return table


def _of_tables() -> list[dict[str, Any]]:
    """The cells of Tables 2 and 3, each a claim."""
    rows = []
    for name in ("table2", *(f"table3/{right}" for right in RIGHTS)):
        model, item = published_model(name), "Table 2" if name == "table2" else "Table 3"
        column = name.partition("/")[2].replace("_", " ")
        for term in model["coef"].index:
            told = ", ".join(filter(None, (LABELS[term], column)))
            for part in ("coef", "se", "stars"):
                row = {"id": f"{name}/{term}/{part}", "item": item, "where": item, "claim": told}
                printed = f"published/{name} {term} {part}"
                if part == "stars":
                    rows.append(row | _stars(printed, f"{name}/lag {term} z"))
                else:
                    se = float(model["se"][term]) if part == "coef" else None
                    kind = "coefficient" if part == "coef" else "standard error"
                    rows.append(row | _number(printed, f"{name}/lag {term} {part}", 2, se) | {"kind": kind})
        for fact, ours in UNDER.items():
            row = {"id": f"{name}/{fact}", "item": item, "where": item}
            row["claim"] = ", ".join(filter(None, (BELOW[fact], column)))
            rows.append(row | _number(f"published/{name} {fact}", f"{name}/lag {ours}", 0 if fact in COUNTED else 2))
    return rows


def _of_text(claim: dict[str, Any]) -> dict[str, Any]:
    row = {"id": claim["id"], "item": claim["item"], "where": claim["where"], "claim": claim["says"]}
    row |= {"note": claim.get("note", ""), "page": claim.get("page")}
    if "places" in claim:
        return row | _number(claim["published"], claim["ours"], claim["places"], calendar=claim.get("calendar", False))
    ours = claim.get("ours")
    shown = f"{write(look_up(ours), claim['form'])} ({claim['reads']})" if ours else "–"
    row |= {"kind": "statement", "published": claim["published"], "reconstruction": shown, "reconstruction_from": ours}
    if "because" in claim:
        verdict = "no result" if claim.get("not_ours") else "not reproduced"
        return row | {"verdict": verdict, "note": f"{verdict.capitalize()}, because {claim['because']}."}
    said = [holds(rule) for rule in claim["rule"]]  # all are looked at, so that none is unsound unnoticed
    by_state = [holds(rule) for rule in claim.get("by_state", ())]
    row |= {"verdict": "holds" if all(said) else "does not hold", "reconstruction_from": "; ".join(claim["rule"])}
    if not by_state:
        return row
    word = "holds" if all(by_state) else "does not hold"
    return row | {"by_state": word, "by_state_from": "; ".join(claim["by_state"])}


def _number(
    printed: str, reference: str, places: int, se: float | None = None, *, calendar: bool = False
) -> dict[str, Any]:
    """A printed number and ours.  A year's unit is a year: a share of one would call any year close."""
    published, ours = look_up(printed), look_up(reference)
    rounding = ROUNDING * 10**-places
    unit = 1.0 if calendar else max(rounding, abs(published) * SHARE if se is None else se)
    difference = (ours - published) / unit
    form = f"{'' if calendar else ','}.{places}f"
    return {
        "kind": "number", "published": write(float(published), form), "reconstruction": write(float(ours), form),
        "difference": difference, "unit": unit, "verdict": verdict(published, ours, places, difference),
        "published_from": printed, "reconstruction_from": reference,
    }  # fmt: skip


def verdict(published: float, ours: float, places: int, difference: float) -> str:
    """A word of :data:`SCALE` for two numbers, given their difference in units."""
    if round(ours, places) == round(published, places):
        return "as printed"
    if abs(difference) <= CLOSE + 1e-9:  # 0.46 − 0.38 is a little more than 0.08
        return "close"
    return "opposite" if ours * published < 0 else "apart"


def stars(z: float) -> str:
    """Stars of the article's tables for an estimate that is z standard errors from zero."""
    return "*" * sum(abs(z) > line for line in (1.959964, 2.575829, 3.290527))


def _stars(printed: str, reference: str) -> dict[str, Any]:
    published, ours = look_up(printed), stars(look_up(reference))
    alike = "close" if bool(published) == bool(ours) else "apart"
    return {
        "kind": "stars", "published": published or "none", "reconstruction": ours or "none",
        "verdict": "as printed" if published == ours else alike,
        "published_from": printed, "reconstruction_from": reference,
    }  # fmt: skip


def grade(verdicts: pd.Series, *, drawn: bool = False) -> str:
    """The AEA data editor's word for an item, by the share of its claims that are reproduced to the printed digit.

    An item whose numbers are not printed (``drawn``) is held against sentences only and never graded above partial.
    """
    counted = verdicts[verdicts.ne("no result")]
    if counted.empty:
        return "nothing to reproduce"
    share = counted.isin(REPRODUCED).mean()
    if share < PARTIAL_FROM:
        return NOT
    if drawn or share < MINOR_FROM:
        return PARTIAL
    return FULL if share == 1 else MINOR


def graded(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Display items and parts of the text with their two grades.

    Returns
    -------
    DataFrame
        Indexed by item: ``title``, ``claims`` (results of the article), ``reproduced`` (as printed, or holding),
        ``near`` (those and the close ones), ``aea``, ``acre_article`` and ``acre_package`` (levels of the article alone
        and with what this book adds), ``search`` (what the search for the coding did with it), ``program``, ``page``.
    """
    table = claims() if table is None else table
    rows = []
    for item in article()["item"]:
        verdicts = table.loc[table["item"].eq(item["name"]) & table["verdict"].ne("no result"), "verdict"]
        word = grade(verdicts, drawn=item.get("drawn", False))
        idea = item.get("idea", False)
        rows.append({
            "item": item["name"], "title": item["title"], "claims": len(verdicts),
            "reproduced": int(verdicts.isin(REPRODUCED).sum()), "near": int(verdicts.isin(NEAR).sum()), "aea": word,
            "acre_article": "–" if idea else NO_PACKAGE,
            "acre_package": "–" if idea else SAME if word == FULL else DIFFERENT,
            "search": item.get("role", "–"), "program": item["program"], "page": item["page"],
            "output": ", ".join(item.get("output", ())),
        })  # fmt: skip
    return pd.DataFrame(rows).set_index("item")


def overall(table: pd.DataFrame | None = None) -> str:
    """The AEA data editor's word for the whole: that of all results of the article together."""
    return grade((claims() if table is None else table)["verdict"])


def counted(table: pd.DataFrame) -> pd.Series:
    """How often each verdict was given, in the order of :data:`SCALE`."""
    return table["verdict"].value_counts().reindex(list(SCALE), fill_value=0)
