"""A function in, the names out whose tests tell its ways apart."""

from __future__ import annotations

from collections import Counter

from connlint.facts import types as f
from connlint.model.expressions import descend, expressions_of
from connlint.model.lifetimes.ways import tested_names
from connlint.model.name_parts import dotted
from connlint.model.names import walk


def watched_names(scope: f.Scope, body: f.Body) -> frozenset[str]:
    """Names that are tested more than once, or tested and assigned, or tested parameters."""
    tested: Counter[str] = Counter()
    assigned = {param.name for param in scope.params}
    for statement in walk(body):
        if isinstance(statement, f.Assign):
            assigned.update(dotted(each) for each in statement.targets)
        for expression in expressions_of(statement):
            is_test = isinstance(statement, (f.If, f.While, f.Assert))
            if is_test or isinstance(expression, (f.Compare, f.Not, f.BoolOp)):
                tested.update(tested_names(expression))
            for node in descend(expression):
                if isinstance(node, f.Cond):
                    tested.update(tested_names(node.test))
                elif isinstance(node, f.BoolOp):
                    tested.update(tested_names(node))
                elif isinstance(node, f.Bind):
                    assigned.add(node.name)
    return frozenset(name for name, count in tested.items() if count > 1 or name in assigned)
