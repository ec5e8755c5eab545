"""Which isolation there is on this machine, and whether it holds."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import hralign as hr

from . import INSIDE, Isolation, Limits, bubblewrap, container

TRUSTED = "none: the notebooks were trusted and ran as any program of yours"

WAYS: dict[str, Callable[[], Isolation | str]] = {"bubblewrap": bubblewrap.find, "container": container.find}

ESCAPE = """
import os, socket
def out():
    found = [name for name in ("hrclass",) if __import__("importlib.util").util.find_spec(name)]
    if os.path.exists({canary!r}):
        found.append("files of yours")
    if os.path.exists("/proc/{pid}") and "{name}" in open("/proc/{pid}/cmdline").read():
        found.append("processes of yours")
    for place in ("/", "/usr", os.path.dirname(os.__file__)):
        try:
            open(os.path.join(place, "written"), "w").close()
            found.append("a way to write into " + place)
        except OSError:
            pass
    try:
        socket.create_connection(("127.0.0.1", {port}), timeout=1).close()
        found.append("the network")
    except OSError:
        pass
    return found
seen = out()
"""


def choose(way: str, run: Callable[[Isolation, str, Limits], tuple[list | None, str]]) -> Isolation:
    """The isolation called ``way``, or for ``auto`` the first that holds.

    ``run(isolation, code, limits)`` runs a cell and gives its variable ``seen``, and what went wrong.

    Raises
    ------
    HralignError
        If there is none, with the reason for each and what to do.
    """
    if way == "trusted":
        return trusted()
    reasons = []
    for name in WAYS if way == "auto" else [way]:
        found = WAYS[name]()
        if isinstance(found, str):
            reasons.append(f"{name}: {found}")
            continue
        seen, said = probe(found, run)
        if seen == []:
            return found
        reasons.append(f"{name}: it does not start ({said})" if seen is None else
                       f"{name}: a notebook in it still finds {', '.join(map(str, seen))}")  # fmt: skip
    raise hr.HralignError(
        "Other people's notebooks are run in a sandbox only, and there is none here. " + ". ".join(reasons) + ". On "
        "Linux, install bubblewrap; on macOS and Windows, install podman or docker and make the image as the guide "
        "says (page Grading). For notebooks that you wrote yourself, say --trusted."
    )


def probe(
    found: Isolation, run: Callable[[Isolation, str, Limits], tuple[list | None, str]]
) -> tuple[list | None, str]:
    """What a notebook in the sandbox finds of the outside: [] if nothing, None if it did not run."""
    with (
        tempfile.NamedTemporaryFile(prefix="hrclass-canary-") as canary,
        socket.create_server(("127.0.0.1", 0)) as server,
    ):
        where = {
            "canary": canary.name,
            "port": server.getsockname()[1],
            "pid": os.getpid(),
            "name": Path(sys.argv[0]).name,
        }
        return run(found, ESCAPE.format(**where), Limits(time=60, cell_time=20))


def trusted() -> Isolation:
    """No isolation: for one's own notebooks."""
    if not hasattr(os, "fork"):
        raise hr.HralignError("Grading needs Linux or macOS (on Windows, run it in WSL).")
    paths = [str(Path(hr.__file__).parents[1]), *(path for path in sys.path if path)]
    return Isolation("trusted", TRUSTED, lambda limits: [sys.executable, "-I", "-B", str(INSIDE), *paths])
