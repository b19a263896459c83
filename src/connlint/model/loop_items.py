"""A loop in, what hangs on its items out: the names that hold one or something made from one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connlint.facts import types as f
from connlint.model.effects import LoopFrame
from connlint.model.expressions import descend, expressions_of
from connlint.model.names import walk


def loop_of(body: f.Body, frame: LoopFrame) -> f.For | f.Comp | None:
    """The ``for`` statement or comprehension of a body that a frame stands for."""
    for statement in walk(body):
        if isinstance(statement, f.For) and statement.at == frame.at:
            return statement
        if frame.kind == "comprehension":
            for expression in expressions_of(statement):
                for node in descend(expression):
                    if isinstance(node, f.Comp) and node.at == frame.at:
                        return node
    return None


def item_names(loop: f.For | f.Comp) -> frozenset[str]:
    """The names inside a loop that hold its item, or something that is made from it."""
    if isinstance(loop, f.Comp):
        return own_names(loop)
    found = set(own_names(loop))
    size = 0
    while size != len(found):
        size = len(found)
        for statement in walk(loop.body):
            for target, value in _bindings(statement):
                if mentions(value, found):
                    found.update(bound_names(target))
    return frozenset(found)


def own_names(loop: f.For | f.Comp) -> frozenset[str]:
    """The names that a loop itself gives its items."""
    targets = [loop.target] if isinstance(loop, f.For) else [g.target for g in loop.generators]
    return frozenset(name for target in targets for name in bound_names(target))


def bound_names(target: f.Expr | None) -> Iterator[str]:
    """The plain names that assigning to a target binds."""
    if isinstance(target, f.Name):
        yield target.id
    elif isinstance(target, f.Seq):
        for item in target.items:
            yield from bound_names(item)
    elif isinstance(target, f.Starred):
        yield from bound_names(target.value)


def mentions(expression: f.Expr, names: Iterable[str]) -> bool:
    """Whether an expression mentions one of the names."""
    wanted = frozenset(names)
    return any(isinstance(node, f.Name) and node.id in wanted for node in descend(expression))


def _bindings(statement: f.Stmt) -> Iterator[tuple[f.Expr | None, f.Expr]]:
    """The targets that a statement binds, each with what the value is made from."""
    if isinstance(statement, f.Assign):
        for target in statement.targets:
            yield target, statement.value
    elif isinstance(statement, (f.Annotated, f.AugAssign)):
        if statement.value is not None:
            yield statement.target, statement.value
    elif isinstance(statement, f.For):
        yield statement.target, statement.iter
    elif isinstance(statement, f.With):
        for item in statement.items:
            yield item.target, item.context
