"""The pattern of a ``case`` in, what it compares with and what it binds out."""

from __future__ import annotations

import ast
from collections.abc import Callable

from connlint.facts import types as f


def read_pattern(
    pattern: ast.pattern, expression: Callable[[ast.expr], f.Expr]
) -> tuple[tuple[f.Expr, ...], tuple[str, ...], bool]:
    """The values that a pattern compares with, none where it does more than compare; the names
    that it binds; and whether it matches anything. ``expression`` converts the values."""
    values: list[f.Expr] = []
    binds: list[str] = []
    wildcard = isinstance(pattern, ast.MatchAs) and pattern.pattern is None
    if isinstance(pattern, ast.MatchAs):
        binds.extend([pattern.name] if pattern.name else [])
        pattern = pattern.pattern or pattern
    exact = True
    stack: list[ast.pattern] = [] if wildcard else [pattern]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.MatchValue):
            values.append(expression(node.value))
        elif isinstance(node, ast.MatchSingleton):
            values.append(f.Const(node.value))
        elif isinstance(node, ast.MatchOr):
            stack.extend(reversed(node.patterns))
        else:
            exact = False
            name = getattr(node, "name", None) or getattr(node, "rest", None)
            binds.extend([name] if name else [])
            stack.extend([*getattr(node, "patterns", ()), *getattr(node, "kwd_patterns", ())])
            if isinstance(node, ast.MatchAs) and node.pattern is not None:
                stack.append(node.pattern)
    return (tuple(values) if exact else ()), tuple(binds), wildcard
