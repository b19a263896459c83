"""A function and what it is called with in, its arguments by parameter out."""

from __future__ import annotations

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.seams import Arguments, Keywords


def bind(
    scope: f.Scope, receiver: v.Value | None, args: Arguments, keywords: Keywords
) -> dict[str, v.Values]:
    """Arguments by parameter name; what has no parameter of its own is dropped."""
    positional = [param for param in scope.params if param.kind in "po"]
    bound: dict[str, v.Values] = {}
    supplied: list[v.Values] = [(receiver,), *args] if receiver is not None else list(args)
    for param, values in zip(positional, supplied, strict=False):
        bound[param.name] = values
    names = {param.name for param in scope.params if param.kind in "pk"}
    rest = []
    for name, values in keywords:
        if name in names:
            bound[name] = values
        else:
            rest.append((name, values))
    for param in scope.params:
        if param.kind == "w" and rest:
            bound[param.name] = (v.Table(tuple(rest), f"kw:{param.name}"),)
        elif param.kind == "a":
            bound[param.name] = (v.Items(tuple(supplied[len(positional) :])),)
    if not args and not keywords:
        bound.update(_defaults(scope))
    return bound


def _defaults(scope: f.Scope) -> dict[str, v.Values]:
    """The truth values and ``None`` that parameters hold when a call has no arguments at all."""
    return {
        param.name: (v.Const(param.default.value),)
        for param in scope.params
        if isinstance(param.default, f.Const)
        and (param.default.value is None or isinstance(param.default.value, bool))
    }
