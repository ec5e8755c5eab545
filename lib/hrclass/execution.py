"""Running what somebody else wrote, each notebook in a sandbox of its own, and reading what it answers.

One pipe comes out of the sandbox. Whatever is in it is data: so many bytes of it at most, lines of JSON of a known
form, and nothing in it is ever run. A notebook that writes into the pipe itself says what its answers are, which it
may: they are compared elsewhere.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import selectors
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psutil
from pydantic import BaseModel, ConfigDict, Field, ValidationError

import hralign as hr

from .isolation import ENVIRONMENT, Isolation, Limits

LOOK, LONGEST_NAME, MOST_LINES = 0.25, 100, 5_000
Plain = bool | int | float | str | None


class Odd(BaseModel):
    """What stands for a value that no answer can be, and why."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    what: str = Field(alias="is", max_length=400)


Value = Odd | Plain | list[Odd | Plain | list[Odd | Plain]]


class Line(BaseModel):
    """One line of the pipe: after a cell, after the probes of a function, or at the end."""

    model_config = ConfigDict(extra="forbid", strict=True)
    cell: int | None = Field(None, ge=0, le=100_000)
    error: str = Field("", max_length=400)
    answers: dict[str, Value] = Field({}, max_length=100)
    probe: str = Field("", max_length=LONGEST_NAME)
    results: list[Value] = Field([], max_length=100)
    end: bool = False


@dataclass
class Run:
    """What came of a notebook.

    ``answers`` by name, the ``first`` value that each had, ``errors`` by number of the code cell, ``end``: "" or why
    the notebook did not come to its end, ``odd``: what was in the pipe that does not belong there.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    first: dict[str, Any] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    end: str = ""
    odd: str = ""


def run_notebook(
    isolation: Isolation, cells: Sequence[str], answers: Sequence[str], probes: Mapping[str, Any], world: bytes,
    limits: Limits,
) -> Run:  # fmt: skip
    """Run code cells beside a world file and read the answers.

    Parameters
    ----------
    answers : sequence of str
        Names of the variables that are read after each cell.
    probes : mapping
        Function name to lists of arguments to call it with at the end.
    world : bytes
        The world file that every ``load_world`` of the notebook reads.

    Raises
    ------
    HralignError
        If the sandbox does not start.
    """
    given = {
        "cells": list(cells), "answers": list(answers), "probes": dict(probes), "cell_time": limits.cell_time,
        "world": base64.b64encode(world).decode(),
    }  # fmt: skip
    output, said, end, status = _communicate(isolation, json.dumps(given).encode(), limits)
    if said.strip() and not output and not end:
        raise hr.HralignError(f"The sandbox did not start: {said.strip().splitlines()[-1][:200]}")
    run = read_lines(output, answers, probes)
    if end:
        run.end = end
    elif run.end:
        why = said.strip().splitlines()[-1][:200] if said.strip() else _how(status)
        run.end = f"the notebook ended its process before its last cell ({why})"
    return run


def try_out(isolation: Isolation, code: str, limits: Limits) -> tuple[list | None, str]:
    """Run one cell; its variable ``seen`` (None if it did not come about) and what went wrong."""
    try:
        run = run_notebook(isolation, [code], ["seen"], {}, b"", limits)
    except hr.HralignError as error:
        return None, str(error)
    seen = run.answers.get("seen")
    return (seen if isinstance(seen, list) else None), run.end or "; ".join(run.errors.values())


def read_lines(output: bytes, answers: Sequence[str], probes: Mapping[str, Any]) -> Run:
    """What the lines of the pipe say; lines of another form are counted, and otherwise passed over."""
    run, wrong = Run(end="no end"), 0
    lines = output.split(b"\n", MOST_LINES)
    for text in filter(None, lines[:MOST_LINES]):
        try:
            line = Line.model_validate(_plain_text(json.loads(text, parse_constant=_no_number)))
        except (ValueError, ValidationError, RecursionError):  # UnicodeDecodeError is a ValueError
            wrong += 1
            continue
        if line.cell is not None and line.error:
            run.errors[line.cell] = line.error
        for name, value in line.answers.items():
            if name in answers and name not in probes:
                run.answers[name] = value
                if not (isinstance(value, Odd) and value.what == "..."):
                    run.first.setdefault(name, value)
        if line.probe in probes:
            run.answers[line.probe] = line.results
        if line.end:
            run.end = ""
    if wrong or len(lines) > MOST_LINES:
        run.odd = f"{wrong or 'too many'} lines in the pipe of answers that are none"
    return run


def _plain_text(given: Any) -> Any:
    """The same without halves of characters, which JSON can spell and no file can hold."""
    return json.loads(json.dumps(given, ensure_ascii=False).encode("utf-8", "replace"))


def _no_number(text: str) -> None:
    raise ValueError(text)


def _communicate(isolation: Isolation, given: bytes, limits: Limits) -> tuple[bytes, str, str, int]:
    """(answers, last words of the sandbox itself, why it was stopped, exit status)."""
    with contextlib.ExitStack() as stack:
        more: dict[str, Any] = {}
        if isolation.name == "trusted":
            more["cwd"] = stack.enter_context(tempfile.TemporaryDirectory(prefix="hrclass-trusted-"))
            more["env"] = os.environ | ENVIRONMENT
        elif isolation.environment is not None:
            more["env"] = {"PATH": os.environ.get("PATH", "")} | isolation.environment
        pipe, command = subprocess.PIPE, list(isolation.command(limits))
        process = stack.enter_context(subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True, **more
        ))  # fmt: skip
        threading.Thread(target=_feed, args=(process.stdin, given), daemon=True).start()
        try:
            output, said, end = _watch(process, limits)
        finally:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LOOK)
            if process.poll() is None:
                isolation.stop(command)
            _stop(process)
    return output, said, end, process.returncode


def _watch(process: subprocess.Popen, limits: Limits) -> tuple[bytes, str, str]:
    output, said = bytearray(), bytearray()
    until, most = time.monotonic() + limits.time, limits.output * 2**20
    with selectors.DefaultSelector() as selector:
        for stream, into in ((process.stdout, output), (process.stderr, said)):
            os.set_blocking(stream.fileno(), False)
            selector.register(stream, selectors.EVENT_READ, into)
        look = 0.0
        while selector.get_map():
            for key, _ in selector.select(LOOK):
                part = os.read(key.fd, 2**16)
                key.data.extend(part)
                if not part:
                    selector.unregister(key.fileobj)
            if len(output) + len(said) > most:
                return bytes(output[:most]), "", f"it was stopped: it wrote more than {limits.output} MB of answers"
            if (now := time.monotonic()) > until:
                return bytes(output), "", f"it was stopped after {limits.time:g} s"
            if now > look + LOOK:
                look = now
                if memory_of(process.pid) > limits.memory * 2**30:
                    return bytes(output), "", f"it was stopped: it took more than {limits.memory:g} GB of memory"
    return bytes(output), said.decode("utf-8", "replace"), ""


def memory_of(pid: int) -> int:
    """Bytes that a process and all below it take; the limit of each alone is the kernel's business."""
    total = 0
    with contextlib.suppress(psutil.Error):
        for one in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                total += one.memory_info().rss
    return total


def _feed(stream: Any, given: bytes) -> None:
    with contextlib.suppress(OSError), stream:
        stream.write(given)


def _stop(process: subprocess.Popen) -> None:
    """End whatever is left: a sandbox dies with its first process, a trusted notebook with its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _how(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"exit status {status}"
