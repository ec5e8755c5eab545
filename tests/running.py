"""Run notebooks as Jupyter would, without a kernel for each: ``python tests/running.py FOLDER --source real`` times it.

One process imports what every chapter imports and waits.  For each notebook it forks a child, in which IPython runs the
code cells one after another, so that a notebook pays for what it computes only.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat

WARM = ["numpy", "pandas", "scipy.stats", "matplotlib.pyplot", "seaborn", "statsmodels.api",
        "IPython.core.interactiveshell", "hralign", "running"]  # fmt: skip


@dataclass(frozen=True)
class Ran:
    """How a notebook ran: seconds by the clock and of the processor, and what stopped it (empty: nothing)."""

    name: str
    seconds: float
    computing: float
    fault: str = ""


def run_notebook(path: str, source: str) -> Ran:
    """Run a notebook from top to bottom in its own folder, in this process, which is of no use afterwards."""
    began, began_computing = time.perf_counter(), time.process_time()
    os.environ["HRALIGN_SOURCE"] = source
    os.environ["MPLBACKEND"] = "agg"
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    notebook = nbformat.read(path, 4)
    os.chdir(Path(path).parent)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(colors="NoColor", history_length=0)
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        with capture_output() as told:
            result = shell.run_cell(cell.source)
        if not result.success:
            error = result.error_before_exec or result.error_in_exec
            place = re.findall(r"^-+> (\d+) .*", told.stdout, re.M)
            line = f", line {place[0]}" if place else ""
            fault = f"{Path(path).name}, cell {number}{line}: {type(error).__name__}: {error}"
            break
    else:
        fault = ""
    if "joblib.externals.loky" in sys.modules:  # a notebook's own processes would keep this one waiting for minutes
        sys.modules["joblib.externals.loky"].get_reusable_executor(max_workers=1).shutdown(kill_workers=True)
    return Ran(Path(path).stem, time.perf_counter() - began, time.process_time() - began_computing, fault)


def run_all(paths: Sequence[Path], source: str, workers: int = 2) -> Iterator[Ran]:
    """Run notebooks, so many at a time, each in a fresh copy of a process that has imported what they need."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(WARM)
    with ProcessPoolExecutor(workers, mp_context=context, max_tasks_per_child=1) as pool:
        yield from pool.map(run_notebook, map(str, paths), [source] * len(paths))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--source", choices=("real", "simulated"), default="simulated")
    given = parser.parse_args()
    began = time.perf_counter()
    faults = 0
    for ran in run_all(sorted(given.folder.absolute().glob("*.ipynb"), reverse=True), given.source):
        print(f"{ran.seconds:6.1f} s ({ran.computing:5.1f} s computing)  {ran.name}  {ran.fault}".rstrip(), flush=True)
        faults += bool(ran.fault)
    print(f"{time.perf_counter() - began:6.1f} s  together, on {given.source} data")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    import running  # its functions have to be found under this name in the children

    raise SystemExit(running.main())
