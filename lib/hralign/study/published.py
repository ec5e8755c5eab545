"""What the paper printed: Weyrauch & Steinert (2021), Tables 2 and 3, to two decimals."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from ..errors import HralignError

_OUR_TERM = {"gdp_per_capita": "gdp", "change_in_igo_mean": "d_igo_mean"}


@cache
def _printed() -> dict[str, Any]:
    return json.loads(files(__package__).joinpath("published.json").read_text("utf-8"))


def is_printed(name: str) -> bool:
    """Whether the article itself prints the model's table (the online appendix is not part of it)."""
    return name.split("/")[0] in ("table2", "table3")


def published_model(name: str) -> dict[str, Any]:
    """One printed model: ``table2``, or ``table3/<right>``; further parts of the name are ignored.

    Returns
    -------
    dict
        ``coef`` and ``se`` (Series by term of :data:`hralign.study.specification.TERMS`), ``stars`` (Series),
        and what is printed below the table: ``nobs``, ``groups``, ``loglik``, ``aic``, ``bic``, ``var_*``, …
    """
    table, *rest = name.split("/")
    model = _printed().get(table)
    if table == "table3" and model is not None:
        model = model.get(rest[0]) if rest else None
    if model is None or "coef" not in model:
        raise HralignError(f"The paper prints no model '{name}'. Ask for table2 or table3/<right>.")
    by_term = {
        part: pd.Series(model.get(part, {}), dtype=object if part == "stars" else float).rename(_OUR_TERM)
        for part in ("coef", "se", "stars")
    }
    return model | by_term


def published_facts() -> dict[str, Any]:
    """Numbers that the paper gives in its text: counts of IGOs and exits, years, range of the score."""
    return dict(_printed()["in_text"])


def published_findings() -> pd.DataFrame:
    """What the paper says in words of its results, in sections 6 to 8.

    Returns
    -------
    DataFrame
        Indexed by a short name: ``section``, ``about`` (a hypothesis, or ``all``) and ``words``, as printed.
    """
    return pd.DataFrame(_printed()["findings"]).T


def published_robustness() -> pd.DataFrame:
    """What the paper says in words of its robustness checks, whose tables are in its online appendix.

    Returns
    -------
    DataFrame
        Indexed by model name (``robustness/<name>``): ``says``, ``where``, ``sign`` of the duration slope and
        whether it is ``significant`` (missing where the paper does not say).
    """
    table = pd.DataFrame(_printed()["robustness"]).T
    return table.rename(index="robustness/{}".format)
