"""Every chapter on a world that lacks something: it says so or goes on, and never stops with a traceback."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import jupytext
import matplotlib.pyplot as plt
import pytest
from IPython.display import display

import hralign as hr

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.md"))

WORLDS = {
    "no exits": replace(hr.WORLDS["intrinsic"], exit_share=0.0, n_dissolutions=0, n_igo_endings=0),
    "null": hr.WORLDS["null"],
}


@pytest.fixture(scope="module", params=WORLDS)
def src(request):
    return hr.simulate(WORLDS[request.param], 3)


def test_the_world_without_exits_has_none(src):
    if src.provenance["world"] == "custom":
        assert hr.build_panel(src)["exit"].isna().all()


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_chapter_runs_to_its_end(path, src, monkeypatch):
    plain = hr.load_sources
    monkeypatch.setattr(hr, "load_sources", lambda *a, **k: plain(*a, **k) if a or k else src)
    names = {"__name__": "chapter", "display": display}  # Jupyter provides it
    for cell in jupytext.read(path).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, path.name, "exec"), names)
    plt.close("all")
