"""The project in, which of create, read, update and delete happens to a container in memory or in a
cache, and which to the rows of a mapped class or table, out.

Of the application at work only what somebody uses counts: a method of a repository that nobody
calls does nothing. A function that looks before it changes something does not read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.caches import Caches
from connlint.model.classes import ClassId
from connlint.model.engine import FunctionRun
from connlint.model.entry_points import EntryPoint
from connlint.model.expressions import calls_in, targets_of
from connlint.model.memory import Access, Action, Memory
from connlint.model.name_parts import is_name, last_name
from connlint.model.names import Module, ScopeId, walk
from connlint.model.program import Program
from connlint.model.roles import Roles
from connlint.model.sql_text import table_action

ACTIONS: tuple[Action, ...] = ("create", "read", "update", "delete")
_ASIDE = frozenset({"test", "migration", "script"})
"""Roles that are no part of the application at work."""
_SELECTING = frozenset({"query", "select", "get", "get_one"})
_CHANGING: dict[str, Action] = {"update": "update", "delete": "delete", "insert": "create"}
_TOUCHING = frozenset({"read", "write", "execute", "flush", "commit", "persist"})
_WRITING = _TOUCHING - {"read"}
Kept = ClassId | str
"""What rows belong to: a mapped class, or the table of SQL text where none is mapped to it."""


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
        self._caches = Caches(program)
        self._cache_names: set[str] = set()
        self._used = {(entry.module, entry.scope) for entry in entry_points}
        for scope, run in runs.items():
            if roles.of(scope) not in _ASIDE:
                self._used.update(callee for _, _, callee in run.calls if callee != scope)
        self._rows: dict[ScopeId, dict[Kept, frozenset[Action]]] = {}

    # memory

    def containers(self, module: Module, owner: int) -> dict[str, Actions]:
        """What the methods of a class, or the functions of a module (``owner`` 0), do to each
        container and cache that they use."""
        found: dict[str, dict[Action, list[ScopeId]]] = {}
        for number in _inside(module, owner):
            scope = (module.name, number)
            done: dict[str, set[Action]] = {}
            for access in self._accesses(scope):
                done.setdefault(access.container, set()).add(access.action)
            for container, actions in done.items():
                for action in actions - {"read"} or actions:
                    found.setdefault(container, {}).setdefault(action, []).append(scope)
        return {
            container: Actions({action: tuple(scopes) for action, scopes in by.items()})
            for container, by in found.items()
        }

    def is_cache(self, container: str) -> bool:
        """Whether a container is a cache rather than in the memory of the process."""
        return container in self._cache_names

    def in_memory(self, module: Module, owner: int, container: str) -> Actions:
        """What the methods of a class, or the functions of a module, do to one container."""
        return self.containers(module, owner).get(container, Actions({}))

    def _accesses(self, scope: ScopeId) -> Iterator[Access]:
        for accesses in self._memory.accesses(scope).values():
            yield from accesses
        for access in self._caches.accesses(scope):
            self._cache_names.add(access.container)
            yield access

    # rows

    def models_of(self, scopes: Iterable[ScopeId]) -> frozenset[Kept]:
        """The mapped classes and tables whose rows these functions touch."""
        return frozenset(model for scope in scopes for model in self._of(scope))

    def rows_through(
        self, scope: ScopeId, apart: frozenset[ScopeId] = frozenset()
    ) -> dict[Kept, frozenset[Action]]:
        """What a function and everything that it calls do to rows, but for what goes through the
        functions of ``apart``."""
        run = self._runs.get(scope)
        found: dict[Kept, set[Action]] = {}
        on_the_way: dict[ScopeId, None] = {}
        for operation in run.operations if run is not None else ():
            chain = [(step.module, step.scope) for step in operation.effect.chain]
            if operation.effect.kind in _TOUCHING and not (set(chain) & apart - {scope}):
                on_the_way.update(dict.fromkeys(chain))
        for each in on_the_way:
            for model, actions in self._of(each).items():
                found.setdefault(model, set()).update(actions)
        return {model: frozenset(actions - {"read"} or actions) for model, actions in found.items()}

    def in_database(self, models: frozenset[Kept]) -> Actions:
        """What the application at work does to the rows of mapped classes and tables."""
        found: dict[Action, list[ScopeId]] = {}
        for scope in self._runs:
            if self._roles.of(scope) in _ASIDE or not self.is_used(scope):
                continue
            for model, actions in self._of(scope).items():
                for action in actions if model in models else ():
                    found.setdefault(action, []).append(scope)
        return Actions({action: tuple(scopes) for action, scopes in found.items()})

    def is_used(self, scope: ScopeId) -> bool:
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

    def _of(self, scope: ScopeId) -> dict[Kept, frozenset[Action]]:
        """What one function does itself to rows, by mapped class or table."""
        known = self._rows.get(scope)
        if known is None:
            found: dict[Kept, set[Action]] = {}
            for model, action in (*self._touched(scope), *self._in_sql(scope)):
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
            name = last_name(call.func)
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
            elif name[:1].isupper() and not self._stays_in_memory(scope):
                for model in self._models(scope, call.func):
                    yield model, "create"
        in_memory = self._memory.accesses(scope)
        if any(_stores(each) and getattr(each, "at", 0) not in in_memory for each in walk(body)):
            changes.add("update")
        for model in selected:
            yield from ((model, action) for action in changes or {"read"})

    def _stays_in_memory(self, scope: ScopeId) -> bool:
        """Whether what a function makes goes to memory only: it writes nothing to the database."""
        run = self._runs.get(scope)
        if run is not None and any(each.effect.kind in _WRITING for each in run.operations):
            return False
        return any(access.action == "create" for access in self._accesses(scope))

    def _in_sql(self, scope: ScopeId) -> Iterator[tuple[Kept, Action]]:
        """What the SQL text does that a function executes, or hands to what executes it."""
        run = self._runs.get(scope)
        touching = [each for each in run.operations if each.effect.kind in _TOUCHING] if run else []
        places = {(operation.at, operation.end) for operation in touching}
        if not places:
            return
        module = self._program.modules[scope[0]]
        for call in calls_in(module.body(scope[1])):
            if (call.at, call.end) in places and call.args:
                for value in self._program.static(module, scope[1], call.args[0]):
                    if (found := table_action(_text(value))) is not None:
                        yield self._tables.get(found[0], found[0]), found[1]

    @cached_property
    def _tables(self) -> dict[str, ClassId]:
        """The mapped classes by the name of their table."""
        return {
            value.value.lower(): owner
            for owner in self._program.hierarchy.classes()
            if self._roles.is_model((owner.module, owner.scope))
            for value in self._program.assigned(
                self._program.modules[owner.module], owner.scope
            ).get("__tablename__", ())
            if isinstance(value, f.Const) and isinstance(value.value, str)
        }

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


def _text(value: v.Value) -> str:
    """The text that a value is, or that a ``text()`` was made of."""
    if isinstance(value, v.Const):
        return value.value if isinstance(value.value, str) else ""
    is_text = isinstance(value, v.Obj) and value.id.startswith("text:")
    return value.id[5:] if isinstance(value, v.Obj) and is_text else ""


def _inside(module: Module, owner: int) -> Iterator[int]:
    """The functions of a class, or all functions of a module."""
    for number, scope in enumerate(module.facts.scopes):
        if scope.kind == "function" and (not owner or scope.parent == owner):
            yield number


def _stores(statement: f.Stmt) -> bool:
    """Whether a statement stores into an attribute of something other than ``self``."""
    return isinstance(statement, (f.Assign, f.AugAssign)) and any(
        isinstance(target, f.Attr) and not is_name(target.value, "self", "cls")
        for target in targets_of(statement)
    )
