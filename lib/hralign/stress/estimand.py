"""What H2 is about, computed from the truth of a simulated world: the effect of a further year of membership."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..errors import HralignError
from ..memberships import CASE, full_members
from ..panel import add_distances
from ..sources.tables import Sources


def effect_of_membership(src: Sources, panel: pd.DataFrame) -> dict[str, float]:
    """The average effect of a further year of membership on distance, in points per year.

    A paired counterfactual.  The same history is run without its mechanism: same states, same memberships, same shocks
    and errors.  For each selected case the difference of distance, with minus without, is followed through the years of
    membership; its mean change from one year to the next, over all cases and years, is the effect.  As influence
    decides neither who belongs where nor the own course of any state, the other run needs no second simulation: its
    latent scores are the ``own_course`` of the truth, and errors cancel.

    Parameters
    ----------
    src : Sources
        A simulated world with its truth.
    panel : DataFrame
        Its panel; the cases in it are averaged over.

    Returns
    -------
    dict
        ``effect``, by all IGOs together; ``own_effect``, the part of it that the IGO of the case brings about in its
        members' own scores.  Both are exactly zero where IGOs do nothing.

    Raises
    ------
    HralignError
        If the sources have no truth.
    """
    if src.truth is None:
        raise HralignError(
            "An effect computed from the truth needs a simulated world that knows it; this source does not."
        )
    latent = src.truth.latent.set_index(["state", "year"])
    shift = (latent["score"] - latent["own_course"]).rename("score")
    inside = panel.loc[panel["member"].eq(1) & panel["score"].notna(), [*CASE, "year", "member"]]
    rows = add_distances(inside.reset_index(drop=True), full_members(src), shift)
    again = rows["year"].diff().eq(1) & rows[CASE].eq(rows[CASE].shift()).all(axis=1)
    own = src.truth.influence.assign(own=src.truth.influence.iloc[:, 3:].sum(axis=1))
    by_igo = rows[again].merge(own[[*CASE, "year", "own"]], how="left", on=[*CASE, "year"])["own"]
    return {
        "effect": float(rows["distance"].diff()[again].mean()),
        "own_effect": float(by_igo.fillna(0.0).mean()) if len(by_igo) else np.nan,
    }
