"""A function's body in, whether it is written so that no exception leaves it out."""

from __future__ import annotations

from connlint.facts import types as f
from connlint.model.expressions import calls_of, expressions_of
from connlint.model.lifetimes.exits import CATCH_ALL
from connlint.model.name_parts import dotted, last_name

_NOTES = frozenset(
    ["debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print",
     "print_exc", "format_exc", "str", "repr", "isinstance", "hasattr", "len", "type"]
)  # fmt: skip
"""Calls whose failure nobody reckons with."""


def is_guarded(body: f.Body) -> bool:
    """Whether whatever may fail stands in a ``try`` that catches all, and only says so."""
    return all(_is_safe(statement) for statement in body)


def catches_all(handler: f.Handler) -> bool:
    """Whether a handler ends every exception that this analysis reckons with."""
    if handler.type is None:
        return True
    types = handler.type.items if isinstance(handler.type, f.Seq) else (handler.type,)
    return any(dotted(each) in CATCH_ALL for each in types)


def _is_safe(statement: f.Stmt) -> bool:
    if isinstance(statement, f.Try):
        blocks = [handler.body for handler in statement.handlers]
        blocks += [statement.orelse, statement.final]
        is_caught = any(catches_all(handler) for handler in statement.handlers)
        if not is_caught:
            blocks.append(statement.body)
        return all(is_guarded(block) for block in blocks)
    if isinstance(statement, f.If):
        blocks = [branch.body for branch in statement.branches]
        return _calls_nothing(statement) and all(map(is_guarded, [*blocks, statement.orelse]))
    if isinstance(statement, (f.Raise, f.Assert, f.With, f.For, f.While, f.Match, f.Delete)):
        return False
    return _calls_nothing(statement)


def _calls_nothing(statement: f.Stmt) -> bool:
    """Whether a statement calls nothing that may fail, and waits for nothing."""
    return all(
        isinstance(call.func, (f.Name, f.Attr)) and last_name(call.func) in _NOTES
        for expression in expressions_of(statement)
        for call in calls_of(expression)
    )
