"""Put Python for the reader's browser into a folder.

``python book/_live/build.py runtime OUT --kept DIR --lite PYTHON`` assembles Pyodide, the wheels that ``parts.toml``
names and the library's own; ``DIR`` keeps what was fetched.  ``python book/_live/build.py lab OUT --runtime DIR --lite
PYTHON`` writes JupyterLite with the chapters (``ANSWERS=no``: without answers).  On the site they are ``live`` and
``live/lab``.  ``PYTHON`` is one that has JupyterLite.  What is missing is said in one line, with exit status 1, and
nothing is written then.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from live.parts import Missing

from live import lite, runtime

ROOT = Path(__file__).parents[2]


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["runtime", "lab"])
    parser.add_argument("out", type=Path, help="where to write it")
    parser.add_argument("--lite", type=Path, required=True, help="a Python with JupyterLite")
    parser.add_argument("--kept", type=Path, help="where to keep what is fetched")
    parser.add_argument("--runtime", type=Path, help="the runtime that the lab is for")
    given = parser.parse_args(words)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{given.out.name}-", dir=given.out.parent))
    try:
        if given.what == "runtime":
            runtime.write(ROOT, scratch / "new", given.kept, lite.kernel_wheels(given.lite))
        else:
            lite.write(ROOT, scratch / "new", given.lite, given.runtime)
        shutil.rmtree(given.out, ignore_errors=True)
        (scratch / "new").rename(given.out)
    except Missing as missing:
        print(missing)
        return 1
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
