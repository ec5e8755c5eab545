"""Studies: resumed runs, refused mixtures, dead workers, any backend; and the recorded ones, regenerated in part."""

from __future__ import annotations

import json
import os

import joblib
import numpy as np
import pandas as pd
import pytest

from hralign.errors import HralignError
from hralign.record import store, studies
from hralign.record.studies import recorded_study, write_study
from hralign.stress import runner
from hralign.stress.catalogue import STUDIES, Study, blocks
from hralign.stress.runner import find_study, run_study


def _squares(prepared, task, seed):
    first, end = task
    if prepared == "deadly" and first >= 50:
        os.kill(os.getpid(), 9)
    rng = [np.random.default_rng([seed, k]).normal() for k in range(first, end)]
    return pd.DataFrame({"draw": range(first, end), "value": rng, "word": "a"})


@pytest.fixture
def toy(monkeypatch):
    """A study that needs no data, of 100 draws in four tasks."""
    study = Study("draws", 100, blocks, lambda src: None, _squares)
    monkeypatch.setattr(runner, "STUDIES", {"toy": study})
    return study


def test_a_result_is_written_whole_and_read_back(toy, world, tmp_path):
    path = tmp_path / "toy.json"
    table = write_study("toy", world, path=path, progress=False)
    assert list(tmp_path.iterdir()) == [path]
    back = store.from_json(json.loads(path.read_text()))
    assert back.table["draw"].tolist() == list(range(100)) and set(back.table["word"]) == {"a"}
    np.testing.assert_allclose(back.table["value"], table["value"], rtol=1e-5)
    assert back.facts["seed"] == 1 and back.origin["source"] == "simulated"


def test_an_interrupted_run_goes_on_and_gives_the_same(toy, world, tmp_path, monkeypatch):
    whole = run_study("toy", world, progress=False)
    calls = []

    def interrupted(prepared, task, seed):
        calls.append(task)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return _squares(prepared, task, seed)

    path = tmp_path / "toy.json"
    stopped = Study("draws", 100, blocks, lambda src: None, interrupted)
    monkeypatch.setattr(runner, "STUDIES", {"toy": stopped})
    with pytest.raises(KeyboardInterrupt):
        write_study("toy", world, path=path, progress=False)
    partial = tmp_path / "toy.json.partial"
    assert not path.exists() and len(partial.read_text().splitlines()) == 1 + 2
    partial.write_text(partial.read_text() + '{"task": 3, "ro')  # stopped in the middle of a line
    calls.extend([None] * 10)
    pd.testing.assert_frame_equal(write_study("toy", world, path=path, progress=False), whole)
    assert len(calls) == 3 + 10 + 2 and not partial.exists()


@pytest.mark.parametrize(("change", "says"), [({"seed": 2}, "seed 1 instead of 2"), ({"n": 50}, "tasks")])
def test_parts_of_another_run_are_never_mixed_in(toy, world, tmp_path, monkeypatch, change, says):
    path = tmp_path / "toy.json"
    monkeypatch.setattr(studies, "write_json", lambda *a, **k: (_ for _ in ()).throw(HralignError("disk full")))
    with pytest.raises(HralignError, match="disk full"):
        write_study("toy", world, path=path, progress=False)
    before = (tmp_path / "toy.json.partial").read_text()
    with pytest.raises(HralignError, match=f"another run.*{says}.*move the file away"):
        write_study("toy", world, path=path, progress=False, **change)
    assert (tmp_path / "toy.json.partial").read_text() == before


def test_a_worker_that_dies_leaves_what_was_finished(toy, world, tmp_path, monkeypatch):
    deadly = Study("draws", 100, blocks, lambda src: "deadly", _squares)
    monkeypatch.setattr(runner, "STUDIES", {"toy": deadly})
    monkeypatch.setattr(runner, "_task", _deadly_task)
    path = tmp_path / "toy.json"
    with pytest.raises(HralignError, match=r"A worker of the study 'toy' died.*tasks are kept in.*Run it again"):
        write_study("toy", world, path=path, n_jobs=2, progress=False)
    assert not path.exists() and (tmp_path / "toy.json.partial").exists()


def _deadly_task(name, prepared, k, task, seed):
    return k, json.loads(_squares(prepared, task, seed).to_json(orient="records"))


def test_unknown_studies_and_missing_records_are_said(tmp_path, monkeypatch):
    with pytest.raises(HralignError, match=r"no study 'dreams'.*dependence"):
        find_study("dreams")
    monkeypatch.setattr(store, "RESULTS", tmp_path)
    store.recorded.cache_clear()
    with pytest.raises(HralignError, match="no result 'study/placebo'"):
        recorded_study("placebo")


def test_no_draws_and_files_that_cannot_be_are_said(toy, world, tmp_path):
    with pytest.raises(HralignError, match="n = 0 draws"):
        run_study("toy", world, 0, progress=False)
    (tmp_path / "file").write_text("")
    with pytest.raises(HralignError, match="cannot be written"):
        write_study("toy", world, path=tmp_path / "file" / "toy.json", progress=False)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    (tmp_path / "toy.json.partial").write_text("not json\n")
    with pytest.raises(HralignError, match="is no part of a study"):
        write_study("toy", world, path=tmp_path / "toy.json", progress=False)


def test_workers_and_backends_do_not_change_a_bit(world):
    serial = run_study("dependence", world, 4, seed=3, progress=False)
    pd.testing.assert_frame_equal(run_study("dependence", world, 4, seed=3, n_jobs=2, progress=False), serial)


@pytest.fixture(scope="module")
def one_of_each_world(world):
    return run_study("worlds", world, 1, progress=False)


def test_a_local_dask_cluster_gives_the_same_bits(world, one_of_each_world):
    """Its workers are threads here: that processes make no difference is tested above, and they take long to start."""
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with (
        distributed.LocalCluster(**options) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        spread = run_study("worlds", world, 1, progress=False)
    pd.testing.assert_frame_equal(spread, one_of_each_world)


# --- recorded ---------------------------------------------------------------------------------------


def agree(fresh: pd.DataFrame, record: pd.DataFrame, keys: list[str]) -> None:
    """Every fresh row stands in the record, with the same numbers to the digits kept."""
    both = fresh.merge(record, on=keys, suffixes=("", "_recorded"), how="left")
    assert len(both) == len(fresh) > 0
    for column in fresh.columns.difference(keys):
        if pd.api.types.is_numeric_dtype(fresh[column]):
            np.testing.assert_allclose(both[column], both[f"{column}_recorded"], rtol=2e-4, atol=1e-6)
        else:
            assert both[column].equals(both[f"{column}_recorded"])


@pytest.mark.parametrize("name", STUDIES)
def test_records_are_whole_and_say_what_made_them(name):
    record = recorded_study(name)
    assert record.attrs["study"] == name and record.attrs["seed"] == 1 and record.attrs["source"] == "real"
    if "draw" in record:
        drawn = record.loc[record["draw"].ge(0), "draw"]  # −1: a panel as it is
        assert drawn.nunique() == STUDIES[name].size
    elif "fit" in record:
        assert record["fit"].nunique() == STUDIES[name].size
    elif "seed" in record:  # beside worlds, the source itself
        assert record.loc[record["world"].ne("source"), "seed"].nunique() == STUDIES[name].size
    elif "start" in record:
        assert record["start"].nunique() == len(STUDIES[name].tasks(STUDIES[name].size))
    else:
        assert len(record) == STUDIES[name].size >= (5000 if name == "multiverse" else 5)


def test_the_record_of_worlds_is_regenerated_in_part(one_of_each_world):
    agree(one_of_each_world, recorded_study("worlds"), ["world", "draw", "hypothesis"])


@pytest.mark.parametrize(
    ("name", "keys"), [("interference", ["world", "strength"]), ("event_worlds", ["kind", "estimator", "event_year"])]
)
def test_records_of_worlds_on_clean_controls_are_regenerated_in_part(world, name, keys):
    fresh = STUDIES[name].run(None, STUDIES[name].tasks(1)[-1], 1)
    agree(fresh, recorded_study(name), [*keys, "draw"])


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "keys"),
    [("dependence", ["draw", "model", "by"]), ("timing", ["draw", "model"]), ("placebo", ["draw", "timing"]),
     ("placebo_curve", ["draw", "event_year"]), ("exit_power", ["draw", "fall"]),
     ("measurement", ["draw", "score", "persistence"]), ("dip", ["draw", "cases", "timing", "span"])],
)  # fmt: skip
def test_records_on_real_data_are_regenerated_in_part(real_src, name, keys):
    agree(run_study(name, real_src, 2, progress=False), recorded_study(name), keys)


@pytest.mark.real
@pytest.mark.slow
def test_the_record_of_the_search_is_regenerated_in_part(real_src):
    from hralign.stress.forensics import printed_tables, run

    fresh = run(real_src, printed_tables(), ["coding", "closest"], 1)
    agree(fresh, recorded_study("forensics"), ["start", "choice", "option"])


@pytest.mark.real
def test_the_record_of_the_multiverse_is_regenerated_in_part(real_src):
    from hralign.stress.multiverse import CHOICES, panels, run_panel

    agree(run_panel(real_src, **panels()[-1]), recorded_study("multiverse"), list(CHOICES))
