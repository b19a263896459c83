"""DBC101: a session is opened by something that is no provider of the standard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import calls_in
from connlint.model.mentions import Mentions
from connlint.rules.base import Rule
from connlint.rules.evidence import instead, may_make_sessions, suspect
from connlint.rules.sessions.replaced import mindful
from connlint.rules.sessions.replacement import dependency_intent, provider_intent

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_REACHED_BY_ROUTES = frozenset({"router", "service", "repository"})


class ForbiddenSessionFactory(Rule):
    """Calls of forbidden and other session factories, and references to them that are handed on."""

    code = "DBC101"
    severity = "error"
    fixes = ("safe", "unsafe")

    def suspects(self, project: Project) -> Iterator[Suspect]:
        seen: set[tuple[str, int]] = set()
        for found in (*self._calls(project), *self._opened(project), *self._handed_on(project)):
            key = (found.path, found.span.line)
            if key not in seen:
                seen.add(key)
                yield found

    def _calls(self, project: Project) -> Iterator[Suspect]:
        """Calls of project functions that the standard forbids."""
        for scope, run in project.runs():
            if may_make_sessions(project, scope):
                continue
            for at, end, callee in run.calls:
                name = project.symbol(callee)
                if project.is_forbidden(name) and callee[0] != scope[0]:
                    yield self._suspect(project, scope, at, end, name, None)

    def _opened(self, project: Project) -> Iterator[Suspect]:
        """Sessions taken straight from a factory, a session class or an engine."""
        for scope, operation in project.operations():
            if not operation.own or operation.effect.kind != "acquire":
                continue
            if may_make_sessions(project, scope):
                continue
            name = _factory_name(project, operation)
            if not project.is_forbidden(name) and not _has_another_way(project, scope):
                continue
            if name and not _made_here(project, scope, operation, name):
                yield self._suspect(project, scope, operation.at, operation.end, name, operation)

    def _handed_on(self, project: Project) -> Iterator[Suspect]:
        def wanted(value: v.Value) -> str:
            return _forbidden_name(project, value)

        for mention in Mentions(project.program, project.engine.relevance, wanted).handed_on():
            scope = (mention.module.name, mention.scope)
            if may_make_sessions(project, scope) or _defined_in(project, mention.name) == scope[0]:
                continue
            injected = mention.is_injected
            intent = dependency_intent(project, scope, mention.name) if injected else None
            yield suspect(
                project, self.code, scope, mention.at, mention.end, shape="name",
                message=f"{mention.name} is handed on to open sessions; {instead(project)}",
                matched=mention.name, priority="high",
                intent=mindful(project, scope, mention.at, mention.name, intent),
            )  # fmt: skip

    def _suspect(
        self,
        project: Project,
        scope: ScopeId,
        at: int,
        end: int,
        name: str,
        operation: Operation | None,
    ) -> Suspect:
        return suspect(
            project, self.code, scope, at, end, shape="call",
            message=f"session opened through {name}; {instead(project)}",
            matched=name, priority="high",
            intent=mindful(
                project, scope, at, name, provider_intent(project, scope, operation)
            ),
        )  # fmt: skip


def _factory_name(project: Project, operation: Operation) -> str:
    """The factory behind an acquisition that this rule judges, or nothing."""
    name = operation.effect.provider
    if project.is_forbidden(name):
        return name
    origin = operation.origin
    if origin is None:
        return ""
    kind = project.acquired_kind(operation)
    return name if kind == "session" else ""


def _has_another_way(project: Project, scope: ScopeId) -> bool:
    """Whether the standard has a way to a session that a function can take: what is only injected
    into routes is none for scripts, tasks and commands."""
    sessions = project.standard.sessions
    if sessions.providers or sessions.task_providers or not sessions.dependencies:
        return True
    routes = [entry for entry in project.entry_points_of(scope) if entry.kind == "route"]
    if routes:
        return any(_is_injected_into(project, entry.module) for entry in routes)
    return project.role(scope) in _REACHED_BY_ROUTES


def _is_injected_into(project: Project, module: str) -> bool:
    """Whether the routes of a module are those of the framework that injects dependencies: a plain
    Starlette application has none."""
    imports = project.module(module).facts.imports
    return any(each.module.partition(".")[0] == "fastapi" for each in imports)


def _made_here(project: Project, scope: ScopeId, operation: Operation, name: str) -> bool:
    """Whether something else is the finding: the factory's definition in this very module, or the
    place that handed it on to a parameter or an attribute."""
    if project.is_provider(name) or operation.effect.source.startswith(("p:", "a:")):
        return True
    if _is_parameter(project, scope, operation):
        return True
    return _defined_in(project, name) == scope[0] or project.is_local_factory(scope, operation)


def _is_parameter(project: Project, scope: ScopeId, operation: Operation) -> bool:
    """Whether what is called is a parameter: callers, and its default, decide what that is."""
    module = project.module(scope[0])
    params = {param.name for param in module.facts.scopes[scope[1]].params}
    return any(
        isinstance(call.func, f.Name) and call.func.id in params
        for call in calls_in(module.body(scope[1]))
        if (call.at, call.end) == (operation.at, operation.end)
    )


def _defined_in(project: Project, dotted: str) -> str:
    """The module that defines a dotted name of the project."""
    module = dotted.rpartition(".")[0]
    while module and module not in project.program.modules:
        module = module.rpartition(".")[0]
    return module


def _forbidden_name(project: Project, value: v.Value) -> str:
    name = project.program.callable_name(value)
    if not name or project.is_provider(name):
        return ""
    if project.is_forbidden(name):
        return name
    if project.program.kind(value) == "session-factory":
        return name
    return ""
