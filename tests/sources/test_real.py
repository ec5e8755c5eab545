"""Fetching and checking the real files, against a server on this machine that serves made-up ones."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd
import pooch
import pytest

from hralign.errors import HralignError
from hralign.sources import parse, real, registry

CONTENT = {"one.csv": b"a,b\n1,2\n", "two.csv": b"c\n" + b"3\n" * 5000}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder on a local server, and a registry of two files that are to be found there."""
    served = tmp_path / "served"
    served.mkdir()
    for name, content in CONTENT.items():
        (served / name).write_bytes(content)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=served))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    entries = tuple(
        registry.DataFile(
            name, "", f"http://127.0.0.1:{server.server_port}/{name}", hashlib.sha256(content).hexdigest(), "", ""
        )
        for name, content in CONTENT.items()
    )
    monkeypatch.setattr(registry, "registry", lambda: entries)
    yield served
    server.shutdown()


def test_fetch_brings_every_file_and_only_what_is_missing(shelf, tmp_path):
    folder = registry.fetch(tmp_path / "data", progress=False)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == CONTENT
    before = (folder / "one.csv").stat().st_mtime_ns
    (folder / "two.csv").unlink()
    registry.fetch(folder, progress=False)
    assert (folder / "one.csv").stat().st_mtime_ns == before
    assert registry.problems(folder) == {}


def test_a_damaged_file_is_replaced(shelf, tmp_path):
    folder = registry.fetch(tmp_path / "data", progress=False)
    (folder / "two.csv").write_bytes(CONTENT["two.csv"][:100])
    assert list(registry.problems(folder)) == ["two.csv"]
    registry.fetch(folder, progress=False)
    assert (folder / "two.csv").read_bytes() == CONTENT["two.csv"]


@pytest.mark.parametrize("fault", ["altered", "gone"])
def test_a_bad_download_leaves_nothing_and_keeps_the_rest(shelf, tmp_path, fault):
    if fault == "altered":
        (shelf / "two.csv").write_bytes(CONTENT["two.csv"][:100])
    else:
        (shelf / "two.csv").unlink()
    with pytest.raises(HralignError, match=r"1 of 2 files could not be fetched.*two\.csv.*again"):
        registry.fetch(tmp_path / "data", progress=False)
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["one.csv"]
    (shelf / "two.csv").write_bytes(CONTENT["two.csv"])
    assert registry.problems(registry.fetch(tmp_path / "data", progress=False)) == {}


def test_a_killed_download_leaves_nothing_half_written(shelf, tmp_path, monkeypatch):
    def die(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(pooch, "retrieve", die)
    with pytest.raises(KeyboardInterrupt):
        registry.fetch(tmp_path / "data", progress=False)
    assert list((tmp_path / "data").iterdir()) == []


def test_no_server_is_said_in_one_sentence(shelf, tmp_path, monkeypatch):
    gone = [registry.DataFile(e.name, "", "http://127.0.0.1:9/x", e.sha256, "", "") for e in registry.registry()]
    monkeypatch.setattr(registry, "registry", lambda: tuple(gone))
    with pytest.raises(HralignError, match="2 of 2 files could not be fetched"):
        registry.fetch(tmp_path / "data", progress=False)


def elsewhere(monkeypatch, address):
    entries = [replace(entry, url=address) for entry in registry.registry()]
    monkeypatch.setattr(registry, "registry", lambda: tuple(entries))


def test_a_try_ends_soon_where_nobody_answers(shelf, tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        elsewhere(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}/x")
        began = time.monotonic()
        with pytest.raises(HralignError, match=r"127\.0\.0\.1:\d+, where the real data are, could not be reached"):
            registry.fetch(tmp_path / "data", progress=False, timeout=0.5)
    assert time.monotonic() - began < 5 and not (tmp_path / "data").exists()


def test_a_try_ends_with_the_first_file_that_cannot_be_had(shelf, tmp_path):
    (shelf / "one.csv").unlink()
    with pytest.raises(HralignError, match=r"1 of 2 files could not be fetched.*one\.csv"):
        registry.fetch(tmp_path / "data", progress=False, timeout=5)
    assert not list((tmp_path / "data").iterdir()) and not registry.is_fetched(tmp_path / "data")


def test_a_try_brings_every_file_that_is_there(shelf, tmp_path):
    assert registry.is_fetched(registry.fetch(tmp_path / "data", progress=False, timeout=5))


def test_loading_says_which_files_are_missing_truncated_or_altered(shelf, tmp_path):
    folder = registry.fetch(tmp_path / "data", progress=False)
    (folder / "one.csv").unlink()
    (folder / "two.csv").write_bytes(b"c\n4\n")
    with pytest.raises(HralignError, match=r"one\.csv is missing; two\.csv is not the registered file.*hralign fetch"):
        real.load_real(folder)


def test_the_registry_is_complete():
    entries = registry.registry()
    assert len({entry.sha256 for entry in entries}) == len(entries) == 14
    for entry in entries:
        assert entry.url.startswith("https://") and len(entry.sha256) == 64 and entry.origin and entry.licence


@pytest.mark.parametrize("content", [b"", b"\x00\x01 not R data", b"wrong,columns\n1,2\n"])
def test_parsers_refuse_what_they_cannot_read(tmp_path, content):
    (tmp_path / "ucdp_acd.rda").write_bytes(content)
    (tmp_path / "IGOdata.csv").write_bytes(content)
    with pytest.raises(HralignError, match=r"ucdp_acd\.rda cannot be read"):
        parse._rda(tmp_path, "ucdp_acd", {"year"})
    with pytest.raises(HralignError, match=r"IGOdata\.csv (cannot be read|has no column)"):
        parse.authority(tmp_path)


# --- on the real files ------------------------------------------------------------------------------


@pytest.mark.real
def test_the_real_files_are_the_registered_ones(real_src):
    assert registry.problems() == {} and real_src.kind == "real"


@pytest.mark.real
def test_parsing_twice_gives_the_same_tables(real_src):
    for name, table in parse.tables(registry.data_folder()).items():
        pd.testing.assert_frame_equal(
            getattr(real_src.replace(**{name: table}), name), getattr(real_src, name), check_dtype=False
        )


@pytest.mark.real
@pytest.mark.parametrize(
    ("state", "igo", "first", "last"),
    [
        (255, 3750, 1961, 2014),  # West Germany founds the OECD; Germany goes on
        (365, 4400, 1945, 2014),  # the Soviet Union's seat is Russia's
        (345, 4400, 1945, 2014),  # Yugoslavia to Serbia
        (678, 4400, 1947, 1989), (680, 4400, 1967, 1989), (679, 4400, 1990, 2014),  # three Yemens
        (315, 4400, 1945, 1992), (316, 4400, 1993, 2014), (317, 4400, 1993, 2014),  # Czechoslovakia divides
        (816, 4400, 1977, 2014),  # Vietnam joins once it is one
    ],
)  # fmt: skip
def test_succession_of_states(real_src, state, igo, first, last):
    years = real_src.memberships.query("state == @state and igo == @igo and status == 1")["year"]
    assert (years.min(), years.max()) == (first, last)


@pytest.mark.real
def test_recoded_states_leave_no_trace(real_src):
    assert 260 not in set(real_src.states["state"]) | set(real_src.scores["state"]) | set(real_src.memberships["state"])
    germany = real_src.scores.query("state == 255")["year"]
    assert germany.min() < 1960 and germany.is_unique


@pytest.mark.real
def test_ratification_and_war_by_hand(real_src):
    years = real_src.state_years.set_index(["state", "year"])
    first = years[years["iccpr"] == 1].reset_index().groupby("state")["year"].min()
    assert first[[565, 860, 345, 265, 315, 680]].tolist() == [1994, 2003, 1971, 1973, 1975, 1987]
    assert years.loc[(679, 1994), "civil_war"] == 1  # Gleditsch-Ward 678 is COW 679 from 1990
    assert years.loc[(90, 1985), "civil_war"] == 1 and years.loc[(390, 1985), "civil_war"] == 0
