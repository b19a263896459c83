"""A function in, the texts that it writes down out, each with the statement and call around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from connlint.facts import types as f
from connlint.model.expressions import expressions_of, parts
from connlint.model.name_parts import last_name
from connlint.model.names import Module, walk
from connlint.model.queries.texts import parts_of

_TELLS = frozenset({
    "debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print", "echo",
    "write", "secho", "add_argument", "Field", "Query", "Option", "success",
})  # fmt: skip
_PLACED = (f.Assign, f.Annotated, f.AugAssign, f.Evaluate, f.Return)


class Place(NamedTuple):
    """A call or a statement, as rules report it."""

    at: int
    end: int
    shape: str


class Written(NamedTuple):
    """A text: its expression and the place of the innermost call or statement around it."""

    node: f.Expr
    place: Place


def written_texts(module: Module, number: int) -> Iterator[Written]:
    """The texts of a scope, except for documentation and what is said to people."""
    for statement in walk(module.body(number)):
        if isinstance(statement, f.Raise):
            continue
        if isinstance(statement, f.Evaluate) and isinstance(statement.value, (f.Const, f.Text)):
            continue
        for expression in expressions_of(statement):
            yield from _inside(expression, place_of(statement))


def place_of(statement: f.Stmt) -> Place | None:
    """Where a statement stands; nothing for those that hold blocks."""
    if isinstance(statement, _PLACED):
        return Place(statement.at, statement.end, "statement")
    return None


def _inside(expression: f.Expr, around: Place | None) -> Iterator[Written]:
    stack: list[tuple[Any, Place | None]] = [(expression, around)]
    while stack:
        node, place = stack.pop()
        if _builds_text(node):
            if place is None and isinstance(node, f.Call):
                place = Place(node.at, node.end, "call")
            if place is not None:
                yield Written(node, place)
            continue
        if isinstance(node, f.Call):
            if last_name(node.func) in _TELLS:
                continue
            place = Place(node.at, node.end, "call")
        stack.extend((part, place) for part in reversed(parts(node)))


def _builds_text(node: Any) -> bool:
    if isinstance(node, f.Const):
        return isinstance(node.value, str)
    if isinstance(node, f.Text):
        return True
    if isinstance(node, (f.BinOp, f.Call)):
        found = parts_of(node)
        return len(found) > 1 or isinstance(found[0] if found else None, str)
    return False
