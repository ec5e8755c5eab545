"""What a class is handed in one zip: the notebooks, the library, and a note on how to start.

``python handout.py FOLDER`` fills a new folder; the Makefile packs it. The notebooks are the plain ones
(``book/_plain``), without outputs, and with ``ANSWERS=no`` without solutions. The library is a wheel, so that nothing
has to be built on the computers of the class; ``--wheels`` adds all that it and the notebooks need, and then those
computers need no network.

The simulated world comes out of the library, so no data have to be in it. ``--data`` adds the real data of whoever
makes the zip, for the computers of one class: most of them are free to use with citation, the terms of some are not
stated (``hralign/sources/registry.toml``), so such a zip is not to be published.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

import hralign
from hralign.record.store import ANSWERS
from hralign.sources import registry

sys.path.append(str(Path(__file__).parents[1] / "_plain"))
from plain import edition
from plain.chapter import Faults

ROOT = Path(__file__).parents[2]
PACKAGES = ("jupyterlab",)  # what opens the notebooks; they import nothing but the library and what it needs
FILES = ("LICENSE", "LICENSE-TEXT.md", "CITATION.cff", "requirements-lock.txt")
NOTE = "READ-ME-FIRST.txt"
START = """\
The Company States Keep: the notebooks{edition}

1. Python 3.11 or newer has to be there. In this folder, once (on Windows, say py for python3.11, and .venv\\Scripts
   for .venv/bin):

       python3.11 -m venv .venv
       .venv/bin/python -m pip install {offline}-r requirements.txt
{network}
2. Each time:

       .venv/bin/python -m jupyterlab notebooks

   The notebooks have no outputs: run them from the top.

The notebooks run on a simulated world, which the library makes itself. For the real data, download them once (7 MB):

       .venv/bin/hralign fetch

The text is free to share under CC BY 4.0, the library under the MIT licence.
"""
OFFLINE = """
   All packages are in the folder wheels, for computers of the kind on which this zip was made (system, processor and
   version of Python). No network is needed.
"""
ONLINE = "\n   This needs the network, for the packages that the library is built on.\n"
TERMS = """
THE FOLDER data: FOR THE COMPUTERS OF THIS CLASS ONLY. Do not publish it, and do not pass it on.
It holds the real data, which are other people's work and not covered by the licences of this book. Most of them are
free to use with citation; the terms of some are not stated. Each file, who made it and what to cite:

{listed}

To use them, name the folder before you start JupyterLab, with its full path:

       export HRALIGN_DATA="$PWD/data"          (Linux, macOS)
       $env:HRALIGN_DATA = "$PWD\\data"          (Windows, PowerShell)
"""


def write_notebooks(folder: Path, answers: bool) -> None:
    """The plain notebooks."""
    folder.mkdir()
    environment = {**os.environ, "ANSWERS": "yes" if answers else "no"}
    for name, notebook in edition.build(ROOT, environment=environment).items():
        nbformat.write(notebook, folder / f"{name}.ipynb", version=4)


def pip(*arguments: object) -> None:
    """Run pip; a SystemExit says in its last lines what went wrong."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        told = "\n".join(done.stderr.strip().splitlines()[-3:])
        raise SystemExit(f"pip {arguments[0]} failed, no zip was made: {told}")


def write_wheels(folder: Path, everything: bool, answers: bool = True) -> Path:
    """The library's wheel, built from a copy so that nothing is left in the project; all that it needs, if wanted.

    Results that only solutions show stand in a folder of the record of their own, and stay out with them.
    """
    folder.mkdir()
    with tempfile.TemporaryDirectory() as scratch:
        leave = shutil.ignore_patterns("__pycache__", "*.egg-info", *(() if answers else (ANSWERS,)))
        shutil.copytree(ROOT / "lib" / "hralign", Path(scratch, "lib", "hralign"), ignore=leave)
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, scratch)
        pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, scratch)
    wheel = next(folder.glob("hralign-*.whl"))
    if everything:
        pip("download", "--dest", folder, "-c", ROOT / "requirements-lock.txt", wheel, *PACKAGES)
    return wheel


def write_data(folder: Path) -> str:
    """Copies of the registered files; returns the note on their terms."""
    registry.require_files()
    folder.mkdir()
    for entry in registry.registry():
        shutil.copy(registry.data_folder() / entry.name, folder)
    listed = "\n\n".join(f"{entry.name}\n  {entry.origin}\n  terms: {entry.licence}" for entry in registry.registry())
    return TERMS.format(listed=listed)


def fill(folder: Path, *, answers: bool = True, data: bool = False, wheels: bool = False) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_notebooks(folder / "notebooks", answers)
    wheel = write_wheels(folder / "wheels", wheels, answers)
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    # the library by its file: a package of that name from elsewhere is another one
    lines = ["-c requirements-lock.txt", "--find-links wheels", f"./wheels/{wheel.name}", *PACKAGES]
    (folder / "requirements.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    note = START.format(edition="" if answers else ", without solutions", offline="--no-index " if wheels else "",
                        network=OFFLINE if wheels else ONLINE)  # fmt: skip
    (folder / NOTE).write_text(note + (write_data(folder / "data") if data else ""), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", action="store_true")
    parser.add_argument("--wheels", action="store_true")
    given = parser.parse_args()
    try:
        fill(given.folder, answers=os.environ.get("ANSWERS") != "no", data=given.data, wheels=given.wheels)
    except (hralign.HralignError, Faults) as error:
        raise SystemExit(str(error)) from error
