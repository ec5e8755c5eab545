"""Students, the course secret, and what the two make together: seeds and codes.

Everything personal is derived by HMAC-SHA-256 from the secret of the course and the student's id, so that nothing has
to be stored: whoever has the secret can make every world and every right answer again, and nobody else can.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections import Counter
from pathlib import Path

import pandas as pd

import hralign as hr

from .lms.tables import read_table

SECRET_FILE = Path("course-secret.txt")
SECRET_VARIABLE = "HRALIGN_COURSE_SECRET"
SECRET_BITS = 128
_SECRET = re.compile(rf"[0-9a-f]{{{SECRET_BITS // 4},}}")
MOST_ALIKE = 3
"""A digit that fills more than a third of a secret, or fewer than ten different ones, did not come about by chance."""

LINE = "# assignment {chapter} of student {student}, world {code}"
"""The line of a notebook that says whose it is; comments survive every program that opens notebooks."""

_LINE = re.compile(r"# assignment (\d+) of student (\S+), world ([0-9a-f]+)")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def check_id(student: str) -> str:
    """The id, if it can stand in file names everywhere.

    Raises
    ------
    HralignError
        If it is empty, longer than 64 characters, or has anything but plain letters, digits, ``.``, ``_`` and ``-``.
    """
    if not _ID.fullmatch(student):
        raise hr.HralignError(
            f"'{student}' cannot be a student id: use 1 to 64 plain letters, digits, '.', '_' or '-', beginning with a "
            "letter or digit (no spaces, no accents)."
        )
    return student


def read_secret(file: Path | None = None, *, create: bool = False) -> bytes:
    """The secret of the course: from ``file``, ``HRALIGN_COURSE_SECRET`` or ``course-secret.txt`` here, in that order.

    Parameters
    ----------
    file : Path, optional
    create : bool
        Make ``course-secret.txt`` with a new random secret, for its owner's eyes only, if there is none anywhere.

    Raises
    ------
    HralignError
        If there is no secret, or it is not 128 bits of chance, written in hexadecimal digits.
    """
    if file is None and os.environ.get(SECRET_VARIABLE):
        where, text = f"the variable {SECRET_VARIABLE}", os.environ[SECRET_VARIABLE]
    else:
        path = file or SECRET_FILE
        if create and file is None and not path.exists():
            write_secret(path)
        try:
            where, text = str(path), path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise hr.HralignError(
                f"There is no readable course secret in {path} ({type(error).__name__}). Give --secret-file, set "
                f"{SECRET_VARIABLE}, or run the command where {SECRET_FILE} lies."
            ) from None
    secret = text.strip()
    digits = Counter(secret)
    if not _SECRET.fullmatch(secret) or len(digits) < 10 or max(digits.values()) > len(secret) / MOST_ALIKE:
        raise hr.HralignError(
            f"The course secret in {where} could be guessed: it must be {SECRET_BITS} bits of chance, which is "
            f"{SECRET_BITS // 4} hexadecimal digits or more. Let the command make one: hrclass secret FILE."
        )
    return secret.encode()


def new_secret() -> str:
    """192 bits of chance in hexadecimal digits."""
    while True:  # the first will do but once in many lives
        text = secrets.token_hex(24)
        if len(set(text)) >= 10:
            return text


def write_secret(path: Path) -> None:
    """A new secret in a new file, for its owner's eyes only.

    Raises
    ------
    HralignError
        If the file is there already or cannot be written.
    """
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as new:
            new.write(new_secret() + "\n")
    except FileExistsError:
        raise hr.HralignError(f"{path} is there already, and a secret is never written over.") from None
    except OSError as error:
        raise hr.HralignError(f"Cannot write {path}: {error.strerror}.") from None


def derive(secret: bytes, *parts: object) -> bytes:
    """32 bytes that belong to these parts (RFC 2104 HMAC with SHA-256); the secret cannot be found from them."""
    return hmac.new(secret, "/".join(map(str, parts)).encode(), hashlib.sha256).digest()


def code_of(secret: bytes, chapter: int, student: str) -> str:
    """Twelve hexadecimal digits that name the student's world without telling its seed."""
    return derive(secret, "code", chapter, student).hex()[:12]


def course_of(secret: bytes) -> str:
    """Names the course in files, without telling its secret."""
    return derive(secret, "course").hex()[:16]


def line_of(secret: bytes, chapter: int, student: str) -> str:
    return LINE.format(chapter=chapter, student=student, code=code_of(secret, chapter, student))


def find_line(text: str) -> tuple[int, str, str] | None:
    """Chapter, student and code of the first assignment line in a text."""
    found = _LINE.search(text)
    return (int(found[1]), found[2], found[3]) if found else None


def read_roster(file: Path) -> pd.DataFrame:
    """The class: a CSV file with a column ``student``, as any spreadsheet saves it; other columns are kept.

    Returns
    -------
    DataFrame
        All columns as text, plus ``problem``: what is wrong with the id of that line, empty if nothing is.

    Raises
    ------
    HralignError
        If the file cannot be read, is no such table, has no column ``student``, or names nobody.
    """
    table = read_table(file)
    roster = pd.DataFrame(table.rows, columns=list(table.headings), dtype=str)[[one for one in table.headings if one]]
    if "student" not in roster:
        found = ", ".join(roster.columns)
        raise hr.HralignError(f"The roster {file} has no column 'student' (found: {found}). Name it in the first line.")
    roster["student"] = roster["student"].str.strip()
    roster = roster[roster["student"].ne("")].reset_index(drop=True)
    if roster.empty:
        raise hr.HralignError(f"The roster {file} names no student.")
    repeated = roster["student"].str.casefold().duplicated()
    return roster.assign(problem=[
        f"'{student}' is on the roster twice (ids that differ only in case are one)." if twice else _problem(student)
        for student, twice in zip(roster["student"], repeated, strict=True)
    ])  # fmt: skip


def _problem(student: str) -> str:
    try:
        check_id(student)
    except hr.HralignError as error:
        return str(error)
    return ""
