"""The models of the paper as data: what differs from table to table, which is score, timing, controls or cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..coding import Coding, find_coding
from ..controls import SCALED
from ..sources.vocabulary import RIGHTS

TERMS = (
    "intercept", "duration", "year", "gdp", "iccpr", "civil_war", "delegation", "human_rights_igo",
    "members", "d_igo_mean",
)  # fmt: skip
"""Terms of every model, in the order of the paper's tables."""


def labels(coding: Coding | str | None = None) -> dict[str, str]:
    """How tables name the terms under a coding; (z) marks those that are standardised."""
    gdp = "Log GDP per capita (z)" if find_coding(coding).gdp_scale == "log" else "GDP per capita (z)"
    return {
        "intercept": "Intercept",
        "duration": "Duration of membership",
        "year": "Year (z)",
        "gdp": gdp,
        "iccpr": "ICCPR ratified",
        "civil_war": "Civil war",
        "delegation": "Delegation (z)",
        "human_rights_igo": "Human-rights IGO",
        "members": "Number of members (z)",
        "d_igo_mean": "Change in IGO mean",
        "tax_gdp": "Taxes / GDP (z)",
    }


LABELS = labels()
"""How tables name the terms under the default coding."""

STANDARDISED = SCALED
"""Terms that are standardised; over which rows, the coding says."""

FLAGS = ("iccpr", "civil_war", "human_rights_igo")
"""Controls of 0 and 1, which can be constant in a part of the cases."""

TIMINGS = {"lag": -1, "same": 0, "lead": 1}
"""Year of the outcome relative to the year of the covariates."""

LAST_YEAR = find_coding().last_year
"""Last year of the estimation sample under the default coding."""


Z = 1.96
"""Two-sided 5 % point of the normal distribution: where the book, as the paper, draws its line."""


@dataclass(frozen=True)
class Specification:
    """One model: what differs from the model of Table 2.

    Attributes
    ----------
    score : str
        Measure of respect for human rights, one of :data:`hralign.sources.SCORES`.
    timing : str
        When the outcome is taken, one of :data:`TIMINGS`.
    cases : str
        Query on the panel's columns that keeps a part of the cases; all by default.
    differenced : bool
        The outcome is the yearly change in distance.
    swap : tuple of (str, str)
        A control and the column that takes its place.
    extra : tuple of str
        Further controls; text columns become dummies against their largest group.
    without : tuple of str
        Controls left out.
    """

    score: str = "fariss"
    timing: str = "lag"
    cases: str = ""
    differenced: bool = False
    swap: tuple[str, str] = ()
    extra: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """Fixed effects before dummies are made and constant ones dropped."""
        swapped = dict([self.swap] if self.swap else [])
        return (*(swapped.get(term, term) for term in TERMS if term not in self.without), *self.extra)


SPECIFICATIONS: Mapping[str, Specification] = {
    **{f"table2/{timing}": Specification(timing=timing) for timing in TIMINGS},
    **{f"table3/{right}/{timing}": Specification(right, timing) for right in RIGHTS for timing in TIMINGS},
    "robustness/physint": Specification("physint"),
    "robustness/human_rights_igos": Specification(cases="human_rights_igo == 1"),
    "robustness/other_igos": Specification(cases="human_rights_igo == 0"),
    "robustness/political": Specification(cases="political == 1"),
    "robustness/economic": Specification(cases="economic == 1"),
    "robustness/social": Specification(cases="social == 1"),
    "robustness/regions": Specification(extra=("region",)),
    "robustness/differenced": Specification(differenced=True),
    "robustness/tax_gdp": Specification(swap=("gdp", "tax_gdp")),
}
"""Every alignment model of the book by its name in ``hralign replicate``."""
