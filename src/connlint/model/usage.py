"""A body in, how the result of each call in it is used out: awaited, entered, assigned ...

Syntax only: who is called is for others to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from connlint.facts import types as f
from connlint.model.expressions import descend, expressions_of, parts
from connlint.model.names import walk

Place = tuple[int, int]


class Use(NamedTuple):
    """What becomes of a call's result.

    ``entered``: a ``with`` item. ``name`` is what it is assigned to (``collected``: as one of many)
    or the attribute that is taken of it; ``outer`` is the call that it is an argument of.
    """

    kind: Literal[
        "awaited", "entered", "iterated", "argument", "assigned", "collected", "attribute",
        "returned", "yielded", "delegated", "dropped", "other",
    ]  # fmt: skip
    is_async: bool = False
    name: str = ""
    outer: f.Call | None = None


_OTHER = Use("other")
_PLAIN = (f.Seq, f.Starred, f.Cond, f.BoolOp, f.DictLit)


def uses_of(body: f.Body) -> dict[Place, Use]:
    """The use of every call of a body, by its place; nested functions are left out."""
    return {(call.at, call.end): use for call, use in _uses(body)}


def _uses(body: f.Body) -> Iterator[tuple[f.Call, Use]]:
    for statement in walk(body):
        for expression, use in _roots(statement):
            yield from _visit(expression, use)


def _roots(statement: f.Stmt) -> Iterator[tuple[f.Expr, Use]]:
    """The expressions of a statement, each with the use of its value."""
    if isinstance(statement, f.With):
        for item in statement.items:
            yield item.context, Use("entered", statement.is_async)
    elif isinstance(statement, f.For):
        yield statement.iter, Use("iterated", statement.is_async)
    elif isinstance(statement, f.Assign):
        yield statement.value, _assigned(statement.targets[0])
        for target in statement.targets:
            yield target, _OTHER
    elif isinstance(statement, f.Annotated):
        if statement.value is not None:
            yield statement.value, _assigned(statement.target)
    elif isinstance(statement, f.Return):
        if statement.value is not None:
            yield statement.value, Use("returned")
    elif isinstance(statement, f.Evaluate):
        yield statement.value, Use("dropped")
    else:
        for expression in expressions_of(statement):
            yield expression, _OTHER


def _assigned(target: f.Expr) -> Use:
    return Use("assigned", name=target.id) if isinstance(target, f.Name) else _OTHER


def _visit(node: Any, use: Use) -> Iterator[tuple[f.Call, Use]]:
    if isinstance(node, f.Call):
        yield node, use
        yield from _visit(node.func, _OTHER)
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            yield from _visit(argument, Use("argument", outer=node))
    elif isinstance(node, f.Await):
        yield from _visit(node.value, Use("awaited", name=use.name))
    elif isinstance(node, f.Attr):
        yield from _visit(node.value, Use("attribute", name=node.attr))
    elif isinstance(node, f.Bind):
        yield from _visit(node.value, Use("assigned", name=node.name))
    elif isinstance(node, f.Yield):
        yield from _visit(node.value, Use("yielded")) if node.value is not None else ()
    elif isinstance(node, f.YieldFrom):
        yield from _visit(node.value, Use("delegated"))
    elif isinstance(node, f.Comp):
        for generator in node.generators:
            yield from _visit(generator.iter, Use("iterated", generator.is_async))
            for condition in generator.ifs:
                yield from _visit(condition, _OTHER)
        for element in node.elements:
            yield from _visit(element, _one_of(use))
    elif isinstance(node, _PLAIN):
        inner = use if isinstance(node, (f.Cond, f.BoolOp)) else _one_of(use)
        for part in parts(node):
            yield from _visit(part, inner)
    else:
        for part in parts(node):
            yield from _visit(part, _OTHER)


def _one_of(use: Use) -> Use:
    """How the items of a collection are used when the collection is used this way."""
    return Use("collected", name=use.name) if use.kind == "assigned" else use


# work that was started, and whether somebody waits for it

_WAITS = frozenset({"join", "result", "wait", "exception"})
_COLLECTS = frozenset({"append", "add", "extend", "update", "insert"})


def is_waited_for(body: f.Body, started: f.Call, uses: dict[Place, Use]) -> bool:
    """Whether a function waits for work that it started with a call: by ``await``, ``join()`` or
    ``result()``, at once or through the name that holds the task or the collection of tasks."""
    use = uses.get((started.at, started.end), _OTHER)
    if use.kind in ("awaited", "entered"):
        return True
    if use.kind == "argument" and use.outer is not None:
        return _hands_on(body, use.outer, uses)
    if use.kind == "attribute" and use.name in _WAITS:
        return True
    return bool(use.name) and _is_name_waited_for(body, use.name)


def _hands_on(body: f.Body, outer: f.Call, uses: dict[Place, Use]) -> bool:
    """Whether somebody waits for a task that is an argument: of a collection's method, or of a
    call that is awaited itself (``await gather(...)``)."""
    func = outer.func
    if isinstance(func, f.Attr) and isinstance(func.value, f.Name) and func.attr in _COLLECTS:
        return _is_name_waited_for(body, func.value.id)
    return is_waited_for(body, outer, uses)


def _is_name_waited_for(body: f.Body, name: str) -> bool:
    """Whether a name, or an item of it, is waited for anywhere in the body."""
    names = {name}
    for statement in walk(body):
        if isinstance(statement, f.For) and _mentions(statement.iter, names):
            names.update(each.id for each in (statement.target,) if isinstance(each, f.Name))
        for expression in expressions_of(statement):
            for node in descend(expression):
                if isinstance(node, f.Await) and _mentions(node.value, names):
                    return True
                is_wait = isinstance(node, f.Attr) and node.attr in _WAITS
                if is_wait and isinstance(node.value, f.Name) and node.value.id in names:
                    return True
    return False


def _mentions(node: f.Expr, names: set[str]) -> bool:
    return any(isinstance(each, f.Name) and each.id in names for each in descend(node))
