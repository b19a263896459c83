"""DBC202: a service or repository begins or ends a transaction on a session that it was given."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model.enclosing import frames_around
from connlint.model.expressions import descend
from connlint.model.given import is_given
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect
from connlint.rules.transactions.left_to_caller import leaving

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_ROLES = frozenset({"service", "repository"})
_WORDS = {"begin": "begins a transaction on", "commit": "commits", "rollback": "rolls back"}


class ServiceManagesTransaction(Rule):
    """Transactions of the caller's session that a service or repository begins or ends."""

    code = "DBC202"
    severity = "warning"
    fixes = ("unsafe",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        nested = {(each.place.module, each.place.at) for each in project.nestings}
        for scope, run in project.runs():
            if project.role(scope) not in _ROLES or project.may_end_transactions(scope):
                continue
            seen: set[int] = set()
            for operation in run.operations:
                if operation.at in seen or (scope[0], operation.at) in nested:
                    continue
                if _manages(project, scope, operation) and not _is_asked(project, scope, operation):
                    seen.add(operation.at)
                    yield self._suspect(project, scope, operation)

    def _suspect(self, project: Project, scope: ScopeId, operation: Operation) -> Suspect:
        kind = operation.effect.kind
        role = project.role(scope)
        return suspect(
            project, self.code, scope, operation.at, operation.end,
            message=f"a {role} {_WORDS[kind]} the session that it was given; "
            "leave the transaction to the caller",
            matched=f"{kind}:{operation.effect.chain[-1].text}",
            intent=leaving(project, scope, operation, partial(_stays, project)),
        )  # fmt: skip


def _stays(project: Project, operation: Operation) -> bool:
    """Whether a commit is none of those that this rule takes from services."""
    last = operation.effect.chain[-1]
    scope = (last.module, last.scope)
    if project.role(scope) not in _ROLES or project.may_end_transactions(scope):
        return True
    return operation.own and not is_given(project.engine, scope, operation)


def _manages(project: Project, scope: ScopeId, operation: Operation) -> bool:
    """Whether the function itself begins or ends a transaction on a session of its caller's."""
    if not operation.own or operation.effect.kind not in _WORDS or operation.effect.joins:
        return False
    if not is_given(project.engine, scope, operation):
        return False
    # One that is opened where none was given may be what is meant.
    return not any(
        (other.at, other.end) == (operation.at, operation.end)
        and other.effect.kind == operation.effect.kind
        and not is_given(project.engine, scope, other)
        for other in project.run(scope).operations
    )


def _is_asked(project: Project, scope: ScopeId, operation: Operation) -> bool:
    """Whether a parameter decides: then the caller does (``if commit: session.commit()``)."""
    module = project.module(scope[0])
    names = {param.name for param in module.facts.scopes[scope[1]].params}
    for frame in frames_around(module.body(scope[1]), operation.at):
        if not isinstance(frame.owner, f.If):
            continue
        for branch in frame.owner.branches:
            test = branch.test.value if isinstance(branch.test, f.Not) else branch.test
            if isinstance(test, f.Name) and test.id in names:
                return True
            if isinstance(test, f.BoolOp) and any(
                isinstance(part, f.Name) and part.id in names for part in descend(test)
            ):
                return True
    return False
