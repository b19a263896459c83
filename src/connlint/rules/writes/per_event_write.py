"""DBC301: a commit is reached from an entry point that runs for every event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.findings import EntryPointRef
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import Operation
    from connlint.model.entry_points import EntryPoint
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_ADVICE = {
    "socket-event": "keep it in memory or a cache and write it when the state is final",
    "websocket": "keep it in memory or a cache and write it when the socket closes",
    "message-consumer": "collect messages and commit in batches",
    "middleware": "keep it in a cache and write it periodically",
    "request-hook": "keep it in a cache and write it periodically",
    "log-handler": "buffer records and write them by size or age",
    "orm-event": "write it with the transaction that raised the event",
    "event-handler": "keep it in memory or a cache and write it periodically",
    "progress-callback": "keep progress in a cache and write the result once",
}


class PerEventWrite(Rule):
    """Commits reachable from per-event entry points, with the call chain."""

    code = "DBC301"
    severity = "error"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        found: dict[ScopeId, list[tuple[EntryPoint, Operation]]] = {}
        for entry in project.per_event_entries():
            scope = (entry.module, entry.scope)
            if project.role(scope) != "test":
                hits = [
                    (entry, each)
                    for each in project.run(scope).operations
                    if _counts(project, entry, each)
                ]
                found.setdefault(scope, []).extend(hits)
        seen: set[tuple[str, int]] = set()
        for scope, hits in found.items():
            around = {
                each.effect.place
                for other, theirs in found.items()
                if other != scope and project.calls_into(other, scope)
                for _, each in theirs
            }
            for entry, operation in sorted(hits, key=_rank):
                key = (scope[0], operation.at)
                if key not in seen and operation.effect.place not in around:
                    seen.add(key)
                    yield self._suspect(project, scope, entry, operation)

    def _suspect(
        self, project: Project, scope: ScopeId, entry: EntryPoint, operation: Operation
    ) -> Suspect:
        effect = operation.effect
        chain = " → ".join(step.text for step in effect.chain)
        threshold = effect.threshold or operation.batched
        advice = _ADVICE.get(entry.kind, "buffer it")
        how = "every event" if not threshold else "events, thinned out by a threshold"
        return suspect(
            project, self.code, scope, operation.at, operation.end,
            message=f"{entry.kind} {entry.name} commits on {how} ({chain}); {advice}",
            matched=f"{entry.kind}:{effect.chain[-1].text}",
            priority="low" if threshold else "high",
            trace=project.trace(effect), entry_point=EntryPointRef(entry.kind, entry.name),
        )  # fmt: skip


def _rank(hit: tuple[EntryPoint, Operation]) -> tuple[int, bool, int]:
    """Operations by place; at one place the unconditional, shortest chain first."""
    operation = hit[1]
    return (operation.at, operation.effect.threshold, len(operation.effect.chain))


def _counts(project: Project, entry: EntryPoint, operation: Operation) -> bool:
    effect = operation.effect
    if not effect.ends_write or not effect.writes:
        return False
    if entry.in_loop and not effect.receives:
        return False
    if entry.kind == "orm-event" and effect.joins:
        return False  # the transaction of the flush is open
    if any(_is_super(project, entry, step.module, step.scope) for step in effect.chain[1:2]):
        return False
    vocabulary = project.engine.vocabulary
    states = effect.states if effect.states - {None} else effect.latest
    if states and vocabulary.enabled:
        return not all(vocabulary.is_persistable(state) for state in states)
    return True


def _is_super(project: Project, entry: EntryPoint, module: str, scope: int) -> bool:
    """Whether the callee is the method that the entry point overrides: it is reported there."""
    own = project.module(entry.module).facts.scopes[entry.scope]
    callee = project.module(module).facts.scopes[scope]
    if (module, scope) == (entry.module, entry.scope) or callee.name != own.name:
        return False
    return project.program.hierarchy.overrides((entry.module, entry.scope), (module, scope))
