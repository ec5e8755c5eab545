"""Which data a run of make works on: the real ones wherever they can be had, else the simulated world.

``python source.py [SOURCE]`` notes in ``.stage/fingerprint`` what the data are, and in ``.stage/library`` what the
library is.  Both are text that changes with the contents only, so that make can treat data and library, wherever they
lie, like any other file: not fooled by dates, and a module that was removed counts as well.

With no source named, real data that are not there are tried for, once a day.  Nobody asks for anything on machines that
test (``CI``), where the source is named or the simulated one is meant.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

STAGE = Path(".stage")
PATIENCE = "5"  # seconds until a server that does not answer is one that is not there
UNUSED = ("cli.py", "__main__.py")  # of the library, by the chapters
VERSIONS = ("requirements.txt", "requirements-lock.txt")


def hralign(*words: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("hralign")), *words]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # what goes wrong is said there


def fingerprint() -> str:
    done = hralign("info", "--fingerprint")
    if done.returncode:
        sys.exit(done.returncode)
    if done.stdout.split()[:1] not in (["real"], ["simulated"]):
        sys.exit(f"hralign info --fingerprint named no source: {done.stdout}")
    return done.stdout


def try_for_real_data(today: str) -> None:
    """Ask for them unless that was done today; a run that is stopped meanwhile has asked, too."""
    asked = STAGE / "asked"
    if asked.exists() and asked.read_text() == today:
        return
    asked.write_text(today)
    print("trying to fetch the real data, 7 MB (SOURCE=simulated asks nobody)", flush=True)
    if hralign("fetch", "--timeout", PATIENCE).returncode:
        print("going on with the simulated world; the real data are tried for again tomorrow, or with make fetch")


def library() -> str:
    paths = [path for path in Path("lib/hralign").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    used = sorted(path for path in paths if path.name not in UNUSED)
    listed = [*map(Path, VERSIONS), *used]
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.as_posix()}\n" for path in listed)


def note(path: Path, text: str) -> None:
    """Write a file unless it says the same already."""
    if not (path.exists() and path.read_text() == text):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def main(asked: str = "") -> None:
    STAGE.mkdir(exist_ok=True)
    found = fingerprint()
    if not (asked or os.environ.get("HRALIGN_SOURCE") or os.environ.get("CI")) and found.startswith("simulated"):
        try_for_real_data(date.today().isoformat())
        found = fingerprint()
    kind = found.split()[0]
    if asked not in ("", kind):
        sys.exit(f"asked for {asked} data, but the library has {kind} data")
    (STAGE / "fingerprint").write_text(found)
    note(STAGE / kind / "data", found)
    note(STAGE / "library", library())


if __name__ == "__main__":
    main(*sys.argv[1:])
