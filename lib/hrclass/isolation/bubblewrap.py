"""The command line of bubblewrap: an empty system into which only Python, the library and its packages are bound.

No network, processes, users, host name and shared memory of its own, everything read-only but a small scratch folder in
memory, no privileges, no way to get any (``--disable-userns``), and prlimit's limits on every process. Started by root,
the sandbox first becomes nobody: limits on the number of processes do not bind root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import hralign as hr

from . import ENVIRONMENT, INSIDE, Isolation, Limits

SPACES = ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try")
USER = ("--unshare-user", "--disable-userns")
NOBODY = "65534"
SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
SETTINGS = ("/etc/ld.so.cache", "/etc/localtime", "/etc/alternatives")
HIDDEN = ("*hrclass*", "__pycache__/*hrclass*")
SCRATCH, LIBRARY, RUNNER = "/scratch", "/env/lib", "/env/run_notebook.py"


def find() -> Isolation | str:
    """The isolation, or why there is none."""
    bwrap = shutil.which("bwrap")
    if not bwrap:
        return "bubblewrap is not installed (on Debian and Ubuntu: apt install bubblewrap)"
    if not shutil.which("prlimit"):
        return "prlimit is not installed (it is part of util-linux)"
    version = subprocess.run([bwrap, "--version"], capture_output=True, text=True, check=False).stdout.split()
    if "--disable-userns" not in subprocess.run([bwrap, "--help"], capture_output=True, text=True, check=False).stdout:
        return f"{' '.join(version)} is too old (0.8 or newer is needed)"
    words = f"{' '.join(version)}: no network, own processes and users, read-only environment, scratch in memory"
    return Isolation("bubblewrap", words, lambda limits: command(bwrap, limits), {})


def command(bwrap: str, limits: Limits, root: bool | None = None) -> list[str]:
    """The whole command; ``root`` whether root runs it (None: as it is)."""
    root = os.geteuid() == 0 if root is None else root
    paths = [f"/env/site-{k}" for k, _ in enumerate(packages())]
    inner = [*limits.prlimit, python(), "-I", "-B", RUNNER, LIBRARY, *paths]
    outer = [bwrap, *SPACES, "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    if not root:
        return [*outer, *USER, *view(limits), *inner]
    become = ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]
    again = [bwrap, *USER, "--die-with-parent", "--cap-drop", "ALL", "--dev-bind", "/", "/", "--chdir", SCRATCH]
    may = ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]  # to become nobody; given up with it
    return [*outer, *may, *view(limits), *become, *again, *inner]


def view(limits: Limits) -> list[str]:
    """What there is to see: mounts in the order in which bubblewrap makes them, and the environment."""
    size = str(limits.scratch * 2**20)
    args = ["--hostname", "sandbox", "--clearenv"]
    inside = ENVIRONMENT | {"HOME": SCRATCH, "TMPDIR": SCRATCH, "IPYTHONDIR": f"{SCRATCH}/.ipython"}
    for name, value in inside.items():
        args += ["--setenv", name, value]
    for folder in open_folders():
        args += ["--perms", "0755", "--dir", folder]
    args += ["--ro-bind", "/usr", "/usr"]
    for path in filter(os.path.lexists, SYSTEM):
        args += ["--symlink", os.readlink(path), path] if os.path.islink(path) else ["--ro-bind", path, path]
    for path in SETTINGS:
        args += ["--ro-bind-try", path, path]
    if not Path(sys.base_prefix).is_relative_to("/usr"):
        args += ["--ro-bind", sys.base_prefix, sys.base_prefix]
    args += ["--ro-bind", str(Path(hr.__file__).parent), f"{LIBRARY}/hralign", "--ro-bind", str(INSIDE), RUNNER]
    for k, folder in enumerate(packages()):
        args += ["--ro-bind", str(folder), f"/env/site-{k}"]
        args += hide(folder, Path(f"/env/site-{k}"))
    for folder in others():
        args += hide(folder, folder)
    args += ["--proc", "/proc", "--dev", "/dev", "--size", size, "--perms", "1777", "--tmpfs", "/dev/shm"]
    args += ["--remount-ro", "/dev", "--size", size, "--perms", "0777", "--tmpfs", SCRATCH]
    for cache in font_cache():
        args += ["--ro-bind", str(cache), f"{SCRATCH}/.cache/matplotlib/{cache.name}"]
    return [*args, "--remount-ro", "/", "--chdir", SCRATCH]


def python() -> str:
    """The interpreter below the environment that runs this: an environment's own is a link to it."""
    return sys._base_executable if hasattr(sys, "_base_executable") else sys.executable


def packages() -> list[Path]:
    """Folders of installed packages on the path of this interpreter."""
    names = {"site-packages", "dist-packages"}
    return list(
        dict.fromkeys(Path(one).resolve() for one in sys.path if Path(one).name in names and Path(one).is_dir())
    )


def others() -> list[Path]:
    """Folders of packages that come along with what is bound whole."""
    roots = {Path("/usr"), Path("/usr/local"), Path(sys.base_prefix)}
    return sorted(
        {folder for root in roots for kind in ("site", "dist") for folder in root.glob(f"lib/python3*/{kind}-packages")}
    )


def hide(folder: Path, seen_as: Path) -> list[str]:
    """Cover whatever is the grader's in a folder of packages."""
    covered = []
    for path in sorted(path for pattern in HIDDEN for path in folder.glob(pattern)):
        place = str(seen_as / path.relative_to(folder))
        covered += ["--tmpfs", place, "--remount-ro", place] if path.is_dir() else ["--ro-bind", os.devnull, place]
    return covered


def open_folders() -> list[str]:
    """Parents that must be made passable for a user who is not their owner (``/root`` on the host is not)."""
    parents = [str(one) for one in reversed(Path(sys.base_prefix).parents) if str(one) not in ("/", "/usr")]
    return [*parents, "/tmp", "/etc", "/env", LIBRARY]


def font_cache() -> list[Path]:
    """Matplotlib's list of fonts, which takes seconds to make; where it is known already."""
    folder = Path(os.environ.get("MPLCONFIGDIR") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "matplotlib"))
    return sorted(folder.expanduser().glob("fontlist-*.json"))
