"""Which addresses outside of the book are gone: the record of Sphinx's linkcheck (output.json), in words.

A server that is there but turns programs away says nothing about its page; such addresses are listed and held against
nobody.  Everything else that is broken is an error.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "book/_ext"))
from locations import readable  # names the line of the .md, not of a cell

TURNED_AWAY = re.compile(r"\b(401|403|418|429)\b|[Uu]nauthorized|[Rr]ate limit")


def read(record: Path) -> list[dict]:
    entries = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [entry for entry in entries if entry["uri"].startswith("http")]  # the others: tests/site/test_site.py


def place(entry: dict, tree: Path) -> str:
    return readable(f"{tree / entry['filename']}:{entry['lineno']}").removeprefix(f"{tree}/")


def sort(entries: list[dict], tree: Path) -> tuple[list[str], list[str], int]:
    """(what is broken, what could not be asked, how many addresses answered)"""
    broken, unknown, answered = [], [], 0
    for entry in entries:
        told = f"{place(entry, tree)}: {entry['uri']} ({entry['info'] or entry['status']})"
        if entry["status"] in ("working", "redirected"):
            answered += 1
        elif entry["status"] in ("broken", "timeout", "rate-limited"):
            away = entry["status"] == "rate-limited" or TURNED_AWAY.search(entry["info"])
            (unknown if away else broken).append(told)
    return broken, unknown, answered


def main(record: str, tree: str = ".") -> int:
    path = Path(record)
    if not path.is_file():
        print(f"{record} is not there: the links were not checked")
        return 2
    broken, unknown, answered = sort(read(path), Path(tree))
    for told in sorted(unknown):
        print(f"not known, because programs are turned away: {told}")
    for told in sorted(broken):
        print(f"broken: {told}")
    print(f"{answered} addresses answered, {len(unknown)} turned us away, {len(broken)} are broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
