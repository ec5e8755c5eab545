"""What make would run after one file has changed, read from dry runs in a copy of the project; nothing is executed.

And what its own programs (``book/_make``) do, with stand-ins for what takes long or needs a network.
"""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHAPTERS = ["01-first", "02-second", "03-third"]
LIBRARY = ("__main__.py", "cli.py", "panel.py", "mixed/search.py", "record/results/table2/lag.json")

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

    for name in ("Makefile", "requirements.txt", "requirements-lock.txt", "requirements-tests.txt",
                 "requirements-grading.txt", "requirements-crate.txt", "pyproject.toml", "lib/hrclass/pyproject.toml",
                 "package.json", "package-lock.json", ".npmrc", "book/_make/alone.py",
                 "book/_make/source.py"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
        write(name, 9)
    for name in ("_config.yml", "_toc.yml", "book/page.md", "book/references.bib"):
        write(name, 9)
    for name in LIBRARY:
        write(f"lib/hralign/{name}", 9)
    write("lib/hrclass/grading.py", 9)
    for chapter in CHAPTERS:
        write(f"notebooks/{chapter}.md", 9)
        write(f"notebooks/{chapter}.ipynb", 9)
    for name in (".venv/.ready", ".venv/.testing", ".venv/crate/.ready", "node_modules/.ready", ".stage/library"):
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
    for folder in ("book", "notebooks"):
        ages[tmp_path / folder] = 9
    now = tmp_path.stat().st_mtime
    for path, age in ages.items():
        os.utime(path, (now - 60 * age, now - 60 * age))
    return tmp_path


def outside(**variables):
    """The environment without what a make around this one has put into it."""
    inherited = {"SOURCE", "HRALIGN_SOURCE", "HRALIGN_DATA", "CI", "HELD", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"}
    return {key: value for key, value in os.environ.items() if key not in inherited} | variables


def run(command, folder, **variables):
    return subprocess.run(
        command, cwd=folder, env=outside(**variables), capture_output=True, text=True, check=False, timeout=120
    )


def dry_run(copy, target="book", **variables):
    return run(["make", "-n", target], copy, **variables)


def planned(copy, target="book", **variables):
    """(chapters that would be executed, whether the site would be built, whether the environment would be)"""
    done = dry_run(copy, target, **variables)
    assert done.returncode == 0, done.stderr
    executed = [chapter for chapter in CHAPTERS if f"executing notebooks/{chapter}.md" in done.stdout]
    return executed, "jupyter-book build" in done.stdout, "environment.py" in done.stdout


def test_nothing_to_do(copy):
    assert planned(copy) == ([], False, False)


@pytest.mark.parametrize("suffix", [".md", ".ipynb"])
def test_one_chapter_changed(copy, suffix):
    (copy / f"notebooks/02-second{suffix}").touch()
    assert planned(copy) == (["02-second"], True, False)


@pytest.mark.parametrize("name", [".stage/simulated/data", ".stage/library"])
def test_what_every_chapter_runs_on_changed(copy, name):
    (copy / name).touch()
    assert planned(copy) == (CHAPTERS, True, False)


def test_python_for_the_browser_changed(copy):
    (copy / ".stage/live").mkdir()
    (copy / ".stage/live/state").write_text("yes 1", encoding="utf-8")
    assert planned(copy) == ([], True, False)
    assert planned(copy, ANSWERS="no") == ([], False, False)


def test_without_a_site_nothing_is_put_together_for_the_browser(copy):
    assert "_live/steps.py" in dry_run(copy).stdout and "_live/steps.py" not in dry_run(copy, "slides").stdout
    refused = dry_run(copy, LIVE="perhaps")
    assert refused.returncode != 0 and 'LIVE must be yes or no, not "perhaps"' in refused.stderr


def test_requirements_changed(copy):
    (copy / "requirements.txt").touch()
    assert planned(copy) == ([], False, True)  # what it says is another question, for source.py


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
    done = run(["make", "node_modules/.ready"], copy, PATH=str(programs), HELD=str(copy))
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
    assert "book/_slides/deck.py" in done.stdout and "jupyter-book build" not in done.stdout


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


# ------------------------------------------------------------------------------------------ executing what is queued
@pytest.fixture
def stand_in(copy):
    """In place of Python: it puts every queued notebook in place but those that raise."""
    program = copy / "stand-in/python"
    program.parent.mkdir()
    program.write_text(
        '#!/bin/sh\nstatus=0\nfor f in "$2"/*; do if grep -q raise "$f"; then echo "$f failed"; status=1;\n'
        'else name=${f##*/}; mv "$f" "$3/${name%.*}.ipynb"; fi; done\nexit $status\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    return program.parent


def execute(copy, stand_in):
    command = ["make", "-j2", "KIND=simulated", f"BIN={stand_in}", ".stage/simulated/executed"]
    return run(command, copy, HELD=str(copy))


def test_what_has_changed_is_executed_and_what_has_not_is_kept(copy, stand_in):
    (copy / "notebooks/02-second.md").write_text("changed", encoding="utf-8")
    done = execute(copy, stand_in)
    assert done.returncode == 0, done.stdout + done.stderr
    results = [copy / f".stage/simulated/notebooks/{name}.ipynb" for name in CHAPTERS]
    assert [result.read_text() for result in results] == ["x", "changed", "x"]
    assert "executing" not in execute(copy, stand_in).stdout


def test_a_notebook_that_raises_is_tried_again(copy, stand_in):
    (copy / "notebooks/01-first.md").write_text("changed", encoding="utf-8")
    (copy / "notebooks/02-second.md").write_text("raise", encoding="utf-8")
    for _ in range(2):
        done = execute(copy, stand_in)
        assert done.returncode != 0
        assert "02-second.md failed" in done.stdout and "_build/html is as it was" in done.stdout
    assert (copy / ".stage/simulated/notebooks/01-first.ipynb").read_text() == "changed"
    (copy / "notebooks/02-second.md").write_text("mended", encoding="utf-8")
    assert execute(copy, stand_in).returncode == 0
    assert (copy / ".stage/simulated/notebooks/02-second.ipynb").read_text() == "mended"


SOUND = """\
```{code-cell} ipython3
import os, pandas

(os.getcwd(), pandas.get_option('display.max_columns'))
```
"""
RAISES = SOUND.replace("(os", "1 / 0, (os")
DIES = SOUND.replace("(os", "os.kill(os.getpid(), 9), (os")


def test_chapters_are_executed_in_kernels_of_their_own(tmp_path):
    for name, text in (("01-sound", SOUND), ("02-raises", RAISES), ("03-dies", DIES)):
        head = "---\nkernelspec:\n  name: python3\n  display_name: Python 3\n---\n\n# A chapter\n\n"
        (tmp_path / f"queue/{name}.md").parent.mkdir(exist_ok=True)
        (tmp_path / f"queue/{name}.md").write_text(head + text, encoding="utf-8")
    (tmp_path / "done").mkdir()
    done = run([sys.executable, ROOT / "book/_make/execute.py", "queue", "done"], tmp_path)
    assert done.returncode == 1, done.stderr
    assert [path.name for path in (tmp_path / "done").iterdir()] == ["01-sound.ipynb"]
    assert {path.stem for path in (tmp_path / "queue").iterdir()} == {"02-raises", "03-dies"}
    (_, cell) = json.loads((tmp_path / "done/01-sound.ipynb").read_text())["cells"]
    told = " ".join("".join(cell["outputs"][0]["data"]["text/plain"]).split())  # long paths are set in two lines
    assert told == f"('{tmp_path / 'queue'}', 20)"  # as in any kernel
    assert "ZeroDivisionError" in done.stdout and "line 3" in done.stdout
    assert "notebooks/02-raises failed" in done.stdout
    assert "notebooks/03-dies failed" in done.stdout and "\x1b" not in done.stdout


# ------------------------------------------------------------------------------- which data, and what the library is
@pytest.fixture
def source(copy, monkeypatch):
    """The program that decides, in the copy; ``source.calls`` holds what it asked the library to do."""
    spec = importlib.util.spec_from_file_location("source", ROOT / "book/_make/source.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("HRALIGN_SOURCE", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(copy)
    module.calls, module.there, module.can_be_had = [], False, False

    def hralign(*words):
        module.calls.append(words[0])
        module.there |= words[0] == "fetch" and module.can_be_had
        failed = words[0] == "fetch" and not module.can_be_had
        return subprocess.CompletedProcess(words, 2 * failed, "real 7\n" if module.there else "simulated 00\n")

    monkeypatch.setattr(module, "hralign", hralign)
    return module


def test_a_change_that_no_chapter_sees_executes_nothing(copy, source):
    source.main("simulated")
    for name in ("lib/hralign/cli.py", "lib/hralign/__main__.py", "lib/hrclass/grading.py"):
        (copy / name).write_text("changed", encoding="utf-8")
    noted = (copy / ".stage/library").stat().st_mtime_ns
    (copy / "lib/hralign/panel.py").touch()
    (copy / "lib/hralign/mixed/__pycache__").mkdir()
    (copy / "lib/hralign/mixed/__pycache__/search.pyc").write_text("x", encoding="utf-8")
    source.main("simulated")
    assert (copy / ".stage/library").stat().st_mtime_ns == noted


@pytest.mark.parametrize("name", [*LIBRARY[2:], "mixed/new.py", "../../requirements-lock.txt"])
def test_a_change_at_any_depth_executes_everything(copy, source, name):
    source.main("simulated")
    noted = (copy / ".stage/library").read_text()
    (copy / "lib/hralign" / name).write_text("changed", encoding="utf-8")
    source.main("simulated")
    assert (copy / ".stage/library").read_text() != noted
    changed = (copy / ".stage/library").read_text()
    (copy / "lib/hralign/mixed/search.py").unlink()
    source.main("simulated")
    assert (copy / ".stage/library").read_text() != changed


def test_the_real_data_are_tried_for_once_a_day(copy, source, capsys):
    source.main()
    source.main()
    assert source.calls.count("fetch") == 1 and "going on with the simulated world" in capsys.readouterr().out
    assert (copy / ".stage/fingerprint").read_text().startswith("simulated")
    assert (copy / ".stage/asked").read_text() == date.today().isoformat()
    (copy / ".stage/asked").write_text("2026-01-01", encoding="utf-8")
    source.can_be_had = True
    source.main()
    assert source.calls.count("fetch") == 2 and (copy / ".stage/fingerprint").read_text() == "real 7\n"
    assert (copy / ".stage/real/data").read_text() == "real 7\n"


@pytest.mark.parametrize("variables", [{"asked": "simulated"}, {"HRALIGN_SOURCE": "simulated"}, {"CI": "true"}])
def test_nobody_is_asked_when_the_source_is_named(source, monkeypatch, variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    source.main(variables.get("asked", ""))
    assert "fetch" not in source.calls


def test_real_data_that_are_there_are_used_without_asking(source):
    source.there = True
    source.main()
    assert "fetch" not in source.calls and Path(".stage/fingerprint").read_text() == "real 7\n"


def test_a_source_other_than_the_one_asked_for_is_refused(source):
    with pytest.raises(SystemExit, match="asked for real data, but the library has simulated data"):
        source.main("real")
    assert not (Path(".stage/real/data").stat().st_size > 1)


@pytest.mark.parametrize("variables", [{"SOURCE": "simulated"}, {"HRALIGN_SOURCE": "simulated"}])
def test_only_real_data_are_recorded(copy, variables):
    done = run(["make", "record"], copy, **variables)
    assert done.returncode != 0 and done.stdout.count("\n") == 1
    assert "make record keeps results of the real data only, and was asked for simulated ones" in done.stdout
    wanted = dry_run(copy, "record").stdout
    assert "hralign record .stage/real/notebooks" in wanted and "jupyter-book" not in wanted


# --------------------------------------------------------------------------------------------------- one at a time
WORK = "echo begins; while [ ! -e go ]; do sleep 0.05; done; echo ends"


def start(command, folder):
    return subprocess.Popen(
        command, cwd=folder, env=outside(), stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def alone(folder, what, command=WORK):
    program = [sys.executable, ROOT / "book/_make/alone.py", what, "sh", "-c", command]
    return start(program, folder)


def test_the_second_make_waits_and_says_for_what(tmp_path):
    first = alone(tmp_path, "book")
    assert first.stdout.readline() == "begins\n"
    second = alone(tmp_path, "zip")
    said = second.stdout.readline()
    assert said.startswith("another make is at work in this folder (book, since ") and "waiting for it to end" in said
    assert second.poll() is None
    (tmp_path / "go").touch()
    assert first.communicate(timeout=20)[0] == "ends\n"
    assert second.communicate(timeout=20)[0] == "begins\nends\n"


def test_a_killed_make_leaves_no_lock_behind(tmp_path):
    first = alone(tmp_path, "book")
    assert first.stdout.readline() == "begins\n"
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    (tmp_path / "go").touch()
    assert alone(tmp_path, "zip").communicate(timeout=20)[0] == "begins\nends\n"


@pytest.mark.parametrize("target", ["book", "slides", "zip", "pdf", "test", "record", "notebooks", "clean"])
def test_makes_take_turns_and_one_within_another_does_not_wait_for_it(copy, target):
    assert "alone.py" in dry_run(copy, target).stdout
    inner = dry_run(copy, target, HELD=str(copy)).stdout
    assert "alone.py" not in inner
    assert "alone.py" in dry_run(copy, target, HELD=str(copy.parent)).stdout, "another folder is another turn"


def test_two_makes_at_once_both_end_well(copy):
    both = [start(["make", "clean"], copy) for _ in range(2)]
    for one in both:
        one.communicate(timeout=60)
    assert [one.returncode for one in both] == [0, 0] and not (copy / "_build").exists()


# ------------------------------------------------------------------------------------------------- the environment
@pytest.fixture(scope="module")
def environment():
    spec = importlib.util.spec_from_file_location("environment", ROOT / "book/_make/environment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_where_packages_come_from_is_handed_on_to_uv(environment):
    listed = "global.index-url='https://one.example/simple'\nglobal.extra-index-url='https://two.example https://three.example'\n"
    listed += (
        ":env:.find-links='/a /b'\nglobal.find-links='/c'\nglobal.timeout='9'\nfreeze.index-url='https://no.example'\n"
    )
    assert environment.settings(listed) == {
        "UV_DEFAULT_INDEX": "https://one.example/simple",
        "UV_INDEX": "https://two.example https://three.example",
        "UV_FIND_LINKS": "/a,/b",
    }
    assert environment.settings("") == {}


@pytest.mark.parametrize(("uv", "tried"), [(0, ["uv"]), (1, ["uv", "pip"])])
def test_what_uv_cannot_do_pip_does(environment, tmp_path, uv, tried):
    told = tmp_path / "told"
    python = tmp_path / "python"
    python.write_text(
        f'#!/bin/sh\ncase "$*" in "-m uv pip install"*) echo uv >> {told}; exit {uv};;\n'
        f'"-m pip"*"install --quiet -r some.txt") echo pip >> {told};; esac\n',
        encoding="utf-8",
    )
    python.chmod(0o755)
    assert environment.install(python, ["-r", "some.txt"]) == 0
    assert told.read_text().split() == tried


def test_an_old_python_is_told_what_to_do(environment, tmp_path, monkeypatch):
    monkeypatch.setattr(environment.sys, "version_info", (3, 9))
    with pytest.raises(SystemExit, match="older than Python 3.11: name a newer one"):
        environment.make(tmp_path / ".venv")
    assert not (tmp_path / ".venv").exists()
