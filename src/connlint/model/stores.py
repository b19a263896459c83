"""The project in, which of create, read, update and delete happens to a container in memory, and
which to the rows of a mapped class, out.

Only what somebody uses counts: a method of a repository that nobody calls does nothing. A function
that looks before it changes something does not read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.classes import ClassId
from connlint.model.engine import FunctionRun
from connlint.model.entry_points import EntryPoint
from connlint.model.expressions import calls_in
from connlint.model.memory import Action, Memory
from connlint.model.names import Module, walk
from connlint.model.program import Program
from connlint.model.relevance import ScopeId
from connlint.model.roles import Roles

ACTIONS: tuple[Action, ...] = ("create", "read", "update", "delete")
_ASIDE = frozenset({"test", "migration", "script"})
"""Roles that are no part of the application at work."""
_SELECTING = frozenset({"query", "select", "get", "get_one"})
_CHANGING: dict[str, Action] = {"update": "update", "delete": "delete", "insert": "create"}


class Actions(NamedTuple):
    """Each action that happens, with the functions that do it."""

    by: dict[Action, tuple[ScopeId, ...]]

    @property
    def names(self) -> tuple[Action, ...]:
        """The actions, in order."""
        return tuple(action for action in ACTIONS if self.by.get(action))


class Stores:
    """Answers for one program. ``runs`` are its functions at work."""

    def __init__(
        self,
        program: Program,
        roles: Roles,
        runs: dict[ScopeId, FunctionRun],
        entry_points: Iterable[EntryPoint],
    ) -> None:
        self._program = program
        self._roles = roles
        self._runs = runs
        self._memory = Memory(program)
        self._used = {(entry.module, entry.scope) for entry in entry_points}
        for scope, run in runs.items():
            if roles.of(scope) not in _ASIDE:
                self._used.update(callee for _, _, callee in run.calls if callee != scope)
        self._rows: dict[ScopeId, dict[ClassId, frozenset[Action]]] = {}

    # memory

    def in_memory(self, module: Module, owner: int, container: str) -> Actions:
        """What the methods of a class, or the functions of a module (``owner`` 0), do to a
        container."""
        found: dict[Action, list[ScopeId]] = {}
        for number in _inside(module, owner):
            scope = (module.name, number)
            done = {
                access.action
                for accesses in self._memory.accesses(scope).values()
                for access in accesses
                if access.container == container
            }
            for action in done - {"read"} or done:
                found.setdefault(action, []).append(scope)
        return Actions({action: tuple(scopes) for action, scopes in found.items()})

    # rows

    def models_of(self, scopes: Iterable[ScopeId]) -> frozenset[ClassId]:
        """The mapped classes whose rows these functions touch."""
        return frozenset(model for scope in scopes for model in self._of(scope))

    def in_database(self, models: frozenset[ClassId]) -> Actions:
        """What the application at work does to the rows of mapped classes."""
        found: dict[Action, list[ScopeId]] = {}
        for scope in self._runs:
            if self._roles.of(scope) in _ASIDE or not self._is_used(scope):
                continue
            for model, actions in self._of(scope).items():
                for action in actions if model in models else ():
                    found.setdefault(action, []).append(scope)
        return Actions({action: tuple(scopes) for action, scopes in found.items()})

    def _is_used(self, scope: ScopeId) -> bool:
        """Whether anything calls a function or one around it; other code runs by itself."""
        scopes = self._program.modules[scope[0]].facts.scopes
        number = scope[1]
        if scopes[number].kind not in ("function", "lambda"):
            return True
        while number:
            if (scope[0], number) in self._used:
                return True
            number = scopes[number].parent
        return False

    def _of(self, scope: ScopeId) -> dict[ClassId, frozenset[Action]]:
        """What one function does itself to rows, by mapped class."""
        known = self._rows.get(scope)
        if known is None:
            found: dict[ClassId, set[Action]] = {}
            for model, action in self._touched(scope):
                found.setdefault(model, set()).add(action)
            known = self._rows[scope] = {
                model: frozenset(actions - {"read"} or actions) for model, actions in found.items()
            }
        return known

    def _touched(self, scope: ScopeId) -> Iterator[tuple[ClassId, Action]]:
        module = self._program.modules[scope[0]]
        body = module.body(scope[1])
        selected: set[ClassId] = set()
        changes: set[Action] = set()
        for call in calls_in(body):
            name = call.func.attr if isinstance(call.func, f.Attr) else getattr(call.func, "id", "")
            if name in _SELECTING:
                for argument in call.args[:2]:
                    selected.update(self._models(scope, argument))
            elif name in _CHANGING:
                if call.args and (given := tuple(self._models(scope, call.args[0]))):
                    for model in given:
                        yield model, _CHANGING[name]
                else:
                    changes.add(_CHANGING[name])
            elif name == "setattr":
                changes.add("update")
            elif name[:1].isupper():
                for model in self._models(scope, call.func):
                    yield model, "create"
        if any(_stores(each) for each in walk(body)):
            changes.add("update")
        for model in selected:
            yield from ((model, action) for action in changes or {"read"})

    def _models(self, scope: ScopeId, node: f.Expr) -> Iterator[ClassId]:
        """The mapped classes that an expression names, or a column of which it names."""
        nodes: list[f.Expr] = [node]
        if isinstance(node, f.Attr):
            nodes.append(node.value)
        if isinstance(node, f.Call):
            nodes.extend(node.args)
        for each in nodes:
            if not isinstance(each, (f.Name, f.Attr)):
                continue
            for value in self._program.static(self._program.modules[scope[0]], scope[1], each):
                if isinstance(value, v.Class) and self._roles.is_model((value.module, value.scope)):
                    yield ClassId(value.module, value.scope)


def _inside(module: Module, owner: int) -> Iterator[int]:
    """The functions of a class, or all functions of a module."""
    for number, scope in enumerate(module.facts.scopes):
        if scope.kind == "function" and (not owner or scope.parent == owner):
            yield number


def _stores(statement: f.Stmt) -> bool:
    """Whether a statement stores into an attribute of something other than ``self``."""
    targets: tuple[f.Expr, ...] = ()
    if isinstance(statement, f.Assign):
        targets = statement.targets
    elif isinstance(statement, f.AugAssign):
        targets = (statement.target,)
    return any(
        isinstance(target, f.Attr)
        and not (isinstance(target.value, f.Name) and target.value.id in ("self", "cls"))
        for target in targets
    )
