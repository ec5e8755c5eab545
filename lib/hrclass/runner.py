"""Inside the process that runs one notebook; `execution` starts it.

Everything heavy is imported once for all notebooks, here and in `warm`, and before the confinement, which lets nothing
be loaded from elsewhere.
"""

from __future__ import annotations

import json
import math
import numbers
import os
import signal
from collections.abc import Mapping
from typing import Any, NoReturn

from IPython.core.interactiveshell import InteractiveShell

from .confinement import confine

LONGEST_TEXT, LONGEST_LIST = 20_000, 1_000
LARGEST_DESCRIPTOR = 4096


class CellTimeout(BaseException):
    """Not an Exception, so that a bare ``except Exception`` in a loop does not swallow it."""


def plain(value: Any, depth: int = 0) -> Any:
    """The value as JSON has it; None for what an answer cannot be (and for ``...``, which means no answer yet)."""
    if isinstance(value, bool | str) or value is None:
        return value[:LONGEST_TEXT] if isinstance(value, str) else value
    if isinstance(value, numbers.Integral):
        return int(value) if abs(int(value)) < 2**63 else None
    if isinstance(value, numbers.Real):
        return float(value) if math.isfinite(value) else None
    if getattr(value, "ndim", None) == 0 or getattr(value, "size", None) == 1:
        return plain(value.item(), depth) if depth < 2 and hasattr(value, "item") else None
    if hasattr(value, "tolist") and getattr(value, "size", LONGEST_LIST + 1) <= LONGEST_LIST:
        value = value.tolist()
    if isinstance(value, list | tuple) and len(value) <= LONGEST_LIST and depth < 3:
        return [plain(one, depth + 1) for one in value]
    return None


def run(spec: Mapping[str, Any], told: str) -> NoReturn:
    """Run the cells of ``spec`` in this process, confined, and end it.

    After every cell a line of JSON with the answers so far is added to the file ``told``, so that what was right before
    a crash or a loop still counts.  Answers leave as plain values, never as pickles, which would run the student's code
    in the grader.
    """
    from . import warm  # noqa: F401 (there already, unless the server could not import it)

    os.setsid()
    out = open(told, "w", encoding="utf-8")  # noqa: SIM115 (the confinement does not let it be opened again)
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)
    os.closerange(3, out.fileno())  # with the pipes that the server lives by: a line in one of them would end it
    os.closerange(out.fileno() + 1, LARGEST_DESCRIPTOR)
    os.environ.update(spec["environment"])
    os.chdir(spec["folder"])
    report: dict[str, Any] = {"answers": {}, "errors": {}, "refused": [], "layers": [], "finished": False}
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    report["layers"] = confine(spec["folder"], spec["memory"], spec["time"], report["refused"])

    def tell() -> None:
        for name in spec["answers"]:
            if name not in spec["probes"]:
                report["answers"][name] = _guarded(lambda name=name: plain(shell.user_ns.get(name)))
        out.write(json.dumps(report) + "\n")
        out.flush()

    def stop(number: int, frame: Any) -> NoReturn:
        raise CellTimeout(f"it was stopped after {spec['cell_time']:g} s")

    signal.signal(signal.SIGALRM, stop)
    for k, source in enumerate(spec["cells"]):
        error = _timed(lambda source=source: _run(shell, source), spec["cell_time"])
        if error is not None:
            report["errors"][str(k)] = f"{type(error).__name__}: {error}"[:300]
        tell()
    for name, calls in spec["probes"].items():
        report["answers"][name] = [_probe(shell.user_ns.get(name), call, spec["cell_time"]) for call in calls]
    report["finished"] = True
    tell()
    os._exit(0)  # whatever the notebook has left running or registered for the end


def _run(shell: Any, source: str) -> BaseException | None:
    result = shell.run_cell(source, store_history=False, silent=True)
    return result.error_before_exec or result.error_in_exec


def _timed(job: Any, seconds: float) -> Any:
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return job()
    except (CellTimeout, Exception, SystemExit, KeyboardInterrupt) as error:
        return error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _probe(function: Any, call: list[Any], seconds: float) -> Any:
    result = _timed(lambda: plain(function(*call)), seconds) if callable(function) else None
    return None if isinstance(result, BaseException) else result


def _guarded(job: Any) -> Any:
    try:
        return job()
    except Exception:
        return None  # an object of the student's that breaks when it is looked at is no answer


def read_report(text: str) -> Mapping[str, Any]:
    """The last whole line that the runner wrote; an empty report if there is none."""
    for line in reversed(text.splitlines()):
        try:
            report = json.loads(line)
        except ValueError:
            continue
        if isinstance(report, dict) and {"answers", "errors", "refused", "layers", "finished"} <= report.keys():
            return report
    return {"answers": {}, "errors": {}, "refused": [], "layers": [], "finished": False}
