"""Make an environment and install packages into it: with uv, which is many times faster, or else with pip.

``python environment.py .venv -r requirements.txt -e .`` takes what ``pip install`` and ``uv pip install`` have in
common.  uv knows nothing of pip's settings, so those that say where packages come from are handed on to it.  Whatever
keeps uv from doing the work (a platform without it, an unusual index), pip does it then, and says what is wrong.

This runs on whatever Python there is, even one too old for the book, and says so then.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).parents[2] / "requirements-lock.txt"
SETTINGS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE",
    "trusted-host": "UV_INSECURE_HOST",
}
USUAL = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_SYSTEM_CERTS": "true"}  # as pip does
OLD = "{python} is older than Python 3.11: name a newer one with make PYTHON=/path/to/python3.11."
BARE = (
    "{python} cannot make virtual environments: install its venv package first "
    "(on Debian and Ubuntu: apt install python3-venv)."
)


def runs(*command: object) -> bool:
    return subprocess.run(list(map(str, command)), capture_output=True, check=False).returncode == 0


def make(folder: Path) -> Path:
    """The Python of an environment, which is made unless it is there; a SystemExit says what is missing."""
    python = folder / "bin/python"
    if python.exists() and runs(python, "-m", "pip", "--version"):
        return python
    if sys.version_info < (3, 11):  # noqa: UP036 (this is the place where it is said)
        sys.exit(OLD.format(python=sys.executable))
    if not runs(sys.executable, "-c", "import ensurepip, venv"):
        sys.exit(BARE.format(python=sys.executable))
    print(f"making {folder}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    return python


def settings(listed: str) -> dict[str, str]:
    """Variables for uv out of what ``pip config list`` prints: lines like ``global.index-url='…'``."""
    found = {}
    for line in sorted(listed.splitlines(), key=lambda line: line.startswith(":env:")):  # these have the last word
        name, _, value = line.partition("=")
        variable = SETTINGS.get(name.rpartition(".")[2])
        if variable and name.split(".")[0] in ("global", "install", ":env:"):
            found[variable] = ("," if variable == "UV_FIND_LINKS" else " ").join(value.strip("'\"").split())
    return found


def install(python: Path, arguments: list[str]) -> int:
    """Exit status of pip, or 0 if uv has done it; variables made for uv count for more than pip's settings."""
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    if runs(python, "-m", "uv", "--version") or runs(*pip, "install", "-c", LOCK, "uv"):
        listed = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False).stdout
        command = [str(python), "-m", "uv", "pip", "install", "--quiet", "--python", str(python), *arguments]
        environment = {**USUAL, **settings(listed), **os.environ}
        if not subprocess.run(command, env=environment, stderr=subprocess.DEVNULL, check=False).returncode:
            return 0
    return subprocess.run([*pip, "install", "--quiet", *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(install(make(Path(sys.argv[1])), sys.argv[2:]))
