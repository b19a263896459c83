"""DBC203: a route writes with an injected session, and nobody commits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import calls_in
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect, trace_to
from connlint.rules.transactions.begun_in_route import beginning

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import Operation
    from connlint.model.engine import FunctionRun
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_WRITES = frozenset({"write", "flush"})
_OWNS = frozenset({"begin", "commit", "autocommit"})


class RouterWithoutTransaction(Rule):
    """Writes of routes on injected sessions that neither route nor provider commits."""

    code = "DBC203"
    severity = "error"
    fixes = ("unsafe",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        seen: set[ScopeId] = set()
        examined = {module.name for module in project.program.examined}
        for entry in project.entry_points:
            scope = (entry.module, entry.scope)
            if entry.module not in examined:
                continue
            if entry.kind != "route" or scope in seen or project.role(scope) == "test":
                continue
            seen.add(scope)
            for operation in _lost(project, scope):
                yield self._suspect(project, scope, operation)

    def _suspect(self, project: Project, scope: ScopeId, operation: Operation) -> Suspect:
        effect = operation.effect
        return suspect(
            project, self.code, scope, operation.at, operation.end,
            message=f"what {effect.chain[0].text} writes is lost: neither the route nor the "
            "provider of its session commits",
            matched=effect.chain[-1].text, priority="high",
            trace=trace_to(project, operation),
            intent=beginning(project, scope, operation),
        )  # fmt: skip


def _lost(project: Project, scope: ScopeId) -> Iterator[Operation]:
    """The first write on each injected session whose transaction nobody owns."""
    run = project.run(scope)
    writes: dict[str, Operation] = {}
    for operation in sorted(run.operations, key=lambda each: each.at):
        provider = project.injector(operation.origin)
        if operation.effect.kind not in _WRITES or provider is None:
            continue
        if not provider.commits and not provider.begins and _opens(project, operation):
            writes.setdefault(operation.effect.session, operation)
    for session, operation in writes.items():
        if not _is_owned(run, session) and not _is_handed_on(project, scope, run, session):
            yield operation


def _opens(project: Project, operation: Operation) -> bool:
    """Whether the provider opens the session itself: else somebody around it may commit."""
    name = operation.origin.name if operation.origin is not None else ""
    return any(
        effect.kind == "acquire" and not effect.after_yield
        for target in project.targets(name)
        if target.kind == "function"
        for effect in project.run((target.module, target.scope)).summary.effects
    )


def _is_owned(run: FunctionRun, session: str) -> bool:
    return any(
        each.effect.session == session
        and (
            each.effect.kind in _OWNS
            or (each.effect.kind == "rollback" and not each.in_handler and each.own)
        )
        for each in run.operations
    )


def _is_handed_on(project: Project, scope: ScopeId, run: FunctionRun, session: str) -> bool:
    """Whether somebody gets the session of whom it is not known what they do with it."""
    if any(session in {each.id for each in handover.sessions} for handover in run.handovers):
        return True
    name = session.removeprefix("p:")
    known = {(at, end) for at, end, _ in run.calls}
    module = project.module(scope[0])
    for call in calls_in(module.body(scope[1])):
        arguments = (*call.args, *(keyword.value for keyword in call.keywords))
        if (call.at, call.end) in known or not any(
            isinstance(each, f.Name) and each.id == name for each in arguments
        ):
            continue
        values = project.values(*scope, call.func)
        if not values or not all(isinstance(value, v.Class) for value in values):
            return True
    return False
