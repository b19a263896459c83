"""The project in, the places that create tables while the application is at work out.

Creating the schema belongs to start-up, to migrations and to tests. A function that does nothing
else is judged by who calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model.catalog.types import EntryKind
from connlint.model.engine import FunctionRun
from connlint.model.entry_points import EntryPoint
from connlint.model.expressions import calls_in
from connlint.model.names import ScopeId
from connlint.model.program import Program
from connlint.model.roles import Roles

CREATING = frozenset({"sqlalchemy.MetaData.create_all", "flask_sqlalchemy.SQLAlchemy.create_all"})

_AT_WORK: frozenset[EntryKind] = frozenset({
    "route", "websocket", "socket-event", "message-consumer", "task", "scheduled-job",
    "middleware", "request-hook", "log-handler", "orm-event", "progress-callback", "event-handler",
})  # fmt: skip
_ROLES_AT_WORK = frozenset({"router", "task", "event", "middleware"})
_ALLOWED = frozenset({"test", "migration", "script"})
_TRAFFIC = frozenset({"read", "write", "execute", "flush", "commit"})
_MAX_DEPTH = 6


class Creation(NamedTuple):
    """A call that creates the schema, itself or through ``callee``."""

    scope: ScopeId
    at: int
    end: int
    callee: ScopeId | None


class SchemaCreation(NamedTuple):
    """What has to be known of a project to find them."""

    program: Program
    roles: Roles
    runs: dict[ScopeId, FunctionRun]
    entry_points_of: Callable[[ScopeId], tuple[EntryPoint, ...]]

    def at_work(self) -> Iterator[Creation]:
        """The creations outside start-up, migrations and tests."""
        callers = self._callers()
        seen: set[tuple[ScopeId, int]] = set()
        work = [(each, 0) for each in self._own()]
        while work:
            creation, depth = work.pop(0)
            key = (creation.scope, creation.at)
            if key in seen or depth > _MAX_DEPTH or self._is_allowed(creation.scope):
                continue
            seen.add(key)
            if self._is_for_it_alone(creation.scope) and not self._is_started(creation.scope):
                work.extend(
                    (Creation(caller, at, end, creation.scope), depth + 1)
                    for caller, at, end in callers.get(creation.scope, ())
                )
            elif self._is_at_work(creation.scope):
                yield creation

    def _own(self) -> Iterator[Creation]:
        for module in self.program.modules.values():
            for number, scope in enumerate(module.facts.scopes):
                if any(called.endswith("create_all") for called in scope.called):
                    for call in calls_in(module.body(number)):
                        if self._creates(module.name, number, call):
                            yield Creation((module.name, number), call.at, call.end, None)

    def _creates(self, module: str, scope: int, call: f.Call) -> bool:
        """Whether a call is ``create_all(...)``, or hands it on: ``run_sync(create_all)``."""
        return any(
            self.program.callable_name(value) in CREATING
            for node in (call.func, *call.args)
            if isinstance(node, (f.Attr, f.Name))
            for value in self.program.static(self.program.modules[module], scope, node)
        )

    def _callers(self) -> dict[ScopeId, list[tuple[ScopeId, int, int]]]:
        found: dict[ScopeId, list[tuple[ScopeId, int, int]]] = {}
        for scope, run in self.runs.items():
            for at, end, callee in run.calls:
                found.setdefault(callee, []).append((scope, at, end))
        return found

    def _is_allowed(self, scope: ScopeId) -> bool:
        facts = self.program.modules[scope[0]].facts.scopes[scope[1]]
        if facts.kind in ("module", "class") or self.roles.of(scope) in _ALLOWED:
            return True
        entries = self.entry_points_of(scope)
        return bool(entries) and any(entry.kind not in _AT_WORK for entry in entries)

    def _is_for_it_alone(self, scope: ScopeId) -> bool:
        """Whether a function has no other business with the database."""
        path = self.program.modules[scope[0]].path
        run = self.runs.get(scope)
        return (
            self.roles.is_owner(path)
            or run is None
            or not any(each.effect.kind in _TRAFFIC for each in run.operations)
        )

    def _is_started(self, scope: ScopeId) -> bool:
        """Whether a function is an entry point itself, whoever else calls it."""
        return any((each.module, each.scope) == scope for each in self.entry_points_of(scope))

    def _is_at_work(self, scope: ScopeId) -> bool:
        return self.roles.of(scope) in _ROLES_AT_WORK or bool(self.entry_points_of(scope))
