"""The project in, its stores out: what each of them keeps in memory, what it keeps in the database,
and how far the move from one to the other has come.

A store is a repository, or a class that changes the same thing in a dictionary of its own and in
the database. What a method does to rows is read from what it, and everything that it calls, adds,
reads, updates and deletes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec

from connlint.audit.content import Contents, Touch
from connlint.audit.memory import Action, MemoryUses, memory_uses
from connlint.location import unpack
from connlint.model.classes import ClassId
from connlint.model.effects import Operation
from connlint.model.project import Project
from connlint.model.relevance import ScopeId

Phase = Literal["infrastructure", "dual-write", "database only"]

ACTIONS: tuple[Action, ...] = ("create", "read", "update", "delete")
_CHANGES = frozenset({"create", "update", "delete"})
_OF_VERB: dict[str, Action] = {
    "adds": "create",
    "reads": "read",
    "updates": "update",
    "sets": "update",
    "counts up": "update",
    "counts down": "update",
    "deletes": "delete",
}
_FIELDS = frozenset({"sets", "counts up", "counts down"})
_OF_METHOD: dict[Action, frozenset[str]] = {
    "create": frozenset({"add", "add_all", "merge", "bulk_save_objects", "bulk_insert_mappings"}),
    "update": frozenset({"update", "bulk_update_mappings"}),
    "delete": frozenset({"delete"}),
}


class Use(msgspec.Struct, frozen=True):
    """A method that does something to a store, and where."""

    method: str
    path: str
    line: int


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """One store or repository. ``container`` is the attribute that holds things in memory (empty:
    none). ``memory`` and ``database`` say which methods do what on either side; ``uncalled`` are
    methods of a repository that nothing calls."""

    name: str
    symbol: str
    path: str
    line: int
    container: str
    memory: dict[Action, tuple[Use, ...]]
    database: dict[Action, tuple[Use, ...]]
    uncalled: tuple[str, ...]
    phase: Phase

    @property
    def missing(self) -> tuple[Action, ...]:
        """What still happens in memory alone."""
        return tuple(each for each in ACTIONS if self.memory[each] and not self.database[each])


class _RowAction(NamedTuple):
    """One thing done to rows, with the models that the function at work there touches."""

    action: Action
    models: frozenset[str]


def find_stores(project: Project) -> tuple[Store, ...]:
    """All stores and repositories, in order of place."""
    finder = _Finder(project)
    found: dict[ClassId, Store] = {}
    for owner in project.program.hierarchy.classes():
        if store := finder.store(owner):
            found[owner] = store
    twins = [owner for owner, store in found.items() if store.container]
    stores = [
        msgspec.structs.replace(store, phase="dual-write")
        if not store.container and any(finder.uses(twin, owner) for twin in twins)
        else store
        for owner, store in found.items()
    ]
    return tuple(sorted(stores, key=lambda store: (store.path, store.line)))


class _Finder:
    def __init__(self, project: Project) -> None:
        self._project = project
        self._contents = Contents(project)
        self._called = {callee for callees in project.callees.values() for callee in callees}

    def uses(self, owner: ClassId, other: ClassId) -> bool:
        """Whether methods of one class call methods of another one, directly or through calls."""
        return any(
            self._project.calls_into(caller, callee)
            for _, caller in self._methods(owner)
            for _, callee in self._methods(other)
        )

    def store(self, owner: ClassId) -> Store | None:
        """The store that a class is, or ``None``."""
        module = self._project.module(owner.module)
        methods = list(self._methods(owner))
        rows = {scope: tuple(self._rows(owner, scope)) for _, scope in methods}
        if not any(rows.values()):
            return None
        uses = memory_uses(self._project, owner)
        models = _twin_models(uses, rows)
        is_repository = self._project.roles.of_file(module.path) == "repository"
        if models is None and not is_repository:
            return None
        memory = {action: [n for n, s in methods if action in uses.of(s)] for action in ACTIONS}
        if models is None:
            memory = {action: [] for action in ACTIONS}
        database = {
            action: [name for name, scope in methods if action in _done(rows[scope], models)]
            for action in ACTIONS
        }
        lines = {name: self._line(scope) for name, scope in methods}

        def listed(table: dict[Action, list[str]]) -> dict[Action, tuple[Use, ...]]:
            return {
                action: tuple(Use(name, module.path, lines[name]) for name in names)
                for action, names in table.items()
            }

        uncalled = [n for n, s in methods if is_repository and rows[s] and s not in self._called]
        idle = is_repository and len(uncalled) == len([s for _, s in methods if rows[s]])
        return Store(
            name=module.facts.scopes[owner.scope].name,
            symbol=module.symbol(owner.scope),
            path=module.path,
            line=self._line((module.name, owner.scope)),
            container=uses.container if models is not None else "",
            memory=listed(memory),
            database=listed(database),
            uncalled=tuple(uncalled),
            phase="dual-write" if models is not None else _phase_without_twin(idle),
        )

    def _methods(self, owner: ClassId) -> Iterator[tuple[str, ScopeId]]:
        module = self._project.module(owner.module)
        for number in module.children.get(owner.scope, ()):
            scope = module.facts.scopes[number]
            if scope.kind == "function" and not scope.name.startswith("__"):
                yield scope.name, (module.name, number)

    def _line(self, scope: ScopeId) -> int:
        facts = self._project.module(scope[0]).facts.scopes[scope[1]]
        return unpack(facts.name_at)[0]

    def _rows(self, owner: ClassId, scope: ScopeId) -> Iterator[_RowAction]:
        """What a method does to rows, but for what other methods of the class do for it."""
        siblings = {each for _, each in self._methods(owner)}
        for operation in self._project.run(scope).operations:
            chain = operation.effect.chain
            if len(chain) > 1 and (chain[1].module, chain[1].scope) in siblings - {scope}:
                continue
            last = chain[-1]
            touches = self._contents.of((last.module, last.scope))
            models = frozenset(each.name for each in touches if each.verb not in _FIELDS)
            for action in _actions(operation, touches):
                yield _RowAction(action, models)


def _actions(operation: Operation, touches: Iterable[Touch]) -> Iterator[Action]:
    """What one operation, here or in a callee, does to rows."""
    effect = operation.effect
    if effect.kind == "read":
        yield "read"
    elif effect.kind in ("commit", "flush"):
        yield from (_OF_VERB[touch.verb] for touch in touches if touch.verb in _FIELDS)
    elif effect.kind in ("write", "execute"):
        last = effect.chain[-1]
        method = last.text.rpartition(".")[2]
        named = next((action for action, words in _OF_METHOD.items() if method in words), None)
        if named is not None:
            yield named
            return
        line = unpack(last.at)[0]
        for touch in touches:
            if touch.line == line and touch.verb != "reads":
                yield _OF_VERB[touch.verb]


def _twin_models(
    uses: MemoryUses, rows: dict[ScopeId, tuple[_RowAction, ...]]
) -> frozenset[str] | None:
    """The models of the rows that have a twin in memory: a method changes both in the same way.

    ``None`` when there is no twin.
    """
    found: set[str] = set()
    is_twin = False
    for scope, actions in rows.items():
        both = set(uses.of(scope)) & _CHANGES
        for row in actions:
            if row.action in both:
                is_twin = True
                found |= row.models
    return frozenset(found) if is_twin else None


def _done(rows: Iterable[_RowAction], models: frozenset[str] | None) -> frozenset[Action]:
    """What is done to rows of ``models`` (all: ``None``); looking before a change is no reading."""
    found = {row.action for row in rows if not models or not row.models or row.models & models}
    return frozenset(found & _CHANGES or found)


def _phase_without_twin(is_idle: bool) -> Phase:
    return "infrastructure" if is_idle else "database only"
