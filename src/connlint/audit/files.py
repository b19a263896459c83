"""The project, connection points and findings in, what each file is to the database out: how it
gets its connections, how it uses them, and whether it keeps to the standard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from connlint.audit.points import Point, PointKind
from connlint.audit.wording import counted, listed, some
from connlint.findings import Finding
from connlint.model import values as v
from connlint.model.catalog.types import EntryKind
from connlint.model.project import Project

ConnectionType = Literal[
    "main session factory",
    "session configuration",
    "redundant factory",
    "direct session creation",
    "direct factory call",
    "direct driver connection",
    "background-task session",
    "dependency injection",
    "session parameter",
    "provider session",
    "model",
    "migration",
    "none",
]
Group = Literal[
    "core configuration",
    "services",
    "routers",
    "tasks",
    "utilities",
    "scripts",
    "tests",
]

_GROUPS: dict[str, Group] = {
    "owner": "core configuration",
    "model": "core configuration",
    "migration": "core configuration",
    "service": "services",
    "repository": "services",
    "router": "routers",
    "task": "tasks",
    "event": "routers",
    "middleware": "routers",
    "script": "scripts",
    "test": "tests",
}
_CONFIGURING: frozenset[ConnectionType] = frozenset({
    "main session factory", "session configuration", "redundant factory",
})  # fmt: skip
_TASKS: frozenset[EntryKind] = frozenset({"task", "scheduled-job", "thread"})
_NOUNS: dict[PointKind, tuple[str, str]] = {
    "read": ("read", "reads"),
    "write": ("write", "writes"),
    "commit": ("commit", "commits"),
    "flush": ("flush", "flushes"),
}
_MOST_MODELS = 8


class FileRow(msgspec.Struct, frozen=True, kw_only=True):
    """One file. ``findings`` counts those of the run in it, ``codes`` names them; ``usage`` says in
    words what it does with connections."""

    path: str
    role: str
    group: Group
    connection_type: ConnectionType
    usage: str
    points: int
    findings: int
    codes: tuple[str, ...]
    issues: str


def describe_files(
    project: Project, points: Sequence[Point], findings: Sequence[Finding]
) -> tuple[FileRow, ...]:
    """A row for each file that has connection points, findings or models, in order of path."""
    by_path: dict[str, list[Point]] = {}
    for point in points:
        by_path.setdefault(point.path, []).append(point)
    broken: dict[str, list[Finding]] = {}
    for finding in findings:
        broken.setdefault(finding.path, []).append(finding)
    describer = _Describer(project)
    paths = sorted({*by_path, *broken, *describer.given, *describer.models})
    rows = (describer.row(path, by_path.get(path, []), broken.get(path, [])) for path in paths)
    return tuple(row for row in rows if row.points or row.findings or row.connection_type != "none")


class _Describer:
    def __init__(self, project: Project) -> None:
        self._project = project
        modules = project.program.modules.values()
        self._modules = {module.path: module.name for module in modules}
        self.given = self._files_given_sessions()
        self.models = self._files_with_models()
        self._tasks = {
            (entry.module, entry.scope) for entry in project.entry_points if entry.kind in _TASKS
        }

    def _files_given_sessions(self) -> frozenset[str]:
        """Files with functions that take a session as a parameter."""
        found = set()
        program = self._project.program
        for module in program.modules.values():
            for number, scope in enumerate(module.facts.scopes):
                for param in scope.params:
                    held = program.annotations.parameter(module, number, param)
                    if any(
                        program.is_session(value)
                        and isinstance(value, v.Obj)
                        and value.origin is not None
                        and value.origin.kind == "parameter"
                        for value in held
                    ):
                        found.add(module.path)
        return frozenset(found)

    def _files_with_models(self) -> dict[str, list[str]]:
        """The names of the models of each file."""
        found: dict[str, list[str]] = {}
        for owner in self._project.program.hierarchy.classes():
            scope = (owner.module, owner.scope)
            if self._project.roles.is_model(scope):
                facts = self._project.module(owner.module).facts.scopes[owner.scope]
                found.setdefault(self._project.path(scope), []).append(f"`{facts.name}`")
        return found

    def row(self, path: str, points: Sequence[Point], findings: Sequence[Finding]) -> FileRow:
        """What one file is."""
        role = self._role(path, points)
        kind = self._connection_type(path, role, points, findings)
        codes = Counter(finding.code for finding in findings)
        names = {finding.code: finding.name for finding in findings}
        return FileRow(
            path=path, role=role, group=_group(role, kind), connection_type=kind,
            usage=self._usage(path, points), points=len(points), findings=len(findings),
            codes=tuple(sorted(codes)), issues=_issues(codes, names),
        )  # fmt: skip

    def _role(self, path: str, points: Sequence[Point]) -> str:
        """The role of the file, else the one that most of its connection points have."""
        declared = self._project.roles.of_file(path)
        if self._project.roles.is_owner(path):
            return "owner"
        if declared:
            return declared
        roles = Counter(point.place.role for point in points if point.place.role)
        if roles:
            return roles.most_common(1)[0][0]
        return "model" if path in self.models else ""

    def _connection_type(
        self, path: str, role: str, points: Sequence[Point], findings: Sequence[Finding]
    ) -> ConnectionType:
        codes = {finding.code for finding in findings}
        own = {(point.kind, self._is_provider(point)) for point in points}
        if role == "migration":
            return "migration"
        busy = any(point.kind != "import" for point in points)
        if path in self.models and (not busy or role == "model"):
            return "model"
        if role == "owner":
            makes = ("define", True) in own or any(_defines_factory(point) for point in points)
            return "main session factory" if makes else "session configuration"
        if "DBC103" in codes:
            return "redundant factory"
        opening = [p for p in points if p.kind == "acquire" and not p.place.through]
        if any(self._is_driver(point) for point in opening) or "DBC104" in codes:
            return "direct driver connection" if opening else "redundant factory"
        direct = [p for p in opening if not self._is_provider(p) and not _is_injected(p)]
        if direct:
            library = all(self._is_library(point.place.provider) for point in direct)
            return "direct session creation" if library else "direct factory call"
        if any(_is_injected(point) for point in opening):
            return "dependency injection"
        if opening:
            in_task = any(point.place.scope in self._tasks for point in opening)
            return "background-task session" if in_task or role == "task" else "provider session"
        if path in self.given:
            return "session parameter"
        if path in self.models:
            return "model"
        if "DBC102" in codes:
            return "direct factory call"
        configures = any(point.kind == "configure" for point in points)
        return "session configuration" if configures else "none"

    def _is_library(self, dotted: str) -> bool:
        """Whether a dotted name is outside the project."""
        return all(target.kind == "external" for target in self._project.targets(dotted))

    def _is_provider(self, point: Point) -> bool:
        return self._project.is_provider(point.place.provider)

    def _is_driver(self, point: Point) -> bool:
        program = self._project.program
        function = program.catalog.function(point.place.provider)
        returned = program.catalog.type(function.returns) if function is not None else None
        return returned is not None and returned.kind == "connection"

    def _usage(self, path: str, points: Sequence[Point]) -> str:
        """How the file uses connections, in words."""
        parts = []
        entered = [p for p in points if p.kind == "acquire" and not p.place.through]
        opening = [point for point in entered if point.place.session]
        injected = [point for point in opening if _is_injected(point)]
        taken = [p for p in opening if p not in injected and self._is_provider(p)]
        direct = [p for p in opening if p not in injected and p not in taken]
        if injected:
            parts.append(f"{counted(len(injected), 'injected session')}")
        if taken:
            names = sorted({point.place.provider.rpartition(".")[2] for point in taken})
            parts.append(f"{counted(len(taken), 'session')} from {listed(names)}")
        if direct:
            names = sorted({point.place.provider.rpartition(".")[2] for point in direct} - {""})
            parts.append(f"opens {counted(len(direct), 'session')} through {listed(names)}")
        if path in self.given:
            parts.append("works on sessions that it is given")
        handed = [point for point in entered if not point.place.session]
        if handed:
            names = sorted({each.place.provider.rpartition(".")[2] for each in handed})
            parts.append(f"hands on {listed(names)}")
        defined = [point for point in points if point.kind == "define"]
        if defined:
            parts.append(f"defines {listed(_defined(defined))}")
        if models := self.models.get(path):
            noun = "the model" if len(models) == 1 else f"{len(models)} models:"
            parts.append(f"defines {noun} {some(models, _MOST_MODELS)}")
        counts = Counter(point.kind for point in points)
        done = [counted(counts[kind], *nouns) for kind, nouns in _NOUNS.items() if counts[kind]]
        if done:
            parts.append(listed(done))
        if not parts and any(point.kind == "configure" for point in points):
            return "configures connections"
        imported = [point.place.provider for point in points if point.kind == "import"]
        if not parts and imported:
            shown = dict.fromkeys(f"`{name.rpartition('.')[2]}`" for name in imported)
            return f"imports {listed(shown)}"
        return "; ".join(parts) or "no connection of its own"


def _is_injected(point: Point) -> bool:
    """Whether a framework hands in the session."""
    return point.kind == "acquire" and point.place.session.startswith("p:")


def _group(role: str, kind: ConnectionType) -> Group:
    """The part of the application: by role, what configures connections by that."""
    if kind in _CONFIGURING and role in ("", "owner", "model"):
        return "core configuration"
    return _GROUPS.get(role, "utilities")


def _defined(points: Sequence[Point]) -> list[str]:
    """What definitions define, by the names that the source gives it."""
    found = []
    for point in points:
        text = point.place.call
        name, assigned, _ = text.partition(" = ")
        if not assigned:
            word, _, rest = text.partition(" ")
            name = rest.partition("(")[0] if word in ("def", "class") else ""
        around = point.place.symbol.rpartition(".")[2]
        made = point.place.provider.rpartition(".")[2]
        found.append(f"`{name}`" if name else f"what `{around}` makes with `{made}`")
    return list(dict.fromkeys(found))


def _defines_factory(point: Point) -> bool:
    return point.kind == "define" and "sessionmaker" in point.place.provider


def _issues(codes: Mapping[str, int], names: Mapping[str, str]) -> str:
    """``2 × commit-in-loop (DBC302)``."""
    return ", ".join(
        f"{f'{count} × ' if count > 1 else ''}{names[code]} ({code})"
        for code, count in sorted(codes.items())
    )
