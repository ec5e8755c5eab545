"""Code that is alike is found whatever its variables are called; what everybody writes is held against nobody."""

from __future__ import annotations

from hrclass.similarity import alike, statements

USUAL = "panel = hr.build_panel(src)\nfit = hr.fit_alignment(panel)\nslope = fit.params['duration']"
ODD = """
def gap(case, year):
    rows = panel[panel.case == case]
    best = rows.sort_values('year').tail(3)
    return best.score.mean() - rows.score.quantile(0.3)
total = sum(gap(c, 1990) for c in sorted(panel.case.unique())[::7])
slope = (total - 12.5) / len(panel) ** 0.5
"""
OTHER = """
while True:
    break
x = [k for k in range(9) if k % 2]
print(max(x), min(x))
slope = {1: 2}[1]
assert slope
"""


def records(**code):
    return [{"student": name, "file": f"{name}.ipynb", "chapter": 7, "status": "graded", "cells": [USUAL, source]}
            for name, source in code.items()]  # fmt: skip


def crowd(n):
    return {f"s{k}": f"k{k} = {k}\nfor a in range({k}):\n    print(a{' + 1' * (k + 1)})" for k in range(n)}


def renamed(code):
    new_names = {
        "gap": "difference", "rows": "mine", "best": "late", "total": "all_of_it", "1990": "2001", "12.5": "3",
        "case, year": "which, when", "'year'": '"year"',
    }  # fmt: skip
    for old, new in new_names.items():
        code = code.replace(old, new)
    return code + "\n# my own work"


def test_renamed_variables_other_numbers_and_comments_do_not_hide_a_copy():
    [pair] = alike(records(anna=ODD, bob=renamed(ODD), **crowd(8)))
    assert (pair["students"], pair["files"], pair["share"]) == (["anna", "bob"], ["anna.ipynb", "bob.ipynb"], 1.0)
    assert ["best = rows.sort_values('year').tail(3)", 'late = mine.sort_values("year").tail(3)'] in pair["lines"]


def test_what_everybody_has_written_is_held_against_nobody():
    assert alike(records(**{f"s{k}": ODD for k in range(10)})) == []
    assert alike(records(anna=ODD, bob=OTHER, **crowd(8))) == []


def test_two_notebooks_of_one_student_and_ungraded_ones_are_no_pair():
    both = records(anna=ODD, bob=ODD, **crowd(8))
    both[1]["student"] = "anna"
    assert alike(both) == []
    both[1] |= {"student": "bob", "status": "not graded"}
    assert alike(both) == []


def test_code_that_cannot_be_read_breaks_nothing():
    assert statements(["def (", "%magic\nx = 1", "!rm", "(" * 5000 + ")" * 5000, "x = " + "-" * 50_000 + "1"]) == {
        "_ = 0": "x = 1"
    }
