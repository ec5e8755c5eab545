"""The invented states and IGOs of a simulated world; their names are built from syllables, none is real."""

from __future__ import annotations

import numpy as np

_ONSETS = ("Vel", "Tor", "Quen", "Zal", "Bre", "Oske", "Myr", "Dra", "Fen", "Hul", "Ix", "Jor", "Kes", "Lum")
_MIDDLES = ("dra", "vo", "qui", "mer", "sha", "tho", "zel", "ry", "pho", "gan", "lio", "bru", "wen", "xa")
_ENDINGS = ("stria", "veth", "mora", "dune", "lisk", "zand", "noor", "quay", "thia", "vost", "reld", "munde")
_BODIES = ("Council", "Compact", "Forum", "Bureau", "Assembly", "Commission", "Concord", "Institute")
FIELDS = {
    "political": ("Common Security", "Borders and Treaties", "Good Offices", "Arbitration", "Joint Defence"),
    "economic": ("Harvest Trade", "Tariffs", "Deep-Water Ports", "Reserve Funds", "Rail and Freight"),
    "social": ("Public Health", "Schooling", "Letters and Museums", "Weather Stations", "Migrant Families"),
}


def _words(n: int, rng: np.random.Generator) -> list[str]:
    """`n` distinct invented words, each an onset, a middle and an ending."""
    size = (len(_ONSETS), len(_MIDDLES), len(_ENDINGS))
    picks = np.unravel_index(rng.permutation(np.prod(size))[:n], size)
    return [_ONSETS[a] + _MIDDLES[b] + _ENDINGS[c] for a, b, c in zip(*picks, strict=True)]


def state_names(n: int, rng: np.random.Generator) -> list[str]:
    """`n` distinct names of states that never existed.

    Examples
    --------
    >>> len(set(state_names(190, np.random.default_rng(1))))
    190
    """
    return _words(n, rng)


def igo_names(fields: list[str], human_rights: np.ndarray, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """A distinct name and acronym for each IGO.

    Parameters
    ----------
    fields : list of {"political", "economic", "social"}
        Policy field of each IGO; it chooses what the name says the IGO is for.
    human_rights : array of bool
        Human-rights IGOs are named after rights whatever their field.
    rng : Generator

    Returns
    -------
    names, acronyms : lists of str
    """
    names, acronyms = [], []
    for word, field, rights in zip(_words(len(fields), rng), fields, human_rights, strict=True):
        body = str(rng.choice(_BODIES))
        purpose = str(rng.choice(FIELDS[field]))
        name = f"{word} Charter on Human Rights" if rights else f"{word} {body} for {purpose}"
        stem = word[:2].upper() + "".join(part[0] for part in name.split()[1:] if part[0].isupper())
        acronym = stem
        while acronym in acronyms:  # two IGOs may share their initials
            acronym = f"{stem}{int(acronym[len(stem) :] or 1) + 1}"
        names.append(name)
        acronyms.append(acronym)
    return names, acronyms
