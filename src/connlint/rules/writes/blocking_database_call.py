"""DBC308: a coroutine calls the database synchronously and blocks its event loop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.rules.base import Rule
from connlint.rules.evidence import by_place, suspect, trace_to

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.catalog.types import Type
    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_EXEMPT = frozenset({"test", "migration", "script"})
_ALONE = frozenset({"startup", "shutdown", "cli"})
"""Entry points whose event loop has nothing else to do."""
_WAITS = frozenset({"read", "write", "execute", "flush", "commit", "rollback", "acquire"})
_MARKS = frozenset({"add", "add_all", "delete", "delete_all", "expunge"})
"""Methods of a session that only mark objects; the next flush writes."""
_SENDS = frozenset({"session", "connection", "cursor", "query", "engine", "pool"})


class BlockingDatabaseCall(Rule):
    """Synchronous session, driver and engine calls in coroutines, directly or through calls."""

    code = "DBC308"
    severity = "warning"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for scope, run in project.runs():
            if not project.module(scope[0]).facts.scopes[scope[1]].is_async:
                continue
            if not run.operations or _runs_alone(project, scope):
                continue
            found = [
                each for each in sorted(run.operations, key=by_place) if _blocks(project, each)
            ]
            if found:
                yield self._suspect(project, scope, found)

    def _suspect(self, project: Project, scope: ScopeId, found: list[Operation]) -> Suspect:
        first = found[0]
        effect = first.effect
        step = effect.chain[-1]
        name = f"{project.sites.receiver_types(step)[0].name}.{step.text.rpartition('.')[2]}"
        through = "" if first.own else f" through {effect.chain[0].text}"
        others = len({each.at for each in found}) - 1
        more = f" (and {others} more in this function)" if others else ""
        return suspect(
            project, self.code, scope, first.at, first.end,
            message=f"{name} blocks the event loop{through}{more}; use an asynchronous session, "
            "or run it in a thread",
            matched=name,
            trace=trace_to(project, first),
        )  # fmt: skip


def _runs_alone(project: Project, scope: ScopeId) -> bool:
    """Whether nothing else waits for the event loop of this function."""
    if project.role(scope) in _EXEMPT:
        return True
    entries = project.entry_points_of(scope)
    return bool(entries) and all(entry.kind in _ALONE for entry in entries)


def _blocks(project: Project, operation: Operation) -> bool:
    effect, sites = operation.effect, project.sites
    if effect.kind not in _WAITS:
        return False
    for step in effect.chain[1:]:
        if project.module(step.module).facts.scopes[step.scope].is_async:
            return False  # reported in the coroutine that is awaited
    if any(sites.is_offloaded(step) for step in effect.chain):
        return False
    if sites.is_awaited(effect.chain[-1]):
        return False  # what its annotation calls synchronous is not
    types = sites.receiver_types(effect.chain[-1])
    method = effect.chain[-1].text.rpartition(".")[2]
    return bool(types) and all(_waits(each, effect.kind, method) for each in types)


def _waits(known: Type, kind: str, method: str) -> bool:
    """Whether a call on a value of this type waits for the database in the calling thread."""
    if known.is_async or known.kind not in _SENDS or known.name.startswith("generic."):
        return False
    if kind == "acquire":
        return known.kind in ("connection", "engine", "pool")
    return not (known.kind == "session" and method in _MARKS)
