"""DBC113: a session with work in it is held open across slow work of another kind."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.model import values as v
from connlint.model.expressions import calls_in
from connlint.rules.base import Rule
from connlint.rules.evidence import EXEMPT_ROLES, step, suspect
from connlint.rules.sessions.openings import is_given, opener_of

if TYPE_CHECKING:
    from connlint.findings import Suspect, TraceStep
    from connlint.model.engine import FunctionRun
    from connlint.model.lifetimes.noticed import Held
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_SLEEPS = frozenset({"time.sleep", "asyncio.sleep", "anyio.sleep"})
_MINOR = (*_SLEEPS, "queue.")
_MAX_DEPTH = 5
_WORK = frozenset({"read", "write", "execute", "flush"})


class SessionHeldAcrossIO(Rule):
    """HTTP, storage and model calls, sleeps and streams inside a transaction."""

    code = "DBC113"
    severity = "warning"

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for scope, run in project.runs():
            if project.role(scope) in EXEMPT_ROLES or not _may_hold(project, scope, run):
                continue
            seen: set[int] = set()
            for held in project.lives.of(scope).held:
                if held.at not in seen and _counts(project, scope, held):
                    seen.add(held.at)
                    yield self._suspect(project, scope, held)

    def _suspect(self, project: Project, scope: ScopeId, held: Held) -> Suspect:
        opened = project.lives.of(scope).acquired.get(held.session)
        whose = f"the session of {opener_of(opened)}" if opened else held.session[2:]
        trace: list[TraceStep] = []
        if opened is not None:
            trace.append(step(project, scope, opened.at, f"opens the session: {opener_of(opened)}"))
        is_yield = held.slow is None and held.callee is None
        if held.slow is not None:
            what = held.slow.effect.chain[-1].text
            trace.extend(project.trace(held.slow.effect))
        elif held.callee is not None:
            what = _slow_work_of(project, held.callee)
            called = project.symbol(held.callee)
            trace.append(step(project, scope, held.at, f"calls {called}, which waits for {what}"))
        else:
            what = "a client reads the stream"
            trace.append(step(project, scope, held.at, "waits for the client"))
        return suspect(
            project, self.code, scope, held.at, held.end,
            shape="statement" if is_yield else "call",
            message=f"holds {whose} with work in it while {what}{'' if is_yield else ' runs'}; "
            "commit or close before, or move it out of the transaction",
            matched=what, trace=tuple(trace),
        )  # fmt: skip


def _may_hold(project: Project, scope: ScopeId, run: FunctionRun) -> bool:
    """Whether a function works on a session of its own or of its caller's, and waits somewhere."""
    own = f"s:{scope[0]}:{scope[1]}:"
    works = any(
        each.effect.kind in _WORK
        and (each.effect.session.startswith(own) or is_given(project, scope, each.effect.session))
        for each in run.operations
    )
    if not works:
        return False
    if any(each.effect.kind == "slow" for each in run.operations):
        return True
    if project.streaming.feeds_stream(scope):
        return True
    return any(project.slowness.is_slow(callee) for _, _, callee in run.calls)


def _counts(project: Project, scope: ScopeId, held: Held) -> bool:
    """Whether the wait is this function's: not when the callee holds the session itself."""
    if held.slow is None and held.callee is None:
        return project.streaming.feeds_stream(scope)
    if held.callee is not None:
        return bool(_slow_work_of(project, held.callee))
    if held.slow is None or held.slow.own:
        return True
    # Down a chain of calls, a sleep is a retry that hardly ever happens, or polls the database.
    if held.slow.effect.chain[-1].text in _SLEEPS:
        return False
    step = held.slow.effect.chain[1]
    inner = (step.module, step.scope)
    return not any(
        each.slow is not None and each.slow.effect.place == held.slow.effect.place
        for each in project.lives.of(inner).held
    )


def _slow_work_of(project: Project, callee: ScopeId) -> str:
    """The nearest slow work of a function that touches no database; nothing when it only sleeps,
    which is how retries look that hardly ever happen."""
    seen = {callee}
    work = deque([(callee, 0)])
    while work:
        scope, depth = work.popleft()
        for call in calls_in(project.module(scope[0]).body(scope[1])):
            for value in project.engine.anywhere(scope, call.func):
                name = project.program.callable_name(value)
                if name in project.program.catalog.slow and not name.startswith(_MINOR):
                    return name
                inner = (value.module, value.scope) if isinstance(value, v.Func) else callee
                if inner not in seen and depth < _MAX_DEPTH:
                    seen.add(inner)
                    work.append((inner, depth + 1))
    return ""
