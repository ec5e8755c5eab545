"""Running what somebody else wrote: each notebook in a process of its own, and only plain answers come back."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..worldfile import OVERRIDE
from .confinement import LARGEST_FILE
from .runner import read_report

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "MPLCONFIGDIR", "SYSTEMROOT")
"""What Python needs of the teacher's environment; nothing else goes along, least of all a secret."""


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
    """
    with tempfile.TemporaryDirectory(prefix="hralign-grading-") as scratch:
        folder = Path(scratch, "work")
        folder.mkdir()
        (folder / "world.zip").write_bytes(world.read_bytes())
        spec = {
            "cells": list(cells), "answers": list(answers), "probes": dict(probes), "folder": str(folder),
            "cell_time": limits.cell_time, "memory": limits.memory,
        }  # fmt: skip
        environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
        environment |= dict.fromkeys(THREADS, "1") | {
            OVERRIDE: str(folder / "world.zip"), "HRALIGN_SOURCE": "simulated", "TMPDIR": str(folder),
            "MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip
        with Path(scratch, "report").open("w+", encoding="utf-8", errors="replace") as told:
            process = subprocess.Popen(
                [sys.executable, "-m", "hralign.classroom.runner"],
                stdin=subprocess.PIPE, stdout=told, stderr=subprocess.DEVNULL, cwd=folder, env=environment,
                start_new_session=True,
            )  # fmt: skip
            try:
                process.communicate(json.dumps(spec).encode(), timeout=limits.time)
                end = "" if process.returncode == 0 else f"the notebook ended its process ({_how(process.returncode)})"
            except subprocess.TimeoutExpired:
                end = f"it was stopped after {limits.time:g} s"
            finally:
                _kill(process)
            told.seek(0)
            report = read_report(told.read(LARGEST_FILE))
    if not end and not report["finished"]:
        end = "the notebook ended its process before its last cell"
    return Run(
        report["answers"],
        {int(k): said for k, said in report["errors"].items()},
        tuple(dict.fromkeys(report["refused"])),
        tuple(report["layers"]),
        end,
    )


def _how(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"exit status {status}"


def _kill(process: subprocess.Popen) -> None:
    """The process and whatever it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
