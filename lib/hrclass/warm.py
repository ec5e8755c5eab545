"""Imported once by the server from which notebooks are forked, before any confinement: loads what they may call for.

hralign loads much of what it builds on with the first call that needs it. In a confined process that would take its
time once for every notebook, and what a package does while it is loaded (asking the system for its processors, say)
could be refused, and held against the student. So everything is asked for once here.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import statsmodels.formula.api  # noqa: F401

import hralign as hr

for _name in hr.__all__:
    getattr(hr, _name)

with tempfile.TemporaryDirectory(prefix="hralign-grading-") as _folder:
    _world = Path(_folder, "world.zip")
    hr.write_world(hr.simulate("null", 1), _world)
    _src = hr.load_world(_world)
hr.test_hypotheses(_src)
hr.who_joins(_src)
del _src
