"""DBC108: a session is used after the request or block that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.model import values as v
from connlint.model.expressions import calls_in
from connlint.model.usage import is_waited_for, uses_of
from connlint.rules.base import Rule
from connlint.rules.evidence import EXEMPT_ROLES, step, suspect
from connlint.rules.sessions.openings import is_given, joins_with_block, opener_of, openers

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import Handover
    from connlint.model.lifetimes.noticed import Late
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


class RequestSessionEscapes(Rule):
    """Sessions handed to work that outlives them, or used after the end of their block."""

    code = "DBC108"
    severity = "error"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for scope, run in project.runs():
            if project.role(scope) not in EXEMPT_ROLES:
                for handover in run.handovers:
                    yield from self._handed(project, scope, handover)
        for scope in openers(project):
            for late in project.lives.of(scope).late:
                yield self._late(project, scope, late)

    def _handed(self, project: Project, scope: ScopeId, handover: Handover) -> Iterator[Suspect]:
        if handover.kind != "spawn":
            return
        session = next((s for s in handover.sessions if _is_lent(project, scope, s)), None)
        if session is None or _is_joined(project, scope, handover):
            return
        name = session.id[2:] if session.id.startswith("p:") else "the session"
        yield suspect(
            project, self.code, scope, handover.at, handover.end, shape="call",
            message=f"hands {name} to {handover.target}, which may still run when it is closed; "
            "let the work open a session of its own",
            matched=handover.target, priority="high",
        )  # fmt: skip

    def _late(self, project: Project, scope: ScopeId, late: Late) -> Suspect:
        opened = project.lives.of(scope).acquired[late.session]
        returned = late.how == "returned"
        message = (
            "returns a session that its block closes; hand out what was read, or let the "
            "caller open the session"
            if returned
            else "uses a session after the block that closes it; move this into the block"
        )
        return suspect(
            project, self.code, scope, late.at, late.end, shape="statement" if returned else "call",
            message=message, matched=opener_of(opened), priority="high",
            trace=(
                step(project, scope, opened.at, f"opens the session: {opener_of(opened)}"),
                step(project, scope, late.at, f"the session is {late.how} here"),
            ),
        )  # fmt: skip


def _is_lent(project: Project, scope: ScopeId, session: v.Obj) -> bool:
    """Whether a session ends without regard to work that was started: one that the function was
    given, or that it closes itself."""
    catalog = project.program.catalog
    if catalog.called(session.type) is not None:
        return False
    if is_given(project, scope, session.id):
        return True
    return any(
        each.effect.kind == "close" and each.effect.session == session.id
        for each in project.run(scope).operations
    )


def _is_joined(project: Project, scope: ScopeId, handover: Handover) -> bool:
    """Whether the function waits for the work, so that the session outlives it."""
    body = project.module(scope[0]).body(scope[1])
    call = next((c for c in calls_in(body) if (c.at, c.end) == (handover.at, handover.end)), None)
    if call is None:
        return True
    return joins_with_block(body, call) or is_waited_for(body, call, uses_of(body))
