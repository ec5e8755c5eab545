"""From clean to site on simulated data: seconds and memory of executing the notebooks and of Sphinx.

Works on a copy of the project that borrows its environment, so that what has been built here stays.  Memory is the sum
over all processes of one moment (proportional share), so that pages they have in common count once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
BORROWED = (".venv", "node_modules")
LEFT_OUT = shutil.ignore_patterns(".git", ".stage", "_build", "__pycache__", "*.egg-info", *BORROWED)
STEPS = {"notebooks": ".stage/simulated/executed", "Sphinx": "publish"}


def peak_memory(process: psutil.Process, peak: list[int]) -> None:
    """Keep the largest sum of memory in ``peak[0]`` (bytes) until the process ends."""
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        used = 0
        for one in (process, *process.children(recursive=True)):
            try:
                memory = one.memory_full_info()
                used += getattr(memory, "pss", memory.uss)
            except psutil.Error:
                continue  # it has just ended
        peak[0] = max(peak[0], used)
        time.sleep(3)  # looking costs time, too


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "project")
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT, symlinks=True)
        for name in BORROWED:
            (copy / name).symlink_to(ROOT / name)
        environment = {name: value for name, value in os.environ.items() if name != "HRALIGN_DATA"}
        for what, step in STEPS.items():
            began, peak = time.perf_counter(), [0]
            command = ["make", "book", f"STEP={step}", "SOURCE=simulated", "LIVE=no"]
            process = subprocess.Popen(command, cwd=copy, env=environment, stdout=subprocess.DEVNULL)
            watcher = threading.Thread(target=peak_memory, args=(psutil.Process(process.pid), peak))
            watcher.start()
            status = process.wait()
            watcher.join()
            assert status == 0, f"{' '.join(command)} failed"
            print(f"{what:<10}{time.perf_counter() - began:7.0f} s{peak[0] / 2**20:8.0f} MB at most")


if __name__ == "__main__":
    main()
