"""What a confined process gives up before it runs somebody else's code.

Three layers, each used where the system has it:

- an audit hook (PEP 578) refuses to write or read outside, to start processes, to signal them and to use the network,
  and says what was tried; it holds everywhere, but against Python code only;
- Landlock (Linux 5.13 and later) makes the kernel refuse the same to any code in the process;
- a network namespace of its own (Linux) leaves the process without any network.

Memory and file sizes are limited as well.  This is for a class, not for a war: grade on a machine that you would let
students use.
"""

from __future__ import annotations

import ctypes
import os
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import hralign as hr

LARGEST_FILE = 100 * 2**20

SYSTEM = ("/usr", "/lib", "/lib64", "/sys", "/System", "/Library")
"""Where the system keeps libraries, fonts, time zones and the number of its processors."""

DEVICES = ("/dev/null", "/dev/urandom", "/dev/random", "/dev/zero")

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

PATH_EVENTS = {
    "os.remove": "delete", "os.rmdir": "delete", "shutil.rmtree": "delete", "os.rename": "rename", "os.link": "link",
    "os.symlink": "link", "os.truncate": "truncate", "os.mkdir": "make", "os.chmod": "change", "os.chown": "change",
    "os.utime": "change", "shutil.move": "move", "os.chdir": "enter",
}  # fmt: skip

TWO_PATHS = {"os.rename", "os.link", "os.symlink", "shutil.move"}

FORBIDDEN = {
    "os.system": "start a process", "os.exec": "start a process", "os.posix_spawn": "start a process",
    "os.spawn": "start a process", "os.fork": "start a process", "os.forkpty": "start a process",
    "pty.spawn": "start a process", "subprocess.Popen": "start a process", "os.kill": "signal a process",
    "os.killpg": "signal a process", "signal.pthread_kill": "signal a process", "ctypes.dlopen": "load a C library",
    "ctypes.dlsym": "load a C library", "socket.connect": "use the network", "socket.bind": "use the network",
    "socket.getaddrinfo": "use the network", "socket.gethostbyname": "use the network",
    "socket.sendto": "use the network", "resource.prlimit": "change limits", "resource.setrlimit": "change limits",
}  # fmt: skip


def confine(folder: str, memory: float, time: float, refused: list[str]) -> list[str]:
    """Give up, for good, what a notebook does not need; returns the layers that hold.

    Called once, after all imports; ``memory`` in gigabytes, ``time`` in seconds.  What the audit hook refuses is added
    to ``refused``.
    """
    import resource  # Unix only, as are the callers; the module itself is read everywhere

    for what, limit in (
        (resource.RLIMIT_AS, int(memory * 2**30)), (resource.RLIMIT_FSIZE, LARGEST_FILE), (resource.RLIMIT_CORE, 0),
        # for the case that nobody is left to stop it
        (resource.RLIMIT_CPU, int(time) + 10),
    ):  # fmt: skip
        resource.setrlimit(what, (limit, limit))
    os.environ["HOME"] = folder
    os.environ["IPYTHONDIR"] = os.path.join(folder, ".ipython")
    tempfile.tempdir = folder
    readable = sorted({
        os.path.realpath(path) for path in (
            sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), *_packages(), *SYSTEM
        )
        if os.path.exists(path)
    })  # fmt: skip
    sys.path[:] = [path for path in sys.path if _within(os.path.realpath(path or "."), readable)]
    layers = [name for name, holds in (("network", _no_network()), ("landlock", _landlock(folder, readable))) if holds]
    sys.addaudithook(_guard(os.path.realpath(folder), readable, refused))
    return [*layers, "audit"]


def _packages() -> list[Path]:
    """Where the library and this package lie: together in an environment or a checkout, or apart."""
    return [Path(file).parents[1] for file in (hr.__file__, __file__)]


def _guard(folder: str, readable: Sequence[str], refused: list[str]) -> Any:
    """The audit hook: an exception from it makes the action fail."""

    def inside(path: Any, roots: Sequence[str]) -> bool:
        if isinstance(path, int) or path is None:
            return True  # something that is open already
        real = os.path.realpath(os.fsdecode(path))
        return _within(real, roots) or real in DEVICES

    def refuse(what: str) -> None:
        if len(refused) < 20:
            refused.append(what[:200])
        raise PermissionError(f"not allowed here: to {what}")

    def hook(event: str, arguments: tuple) -> None:
        if event == "open":
            path, _, flags = arguments
            writes = isinstance(flags, int) and flags & WRITES
            if not inside(path, (folder,) if writes else (folder, *readable)):
                refuse(f"{'write' if writes else 'read'} {path}")
        elif event in PATH_EVENTS:
            for path in arguments[: 2 if event in TWO_PATHS else 1]:
                if not inside(path, (folder,)):
                    refuse(f"{PATH_EVENTS[event]} {path}")
        elif event in FORBIDDEN:
            refuse(FORBIDDEN[event])

    return hook


def _within(path: str, roots: Sequence[str]) -> bool:
    return any(path == root or path.startswith(root + os.sep) for root in roots)


def _no_network() -> bool:
    """Move into a network namespace of its own, in which there is nothing."""
    new_user, new_network = 0x10000000, 0x40000000  # CLONE_NEWUSER, CLONE_NEWNET of <linux/sched.h>
    try:
        unshare = ctypes.CDLL(None, use_errno=True).unshare
    except (OSError, AttributeError):
        return False
    return unshare(new_network) == 0 or unshare(new_user | new_network) == 0


def _landlock(folder: str, readable: Sequence[str]) -> bool:
    """Ask the kernel to refuse everything outside the folder (https://docs.kernel.org/userspace-api/landlock.html)."""
    create, add, restrict, no_new_privileges = 444, 445, 446, 38  # system calls (all architectures), prctl option
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(create, None, ctypes.c_size_t(0), ctypes.c_uint(1))
    if version < 1:
        return False
    execute, write_file, read_file, read_folder = 1, 2, 4, 8
    everything = (1 << (13 + (version >= 2) + (version >= 3) + (version >= 5))) - 1
    network, scope = (3 if version >= 4 else 0), (3 if version >= 6 else 0)  # TCP; abstract sockets and signals
    attributes = (ctypes.c_uint64 * 3)(everything, network, scope)
    size = ctypes.c_size_t(8 * (1 + (version >= 4) + (version >= 6)))
    ruleset = libc.syscall(create, attributes, size, ctypes.c_uint(0))
    if ruleset < 0:
        return False

    class Beneath(ctypes.Structure):
        _pack_ = 1
        _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))

    rules = dict.fromkeys(readable, execute | read_file | read_folder) | {folder: everything}
    rules |= {device: read_file | write_file for device in DEVICES if os.path.exists(device)}
    for path, allowed in rules.items():
        opened = os.open(path, os.O_PATH)
        rule = Beneath(allowed, opened)
        done = libc.syscall(add, ctypes.c_int(ruleset), ctypes.c_int(1), ctypes.byref(rule), ctypes.c_uint(0))
        os.close(opened)
        if done:
            return False
    libc.prctl(no_new_privileges, 1, 0, 0, 0)
    return libc.syscall(restrict, ctypes.c_int(ruleset), ctypes.c_uint(0)) == 0
