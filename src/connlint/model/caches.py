"""Functions in, what they do to key-value stores out: to what a Redis client keeps, for example.

A cache is named by the dotted path of the attribute or variable that holds its client, as
``memory`` names containers.
"""

from __future__ import annotations

from collections.abc import Iterator

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.catalog.types import CacheAction
from connlint.model.expressions import calls_in
from connlint.model.memory import Access, Action
from connlint.model.names import Module, ScopeId, walk
from connlint.model.program import Program

_MAX_STEPS = 4


class Caches:
    """The key-value stores of one program, and what functions do to them."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._methods = {
            name for each in program.catalog.types.values() for name in each.cache
        }  # fmt: skip

    def accesses(self, scope: ScopeId) -> tuple[Access, ...]:
        """What a function does to caches, in order.

        Writing a value that the same function looked for before updates it; any other writing may
        well create it.
        """
        looked: set[str] = set()
        found = []
        for action, access in self._of(self._program.modules[scope[0]], scope[1]):
            if action == "read":
                looked.add(access.container)
            meant = _meant(action, access.container in looked)
            found.append(access._replace(action=meant))
        return tuple(found)

    def _of(self, module: Module, number: int) -> Iterator[tuple[CacheAction, Access]]:
        for call in sorted(calls_in(module.body(number)), key=lambda each: each.at):
            func = call.func
            if not isinstance(func, f.Attr) or func.attr not in self._methods:
                continue
            action = self._action(module, number, func)
            name = self._holder(module, number, func.value) if action is not None else ""
            if action is not None and name:
                yield action, Access("read", name, call.at, call.end)

    def _action(self, module: Module, number: int, func: f.Attr) -> CacheAction | None:
        for value in self._program.static(module, number, func.value):
            known = self._program.catalog_type(value.type) if isinstance(value, v.Obj) else None
            if known is not None and func.attr in known.cache:
                return known.cache[func.attr]
        return None

    def _holder(self, module: Module, number: int, node: f.Expr, depth: int = 0) -> str:
        """The attribute or variable that holds the client, through pipelines and local names."""
        if depth > _MAX_STEPS:
            return ""
        if isinstance(node, f.Call) and isinstance(node.func, f.Attr):
            return self._holder(module, number, node.func.value, depth + 1)
        if isinstance(node, f.Attr):
            return self._attribute(module, number, node)
        if not isinstance(node, f.Name):
            return ""
        source = self._source(module, number, node.id) if number else None
        if source is not None:
            return self._holder(module, number, source, depth + 1)
        targets = self._program.names.lookup(module.name, node.id)
        return next((each.dotted for each in targets if each.kind == "variable"), "")

    def _source(self, module: Module, number: int, name: str) -> f.Expr | None:
        """What a local name is assigned, or what a ``with`` binds it to."""
        for assigned in self._program.assigned(module, number).get(name, ()):
            return assigned
        for statement in walk(module.body(number)):
            for item in statement.items if isinstance(statement, f.With) else ():
                if isinstance(item.target, f.Name) and item.target.id == name:
                    return item.context
        return None

    def _attribute(self, module: Module, number: int, node: f.Attr) -> str:
        for value in self._program.static(module, number, node.value):
            owner = self._program.class_of(value.type) if isinstance(value, v.Obj) else None
            if owner is not None:
                symbol = self._program.modules[owner.module].symbol(owner.scope)
                return f"{symbol}.{node.attr}"
            if isinstance(value, v.Mod):
                return f"{value.name}.{node.attr}"
        return ""


def _meant(action: CacheAction, has_looked: bool) -> Action:
    if action == "write":
        return "update" if has_looked else "create"
    return action
