"""A function's body in, whether a call of it can ever return out, as far as the syntax tells."""

from __future__ import annotations

from connlint.facts import types as f
from connlint.model.names import Module, walk

_SHORT = 2_000
"""Functions that only raise are short: longer bodies are not decoded to find out."""


def never_returns(module: Module, number: int) -> bool:
    """Whether every path of a function ends in a ``raise``; when in doubt, it does not."""
    scope = module.facts.scopes[number]
    if scope.is_generator or len(module.facts.bodies[number]) > _SHORT:
        return False
    body = module.body(number)
    return _raises(body) and not any(isinstance(each, f.Return) for each in walk(body))


def _raises(body: f.Body) -> bool:
    last = body[-1] if body else None
    if isinstance(last, f.Raise):
        return True
    if isinstance(last, f.If):
        branches = (*(branch.body for branch in last.branches), last.orelse)
        return all(_raises(branch) for branch in branches)
    if isinstance(last, f.Try):
        handled = all(_raises(handler.body) for handler in last.handlers)
        return _raises(last.final) or (handled and (_raises(last.body) or _raises(last.orelse)))
    if isinstance(last, f.Match):
        is_whole = any(case.is_wildcard and case.guard is None for case in last.cases)
        return is_whole and all(_raises(case.body) for case in last.cases)
    return False
