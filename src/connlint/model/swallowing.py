"""A generator in, whether what is raised where it yields may end there out."""

from __future__ import annotations

from connlint.facts import types as f
from connlint.model.expressions import descend, expressions_of
from connlint.model.names import Module, walk


def swallows(module: Module, scope: int) -> bool:
    """Whether a generator may catch what is raised where it yields, and end as if nothing was."""
    for statement in walk(module.body(scope)):
        if isinstance(statement, f.Try) and any(map(_yields, walk(statement.body))):
            for handler in statement.handlers:
                last = handler.body[-1] if handler.body else None
                if not isinstance(last, f.Raise):
                    return True
    return False


def _yields(statement: f.Stmt) -> bool:
    return any(
        isinstance(node, f.Yield)
        for expression in expressions_of(statement)
        for node in descend(expression)
    )
