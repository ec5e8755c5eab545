"""Install packages into the environment that runs this: with uv, which is many times faster, or else with pip.

``python install.py -r requirements.txt -e .`` takes what ``pip install`` and ``uv pip install`` have in common.  uv knows
nothing of pip's settings, so those that say where packages come from are handed on to it.  Whatever keeps uv from doing
the work (a platform without it, an unusual index), pip does it then, and says in its own words what is wrong.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
LOCK = Path(__file__).parents[2] / "requirements-lock.txt"
SETTINGS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE",
    "trusted-host": "UV_INSECURE_HOST",
}


def settings(listed: str) -> dict[str, str]:
    """Variables for uv out of what ``pip config list`` prints: lines like ``global.index-url='…'``."""
    found = {}
    for line in sorted(listed.splitlines(), key=lambda line: line.startswith(":env:")):  # the environment has the last word
        name, _, value = line.partition("=")
        if (variable := SETTINGS.get(name.rpartition(".")[2])) and name.split(".")[0] in ("global", "install", ":env:"):
            words = value.strip("'\"").split()
            found[variable] = ("," if variable == "UV_FIND_LINKS" else " ").join(words)
    return found


def uv(arguments: list[str]) -> bool:
    """Whether uv could do it; its own environment variables count for more than pip's settings."""
    if subprocess.run([sys.executable, "-m", "uv", "--version"], capture_output=True, check=False).returncode:
        bootstrap = [*PIP, "install", "--quiet", "-c", str(LOCK), "uv"]
        if subprocess.run(bootstrap, capture_output=True, check=False).returncode:
            return False
    listed = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, check=False).stdout
    # as pip does: the best version of all indexes, certificates of the system
    usual = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_SYSTEM_CERTS": "true"}
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable, *arguments]
    return not subprocess.run(command, env=usual | settings(listed) | os.environ, stderr=subprocess.DEVNULL, check=False).returncode


if __name__ == "__main__":
    if not uv(sys.argv[1:]):
        sys.exit(subprocess.run([*PIP, "install", "--quiet", *sys.argv[1:]], check=False).returncode)
