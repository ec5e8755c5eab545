"""The command line of a container engine, for machines without bubblewrap (macOS, Windows).

The image holds Python, the library and its packages, nothing of the grader; ``Containerfile`` beside this package
makes it. The notebook comes in by standard input, so no folder of the host is shared with the container.
"""

from __future__ import annotations

import shutil
import subprocess
import uuid
from collections.abc import Sequence

from . import ENVIRONMENT, INSIDE, Isolation, Limits

ENGINES = ("podman", "docker")
IMAGE = "hralign-notebooks"
SCRATCH = "/scratch"
BUILD = f"{{engine}} build -t {IMAGE} -f lib/hrclass/Containerfile ."


def find(image: str = IMAGE) -> Isolation | str:
    """The isolation, or why there is none."""
    said = []
    for engine in filter(shutil.which, ENGINES):
        try:
            there = subprocess.run(
                [engine, "image", "inspect", image], capture_output=True, text=True, check=False, timeout=30
            )
        except subprocess.TimeoutExpired:
            said.append(f"{engine} does not answer")
            continue
        if there.returncode == 0:
            words = f"{engine}, image {image}: no network, read-only, no privileges, scratch in memory"
            return Isolation(engine, words, lambda limits, engine=engine: command(engine, image, limits), stop=stop)
        said.append(f"{engine} has no image {image} (make it with: {BUILD.format(engine=engine)})")
    return "; ".join(said) or "neither podman nor docker is installed"


def command(engine: str, image: str, limits: Limits) -> list[str]:
    """The whole command: the program is handed over as text, so that the image need not know it."""
    inside = ENVIRONMENT | {"HOME": SCRATCH, "TMPDIR": SCRATCH, "IPYTHONDIR": f"{SCRATCH}/.ipython"}
    inside["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    memory = f"{limits.memory:g}g"
    return [
        engine, "run", "--rm", "--name", f"hrclass-{uuid.uuid4().hex}", "--interactive",
        "--network", "none", "--read-only", "--cap-drop", "ALL",
        "--security-opt", "no-new-privileges", "--user", "65534:65534", "--pids-limit", str(limits.processes),
        "--memory", memory, "--memory-swap", memory, "--cpus", "1", "--ipc", "private", "--shm-size", "64m",
        "--ulimit", "core=0", "--ulimit", f"cpu={int(limits.time) + 10}", "--workdir", SCRATCH,
        "--tmpfs", f"{SCRATCH}:rw,size={limits.scratch}m,mode=1777", "--log-driver", "none",
        *(part for name, value in inside.items() for part in ("--env", f"{name}={value}")),
        image, "python", "-I", "-B", "-c", INSIDE.read_text(encoding="utf-8"),
    ]  # fmt: skip


def stop(asked: Sequence[str]) -> None:
    """End the container of a command: it would outlive the program that started it."""
    name = asked[asked.index("--name") + 1]
    subprocess.run([asked[0], "kill", name], capture_output=True, check=False, timeout=60)
