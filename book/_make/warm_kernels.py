"""Kernels that start as forks of one process which has imported what chapters import: most of what a chapter waits for.

A plugin for pytest (``-p warm_kernels``), so that nbmake runs notebooks in them; :func:`use_warm_kernels` does the same
for any other client of Jupyter.  Only on Linux; elsewhere forks of such processes are not safe, and kernels start as
usual.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from importlib.metadata import EntryPoint

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

LIBRARIES = ("ipykernel.kernelapp", "matplotlib.pyplot", "seaborn", "scipy.stats", "statsmodels.formula.api",
             "hralign.cli", "hralign.sources.schemas")  # fmt: skip


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
    """From here on, kernels that this process starts are forks."""
    if sys.platform != "linux":
        return
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")  # read at import
    multiprocessing.get_context("forkserver").set_forkserver_preload([__name__, *LIBRARIES])
    kernels = KernelProvisionerFactory.instance()
    kernels.provisioners["warm"] = EntryPoint("warm", f"{__name__}:WarmKernels", KernelProvisionerFactory.GROUP_NAME)
    kernels.default_provisioner_name = "warm"


def pytest_configure(config: object) -> None:
    use_warm_kernels()
