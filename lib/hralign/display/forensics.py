"""Pictures of a search for codings: how far each row is from print, and what changing one choice costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from ..coding import CHOICES
from ..sources.vocabulary import RIGHTS
from ..stress.forensics import CLEAR
from ..study.specification import LABELS, TERMS
from .tables import present
from .theme import INK, PALETTE, minus

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas.io.formats.style import Styler

WITHIN = 2
"""Printed standard errors up to which a coefficient counts as reproduced."""

EDGE = 8
"""Printed standard errors at which the picture of the rows ends; what lies beyond is drawn as an arrow there."""

_MARKS = {"literal": ("s", PALETTE[1]), "closest": ("o", PALETTE[0])}

SHORT = {
    "statuses": "Who is a member", "left_out": "Which IGOs", "first_year": "Joining in 1965",
    "selected_at": "Selected when", "company": "Whose mean", "duration": "Counting after a return",
    "gdp_series": "Source of GDP", "gdp_scale": "Scale of GDP", "iccpr": "First year of the ICCPR",
    "civil_war": "Which wars", "human_rights_igos": "Human-rights IGOs", "change": "Change in IGO mean",
    "change_of": "Change of which mean", "lag_by": "How the outcome is lagged", "last_year": "Last year",
    "year_over": "Year: standardised over", "gdp_over": "GDP: standardised over",
    "delegation_over": "Delegation: standardised over", "members_over": "Members: standardised over",
}  # fmt: skip
"""The choices in a few words, for figures and tables."""

TABLES = {"table2": "Table 2", **{right: right.replace("_", " ").capitalize() for right in RIGHTS}}
"""The printed tables: Table 2, and the columns of Table 3."""


def rows_off_print(table: pd.DataFrame) -> tuple[Figure, str]:
    """How far each coefficient of Table 2 lies from print under two codings.

    Parameters
    ----------
    table : DataFrame
        From :func:`hralign.stress.forensics.side_by_side`, with codings ``literal`` and ``closest``.
    """
    off = _coefficients(table)[lambda rows: rows["table"] == "table2"].set_index("term")
    figure, ax = plt.subplots(figsize=(4.8, 4.6), layout="constrained")
    ax.axvspan(-WITHIN, WITHIN, color=INK, alpha=0.08, lw=0)
    ax.axvline(0, color=INK, lw=1)
    for name, (mark, colour) in _MARKS.items():
        _dots(ax, off[f"{name} off"], mark, colour, name)
    ax.set(yticks=range(len(TERMS)), yticklabels=[LABELS[term] for term in TERMS], ylim=(len(TERMS) - 0.5, -0.5),
           xlim=(-EDGE - 0.7, EDGE + 0.7), xlabel="Off print, printed standard errors")  # fmt: skip
    ax.grid(axis="y", visible=False)
    ax.legend(loc="lower center", bbox_to_anchor=(0.3, 1.0), ncols=2)
    far = {name: off.index[off[f"{name} off"].abs() > WITHIN] for name in _MARKS}
    alt = "Ten rows of Table 2, each with its distance from print under two codings. " + " ".join(
        f"Under {name}, {len(rows)} lie more than {WITHIN} printed standard errors off: "
        f"{', '.join(LABELS[term] + ' (' + format(off.loc[term, name + ' off'], '+.1f') + ')' for term in rows)}."
        for name, rows in far.items()
    )
    return figure, minus(alt)


def _dots(ax: Axes, off: pd.Series, mark: str, colour: str, label: str) -> None:
    y, inside = np.arange(len(off)), off.abs() <= EDGE
    ax.plot(off[inside], y[inside], mark, color=colour, ms=7, label=label)
    for k in y[~inside]:
        side = np.sign(off.iloc[k])
        ax.plot(side * EDGE, k, ">" if side > 0 else "<", color=colour, ms=8)
        ax.annotate(f"{off.iloc[k]:.0f}".replace("-", "−"), (side * EDGE, k), (-side * 7, 0),
                    textcoords="offset points", ha="right" if side > 0 else "left", va="center")  # fmt: skip


def _coefficients(table: pd.DataFrame) -> pd.DataFrame:
    rows = table[table["number"].str.startswith("coef ")]
    return rows.assign(term=rows["number"].str.removeprefix("coef "))


def what_a_change_costs(rows: pd.DataFrame) -> tuple[Figure, str]:
    """What each other option of each choice adds to the loss, on Table 2 and on Table 3.

    Parameters
    ----------
    rows : DataFrame
        From :func:`costs`.
    """
    figure, ax = plt.subplots(figsize=(4.8, 0.5 * len(CHOICES) + 1.2), layout="constrained")
    ax.axvspan(-CLEAR, CLEAR, color=INK, alpha=0.08, lw=0)
    ax.axvline(0, color=INK, lw=1)
    marks = {
        "table2": ("Table 2, searched", "o", PALETTE[0], 0.12),
        "table3": ("Table 3, held out", "D", PALETTE[4], 0.36),
    }
    others = rows[~rows["kept"].astype(bool)]
    place = {name: k for k, name in enumerate(CHOICES)}
    for column, (label, mark, colour, down) in marks.items():
        y = others["choice"].map(place) + down
        ax.plot(others[column], y, mark, color=colour, ms=5.5, alpha=0.85, label=label)
    for name, k in place.items():
        ax.text(0.01, k - 0.14, SHORT[name], transform=ax.get_yaxis_transform(), va="center", size=10)
        ax.axhline(k + 0.6, color=INK, lw=0.5, alpha=0.2)
    ax.set_xscale("symlog", linthresh=1, linscale=0.8)
    ticks = [-10, -1, 0, 1, 10, 100]
    ax.set(yticks=[], ylim=(len(place) - 0.4, -0.5), xlim=(-20, 150), xlabel="Added to the loss by another option",
           xticks=ticks, xticklabels=[f"{tick:+d}".replace("-", "−") if tick else "0" for tick in ticks])  # fmt: skip
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, columnspacing=1, handletextpad=0.3)
    nearest = others.groupby("choice")["table2"].min()
    told, dear = nearest[nearest > CLEAR].index, nearest.nlargest(3)
    alt = (
        f"One line for each of the {len(place)} choices, with a mark for every other option at what it adds to the "
        f"loss. On Table 2, {len(told)} choices have no other option within {CLEAR}: "
        f"{', '.join(SHORT[name].lower() for name in told)}. The dearest are "
        f"{', '.join(f'{SHORT[name].lower()} (from {cost:.1f})' for name, cost in dear.items())}. Marks of Table 3, "
        f"which was held out, run from {others['table3'].min():.1f} to {others['table3'].max():.0f}."
    )
    return figure, minus(alt)


def costs(profile: pd.DataFrame) -> pd.DataFrame:
    """What every option adds to the loss of the coding that a profile was taken around.

    Returns
    -------
    DataFrame
        ``choice``, ``option``, ``kept``, and added to the loss of ``table2``, of each column of Table 3, and of all of
        ``table3`` (their mean).
    """
    losses = profile[[f"loss_{table}" for table in TABLES]].set_axis(list(TABLES), axis=1)
    added = losses - losses[profile["kept"].astype(bool)].iloc[0]
    added["table3"] = added[list(RIGHTS)].mean(axis=1, skipna=False)
    return pd.concat([profile[["choice", "option", "kept"]], added], axis=1).reset_index(drop=True)


def every_row(table: pd.DataFrame, only: str, caption: str) -> Styler:
    """One printed table beside what each coding would print: estimates with standard errors, sizes and variances.

    Parameters
    ----------
    table : DataFrame
        From :func:`hralign.stress.forensics.side_by_side`.
    only : str
        Which of :data:`TABLES`.
    caption : str
    """
    part = table[table["table"] == only].set_index("number")
    columns = {"Published": "printed", "Closest": "closest", "Literal": "literal"}
    shown = {LABELS[term]: {title: _estimate(part, term, name) for title, name in columns.items()} for term in TERMS}
    for number, (label, form) in _BELOW.items():
        shown[label] = {title: _text(part.loc[number, name], form) for title, name in columns.items()}
    return present(pd.DataFrame(shown).T.rename_axis("Term"), caption)


_BELOW = {
    "nobs": ("Rows", ",.0f"), "groups": ("Cases", ",.0f"), "var_intercept": ("Variance, intercept", ".2f"),
    "var_residual": ("Variance, residual", ".2f"),
}  # fmt: skip


def _estimate(part: pd.DataFrame, term: str, name: str) -> str:
    estimate, error = part.loc[f"coef {term}", name], part.loc[f"se {term}", name]
    off = part.loc[f"coef {term}"].get(f"{name} off", 0.0)
    return f"{_text(estimate)} ({_text(error)}){'†' if abs(off) > WITHIN else ''}"


def _text(value: float, form: str = ".2f") -> str:
    return format(value, form).replace("-", "−")
