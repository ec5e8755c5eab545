"""Whether the evidence of a world points to the mechanism that made it: else asking for it would be unfair."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

import hralign as hr

LIKE, SHARP = 0.4, 5.0
"""A mean rank of entrants below the first shows selection, an approach (z, by state) beyond the second a price."""


@dataclass(frozen=True)
class Evidence:
    """The four tests with their ``z`` (states clustered) and the ``ranks`` of entrants in one world."""

    tests: pd.DataFrame
    z: pd.Series
    ranks: pd.Series


def diagnose(found: Evidence) -> str:
    """The mechanism that a careful reader would name.

    Selection shows in who joins; a price in a sharp approach that is taken back; internalisation in alignment during
    membership that lasts.
    """
    z, after = found.z, found.tests.loc["H3", "estimate"]
    if found.ranks.mean() < LIKE:
        return "selection"
    if z["H1"] > SHARP and after < 0:
        return "instrumental"
    if z["H2"] > hr.Z and z["H1"] > 0 and after > 0:
        return "intrinsic"
    return "null" if z["H2"] < hr.Z and z["H1"] < hr.Z else "unclear"


def fair_evidence(src: hr.Sources, mechanism: str) -> Evidence | None:
    """The evidence of this world, if it points to what made it; else the question would be unfair."""
    tests = hr.test_hypotheses(src)
    found = Evidence(tests, tests["estimate"] / tests["state_se"], hr.who_joins(src)["rank"])
    return found if diagnose(found) == mechanism else None
