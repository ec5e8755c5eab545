"""Tables as platforms and spreadsheets export them, read with how they were written, so that they can be given back."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from pathlib import Path

import hralign as hr

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
NAMES = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "cp1252": "Windows-1252"}
LARGEST = 50 * 2**20


@dataclass(frozen=True)
class Table:
    """Headings and rows as text (each as long as the headings), the line at which each row begins, and the writing."""

    path: Path
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    encoding: str
    separator: str
    newline: str
    opening: str = ""

    @property
    def words(self) -> str:
        return f"{SEPARATORS[self.separator]}, {NAMES[self.encoding]}"

    def column(self, heading: str) -> list[str]:
        """The cells below a heading, without spaces around them."""
        return [row[self.headings.index(heading)].strip() for row in self.rows]

    def filled(self, heading: str, cells: dict[int, str]) -> Table:
        """This table with other cells below one heading, by number of the row; nothing else changes."""
        at = self.headings.index(heading)
        return replace(self, rows=tuple(
            (*row[:at], cells[k], *row[at + 1 :]) if k in cells else row for k, row in enumerate(self.rows)
        ))  # fmt: skip

    def written(self) -> bytes:
        """The table in the writing in which it came."""
        text = io.StringIO()
        text.write(self.opening)
        csv.writer(text, delimiter=self.separator, lineterminator=self.newline).writerows([self.headings, *self.rows])
        return text.getvalue().encode(self.encoding)


def read_table(path: Path) -> Table:
    """Read an exported table, in whichever of the usual writings it is.

    Raises
    ------
    HralignError
        If the file cannot be read, is no such table, or has lines that do not fit its first; they are named.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise hr.HralignError(f"{path} is larger than {LARGEST // 2**20} MB: that is no list of a class.")
        content = path.read_bytes()
    except OSError as error:
        raise hr.HralignError(f"{path} cannot be read: {error.strerror}.") from None
    text, encoding = _decode(path, content)
    newline = "\r\n" if "\r\n" in text else "\n"
    opening = said[0] if (said := re.match(r"sep=.\r?\n", text)) else ""  # as some spreadsheets begin
    text = text[len(opening) :]
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = opening[4:5] or max(SEPARATORS, key=lambda one: len(next(csv.reader([first], delimiter=one))))
    if separator not in SEPARATORS:
        raise hr.HralignError(f"{path} separates its columns by '{separator}': save it with commas or semicolons.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows, lines, before = [], [], bool(opening)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                lines.append(before + 1)
            before = reader.line_num + bool(opening)
    except csv.Error as error:
        raise hr.HralignError(f"{path}, line {before + 1}: {error}. Mend the line, or export the file again.") from None
    if len(rows) < 2:
        raise hr.HralignError(f"{path} has no lines below its headings.")
    width = max(k for k, cell in enumerate(rows[0], 1) if cell.strip())
    if long := [str(line) for row, line in zip(rows, lines, strict=True) if any(c.strip() for c in row[width:])]:
        raise hr.HralignError(f"{path}: more fields than the {width} of the first line in line {', '.join(long)}.")
    headings = tuple(cell.strip() for cell in rows[0][:width])
    if twice := sorted({one for one in headings if one and headings.count(one) > 1}):
        raise hr.HralignError(f"{path}: several columns are called {', '.join(twice)}. Rename all but one.")
    padded = tuple(tuple((row + [""] * width)[:width]) for row in rows[1:])
    return Table(path, headings, padded, tuple(lines[1:]), encoding, separator, newline, opening)


def _decode(path: Path, content: bytes) -> tuple[str, str]:
    if content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0":
        raise hr.HralignError(f"{path} is a spreadsheet, not a CSV file: open it and save it as CSV.")
    known = next((encoding for mark, encoding in MARKS.items() if content.startswith(mark)), None)
    if known is None and content[1::2].count(0) > len(content) / 4:
        known = "utf-16-le"
    for encoding in (known,) if known else ("utf-8", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise hr.HralignError(f"{path} is no text in UTF-8, UTF-16 or Windows-1252: export it again as CSV (UTF-8).")
