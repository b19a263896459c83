"""DBC302: a loop commits once per iteration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.model.repetition import answers_failure, happens_once
from connlint.rules.base import Rule
from connlint.rules.evidence import by_place, suspect, trace_to
from connlint.rules.writes.moved_commit import behind_loop

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.effects import LoopFrame, Operation
    from connlint.model.engine import FunctionRun
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


_ORM = ("sqlalchemy.orm.", "sqlalchemy.ext.asyncio.", "sqlmodel.", "flask_sqlalchemy.")
_CURSORS = ("dbapi.Cursor.", "generic.Cursor.")


class CommitInLoop(Rule):
    """One commit per iteration of a counted loop, directly or through a call."""

    code = "DBC302"
    severity = "warning"
    fixes = ("unsafe",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for scope, run in project.runs():
            if project.role(scope) in ("test", "migration"):
                continue
            seen: set[int] = set()
            for operation in sorted(run.operations, key=by_place):
                loop = _loop_of(operation)
                if loop is None or operation.at in seen or not _repeats(run, loop, operation):
                    continue
                if operation.effect.kind == "autocommit" and not _is_held(scope, run, operation):
                    continue
                seen.add(operation.at)
                if _comes_back(project, scope, operation, loop) and not _works_slowly(
                    project, run, loop, operation
                ):
                    yield self._suspect(project, scope, operation)

    def _suspect(self, project: Project, scope: ScopeId, operation: Operation) -> Suspect:
        effect = operation.effect
        through = "" if operation.own else f" through {effect.chain[0].text}"
        advice = "commit behind the loop, or in batches"
        if effect.kind == "autocommit":
            advice = "each write is a transaction in autocommit mode: begin one around the loop"
        return suspect(
            project, self.code, scope, operation.at, operation.end,
            message=f"commits once per iteration{through}; {advice}",
            matched=effect.chain[0].text,
            trace=trace_to(project, operation),
            intent=None if operation.loops[-1].once else behind_loop(project, scope, operation),
        )  # fmt: skip


def _loop_of(operation: Operation) -> LoopFrame | None:
    """The counted loop that the commit repeats with, or ``None`` when this rule has no say."""
    effect = operation.effect
    if not effect.ends_write or not effect.writes or effect.joins or operation.callee_looped:
        return None
    if operation.batched or operation.keyed or operation.preceded:
        return None
    if effect.threshold and not operation.own:
        return None  # what is called commits once in a while, however often it is called
    inner = next((loop for loop in reversed(operation.loops) if not loop.once), None)
    if inner is None or inner.endless or inner.receives or inner.retry or inner.batches:
        return None
    return inner


def _is_held(scope: ScopeId, run: FunctionRun, operation: Operation) -> bool:
    """Whether the function has the connection around the loop, so that it could begin there."""
    session = operation.effect.session
    opened = [
        each.at
        for each in run.operations
        if each.effect.kind == "acquire" and each.effect.session == session
    ]
    is_own = session.startswith(f"s:{scope[0]}:{scope[1]}:")
    return is_own and all(at < operation.loops[-1].at for at in opened)


def _is_own_wait(operation: Operation) -> bool:
    """Whether the wait is for a queue of this process, as a connection pool's."""
    return operation.effect.chain[-1].text.startswith("queue.")


def _repeats(run: FunctionRun, loop: LoopFrame, operation: Operation) -> bool:
    """Whether the loop can go round again after the commit."""
    return operation.at in run.back_marks.get(loop.at, frozenset())


def _comes_back(project: Project, scope: ScopeId, operation: Operation, loop: LoopFrame) -> bool:
    """Whether the commit comes with every iteration, and not once or with a failure alone."""
    modules = project.program.modules
    return not (
        answers_failure(project.failures, modules, operation.effect)
        or happens_once(modules[scope[0]], scope[1], operation.at, loop)
    )


def _works_elsewhere(run: FunctionRun, loop: LoopFrame, commit: Operation) -> bool:
    """Whether each iteration executes on a driver's cursor while an ORM session commits."""
    is_orm = commit.effect.gives.startswith(_ORM)
    return is_orm and any(
        each.effect.kind == "execute"
        and loop in each.loops
        and each.effect.session != commit.effect.session
        and each.effect.chain[-1].text.startswith(_CURSORS)
        for each in run.operations
    )


def _works_slowly(project: Project, run: FunctionRun, loop: LoopFrame, commit: Operation) -> bool:
    """Whether each iteration waits for something else than this database."""
    if _works_elsewhere(run, loop, commit):
        return True
    if any(
        each.effect.kind == "slow" and loop in each.loops and not _is_own_wait(each)
        for each in run.operations
    ):
        return True
    inside = {callee for at, end, callee in run.calls if loop.at < at and end <= loop.end}
    return any(project.slowness.is_slow(callee) for callee in inside)
