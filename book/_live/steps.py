"""What make does to have Python for the browser beside the site: each step only if what it is made from has changed.

``python steps.py BOOK_PYTHON LIVE STATE``: BOOK_PYTHON has the book's packages, STATE is a file that will begin with
``yes`` or ``no``.  LIVE is ``no`` (leave it out), ``yes``, or empty: then, after a failure, nothing is tried until the
next day.  A site without it is a site, so what goes wrong is said in one line and is no error.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import NamedTuple

HERE = Path("book/_live")
KEPT, RUNTIME, ENVIRONMENT = Path(".stage/live/kept"), Path(".stage/live/runtime"), Path(".venv/lite")
LAB = {"yes": Path(".stage/live/lab"), "no": Path(".stage/live/lab-without-answers")}
PARTS = ("requirements-parts.txt", "requirements-lite.txt", "package-lock.json", "pyproject.toml", "book/_live")
WORDS = ("book/_plain", "book/_editions", "book/references.bib", "book/glossary.md", "notebooks", "CITATION.cff")


class Step(NamedTuple):
    """A folder, what it is made from, and how; `told` is said when that begins."""

    folder: Path
    sources: tuple[str, ...]
    command: tuple[object, ...]
    told: str


def steps(python: str) -> list[Step]:
    lite, build = ENVIRONMENT / "bin/python", (python, HERE / "build.py")
    lab = LAB[os.environ.get("ANSWERS", "yes")]
    make = (sys.executable, "book/_make/environment.py", ENVIRONMENT, "-r", "requirements-lite.txt")
    return [
        Step(ENVIRONMENT, ("requirements-lite.txt",), make, "installing JupyterLite"),
        Step(RUNTIME, (*PARTS, "lib/hralign"), (*build, "runtime", RUNTIME, "--lite", lite, "--kept", KEPT),
             "putting Python for the browser together"),
        Step(lab, (*PARTS, *WORDS, "lib/hralign/record"), (*build, "lab", lab, "--lite", lite, "--runtime", RUNTIME),
             "putting the notebooks for the browser together"),
    ]  # fmt: skip


def sum_of(step: Step) -> str:
    """Of all that a step depends on."""
    said = (
        [os.environ.get(name, "") for name in ("ANSWERS", "REPOSITORY", "SITE")] if step.folder in LAB.values() else []
    )
    digest = hashlib.sha256(repr((said, step.command)).encode())
    for place in map(Path, step.sources):
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def fault_of(command: tuple[object, ...]) -> str:
    """The last words of a command that fails, else nothing."""
    ran = subprocess.run(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if not ran.returncode:
        return ""
    return (ran.stdout.strip() or f"exit status {ran.returncode}").splitlines()[-1]


def run(python: str) -> str:
    """Do what is out of date; the fault that stopped it, or nothing."""
    for step in steps(python):
        noted, now = Path(".stage/live") / f"{step.folder.name}.sum", sum_of(step)
        if step.folder.is_dir() and noted.is_file() and noted.read_text() == now:
            continue
        print(step.told, flush=True)
        fault = fault_of(step.command)
        if fault:
            return fault
        noted.write_text(now)
    return ""


def main(python: str, wanted: str, state: str) -> None:
    failed, today = Path(".stage/live/failed"), str(date.today())
    failed.parent.mkdir(parents=True, exist_ok=True)
    fault = "" if wanted == "no" else "still what was missing today, and tried for again tomorrow, or with LIVE=yes"
    if wanted == "yes" or (wanted != "no" and not (failed.is_file() and failed.read_text() == today)):
        fault = run(python)
        failed.write_text(today) if fault else failed.unlink(missing_ok=True)
    if fault:
        print(f"the site goes without Python for the browser: {fault}")
    found = "no" if fault or wanted == "no" else " ".join(["yes", *map(sum_of, steps(python))])
    path = Path(state)
    if not path.is_file() or path.read_text() != found:  # as it was, it makes nothing out of date
        path.write_text(found)


if __name__ == "__main__":
    main(*sys.argv[1:])
