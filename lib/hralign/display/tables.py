"""Tables as readers see them: published, reconstruction and this run, side by side."""

from __future__ import annotations

import html
import numbers
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..coding import CODINGS
from ..record.reconstruction import recorded_model
from ..record.store import is_recorded
from ..study.greenhill import LABELS as CONTEXT_LABELS
from ..study.published import is_printed, published_model
from ..study.specification import LABELS
from ..study.specification import labels as coded_labels

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler  # with it comes jinja2, which numbers do without

COLUMNS = {"published": "Published", "reconstruction": "Reconstruction", "run": "This run"}

YEARS = ("Year", "From", "Accession", "Exit")
"""Columns whose whole numbers are years."""

STATISTICS = {
    "nobs": "Case-years", "groups": "Cases", "llf": "Log-likelihood (REML)", "aic": "AIC", "bic": "BIC",
    "var_intercept": "Variance of case intercepts", "var_duration": "Variance of case slopes",
    "cov_intercept_duration": "Covariance of the two", "scale": "Residual variance",
}  # fmt: skip

_GREENHILL_STATISTICS = {"nobs": "State-years", "groups": "States", "llf": "Log-likelihood"}

_PRINTED_STATISTIC = {"llf": "loglik", "scale": "var_residual"}
_PRINTED_DECIMALS, _OUR_DECIMALS = 2, 3


def compare(name: str, run: dict[str, Any] | None = None) -> pd.DataFrame:
    """Estimates and standard errors of one model in three columns, as numbers.

    Parameters
    ----------
    name : str
        A model of :data:`hralign.record.replicate.MODELS`.
    run : dict, optional
        The model as :func:`hralign.record.replicate.as_numbers` gives it; missing where not run.

    Returns
    -------
    DataFrame
        Indexed by term; columns ``published``, ``reconstruction``, ``run``, each with ``*_se``.
    """
    columns = {}
    for column, model in _three(name, run).items():
        columns[column] = pd.Series(model["coef"] if model else {}, dtype=float)
        columns[f"{column}_se"] = pd.Series(model["se"] if model else {}, dtype=float)
    table = pd.DataFrame(columns).rename_axis("term")
    known = [term for term in labels(name)[0] if term in table.index]
    return table.reindex([*known, *(term for term in table.index if term not in known)])


def compare_statistics(name: str, run: dict[str, Any] | None = None) -> pd.DataFrame:
    """Sample sizes, fit statistics and variances of one model in three columns, as numbers."""
    columns = {column: _statistics(model) for column, model in _three(name, run).items()}
    return pd.DataFrame(columns, index=list(STATISTICS), dtype=float).rename_axis("statistic").dropna(how="all")


def labels(name: str) -> tuple[dict[str, str], dict[str, str]]:
    """How tables name the terms of a model, in their order, and the statistics below them."""
    if name.startswith("greenhill/"):
        return CONTEXT_LABELS, STATISTICS | _GREENHILL_STATISTICS
    coding = name.split("/")[0]
    return LABELS if coding not in CODINGS else coded_labels(coding), STATISTICS


def _three(name: str, run: dict[str, Any] | None) -> dict[str, Any]:
    printed = published_model(name) if is_printed(name) else None
    return {"published": printed, "reconstruction": recorded_model(name) if is_recorded(name) else None, "run": run}


def _statistics(model: dict[str, Any] | None) -> dict[str, float]:
    if model is None:
        return {}
    if model.get("cov_re"):
        (intercept, covariance), (_, duration) = model["cov_re"]
        model = model | {"var_intercept": intercept, "cov_intercept_duration": covariance, "var_duration": duration}
    values = {key: model.get(key, model.get(_PRINTED_STATISTIC.get(key, key))) for key in STATISTICS}
    return {key: value for key, value in values.items() if value is not None}


def three_columns(name: str, run: dict[str, Any] | None = None) -> pd.DataFrame:
    """One model as the paper prints a table: estimate, stars and standard error, then fit statistics.

    Returns
    -------
    DataFrame of str
        Index ``Term``; columns Published, Reconstruction, This run.  Stars as in the paper:
        ``***`` p < 0.001, ``**`` p < 0.01, ``*`` p < 0.05; those of the published column are the printed ones.
    """
    estimates, statistics = compare(name, run), compare_statistics(name, run)
    stars = {column: star(estimates[column], estimates[f"{column}_se"]) for column in COLUMNS}
    if is_printed(name):
        stars["published"] = published_model(name)["stars"]

    def cells(column: str) -> list[str]:
        top = [
            _cell(estimates.loc[term, column], estimates.loc[term, f"{column}_se"], stars[column].get(term, ""), column)
            for term in estimates.index
        ]
        return top + [_statistic(statistics.loc[key, column], key, column) for key in statistics.index]

    terms, below = labels(name)
    index = [terms.get(term, term) for term in estimates.index] + [below[key] for key in statistics.index]
    shown = pd.DataFrame({title: cells(column) for column, title in COLUMNS.items()}, index=index)
    return shown.rename_axis("Term")


def star(estimate: pd.Series, std_error: pd.Series) -> pd.Series:
    """The paper's stars for two-sided Wald tests against the normal distribution."""
    from scipy.special import ndtr  # slow to import, and most tables have no stars

    p = pd.Series(2 * ndtr(-np.abs(estimate / std_error)), index=estimate.index)
    marks = np.select([p < 0.001, p < 0.01, p < 0.05], ["***", "**", "*"], "")
    return pd.Series(marks, index=estimate.index)


def _decimals(column: str) -> int:
    return _PRINTED_DECIMALS if column == "published" else _OUR_DECIMALS


def _cell(estimate: float, std_error: float, stars: str, column: str) -> str:
    if np.isnan(estimate):
        return "–"
    digits = _decimals(column)
    return f"{estimate:.{digits}f}{stars} ({std_error:.{digits}f})".replace("-", "−")


def _statistic(value: float, key: str, column: str) -> str:
    if np.isnan(value):
        return "–"
    if key in ("nobs", "groups"):
        return f"{value:,.0f}"
    digits = 2 if abs(value) >= 10 else _decimals(column)
    return f"{value:,.{digits}f}".replace("-", "−")


def present(frame: pd.DataFrame, caption: str) -> Styler:
    """A tidy frame as a page shows it: captioned, with a named first column, numbers aligned right.

    The index becomes an ordinary column, so that no header cell is empty.  Whole numbers get a thousands
    separator, except in columns that hold years.
    """
    shown = frame.reset_index() if frame.index.name else frame
    plain = [column for column in shown.columns if column in YEARS or not pd.api.types.is_numeric_dtype(shown[column])]
    classes = shown.map(lambda cell: "words" if isinstance(cell, str) and not _is_number(cell) else "")
    worded = classes.columns[classes.eq("words").any()]
    return (
        shown.style.hide(axis="index")
        .set_caption(html.escape(caption))
        .set_table_attributes('class="dataframe"')
        .set_td_classes(classes)
        .set_table_styles({column: [{"selector": "", "props": "text-align: left"}] for column in worded})
        .format({c: partial(_number, digits=_digits(shown[c])) for c in shown.columns if c not in plain}, na_rep="–")
        .format(na_rep="–", subset=plain, escape="html")
    )


def _digits(column: pd.Series) -> int:
    """Decimals of a column: one more where every number in it is small."""
    return _OUR_DECIMALS + int(column.abs().max() < 0.1)


def _number(value: float, digits: int) -> str:
    whole = isinstance(value, numbers.Integral) or abs(value) >= 10_000  # beside thousands decimals say nothing
    value = round(value) if whole else value
    return f"{value:,}".replace("-", "−") if whole else f"{value:,.{digits}f}".replace("-", "−")


def _is_number(text: str) -> bool:
    """Whether a formatted cell is a number, with stars, a standard error or a range, to be set flush right."""
    return re.fullmatch(r"(?:[\d\s.,%*†()+−–-]|to)+", text) is not None
