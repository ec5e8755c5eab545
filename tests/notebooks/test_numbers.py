"""No result is typed into prose: what looks like one is read from the record, or numbers_allowed.toml says why not.

Looked at is what a reader reads: not code, mathematics, roles, options and targets (tests/prose.py).
A number looks like a result if it has decimals, thousands or a per cent sign, or if it counts what this book counts.
Years, and numbers that only name something (Section 6.1, Python 3.11), never do.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from prose import prose

ROOT = Path(__file__).parents[2]
ALLOWED = Path(__file__).with_name("numbers_allowed.toml")
PAGES = sorted(
    [*ROOT.glob("notebooks/*.md"), *ROOT.glob("book/*.md"), *ROOT.glob("book/_slides/*.md"), ROOT / "README.md"]
)

# A dozen is vague enough to say of anything; eleven is not.
WORDS = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s(?:hundred|thousand)|hundred|thousand|"
    r"eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?"
)
COUNTED = (
    r"cases?|states?|exits?|withdrawals?|IGOs?|organi[sz]ations?|memberships?|courses|accessions?|arrivals|case-years?|"
    r"state-years?|observations?|rows?|coefficients?|specifications?|universes|worlds|draws|standard\serrors"
)
OTHER = r"(?:for|to|in|is|of|before|after|and|or|with|years?)\b"
BETWEEN = rf"\s+(?:of\s+(?:the|these|those|all|its)|(?!{OTHER})[^\W\d][\w’'-]*)"
RESULT = re.compile(
    rf"""(?<![\w.,/])(?:
        (?P<share>[−-]?\d+(?:\.\d+)?\s?(?:%|per\ ?cent\b))
      | (?P<decimal>[−-]?\d*\.\d+)(?![\w.]|,\d)
      | (?P<thousands>\d{{1,3}}(?:,\d{{3}})+|\d{{4,}})(?![\w.]\w)
      | (?P<count>\d+|{WORDS})(?=(?:{BETWEEN}){{0,2}}?\s+(?:{COUNTED})\b)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
NAMING = re.compile(
    r"(?:\b(?:sections?|chapters?|figures?|tables?|steps?|parts?|weeks?|hypothes[ie]s|versions?|python|cc by)\s"
    r"(?:[\w.]+\s(?:and|to|or)\s)?|[−–-])$",
    re.IGNORECASE,
)  # what stands before a number that is a name or the end of a range
YEAR = re.compile(r"(?:1[89]|20)\d\d")
LEVEL = re.compile(r"\s(?:(?:prediction\s)?(?:interval|band)s?|of\s(?:the\s|state\s)?(?:resamples|draws|curves))\b")


def results(text):
    """(line, number, what is around it) for every number in the prose of a page that looks like a result."""
    lines = prose(text)
    whole = "\n".join(lines)
    for found in RESULT.finditer(whole):
        before = whole[max(0, found.start() - 40) : found.start()]
        after = whole[found.end() : found.end() + 40]
        number = re.sub(r"\s+", " ", found[0])
        kind = found.lastgroup
        if YEAR.fullmatch(number) or (kind in ("decimal", "count") and NAMING.search(before)):
            continue
        if number == "95%" and LEVEL.match(after):  # the level of an interval is chosen, not found
            continue
        yield whole.count("\n", 0, found.start()) + 1, number, " ".join((before + found[0] + after).split())


@cache
def found_on_pages():
    return {path.relative_to(ROOT).as_posix(): list(results(path.read_text(encoding="utf-8"))) for path in PAGES}


@cache
def allowed():
    return tomllib.loads(ALLOWED.read_text(encoding="utf-8"))["allowed"]


def is_allowed(page, number, around):
    return any(
        page == entry["page"] and number in entry["numbers"] and entry.get("near", "") in around for entry in allowed()
    )


def test_no_result_is_typed_into_prose():
    typed = [
        f"{page}:{line}: {number} (… {around} …)"
        for page, found in found_on_pages().items()
        for line, number, around in found
        if not is_allowed(page, number, around)
    ]
    advice = "numbers that look like results: take them from the record, or say in numbers_allowed.toml what they are"
    assert not typed, "\n".join([advice, *typed])


def test_the_list_holds_nothing_that_no_page_needs():
    there = {(page, number) for page, found in found_on_pages().items() for _, number, _ in found}
    listed = {(entry["page"], number) for entry in allowed() for number in entry["numbers"]}
    assert sorted(listed - there) == [], "no longer on their pages: take them off numbers_allowed.toml"


def test_the_list_gives_reasons():
    assert all(len(entry["reason"].split()) >= 3 for entry in allowed())


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("Here the slope is 0.0088 a year.", "0.0088"), ("It falls to −0.76 at accession.", "−0.76"),
        ("It falls by .5 a year.", ".5"), ("There are 898 cases.", "898"), ("In 33 % of them it does not.", "33 %"),
        ("In 33% of them it does not.", "33%"), ("That is 33 per cent.", "33 per cent"),
        ("Of 11 withdrawals none counts.", "11"), ("We find 11 clear withdrawals.", "11"),
        ("There are 3 exits of that kind.", "3"), ("The panel has 17,204 rows.", "17,204"),
        ("The panel has 17204.", "17204"),
        ("Nearly nine hundred memberships remain.", "nine hundred"), ("All forty-one states improve.", "forty-one"),
        ("95% of all cases improve.", "95%"), ("| IGO mean | 0.31 |", "0.31"), ("- it is 0.31", "0.31"),
        (":::{admonition} A slope of 0.31\nWords.\n:::", "0.31"), ("```{exercise}\n:label: x\nWhy 0.31?\n```", "0.31"),
        ("[the slope is 0.31](07-alignment.ipynb)", "0.31"),
    ],
)  # fmt: skip
def test_a_planted_result_is_found(sentence, number):
    assert [(line, one) for line, one, _ in results(f"# A page\n\nWords.\n\n{sentence}\n")] == [
        (5 + sentence.count("\n", 0, sentence.find(number)), number)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The slope is {rec}`table2/lag duration coef .3f`.", "See Section 6.1 and Sections 4.2 and 6.3.",
        "From 1965 to 2014, in the 1990s, 1965–2014.", "Chapters 13 to 20; Table 2; H1 and H3; week 3.",
        "With a 95% interval, the middle 95% of the curves.", "Over ten years; 25 minutes to read.",
        "$\\beta = 0.0088$ and `0.0088`", "$$\n\\beta = 0.0088\n$$", "```python\nslope = 0.0088\n```",
        "```{code-cell} ipython3\nslope = 0.0088\n```", ":::{figure} x.svg\n:width: 33%\nWords.\n:::",
        "[here](https://doi.org/10.1007/s11558)", "<https://example.org/0.5>", "Version 2.04 needs Python 3.11.",
        "1. states who joins\n2. states who leaves", "CC BY 4.0", "{cite}`x` 10.1007/s11558-021-09413-5",
    ],
)  # fmt: skip
def test_what_is_no_result_is_left_alone(text):
    assert list(results(f"# A page\n\n{text}\n")) == []
