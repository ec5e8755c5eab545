"""A roster out of what a platform exports: which column is what is found, shown, and taken only when confirmed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

import hralign as hr

from ..identity import check_id
from .tables import Table

HEADINGS = {
    "login": (
        "sis login id", "username", "user name", "login", "login id", "benutzername", "anmeldename",
        "nom d'utilisateur", "nombre de usuario", "nome utente",  # codespell:ignore nome
    ),
    "number": (
        "student id", "sis user id", "id number", "matriculation number", "id-nummer", "matrikelnummer",
        "numero d'identification", "numero de id",
    ),
    "email": (
        "email", "e-mail", "email address", "e-mail address", "mail", "e-mail-adresse",  # codespell:ignore adresse
        "adresse de courriel", "direccion de correo", "correo electronico",  # codespell:ignore adresse,direccion
        "indirizzo email",
    ),
    "id": ("id", "identifier", "id (platform)", "user id", "teilnehmer-id", "identifiant", "identificador"),
    "name": (
        "name", "full name", "student name", "vollstandiger name", "nombre completo",
        "nom complet",  # codespell:ignore complet
    ),
    "first": ("first name", "firstname", "given name", "vorname", "prenom", "nombre"),
    "last": ("last name", "lastname", "surname", "family name", "nachname", "nom", "nom de famille", "apellido(s)"),
}  # fmt: skip
"""Columns of a roster, and what platforms call them (without accents and case); what may serve as an id comes first."""

FIELDS = ("student", *HEADINGS)
SERVE = ("login", "number", "email", "id")
TEST_STUDENTS = {"student, test", "test student"}


def plain(text: str) -> str:
    """A heading without accents, case, and what a platform adds at its end."""
    bare = unicodedata.normalize("NFKD", text.replace("’", "'")).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"\s+", " ", bare).strip(" \"'")


@dataclass(frozen=True)
class Found:
    """What was made of an export: column of each field, the roster, what is wrong, and which lines are no student."""

    columns: Mapping[str, str]
    roster: pd.DataFrame
    problems: Sequence[str]
    passed_over: Sequence[str]


def is_canvas(table: Table) -> bool:
    return table.headings[:2] == ("Student", "ID")


def no_student(table: Table, k: int) -> str:
    """Why a row of a Canvas export is nobody of the class ("" if it is somebody)."""
    if not is_canvas(table):
        return ""
    first, number = (cell.strip() for cell in table.rows[k][:2])
    if not number or first.casefold() == "points possible":
        return first or "no id"
    return "the test student" if first.casefold() in TEST_STUDENTS else ""


def make_roster(table: Table, asked: Mapping[str, str]) -> Found:
    """Find students in an exported table.

    Parameters
    ----------
    asked : mapping
        Columns that the teacher names, by field (``student``, ``name``, ``email``, …); they go before what is found.

    Raises
    ------
    HralignError
        If a named column is not there, or none can serve as the students' id.
    """
    for name, heading in asked.items():
        if name not in FIELDS:
            raise hr.HralignError(f"'{name}' is no column of a roster: --map takes {', '.join(FIELDS)}.")
        if heading not in table.headings:
            raise hr.HralignError(f"{table.path} has no column '{heading}' (found: {', '.join(table.headings)}).")
    columns = _guess(table) | dict(asked)
    kept = [k for k in range(len(table.rows)) if not no_student(table, k)]
    passed = [f"line {table.lines[k]} ({said})" for k in range(len(table.rows)) if (said := no_student(table, k))]
    if not kept:
        raise hr.HralignError(f"{table.path} names no student.")
    cells = {name: [table.column(heading)[k] for k in kept] for name, heading in columns.items()}
    if "student" not in columns:
        serve = [name for name in SERVE if name in cells and not _problems(table, kept, as_ids(cells[name]))]
        if not serve and not (serve := [name for name in SERVE if any(cells.get(name, []))]):
            found = ", ".join(table.headings)
            raise hr.HralignError(
                f"No column of {table.path} can be the id: say --map student=COLUMN (found: {found})."
            )
        columns["student"] = columns[serve[0]]
        cells["student"] = cells[serve[0]]
    cells["student"] = as_ids(cells["student"])
    roster = pd.DataFrame({name: cells[name] for name in FIELDS if name in cells})
    return Found({name: columns[name] for name in roster}, roster, _problems(table, kept, cells["student"]), passed)


def _guess(table: Table) -> dict[str, str]:
    columns = {}
    for name, known in HEADINGS.items():
        found = [heading for word in known for heading in table.headings if plain(heading) == word]
        if found:
            columns[name] = found[0]
    if is_canvas(table):
        columns["name"] = "Student"
    elif "student" in (by_plain := {plain(heading): heading for heading in table.headings}):
        columns["student"] = by_plain["student"]
    return columns


def _unique(values: Sequence[str]) -> bool:
    return len({one.casefold() for one in values}) == len(values)


def as_ids(values: Sequence[str]) -> list[str]:
    """Ids as they are; of e-mail addresses the part before the @, or all of it where two have that part in common."""
    if not any("@" in one for one in values):
        return list(values)
    short = [one.partition("@")[0] for one in values]
    chosen = short if _unique(short) else [one.replace("@", "_at_") for one in values]
    return [re.sub(r"[^A-Za-z0-9._-]", "-", one) for one in chosen]


def _problems(table: Table, kept: Sequence[int], students: Sequence[str]) -> list[str]:
    problems, seen = [], {}
    for k, student in zip(kept, students, strict=True):
        line = table.lines[k]
        if not student:
            problems.append(f"Line {line}: there is no id.")
        elif (before := seen.setdefault(student.casefold(), line)) != line:
            problems.append(f"Line {line}: '{student}' is in line {before} already.")
        else:
            try:
                check_id(student)
            except hr.HralignError as error:
                problems.append(f"Line {line}: {error}")
    return problems
