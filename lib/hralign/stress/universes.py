"""What a multiverse says: shares of one question, marginal means of options, and which choices decide."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..errors import HralignError
from ..study.specification import Z
from .multiverse import CHOICES


def _of_one_question(table: pd.DataFrame) -> pd.DataFrame:
    """Rows that could be fitted; an error where they answer several questions, which no share may mix."""
    if len(table["question"].unique()) > 1:
        asked = ", ".join(table["question"].unique())
        raise HralignError(f"These universes answer several questions ({asked}). Take those of one.")
    return table.dropna(subset=["estimate"])


def shares(table: pd.DataFrame) -> pd.Series:
    """Of the universes of one question: ``universes``, and shares of slopes that are ``positive``, and positive and
    significant at 5 % (two-sided) by either error: ``model_significant``, ``state_significant``."""
    known = _of_one_question(table)
    return pd.Series({
        "universes": len(known),
        "positive": (known["estimate"] > 0).mean(),
        "model_significant": (known["estimate"] / known["model_se"] > Z).mean(),
        "state_significant": (known["estimate"] / known["state_se"] > Z).mean(),
    })  # fmt: skip


def matched(table: pd.DataFrame, choice: str, choices: Iterable[str] = tuple(CHOICES)) -> pd.DataFrame:
    """Sets of universes that differ in one choice only and have all its options; ``set`` numbers them.

    Where options of two choices exclude each other, some universes have no such set; they are left out here.
    """
    known = _of_one_question(table)
    others = [name for name in choices if name != choice]
    numbered = known.assign(set=known.groupby(others, sort=False).ngroup())
    whole = numbered.groupby("set")[choice].transform("nunique") == known[choice].nunique()
    return numbered[whole]


def marginal_means(table: pd.DataFrame, choices: Iterable[str] = tuple(CHOICES)) -> pd.DataFrame:
    """Mean slope of every option over its matched sets, so that options are compared with all else equal.

    Returns
    -------
    DataFrame
        ``choice``, ``option``, ``universes`` (in matched sets), ``mean`` (in units of the estimates), ``positive`` and
        ``state_significant`` (shares), ``median_state_se``.
    """
    choices = tuple(choices)
    rows = []
    for choice in choices:
        sets = matched(table, choice, choices)
        for option, part in sets.groupby(choice, sort=False):
            rows.append({
                "choice": choice, "option": option, "universes": len(part), "mean": part["estimate"].mean(),
                "positive": (part["estimate"] > 0).mean(),
                "state_significant": (part["estimate"] / part["state_se"] > Z).mean(),
                "median_state_se": part["state_se"].median(),
            })  # fmt: skip
    return pd.DataFrame(rows)


def deciding(table: pd.DataFrame, choices: Iterable[str] = tuple(CHOICES)) -> pd.DataFrame:
    """How much each choice decides, with all others equal.

    Returns
    -------
    DataFrame
        ``choice``, ``sets`` (matched), ``swing`` (the median of the largest less the smallest estimate of a set),
        ``sign`` and ``star``: shares of sets in which the choice decides the sign, and whether the slope is positive
        and significant by state.  Sorted by ``swing``.
    """
    choices = tuple(choices)
    rows = []
    for choice in choices:
        sets = matched(table, choice, choices)
        sets = sets.assign(up=sets["estimate"] > 0, clear=sets["estimate"] / sets["state_se"] > Z).groupby("set")
        rows.append({
            "choice": choice, "sets": sets.ngroups,
            "swing": float(np.median(sets["estimate"].max() - sets["estimate"].min())),
            "sign": float(np.mean(sets["up"].any() & ~sets["up"].all())),
            "star": float(np.mean(sets["clear"].any() & ~sets["clear"].all())),
        })  # fmt: skip
    return pd.DataFrame(rows).sort_values("swing", ascending=False, ignore_index=True)
