"""Code that the site hides and later code needs: what of a removed cell has to stay, so that a notebook runs."""

from __future__ import annotations

import ast
import dis
from collections.abc import Iterable
from types import CodeType

MAGIC = ("%", "!")


def statements(source: str) -> list[ast.stmt]:
    """The statements of a cell; lines that only IPython understands are left out."""
    lines = ["" if line.lstrip().startswith(MAGIC) else line for line in source.splitlines()]
    return ast.parse("\n".join(lines)).body


def names(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """Names of the notebook that a statement reads before it binds them, and those that it binds.

    The compiler knows: what belongs to a function or a comprehension alone is no name of the notebook.
    """
    read, bound = set(), set()
    for instruction in dis.get_instructions(code := _compiled(statement)):
        if instruction.opname == "LOAD_NAME" and instruction.argval not in bound:
            read.add(instruction.argval)
        elif instruction.opname in ("STORE_NAME", "STORE_GLOBAL"):
            bound.add(instruction.argval)
    return read | _inner(code), bound


def _compiled(statement: ast.stmt) -> CodeType:
    return compile(ast.Module([statement], []), "cell", "exec")


def _inner(code: CodeType) -> set[str]:
    """Names of the notebook that functions and comprehensions inside some code read."""
    found = set()
    for inner in filter(lambda one: isinstance(one, CodeType), code.co_consts):
        found |= {one.argval for one in dis.get_instructions(inner) if one.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
        found |= _inner(inner)
    return found


def wanted(sources: Iterable[str]) -> set[str]:
    """What cells, run one after another, read without having bound it themselves."""
    read, bound = set(), set()
    for source in sources:
        for statement in statements(source):
            reads, binds = names(statement)
            read |= reads - bound
            bound |= binds
    return read


def needed(source: str, later: Iterable[str]) -> str:
    """The statements of a removed cell that bind or change what later cells want, and what these need in turn."""
    missing = wanted(later)
    while True:
        kept = _binding(source, missing)
        # what a function reads it needs when it is called
        late = {name for _, statement in kept for name in _inner(_compiled(statement))}
        if late <= missing:
            return "\n".join(text for text, _ in kept)
        missing |= late


def _binding(source: str, missing: set[str]) -> list[tuple[str, ast.stmt]]:
    kept, lines = [], source.splitlines()
    for original in reversed(statements(source)):
        text = "\n".join(lines[original.lineno - 1 : original.end_lineno])
        statement = _WithoutGlue().visit(original)
        if statement is None:
            continue
        reads, binds = names(statement)
        if (binds | _parts_set(statement)) & missing:
            kept.insert(0, (text if "glue(" not in text else ast.unparse(statement), statement))
            missing = missing - binds | reads
    return kept


def _parts_set(statement: ast.stmt) -> set[str]:
    """Names of what a statement sets a part of: ``table["x"] = …``."""
    found = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            while isinstance(node, ast.Subscript | ast.Attribute):
                node = node.value
            found |= {node.id} if isinstance(node, ast.Name) else set()
    return found


class _WithoutGlue(ast.NodeTransformer):
    """Takes out what glues a value, which is for the site only, and loops and conditions that do nothing else."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
        return None if any(ast.unparse(call.func).split(".")[-1] == "glue" for call in calls) else node

    def visit_compound(self, node: ast.For | ast.If | ast.With) -> ast.AST | None:
        self.generic_visit(node)
        if not node.body and not getattr(node, "orelse", None):
            return None
        node.body = node.body or [ast.Pass()]
        return ast.fix_missing_locations(node)

    visit_For = visit_If = visit_With = visit_compound
