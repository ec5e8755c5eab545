"""Seconds and memory of what a replicator runs, each in a process of its own.  ``--record`` keeps them in the record,
from where the README of the replication package has them; run that with nothing else going on."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import psutil

import hralign as hr
from hralign.record.store import Result, keep, origin_of
from hralign.sources import registry

PROGRAM = """
import pathlib, re, sys
from hralign.cli import main
status = main(sys.argv[1:])
peak = re.search(r"VmHWM:\\s+(\\d+) kB", pathlib.Path("/proc/self/status").read_text())
print(peak[1], file=sys.stderr)
sys.exit(status)
"""
"""Tells the peak of its own memory: what the system counts for a child includes the parent it was forked from."""


def measure(*arguments: str) -> tuple[float, float]:
    """Wall seconds and peak memory (MB, Linux) of ``hralign`` with these arguments."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True)
    return time.perf_counter() - began, int(done.stderr.split()[-1]) / 1024


def main() -> None:
    if not registry.is_fetched():
        print("The real files are not here: nothing is measured.")
        return
    src = hr.load_sources("real")  # fills the cache
    with tempfile.TemporaryDirectory() as folder:
        steps = {
            "check the files": ("info", "--fingerprint"),
            "fit Table 2": ("replicate", "--source", "real", "--quiet", "--models", "table2/lag"),
            "fit every model, draw every curve": ("replicate", "--source", "real", "--quiet"),
            "write this package": ("report", f"{folder}/package"),
        }
        rows = []
        for step, arguments in steps.items():
            seconds, megabytes = measure(*arguments)
            shown = " ".join(("hralign", *arguments)).replace(f"{folder}/package", "FOLDER").replace(" --quiet", "")
            rows.append({"step": step, "command": shown, "seconds": seconds, "megabytes": megabytes})
            print(f"{step:<40}{seconds:8.1f} s {megabytes:8.0f} MB")
    sizes = [Path(registry.data_folder(), entry.name).stat().st_size for entry in registry.registry()]
    facts = {
        "cores": os.cpu_count(), "memory_gigabytes": psutil.virtual_memory().total / 1e9,
        "data_megabytes": sum(sizes) / 1e6,
    }  # fmt: skip
    if "--record" in sys.argv:
        keep(Result("requirements", pd.DataFrame(rows), facts, origin_of(src)), digits=3)


if __name__ == "__main__":
    main()
