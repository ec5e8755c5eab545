"""Sources shared by the tests; tests on the real data skip where the real files are not."""

from __future__ import annotations

import pytest

from hralign.load import load_sources
from hralign.panel import build_panel
from hralign.record import reconstruction, store
from hralign.sources.real import load_real
from hralign.sources.registry import data_folder, is_fetched

FIRST = ("tests/notebooks/test_plain.py", "tests/hrclass/")
"""What takes longest begins first, so that all processes end together."""


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


@pytest.hookimpl(optionalhook=True)  # without pytest-xdist nobody asks
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        """Gives whole files to a process, which then makes their fixtures once; those of the classroom, which share
        a class that takes minutes to grade, all to one."""

        def _split_scope(self, nodeid):
            return next((part for part in FIRST if nodeid.startswith(part)), nodeid.split("::")[0])

    config.option.loadscopereorder = False
    return ByFile(config, log)


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
