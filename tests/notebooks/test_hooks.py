"""What a commit is asked: the hooks pass on this repository and refuse a notebook out of step, or with outputs."""

import os
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parents[2]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
CHAPTER = "90-codebook"

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder, *words):
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.hooksPath=/dev/null"]
    return subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def ask(folder, cache, *hooks):
    """pre-commit's answer on all files of a repository, in (exit status, words)."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    done = subprocess.run(
        [ROOT / ".venv/bin/pre-commit", "run", "--all-files", "--color=never", *hooks], cwd=folder,
        env=environment | {"PRE_COMMIT_HOME": str(cache)}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def small(tmp_path):
    """A repository with one pair, the real hooks and this environment."""
    folder = tmp_path / "repository"
    for name in (".pre-commit-config.yaml", "pyproject.toml", "tests/pairs.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / "notebooks").mkdir()
    for half in (".md", ".ipynb"):
        shutil.copy(ROOT / f"notebooks/{CHAPTER}{half}", folder / "notebooks")
    (folder / ".venv").symlink_to(ROOT / ".venv")
    (folder / ".gitignore").write_text(".venv\n", encoding="utf-8")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    return folder


def test_hooks_are_local_so_that_nothing_is_fetched():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    assert {hook["language"] for hook in HOOKS} <= {"system", "fail"}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone")
def test_this_repository_passes(tmp_path):
    status, words = ask(ROOT, tmp_path / "cache")
    assert status == 0, words


def test_a_sound_pair_passes(small, tmp_path):
    status, words = ask(small, tmp_path / "cache")
    assert status == 0, words


def test_a_stale_pair_is_refused(small, tmp_path):
    text = small / f"notebooks/{CHAPTER}.md"
    text.write_text(text.read_text(encoding="utf-8") + "\nOne more sentence.\n", encoding="utf-8")
    status, words = ask(small, tmp_path / "cache", "pairs")
    assert status != 0 and f"notebooks/{CHAPTER}" in words and "run make sync" in words


def test_half_a_pair_is_refused(small, tmp_path):
    (small / f"notebooks/{CHAPTER}.ipynb").unlink()
    git(small, "add", "-A")
    status, words = ask(small, tmp_path / "cache", "pairs")
    assert status != 0 and f"{CHAPTER}.ipynb is missing" in words


def test_a_notebook_with_outputs_is_refused(small, tmp_path):
    path = small / f"notebooks/{CHAPTER}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    number, cell = next((n, one) for n, one in enumerate(notebook.cells, start=1) if one.cell_type == "code")
    cell.outputs = [nbformat.v4.new_output("stream", text="42\n")]
    cell.execution_count = 1
    nbformat.write(notebook, path)
    status, words = ask(small, tmp_path / "cache", "pairs")
    assert status != 0 and f"{CHAPTER}.ipynb: cell {number} has outputs" in words


@pytest.mark.parametrize(
    ("name", "text", "hook"),
    [("new.py", "import os\n", "ruff"), ("new.md", "T" + "eh end.\n", "codespell"), ("scores.rda", "x", "data")],
)
def test_bad_style_spelling_and_data_of_others_are_refused(small, tmp_path, name, text, hook):
    (small / name).write_text(text, encoding="utf-8")
    git(small, "add", "-A")
    status, words = ask(small, tmp_path / "cache", hook)
    assert status != 0 and name in words
