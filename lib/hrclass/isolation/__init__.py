"""Where notebooks of other people run: in a sandbox of the operating system, or not at all.

`bubblewrap` and `container` each say by what command the file ``inside.py`` is run within a sandbox; the work is done
by these tools, none of it here. `find` picks one, tries it on a notebook that wants to get out, and refuses to go on
where none holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

INSIDE = Path(__file__).parents[1] / "inside.py"

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "VECLIB_MAXIMUM_THREADS": "1",
    "MPLBACKEND": "Agg", "HRALIGN_SOURCE": "simulated", "HRALIGN_WORLD": "world.zip", "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "TZ": "UTC", "USER": "student", "PATH": "/usr/bin:/bin",
}  # fmt: skip
"""All that a notebook learns of its surroundings."""


@dataclass(frozen=True)
class Limits:
    """Of one notebook: seconds for all of it, seconds of computing for a cell, gigabytes of memory, megabytes it may
    write and answer, and processes."""

    time: float = 240.0
    cell_time: float = 45.0
    memory: float = 3.0
    scratch: int = 256
    output: int = 4
    processes: int = 64

    @property
    def prlimit(self) -> list[str]:
        """The limits that hold for each process, as arguments of prlimit(1)."""
        most = {
            "as": int(self.memory * 2**30), "nproc": self.processes, "fsize": self.scratch * 2**20, "core": 0,
            "cpu": int(self.time) + 10, "nofile": 1024,
        }  # fmt: skip
        return ["prlimit", *(f"--{name}={number}" for name, number in most.items()), "--"]


@dataclass(frozen=True)
class Isolation:
    """A way to run ``inside.py``: ``command(limits)`` is the whole command, ``words`` what the report says of it.

    ``stop(command)`` ends what outlives its command, as a container does.
    """

    name: str
    words: str
    command: Callable[[Limits], Sequence[str]]
    environment: dict[str, str] | None = None
    stop: Callable[[Sequence[str]], None] = lambda command: None
