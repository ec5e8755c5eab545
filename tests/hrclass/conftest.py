from __future__ import annotations

import os

import pytest
from course import Course, no_sandbox


@pytest.fixture(scope="module")
def new_course(tmp_path_factory):
    return lambda students: Course(tmp_path_factory.mktemp("course"), students)


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """A folder that all test processes share: what is costly to make, the first to need it makes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "class"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def sandbox():
    """For tests that have no meaning without one."""
    if no_sandbox():
        pytest.skip(no_sandbox())
