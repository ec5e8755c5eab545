"""Pyodide, its wheels and the library's, with a lock of their own (``live/pyodide``), and what instruments ask."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

from hralign.record.store import ANSWERS

from . import wheels
from .compiled import compiled_modules, with_compiled
from .parts import Missing, Parts, canonical, sum_of

CORE = ("pyodide.js", "pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
PURE_TOO = ("markupsafe",)
"""Packages that do without their compiled part: where nothing else has them, they are taken from this Python."""


def write(root: Path, out: Path, kept: Path, kernel: dict[str, Path]) -> None:
    """Fill ``out/pyodide``, and write ``engine.json`` and ``instruments.py`` beside it.

    Parameters
    ----------
    root, out, kept : Path
        The book, where to write, and where fetched files are kept.
    kernel : dict
        Wheels that JupyterLite's kernel brings, by name; without them notebooks are left out.

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
    entries = {
        name: (about, trim(parts, name, content)) for name, (about, content) in gather(root, parts, kernel).items()
    }
    engine = closure(lambda name: entries[name][0]["depends"], parts.names["engine"]["packages"])
    shutil.copy(root / "book/_live/instruments.py", out)
    put(out, parts, entries, engine)
    compiled = compiled_modules(out)
    for name in engine:
        about, content = entries[name]
        if about["file_name"].endswith(".whl"):
            entries[name] = about, with_compiled(content, compiled)
    put(out, parts, entries, engine)


def gather(root: Path, parts: Parts, kernel: dict[str, Path]) -> dict[str, tuple[dict, bytes]]:
    """What the lock says of each package, and its file."""
    made = {"hralign": library(root)} | {name: wheels.empty(name) for name in parts.names["notebook"]["empty"]}
    made |= {name: (wheels.version_in(path.read_bytes()), path.read_bytes()) for name, path in kernel.items()}
    notebook = parts.names["notebook"]
    start = [*parts.names["engine"]["packages"], *notebook["on_import"]]
    needed = closure(
        lambda name: depends(parts, name), start + (notebook["packages"] + notebook["empty"] if kernel else [])
    )
    files = parts.fetch(name for name in needed if name not in made)
    found = {}
    for name in notebook["if_reachable"] if kernel else []:
        more = [one for one in closure(lambda one: depends(parts, one), [name]) if one not in needed]
        fetched = parts.fetch_distributed(more)
        if fetched:
            needed, files = [*needed, *more], files | fetched
        else:
            found[name] = stand_in(root, name)
    for name in needed:
        if name in made:
            found[name] = own(parts, name, *made[name])
        elif name in files and name in parts.listed:
            content = files[name].read_bytes()
            found[name] = own(parts, name, wheels.version_in(content), content, files[name].name)
        elif name in files:
            about = {**parts.lock["packages"][name], "depends": depends(parts, name), "unvendored_tests": False}
            found[name] = about, files[name].read_bytes()
        elif name in PURE_TOO:
            found[name] = own(parts, name, *wheels.of_installed(name))
        else:
            raise Missing(f"{name} is in no place where Pyodide {parts.version} could have it from")
    return found


def stand_in(root: Path, name: str) -> tuple[dict, bytes]:
    """What takes the place of a package that cannot be had; it is no distribution of that name, and has no version."""
    folder, other = root / "book/_live/stand_in", f"{name}{STAND_IN}"
    members = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted((folder / name).rglob("*.py"))}
    content = wheels.repacked(members | wheels.metadata(other, "0"))
    about = {
        "name": name, "version": "0", "depends": [], "imports": [name], "file_name": f"{other}-0-py3-none-any.whl",
        "install_dir": "site", "package_type": "package", "unvendored_tests": False,
    }  # fmt: skip
    return about, content


STAND_IN = "_stand_in"
"""What the file of a stand-in has behind its name."""


def without(live: Path) -> list[str]:
    """The packages that a site has a stand-in for."""
    lock = json.loads((live / "pyodide/pyodide-lock.json").read_text(encoding="utf-8"))
    return sorted(name for name, about in lock["packages"].items() if STAND_IN in about["file_name"])


def own(parts: Parts, name: str, version: str, content: bytes, file_name: str = "") -> tuple[dict, bytes]:
    """A wheel that is not Pyodide's own, with what the lock is to say of it."""
    about = {
        "name": name, "version": version, "depends": depends(parts, name), "imports": wheels.imports_of(content),
        "file_name": file_name or f"{name.replace('-', '_')}-{version}-py3-none-any.whl",
        "install_dir": "site", "package_type": "package", "unvendored_tests": False,
    }  # fmt: skip
    return about, content


def depends(parts: Parts, name: str) -> list[str]:
    """What a package needs: as ``parts.toml`` says, else as Pyodide's lock does."""
    said = parts.names["depends"].get(name)
    if said is None:
        said = (
            [] if name in parts.names["notebook"]["empty"] else parts.lock["packages"].get(name, {}).get("depends", [])
        )
    return [canonical(one) for one in said]


def closure(needs: Callable[[str], list[str]], start: list[str]) -> list[str]:
    """These packages and all that they need."""
    found, todo = [], list(start)
    while todo:
        name = todo.pop(0)
        if name not in found:
            found.append(name)
            todo += needs(name)
    return found


def library(root: Path) -> tuple[str, bytes]:
    """Version and wheel of hralign, with the files that pyproject.toml packs.

    Results that only solutions show are left out: the edition for exams has this wheel as well.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    version, data = project["project"]["version"], project["tool"]["setuptools"]["package-data"]
    patterns = [f"{name.replace('.', '/')}/{one}" for name, several in data.items() for one in several]
    members = {}
    for path in sorted((root / "lib/hralign").rglob("*")):
        inside = path.relative_to(root / "lib").as_posix()
        if ANSWERS in path.parts:
            continue
        if path.suffix == ".py" or any(fnmatch(inside, pattern.replace("**/", "*")) for pattern in patterns):
            members[inside] = path.read_bytes()
    return version, wheels.repacked(members | wheels.metadata("hralign", version))


def trim(parts: Parts, name: str, content: bytes) -> bytes:
    if not wheels.is_wheel(content):
        return content
    return wheels.trimmed(content, parts.names["left_out"]["*"] + parts.names["left_out"].get(name, []))


def put(out: Path, parts: Parts, entries: dict[str, tuple[dict, bytes]], engine: list[str]) -> None:
    """Write all files, the lock, and the list of what the engine loads: it tells progress by bytes, and checks sums."""
    packages = {}
    for name, (about, content) in entries.items():
        (out / "pyodide" / about["file_name"]).write_bytes(content)
        packages[name] = {**about, "sha256": sum_of(content)}
    lock = {"info": parts.lock["info"], "packages": packages}
    (out / "pyodide/pyodide-lock.json").write_text(json.dumps(lock, sort_keys=True), encoding="utf-8")
    listed = [
        {"file": packages[name]["file_name"], "sha256": packages[name]["sha256"], "bytes": len(entries[name][1])}
        for name in engine
    ]
    asked = {"packages": parts.names["engine"]["packages"], "wheels": listed}
    (out / "engine.json").write_text(json.dumps(asked, indent=1), encoding="utf-8")
