"""DBC103: a second session factory or provider is defined outside the owners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.model import values as v
from connlint.rules.base import Rule
from connlint.rules.evidence import instead, may_make_sessions, suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


_HANDED_OUT = frozenset({"session", "connection", "cursor"})


class RedundantSessionFactory(Rule):
    """Session factories and functions that hand out sessions of their own, outside the owners."""

    code = "DBC103"
    severity = "error"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for scope, operation in project.operations():
            if (
                operation.own
                and operation.effect.kind == "define-factory"
                and not may_make_sessions(project, scope)
            ):
                name = operation.effect.provider
                yield suspect(
                    project, self.code, scope, operation.at, operation.end, shape="call",
                    message=f"defines another session factory with {name}; {instead(project)}",
                    matched=name, priority="high",
                )  # fmt: skip
        for scope, _ in project.runs():
            if not may_make_sessions(project, scope) and _hands_out_own_session(project, scope):
                facts = project.module(scope[0]).facts.scopes[scope[1]]
                yield suspect(
                    project, self.code, scope, facts.at, facts.end, shape="def",
                    message=f"{facts.qualname} hands out sessions of its own; {instead(project)}",
                    matched=project.symbol(scope), priority="high",
                )  # fmt: skip


def _hands_out_own_session(project: Project, scope: ScopeId) -> bool:
    facts = project.module(scope[0]).facts.scopes[scope[1]]
    if facts.kind != "function" or project.is_provider(project.symbol(scope)):
        return False
    return any(
        isinstance(value, v.Obj)
        and value.id.startswith("s:")
        and project.program.kind(value) in _HANDED_OUT
        and value.origin is not None
        and value.origin.kind in ("factory", "constructor")
        for value in project.engine.provided_by_scope(scope)
    )
