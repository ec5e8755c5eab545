"""What each student gets back: a page with every question, and a zip of all pages for a platform to hand out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from .pages import page

MOODLE = re.compile(r"(?:^|/)([^/_]*_\d+_assignsubmission_file)_?(?=/|[^/])")
"""How Moodle names what students handed in, and wants named what they get back."""

OF_QUESTION = re.compile(r"q\d+ \(")
LONGEST = 60


def feedback(record: Mapping[str, Any], row: Mapping[str, Any], name: str = "") -> str:
    """The page of one graded notebook.

    Parameters
    ----------
    record : mapping
        A graded notebook of ``results.json``.
    row : mapping
        The student's line of the gradebook in that chapter.
    """
    written = {text["question"]: text for text in record["written"]}
    questions = []
    for one in record["questions"]:
        text = written.get(one["question"])
        mark = text["mark"] if text else None
        parts = [part | {"gave": gave(record["answers"], part["name"])} for part in one["parts"]]
        if text and text["text"]:
            parts = [part | {"gave": "see below", "says": part["says"] or "The form fits."} for part in parts]
        questions.append(one | {
            "parts": parts, "points": one["points"] + (mark or 0.0), "mark": mark,
            "waiting": text["out_of"] if text and mark is None else 0.0, "by_hand": text["out_of"] if text else 0.0,
            "text": text["text"] if text else "", "rubric": text["rubric"] if text else [],
            "comment": text["comment"] if text else "",
        })  # fmt: skip
    remarks = [said for said in record["comments"] if not OF_QUESTION.match(said)]
    return page(
        "feedback", chapter=record["chapter"], student=row["student"], name=name, questions=questions, remarks=remarks,
        points=row["points"], out_of=row["out_of"], earned=row["earned"], waiting=row["waiting"], note=row["note"],
    )  # fmt: skip


def gave(answers: Mapping[str, Any], name: str) -> str:
    """What the student answered, short enough for a table."""
    value = answers.get(name)
    if value is None:
        return "–"
    if isinstance(value, list | dict):
        return "a function"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    text = re.sub(r"^-(?=[\d.])", "−", text)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def file_name(chapter: int, student: str, name: str, handed_in: str) -> str:
    """A name in the zip that the platform understands, or else a teacher.

    Moodle returns a file to whom the folder of the hand-in names; elsewhere the student's name stands first.
    """
    if found := MOODLE.search(handed_in):
        return f"{found[1]}_/feedback-chapter-{chapter:02d}.html"
    clean = re.sub(r"[^\w .,'-]", "", name).strip(" .")
    who = f"{clean} ({student})" if clean and clean != student else student
    return f"{who}/feedback-chapter-{chapter:02d}.html"


def as_zip(files: Iterable[tuple[str, str]]) -> bytes:
    """Text files by name, always the same bytes for the same files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), text.encode("utf-8", "replace"), zipfile.ZIP_DEFLATED)
    return content.getvalue()
