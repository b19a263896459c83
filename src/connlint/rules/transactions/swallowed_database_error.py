"""DBC207: a broad ``except`` around a write lets the failure pass without a sign."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.rules.base import Rule
from connlint.rules.evidence import suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import Operation
    from connlint.model.engine import FunctionRun
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


_MAX_CALLS = 2
"""How many calls may lie between the ``try`` and the write."""


class SwallowedDatabaseError(Rule):
    """Clauses that catch most failures of a write and show nobody that there was one."""

    code = "DBC207"
    severity = "warning"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        # A log handler that raised would log again, and again.
        handlers = {(e.module, e.scope) for e in project.entry_points if e.kind == "log-handler"}
        for scope, run in project.runs():
            if project.role(scope) == "test" or scope in handlers:
                continue
            for at, writes in _tried_writes(project, scope, run).items():
                found = self._judge(project, scope, at, writes)
                if found is not None:
                    yield found

    def _judge(
        self, project: Project, scope: ScopeId, at: int, writes: list[Operation]
    ) -> Suspect | None:
        node = project.failures.statement(scope, at)
        handler = project.failures.ending(scope, at)
        if node is None or handler is None or project.signals.is_signalled(scope, node, handler):
            return None
        first = min(writes, key=lambda each: (each.at, len(each.effect.chain)))
        what = first.effect.chain[0].text
        return suspect(
            project, self.code, scope, handler.at, handler.end, shape="except",
            message=f"a failure of {what} ends here and nobody is told: raise it again, or return "
            "or store that it failed",
            matched=what, trace=project.trace(first.effect),
        )  # fmt: skip


def _tried_writes(project: Project, scope: ScopeId, run: FunctionRun) -> dict[int, list[Operation]]:
    """Writes by the ``try`` around them in whose clause a failure of the database ends."""
    writes: dict[int, list[Operation]] = {}
    ends: set[int] = set()
    for operation in run.operations:
        if not operation.tries:
            continue
        if _is_write(scope, run, operation):
            for at in operation.tries:
                writes.setdefault(at, []).append(operation)
        if operation.effect.kind == "acquire" or project.failures.can_fail(operation.effect):
            end = project.failures.ends_in(scope, operation)
            if end is not None:
                ends.add(end)
    return {at: found for at, found in writes.items() if at in ends}


def _is_write(scope: ScopeId, run: FunctionRun, operation: Operation) -> bool:
    """Whether this writes for certain, and near enough for the clause to be about it.

    A block that commits when it is left may have had nothing to write. Who commits a session that
    comes from outside, and does nothing else with it before, commits what somebody else wrote.
    """
    effect = operation.effect
    if len(effect.chain) > _MAX_CALLS + 1:
        return False
    if effect.kind == "commit" and not effect.implicit and not operation.leaving:
        is_own = effect.session.startswith(f"s:{scope[0]}:{scope[1]}:")
        is_first = all(
            each.at >= operation.at or each.effect.session != effect.session
            for each in run.operations
        )
        return effect.writes or (operation.own and not is_own and is_first)
    return effect.kind in ("write", "flush")
