"""Numbers and claims in prose: how a page refers to a cell of a recorded result, and asserts something of it.

A reference names a result, a row (a value of its first column) and a column, or a result and one of its facts:
``table2/lag duration coef``, ``table2/lag nobs``, and of the paper ``published/table2 duration coef``.  Other columns
can tell a row too: ``state=Zimbabwe,year=2004``.
Bars around a reference take its size without its sign: ``|table2/lag civil_war coef|``.
"""

from __future__ import annotations

import re
import shlex
from typing import Any

import pandas as pd

from ..errors import HralignError
from ..study.published import published_facts, published_model
from .store import Result, recorded

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
"""Small counts as prose writes them (format ``w``)."""

_COMPARE = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip


def look_up(reference: str) -> Any:
    """The number or word that a reference points at.

    Raises
    ------
    HralignError
        If result, row, column or fact do not exist, or several rows fit, or nothing is recorded there.
    """
    size = re.fullmatch(r"\|(.*)\|", reference.strip())
    try:
        words = shlex.split(size[1] if size else reference)
    except ValueError as error:
        said = f"'{reference}' cannot be read ({error}). Put quotation marks around words with spaces or apostrophes."
        raise HralignError(said) from None
    if len(words) not in (2, 3):
        raise HralignError(f"'{reference}' is no reference: write RESULT ROW COLUMN, or RESULT FACT.")
    result = find(words[0])
    value = _fact(result, words[1]) if len(words) == 2 else _cell(result, *words[1:])
    if pd.isna(value):
        raise HralignError(f"The record has no number at '{reference}': it is missing there.")
    if size and isinstance(value, str):
        raise HralignError(f"'{reference}' asks for the size of a word, '{value}'. Take the bars away.")
    return abs(value) if size else value


def find(name: str) -> Result:
    """A result of the record or, behind ``published/``, what the paper printed in a table, or in its ``text``."""
    if not name.startswith("published/"):
        return recorded(name)
    if name == "published/text":
        return Result(name, pd.DataFrame(), published_facts())
    model = published_model(name.removeprefix("published/"))
    by_term = {key: model.pop(key) for key in ("coef", "se", "stars")}
    return Result(name, pd.DataFrame(by_term).rename_axis("term").reset_index(), model)


def _fact(result: Result, fact: str) -> Any:
    if fact not in result.facts:
        known = ", ".join(result.facts) or "none"
        raise HralignError(f"The result '{result.name}' has no fact '{fact}'. It has: {known}.")
    return result.facts[fact]


def _cell(result: Result, row: str, column: str) -> Any:
    table = result.table
    if column not in table:
        raise HralignError(f"The result '{result.name}' has no column '{column}'. It has: {', '.join(table)}.")
    fits = pd.Series(True, index=table.index)
    # a comma parts two pairs only where a column follows: values may hold commas
    pairs = (
        [pair.partition("=") for pair in re.split(r",(?=\w+=)", row)] if "=" in row else [(table.columns[0], "=", row)]
    )
    for key, _, value in pairs:
        if key not in table:
            raise HralignError(f"The result '{result.name}' has no column '{key}'. It has: {', '.join(table)}.")
        fits &= table[key].map(_label).eq(value)
    if fits.sum() != 1:
        rows = ", ".join(table.iloc[:, 0].map(_label).unique()[:12])
        many = f"{fits.sum()} rows" if fits.any() else "no row"
        raise HralignError(f"The result '{result.name}' has {many} '{row}'. Its rows: {rows}.")
    return table.loc[fits, column].iloc[0]


def _label(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def quote(text: str) -> str:
    """What the role ``{rec}`` shows: a reference, then how to write it.

    The format is Python's (``.3f``, ``,d``, ``.0%``), with a true minus; ``w`` writes a small count as a word, ``s`` a
    word as it is.  A leading ``+`` shows the sign of positive numbers too.

    Examples
    --------
    >>> quote("published/table2 nobs ,d"), quote("published/table2 civil_war coef .2f")
    ('17,056', '−0.27')

    Raises
    ------
    HralignError
        As for :func:`look_up`, and if the format does not fit the value.
    """
    reference, _, form = text.strip().rpartition(" ")
    value = look_up(reference)
    return write(value, form)


def write(value: Any, form: str) -> str:
    """A value as prose writes it; see :func:`quote`."""
    try:
        if form == "w":
            count = round(value)
            return WORDS[count] if 0 <= count < len(WORDS) else f"{count:,d}".replace("-", "−")
        value = round(value) if form.endswith("d") else value
        return format(value, form).replace("-", "−" if not isinstance(value, str) else "-")
    except (ValueError, TypeError):
        raise HralignError(f"{value!r} cannot be written as '{form}'. Formats are .3f, ,d, .0%, w, s.") from None


class FalseClaim(HralignError):
    """What a claim says does not hold in the record; the claim itself is sound."""


def holds(claim: str) -> bool:
    """Whether a claim holds in the record; one that cannot be held against it is an error, as for :func:`check`.

    Examples
    --------
    >>> holds("published/table2 duration coef > 0.02")
    False
    """
    try:
        check(claim)
    except FalseClaim:
        return False
    return True


def check(claim: str) -> None:
    """Make sure that a claim holds in the record: ``table2/lag duration z > 3.29``, ``-2 < a b c < 2``.

    Sides are references, numbers, quoted words, or a number times a reference: ``a b c > 2 * d e f``.

    Raises
    ------
    HralignError
        If the claim is false (then a :class:`FalseClaim`), is none, or speaks of something that is not on record.

    Examples
    --------
    What holds passes in silence:

    >>> check("0 < published/table2 duration coef < 0.02")
    """
    parts = re.split(r"\s(<=|>=|==|!=|<|>)\s", f" {claim.strip()} ")
    sides, signs = [part.strip() for part in parts[::2]], parts[1::2]
    if not signs or not all(sides):
        raise HralignError(f"'{claim}' claims nothing: write REFERENCE > NUMBER, with <, <=, >, >=, == or !=.")
    values = [_side(side) for side in sides]
    for k, sign in enumerate(signs):
        try:
            true = _COMPARE[sign](values[k], values[k + 1])
        except TypeError:
            pair = f"{values[k]!r} with {values[k + 1]!r}"
            raise HralignError(f"'{claim}' compares {pair}, which have no order. Mend the claim.") from None
        if not true:
            pairs = zip(sides, values, strict=True)
            known = [f"{side} = {value}" for side, value in pairs if not _is_number(side)]
            found = ", ".join(known)
            raise FalseClaim(f"The claim '{claim.strip()}' is false: {found}. Change the sentence, then the claim.")


def _side(side: str) -> Any:
    if _is_number(side):
        return float(side)
    if times := re.fullmatch(r"([\d.]+) \* (.+)", side):
        return float(times[1]) * look_up(times[2])
    quoted = re.fullmatch(r"([\"'])(.*)\1", side)
    return quoted[2] if quoted else look_up(side)


def _is_number(side: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", side) is not None
