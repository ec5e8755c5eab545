"""Write the plain notebooks, which JupyterLab, Colab, VS Code and GitHub show as they should.

``python book/_plain/build.py OUT_DIR`` writes one notebook for each chapter, from the sources and without executing
anything.  ``--executed DIR`` takes the numbers of sentences from executed notebooks; ``--keep DIR`` writes these into
``glued.json``, from which they come otherwise.  ``ANSWERS=no`` leaves out solutions and feedback, ``SITE`` is the
address of the built book (else: as ``CITATION.cff`` says).  A reference that leads nowhere stops it, with file and
line, and nothing is written.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from plain import edition, values
from plain.chapter import Faults


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="where to write them")
    parser.add_argument("--executed", type=Path, metavar="DIR", help="take numbers in sentences from these notebooks")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep those of notebooks that ran on real data")
    given = parser.parse_args(words)
    if not (given.folder or given.keep):
        parser.error("name the folder to write into")
    try:
        if given.keep:
            keep(given.keep)
        if given.folder:
            found = values.read_executed(given.executed) if given.executed else None
            for path in edition.write(given.folder, edition.build(values=found)):
                print(f"you had changed a notebook; your version is now {path}")
    except (Faults, ValueError, OSError) as fault:
        print(fault)
        return 1
    return 0


def keep(executed: Path) -> None:
    read = values.read_executed(executed)
    if read.kind != "real":
        raise ValueError(f"numbers are kept of a run on the real data; {executed} ran on {read.kind} data")
    text = json.dumps(read.glued, indent=1, ensure_ascii=False, sort_keys=True, default=str)
    values.KEPT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
