"""Functions in, roles out: what part a function plays in the application.

The registration of a function as a task or handler wins over the globs of the standard, a more
specific glob over a less specific one, and globs over what the code itself shows. ``service`` and
``repository`` come from globs alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from connlint.config.globs import matches
from connlint.config.roles import declared_role
from connlint.model.catalog.types import EntryKind
from connlint.model.classes import ClassId
from connlint.model.entry_points import EntryPoint
from connlint.model.names import Module, ScopeId
from connlint.model.program import Program

_OF_ENTRY: dict[EntryKind, str] = {
    "task": "task",
    "scheduled-job": "task",
    "thread": "task",
    "socket-event": "event",
    "websocket": "event",
    "message-consumer": "event",
    "orm-event": "event",
    "signal": "event",
    "log-handler": "event",
    "progress-callback": "event",
    "event-handler": "event",
    "middleware": "middleware",
    "request-hook": "middleware",
    "route": "router",
    "cli": "script",
}
_FIRM = frozenset({"task", "event", "middleware"})
_TEST = re.compile(r"(^|/)(tests?/|conftest\.py$|test_[^/]*\.py$|[^/]*_tests?\.py$)")
_MIGRATION = re.compile(r"(^|/)(alembic|migrations?)/")
_MODELS = frozenset(
    {
        "sqlalchemy.orm.DeclarativeBase",
        "sqlmodel.SQLModel",
        "flask_sqlalchemy.model.Model",
        "sqlalchemy.orm.declarative_base()",
    }
)


class Roles:
    """Roles of scopes, remembered."""

    def __init__(self, program: Program, entries: Iterable[EntryPoint]) -> None:
        self._program = program
        self._entries: dict[ScopeId, list[EntryPoint]] = {}
        for entry in entries:
            self._entries.setdefault((entry.module, entry.scope), []).append(entry)
        self._files: dict[str, str] = {}
        self._derived: dict[str, str] = {}

    def of(self, scope: ScopeId) -> str:
        """The role of a function, or empty when nothing shows it."""
        module = self._program.modules[scope[0]]
        registered = [_OF_ENTRY.get(entry.kind, "") for entry in self._entries.get(scope, ())]
        firm = next((role for role in registered if role in _FIRM), "")
        declared = self.declared(module.path)
        if firm and self._file(module) not in ("test", "migration"):
            return firm
        if declared:
            return declared
        own = self._file(module)
        if own:
            return own
        return next((role for role in registered if role), "") or self._model(module, scope[1])

    def declared(self, path: str) -> str:
        """The role that the most specific glob of the standard gives to a file."""
        return declared_role(self._program.standard.roles, path) or ""

    def of_file(self, path: str) -> str:
        """The role that a file as a whole plays: by glob, else by what it is."""
        declared = self.declared(path)
        if declared:
            return declared
        module = next((each for each in self._program.modules.values() if each.path == path), None)
        return self._file(module) if module is not None else ""

    def is_owner(self, path: str) -> bool:
        """Whether a module may define providers, factories and engines."""
        return any(matches(pattern, path) for pattern in self._program.standard.sessions.owners)

    def _file(self, module: Module) -> str:
        known = self._files.get(module.path)
        if known is None:
            known = self._files[module.path] = self._read(module)
        return known

    def _read(self, module: Module) -> str:
        if _TEST.search(module.path):
            return "test"
        imports = {item.module for item in module.facts.imports} | {
            f"{item.module}.{item.attr}" for item in module.facts.imports
        }
        if "alembic.op" in imports or (
            _MIGRATION.search(module.path) and "revision" in module.facts.definitions
        ):
            return "migration"
        if _MIGRATION.search(module.path) and "alembic.context" in imports:
            return "migration"
        if self.is_owner(module.path):
            return "owner"
        return ""

    def is_model(self, scope: ScopeId) -> bool:
        """Whether a scope is, or stands in, a class that maps a table."""
        return bool(self._model(self._program.modules[scope[0]], scope[1]))

    def _model(self, module: Module, scope: int) -> str:
        number = scope
        scopes = module.facts.scopes
        while number and scopes[number].kind != "class":
            number = scopes[number].parent
        if number:
            bases = self._program.hierarchy.external_bases(ClassId(module.name, number))
            if any(base in _MODELS or base.endswith(".declarative_base()") for base in bases):
                return "model"
        return ""
