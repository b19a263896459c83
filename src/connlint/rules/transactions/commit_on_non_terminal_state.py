"""DBC201: a commit, or a call of a persist function, while every known state is transient."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from connlint.rules.base import Rule
from connlint.rules.evidence import suspect, trace_to
from connlint.rules.transactions.transient_commit import removal

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


class CommitOnNonTerminalState(Rule):
    """Commits and persist calls on paths where no known state deserves the database."""

    code = "DBC201"
    severity = "error"
    fixes = ("unsafe",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        if not project.engine.vocabulary.enabled:
            return
        exempt = {*project.standard.states.exempt_roles, "test"}
        seen: set[tuple[str, int]] = set()
        for scope, operation in project.operations():
            if not _is_transient(project, operation) or project.role(scope) in exempt:
                continue
            if not operation.own and _decided_below(project, operation):
                continue
            key = (scope[0], operation.at)
            if key not in seen:
                seen.add(key)
                yield self._suspect(project, scope, operation)

    def _suspect(self, project: Project, scope: ScopeId, operation: Operation) -> Suspect:
        effect = operation.effect
        states = ", ".join(sorted(str(state) for state in effect.states))
        what = "persist call" if effect.kind == "persist" else "commit"
        persist = ", ".join(project.standard.states.persist) or "a declared state"
        return suspect(
            project, self.code, scope, operation.at, operation.end,
            message=f"{what} while the state is still {states}; persist only on {persist}",
            matched=f"{effect.kind}:{states}", priority="high",
            trace=trace_to(project, operation),
            intent=removal(project, scope, operation, partial(_is_transient, project)),
        )  # fmt: skip


def _is_transient(project: Project, operation: Operation) -> bool:
    """Whether a commit (of something written) or persist call has transient states only."""
    effect = operation.effect
    if effect.ends_write:
        if not effect.writes or effect.persists:
            return False
    elif effect.kind != "persist":
        return False
    vocabulary = project.engine.vocabulary
    return bool(effect.states) and all(vocabulary.is_transient(state) for state in effect.states)


def _decided_below(project: Project, operation: Operation) -> bool:
    """Whether the callee alone already decides the state: then the finding is there."""
    step = operation.effect.chain[1]
    run = project.run((step.module, step.scope))
    place = operation.effect.place
    return any(
        each.at == step.at and each.effect.place == place and _is_transient(project, each)
        for each in run.operations
    )
