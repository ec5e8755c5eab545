"""Bars can be seen or not; what is gone through is the same."""

from __future__ import annotations

import pytest

from hralign.progress import progress_bar


@pytest.mark.parametrize("shown", [True, False])
def test_a_bar_goes_through_its_steps(shown, capsys):
    assert list(progress_bar(range(3), shown=shown, desc="Steps")) == [0, 1, 2]
    assert ("Steps: 100%" in capsys.readouterr().err) == shown


@pytest.mark.parametrize("shown", [True, False])
def test_a_bar_can_be_pushed_on(shown, capsys):
    with progress_bar(total=2, shown=shown, desc="Models") as bar:
        bar.update()
        bar.update()
    assert ("2/2" in capsys.readouterr().err) == shown
