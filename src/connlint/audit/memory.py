"""A class in, what its methods do to the dictionaries that it keeps in memory out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from connlint.facts import types as f
from connlint.model.classes import ClassId
from connlint.model.expressions import descend, expressions_of
from connlint.model.names import Module, walk
from connlint.model.project import Project
from connlint.model.relevance import ScopeId

Action = Literal["create", "read", "update", "delete"]

_MAKERS = frozenset({"dict", "defaultdict", "OrderedDict", "WeakValueDictionary", "TTLCache"})
_METHODS: dict[str, Action] = {
    "setdefault": "create",
    "update": "update",
    "pop": "delete",
    "popitem": "delete",
    "clear": "delete",
}
_CHANGES: tuple[Action, ...] = ("create", "update", "delete")


class MemoryUses(msgspec.Struct, frozen=True):
    """``container`` names the attributes that hold things (empty: none); ``actions`` says what each
    method does to them."""

    container: str
    actions: dict[ScopeId, tuple[Action, ...]]

    def of(self, scope: ScopeId) -> tuple[Action, ...]:
        """What one method does; one that only looks before it changes something does not read."""
        return self.actions.get(scope, ())


def memory_uses(project: Project, owner: ClassId) -> MemoryUses:
    """The dictionaries of a class that are filled and looked into by its methods."""
    module = project.module(owner.module)
    methods = [
        number
        for number in module.children.get(owner.scope, ())
        if module.facts.scopes[number].kind == "function"
    ]
    names = {name for number in methods for name in _made(module, number)}
    found: dict[str, dict[ScopeId, set[Action]]] = {}
    for number in methods:
        for name, action in _uses(module, number, names):
            found.setdefault(name, {}).setdefault((module.name, number), set()).add(action)
    kept = {
        name: by_scope
        for name, by_scope in found.items()
        if {"create", "read"} <= {each for actions in by_scope.values() for each in actions}
    }
    merged: dict[ScopeId, set[Action]] = {}
    for by_scope in kept.values():
        for scope, actions in by_scope.items():
            merged.setdefault(scope, set()).update(actions)
    container = ", ".join(f"self.{name}" for name in sorted(kept))
    return MemoryUses(container, {scope: _meant(each) for scope, each in merged.items()})


def _meant(actions: set[Action]) -> tuple[Action, ...]:
    changes = tuple(action for action in _CHANGES if action in actions)
    return changes or ("read",)


def _made(module: Module, number: int) -> Iterator[str]:
    """Attributes of ``self`` that a method sets to a new container."""
    for statement in walk(module.body(number)):
        if isinstance(statement, f.Assign):
            targets: tuple[f.Expr, ...] = statement.targets
        elif isinstance(statement, f.Annotated):
            targets = (statement.target,)
        else:
            continue
        if _is_container(statement.value):
            yield from (name for target in targets if (name := _own(target)))


def _is_container(value: f.Expr | None) -> bool:
    if isinstance(value, f.DictLit):
        return not value.keys
    if isinstance(value, f.Call):
        name = value.func
        last = name.attr if isinstance(name, f.Attr) else getattr(name, "id", "")
        return last in _MAKERS
    return False


def _own(node: f.Expr | None) -> str:
    """``x`` of ``self.x``."""
    if isinstance(node, f.Attr) and isinstance(node.value, f.Name) and node.value.id == "self":
        return node.attr
    return ""


def _uses(module: Module, number: int, names: set[str]) -> Iterator[tuple[str, Action]]:
    """What a method does to the containers, name by name."""
    held: dict[str, str] = {}
    for statement in walk(module.body(number)):
        yield from _stores(statement, names, held)
        if isinstance(statement, f.Delete):
            for target in statement.targets:
                if isinstance(target, f.Index) and (name := _own(target.value)) in names:
                    yield name, "delete"
        for expression in expressions_of(statement):
            for node in descend(expression):
                yield from _mentions(node, names, held)


def _stores(
    statement: f.Stmt, names: set[str], held: dict[str, str]
) -> Iterator[tuple[str, Action]]:
    """Assignments into a container, or to a field of what it holds; ``held`` are names for that."""
    if isinstance(statement, f.Assign):
        targets, value = statement.targets, statement.value
    elif isinstance(statement, f.AugAssign):
        targets, value = (statement.target,), None
    else:
        return
    for target in targets:
        if isinstance(target, f.Index) and (name := _own(target.value)) in names:
            yield name, "update" if value is None else "create"
        elif isinstance(target, f.Attr) and (name := _container_of(target.value, names, held)):
            yield name, "update"
        elif isinstance(target, f.Name) and value is not None:
            held[target.id] = _container_of(value, names, held)


def _container_of(node: f.Expr, names: set[str], held: dict[str, str]) -> str:
    """The container that an expression takes something out of."""
    if isinstance(node, f.Await):
        return _container_of(node.value, names, held)
    if isinstance(node, f.Name):
        return held.get(node.id, "")
    if isinstance(node, f.Index):
        name = _own(node.value)
        return name if name in names else _container_of(node.value, names, held)
    if isinstance(node, f.Call) and isinstance(node.func, f.Attr) and node.func.attr == "get":
        name = _own(node.func.value)
        return name if name in names else ""
    return ""


def _mentions(node: object, names: set[str], held: dict[str, str]) -> Iterator[tuple[str, Action]]:
    if isinstance(node, f.Call):
        func = node.func
        if isinstance(func, f.Attr) and (name := _own(func.value)) in names:
            action = _METHODS.get(func.attr)
            if action is not None:
                yield name, action
        is_setattr = isinstance(func, f.Name) and func.id == "setattr" and bool(node.args)
        if is_setattr and (name := _container_of(node.args[0], names, held)):
            yield name, "update"
    elif isinstance(node, f.Attr) and (name := _own(node)) in names:
        yield name, "read"
