"""A panel to fit."""

from __future__ import annotations

import pandas as pd
import pytest

from mixed_panels import PANELS


@pytest.fixture
def frame() -> pd.DataFrame:
    return PANELS["unbalanced"].frame.copy()
