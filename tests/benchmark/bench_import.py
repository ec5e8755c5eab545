"""CPU of importing the library, in multiples of importing numpy and pandas.  Prints; asserts nothing.

The aim is 1.5 at most, with the names that every chapter begins with (they are loaded when they are first used).
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

PROGRAMS = {
    "numpy, pandas": "import numpy, pandas",
    "hralign": "import numpy, pandas, hralign",
    "hralign, its first names": (
        "import hralign as hr; hr.load_sources, hr.build_panel, hr.fit_alignment, hr.cluster_bootstrap, "
        "hr.test_hypotheses, hr.recorded, hr.quote, hr.present"
    ),
    "hralign, all names": "import hralign as hr; [getattr(hr, name) for name in hr.__all__]",
}
ROUNDS = 9


def cpu(program: str) -> float:
    """CPU seconds of a process that runs it, children of that process included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    spent: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    empty = []
    for _ in range(ROUNDS):  # in alternation, so that a busy moment is shared
        empty.append(cpu("pass"))
        for name, program in PROGRAMS.items():
            spent[name].append(cpu(program))
    start = statistics.median(empty)
    base = statistics.median(spent["numpy, pandas"]) - start
    for name, seconds in spent.items():
        own = statistics.median(seconds) - start
        print(f"import {name:<40}{own:7.3f} s CPU {own / base:6.2f} times numpy and pandas")


if __name__ == "__main__":
    main()
