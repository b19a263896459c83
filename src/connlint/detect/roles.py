"""Decorators in, the ``roles`` globs out: folders and files that are all routes, or all tasks,
because a framework says so. Nothing is read from the names of folders."""

from __future__ import annotations

from collections.abc import Iterator

from connlint.detect.detection import Choice
from connlint.detect.groups import counted
from connlint.detect.sessions import escaped
from connlint.detect.uses import Place, Reading, Uses
from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.catalog.types import EntryKind
from connlint.model.name_parts import callee_of, dotted
from connlint.model.names import Module

_ROLES: dict[EntryKind, str] = {
    "route": "router",
    "websocket": "router",
    "task": "task",
    "scheduled-job": "task",
}
_ENOUGH = 3
"""A single file with fewer registered functions, or with most functions not registered, has no role
as a whole."""
_MOST_FILES = 12
"""More single files than these say nothing that the decorators in them do not."""


class RoleGlobs:
    """Finds the files whose functions frameworks register as routes or tasks."""

    def __init__(self, uses: Uses) -> None:
        self._uses = uses
        self._program = uses.program
        self._plain: dict[str, int] = {}
        catalog = uses.program.catalog
        self._names = frozenset(
            registrar.target.rpartition(".")[2]
            for library in catalog.libraries
            for registrar in library.registrars
            if registrar.decorates and registrar.entry in _ROLES
        )

    def choices(self) -> Iterator[Choice]:
        """A glob for each folder of one role, and the files that stand alone."""
        found: dict[str, dict[str, int]] = {}
        for module in self._uses.modules:
            counts = self._registered(module)
            if len(counts) == 1:
                role, count = counts.popitem()
                found.setdefault(role, {})[module.path] = count
        for role in sorted(found):
            yield from self._globs(role, found[role])

    def _registered(self, module: Module) -> dict[str, int]:
        """How many functions of a module are registered, by role."""
        counts: dict[str, int] = {}
        functions = sum(s.kind == "function" and not s.parent for s in module.facts.scopes)
        for scope in module.facts.scopes:
            for decorator in scope.decorators:
                role = self._role_of(module, scope.parent, decorator)
                if role and scope.kind == "function":
                    counts[role] = counts.get(role, 0) + 1
                    break
        self._plain[module.path] = functions - sum(counts.values())
        return counts

    def _role_of(self, module: Module, scope: int, decorator: f.Expr) -> str:
        text = dotted(callee_of(decorator))
        if text.rpartition(".")[2] not in self._names:
            return ""
        for reading in self._uses.read(Place(module, scope, text)):
            for name in self._registering(reading):
                for registrar in self._program.catalog.registrars_for(name):
                    if registrar.decorates and registrar.entry in _ROLES:
                        return _ROLES[registrar.entry]
        return ""

    def _registering(self, reading: Reading) -> Iterator[str]:
        """The catalogue's names for what a decorator may be: a function, or a method of a type."""
        target, rest = reading.target, reading.rest
        if target.kind == "external" and not rest:
            yield target.module
        elif target.kind == "variable" and len(rest) == 1:
            for value in self._program.variable(target.module, target.name):
                if isinstance(value, v.Obj) and value.type:
                    owner = self._program.class_of(value.type)
                    hierarchy = self._program.hierarchy
                    bases = (value.type,) if owner is None else hierarchy.external_bases(owner)
                    yield from (f"{base}.{rest[0]}" for base in bases)

    def _globs(self, role: str, files: dict[str, int]) -> Iterator[Choice]:
        """Folders in which every file with functions has this role, then single files."""
        left = dict(files)
        folders: dict[str, list[str]] = {}
        for path in files:
            folders.setdefault(path.rpartition("/")[0], []).append(path)
        for folder in sorted(folders):
            members = self._inside(folder)
            if not folder or len(folders[folder]) < 2 or not members <= files.keys():
                continue
            functions = sum(files[path] for path in members)
            yield Choice(
                f"roles.{role}",
                f"{escaped(folder)}/**",
                f"all its files register {role} functions ({functions} in all)",
                "likely",
            )
            for path in members:
                left.pop(path, None)
        single = {path: n for path, n in left.items() if n >= max(_ENOUGH, self._plain[path])}
        if len(single) > _MOST_FILES:
            return
        for path, count in sorted(single.items()):
            reason = f"registers {counted(count, f'{role} function')}"
            yield Choice(f"roles.{role}", escaped(path), reason, "likely")

    def _inside(self, folder: str) -> set[str]:
        """The files with functions in a folder and below it, tests and migrations included."""
        prefix = f"{folder}/"
        return {
            module.path
            for module in self._program.modules.values()
            if module.path.startswith(prefix)
            and any(scope.kind == "function" for scope in module.facts.scopes)
        }
