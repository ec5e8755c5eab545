"""What an answer earns: the table of slips, and the words that go with them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from hrclass.assignments import ASSIGNMENTS
from hrclass.bank import half
from hrclass.draws import draw_for
from hrclass.execution import Odd
from hrclass.questions import CREDIT, Choice, Function, Given, Number, Question, Slip, mark_all
from hrclass.written import Written, cited

SECRET = b"0123456789abcdef" * 3
TABLE = Path(__file__).with_name("slips.csv")
INFINITE = Odd(**{"is": "infinite"})


def lowered(part, digits):
    return round(float(part.right), digits) if digits > 0 else float(round(part.right))


SLIPS = {
    "as asked": lambda part: lowered(part, part.digits) if part.digits else part.right,
    "in full": lambda part: float(part.right),
    "a decimal less": lambda part: lowered(part, part.digits - 1) if part.digits else None,
    "one digit": lambda part: float(f"{part.right:.1g}") if part.digits else None,
    "percent": lambda part: 100 * part.right if part.share else None,
    "sign": lambda part: -part.right if part.right else None,
    "swapped": lambda part: part.partner[1] if part.partner else None,
    "bootstrap": lambda part: 1.1 * part.right if part.near else None,
    "text": lambda part: f"{part.right:.6f}" if part.digits else str(part.right),
    "infinite": lambda part: INFINITE,
    "nothing": lambda part: None,
    "another number": lambda part: 1.37 * part.right + 11,
}
"""What a student may write for a number instead of the right one; None where the slip makes no sense."""


def table():
    """Points of each slip in each number of the bank, all else right; further columns for carrying on and reusing."""
    rows = []
    for chapter, one in ASSIGNMENTS.items():
        draw = draw_for(SECRET, chapter, "anna", one.evidence)
        for k in range(3):
            questions = one.questions(draw, [k] * len(one.slots))
            right = {part.name: float(part.right) if isinstance(part, Number) else part.right
                     for q in questions for part in q.parts if isinstance(part, Number | Choice)}  # fmt: skip
            for question in questions:
                for part in question.parts:
                    if isinstance(part, Number):
                        rows.append(row_of(chapter, question, part, questions, right))
    return rows


def row_of(chapter, question, part, questions, right):
    def earned(last, first=None):
        marks = {mark.name: mark for of_one in mark_all(questions, last, first) for mark in of_one}
        return f"{marks[part.name].points:g}"

    row = {"chapter": chapter, "question": question.title, "answer": part.name, "of": f"{part.points:g}"}
    for name, slip in SLIPS.items():
        value = slip(part)
        row[name] = "" if value is None and name != "nothing" else earned({**right, part.name: value})
    own = {slip.kind: slip.value for slip in reversed(part.slips) if not part.close(slip.value, part.right)}
    row["known"] = " ".join(f"{kind}={earned({**right, part.name: value})}" for kind, value in sorted(own.items()))
    row["carried"] = ""
    if part.follows:
        wrong = {**right, part.of[0]: 1.5 * right[part.of[0]] + 0.01}
        row["carried"] = earned({**wrong, part.name: part.follows(wrong)})
    row["reused"] = earned({**right, part.name: 1.37 * part.right + 11}, {**right, part.name: part.right})
    return row


@pytest.mark.slow
def test_the_table_of_slips_is_the_one_that_was_read():
    """After a change: ``python tests/hrclass/test_marking.py``, then read what is different."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        known = list(csv.DictReader(file))
    assert [{key: str(value) for key, value in row.items()} for row in table()] == known


def test_the_table_makes_sense():
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        of = float(row["of"])
        assert float(row["as asked"]) == float(row["in full"]) == of, row
        assert float(row["infinite"]) == float(row["nothing"]) == 0, row
        assert float(row["text"]) >= 0.6 * of, row
        assert float(row["reused"]) >= 0.5 * of, row
        for slip, least in {"a decimal less": 0.5, "percent": 0.8, "sign": 0.5, "swapped": 0.5, "bootstrap": 0.9,
                            "carried": 0.6}.items():  # fmt: skip
            assert not row[slip] or float(row[slip]) >= least * of - 1e-9 or row[slip] == row["another number"], (
                slip,
                row,
            )
        assert float(row["another number"]) < of, row
    carried = [row for row in rows if row["carried"]]
    assert len(carried) > 20 and sum(bool(row["known"]) for row in rows) > 60


# ------------------------------------------------------------------------------------------------------- the words
NUMBER = Number("b", 0.0312, 4, "points a year", 4, "divide a by c", follows=lambda a: a["a"] / 10, of=("a",),
                partner=("c", 0.5), near=(0.1, "`b` looks like a bootstrap"),
                slips=(Slip("timing", 0.044, "`b` is that of timing `lead`"), half(0.06, "halve it")))  # fmt: skip


def mark(part, value, **more):
    return part.mark(Given({part.name: value, **more.pop("others", {})}, **more))


@pytest.mark.parametrize(("value", "kind", "said"), [
    (0.0312, "", ""), (0.03124, "", ""), (0.031, "rounded", "keep 4 decimals"), (0.03, "rounded", "keep 4 decimals"),
    (-0.0312, "sign", "wrong sign"), (0.5, "swapped", "belongs into `c`"), (0.044, "timing", "timing `lead`"),
    (0.06, "half", "halve it"), (0.0335, "near", "looks like a bootstrap"), ("0,0312", "text", "without quotation"),
    ("−0.5 or so", "wrong", "without quotation"), (INFINITE, "missing", "infinite"), (True, "wrong", "not a single"),
    ([0.0312], "wrong", "not a single number"), (None, "missing", "has no value"), (9.9, "wrong", "divide a by c"),
])  # fmt: skip
def test_a_slip_has_its_credit_and_a_sentence(value, kind, said):
    found = mark(NUMBER, value)
    assert (found.slip, found.points) == (kind, pytest.approx(4 * CREDIT.get(kind, 0)))
    assert said in found.says and "0.0312" not in found.says


def test_rounding_that_loses_much_is_told_apart():
    part = Number("b", 0.0352, 2, "points a year", 4, "divide a by c")
    assert [mark(part, value).slip for value in (0.035, 0.04, 0.0)] == ["rounded", "coarse", "wrong"]


def test_no_sentence_ends_at_not_right():
    for chapter, one in ASSIGNMENTS.items():
        questions = one.questions(draw_for(SECRET, chapter, "anna", one.evidence), [0] * len(one.slots))
        wrong = {part.name: 987.6 for question in questions for part in question.parts if isinstance(part, Number)}
        for of_one in mark_all(questions, wrong):
            for found in of_one:
                assert not found.says.endswith("not right yet"), found


def test_the_right_method_with_a_wrong_number_is_carried_on_and_on():
    parts = [Number("a", 1.0, 1, "points", 2, "look it up"),
             Number("b", 10.0, 1, "points", 2, "times ten", follows=lambda a: 10 * a["a"], of=("a",)),
             Number("c", 100.0, 1, "points", 2, "times ten", follows=lambda a: 10 * a["b"], of=("b",)),
             Choice("d", "large", ("large", "small"), 1, "above fifty",
                    follows=lambda a: "large" if a["c"] > 50 else "small", of=("c",))]  # fmt: skip
    questions = [Question("t", "t", "", (part,)) for part in parts]

    def slips(**answers):
        return [found.slip for of_one in mark_all(questions, answers) for found in of_one]

    assert slips(a=1, b=10, c=100, d="large") == [""] * 4
    assert slips(a=2.5, b=25, c=250, d="large") == ["wrong", "carried", "carried", ""]
    assert slips(a=0.2, b=2, c=20, d="small") == ["wrong", "carried", "carried", "carried"]
    assert slips(a=0.2, b=2, c=20, d="large")[3] == "unfounded"
    assert slips(a=0.996, b=9.96, c=99.6, d="large") == [""] * 4, "rounded as asked, and on from there"
    assert slips(a="x", b=7.5, c=75, d="large") == ["wrong", "wrong", "carried", ""]
    assert slips(a=1.5, b=7, c=70, d="large")[2:] == ["wrong", "unfounded"], "seven is made up, and carries nothing on"
    assert slips(a=0, b=0, c=0, d="Large.") == ["wrong"] * 3 + ["unfounded"]


def test_a_name_that_was_used_again_is_forgiven_once_and_for_numbers_only():
    assert mark(NUMBER, 3.0, first={"b": 0.0312}).slip == "reused"
    word = Choice("d", "large", ("large", "small"), 1, "above fifty")
    assert mark(word, "small", first={"d": "large"}).points == 0


def test_counts_are_exact():
    part = Number("n", 100, 2, "a number of cases", 0, "count them", slips=(half(120, "too many"),))
    assert [mark(part, value).points for value in (100, 100.0, 101, 99.9999, 120)] == [2, 2, 0, 0, 1]


def test_a_function_earns_by_its_results():
    part = Function("f", ((1,), (2,)), ([1.0, None], [4.0]), 3, ("first", "second"), "`f` gives a list")
    assert mark(part, [[1.0, None], [4.0]]).points == 3
    assert mark(part, [[1.0, Odd(**{"is": "missing (NaN)"})], [4.0]]).points == 3
    assert (mark(part, [[1.0, 2.0], [4.0]]).points, mark(part, [[1.0, 2.0], [4.0]]).says) == (1.5, "`f`: first")
    assert mark(part, None).points == mark(part, [None, None]).points == mark(part, 3).points == 0


# ----------------------------------------------------------------------------------------------- written answers
TEXT = Written("t", "Why?", "defence", 4.0, 20, ("a", "b"), ((3.6, "all"), (2, "half"), (1, "some"), (0.5, "little")))
GOOD = ("The slope of 0.031 is small, but at 4.2 errors it is clear. A rival world in which nothing happens would show "
        "no such thing, unless the years themselves had moved every state at once.")  # fmt: skip


@pytest.mark.parametrize(("text", "points", "said"), [
    (GOOD, 0.4, ""), ("bla " * 80, 0, "repeats itself"), ("Yes, 0.031 and 4.2.", 0, "words, 20 are asked for"),
    (GOOD.replace("0.031", "0.9"), 0, "fewer than two of your numbers"), ("\n...\n", 0, "has no text"),
    (7, 0, "has no text"),
    (GOOD.replace("0.031", "3.1 per cent"), 0.4, ""), (GOOD.replace("4.2", "−4.2"), 0, "fewer than two"),
])  # fmt: skip
def test_form_earns_a_tenth_and_nothing_earns_more(text, points, said):
    found = mark(TEXT, text, others={"a": 0.0312, "b": 4.2})
    assert (found.points, found.possible) == (points, 0.4)
    assert said in found.says and bool(said) == bool(found.says)


def test_a_cited_number_may_be_rounded_but_not_made_up():
    own = {"a": -0.01234, "n": 312}
    assert cited("It is −.012, or -1.2 per cent, of 312 cases.", own, ("a", "n")) == 2
    assert cited("It is 0, or 1, of 300 cases.", own, ("a", "n")) == 0


if __name__ == "__main__":
    found = table()
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
