"""Numbers in prose come from the record, as prose writes them; claims hold there or are named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hralign.errors import HralignError
from hralign.record.claims import check, look_up, quote, write
from hralign.record.store import CODING, Result, keep


@pytest.fixture(autouse=True)
def kept(record):
    table = pd.DataFrame({
        "state": ["Chad", "Chad", "Côte d'Ivoire", "Sri Lanka"], "year": [2000, 2001, 2000, 2000],
        "score": [-1.5, 0.25, 2.0, np.nan], "size": [1.0, 2.5, 1234567.0, 3.0],
        "kind": ["withdraws", "stays", "stays", "x, y"],
    })  # fmt: skip
    origin = {"source": "real", "data": "x", "coding": CODING}
    keep(Result("part/scores", table, {"nobs": 17056, "share": 0.125, "few": 3, "below": -4, "gone": None}, origin))


@pytest.mark.parametrize(("reference", "value"), [
    ("part/scores 'Sri Lanka' size", 3.0), ('part/scores "Côte d\'Ivoire" score', 2.0), ("part/scores nobs", 17056),
    ("part/scores state=Chad,year=2001 score", 0.25), ("part/scores year=2001 score", 0.25),
    ("part/scores size=2.5 kind", "stays"), ("|part/scores state=Chad,year=2000 score|", 1.5),
    ("|part/scores below|", 4), ("part/scores 'kind=x, y,year=2000' size", 3.0),
    ("published/table2 duration coef", 0.01), ("published/table3/torture nobs", 4869),
])  # fmt: skip
def test_a_reference_finds_its_cell_or_fact(reference, value):
    assert look_up(reference) == value


@pytest.mark.parametrize(("reference", "says"), [
    ("part/scores", "is no reference: write RESULT ROW COLUMN, or RESULT FACT"), ("", "is no reference"),
    ("part/scores a b c", "is no reference"), ("part/none Chad score", "no result 'part/none'.*part/scores"),
    ("part/scores Chad score", "has 2 rows 'Chad'. Its rows: Chad, Côte d'Ivoire, Sri Lanka"),
    ("part/scores Mali score", "has no row 'Mali'"), ("part/scores state=Mali,year=2000 score", "no row 'state=Mali"),
    ("part/scores Mali value", "no column 'value'. It has: state, year, score"),
    ("part/scores land=Chad score", "no column 'land'"),
    ("part/scores state=Chad,2000 score", "no row 'state=Chad,2000'"),
    ("part/scores size", "no fact 'size'. It has: nobs, share"), ("part/scores gone", "no number at .*missing there"),
    ("part/scores 'Sri Lanka' score", "missing there"), ("../secret a b", "cannot name a result"),
    ("part/scores Côte d'Ivoire score", "cannot be read .No closing quotation.. Put quotation marks"),
    ("|part/scores year=2001 kind|", "the size of a word, 'stays'"),
    ("published/table9 duration coef", "prints no model"),
])  # fmt: skip
def test_a_reference_that_finds_nothing_says_why(reference, says):
    with pytest.raises(HralignError, match=says):
        look_up(reference)


@pytest.mark.parametrize(("text", "written"), [
    ("part/scores state=Chad,year=2000 score .2f", "−1.50"), ("|part/scores state=Chad,year=2000 score| .2f", "1.50"),
    ("part/scores nobs ,d", "17,056"), ("part/scores share .0%", "12%"), ("part/scores share +.3f", "+0.125"),
    ("part/scores below d", "−4"), ("part/scores few w", "three"), ("part/scores nobs w", "17,056"),
    ("part/scores below w", "−4"), ("part/scores 'Sri Lanka' kind s", "x, y"), ("part/scores size=2.5 size d", "2"),
    ("part/scores  nobs   ,d ", "17,056"),
])  # fmt: skip
def test_numbers_are_written_as_prose_writes_them(text, written):
    assert quote(text) == written


@pytest.mark.parametrize("text", ["part/scores nobs", "part/scores nobs pretty", "part/scores share s",
                                  "part/scores 'Sri Lanka' kind .2f", "part/scores 'Sri Lanka' kind w",
                                  "part/scores 'Sri Lanka' kind d", ""])  # fmt: skip
def test_a_format_that_does_not_fit_is_named(text):
    with pytest.raises(HralignError, match="cannot be written as|is no reference"):
        quote(text)


def test_counts_up_to_twelve_are_words():
    assert [write(count, "w") for count in (0, 1, 12, 13)] == ["no", "one", "twelve", "13"]


@pytest.mark.parametrize("claim", [
    "part/scores nobs > 17000", "part/scores nobs == 17056", "part/scores nobs != 17057", "part/scores few <= 3",
    "part/scores below < part/scores few", "0 < part/scores share < 0.2", "-2 <= part/scores year=2001 score < 1e3",
    "part/scores year=2001 kind == 'stays'", 'part/scores "Sri Lanka" size >= .5', "|part/scores below| > 3.9",
    "  part/scores few   ==   part/scores 'Sri Lanka' size ",
    "part/scores nobs > 100 * part/scores few",
])  # fmt: skip
def test_a_claim_that_holds_passes(claim):
    check(claim)


@pytest.mark.parametrize(("claim", "says"), [
    ("part/scores nobs < 17000", "is false: part/scores nobs = 17056. Change the sentence, then the claim"),
    ("0 < part/scores few < 3", "is false: part/scores few = 3"),
    ("part/scores few > 1.5 * part/scores few", "is false: part/scores few = 3, 1.5 . part/scores few = 4.5"),
    ("part/scores below > part/scores few", "is false: part/scores below = -4, part/scores few = 3"),
    ("part/scores year=2001 kind == 'leaves'", "is false: .* = stays"), ("part/scores few == 'three'", "is false"),
    ("part/scores nobs", "claims nothing: write REFERENCE > NUMBER"), ("> 3", "claims nothing"), ("", "claims nothing"),
    ("part/scores nobs>3", "claims nothing"), ("part/scores nobs > ", "claims nothing"),
    ("1 < > 2", "'>' cannot name a result"),
    ("part/scores nobs > many", "'many' is no reference"), ("part/scores nobs = 3", "claims nothing"),
    ("part/scores gone > 0", "no number at 'part/scores gone': it is missing there"),
    ("part/scores 'Sri Lanka' score < 1", "it is missing there"), ("part/none a > 1", "no result 'part/none'"),
    ("part/scores year=2001 kind > 3", "compares 'stays' with 3.0, which have no order"),
])  # fmt: skip
def test_a_claim_that_does_not_hold_is_told_with_what_is_known(claim, says):
    with pytest.raises(HralignError, match=says):
        check(claim)
