"""What the four tests of the paper say of one source, each as a number, its errors and a word.

The paper reads H1 and H3 from curves and H2 and H4 from models.  Here each is one number with a rule, stated once, so
that the same reading can be applied to the real data and to worlds whose truth is known.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..errors import NotEnoughData
from ..mixed import MixedFit
from ..panel import build_panel
from ..sources.tables import Sources
from .alignment import fit_alignment
from .event_time import exit_changes, fit_approach
from .specification import Specification, Z

MOTIVES = ("instrumental", "intrinsic", "neither")

HYPOTHESES = {
    "H1": "slope of distance in the ten years before accession",
    "H2": "slope of distance on duration of membership",
    "H3": "change of distance after withdrawal",
    "H4": "slope of distance in disappearances on duration",
}

READINGS = {
    "H1": {1: "instrumental", 0: "neither", -1: "neither"},
    "H2": {1: "intrinsic", 0: "neither", -1: "neither"},
    "H3": {1: "intrinsic", 0: "intrinsic", -1: "instrumental"},
    "H4": {1: "intrinsic", 0: "neither", -1: "instrumental"},
}
"""The paper's reading of a significantly positive, an insignificant and a significantly negative number.

A record that does not fall back after exit counts for intrinsic motives, as the paper has it, however few the exits."""


def test_hypotheses(src: Sources, score: str = "fariss", *, panel: pd.DataFrame | None = None) -> pd.DataFrame:
    """The four tests on one source.

    Parameters
    ----------
    src : Sources
    score : str
        Measure of respect of the first three.
    panel : DataFrame, optional
        Its panel with that score, if it has been built already.

    Returns
    -------
    DataFrame
        Indexed by H1 ... H4: ``estimate``, ``model_se`` (as the model or the cases have it), ``state_se`` (allowing
        for dependence within states) and the word each error leads to, ``model_says`` and ``state_says``.
        A test that cannot be made (no withdrawal, too few cases) has missing numbers and says 'neither'.
    """
    panel = build_panel(src, score) if panel is None else panel
    made = {
        "H1": _attempt(lambda: _of_fit(fit_approach(panel), "years_to_accession")),
        "H2": _attempt(lambda: _of_fit(fit_alignment(panel), "duration")),
        "H3": _attempt(lambda: _of_exits(panel)),
        "H4": _attempt(lambda: _of_fit(_disappearances(src), "duration")),
    }
    table = pd.DataFrame(made, index=["estimate", "model_se", "state_se"]).T.rename_axis("hypothesis")
    for which in ("model", "state"):
        z = table["estimate"] / table[f"{which}_se"]
        sign = np.sign(z).where(z.abs() > Z, 0).where(z.notna())
        table[f"{which}_says"] = [
            "neither" if pd.isna(s) else READINGS[name][int(s)] for name, s in zip(table.index, sign, strict=True)
        ]
    return table


test_hypotheses.__test__ = False  # a function of the study, not of the test suite


def overall(words: pd.Series) -> str:
    """The paper's way of weighing the four: which motive is spoken for and by how many.

    'intrinsic' if H2 says so and nothing says instrumental; 'instrumental' if something does and H2 is silent;
    'both' if something does and H2 speaks as well; 'neither' if H2 is silent and nothing says instrumental.
    """
    gradual, strategic = words["H2"] == "intrinsic", (words == "instrumental").any()
    return {(True, False): "intrinsic", (False, True): "instrumental", (True, True): "both"}.get(
        (bool(gradual), bool(strategic)), "neither"
    )


def _attempt(make) -> list[float]:
    try:
        return make()
    except NotEnoughData:
        return [np.nan] * 3


def _of_fit(fit: MixedFit, term: str) -> list[float]:
    return [fit.params[term], fit.bse[term], float(np.sqrt(fit.vcov("state").loc[term, term]))]


def _disappearances(src: Sources) -> MixedFit:
    return fit_alignment(build_panel(src, "disappearances"), spec=Specification("disappearances"))


def _of_exits(panel: pd.DataFrame) -> list[float]:
    """Mean change after withdrawal; errors by case and by state."""
    changes = exit_changes(panel).query("exit_kind == 'withdraws'").dropna(subset=["change"])
    if changes["state"].nunique() < 2:
        raise NotEnoughData("Fewer than two states withdrew from below and can be followed: no mean change to judge.")
    mean, n = changes["change"].mean(), len(changes)
    by_state = (changes["change"] - mean).groupby(changes["state"]).sum()
    clusters = len(by_state)
    robust = np.sqrt((by_state**2).sum() * clusters / (clusters - 1)) / n
    return [mean, changes["change"].std() / np.sqrt(n), float(robust)]
