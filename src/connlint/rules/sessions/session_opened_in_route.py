"""DBC105: a route handler opens its own session although one could be injected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.rules.base import Rule
from connlint.rules.evidence import EXEMPT_ROLES, suspect
from connlint.rules.sessions.injection import injection_intent
from connlint.rules.sessions.openings import given_sessions, opener_of, own_openings

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import Operation
    from connlint.model.entry_points import EntryPoint
    from connlint.model.project import Project


class SessionOpenedInRoute(Rule):
    """Sessions that handlers of HTTP routes open themselves, where a dependency provides one."""

    code = "DBC105"
    severity = "warning"
    fixes = ("unsafe",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        dependency = next(iter(project.standard.sessions.dependencies), "")
        if not dependency:
            return
        seen: set[tuple[str, int]] = set()
        for entry in project.entry_points:
            if entry.kind != "route" or (entry.module, entry.scope) in seen:
                continue
            seen.add((entry.module, entry.scope))
            yield from self._opened_in(project, entry, dependency)

    def _opened_in(self, project: Project, entry: EntryPoint, dependency: str) -> Iterator[Suspect]:
        scope = (entry.module, entry.scope)
        if project.role(scope) in EXEMPT_ROLES or given_sessions(project, scope):
            return
        if project.streaming.answers_with_stream(scope):
            return
        for operation in own_openings(project, scope):
            if not project.is_driver_connect(operation):
                yield self._suspect(project, entry, operation, dependency)

    def _suspect(
        self, project: Project, entry: EntryPoint, operation: Operation, dependency: str
    ) -> Suspect:
        scope = (entry.module, entry.scope)
        name = opener_of(operation)
        return suspect(
            project, self.code, scope, operation.at, operation.end,
            message=f"route {entry.name} opens its own session with {name}; "
            f"take one as a parameter, from {dependency}",
            # Not what opens it: that changes with the fix of another rule.
            matched=dependency,
            intent=injection_intent(project, scope, operation),
        )  # fmt: skip
