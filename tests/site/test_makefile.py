"""What make would run after one file has changed, read from dry runs in a copy of the project; nothing is executed."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHAPTERS = ["01-first", "02-second", "03-third"]

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def copy(tmp_path):
    """A project in which everything is up to date: each step of the chain is a minute older than the next."""
    ages = {}

    def write(name, age):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text("x", encoding="utf-8")
        ages[path] = age

    for name in ("Makefile", "requirements.txt", "requirements-lock.txt", "requirements-parts.txt", "pyproject.toml",
                 "package.json", "package-lock.json", ".npmrc"):  # fmt: skip
        shutil.copy(ROOT / name, tmp_path / name)
        write(name, 9)
    for name in ("_config.yml", "_toc.yml", "book/page.md", "book/references.bib"):
        write(name, 9)
    for name in ("module.py", "data/facts.csv"):
        write(f"lib/hralign/{name}", 9)
    for chapter in CHAPTERS:
        write(f"notebooks/{chapter}.md", 9)
        write(f"notebooks/{chapter}.ipynb", 9)
    for name in (".venv/.ready", "node_modules/.ready", ".stage/library"):
        write(name, 8)
    (tmp_path / ".stage/fingerprint").write_text("simulated 00\n", encoding="utf-8")
    for source in ("simulated", "real"):
        write(f".stage/{source}/data", 8)
        for chapter in CHAPTERS:
            write(f".stage/{source}/notebooks/{chapter}.ipynb", 7)
        write(f".stage/{source}/executed", 7)
        for edition in ("", "-without-answers"):
            write(f".stage/{source}/tree{edition}/.complete", 6.5)
            write(f".stage/{source}/site{edition}", 6)
    for folder in ("book", "lib/hralign", "notebooks"):
        ages[tmp_path / folder] = 9
    now = tmp_path.stat().st_mtime
    for path, age in ages.items():
        os.utime(path, (now - 60 * age, now - 60 * age))
    return tmp_path


def dry_run(copy, target="book", **variables):
    inherited = {"SOURCE", "HRALIGN_SOURCE", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
    environment = {key: value for key, value in os.environ.items() if key not in inherited} | variables
    return subprocess.run(
        ["make", "-n", target], cwd=copy, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def planned(copy, target="book", **variables):
    """(chapters that would be executed, whether the site would be built, whether the environment would be)"""
    done = dry_run(copy, target, **variables)
    assert done.returncode == 0, done.stderr
    executed = [chapter for chapter in CHAPTERS if f"executing notebooks/{chapter}.md" in done.stdout]
    return executed, "jupyter-book build" in done.stdout, "pip install" in done.stdout


def test_nothing_to_do(copy):
    assert planned(copy) == ([], False, False)


@pytest.mark.parametrize("suffix", [".md", ".ipynb"])
def test_one_chapter_changed(copy, suffix):
    (copy / f"notebooks/02-second{suffix}").touch()
    assert planned(copy) == (["02-second"], True, False)


@pytest.mark.parametrize(
    "name", ["lib/hralign/module.py", "lib/hralign/data/facts.csv", ".stage/simulated/data", ".stage/library"]
)
def test_what_every_chapter_runs_on_changed(copy, name):
    (copy / name).touch()
    assert planned(copy) == (CHAPTERS, True, False)


def test_requirements_changed(copy):
    (copy / "requirements.txt").touch()
    assert planned(copy) == (CHAPTERS, True, True)


@pytest.mark.parametrize("name", ["book/page.md", "book", "_toc.yml", "_config.yml"])
def test_page_or_settings_changed(copy, name):
    os.utime(copy / name)
    assert planned(copy) == ([], True, False)


@pytest.mark.parametrize("name", ["package.json", "package-lock.json"])
def test_packages_of_npm_changed(copy, name):
    (copy / name).touch()
    assert "npm ci" in dry_run(copy).stdout
    assert planned(copy) == ([], True, False)


def test_without_npm_the_build_says_what_to_do(copy, tmp_path_factory):
    programs = tmp_path_factory.mktemp("programs")
    for name in ("make", "sh", "bash"):
        (programs / name).symlink_to(shutil.which(name))
    (copy / "package.json").touch()
    done = subprocess.run(["make", "node_modules/.ready"], cwd=copy, env={"PATH": str(programs)}, capture_output=True,
                          text=True, check=False, timeout=60)  # fmt: skip
    assert done.returncode != 0 and "npm is missing" in done.stdout


def test_packages_of_npm_are_pinned_and_name_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    listed = {name: package for name, package in lock["packages"].items() if name}
    assert {"node_modules/mathjax", "node_modules/axe-core"} <= set(listed)
    for name, package in listed.items():
        assert package["integrity"], name
        assert "resolved" not in package, name
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    versions = wanted["dependencies"] | wanted["devDependencies"]
    assert all(version[0].isdigit() for version in versions.values()), "versions are exact"


def test_new_chapter(copy):
    (copy / "notebooks/03-third.ipynb").unlink()
    shutil.rmtree(copy / ".stage/real")
    (copy / ".stage/simulated/notebooks/03-third.ipynb").unlink()
    assert planned(copy) == (["03-third"], True, False)


def test_sources_are_kept_apart(copy):
    (copy / ".stage/real/data").touch()
    assert planned(copy, SOURCE="simulated") == ([], False, False)
    assert planned(copy, SOURCE="real") == (CHAPTERS, True, False)


def test_slides_need_the_executed_chapters_and_not_the_site(copy):
    (copy / "notebooks/02-second.md").touch()
    done = dry_run(copy, "slides")
    assert done.returncode == 0, done.stderr
    assert [chapter for chapter in CHAPTERS if f"executing notebooks/{chapter}.md" in done.stdout] == ["02-second"]
    assert "nbconvert" in done.stdout and "jupyter-book build" not in done.stdout


def test_editions_with_and_without_answers_are_kept_apart(copy):
    (copy / ".stage/simulated/site-without-answers").unlink()
    assert planned(copy) == ([], False, False)
    assert planned(copy, ANSWERS="no") == ([], True, False)
    assert "answers.py .stage/simulated/tree" not in dry_run(copy, ANSWERS="no").stdout
    (copy / "book/page.md").touch()
    assert "answers.py .stage/simulated/tree-without-answers" in dry_run(copy, ANSWERS="no").stdout
    assert "answers.py" not in dry_run(copy).stdout


def test_the_pdf_is_printed_from_the_site(copy):
    assert planned(copy, "pdf") == ([], False, False) and "pdf.py .stage/simulated/html " in dry_run(copy, "pdf").stdout
    (copy / "notebooks/02-second.md").touch()
    assert planned(copy, "pdf") == (["02-second"], True, False)


def test_the_zip_needs_no_execution(copy):
    (copy / "notebooks/02-second.md").touch()
    done = dry_run(copy, "zip")
    assert planned(copy, "zip") == ([], False, False) and "_build/the-company-states-keep-simulated.zip" in done.stdout
    assert "--data" not in done.stdout and "--data" in dry_run(copy, "zip", SOURCE="real").stdout


@pytest.mark.parametrize("value", ["none", "NO", ""])
def test_unknown_edition_is_refused(copy, value):
    done = dry_run(copy, ANSWERS=value)
    assert done.returncode != 0 and "ANSWERS must be yes or no" in done.stderr


def test_unknown_source_is_refused(copy):
    done = dry_run(copy, SOURCE="reel")
    assert done.returncode != 0
    assert "SOURCE must be real or simulated" in done.stderr


@pytest.fixture
def stand_ins(tmp_path):
    """Programs that only do what make relies on: convert by copying, and say that every notebook has run."""
    programs = tmp_path / "stand-ins"
    programs.mkdir()
    (programs / "jupytext").write_text(
        '#!/bin/sh\nfor f; do case $f in *.md) cp "$f" "${f%.md}.ipynb";; esac; done\n', encoding="utf-8"
    )
    (programs / "python").write_text(
        "#!/bin/sh\nstatus=0\nfor f; do case $f in *.ipynb)\n"
        'if grep -q raise "$f"; then echo "FAILED $f::"; status=1; else echo "PASSED $f::"; fi;; esac; done\n'
        "exit $status\n",
        encoding="utf-8",
    )
    for program in programs.iterdir():
        program.chmod(0o755)
    return programs


def execute(copy, stand_ins):
    return subprocess.run(
        ["make", "-j2", "KIND=simulated", f"BIN={stand_ins}", ".stage/simulated/executed"],
        cwd=copy, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_what_has_changed_is_executed_and_what_has_not_is_kept(copy, stand_ins):
    (copy / "notebooks/02-second.md").write_text("changed", encoding="utf-8")
    done = execute(copy, stand_ins)
    assert done.returncode == 0, done.stdout + done.stderr
    results = [copy / f".stage/simulated/notebooks/{name}.ipynb" for name in CHAPTERS]
    assert [result.read_text() for result in results] == ["x", "changed", "x"]
    assert "executing" not in execute(copy, stand_ins).stdout


def test_a_notebook_that_raises_is_named_and_tried_again(copy, stand_ins):
    (copy / "notebooks/01-first.md").write_text("changed", encoding="utf-8")
    (copy / "notebooks/02-second.md").write_text("raise", encoding="utf-8")
    for _ in range(2):
        done = execute(copy, stand_ins)
        assert done.returncode != 0
        assert "notebooks/02-second failed" in done.stdout
    assert (copy / ".stage/simulated/notebooks/01-first.ipynb").read_text() == "changed"
    (copy / "notebooks/02-second.md").write_text("mended", encoding="utf-8")
    assert execute(copy, stand_ins).returncode == 0
    assert (copy / ".stage/simulated/notebooks/02-second.ipynb").read_text() == "mended"
