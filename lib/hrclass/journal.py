"""What has been graded already, one line of JSON for each notebook, added as soon as it is done."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import hralign as hr

from . import __version__
from .submissions import Submission


class Journal:
    """The file ``journal.jsonl`` of a folder of grades; a line that was cut short is passed over."""

    def __init__(self, path: Path, course: str) -> None:
        self.path, self.course = path, course
        self._lock, self._records = threading.Lock(), {}
        try:
            text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        except OSError as error:
            raise hr.HralignError(f"Cannot read {path}: {error.strerror}.") from None
        self._open_line = bool(text) and not text.endswith("\n")
        for line in text.splitlines():
            try:
                record = json.loads(line)
                self._records[self._key(record)] = record
            except (ValueError, KeyError, TypeError):
                continue
        if others := {record["course"] for record in self._records.values()} - {course}:
            raise hr.HralignError(
                f"{path} belongs to a course with another secret ({', '.join(sorted(others))}). Name another folder."
            )

    @staticmethod
    def _key(record: dict[str, Any]) -> tuple:
        return record["student"], record["chapter"], record["digest"], record["version"]

    def _of(self, one: Submission) -> tuple:
        return one.student, one.chapter, one.digest, __version__

    def has(self, one: Submission) -> bool:
        return self._of(one) in self._records

    def get(self, one: Submission) -> dict[str, Any]:
        return self._records[self._of(one)]

    def keep(self, record: dict[str, Any]) -> None:
        """Add a record; it is on the disk when this returns."""
        record = record | {"course": self.course}
        with self._lock:
            self._records[self._key(record)] = record
            with self.path.open("a", encoding="utf-8") as file:
                file.write(("\n" if self._open_line else "") + json.dumps(record) + "\n")
            self._open_line = False
