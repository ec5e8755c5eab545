"""Sources shared by the tests; tests on the real data skip where the real files are not."""

from __future__ import annotations

import pytest

from hralign.load import load_sources
from hralign.panel import build_panel
from hralign.record import reconstruction, store
from hralign.sources.real import load_real
from hralign.sources.registry import data_folder, is_fetched


@pytest.fixture(scope="session")
def world():
    return load_sources("simulated")


@pytest.fixture(scope="session")
def world_panel(world):
    return build_panel(world)


@pytest.fixture(scope="session")
def real_src():
    if not is_fetched():
        pytest.skip(f"the real files are not in {data_folder()}: run `hralign fetch` or set HRALIGN_DATA")
    return load_real()


@pytest.fixture
def record(tmp_path, monkeypatch):
    """An empty record in a folder of its own, which is returned."""
    def forget():
        store.recorded.cache_clear()
        reconstruction.reconstruction.cache_clear()

    monkeypatch.setattr(store, "RESULTS", tmp_path / "record")
    store.RESULTS.mkdir()
    forget()
    yield store.RESULTS
    forget()
