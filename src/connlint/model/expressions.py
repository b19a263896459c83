"""Walks over fact expressions: the calls of a body, the parts of an expression."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connlint.facts import types as f
from connlint.model.names import walk

_STATEMENT_PARTS = ("value", "test", "iter", "cause", "subject", "target")


_PARTS: dict[type, tuple[str, ...]] = {
    f.Name: (), f.Const: (), f.Lambda: (), f.Attr: ("value",), f.Call: ("func", "args", "keywords"),
    f.Keyword: ("value",), f.Starred: ("value",), f.DictLit: ("keys", "values"), f.Seq: ("items",),
    f.Cond: ("test", "body", "orelse"), f.BoolOp: ("values",), f.Not: ("value",),
    f.Compare: ("left", "rights"), f.BinOp: ("left", "right"), f.Index: ("value", "index"),
    f.Await: ("value",), f.Yield: ("value",), f.YieldFrom: ("value",),
    f.Generator: ("target", "iter", "ifs"), f.Comp: ("elements", "generators"), f.Bind: ("value",),
    f.Text: ("parts",), f.Opaque: ("children",),
}  # fmt: skip


def parts(node: Any) -> list[Any]:
    """The expressions directly inside an expression (keywords and clauses are looked through)."""
    found: list[Any] = []
    for name in _PARTS[type(node)]:
        part = getattr(node, name)
        if type(part) is tuple:
            found.extend(item for item in part if item is not None)
        elif part is not None:
            found.append(part)
    return found


def end_of(node: f.Name | f.Attr) -> int:
    """Where a name or attribute ends."""
    return node.end if isinstance(node, f.Attr) else node.at + len(node.id)


def id_of(node: f.Expr) -> int:
    """A place that identifies an expression: where it, or the first part of it, stands."""
    stack: list[Any] = [node]
    while stack:
        current = stack.pop(0)
        at = getattr(current, "at", None)
        if isinstance(at, int):
            return at
        for name in ("values", "value", "left", "items", "keys", "children", "test"):
            part = getattr(current, name, None)
            if isinstance(part, tuple):
                stack.extend(p for p in part if p is not None)
            elif part is not None and not isinstance(part, (str, int, float, bool)):
                stack.append(part)
    return 0


def literal_text(node: f.Expr | None) -> str | None:
    """What a string literal says; ``None`` for any other expression."""
    return node.value if isinstance(node, f.Const) and isinstance(node.value, str) else None


def targets_of(
    statement: f.Assign | f.Annotated | f.AugAssign | f.Delete,
) -> tuple[f.Expr, ...]:
    """What an assignment of any kind stores into, or what ``del`` takes away."""
    if isinstance(statement, (f.Assign, f.Delete)):
        return statement.targets
    return (statement.target,)


def descend(node: Any) -> Iterator[Any]:
    """An expression and everything inside it, outermost first."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        inside = parts(current)
        inside.reverse()
        stack.extend(inside)


def expressions_of(statement: f.Stmt) -> Iterator[f.Expr]:
    """The expressions of a statement itself, without those of the blocks inside it."""
    if isinstance(statement, f.If):
        yield from (branch.test for branch in statement.branches)
        return
    if isinstance(statement, f.With):
        for item in statement.items:
            yield item.context
        return
    if isinstance(statement, f.Assign):
        yield from statement.targets
    if isinstance(statement, f.Match):
        yield from (case.guard for case in statement.cases if case.guard is not None)
    for name in _STATEMENT_PARTS:
        part = getattr(statement, name, None)
        if part is not None and hasattr(part, "__struct_fields__"):
            yield part


def calls_of(expression: f.Expr) -> Iterator[f.Call]:
    """The calls in an expression, outermost first."""
    return (node for node in descend(expression) if isinstance(node, f.Call))


def calls_in(body: f.Body) -> Iterator[f.Call]:
    """Every call written in a body, nested functions left out."""
    for statement in walk(body):
        for expression in expressions_of(statement):
            yield from calls_of(expression)
