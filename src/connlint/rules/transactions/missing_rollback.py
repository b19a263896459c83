"""DBC206: a database error is swallowed, and the session goes on being used without a rollback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.findings import FixIntent
from connlint.model import values as v
from connlint.model.enclosing import Frame, frames_around
from connlint.model.session_names import session_name
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect
from connlint.rules.transactions.left_dirty import Left, left_in_pool, left_to_commit

if TYPE_CHECKING:
    from connlint.findings import Suspect, TraceStep
    from connlint.model.effects import Operation
    from connlint.model.engine import FunctionRun
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_UNDOES = frozenset({"rollback", "close"})
_USES = frozenset({"read", "write", "execute", "flush", "commit"})
_FAILS = frozenset({"flush", "commit", "write", "execute"})


_MAX_CALLS = 2
"""How many calls may lie between the ``try`` and what fails."""
_STRICT = ("psycopg.", "psycopg2.")
"""Drivers whose server refuses everything in a transaction in which a statement has failed."""


class MissingRollback(Rule):
    """Clauses that catch a failed write and leave the session in its failed transaction."""

    code = "DBC206"
    severity = "warning"
    fixes = ("unsafe",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for scope, run in project.runs():
            if project.role(scope) == "test":
                continue
            places = {at for each in run.operations for at in each.tries}
            for at in sorted(places):
                yield from self._judge(project, scope, run, at)

    def _judge(
        self, project: Project, scope: ScopeId, run: FunctionRun, at: int
    ) -> Iterator[Suspect]:
        node = project.failures.statement(scope, at)
        for handler in node.handlers if node is not None else ():
            if not project.failures.caught(scope, handler).database:
                continue
            assert node is not None
            found = _goes_on(project, scope, run, node, handler) or _is_left(
                project, scope, run, node, handler
            )
            if found is not None:
                intent = _intent(project, scope, node, handler, found[0])
                failed, then = found
                yield self._suspect(project, scope, handler, failed, then, intent)
            if project.failures.caught(scope, handler).broad:
                return

    def _suspect(
        self,
        project: Project,
        scope: ScopeId,
        handler: f.Handler,
        failed: Operation,
        then: Operation | Left,
        intent: FixIntent,
    ) -> Suspect:
        what = failed.effect.chain[0].text
        after: tuple[TraceStep, ...]
        if isinstance(then, Left):
            happens, state, after = then.what, then.state, (then.step,)
        else:
            happens, state, after = "is used again", "has failed", project.trace(then.effect)
        return suspect(
            project, self.code, scope, handler.at, handler.end, shape="except",
            message=f"a failure of {what} is caught here and the session {happens} without a "
            f"rollback: its transaction {state}",
            matched=what,
            trace=(*project.trace(failed.effect), *after),
            intent=intent,
        )  # fmt: skip


def _intent(
    project: Project, scope: ScopeId, node: f.Try, handler: f.Handler, failed: Operation
) -> FixIntent:
    """The rollback in the clause, with what is in its way."""
    named = session_name(project, scope, failed.effect.session)
    rollback = named.method(project, "rollback", "rollback") if named else None
    provider = project.injector(failed.origin)
    is_begun = failed.begun is not None and failed.begun.how == "block"
    obstacle = ""
    if named is None or rollback is None:
        obstacle = "nothing here names the session whose transaction has failed"
    elif is_begun or (provider is not None and provider.begins):
        obstacle = (
            "the transaction belongs to a block around it, which could not go on behind a "
            "rollback; begin_nested() undoes what fails alone"
        )
    elif rollback.is_async:
        later = list(_statements_behind(project, scope, node, handler))
        others = {handler.name, named.text.partition(".")[0]}
        names = (each for each in project.expiry.rows_read(scope, later) if each not in others)
        if name := next(names, ""):
            obstacle = (
                f"{name} may be a row, which an asynchronous session can't read again by itself "
                "once a rollback has expired it"
            )
    data = {"session": named.text, "async": "yes"} if named else {}
    if rollback is not None and not rollback.is_async:
        data["async"] = "no"
    return FixIntent("add-rollback", "unsafe", "roll back first", data, obstacle)


def _statements_behind(
    project: Project, scope: ScopeId, node: f.Try, handler: f.Handler
) -> Iterator[f.Stmt]:
    """All that can run behind the start of a clause."""
    yield from handler.body
    yield from node.final
    for frame in frames_around(project.module(scope[0]).body(scope[1]), node.at):
        yield from frame.following
        if isinstance(frame.owner, (f.For, f.While)):
            yield frame.owner


def _goes_on(
    project: Project, scope: ScopeId, run: FunctionRun, node: f.Try, handler: f.Handler
) -> tuple[Operation, Operation] | None:
    """What fails in the ``try``, and the first use of its session behind the clause."""
    ways = project.failures.endings(scope, handler.body)
    if not ways & {"end", "continue"} or "raise" in ways:
        return None
    for failed in run.operations:
        if not _may_leave_dirty(project, scope, run, node, failed):
            continue
        behind = _behind(project, scope, run, node, handler, failed.effect.session)
        if behind is not None:
            return failed, behind
    return None


def _is_left(
    project: Project, scope: ScopeId, run: FunctionRun, node: f.Try, handler: f.Handler
) -> tuple[Operation, Left] | None:
    """What fails in the ``try``, and how its session is left behind the clause."""
    for failed in run.operations:
        if _fails_here(project, scope, run, node, failed):
            left = left_in_pool(project, scope, node, handler, failed)
            if left is None and _fails_with_statement(project, failed):
                left = left_to_commit(project, scope, node, handler, failed)
            if left is not None:
                return failed, left
    return None


def _may_leave_dirty(
    project: Project, scope: ScopeId, run: FunctionRun, node: f.Try, failed: Operation
) -> bool:
    if not failed.effect.session.startswith((f"s:{scope[0]}:{scope[1]}:", "p:", "a:")):
        return False
    if project.failures.ends_in(scope, failed) not in (None, node.at):
        return False
    return _fails_here(project, scope, run, node, failed) and _fails_with_statement(project, failed)


def _fails_here(
    project: Project, scope: ScopeId, run: FunctionRun, node: f.Try, failed: Operation
) -> bool:
    effect = failed.effect
    if effect.kind not in _FAILS or failed.leaving or len(effect.chain) > _MAX_CALLS + 1:
        return False
    begun = failed.begun
    if begun is not None and begun.how == "block" and node.at <= begun.chain[0].at < node.end:
        return False
    if failed.tries[-1:] != (node.at,):
        return False
    if not project.failures.can_fail(effect):
        return False
    if _is_in_savepoint(project, scope, failed.at):
        return False
    return not any(
        each.effect.kind == "acquire"
        and each.effect.session == effect.session
        and node.at <= each.at < node.end
        for each in run.operations
    )


def _fails_with_statement(project: Project, failed: Operation) -> bool:
    """Whether a failed statement fails the whole transaction, as it does not in SQLite's driver."""
    owner = failed.effect.chain[-1].text.rpartition(".")[0]
    return project.program.catalog.autobegins(owner) or owner.startswith(_STRICT)


def _is_in_savepoint(project: Project, scope: ScopeId, at: int) -> bool:
    """Whether a savepoint around a place, or set at it, undoes what fails."""
    catalog = project.program.catalog
    for frame in frames_around(project.module(scope[0]).body(scope[1]), at):
        around = (frame.owner, frame.statement)
        for item in (item for each in around if isinstance(each, f.With) for item in each.items):
            for value in project.values(*scope, item.context):
                found = catalog.type(value.type) if isinstance(value, v.Obj) else None
                if found is not None and found.savepoint:
                    return True
    return False


def _behind(
    project: Project,
    scope: ScopeId,
    run: FunctionRun,
    node: f.Try,
    handler: f.Handler,
    session: str,
) -> Operation | None:
    """The first use of a session behind a clause; ``None`` when a rollback comes first."""
    body = project.module(scope[0]).body(scope[1])
    spans = [(handler.at, handler.end)]
    if node.final:
        spans.append((node.final[0].at if hasattr(node.final[0], "at") else node.end, node.end))
    for frame in reversed(frames_around(body, node.at)):
        spans.extend(_spans(frame))
    for start, end in spans:
        inside = [
            each
            for each in sorted(run.operations, key=lambda op: op.at)
            if start <= each.at < end and each.effect.session == session and not each.leaving
        ]
        for each in inside:
            if each.effect.kind in _UNDOES or each.effect.kind == "acquire":
                return None
            if each.effect.kind in _USES and project.failures.can_fail(each.effect):
                return each
    return None


def _spans(frame: Frame) -> Iterator[tuple[int, int]]:
    """What can run behind a statement of a block: what follows, and the next round of a loop."""
    for statement in frame.following:
        yield getattr(statement, "at", 0), getattr(statement, "end", 0)
    if isinstance(frame.owner, (f.For, f.While)):
        yield frame.owner.at, frame.owner.end
