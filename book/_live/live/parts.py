"""Where the parts come from: Pyodide's own distribution, or PyPI.  Every file is known by its sum or by its version."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterable
from pathlib import Path

PATIENCE = 5
"""Seconds for which Pyodide's distribution may be silent before the copies on PyPI are taken."""

NAMES = Path(__file__).parents[1] / "parts.toml"


class Missing(Exception):
    """What cannot be had, and what to do: one sentence."""


def names() -> dict:
    """What ``parts.toml`` says."""
    return tomllib.loads(NAMES.read_text(encoding="utf-8"))


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def sum_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Parts:
    """The files of one version of Pyodide, and the wheels of ``requirements-parts.txt``.

    Attributes
    ----------
    lock : dict
        Pyodide's own ``pyodide-lock.json``.
    """

    def __init__(self, root: Path, kept: Path):
        self.core = root / "node_modules/pyodide"
        if not (self.core / "pyodide-lock.json").is_file():
            raise Missing("npm has not brought Pyodide (make fetches it with npm ci)")
        self.lock = json.loads((self.core / "pyodide-lock.json").read_text(encoding="utf-8"))
        self.version = self.lock["info"]["version"]
        self.kept = kept / self.version
        self.names = names()
        self.listed = self._listed(root / "requirements-parts.txt")
        self._reachable = True

    def _listed(self, path: Path) -> dict[str, str]:
        lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
        return {canonical(line.partition("==")[0]): line for line in lines if line}

    def fetch(self, wanted: Iterable[str]) -> dict[str, Path]:
        """The file of each package: as listed for PyPI, else as Pyodide's lock has it, sum and all."""
        wanted = list(wanted)
        own = [name for name in wanted if name in self.listed]
        self.kept.mkdir(parents=True, exist_ok=True)
        found = {name: self._listed_wheel(name) for name in own}
        if None in found.values():
            self._download([self.listed[name] for name in own], self.kept / "wheels")
            found = {name: self._listed_wheel(name) for name in own}
        for name in wanted:
            if name not in found and name in self.lock["packages"]:
                found[name] = self._distributed(name)
        absent = [name for name in wanted if found.get(name) is None]
        if absent:
            self._unpack_carriers()
            found |= {name: self._kept_file(name) for name in absent if name in self.lock["packages"]}
        return {name: path for name, path in found.items() if path}

    def fetch_distributed(self, wanted: Iterable[str]) -> dict[str, Path]:
        """The files of packages that only Pyodide's distribution has: all of them, or none."""
        found = {name: self._distributed(name) for name in wanted}
        return found if all(found.values()) else {}

    def _listed_wheel(self, name: str) -> Path | None:
        version = self.listed[name].partition("==")[2]
        for path in (self.kept / "wheels").glob("*.whl"):
            if canonical(path.name.split("-")[0]) == name and path.name.split("-")[1] == version:
                return path
        return None

    def _kept_file(self, name: str) -> Path | None:
        entry = self.lock["packages"][name]
        path = self.kept / entry["file_name"]
        return path if path.is_file() and sum_of(path.read_bytes()) == entry["sha256"] else None

    def _distributed(self, name: str) -> Path | None:
        """A file of the distribution, kept or fetched; None if its place cannot be reached or gives another file."""
        kept, entry = self._kept_file(name), self.lock["packages"][name]
        if kept or not self._reachable:
            return kept
        address = self.names["distribution"].format(version=self.version) + entry["file_name"]
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
                self._keep(entry, answer.read())
        except (OSError, urllib.error.URLError):
            self._reachable = False
        return self._kept_file(name)

    def _keep(self, entry: dict, content: bytes) -> None:
        if sum_of(content) == entry["sha256"]:
            (self.kept / entry["file_name"]).write_bytes(content)

    def _unpack_carriers(self) -> None:
        by_file = {entry["file_name"]: entry for entry in self.lock["packages"].values()}
        carriers = self.kept / "carriers"
        for carrier in self.names["carriers"]:
            self._download([self.listed[carrier]], carriers)
        for path in carriers.glob("*.whl"):
            with zipfile.ZipFile(path) as wheel:
                for member in wheel.namelist():
                    entry = by_file.get(member.rpartition("/")[2])
                    if entry:
                        self._keep(entry, wheel.read(member))
            path.unlink()  # large, and what is of use is out

    def _download(self, requirements: list[str], folder: Path) -> None:
        """Wheels of PyPI for the Python in the browser; pip looks at their sums."""
        python = "cp" + "".join(self.lock["info"]["python"].split(".")[:2])
        platform = f"pyemscripten_{self.lock['info']['abi_version']}_wasm32"
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
             "--dest", str(folder), "--python-version", python[2:], "--implementation", "cp", "--abi", python,
             "--platform", platform, *requirements],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["pip download failed"]
            raise Missing(f"{', '.join(requirements)} could not be fetched ({said[-1].removeprefix('ERROR: ')})")
