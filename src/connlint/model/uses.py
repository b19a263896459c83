"""A function's body and a local name in, what the name is used for out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from connlint.facts import types as f
from connlint.model.expressions import expressions_of, parts
from connlint.model.names import Module, walk


def is_used(module: Module, scope: int, name: str, apart_from: Callable[[f.Expr], bool]) -> bool:
    """Whether a scope, or one inside it, reads a name outside of expressions of certain kinds."""
    for statement in walk(module.body(scope)):
        if any(_reads(each, name, apart_from) for each in _read_by(statement)):
            return True
    scopes = module.facts.scopes
    return any(
        name not in scopes[child].binds and is_used(module, child, name, apart_from)
        for child in module.children.get(scope, ())
    )


def _read_by(statement: f.Stmt) -> Iterator[f.Expr]:
    """The expressions of a statement but for the plain names that it binds."""
    targets: tuple[f.Expr, ...] = ()
    if isinstance(statement, f.Assign):
        targets = statement.targets
    elif isinstance(statement, (f.For, f.Annotated)):
        targets = (statement.target,)
    for expression in expressions_of(statement):
        if not (isinstance(expression, f.Name) and any(expression is each for each in targets)):
            yield expression


def _reads(root: f.Expr, name: str, apart_from: Callable[[f.Expr], bool]) -> bool:
    stack: list[f.Expr] = [root]
    while stack:
        node = stack.pop()
        if apart_from(node):
            continue
        if isinstance(node, f.Name) and node.id == name:
            return True
        stack.extend(parts(node))
    return False
