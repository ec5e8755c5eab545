"""The one file that goes into the sandbox with a notebook: runs its cells and says which answers it finds.

It stands alone and knows nothing of the course. Standard input brings JSON with ``cells``, ``answers`` (names of
variables), ``probes`` (name of a function to lists of arguments), ``cell_time`` and ``world`` (base64). Standard output
takes one line of JSON after every cell: which answers have changed, and the error if there was one. Whatever the
notebook does to this process, it can only falsify its own answers: they are compared outside.
"""

import base64
import json
import math
import numbers
import os
import signal
import sys

LONGEST_TEXT, LONGEST_LIST, DEEPEST = 20_000, 1_000, 2
IDLE = 4
"""How much longer than it may compute a cell may last: a computer that is busy slows everybody down."""


class CellTimeout(BaseException):
    """Not an Exception, so that a bare ``except Exception`` in a loop does not swallow it."""


def plain(value, depth=0):
    """The value as JSON has it; ``{"is": why}`` for what no answer can be, so that the student can be told."""
    if value is ...:
        return {"is": "..."}
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else {"is": "too long"}
    if isinstance(value, numbers.Integral):
        return int(value) if abs(int(value)) < 2**63 else {"is": "too large"}
    if isinstance(value, numbers.Real):
        value = float(value)
        return value if math.isfinite(value) else {"is": "missing (NaN)" if math.isnan(value) else "infinite"}
    if getattr(value, "size", None) == 1 and hasattr(value, "item") and depth < DEEPEST:
        return plain(value.item(), depth + 1)
    if hasattr(value, "tolist") and getattr(value, "ndim", 2) <= 1 and getattr(value, "size", 0) <= LONGEST_LIST:
        value = value.tolist()
    if isinstance(value, list | tuple) and len(value) <= LONGEST_LIST and depth < DEEPEST:
        return [plain(one, depth + 1) for one in value]
    return {"is": f"of type {type(value).__name__[:40]}"}


def guarded(job):
    try:
        return job()
    except (Exception, SystemExit, KeyboardInterrupt) as error:  # an object that breaks when it is looked at
        return {"is": f"broken ({type(error).__name__[:40]})"}


def timed(job, seconds):
    """(result, None) or (None, what stopped it); ``seconds`` of computing, that is."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, IDLE * seconds)
    try:
        return job(), None
    except (CellTimeout, Exception, SystemExit, KeyboardInterrupt) as error:
        return None, error
    finally:
        for timer in (signal.ITIMER_PROF, signal.ITIMER_REAL):
            signal.setitimer(timer, 0)


def told(error):
    return f"{type(error).__name__}: {guarded(lambda: str(error))}"[:300]


def main(given):
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)
    with open("world.zip", "wb") as world:
        world.write(base64.b64decode(given["world"]))

    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    known = {}

    def tell(line):
        line["answers"] = {}
        for name in given["answers"]:
            if name in shell.user_ns and name not in given["probes"]:
                value = guarded(lambda name=name: plain(shell.user_ns[name]))
                if name not in known or known[name] != value:
                    known[name] = line["answers"][name] = value
        out.write(json.dumps(line) + "\n")
        out.flush()

    def stop(number, frame):
        waited = IDLE if number == signal.SIGALRM else 1
        raise CellTimeout(f"it was stopped after {waited * given['cell_time']:g} s")

    def run(source):
        result = shell.run_cell(source, store_history=False, silent=True)
        return result.error_before_exec or result.error_in_exec

    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, stop)
    for k, source in enumerate(given["cells"]):
        error = [one for one in timed(lambda source=source: run(source), given["cell_time"]) if one is not None]
        tell({"cell": k, "error": told(error[0]) if error else ""})
    for name, calls in given["probes"].items():
        function = shell.user_ns.get(name)
        results = []
        for call in calls if callable(function) else []:
            result, error = timed(lambda function=function, call=call: plain(function(*call)), given["cell_time"])
            results.append({"is": told(error)} if error else result)
        if callable(function):
            out.write(json.dumps({"probe": name, "results": results}) + "\n")
    out.write(json.dumps({"end": True}) + "\n")
    out.flush()
    os._exit(0)  # whatever the notebook has left running or registered for the end


if __name__ == "__main__":
    sys.path.extend(sys.argv[1:])
    main(json.loads(sys.stdin.buffer.read()))
