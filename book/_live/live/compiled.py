"""Compiled forms of the modules that instruments open, beside their sources in the wheels: half the time to start."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from . import wheels
from .parts import Missing

SCRIPT = Path(__file__).parents[1] / "compile.mjs"


def compiled_modules(live: Path) -> dict[str, bytes]:
    """By path within its wheel, the compiled form of every module that an instrument opens.

    Raises
    ------
    Missing
        If there is no node, or Python in it could not do what an instrument does.
    """
    node = shutil.which("node") or shutil.which("nodejs")
    if not node:
        raise Missing("node, which comes with npm, is not there to compile Python for the browser")
    folder = Path(tempfile.mkdtemp())
    try:
        done = subprocess.run([node, SCRIPT, live, folder], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(
                f"Python for the browser does not run ({(done.stderr.strip().splitlines() or ['no word'])[-1]})"
            )
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.pyc")}
    finally:
        shutil.rmtree(folder)


def with_compiled(content: bytes, compiled: dict[str, bytes]) -> bytes:
    """A wheel with the compiled forms of its modules, each after its source."""
    members = {}
    for name, source in wheels.members(content).items():
        members[name] = source
        folder, _, file = name.rpartition("/")
        start = f"{folder}/__pycache__/".lstrip("/") + file.removesuffix(".py") + "."
        if file.endswith(".py"):
            members |= {path: form for path, form in compiled.items() if path.startswith(start)}
    return wheels.repacked(members)
