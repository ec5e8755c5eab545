"""The cell with which a chapter begins in Colab: it installs the library there, and does nothing anywhere else.

Colab opens what lies on GitHub and knows nothing of the repository around it, so the cell has to be in the notebooks,
with the address of the repository in it.  The site leaves it out.  ``python colab.py OWNER/NAME`` writes it into every
chapter, in front of the first code; without a name it keeps the address that is there.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
UNKNOWN = "OWNER/REPO"
CELL = """\
# Colab lacks the library of this book. There, and nowhere else, this cell installs it.
import importlib.util
import sys

if "google.colab" in sys.modules and not importlib.util.find_spec("hralign"):
    get_ipython().run_line_magic("pip", "install -q git+https://github.com/{address}")
    raise SystemExit("Now restart the session (menu Runtime), and run all cells.")
"""
FENCED = "```{{code-cell}} ipython3\n:tags: [remove-cell]\n\n{cell}```\n\n"
ADDRESS = re.compile(r"git\+https://github\.com/([\w.-]+/[\w.-]+)")


def address_of(text: str) -> str:
    found = ADDRESS.search(text)
    return found[1] if found else UNKNOWN


def with_cell(text: str, address: str) -> str:
    """The text half of a chapter with the cell in front of its first code."""
    plain = text.replace(FENCED.format(cell=CELL.format(address=address_of(text))), "")
    start = plain.index("```{code-cell}")
    return plain[:start] + FENCED.format(cell=CELL.format(address=address)) + plain[start:]


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else ""
    if given and not re.fullmatch(r"[\w.-]+/[\w.-]+", given):
        raise SystemExit(f"The address of a repository on GitHub is owner/name, not {given}")
    for path in sorted(NOTEBOOKS.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if (written := with_cell(text, given or address_of(text))) != text:
            path.write_text(written, encoding="utf-8")
