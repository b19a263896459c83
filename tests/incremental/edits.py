"""The text of a Python file in, the same file after one edit such as people make out."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

_Function = (ast.FunctionDef, ast.AsyncFunctionDef)
_USED = frozenset({"add", "execute", "query", "get", "scalars", "scalar", "delete", "refresh"})
_SIMPLE = (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete, ast.Raise)


class Edit(NamedTuple):
    """What was done, and the text after it."""

    kind: str
    text: str


def edits(text: str, random: Random) -> Iterator[Edit]:
    """One edit of each kind, where the file has something for it; each can be parsed."""
    if not _parses(text):  # another version of Python may
        return
    for kind, edit in _KINDS.items():
        tree = ast.parse(text)
        lines = text.splitlines(keepends=True)
        if not all(line.endswith("\n") for line in lines):
            return
        edited = edit(tree, lines, random)
        if edited is not None and _parses(edited):
            yield Edit(kind, edited)


def _parses(text: str) -> bool:
    try:
        compile(text, "edited", "exec", flags=ast.PyCF_ONLY_AST, dont_inherit=True)
    except SyntaxError:
        return False
    return True


def _shift(_: ast.Module, lines: list[str], random: Random) -> str:
    return "# moved\n" * random.randint(1, 5) + "".join(lines)


def _drop_statement(tree: ast.Module, lines: list[str], random: Random) -> str | None:
    found = [
        (block, statement)
        for block in _blocks(tree)
        if len(block) > 1
        for statement in block
        if isinstance(statement, _SIMPLE)
    ]
    return _without(lines, random.choice(found)[1]) if found else None


def _drop_function(tree: ast.Module, lines: list[str], random: Random) -> str | None:
    found = [
        statement
        for block in _blocks(tree)
        if len(block) > 1
        for statement in block
        if isinstance(statement, _Function)
    ]
    return _without(lines, random.choice(found)) if found else None


def _drop_decorator(tree: ast.Module, lines: list[str], random: Random) -> str | None:
    found = [
        decorator
        for node in ast.walk(tree)
        if isinstance(node, _Function)
        for decorator in node.decorator_list
    ]
    return _without(lines, random.choice(found)) if found else None


def _repeat_function(tree: ast.Module, lines: list[str], random: Random) -> str | None:
    found = [node for node in tree.body if isinstance(node, _Function)]
    if not found:
        return None
    node = random.choice(found)
    first, last = _range(node)
    copy = "".join(lines[first:last]).replace(f"def {node.name}(", f"def {node.name}_again(", 1)
    return "".join([*lines[:first], copy, "\n\n", *lines[first:]])


def _move_function(tree: ast.Module, lines: list[str], random: Random) -> str | None:
    found = [node for node in tree.body if isinstance(node, _Function)]
    if not found:
        return None
    first, last = _range(random.choice(found))
    return "".join([*lines[:first], *lines[last:], "\n\n", *lines[first:last]])


def _rename_function(tree: ast.Module, lines: list[str], random: Random) -> str | None:
    found = [node for node in ast.walk(tree) if isinstance(node, _Function)]
    if not found:
        return None
    node = random.choice(found)
    at = node.lineno - 1
    lines[at] = lines[at].replace(f"def {node.name}(", f"def {node.name}_anew(", 1)
    return "".join(lines)


def _add_commit(tree: ast.Module, lines: list[str], random: Random) -> str | None:
    """Behind something that is done with what looks like a session, it is told to commit."""
    found = [
        (statement, call.func.value)
        for block in _blocks(tree)
        for statement in block
        if isinstance(statement, _SIMPLE) and not isinstance(statement, ast.Raise)
        for call in ast.walk(statement)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in _USED
        and isinstance(call.func.value, (ast.Name, ast.Attribute))
    ]
    if not found:
        return None
    statement, session = random.choice(found)
    added = f"{' ' * statement.col_offset}{ast.unparse(session)}.commit()\n"
    _, last = _range(statement)
    return "".join([*lines[:last], added, *lines[last:]])


def _blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """The blocks of all functions and classes."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and not isinstance(node, ast.Module):
                yield block


def _without(lines: list[str], node: ast.stmt | ast.expr) -> str:
    first, last = _range(node)
    return "".join([*lines[:first], *lines[last:]])


def _range(node: ast.stmt | ast.expr) -> tuple[int, int]:
    """The lines of a node with its decorators: from this index up to, not including, that one."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])
    return first - 1, node.end_lineno or node.lineno


_KINDS: dict[str, Callable[[ast.Module, list[str], Random], str | None]] = {
    "lines above": _shift,
    "a statement less": _drop_statement,
    "a commit more": _add_commit,
    "a function less": _drop_function,
    "a function more": _repeat_function,
    "a function elsewhere": _move_function,
    "a function renamed": _rename_function,
    "a decorator less": _drop_decorator,
}
