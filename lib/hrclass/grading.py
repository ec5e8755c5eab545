"""Grading a class: points, comments and reasons, one line for every notebook that was handed in.

otter-grader keeps the score: each question is one of its test files, each check one of its test cases.  Its own way of
running a notebook is not used, because it unpickles what the student's process has written; here notebooks run
confined (`execution`) and only plain values come back.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

import hralign as hr

from .assignments import find_assignment
from .draws import draw_for
from .execution import DEFAULT, Limits, Run, run_confined, start_server
from .questions import Answers, Question
from .submissions import Submission, find_submissions

COLUMNS = ("student", "chapter", "points", "possible")
LAST_COLUMNS = ("comment", "flag", "status", "file")
GRADED, NOT_GRADED, NOTHING = "graded", "not graded", "nothing handed in"


def grade_class(
    folder: Path, roster: pd.DataFrame, secret: bytes, *, limits: Limits = DEFAULT, jobs: int = 2, progress: bool = True
) -> pd.DataFrame:
    """Grade every notebook below a folder.

    Parameters
    ----------
    roster : DataFrame
        From :func:`hrclass.identity.read_roster`.
    jobs : int
        Notebooks that run side by side.

    Returns
    -------
    DataFrame
        One row per notebook, and one per student and chapter of whom none came; columns ``student``, other columns of
        the roster, ``chapter``, ``points``, ``possible``, ``q1`` …, ``comment`` (for the student), ``flag`` (for the
        teacher), ``status`` (graded; not graded, and why; nothing handed in), ``file``.

    Raises
    ------
    HralignError
        If the folder does not exist or otter-grader is missing.
    """
    _otter()
    if not folder.is_dir():
        raise hr.HralignError(f"There is no folder {folder} with submissions.")
    students = list(roster.loc[roster["problem"].eq(""), "student"])
    found = find_submissions(folder, students, secret)
    start_server()
    with ThreadPoolExecutor(jobs) as pool:  # threads will do: the notebooks have processes of their own
        rows = pool.map(grade_one, found, repeat(secret), repeat(limits))
        rows = list(tqdm(rows, total=len(found), desc="Notebooks", disable=not progress))
    table = pd.DataFrame(_with_flags(found, rows) + _missing(roster, rows))
    questions = sorted(column for column in table if column[0] == "q" and column[1:].isdigit())
    table = table.reindex(columns=[*COLUMNS, *questions, *LAST_COLUMNS])
    table[list(LAST_COLUMNS)] = table[list(LAST_COLUMNS)].astype("str").fillna("")
    extra = roster.drop(columns="problem").drop_duplicates("student")
    table = extra.merge(table, on="student", how="right")
    return table.sort_values(["chapter", "student", "file"], na_position="last").reset_index(drop=True)


def grade_one(one: Submission, secret: bytes, limits: Limits) -> dict[str, Any]:
    """The row of one notebook; whatever goes wrong with it becomes a reason and never stops the others."""
    row = {"student": one.student, "chapter": one.chapter, "file": one.file, "flag": "", "comment": ""}
    if one.problem:
        return row | {"status": f"{NOT_GRADED}: {one.problem}"}
    try:
        assignment = find_assignment(one.chapter)
        draw = draw_for(secret, one.chapter, one.student, assignment.evidence)
        questions = assignment.questions(draw)
        with tempfile.TemporaryDirectory(prefix="hralign-grading-") as scratch:
            world = Path(scratch, "world.zip")
            hr.write_world(draw.src, world)
            names = [name for question in questions for name in question.answers]
            probes = {name: calls for question in questions for name, calls in question.probes.items()}
            run = run_confined(one.cells, names, probes, world, limits)
        return row | mark(questions, run, one)
    except Exception as error:  # one bad notebook never stops the rest
        return row | {"status": f"{NOT_GRADED}: {type(error).__name__}: {str(error)[:200]}"}


def mark(questions: Sequence[Question], run: Run, one: Submission) -> dict[str, Any]:
    """Points by question, comment, flag and status of a notebook that has run."""
    results = score(questions, run.answers)
    comments = [f"q{k} ({question.title}): {said}" for k, question in enumerate(questions, start=1)
                if (said := remarks(question, run.answers))]  # fmt: skip
    for k, error in run.errors.items():
        first = next((line for line in one.cells[k].splitlines() if line.strip() and line.strip()[0] not in "#%"), "…")
        comments.append(f"the cell that begins with `{first[:60]}` stopped: {error}")
    if run.end:
        comments.append(f"not all of the notebook was run: {run.end}")
    if one.remark:
        comments.append(one.remark)
    flags = [f"tried to {what}" for what in run.refused]
    answered = any(value is not None and str(value).strip() != "..." for value in run.answers.values())
    return {
        **{f"q{k}": results.get_score(f"q{k}") for k in range(1, len(questions) + 1)},
        "points": results.total, "possible": results.possible,
        "comment": "; ".join(comments) + "." if comments else "Everything is right.",
        "flag": "; ".join(flags), "status": GRADED, "answered": answered,
    }  # fmt: skip


def score(questions: Sequence[Question], answers: Answers) -> Any:
    """otter-grader's ``GradingResults`` of some answers: test files ``q1``, ``q2`` …, a test case per check."""
    test_files = _otter()

    def case(check: Any, name: str) -> Any:
        def holds(env: Answers) -> None:
            assert check.holds(env), check.comment(env)

        return test_files.test_case(name=name, points=check.points, hidden=True)(holds).to_dataclass()

    files = []
    for k, question in enumerate(questions, start=1):
        cases = [case(check, f"q{k}.{n}") for n, check in enumerate(question.checks, start=1)]
        file = test_files.exception_test.ExceptionTestFile(f"q{k}", f"q{k}", cases, all_or_nothing=False)
        file.run(answers)
        files.append(file)
    return test_files.GradingResults(files)


def remarks(question: Question, answers: Answers) -> str:
    """What the checks that fail say, each once."""
    said = [check.comment(answers) for check in question.checks if not check.holds(answers)]
    return ", ".join(dict.fromkeys(filter(None, said)))


def _with_flags(found: Sequence[Submission], rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mark notebooks with the same code under different ids, unless nobody has written anything into them."""
    groups: dict[str, set[str]] = {}
    for one, row in zip(found, rows, strict=True):
        if one.likeness and (row.get("answered") or one.problem):
            groups.setdefault(one.likeness, set()).add(one.student or one.file)
    flagged = []
    for one, row in zip(found, rows, strict=True):
        others = sorted(groups.get(one.likeness, set()) - {one.student or one.file})
        same = f"same code as {', '.join(others)}" if others and len(groups[one.likeness]) > 1 else ""
        flags = "; ".join(filter(None, (row["flag"], same)))
        flagged.append({key: value for key, value in row.items() if key != "answered"} | {"flag": flags})
    return flagged


def _missing(roster: pd.DataFrame, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Students without a notebook, by chapter, and lines of the roster that name nobody."""
    wrong = roster[roster["problem"].ne("")]
    missing = [{"student": student, "status": f"{NOT_GRADED}: {problem}"}
               for student, problem in zip(wrong["student"], wrong["problem"], strict=True)]  # fmt: skip
    students = list(roster.loc[roster["problem"].eq(""), "student"])
    came = {(row["student"], row["chapter"]) for row in rows}
    for chapter in sorted({row["chapter"] for row in rows if row.get("status") == GRADED}):
        absent = [student for student in students if (student, chapter) not in came]
        missing += [{"student": student, "chapter": chapter, "status": NOTHING} for student in absent]
    return missing


def write_report(table: pd.DataFrame, path: Path) -> None:
    """Write the report as CSV, whole or not at all; no cell of it can be taken for a formula by a spreadsheet."""

    def harmless(value: Any) -> Any:
        return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value

    draft = path.with_name(path.name + ".part")
    try:
        table.astype({"chapter": "Int64"}).map(harmless).to_csv(draft, index=False, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise hr.HralignError(f"Cannot write {path}: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)


def _otter() -> Any:
    try:
        import otter.test_files
        import otter.test_files.exception_test
    except ImportError:
        raise hr.HralignError("Grading needs otter-grader: pip install -r requirements-grading.txt") from None
    return otter.test_files
