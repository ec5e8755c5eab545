"""Tables as readers see them: published, reconstruction and this run, side by side."""

from __future__ import annotations

import html
import numbers
from typing import Any

import numpy as np
import pandas as pd
from pandas.io.formats.style import Styler
from scipy.stats import norm

from .hypotheses import LABELS
from .published import published_model
from .replication import reconstruction

COLUMNS = {"published": "Published", "reconstruction": "Reconstruction", "run": "This run"}

YEARS = ("Year", "From", "Accession", "Exit")
"""Columns whose whole numbers are years."""

STATISTICS = {
    "nobs": "Case-years", "groups": "Cases", "llf": "Log-likelihood (REML)", "aic": "AIC", "bic": "BIC",
    "var_intercept": "Variance of case intercepts", "var_duration": "Variance of case slopes",
    "cov_intercept_duration": "Covariance of the two", "scale": "Residual variance",
}  # fmt: skip

_PRINTED_STATISTIC = {"llf": "loglik", "scale": "var_residual"}
_PRINTED_DECIMALS, _OUR_DECIMALS = 2, 3


def compare(name: str, run: dict[str, Any] | None = None) -> pd.DataFrame:
    """Estimates and standard errors of one model in three columns, as numbers.

    Parameters
    ----------
    name : str
        A model of :data:`hralign.hypotheses.SPECIFICATIONS`.
    run : dict, optional
        The model as :func:`hralign.replication.as_numbers` gives it; missing where not run.

    Returns
    -------
    DataFrame
        Indexed by term; columns ``published``, ``reconstruction``, ``run``, each with ``*_se``.
    """
    printed = published_model(name)
    sources = {"published": printed, "reconstruction": reconstruction()["models"].get(name), "run": run}
    columns = {}
    for column, model in sources.items():
        columns[column] = pd.Series(model["coef"] if model else {}, dtype=float)
        columns[f"{column}_se"] = pd.Series(model["se"] if model else {}, dtype=float)
    return pd.DataFrame(columns).reindex(LABELS).rename_axis("term")


def compare_statistics(name: str, run: dict[str, Any] | None = None) -> pd.DataFrame:
    """Sample sizes, fit statistics and variances of one model in three columns, as numbers."""
    printed = published_model(name)
    columns = {
        "published": {key: printed.get(_PRINTED_STATISTIC.get(key, key)) for key in STATISTICS},
        "reconstruction": _statistics(reconstruction()["models"].get(name)),
        "run": _statistics(run),
    }
    return pd.DataFrame(columns, index=list(STATISTICS), dtype=float).rename_axis("statistic")


def _statistics(model: dict[str, Any] | None) -> dict[str, float]:
    if model is None:
        return {}
    (intercept, covariance), (_, duration) = model["cov_re"]
    variances = {"var_intercept": intercept, "cov_intercept_duration": covariance, "var_duration": duration}
    return {key: model[key] for key in STATISTICS if key in model} | variances


def three_columns(name: str, run: dict[str, Any] | None = None) -> pd.DataFrame:
    """One model as the paper prints a table: estimate, stars and standard error, then fit statistics.

    Returns
    -------
    DataFrame of str
        Index ``Term``; columns Published, Reconstruction, This run.  Stars as in the paper:
        *** p < 0.001, ** p < 0.01, * p < 0.05; those of the published column are the printed ones.
    """
    estimates, statistics = compare(name, run), compare_statistics(name, run)
    stars = {
        "published": published_model(name)["stars"],
        "reconstruction": star(estimates["reconstruction"], estimates["reconstruction_se"]),
        "run": star(estimates["run"], estimates["run_se"]),
    }
    top = pd.DataFrame({
        title: [
            _cell(estimates.loc[term, column], estimates.loc[term, f"{column}_se"], stars[column].get(term, ""), column)
            for term in estimates.index
        ]
        for column, title in COLUMNS.items()
    }, index=[LABELS[term] for term in estimates.index])  # fmt: skip
    bottom = pd.DataFrame({
        title: [_statistic(statistics.loc[key, column], key, column) for key in statistics.index]
        for column, title in COLUMNS.items()
    }, index=[STATISTICS[key] for key in statistics.index])  # fmt: skip
    return pd.concat([top, bottom]).rename_axis("Term")


def star(estimate: pd.Series, std_error: pd.Series) -> pd.Series:
    """The paper's stars for two-sided Wald tests against the normal distribution."""
    p = pd.Series(2 * norm.sf(np.abs(estimate / std_error)), index=estimate.index)
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
    return (
        shown.style.hide(axis="index")
        .set_caption(html.escape(caption))
        .set_table_attributes('class="dataframe"')
        .set_td_classes(classes)
        .format(_number, na_rep="–", subset=[c for c in shown.columns if c not in plain])
        .format(na_rep="–", subset=plain)
    )


def _number(value: float) -> str:
    whole = isinstance(value, numbers.Integral)
    return f"{value:,}".replace("-", "−") if whole else f"{value:,.{_OUR_DECIMALS}f}".replace("-", "−")


def _is_number(text: str) -> bool:
    """Whether a formatted cell is a number (with its stars and standard error), to be set flush right."""
    return text == "–" or text.lstrip("−-")[:1].isdigit()
