"""Write the plain notebooks, which JupyterLab, Colab, VS Code and GitHub show as they should.

``python book/_plain/build.py OUT_DIR`` writes one notebook for each chapter, from the sources and without executing
anything.  ``ANSWERS=no`` leaves out solutions and feedback, ``SITE`` is the address of the built book (else: as
``CITATION.cff`` says).  A reference that leads nowhere stops it, with file and line, and nothing is written.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from plain import edition
from plain.chapter import Faults


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where to write them")
    given = parser.parse_args(words)
    try:
        for path in edition.write(given.folder, edition.build()):
            print(f"you had changed a notebook; your version is now {path}")
    except (Faults, OSError) as fault:
        print(fault)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
