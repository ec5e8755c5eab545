"""What was handed in: every file of a folder, in zips too, and whose each of them is.

Nothing is unpacked onto the disk, no link is followed, and every file has its line, if only to say why it cannot be
graded.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
import pandas as pd

from .assignments import ASSIGNMENTS
from .identity import code_of, find_line

LARGEST, LARGEST_ZIP = 20 * 2**20, 500 * 2**20
MOST_MEMBERS, MOST_UNPACKED, DEEPEST = 5_000, 2 * 2**30, 2
MOST_CELLS, MOST_CODE = 500, 2**20
PASSED_OVER = {"world.zip", ".ds_store", "thumbs.db", "desktop.ini"}
FOLDERS_PASSED_OVER = {".ipynb_checkpoints", "__macosx"}
SHORT = 4
"""Ids of fewer characters are looked for only where they make up the whole of a name."""


@dataclass(frozen=True)
class Submission:
    """One file that was handed in.

    ``problem`` says why it cannot be graded ("" if it can), ``remark`` what else is to be known of it, ``digest`` is
    the SHA-256 of the file.
    """

    file: str
    chapter: int | None = None
    student: str = ""
    cells: tuple[str, ...] = ()
    digest: str = ""
    time: float = 0.0
    problem: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Roster:
    """Ids of the class, and the other words by which a path may name somebody."""

    students: tuple[str, ...]
    names: dict[str, tuple[frozenset[str], ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, table: pd.DataFrame) -> Roster:
        rows = table[table["problem"].eq("")]
        columns = [c for c in rows if c.casefold() in ("name", "email", "e-mail", "login", "username")]
        pair = [c for word in ("first", "last") for c in rows if c.casefold().startswith(word)]
        names = {}
        for row in rows.to_dict("records"):
            said = [row[c].split("@")[0] if "mail" in c.casefold() else row[c] for c in columns]
            said += [" ".join(row[c] for c in pair)] if len(pair) == 2 else []
            found = [frozenset(words(one)) for one in said]
            names[row["student"]] = tuple(one for one in found if len(one) > 1 or any(len(w) > SHORT for w in one))
        return cls(tuple(rows["student"]), names)

    def named_in(self, file: str) -> list[str]:
        """Students whom a path names, by id or by the whole of a name."""
        parts = [
            re.sub(r"\s*\(\d+\)$", "", re.sub(r"(\.(ipynb|zip|pdf|py|html|txt|docx|md))+$", "", p, flags=re.I))
            for p in file.split("/")
        ]
        return [one for one in self.students if any(self._names(one, part) for part in parts)]

    def _names(self, student: str, part: str) -> bool:
        if part == student or re.fullmatch(rf"chapter-\d\d-{re.escape(student)}", part):
            return True
        if len(student) >= SHORT and re.search(rf"(?<![A-Za-z0-9]){re.escape(student)}(?![A-Za-z0-9])", part):
            return True
        there = words(part)
        return any(name <= there for name in self.names.get(student, ()))


def words(text: str) -> set[str]:
    """Words of a name without case and accents."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return set(re.findall(r"[a-z0-9]+", bare))


def find_submissions(folder: Path, roster: Roster, secret: bytes, leave: Iterable[Path] = ()) -> list[Submission]:
    """Every file below the folder, each named to a student and chapter or with its problem.

    ``leave``: files and folders of the teacher's own that may lie in it and are passed over.

    Of the same file handed in twice by one student, one is graded. Different notebooks of one student are all graded;
    which of them counts is not decided here.
    """
    found = [_identify(one, text, roster, secret) for one, text in _files(folder, {path.resolve() for path in leave})]
    seen: dict[tuple, str] = {}
    once = []
    for one in found:
        key = (one.student, one.chapter, one.digest)
        if not one.problem and key in seen:
            one = replace(one, problem=f"the same file as {seen[key]}, which was graded")
        elif not one.problem:
            seen[key] = one.file
        once.append(one)
    return once


def _files(folder: Path, leave: set[Path]) -> Iterator[tuple[Submission, str]]:
    """Every file with its text; os.walk does not follow links."""
    for at, folders, files in os.walk(folder):
        here = Path(at).resolve()
        folders[:] = sorted(
            one for one in folders if one.casefold() not in FOLDERS_PASSED_OVER and here / one not in leave
        )
        links = [one for one in folders if Path(at, one).is_symlink()]
        for name in sorted([*files, *links]):
            if name.casefold() in PASSED_OVER or name.startswith("._") or here / name in leave:
                continue
            path = Path(at, name)
            one = Submission(path.relative_to(folder).as_posix().encode("utf-8", "replace").decode())
            try:
                about = path.lstat()
                if not stat.S_ISREG(about.st_mode):
                    kind = "a link, and links are not followed" if stat.S_ISLNK(about.st_mode) else "no file"
                    yield replace(one, problem=f"it is {kind}"), ""
                    continue
                limit = LARGEST_ZIP if name.casefold().endswith(".zip") else LARGEST
                if about.st_size > limit:
                    yield replace(one, problem=f"the file is larger than {limit // 2**20} MB"), ""
                    continue
                content = path.read_bytes()
            except OSError as error:
                yield replace(one, problem=f"it cannot be read ({error.strerror})"), ""
                continue
            yield from _contents(replace(one, time=about.st_mtime), content, DEEPEST)


def _contents(one: Submission, content: bytes, depth: int) -> Iterator[tuple[Submission, str]]:
    name = one.file.casefold()
    if name.endswith(".ipynb"):
        yield _read(one, content)
    elif not name.endswith(".zip"):
        yield replace(one, problem="it is not a notebook (.ipynb) or a zip with one"), ""
    elif not depth:
        yield replace(one, problem="it is a zip within a zip within a zip"), ""
    else:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                yield from _members(one, archive, depth)
        except (zipfile.BadZipFile, RuntimeError, ValueError, OSError, EOFError) as error:
            yield replace(one, problem=f"the zip cannot be read ({type(error).__name__})"), ""


def _members(one: Submission, archive: zipfile.ZipFile, depth: int) -> Iterator[tuple[Submission, str]]:
    """What is in a zip, read into memory; names in it are words to us, never places on the disk."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_MEMBERS or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        yield replace(one, problem="the zip holds more than can be unpacked"), ""
        return
    some = False
    for entry in sorted(entries, key=lambda entry: entry.filename):
        parts = [part for part in re.split(r"[/\\]", entry.filename) if part]
        last = parts[-1].casefold() if parts else ""
        if last in PASSED_OVER or last.startswith("._") or {part.casefold() for part in parts} & FOLDERS_PASSED_OVER:
            continue
        if not last.endswith((".ipynb", ".zip")):
            continue  # data, pictures: what a folder was zipped with
        some = True
        inner = replace(one, file="/".join([one.file, *(part for part in parts if part not in (".", ".."))]))
        if ".." in parts or stat.S_ISLNK(entry.external_attr >> 16):
            yield replace(inner, problem="its name in the zip leads out of it, or it is a link"), ""
            continue
        with archive.open(entry) as stream:
            content = stream.read(LARGEST + 1)
        if len(content) > LARGEST:
            yield replace(inner, problem=f"the file is larger than {LARGEST // 2**20} MB"), ""
            continue
        yield from _contents(inner, content, depth - 1)
    if not some:
        yield replace(one, problem="there is no notebook in the zip"), ""


def _read(one: Submission, content: bytes) -> tuple[Submission, str]:
    one = replace(one, digest=hashlib.sha256(content).hexdigest())
    if not content.strip():
        return replace(one, problem="the file is empty"), ""
    try:
        book = nbformat.reads(content.decode("utf-8-sig"), as_version=4)
        cells = tuple(cell.source for cell in book.cells if cell.cell_type == "code" and cell.source.strip())
        text = "\n".join(cell.source for cell in book.cells)
    except (Exception, RecursionError) as error:  # nbformat has many ways to say that a file is no notebook
        return replace(one, problem=f"it cannot be read as a notebook ({type(error).__name__})"), ""
    one = replace(one, cells=cells)
    if not cells:
        return replace(one, problem="the notebook has no code in it"), text
    if len(cells) > MOST_CELLS or sum(map(len, cells)) > MOST_CODE:
        return replace(one, cells=(), problem=f"it has more than {MOST_CELLS} cells, or a megabyte, of code"), text
    return one, text


def _identify(one: Submission, text: str, roster: Roster, secret: bytes) -> Submission:
    """Name student and chapter by the assignment line; by the name of the file if that line was deleted."""
    named = roster.named_in(one.file)
    one = replace(one, student=named[0] if len(named) == 1 else "")
    line = find_line(text)
    if line is None:
        if one.problem:
            return one
        chapter = re.search(r"chapter-(\d\d)-", one.file)
        if not one.student or not chapter or int(chapter[1]) not in ASSIGNMENTS:
            return replace(one, problem="the assignment line was deleted and the file name does not say whose it is")
        return replace(
            one, chapter=int(chapter[1]), remark="the assignment line was deleted; the file name was believed"
        )
    chapter, student, code = line
    one = replace(one, chapter=chapter, student=student if student in roster.students else one.student)
    if one.problem:
        return one
    if chapter not in ASSIGNMENTS:
        return replace(one, problem=f"there is no assignment to chapter {chapter}: the assignment line was changed")
    if student not in roster.students:
        return replace(one, problem=f"'{student[:64]}' is not on the roster")
    owners = [other for other in roster.students if code_of(secret, chapter, other) == code]
    if owners != [student]:
        whose = f"is that of {owners[0]}" if owners else "belongs to nobody on the roster"
        why = "the line was changed, or the notebook was made with another course secret"
        return replace(one, problem=f"the world code of the assignment line {whose}: {why}")
    if named and student not in named:
        return replace(one, student=named[0], problem=f"handed in as {named[0]}, but it is the notebook of {student}")
    return one
