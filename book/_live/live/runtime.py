"""Pyodide, its wheels and the library's, with a lock of their own: ``live/pyodide``."""

from __future__ import annotations

import json
import shutil
import tomllib
from fnmatch import fnmatch
from pathlib import Path

from . import wheels
from .parts import Missing, Parts, canonical, sum_of

CORE = ("pyodide.js", "pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
COMPILED_BY_CHOICE = ("markupsafe",)  # packages that do without their compiled part, and may come from this Python


def write(root: Path, out: Path, kept: Path) -> None:
    """Fill ``out/pyodide`` and put the Python of instruments beside it.

    Raises
    ------
    Missing
        If a part cannot be had.
    """
    parts = Parts(root, kept)
    folder = out / "pyodide"
    folder.mkdir(parents=True)
    for name in CORE:
        shutil.copy(parts.core / name, folder)
    made = {"hralign": library(root)} | {name: wheels.empty(name) for name in parts.names["notebook"]["empty"]}
    needed = closure(parts, [name for part in ("engine", "notebook") for name in wanted(parts, part)])
    files = parts.fetch(name for name in needed if name not in made)
    entries = {}
    for name in needed:
        if name in made:
            entries[name] = keep(folder, name, *made[name], parts)
        elif name in files:
            entries[name] = keep_file(folder, name, files[name], parts)
        elif name in COMPILED_BY_CHOICE:
            entries[name] = keep(folder, name, *wheels.of_installed(name), parts)
        elif name not in FROM_KERNEL:
            raise Missing(f"{name} is in no place where Pyodide {parts.version} could have it from")
    lock = {"info": parts.lock["info"], "packages": entries}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock, indent=1, sort_keys=True), encoding="utf-8")
    write_engine_list(out, lock, parts.names["engine"]["packages"])
    shutil.copy(root / "book/_live/instruments.py", out)


FROM_KERNEL = ("piplite", "ipykernel", "pyodide-kernel")
"""Packages that JupyterLite's kernel for Pyodide brings, added by :mod:`.lite`."""


def wanted(parts: Parts, part: str) -> list[str]:
    said = parts.names[part]
    return [*said["packages"], *said.get("on_import", []), *said.get("empty", [])]


def depends(parts: Parts, name: str) -> list[str]:
    """What a package needs: as ``parts.toml`` says, else as Pyodide's lock does."""
    said = parts.names["depends"].get(name)
    if said is not None:
        return said
    return (
        parts.lock["packages"].get(name, {}).get("depends", []) if name not in parts.names["notebook"]["empty"] else []
    )


def closure(parts: Parts, start: list[str]) -> list[str]:
    """These packages and all that they need."""
    found, todo = [], list(start)
    while todo:
        name = todo.pop(0)
        if name not in found:
            found.append(name)
            todo += depends(parts, name)
    return found


def library(root: Path) -> tuple[str, bytes]:
    """Version and wheel of hralign, as pyproject.toml packs it."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    version, data = project["project"]["version"], project["tool"]["setuptools"]["package-data"]
    members = {}
    for path in sorted((root / "lib/hralign").rglob("*")):
        inside = path.relative_to(root / "lib").as_posix()
        package = {f"{name.replace('.', '/')}/{pattern}" for name, patterns in data.items() for pattern in patterns}
        if path.suffix == ".py" or any(fnmatch(inside, pattern.replace("**/", "*")) for pattern in package):
            members[inside] = path.read_bytes()
    return version, wheels.repacked(members | wheels.metadata("hralign", version))


def keep_file(folder: Path, name: str, path: Path, parts: Parts) -> dict:
    content, entry = path.read_bytes(), parts.lock["packages"].get(name, {})
    if path.suffix != ".whl":  # a shared library, as it is
        return put(folder, path.name, content, entry)
    if name in parts.listed:
        return keep(folder, name, wheels.version_in(content), content, parts, path.name)
    about = {**entry, "depends": depends(parts, name), "unvendored_tests": False}
    return put(folder, path.name, trim(name, content, parts), about)


def trim(name: str, content: bytes, parts: Parts) -> bytes:
    patterns = parts.names["left_out"]
    return wheels.trimmed(content, patterns["*"] + patterns.get(name, []))


def keep(folder: Path, name: str, version: str, content: bytes, parts: Parts, file_name: str = "") -> dict:
    """Write a wheel that is not Pyodide's own, and what the lock says of it."""
    content = trim(name, content, parts)
    about = {
        "name": name, "version": version, "depends": depends(parts, name), "imports": wheels.imports_of(content),
        "install_dir": "site", "package_type": "package", "unvendored_tests": False,
    }  # fmt: skip
    return put(folder, file_name or f"{canonical(name).replace('-', '_')}-{version}-py3-none-any.whl", content, about)


def put(folder: Path, file_name: str, content: bytes, about: dict) -> dict:
    (folder / file_name).write_bytes(content)
    return {**about, "file_name": file_name, "sha256": sum_of(content)}


def write_engine_list(out: Path, lock: dict, start: list[str]) -> None:
    """What the engine loads before anything else: file, size in bytes and sum of each wheel, for progress and checks."""
    names, todo = [], list(start)
    while todo:
        name = todo.pop(0)
        if name not in names:
            names.append(name)
            todo += lock["packages"][name]["depends"]
    folder = out / "pyodide"
    listed = [
        {"file": lock["packages"][name]["file_name"], "sha256": lock["packages"][name]["sha256"],
         "bytes": (folder / lock["packages"][name]["file_name"]).stat().st_size}
        for name in names
    ]  # fmt: skip
    (out / "engine.json").write_text(json.dumps({"packages": start, "wheels": listed}, indent=1), encoding="utf-8")
