"""What Binder would build, read from repo2docker's plan; no image is built."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import front_page
import pytest

ROOT = Path(__file__).parents[2]
IN_CI = any(os.environ.get(name, "").lower() in ("1", "true") for name in ("CI", "GITHUB_ACTIONS"))


@pytest.fixture(scope="module")
def plan():
    """The steps of the Dockerfile, in order."""
    program = shutil.which("jupyter-repo2docker", path=str(Path(sys.executable).parent))
    if not program:
        (pytest.fail if IN_CI else pytest.skip)("repo2docker is not installed: make test installs it")
    command = [program, "--no-build", "--debug", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return (done.stdout + done.stderr).replace("\\\n", "").splitlines()


def place(plan, pattern):
    found = [number for number, line in enumerate(plan) if re.search(pattern, line)]
    assert found, f"no step {pattern}"
    return found[-1]


def test_the_constraints_are_there_when_the_requirements_are_installed(plan):
    """requirements.txt begins with -c requirements-lock.txt: the whole repository is copied before it is used."""
    everything = place(plan, r"COPY .*src/ \$\{REPO_DIR\}")
    requirements = place(plan, r"pip install .*-r \"?requirements\.txt")
    library = place(plan, r"pip install --no-cache-dir \.$")
    assert everything < requirements < library < place(plan, r"\./postBuild|postBuild$")


def test_python_is_the_one_asked_for(plan):
    assert any("python=3.11" in line or "environment.py-3.11" in line for line in plan)


def run_post_build(tmp_path, status):
    for name in ("hralign", "python"):
        fake = tmp_path / name
        fake.write_text(f'#!/bin/sh\necho "$@"\n[ "$1" != fetch ] || exit {status}\n', encoding="utf-8")
        fake.chmod(0o755)
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run([ROOT / "postBuild"], env=environment, capture_output=True, text=True, check=False)


def test_plain_notebooks_and_data_are_put_into_the_image(tmp_path):
    done = run_post_build(tmp_path, status=0)
    written = f"book/_plain/build.py {front_page.PLAIN}/notebooks"
    assert done.returncode == 0 and done.stdout.splitlines() == [written, "fetch --quiet", "info"]


def test_without_the_data_the_image_is_built_all_the_same(tmp_path):
    done = run_post_build(tmp_path, status=2)
    assert done.returncode == 0 and "simulated data" in done.stdout
