"""A function in, everything that its names may be bound to out, whatever the path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from connlint.facts import types as f
from connlint.model.expressions import descend, expressions_of
from connlint.model.name_parts import last_name
from connlint.model.names import Module, walk
from connlint.model.queries.written import Place, place_of


class Given(NamedTuple):
    """What a name is bound to: ``expression`` itself, its items, or one part of its items.

    ``how`` is ``value`` (the expression), ``part`` (the item of it at ``position``), ``item`` (each
    of its items; ``position`` says which part of them, if they are unpacked), ``more`` (appended to
    the text or list by ``+=``), ``added`` and ``extended`` (put into the list), ``stored`` (under a
    key), ``key`` (that key), or ``entered`` (by a ``with``). ``place`` is the statement, if any.
    """

    expression: f.Expr
    how: str
    position: int | None = None
    place: Place | None = None


_MAX_STEPS = 6
_STATEMENTS = frozenset({"text", "TextClause", "DDL"})
_ADDS = {"append": "added", "add": "added", "insert": "added", "extend": "extended"}


class Bound:
    """The names that one scope binds."""

    def __init__(self, module: Module, number: int) -> None:
        self.names: dict[str, list[Given]] = {}
        for statement in walk(module.body(number)):
            self._statement(statement)
            for expression in expressions_of(statement):
                for node in descend(expression):
                    self._expression(node)

    def _statement(self, statement: f.Stmt) -> None:
        place = place_of(statement)
        if isinstance(statement, f.Assign):
            for target in statement.targets:
                self._target(target, Given(statement.value, "value", None, place))
        elif isinstance(statement, f.Annotated) and statement.value is not None:
            self._target(statement.target, Given(statement.value, "value", None, place))
        elif isinstance(statement, f.AugAssign):
            self._target(statement.target, Given(statement.value, "more", None, place))
        elif isinstance(statement, f.For):
            self._target(statement.target, Given(statement.iter, "item"))
        elif isinstance(statement, f.With):
            for item in statement.items:
                if item.target is not None:
                    self._target(item.target, Given(item.context, "entered"))

    def _expression(self, node: Any) -> None:
        if isinstance(node, f.Generator):
            self._target(node.target, Given(node.iter, "item"))
        elif isinstance(node, f.Bind):
            self._add(node.name, Given(node.value, "value"))
        elif isinstance(node, f.Call) and isinstance(node.func, f.Attr):
            how = _ADDS.get(last_name(node.func))
            if how and isinstance(node.func.value, f.Name) and node.args:
                self._add(node.func.value.id, Given(node.args[-1], how))

    def _target(self, target: f.Expr, given: Given) -> None:
        if isinstance(target, f.Name):
            self._add(target.id, given)
        elif isinstance(target, f.Seq):
            for index, item in enumerate(target.items):
                how = "part" if given.how == "value" else given.how
                self._target(item, given._replace(position=index, how=how))
        elif isinstance(target, f.Starred):
            self._target(target.value, given._replace(position=None, how="entered"))
        elif isinstance(target, f.Index) and isinstance(target.value, f.Name):
            self._add(target.value.id, given._replace(how="stored"))
            self._add(target.value.id, Given(target.index, "key"))

    def _add(self, name: str, given: Given) -> None:
        self.names.setdefault(name, []).append(given)


def pieces(
    bound: Bound, node: f.Expr, place: Place, steps: int = 0
) -> Iterator[tuple[f.Expr, Place]]:
    """The expressions that a text is put together from, in order, each with its statement."""
    while isinstance(node, f.Call) and last_name(node.func) in _STATEMENTS:
        if not node.args:
            return
        node = node.args[0]
    given = bound.names.get(node.id) if isinstance(node, f.Name) else None
    if given is None or steps > _MAX_STEPS:
        yield node, place
        return
    for each in given:
        if each.how in ("value", "more"):
            yield from pieces(bound, each.expression, each.place or place, steps + 1)
