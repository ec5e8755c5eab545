"""Running what somebody else wrote: each notebook in a process of its own, and only plain answers come back.

The processes are forked from a server that has imported the library once and knows nothing of the course: neither its
secret nor the environment of the teacher.
"""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import multiprocessing.forkserver
import os
import signal
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import hralign as hr

from .confinement import LARGEST_FILE
from .runner import read_report, run

INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "MPLCONFIGDIR")
"""What the server needs of the teacher's environment; nothing else goes along, least of all a secret."""

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "VECLIB_MAXIMUM_THREADS": "1",
    "MPLBACKEND": "Agg", "HRALIGN_SOURCE": "simulated", "PYTHONDONTWRITEBYTECODE": "1",
}  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """Seconds for a whole notebook and for one of its cells, gigabytes of memory."""

    time: float = 120.0
    cell_time: float = 45.0
    memory: float = 4.0


DEFAULT = Limits()


@dataclass(frozen=True)
class Run:
    """What came of a notebook.

    ``answers`` by name, ``errors`` by number of the code cell, ``refused``: what the confinement did not allow,
    ``layers`` that held, and ``end``: "" or why it did not come to its end.
    """

    answers: Mapping[str, Any]
    errors: Mapping[int, str]
    refused: tuple[str, ...]
    layers: tuple[str, ...]
    end: str


def run_confined(
    cells: Sequence[str], answers: Sequence[str], probes: Mapping[str, Any], world: Path, limits: Limits = DEFAULT
) -> Run:
    """Run code cells beside a world file and read the answers.

    Parameters
    ----------
    cells : sequence of str
        Sources of the code cells.
    answers : sequence of str
        Names of the variables that are read after each cell.
    probes : mapping
        Function name to lists of arguments to call it with at the end.
    world : Path
        World file that every ``load_world`` of the notebook reads.

    Raises
    ------
    HralignError
        Where the system cannot fork processes (Windows without WSL).
    """
    with tempfile.TemporaryDirectory(prefix="hralign-grading-") as scratch:
        folder, told = Path(scratch, "work"), Path(scratch, "report")
        folder.mkdir()
        (folder / "world.zip").write_bytes(world.read_bytes())
        spec = {
            "cells": list(cells), "answers": list(answers), "probes": dict(probes), "folder": str(folder),
            "environment": {hr.WORLD_VARIABLE: str(folder / "world.zip")}, **asdict(limits),
        }  # fmt: skip
        process = start_server().Process(target=run, args=(spec, str(told)), daemon=True)
        process.start()
        process.join(limits.time)
        end = ""
        if process.is_alive():
            end = f"it was stopped after {limits.time:g} s"
        elif process.exitcode:
            end = f"the notebook ended its process ({_how(process.exitcode)})"
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # with whatever it may have started
        process.join()
        told.touch()  # a process that was killed at once has not made it
        with told.open(encoding="utf-8", errors="replace") as lines:
            report = read_report(lines.read(LARGEST_FILE))
    if not end and not report["finished"]:
        end = "the notebook ended its process before its last cell"
    return Run(
        report["answers"],
        {int(k): said for k, said in report["errors"].items()},
        tuple(dict.fromkeys(report["refused"])),
        tuple(report["layers"]),
        end,
    )


@functools.cache
def start_server() -> Any:
    """Start the server (once), with a bare environment; returns the context that makes its processes."""
    if not hasattr(os, "fork"):
        raise hr.HralignError("Grading needs Linux or macOS (on Windows, run it in WSL).")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["hrclass.runner", "hrclass.warm"])
    whole = dict(os.environ)
    try:
        os.environ.clear()
        os.environ.update({name: whole[name] for name in INHERITED if name in whole} | ENVIRONMENT)
        multiprocessing.forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(whole)
    return context


def _how(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"exit status {status}"
