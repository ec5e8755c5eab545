"""What a notebook may call, called in a process that was forked like a notebook's; bare of what the tests import."""

import sys

import hralign as hr
from hrclass.assignments import ASSIGNMENTS
from hrclass.draws import draw_for


def call_everything(told):
    """Write into a file which modules were loaded by the calls."""
    there = set(sys.modules)
    for name in hr.__all__:
        getattr(hr, name)
    for chapter, one in ASSIGNMENTS.items():
        one.questions(draw_for(b"a secret long enough", chapter, "anna", one.evidence))
    told.write_text(" ".join(sorted(set(sys.modules) - there)), encoding="utf-8")
