"""DBC114: a second session is opened while another one of the same database is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.rules.base import Rule
from connlint.rules.evidence import shape_at, suspect
from connlint.rules.sessions.openings import line_of, opener_of, openers, step

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import Operation
    from connlint.model.lifetimes.noticed import Nested
    from connlint.model.project import Project
    from connlint.model.relevance import ScopeId


class NestedSession(Rule):
    """Sessions opened, here or through a call, on a way on which one is open already."""

    code = "DBC114"
    severity = "warning"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        found: dict[tuple[str, int], tuple[ScopeId, Nested]] = {}
        for scope in openers(project):
            for nested in project.lives.of(scope).nested:
                if _counts(project, nested):
                    last = nested.inner.effect.chain[-1]
                    found.setdefault((last.module, last.at), (scope, nested))
        for scope, nested in found.values():
            yield self._suspect(project, scope, nested)

    def _suspect(self, project: Project, scope: ScopeId, nested: Nested) -> Suspect:
        inner, outer = nested.inner, nested.outer
        last = inner.effect.chain[-1]
        place = (last.module, last.scope)
        around = f"{project.path(scope)}:{line_of(outer.at)}"
        through = "" if place == scope else f", called from {project.symbol(scope)}"
        return suspect(
            project, self.code, place, last.at, last.end,
            shape=shape_at(project, place, last.at, last.end),
            message=f"opens another session while the one of {around} is open{through}; "
            "pass that one on, or open this one after it is closed",
            matched=inner.effect.provider,
            trace=(
                step(project, scope, outer.at, f"opens a session: {opener_of(outer)}"),
                *project.trace(inner.effect),
            ),
        )  # fmt: skip


def _counts(project: Project, nested: Nested) -> bool:
    """Whether both are sessions of one database, and the inner one no way out of an error."""
    inner, outer = nested.inner, nested.outer
    if inner.in_handler and not outer.in_handler:
        return False
    if project.is_driver_connect(inner) or project.is_driver_connect(outer):
        return False
    return bool(_sources(project, inner) & _sources(project, outer))


def _sources(project: Project, operation: Operation) -> set[str]:
    """What the session comes from: a factory of the project, and the functions that hand it out."""
    names = {project.symbol((each.module, each.scope)) for each in operation.effect.chain[1:]}
    provider = operation.effect.provider
    if provider and provider not in project.program.catalog.functions:
        names.add(provider)
    return names
