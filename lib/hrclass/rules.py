"""The rules of a course, in one small file: deadlines, what being late costs, what counts, who is excused.

A file has any of these parts, and nothing else::

    best = 4                                    # only the four best chapters count
    zone = "Europe/Berlin"                      # of times that do not name theirs

    [deadlines]
    7 = 2026-11-02 23:59:00

    [late]
    grace_hours = 2                             # nothing is taken within these
    per_day = 0.1                               # of the points earned, for each day begun since the deadline
    at_most = 0.5

    [more_time]                                 # hours
    anna = 48

    [excused]                                   # these chapters do not count
    bob = [7, 8]

    [groups]                                    # who handed in nothing has what the group has
    red = ["anna", "carla"]
"""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pydantic
from pydantic import BaseModel, ConfigDict, Field

import hralign as hr

from .assignments import ASSIGNMENTS

Share = Field(default=0.0, ge=0, le=1)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Late(_Part):
    """What being late costs, as shares of the points earned."""

    grace_hours: float = Field(default=0.0, ge=0)
    per_day: float = Share
    at_most: float = Field(default=1.0, ge=0, le=1)


class Rules(_Part):
    """The rules of a course; without a file there are none."""

    best: int | None = Field(default=None, ge=1)
    zone: str | None = None
    deadlines: Mapping[int, dt.datetime] = {}
    late: Late = Late()
    more_time: Mapping[str, float] = {}
    excused: Mapping[str, list[int] | Literal["all"]] = {}
    groups: Mapping[str, list[str]] = {}

    def deadline(self, chapter: int, student: str) -> dt.datetime | None:
        """The end of the student's time, with hours of their own."""
        end = self.deadlines.get(chapter)
        return end and self.placed(end) + dt.timedelta(hours=self.more_time.get(student, 0.0))

    def placed(self, time: dt.datetime) -> dt.datetime:
        """A time with its zone."""
        return time if time.tzinfo or not self.zone else time.replace(tzinfo=ZoneInfo(self.zone))

    def late_days(self, chapter: int, student: str, handed_in: dt.datetime) -> int:
        """Days begun since the deadline, 0 within the hours of grace."""
        end = self.deadline(chapter, student)
        if end is None or handed_in <= end + dt.timedelta(hours=self.late.grace_hours):
            return 0
        return math.ceil((handed_in - end) / dt.timedelta(days=1))

    def taken(self, days: int) -> float:
        """Share of the points that so many days cost."""
        return min(days * self.late.per_day, self.late.at_most)

    def is_excused(self, chapter: int, student: str) -> bool:
        chapters = self.excused.get(student, [])
        return chapters == "all" or chapter in chapters

    def group_of(self, student: str) -> tuple[str, list[str]]:
        """Name of the student's group, and the others in it."""
        for name, members in self.groups.items():
            if student in members:
                return name, [one for one in members if one != student]
        return "", []


def read_rules(path: Path | None, students: Iterable[str]) -> Rules:
    """The rules in a file, checked against the class.

    Raises
    ------
    HralignError
        If the file cannot be read, has a part that is none, a time without a zone, a student who is not on the roster,
        one who is in two groups, or a chapter without an assignment.
    """
    if path is None:
        return Rules()
    try:
        said: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        rules = Rules.model_validate(said)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise hr.HralignError(f"The rules {path} cannot be read: {error}.") from None
    except pydantic.ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise hr.HralignError(f"The rules {path} need mending: {wrong}.") from None
    if problems := list(_problems(rules, set(students))):
        raise hr.HralignError(f"The rules {path} need mending: {'; '.join(problems)}.")
    return rules


def _problems(rules: Rules, students: set[str]) -> Iterable[str]:
    if rules.zone:
        try:
            ZoneInfo(rules.zone)
        except (KeyError, OSError, ValueError):
            yield f"there is no zone '{rules.zone}' (say Europe/Berlin, America/New_York)"
    elif local := [chapter for chapter, time in rules.deadlines.items() if not time.tzinfo]:
        yield f'the deadline of chapter {local[0]} has no zone: add zone = "Europe/Berlin", or +01:00 to the time'
    chapters = [*rules.deadlines, *(k for found in rules.excused.values() if found != "all" for k in found)]
    for chapter in sorted(set(chapters) - set(ASSIGNMENTS)):
        yield f"chapter {chapter} has no assignment"
    members = [one for group in rules.groups.values() for one in group]
    for student in sorted({*rules.more_time, *rules.excused, *members} - students):
        yield f"'{student}' is not on the roster"
    for student in sorted({one for one in members if members.count(one) > 1}):
        yield f"'{student}' is in two groups"
