"""What others rely on: how to cite, on what terms, how to take part; and each version in one place."""

import importlib.util
import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
CITATION = yaml.load((ROOT / "CITATION.cff").read_text(encoding="utf-8"), yaml.BaseLoader)  # dates stay words
PINNED = tuple(  # the readers' archive has nothing to grade with
    name
    for name in ("requirements.txt", "requirements-grading.txt", "requirements-tests.txt")
    if (ROOT / name).exists()
)


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def requirements(name):
    lines = (line.partition(" #")[0].strip() for line in text(name).splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-c ", "-e "))]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


# ---------------------------------------------------------------------------------------------------------- citing
@pytest.fixture(scope="module")
def schema():
    path = files("check_jsonschema").joinpath("builtin_schemas/vendor/citation-file-format.json")
    return Draft7Validator(json.loads(path.read_text(encoding="utf-8")))


def faults(schema, citation):
    return [error.message for error in schema.iter_errors(citation)]


def numbered(citation):
    """BaseLoader reads every scalar as a word; the schema wants numbers for years and volumes."""
    references = [
        one | {key: int(one[key]) for key in ("year", "volume") if key in one} for one in citation.get("references", [])
    ]
    return citation | {"references": references}


def test_the_citation_file_is_valid(schema):
    assert faults(schema, numbered(CITATION)) == []


@pytest.mark.parametrize(
    "damage", [{"authors": []}, {"cff-version": "7"}, {"license": "Beerware-99"}, {"colour": "blue"}, {"type": "book"}]
)
def test_a_damaged_citation_file_is_refused(schema, damage):
    assert faults(schema, numbered(CITATION) | damage)


def test_the_citation_file_names_the_study_and_the_version_of_the_library():
    assert CITATION["version"] == tomllib.loads(text("pyproject.toml"))["project"]["version"]
    assert "10.1007/s11558-021-09413-5" in {one.get("doi") for one in CITATION["references"]}
    assert f"[{CITATION['version']}]" in text("CHANGELOG.md")


# ---------------------------------------------------------------------------------------------------------- terms
def test_the_licences_are_whole_and_named():
    licence = text("LICENSE")
    assert licence.startswith("MIT License\n\nCopyright (c) 20")
    for words in ("Permission is hereby granted, free of charge", "The above copyright notice", 'PROVIDED "AS IS"'):
        assert words in licence
    assert "creativecommons.org/licenses/by/4.0/" in text("LICENSE-TEXT.md")
    for page in ("README.md", "book/welcome.md", "CONTRIBUTING.md", "notebooks/91-data-sources.md"):
        assert "MIT" in text(page) and "CC BY 4.0" in text(page), page


def test_terms_of_the_data_are_pointed_to():
    assert "## What may be passed on" in text("notebooks/91-data-sources.md")
    for page in ("README.md", "CONTRIBUTING.md"):
        assert "notebooks/91-data-sources.md" in text(page), page


@pytest.mark.parametrize("name", sorted(path.name for path in ROOT.glob("*.md")))
def test_links_to_files_resolve(name):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text(name)):
        if not target.startswith(("http://", "https://")):
            assert (ROOT / target).exists(), target


def test_commands_that_contributors_are_told_exist():
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.M))
    for page in ("README.md", "CONTRIBUTING.md"):
        told = set(re.findall(r"`(?:\w+=\S+ )*make ([a-z]+)`|^\$ (?:\w+=\S+ )*make ([a-z]+)", text(page), re.M))
        assert {one or other for one, other in told} <= targets, page


def test_the_changelog_is_kept_as_its_form_asks():
    changes = text("CHANGELOG.md")
    assert changes.startswith("# Changelog\n") and "keepachangelog.com" in changes
    assert re.search(r"^## \[Unreleased\]$", changes, re.M)
    for heading in re.findall(r"^## (.*)", changes, re.M):
        assert re.fullmatch(r"\[Unreleased\]|\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", heading), heading
    kinds = set(re.findall(r"^### (.*)", changes, re.M))
    assert kinds and kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


# ------------------------------------------------------------------------------------------------------- versions
def test_a_version_is_pinned_exactly_and_once():
    listed = [one for name in PINNED for one in requirements(name)]
    assert all(re.fullmatch(r"==[\w.]+", str(one.specifier)) for one in listed)
    assert len({normal(one.name) for one in listed}) == len(listed)


def test_readers_and_binder_are_spared_what_only_tests_and_grading_need():
    read = {normal(one.name) for one in requirements("requirements.txt")}
    assert not read & {"ruff", "playwright", "pydantic", "uv", "hypothesis", "distributed"}
    assert {"jupyterlab", "jupyter-book", "pandas"} <= read
    assert not [line for line in text("requirements.txt").splitlines() if line.startswith("-e")], "Binder installs it"


def test_the_lock_holds_what_is_pinned():
    lock = {normal(one.name): str(one.specifier) for one in requirements("requirements-lock.txt")}
    for name in PINNED:
        assert text(name).startswith("-c requirements-lock.txt\n")
        for one in requirements(name):
            assert lock[normal(one.name)] == str(one.specifier), f"{one.name}: run make lock"


@pytest.mark.parametrize("project", [
    name for name in ("pyproject.toml", "lib/hrclass/pyproject.toml") if (ROOT / name).exists()
])  # fmt: skip
def test_what_is_pinned_meets_the_needs_of_the_packages(project):
    lists = PINNED[: 1 if project == "pyproject.toml" else 2]
    pinned = {normal(one.name): str(one.specifier).removeprefix("==") for name in lists for one in requirements(name)}
    pinned["hralign"] = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    for need in map(Requirement, tomllib.loads(text(project))["project"]["dependencies"]):
        assert need.specifier.contains(pinned[normal(need.name)]), str(need)
        assert "==" not in str(need.specifier), "a library names what it can live with"


def test_nothing_is_pinned_elsewhere():
    workflows = ROOT.glob(".github/workflows/*.yml")
    for path in (ROOT / "Makefile", ROOT / ".ci/run", ROOT / ".pre-commit-config.yaml", *workflows):
        assert not re.search(r"[\w-]+==\d|\b(pip|npm) install [^-\n]*\d", path.read_text(encoding="utf-8")), path.name


def test_versions_of_npm_are_pinned_as_the_lock_has_them():
    wanted, lock = json.loads(text("package.json")), json.loads(text("package-lock.json"))["packages"]
    for kind in ("dependencies", "devDependencies"):
        for name, version in wanted[kind].items():
            assert lock[f"node_modules/{name}"]["version"] == version


# ---------------------------------------------------------------------------------------------------------- links
@pytest.fixture(scope="module")
def links():
    spec = importlib.util.spec_from_file_location("links", ROOT / ".ci/links.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def record(path, **entries):
    lines = [
        json.dumps({"filename": "book/a.md", "lineno": 7, "uri": f"https://{name}.org", "status": status, "info": info})
        for name, (status, info) in entries.items()
    ]
    lines.append(json.dumps({"filename": "book/a.md", "lineno": 1, "uri": "b.zip", "status": "broken", "info": ""}))
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def test_a_dead_link_is_told_with_file_and_line(links, tmp_path, capsys):
    entries = {"gone": ("broken", "404 Client Error: Not Found"), "well": ("working", "")}
    assert links.main(record(tmp_path / "output.json", **entries)) == 1
    assert "broken: book/a.md:7: https://gone.org (404" in capsys.readouterr().out


def test_a_server_that_turns_programs_away_is_no_dead_link(links, tmp_path, capsys):
    entries = {"shy": ("broken", "403 Client Error: Forbidden"), "moved": ("redirected", "https://there.org")}
    assert links.main(record(tmp_path / "output.json", **entries)) == 0
    told = capsys.readouterr().out
    assert "not known" in told and "1 addresses answered, 1 turned us away, 0 are broken" in told


def test_links_that_were_not_checked_are_no_good_links(links, tmp_path, capsys):
    assert links.main(str(tmp_path / "output.json")) == 2 and "not checked" in capsys.readouterr().out
