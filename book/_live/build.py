"""Put Python for the reader's browser into a folder, ready to be copied into the site as ``live``.

``python book/_live/build.py OUT --kept DIR`` assembles Pyodide, the wheels that ``parts.toml`` names and the library's
own; ``--lite PYTHON`` (one with JupyterLite) adds the chapters as notebooks to run.  ``DIR`` keeps what was fetched.
Whatever is missing is said in one line, with exit status 1, and nothing is written.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from live import lite, runtime
from live.parts import Missing

ROOT = Path(__file__).parents[2]


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="where to write it")
    parser.add_argument("--kept", type=Path, required=True, help="where to keep what is fetched")
    parser.add_argument("--lite", type=Path, help="a Python with JupyterLite")
    given = parser.parse_args(words)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{given.out.name}-", dir=given.out.parent))
    try:
        kernel = lite.kernel_wheels(given.lite) if given.lite else {}
        runtime.write(ROOT, scratch, given.kept, kernel)
        if given.lite:
            lite.write(ROOT, scratch, given.lite)
        shutil.rmtree(given.out, ignore_errors=True)
        scratch.chmod(0o755)
        scratch.rename(given.out)
    except Missing as missing:
        print(missing)
        return 1
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
