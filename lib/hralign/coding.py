"""The coding: every choice that makes the panel and the estimation sample where the article is silent, as data.

Each field of :class:`Coding` is one choice.  Its metadata say what is chosen, what speaks for an option, and which
options there are; the first is that of the first edition.  Adding a choice is adding a field and reading it once, in
:mod:`hralign.panel` or :mod:`hralign.study.alignment`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from .errors import HralignError

SPANS = ("sample", "case years", "memberships", "everything")
"""Rows over which a control is standardised: the estimation sample; all years of the panel; all membership rows,
followed or not; all states in all living IGOs in all years.  All end with the last year of the sample."""

_SPANS = {
    "sample": "the rows of the model",
    "case years": "all years of the selected cases",
    "memberships": "all membership rows",
    "everything": "all states × living IGOs × years",
}
_NO_WORD = "the article does not say how it standardised"


def _choice(meaning: str, source: str, options: Mapping[Any, str], part: str = "panel", numbers: bool = False) -> Any:
    first = next(iter(options))
    about = {"meaning": meaning, "source": source, "options": dict(options), "part": part, "numbers": numbers}
    return field(default=first, metadata=about)


@dataclass(frozen=True)
class Coding:
    """One way of making the panel and the estimation sample; the defaults are the coding of the first edition.

    The fields and their options, with meaning and source, are in :func:`choices`.

    Raises
    ------
    HralignError
        If a field has an unknown option, or two options exclude each other.
    """

    # --- memberships and cases ----------------------------------------------------------------------------------
    statuses: tuple[int, ...] = _choice(
        "COW statuses that count as membership",
        "section 5 speaks of members only; COW has full members (1), associates (2) and observers (3)",
        {(1,): "full members", (1, 2): "and associates", (1, 2, 3): "and observers"},
    )
    left_out: tuple[int, ...] = _choice(
        "IGOs with authority scores that are left out",
        "the article has 73 IGOs; COW lists the IOM (2250) from its founding as a committee in 1951",
        {(): "none", (2250,): "the IOM"},
    )
    first_year: str = _choice(
        "states that join in the first year of the window, 1965",
        "section 5: states that 'became IGO members in the observation period'",
        {"left out": "are left aside", "joined": "count as joining", "present": "and all who are members then, too"},
    )
    selected_at: str = _choice(
        "when a case must stand below the IGO mean",
        "section 5: 'worse human rights records before membership'",
        {"year before": "in the year before accession", "accession": "in the accession year",
         "mean before": "on average over all years before accession"},
    )  # fmt: skip
    company: str = _choice(
        "whose scores make the IGO mean",
        "footnote 16: the state whose distance is studied is excluded",
        {"others": "all other members", "all": "all members, the state itself included"},
    )
    duration: str = _choice(
        "what the count of membership years does when a state returns",
        "section 5.2: 'number of membership years'",
        {"cumulative": "goes on", "by spell": "begins again", "since accession": "has gone on meanwhile"},
    )
    # --- controls -----------------------------------------------------------------------------------------------
    gdp_series: str = _choice(
        "source of GDP per capita",
        "section 5.3: the World Bank, of which there are several editions",
        {"world bank": "World Development Indicators", "fariss": "Fariss et al. (2022), with fewer gaps"},
    )
    gdp_scale: str = _choice(
        "scale of GDP per capita", "section 5.3 and Table 2: 'GDP per capita'", {"log": "logarithm", "level": "dollars"}
    )
    iccpr: str = _choice(
        "first year in which a state counts as a party to the ICCPR",
        "section 5.3: 'a binary variable coded for each state-year'",
        {"that year": "the year of ratification", "year after": "the year after"},
    )
    civil_war: str = _choice(
        "conflicts that count as civil war",
        "section 5.3: 'ongoing civil wars'; UCDP tells internationalised ones apart",
        {"all": "intrastate, internationalised or not", "intrastate": "without internationalised ones"},
    )
    human_rights_igos: str = _choice(
        "which IGOs are human-rights IGOs",
        "section 5.3 names none; sections 2 and 3 give the UN Human Rights Council as an example",
        {"eight": "Council of Europe, ICC, ILO, OAU/AU, OSCE, OAS, UN, UNESCO",
         "four": "Council of Europe, OSCE, OAS, OAU/AU",
         "eight, UN late": "the eight, the UN from its Human Rights Council (2006) on",
         "four, UN late": "the four, and the UN from 2006 on", "political": "COW's political IGOs",
         "either": "the eight and COW's political IGOs", "none": "the control is left out"},
    )  # fmt: skip
    change: str = _choice(
        "which change in the IGO mean is controlled for",
        "section 5.3: 'the annual change in the average human rights scores of IGOs'",
        {"current - previous": "this year's less last year's", "previous - current": "last year's less this year's",
         "next - current": "next year's less this year's", "current - next": "this year's less next year's"},
    )  # fmt: skip
    change_of: str = _choice(
        "which mean that is the change of",
        "section 5.3: 'the average human rights scores of IGOs'",
        {"company": "the IGO mean as in the distance", "all": "the mean over all members"},
    )
    # --- sample -------------------------------------------------------------------------------------------------
    lag_by: str = _choice(
        "how the outcome is shifted by one year",
        "section 5.1: 'we lagged all our outcome variables by one year'",
        {"calendar": "by calendar year", "row": "to the panel's previous row of the case",
         "membership": "to the case's previous membership row"},
        "sample",
    )  # fmt: skip
    last_year: int = _choice(
        "last year of the sample",
        "section 5 says 2014, beyond the scores (2013)",
        {2010: "", 2008: "", 2009: "", 2011: "", 2012: "", 2013: ""}, "sample", numbers=True,
    )  # fmt: skip
    year_over: str = _choice("rows over which the year is standardised", _NO_WORD, _SPANS, "scale")
    gdp_over: str = _choice("rows over which GDP is standardised", _NO_WORD, _SPANS, "scale")
    delegation_over: str = _choice("rows over which delegation is standardised", _NO_WORD, _SPANS, "scale")
    members_over: str = _choice("rows over which the number of members is standardised", _NO_WORD, _SPANS, "scale")

    def __post_init__(self) -> None:
        for choice in fields(self):
            options, value = choice.metadata["options"], getattr(self, choice.name)
            number = isinstance(value, int) and not isinstance(value, bool)
            if choice.metadata["numbers"] and number:
                continue
            if not isinstance(value, (str, int, tuple)) or value not in options:
                known = ", ".join(repr(option) for option in options)
                raise HralignError(f"The coding's {choice.name} has no option {value!r}. Choose one of: {known}.")
        if self.first_year == "present" and self.selected_at != "accession":
            raise HralignError(
                "Two choices exclude each other: with first_year='present', states are followed that were members "
                f"before, so that no case can be selected by its '{self.selected_at}'. Select at 'accession'."
            )

    def __deepcopy__(self, memo: dict[int, Any]) -> Coding:
        return self  # frozen; pandas copies the attrs of a panel with every step

    @property
    def name(self) -> str:
        """Its name in :data:`CODINGS`, or what differs from the default, or "default" where nothing does."""
        for name, known in CODINGS.items():
            if self == known:
                return name
        return f"{DEFAULT} but {', '.join(f'{key}={value!r}' for key, value in self.differs(CODINGS[DEFAULT]).items())}"

    def differs(self, other: Coding) -> dict[str, Any]:
        """The choices in which this coding is another than ``other``, with the options it has."""
        mine = {choice.name: getattr(self, choice.name) for choice in fields(self)}
        return {name: option for name, option in mine.items() if option != getattr(other, name)}

    def vary(self, **options: Any) -> Coding:
        """This coding with other options for some choices; an unknown choice is an error that lists the known."""
        unknown = sorted(set(options) - set(CHOICES))
        if unknown:
            raise HralignError(f"A coding has no choice '{unknown[0]}'. Its choices: {', '.join(CHOICES)}.")
        return replace(self, **options)

    def over(self, term: str) -> str:
        """The rows over which a term is standardised, one of :data:`SPANS`; the sample where nothing is said."""
        return getattr(self, f"{term}_over", "sample")


CHOICES: Mapping[str, Mapping[str, Any]] = {choice.name: choice.metadata for choice in fields(Coding)}
"""Every choice: ``meaning``, ``source``, ``options`` (option -> words) and ``part``, what it is read for: ``panel``,
``sample`` or ``scale``."""

CODINGS: Mapping[str, Coding] = {
    "closest": Coding(
        left_out=(2250,),
        first_year="joined",
        gdp_scale="level",
        civil_war="intrastate",
        human_rights_igos="eight, UN late",
        change="previous - current",
        last_year=2009,
        year_over="everything",
        gdp_over="everything",
        delegation_over="everything",
        members_over="everything",
    ),
    "literal": Coding(),
}
"""The codings with a name.

``closest``: what the printed Table 2 identifies is adopted (:mod:`hralign.stress.forensics`); where it cannot tell, the
article's words decide (members are full members, the IGO mean is that of the others, GDP is GDP and not its logarithm);
where neither can, the simplest does (one set of rows to standardise over).  ``literal``: the first edition's.
"""

DEFAULT = "closest"
"""The coding that is meant where none is named: that of every reconstruction, and of the record."""


def find_coding(coding: Coding | str | None = None) -> Coding:
    """A coding, by itself or by its name; without one, the default."""
    if isinstance(coding, Coding):
        return coding
    name = DEFAULT if coding is None else coding
    if name not in CODINGS:
        raise HralignError(f"There is no coding {name!r}. Choose one of: {', '.join(CODINGS)}; or make a Coding.")
    return CODINGS[name]
