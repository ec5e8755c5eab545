"""The page on the reproduction counts what the table of claims holds, and says where it is asked for something else."""

from __future__ import annotations

import pytest
import reproduction_page as page

from hralign.errors import HralignError
from hralign.record.reproduction import SCALE, claims, counted, graded


def cells(lines):
    """The rows of a list-table, headings first."""
    rows = []
    for line in lines:
        if line.startswith("* -"):
            rows.append([])
        if line.startswith(("* -", "  -")):
            rows[-1].append(line[3:].strip())
    return rows


def test_counts_on_the_page_are_those_of_the_claims():
    times = counted(claims())
    assert {row[0].strip("*"): int(row[2]) for row in cells(page.scale())[1:]} == times.to_dict()
    assert all(page.tally(f"verdict {word}") == f"{times[word]:,d}" for word in SCALE)
    items = graded(claims())
    for row, (name, item) in zip(cells(page.items())[1:], items.iterrows(), strict=True):
        assert row[0].startswith(f"[{name}]") and row[1] == item["aea"]
        assert row[2] == (f"{item['reproduced']} of {item['claims']}" if item["claims"] else "–")
    assert page.tally("all claims") == str(items["claims"].sum()) and page.tally("coefficient claims") == "50"


def test_every_claim_is_on_the_page_once():
    models = [row for model in page.MODELS for row in cells(page.numbers(model))[1:]]
    assert len(models) == 5 * (10 + 9)
    text = ("Numbers in the text", "Figure 2, Figure 3, Figure 4", "Online appendix", "Verdicts")
    listed = sum(len(cells(page.listing(which))) - 1 for which in text)
    assert listed == (~claims()["item"].str.startswith("Table")).sum()


def test_tables_are_rectangular():
    for lines in (page.items(), page.scale(), page.numbers("table2"), page.listing("Verdicts")):
        assert len({len(row) for row in cells(lines)}) == 1


@pytest.mark.parametrize(("ask", "says"), [
    (lambda: page.numbers("table9"), "prints no model 'table9'"),
    (lambda: page.listing("Table 9"), "belongs to 'Table 9'"),
    (lambda: page.tally("Table 9 claims"), "counts nothing"), (lambda: page.tally("all peru"), "counts nothing"),
    (lambda: page.tally("verdict peru"), "counts nothing"),
])  # fmt: skip
def test_what_is_not_there_is_named(ask, says):
    with pytest.raises(HralignError, match=says):
        ask()


def test_a_small_count_can_be_a_word():
    assert page.tally("Figure 2 claims w") == "four" and page.tally("Figure 2 claims") == "4"
    assert page.tally("Table 3 claims w") == "156" and page.tally("Table 2 aea") == graded().loc["Table 2", "aea"]
