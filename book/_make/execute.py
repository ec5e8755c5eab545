"""Execute chapters with nbmake, side by side.

``python execute.py QUEUE DONE`` takes every notebook (or its text half) out of the folder QUEUE, runs it, and puts it
into DONE once every cell has run.  What fails stays in the queue and is told with its cell and line; the exit status is
1 then.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from pathlib import Path

import jupytext
import pytest

SIDE_BY_SIDE = min(4, max(2, os.cpu_count() or 2))
FEW = 2  # chapters for which it does not pay to import everything beforehand
TIMEOUT = 1800  # seconds for a cell
COLOUR = re.compile(r"\x1b\[[\d;]*m")
NOISE = re.compile(r"^(Learn more about nbmake.*|.*IPKernelApp.*)\n?", re.M)


class Progress:
    """Says of each notebook that it has run, and puts it where it belongs; or what went wrong."""

    def __init__(self, queue: Path, done: Path):
        self.queue, self.done, self.failed, self.out = queue, done, 0, sys.stdout

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        path = self.queue / report.nodeid.partition("::")[0]
        if report.failed:
            self.failed += 1
            wrong = NOISE.sub("", COLOUR.sub("", str(report.longrepr))).strip()
            print(f"{wrong}\nnotebooks/{path.stem} failed (above: the cell and its line).", file=self.out, flush=True)
        elif report.when == "call":
            path.replace(self.done / path.name)
            print(f"  notebooks/{path.stem} {report.duration:.1f} s", file=self.out, flush=True)


def as_notebook(path: Path) -> Path:
    """The notebook of a text half, which it replaces in the queue."""
    if path.suffix == ".md":
        notebook = path.with_suffix(".ipynb")
        jupytext.write(jupytext.read(path), notebook)
        path.unlink()
        return notebook
    return path


def main(queue: Path, done: Path) -> int:
    """The last chapters compute longest and go first, so that all end together."""
    queued = sorted((path for path in queue.iterdir() if path.suffix in (".md", ".ipynb")), reverse=True)
    paths = [str(as_notebook(path)) for path in queued]
    progress = Progress(queue, done)
    sys.path.insert(0, str(Path(__file__).parent))  # where the plugin is
    options = ["--nbmake", "--overwrite", f"--nbmake-timeout={TIMEOUT}", "-p", "no:cacheprovider", "-c", os.devnull,
               f"--rootdir={queue}", "-n", str(min(SIDE_BY_SIDE, len(paths))), "--maxschedchunk=1"]  # fmt: skip
    if len(paths) > FEW:
        options += ["-p", "warm_kernels"]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(Path(__file__).parent), os.environ.get("PYTHONPATH")]))
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):  # nbmake needs pytest to report
        status = pytest.main([*options, *paths], plugins=[progress])
    left = [path for path in paths if Path(path).exists()]
    if status and not progress.failed:
        print(f"nbmake stopped ({status!s}) before these had run: {', '.join(Path(path).stem for path in left)}")
    return int(bool(status or left))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()))
    sys.exit(130)
