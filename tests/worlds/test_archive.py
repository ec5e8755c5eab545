"""World files: the tables of a simulated world in one archive, without what made them."""

from __future__ import annotations

import pandas as pd
import pytest

import hralign as hr


def test_a_world_file_holds_the_tables_and_not_the_truth(tmp_path):
    src = hr.simulate("instrumental", 3)
    hr.write_world(src, tmp_path / "world.zip")
    back = hr.load_world(tmp_path / "world.zip")
    for name in ("states", "igos", "memberships", "igo_years", "scores", "state_years"):
        pd.testing.assert_frame_equal(getattr(back, name), getattr(src, name))
    assert back.truth is None
    assert set(back.provenance) == {"world"}


@pytest.mark.parametrize(("content", "said"), [(None, "There is no file"), (b"no zip", "is not a world file")])
def test_a_missing_or_damaged_world_is_named(tmp_path, content, said):
    path = tmp_path / "world.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(hr.HralignError, match=said):
        hr.load_world(path)
