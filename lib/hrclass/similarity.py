"""Whose code is alike: statement by statement, with names, numbers and words masked.

What many in the class have written, because the question or the book suggests it, counts for nothing. What is left is
compared pair by pair. Likeness is a reason to talk, never a verdict.
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

USUAL = 0.15
"""What more than this share of the notebooks of a chapter have (and more than two) is usual: half of those, say, who
have the same of three variants of a question."""

FEWEST, ALIKE = 4, 0.6
"""Unusual statements that two must share, and the share of the shorter one's that these must be."""


class _Mask(ast.NodeTransformer):
    """Names that are no builtin become one name, constants one constant; attributes and keywords stay."""

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return node if hasattr(builtins, node.id) or node.id in ("hr", "pd", "np") else ast.Name("_", node.ctx)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant(0 if isinstance(node.value, int | float) else "" if isinstance(node.value, str) else None)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg("_", None)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.name = "_"
        return node


def statements(cells: Sequence[str]) -> dict[str, str]:
    """Masked statements of a notebook, each with the first line of code that it comes from."""
    found: dict[str, str] = {}
    for source in cells:
        for node, text in _parsed(source):
            for one in ast.walk(node):
                if isinstance(one, ast.stmt) and not isinstance(one, ast.Import | ast.ImportFrom | ast.Pass):
                    line = ast.get_source_segment(text, one) or ""
                    masked = ast.unparse(_Mask().visit(ast.parse(ast.unparse(one))))
                    found.setdefault(masked, line.splitlines()[0].strip() if line else masked)
    return found


def _parsed(source: str) -> Iterator[tuple[ast.Module, str]]:
    plain = "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())
    try:
        yield ast.parse(plain), plain
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return


def alike(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pairs of graded notebooks of different students whose unusual statements are much alike, likest first.

    Returns
    -------
    list of dict
        ``chapter``, ``students`` and ``files`` (two each), ``share`` of the shorter one's unusual statements that both
        have, and ``lines``: pairs of lines of code, side by side.
    """
    found = []
    for chapter in sorted({one["chapter"] for one in records if one["status"] == "graded"}):
        group = [one for one in records if one["status"] == "graded" and one["chapter"] == chapter]
        codes = [_safe(one["cells"]) for one in group]
        count = Counter(masked for code in codes for masked in code)
        usual = max(2, USUAL * len(group))
        rare = [{masked for masked in code if count[masked] <= usual} for code in codes]
        for i, j in combinations(range(len(group)), 2):
            shared = rare[i] & rare[j]
            least = min(len(rare[i]), len(rare[j]))
            if group[i]["student"] != group[j]["student"] and len(shared) >= FEWEST and len(shared) >= ALIKE * least:
                found.append({
                    "chapter": chapter, "students": [group[i]["student"], group[j]["student"]],
                    "files": [group[i]["file"], group[j]["file"]], "share": round(len(shared) / least, 2),
                    "lines": [[codes[i][masked], codes[j][masked]] for masked in codes[i] if masked in shared],
                })  # fmt: skip
    return sorted(found, key=lambda pair: (-pair["share"], -len(pair["lines"])))


def _safe(cells: Sequence[str]) -> dict[str, str]:
    try:
        return statements(cells)
    except (RecursionError, MemoryError, ValueError):
        return {}  # code that was written to break whoever reads it
