"""Statements in, whether they keep what they once found out, and look there first, out."""

from __future__ import annotations

from collections.abc import Container, Iterator

from connlint.facts import types as f
from connlint.model.expressions import descend, expressions_of
from connlint.model.name_parts import dotted
from connlint.model.names import walk

_KEEPS = frozenset({"set", "setdefault", "put"})


def remembers(body: f.Body, given: Container[str]) -> bool:
    """Whether something is looked up by a key and stored by one, in the same place.

    What is ``given`` (parameters, the items of a loop) is no such place: it is what is worked on.
    """
    stored = {place for place in _stored(body) if place and place.partition(".")[0] not in given}
    return bool(stored) and not stored.isdisjoint(_asked(body))


def _stored(body: f.Body) -> Iterator[str]:
    """``place[key] = value`` and ``place.set(key, value)``."""
    for statement in walk(body):
        if isinstance(statement, f.Assign):
            for target in statement.targets:
                if isinstance(target, f.Index):
                    yield dotted(target.value)
        elif isinstance(statement, f.Evaluate):
            value = statement.value
            call = value.value if isinstance(value, f.Await) else value
            method = call.func if isinstance(call, f.Call) and len(call.args) > 1 else None
            if isinstance(method, f.Attr) and method.attr in _KEEPS:
                yield dotted(method.value)


def _asked(body: f.Body) -> Iterator[str]:
    """``key in place`` and ``place.get(key)``."""
    for statement in walk(body):
        for expression in expressions_of(statement):
            for node in descend(expression):
                if isinstance(node, f.Compare) and node.ops[0] in ("in", "not in"):
                    yield dotted(node.rights[0])
                method = node.func if isinstance(node, f.Call) and node.args else None
                if isinstance(method, f.Attr) and method.attr == "get":
                    yield dotted(method.value)
