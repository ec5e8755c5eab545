"""The sandboxes: what is asked of the tools, and that nothing is run where none holds."""

from __future__ import annotations

import ast
import json
import os
import stat
import sys
from pathlib import Path

import pytest

import hralign as hr
import packages
from hrclass import execution
from hrclass.execution import Odd, read_lines
from hrclass.isolation import INSIDE, Isolation, Limits, bubblewrap, choice, container


def after(command, option):
    return [command[k + 1] for k, one in enumerate(command) if one == option]


@pytest.mark.parametrize("root", [True, False])
def test_bubblewrap_gives_nothing_but_what_a_notebook_needs(root):
    command = bubblewrap.command("/usr/bin/bwrap", Limits(), root)
    asked = "--unshare-pid --unshare-net --unshare-ipc --unshare-uts --unshare-user --disable-userns --die-with-parent"
    assert {*asked.split(), "--new-session", "--clearenv"} <= set(command)
    assert after(command, "--cap-drop")[0] == "ALL"
    assert ("setpriv" in command) == root, "root gives up being root"
    assert not {"--bind", "--bind-try"} & set(command), "nothing of the host can be written"
    bound = [Path(path).resolve() for path in after(command, "--ro-bind")]
    here = Path(bubblewrap.__file__).parents[1]
    assert not [path for path in bound if path != INSIDE and (here.is_relative_to(path) or path.is_relative_to(here))]
    sized = [k for k, one in enumerate(command) if one == "--tmpfs" and command[k + 1] in ("/scratch", "/dev/shm")]
    assert len(sized) == 2 and all("--size" in command[k - 4 : k] for k in sized)
    limits = command[command.index("prlimit") :]
    assert {"--nproc=64", "--core=0", f"--as={3 * 2**30}", f"--fsize={256 * 2**20}"} <= set(limits)
    shown = dict(
        zip(
            after(command, "--setenv"),
            [command[k + 2] for k, one in enumerate(command) if one == "--setenv"],
            strict=True,
        )
    )
    assert shown["OMP_NUM_THREADS"] == "1" and not [name for name in shown if "SECRET" in name]


def test_a_grader_among_the_packages_is_covered(tmp_path):
    for name in ("hrclass", "hrclass-0.1.0.dist-info", "numpy"):
        (tmp_path / name).mkdir()
    (tmp_path / "__editable__.hrclass-0.1.0.pth").write_text("/somewhere")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "finder_hrclass.pyc").write_text("/somewhere")
    covered = bubblewrap.hide(tmp_path, Path("/env/site-0"))
    assert after(covered, "--tmpfs") == ["/env/site-0/hrclass", "/env/site-0/hrclass-0.1.0.dist-info"]
    assert after(covered, "--ro-bind") == [os.devnull] * 2
    hidden = {"/env/site-0/__editable__.hrclass-0.1.0.pth", "/env/site-0/__pycache__/finder_hrclass.pyc"}
    assert hidden <= set(covered) and not [one for one in covered if "numpy" in one]


@pytest.mark.slow
def test_the_sandbox_is_tried_before_it_is_trusted(sandbox):
    found = choice.choose("auto", execution.try_out)
    assert found.name == "bubblewrap" and "no network" in found.words


@pytest.mark.parametrize(("seen", "said"), [
    (["the network"], "a notebook in it still finds the network"), (None, "it does not start (no user namespaces)"),
])  # fmt: skip
def test_a_sandbox_that_leaks_or_does_not_start_is_refused(monkeypatch, seen, said):
    one = Isolation("leaky", "leaky", lambda limits: [])
    monkeypatch.setattr(
        choice, "WAYS", {"bubblewrap": lambda: one, "container": lambda: "neither podman nor docker is installed"}
    )
    with pytest.raises(hr.HralignError) as refused:
        choice.choose("auto", lambda *_: (seen, "no user namespaces"))
    assert said in str(refused.value)
    for word in ("neither podman nor docker is installed", "install bubblewrap", "macOS and Windows", "--trusted"):
        assert word in str(refused.value)


def test_without_any_tool_the_refusal_says_what_to_install(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(hr.HralignError, match="apt install bubblewrap.*neither podman nor docker"):
        choice.choose("auto", lambda *_: ([], ""))


def engine(tmp_path, monkeypatch, images=(container.IMAGE,)):
    """A stand-in for an engine: knows its images, and runs the program it is handed, noting how it was asked to."""
    program = tmp_path / "bin" / "podman"
    program.parent.mkdir()
    program.write_text(f"""#!{sys.executable}
import json, os, sys
if sys.argv[1:3] == ["image", "inspect"]:
    sys.exit(sys.argv[3] not in {list(images)})
json.dump(sys.argv[1:], open({str(tmp_path / "bin")!r} + f"/../{{sys.argv[1]}}.json", "w"))
if sys.argv[1] == "kill":
    sys.exit()
os.chdir({str(tmp_path / "bin")!r})
code = sys.argv[sys.argv.index("-c") + 1]
os.execv(sys.executable, [sys.executable, "-I", "-c", code, *{[p for p in sys.path if p]!r}])
""", encoding="utf-8")  # fmt: skip
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path / "run.json"


@pytest.mark.slow
def test_a_container_shares_nothing_with_the_host(tmp_path, monkeypatch):
    asked = engine(tmp_path, monkeypatch)
    found = container.find()
    assert isinstance(found, Isolation) and found.name == "podman"
    run = execution.run_notebook(found, ["x = 2"], ["x"], {}, b"", Limits())
    assert (run.answers, run.end) == ({"x": 2}, "")
    command = json.loads(asked.read_text(encoding="utf-8"))
    assert after(command, "--network") == ["none"] and after(command, "--cap-drop") == ["ALL"]
    assert {"--read-only", "--rm", "no-new-privileges", "65534:65534"} <= set(command)
    assert after(command, "--pids-limit") == ["64"] and after(command, "--memory") == ["3g"] == after(
        command, "--memory-swap"
    )
    assert not {"--volume", "-v", "--mount", "--privileged"} & set(command)
    assert after(command, "--tmpfs") == ["/scratch:rw,size=256m,mode=1777"]


@pytest.mark.slow
def test_a_container_that_does_not_end_is_ended(tmp_path, monkeypatch):
    asked = engine(tmp_path, monkeypatch)
    run = execution.run_notebook(container.find(), ["import time; time.sleep(99)"], ["x"], {}, b"", Limits(time=5))
    assert run.end == "it was stopped after 5 s"
    name = after(json.loads(asked.read_text(encoding="utf-8")), "--name")
    assert json.loads((tmp_path / "kill.json").read_text(encoding="utf-8")) == ["kill", *name]


def test_a_sandbox_that_does_not_start_is_no_fault_of_the_notebook():
    broken = Isolation("broken", "broken", lambda limits: ["sh", "-c", "echo bwrap: no namespaces >&2; exit 1"])
    with pytest.raises(hr.HralignError, match="did not start: bwrap: no namespaces"):
        execution.run_notebook(broken, ["x = 1"], ["x"], {}, b"", Limits())
    assert execution.try_out(broken, "seen = []", Limits()) == (None, "The sandbox did not start: bwrap: no namespaces")


def test_an_engine_without_the_image_says_how_to_make_it(tmp_path, monkeypatch):
    engine(tmp_path, monkeypatch, images=())
    assert "podman build -t hralign-notebooks -f lib/hrclass/Containerfile ." in container.find()


def test_the_image_holds_nothing_of_the_grader():
    text = (Path(container.__file__).parents[1] / "Containerfile").read_text(encoding="utf-8")
    copied = [word for line in text.splitlines() if line.startswith("COPY") for word in line.split()[1:-1]]
    assert copied and not [word for word in copied if "hrclass" in word or word in (".", "lib")]
    root = Path(container.__file__).parents[3]
    assert all((root / word).exists() for word in copied)


def test_what_goes_into_the_sandbox_stands_alone():
    imported = {code for _, code in packages.imported(ast.parse(INSIDE.read_text(encoding="utf-8")))}
    own = {f"import {name}" for name in sys.stdlib_module_names}
    assert imported - own == {"from IPython.core.interactiveshell import InteractiveShell"}
    assert "hrclass" not in INSIDE.read_text(encoding="utf-8")


# -------------------------------------------------------------------------------------------------------- the pipe
def lines(*said):
    return b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in said) + b"\n"


def test_the_first_and_the_last_value_are_kept():
    run = read_lines(lines({"cell": 0, "error": "", "answers": {"a": {"is": "..."}}}, {"cell": 1, "answers": {"a": 1}},
                           {"cell": 2, "error": "E: x", "answers": {"a": 2.5}}, {"probe": "f", "results": [[1], None]},
                           {"end": True}), ["a", "f"], {"f": [[1], [2]]})  # fmt: skip
    assert (run.answers, run.first, run.errors) == ({"a": 2.5, "f": [[1], None]}, {"a": 1}, {2: "E: x"})
    assert (run.end, run.odd) == ("", "")


@pytest.mark.parametrize("line", [
    b"\xff\xfe", b"[" * 100_000, b"{}x", b'{"answers": {"a": NaN}}', b'{"points": 20}', b'{"cell": -1}',
    b'{"answers": []}',
    b'{"answers": {"a": [[[[1]]]]}}', b'{"answers": {"a": {"is": 3}}}', b'{"end": "yes"}', b"null", b"7",
    b'{"answers": {"a": ' + b"1" * 10_000 + b"}}",
])  # fmt: skip
def test_a_line_of_another_form_is_counted_and_passed_over(line):
    run = read_lines(lines({"answers": {"a": 1}}, line, {"end": True}), ["a"], {})
    assert (run.answers, run.end) == ({"a": 1}, "") and "1 lines in the pipe" in run.odd


def test_answers_to_other_questions_are_none():
    run = read_lines(lines({"answers": {"b": 1, "f": 2}}, {"probe": "g", "results": [1]}), ["a", "f"], {"f": []})
    assert (run.answers, run.end) == ({}, "no end")


def test_half_characters_become_whole_ones():
    run = read_lines(b'{"answers": {"a": "\\ud800 and on"}}\n', ["a"], {})
    assert run.answers["a"].encode() and "and on" in run.answers["a"]


@pytest.mark.parametrize(("code", "value"), [
    ("1", 1), ("1.5", 1.5), ("True", True), ("'x'", "x"), ("...", "..."), ("float('inf')", "infinite"),
    ("float('nan')", "missing (NaN)"), ("10**100", "too large"), ("'x' * 30_000", "too long"), ("{}", "of type dict"),
    ("np.float64(2)", 2.0), ("np.array([3])", 3), ("np.array([1, 2])", [1, 2]), ("[[1, None]]", [[1, None]]),
    ("[[[1]]]", [["of type list"]]), ("np.zeros((3, 3))", "of type ndarray"), ("print.__class__", "of type type"),
])  # fmt: skip
def test_a_value_becomes_an_answer_or_says_why_not(code, value):
    import numpy as np

    names = {"__name__": "inside"}
    exec(compile(INSIDE.read_text(encoding="utf-8"), str(INSIDE), "exec"), names)
    told = json.dumps({"answers": {"a": names["plain"](eval(code, {"np": np}))}}).encode()
    run = read_lines(told, ["a"], {})

    def shown(one):
        return one.what if isinstance(one, Odd) else [shown(x) for x in one] if isinstance(one, list) else one

    assert shown(run.answers["a"]) == value and run.odd == ""
