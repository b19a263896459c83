"""The project in, its stores out: what each of them keeps in memory or in a cache, what it keeps in
the database, and how far the move from one to the other has come.

A store is a repository, or a class or module that changes the same thing in a container of its own
and in the database, or keeps things in a cache and writes them to the database as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec

from connlint.location import line_of
from connlint.model.memory import Action
from connlint.model.names import Module, ScopeId
from connlint.model.project import Project
from connlint.model.stores import ACTIONS as IN_ORDER
from connlint.model.stores import Actions, Kept

Phase = Literal["infrastructure", "dual-write", "database only"]
PHASES: tuple[Phase, ...] = ("infrastructure", "dual-write", "database only")
ACTIONS: tuple[Action, ...] = IN_ORDER

_CHANGES: frozenset[Action] = frozenset({"create", "update", "delete"})


class Use(msgspec.Struct, frozen=True):
    """A function that does something to a store, and where."""

    method: str
    path: str
    line: int


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """One store or repository.

    ``container`` is what holds things in memory or in a cache (empty: nothing), ``is_cache`` tells
    which. ``memory`` and ``database`` say which methods do what on either side; for the database
    also which functions of the application do it elsewhere. ``uncalled`` are methods of a
    repository that nothing calls.
    """

    name: str
    symbol: str
    path: str
    line: int
    container: str
    is_cache: bool
    memory: dict[Action, tuple[Use, ...]]
    database: dict[Action, tuple[Use, ...]]
    uncalled: tuple[str, ...]
    phase: Phase

    @property
    def missing(self) -> tuple[Action, ...]:
        """What still happens in memory alone."""
        return tuple(each for each in ACTIONS if self.memory[each] and not self.database[each])


class _Side(NamedTuple):
    """A class or module (``owner`` 0): what it keeps by container, and what its functions do to
    rows, itself or through functions outside."""

    module: Module
    owner: int
    held: dict[str, Actions]
    rows: dict[ScopeId, dict[Kept, frozenset[Action]]]


def find_stores(project: Project) -> tuple[Store, ...]:
    """All stores and repositories, in order of place."""
    return tuple(sorted(_Finder(project).stores(), key=lambda store: (store.path, store.line)))


class _Finder:
    def __init__(self, project: Project) -> None:
        self._project = project
        self._stores = project.stores
        self._followed = frozenset(scope for scope, _ in project.runs())

    def stores(self) -> Iterator[Store]:
        """What classes and modules keep twice, then the other repositories."""
        sides = [side for side in self._sides() if any(side.rows.values())]
        twins: list[_Side] = []
        for side in sides:
            if models := self._twin_models(side):
                twins.append(side)
                yield self._store(side, models, "dual-write")
        for side in sides:
            if side not in twins and self._is_repository(side.module, side.owner):
                yield self._store(side, frozenset(), self._phase(side, twins))

    def _sides(self) -> Iterator[_Side]:
        for owner in self._project.program.hierarchy.classes():
            yield self._side(self._project.module(owner.module), owner.scope)
        for module in self._project.program.modules.values():
            yield self._side(module, 0)

    def _side(self, module: Module, owner: int) -> _Side:
        functions = tuple(_functions(module, owner))
        if self._followed.isdisjoint(functions):  # none of them can touch a row
            return _Side(module, owner, {}, {})
        held = {
            container: actions
            for container, actions in self._stores.containers(module, owner).items()
            if {"create", "read"} <= set(actions.names)
        }
        if not held and not self._is_repository(module, owner):
            return _Side(module, owner, {}, {})
        apart = frozenset(functions)
        rows = {scope: self._stores.rows_through(scope, apart) for scope in functions}
        return _Side(module, owner, held, rows)

    def _is_repository(self, module: Module, owner: int) -> bool:
        return bool(owner) and self._project.roles.of_file(module.path) == "repository"

    # twins

    def _twin_models(self, side: _Side) -> frozenset[Kept]:
        """The models and tables whose rows have a twin in memory or in a cache.

        A function changes both in the same way, or a method changes rows by what its class keeps
        in a cache.
        """
        found: set[Kept] = set()
        for scope, rows in side.rows.items():
            done = {action for each in side.held.values() for action in _done_by(each, scope)}
            if self._works_on_cache(side, scope):
                done |= _CHANGES
            for model, actions in rows.items():
                if actions & done & _CHANGES:
                    found.add(model)
        return frozenset(found)

    def _works_on_cache(self, side: _Side, scope: ScopeId) -> bool:
        """Whether a method uses the cache of its class, itself or through other methods."""
        caches = [each for name, each in side.held.items() if self._stores.is_cache(name)]
        using = {each for actions in caches for scopes in actions.by.values() for each in scopes}
        return bool(side.owner) and any(
            scope == each or self._project.calls_into(scope, each) for each in using
        )

    def _phase(self, side: _Side, twins: Iterable[_Side]) -> Phase:
        """How far a repository without a twin of its own is."""
        calls_into = self._project.calls_into
        if any(calls_into(caller, callee) for twin in twins for caller in twin.rows
               for callee in side.rows):  # fmt: skip
            return "dual-write"
        is_used = any(self._stores.is_used(scope) for scope, rows in side.rows.items() if rows)
        return "database only" if is_used else "infrastructure"

    # tables

    def _store(self, side: _Side, models: frozenset[Kept], phase: Phase) -> Store:
        module, owner = side.module, side.owner
        holding = side.held if models else {}
        known = models or frozenset(model for rows in side.rows.values() for model in rows)
        prefix = f"{module.symbol(owner)}."
        names = sorted(name.removeprefix(prefix) for name in holding)
        return Store(
            name=module.facts.scopes[owner].name if owner else module.name,
            symbol=module.symbol(owner),
            path=module.path,
            line=self._line((module.name, owner)) if owner else 1,
            container=", ".join(f"self.{name}" if owner else name for name in names),
            is_cache=any(self._stores.is_cache(name) for name in holding),
            memory={
                action: tuple(
                    self._use(scope, side)
                    for scope in side.rows
                    if any(scope in each.by.get(action, ()) for each in holding.values())
                )
                for action in ACTIONS
            },
            database={action: tuple(self._in_database(side, known, action)) for action in ACTIONS},
            uncalled=tuple(self._uncalled(side)),
            phase=phase,
        )

    def _in_database(self, side: _Side, models: frozenset[Kept], action: Action) -> Iterator[Use]:
        """The store's own functions that do something to its rows, then those elsewhere."""
        for scope, rows in side.rows.items():
            if any(action in rows.get(model, ()) for model in models):
                yield self._use(scope, side)
        for scope in self._stores.in_database(models).by.get(action, ()) if side.held else ():
            is_own = scope in side.rows
            if not is_own and not any(self._project.calls_into(each, scope) for each in side.rows):
                yield self._use(scope, side)

    def _uncalled(self, side: _Side) -> Iterator[str]:
        if self._is_repository(side.module, side.owner):
            for scope, rows in side.rows.items():
                if rows and not self._stores.is_used(scope):
                    yield side.module.facts.scopes[scope[1]].name

    def _use(self, scope: ScopeId, side: _Side) -> Use:
        facts = self._project.module(scope[0]).facts.scopes[scope[1]]
        name = facts.name if scope in side.rows else facts.qualname.replace("<locals>.", "")
        return Use(name, self._project.path(scope), self._line(scope))

    def _line(self, scope: ScopeId) -> int:
        facts = self._project.module(scope[0]).facts.scopes[scope[1]]
        return line_of(facts.name_at)


def _functions(module: Module, owner: int) -> Iterator[ScopeId]:
    """The methods of a class but for the special ones, or the functions of a module."""
    for number in module.children.get(owner, ()):
        scope = module.facts.scopes[number]
        if scope.kind == "function" and not scope.name.startswith("__"):
            yield module.name, number


def _done_by(actions: Actions, scope: ScopeId) -> Iterator[Action]:
    """What one function does to a container."""
    return (action for action, scopes in actions.by.items() if scope in scopes)
