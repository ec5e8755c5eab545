"""Execute chapters side by side, each in a kernel of its own.

``python execute.py QUEUE DONE`` takes every notebook (or its text half) out of the folder QUEUE, runs it, and puts it
into DONE once every cell has run.  What fails stays in the queue and is told with its cell and line; the exit status is
1 then.

Most of what a chapter waits for is the import of the same libraries.  On Linux one process therefore imports them once,
and each kernel is a fork of it; elsewhere, where forks of such processes are not safe, kernels start as usual.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import re
import sys
import time
from importlib.metadata import EntryPoint
from pathlib import Path

import jupytext
import nbformat
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from nbclient import NotebookClient

LIBRARIES = ("ipykernel.kernelapp", "matplotlib.pyplot", "seaborn", "scipy.stats", "statsmodels.formula.api",
             "linearmodels", "hralign.cli", "hralign.sources.schemas",
             "jupytext", "nbclient")  # fmt: skip # the last two because a fork reads this file again
SIDE_BY_SIDE = min(4, max(2, os.cpu_count() or 2))
TIMEOUT = 1800  # seconds for a cell
COLOUR = re.compile(r"\x1b\[[\d;]*m")


def become_kernel(arguments: list[str], folder: str | None, environment: dict[str, str]) -> None:
    """What a fork does: a kernel that looks as if it had been started by its command."""
    os.setsid()  # a group of its own, as whoever interrupts it expects
    os.chdir(folder or ".")
    os.environ.update(environment)
    sys.argv = ["ipykernel_launcher", *arguments, f"--IPKernelApp.parent_handle={os.getppid()}", "--log-level=ERROR"]
    import pandas
    from ipykernel.kernelapp import launch_new_instance

    pandas.set_option("display.max_columns", 20)  # as in any kernel; imported outside of one, it sees a terminal
    launch_new_instance()


class Fork:
    """A forked process, with what a provisioner asks of a ``subprocess.Popen``."""

    stdin = stdout = stderr = None

    def __init__(self, *arguments: object):
        self.process = multiprocessing.get_context("forkserver").Process(target=become_kernel, args=arguments)
        self.process.start()
        self.pid = self.process.pid

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self) -> int | None:
        self.process.join()
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def terminate(self) -> None:
        self.process.terminate()

    def kill(self) -> None:
        self.process.kill()


class WarmKernels(LocalProvisioner):
    """Kernels as forks of the process that has imported everything."""

    async def launch_kernel(self, cmd: list[str], **kwargs: object) -> dict[str, object]:
        self.process = Fork(cmd[cmd.index("-f") :], kwargs.get("cwd"), dict(kwargs.get("env") or {}))
        self.pid = self.pgid = self.process.pid
        return self.connection_info


def use_warm_kernels() -> None:
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")  # read at import
    multiprocessing.get_context("forkserver").set_forkserver_preload(list(LIBRARIES))
    kernels = KernelProvisionerFactory.instance()
    kernels.provisioners["warm"] = EntryPoint("warm", "__main__:WarmKernels", KernelProvisionerFactory.GROUP_NAME)
    kernels.default_provisioner_name = "warm"


async def execute(path: Path, done: Path) -> str | None:
    """Run one notebook and put it where it belongs; returns what went wrong."""
    began = time.monotonic()
    try:
        notebook = jupytext.read(path)
        place = {"metadata": {"path": str(path.parent)}}
        await NotebookClient(notebook, timeout=TIMEOUT, kernel_name="python3", resources=place).async_execute()
    except Exception as error:  # a cell that raises, takes too long or kills its kernel, a file that is no notebook
        return COLOUR.sub("", f"{type(error).__name__}: {error}").strip()
    scratch = path.with_suffix(".done")
    nbformat.write(notebook, scratch, version=4)
    scratch.replace(done / f"{path.stem}.ipynb")
    path.unlink()
    print(f"  notebooks/{path.stem} {time.monotonic() - began:.1f} s", flush=True)
    return None


async def execute_all(queue: Path, done: Path) -> int:
    """The last chapters compute longest and go first, so that all end together."""
    free = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(path: Path) -> bool:
        async with free:
            wrong = await execute(path, done)
        if wrong:
            print(f"{wrong}\nnotebooks/{path.stem} failed (above: the cell and its line).", flush=True)
        return bool(wrong)

    paths = sorted((path for path in queue.iterdir() if path.suffix in (".md", ".ipynb")), reverse=True)
    return int(any(await asyncio.gather(*map(one, paths))))


if __name__ == "__main__":
    if sys.platform == "linux":
        use_warm_kernels()
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(asyncio.run(execute_all(Path(sys.argv[1]), Path(sys.argv[2]))))
    sys.exit(130)
