"""DBC111: one session is kept where all calls share it, or handed to several tasks at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model.expressions import calls_in
from connlint.model.usage import is_waited_for, uses_of
from connlint.rules.base import Rule
from connlint.rules.evidence import EXEMPT_ROLES, step, suspect
from connlint.rules.sessions.kept import Kept, kept_sessions
from connlint.rules.sessions.openings import is_given, joins_with_block

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import Handover
    from connlint.model.engine import FunctionRun
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_USES = frozenset({"read", "write", "execute", "flush", "begin", "commit", "rollback"})


class SharedSession(Rule):
    """Sessions in globals, class attributes and defaults, and sessions used side by side."""

    code = "DBC111"
    severity = "error"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for kept in kept_sessions(project):
            yield self._kept(project, kept)
        for scope, run in project.runs():
            if run.handovers and project.role(scope) not in EXEMPT_ROLES:
                yield from self._gathered(project, scope, run)
                yield from self._started(project, scope, run)

    def _kept(self, project: Project, kept: Kept) -> Suspect:
        use = kept.use
        user = f" ({use.entry.kind} {use.entry.name})" if use.entry else ""
        return suspect(
            project, self.code, kept.scope, kept.at, kept.end, shape="call",
            message=f"one session is kept in {kept.where} and shared by all who run "
            f"{project.symbol(use.scope)}{user}; open one for each unit of work",
            matched=kept.where, priority="high",
            trace=(
                step(project, kept.scope, kept.at, f"kept in {kept.where}"),
                step(project, use.scope, use.at, "used here, by several at a time"),
            ),
        )  # fmt: skip

    def _gathered(self, project: Project, scope: ScopeId, run: FunctionRun) -> Iterator[Suspect]:
        """Calls that are awaited side by side and work on the same session."""
        for handover in run.handovers:
            if handover.kind == "gather":
                places = _shared_by(project, scope, run, handover)
                if places:
                    yield self._together(project, scope, handover.at, handover.end, places)

    def _started(self, project: Project, scope: ScopeId, run: FunctionRun) -> Iterator[Suspect]:
        """Tasks and threads that get the same session, and that the function waits for."""
        groups: dict[str, list[Handover]] = {}
        for handover in run.handovers:
            if handover.kind == "spawn":
                for session in handover.sessions:
                    if project.program.catalog.called(session.type) is None:
                        groups.setdefault(session.id, []).append(handover)
        body = project.module(scope[0]).body(scope[1])
        for handovers in groups.values():
            first = handovers[0]
            many = any(not loop.endless for loop in first.loops) or first.target.endswith(".map")
            if len(handovers) < 2 and not many:
                continue
            if _is_joined(body, first):
                places = tuple(each.at for each in handovers)
                yield self._together(project, scope, first.at, first.end, places)

    def _together(
        self, project: Project, scope: ScopeId, at: int, end: int, places: tuple[int, ...]
    ) -> Suspect:
        return suspect(
            project, self.code, scope, at, end, shape="call",
            message="one session is used by several tasks at the same time; "
            "open one in each task, or run them one after the other",
            matched="concurrent", priority="high",
            trace=tuple(step(project, scope, each, "uses the session") for each in places),
        )  # fmt: skip


def _shared_by(
    project: Project, scope: ScopeId, run: FunctionRun, handover: Handover
) -> tuple[int, ...]:
    """The places of the awaitables that work on a session which another of them uses too."""
    own = f"s:{scope[0]}:{scope[1]}:"
    users: dict[str, dict[int, bool]] = {}
    for at, end, many in handover.together:
        for operation in run.operations:
            effect = operation.effect
            if (operation.at, operation.end) != (at, end) or effect.kind not in _USES:
                continue
            if effect.session.startswith(own) or is_given(project, scope, effect.session):
                users.setdefault(effect.session, {})[at] = many
    opened_inside = Counter(
        each.effect.session
        for each in run.operations
        if each.effect.kind == "acquire"
        and any((each.at, each.end) == (at, end) for at, end, _ in handover.together)
    )
    for session, places in users.items():
        if opened_inside[session] == 0 and (len(places) > 1 or any(places.values())):
            return tuple(sorted(places))
    return ()


def _is_joined(body: f.Body, handover: Handover) -> bool:
    for call in calls_in(body):
        if (call.at, call.end) == (handover.at, handover.end):
            return joins_with_block(body, call) or is_waited_for(body, call, uses_of(body))
    return False
