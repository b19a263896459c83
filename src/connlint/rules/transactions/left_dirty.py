"""An ``except`` around a write in, where its session is left as it is out: in the pool of the
project it came from, or at the end of a block that commits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from connlint.facts import types as f
from connlint.findings import TraceStep
from connlint.model.enclosing import frames_around
from connlint.model.expressions import calls_in
from connlint.model.lifetimes.ownership import arguments_of
from connlint.rules.evidence import step

if TYPE_CHECKING:
    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_UNDOES = frozenset({"rollback", "close"})
_WRITES = frozenset({"write", "commit", "flush"})


class Left(NamedTuple):
    """What becomes of a session, and its transaction, in words, and the step that does it."""

    what: str
    state: str
    step: TraceStep


def left_in_pool(
    project: Project, scope: ScopeId, node: f.Try, handler: f.Handler, failed: Operation
) -> Left | None:
    """The call behind a clause that puts a connection back where it was taken from.

    The pools of drivers roll back what they get; one that is a queue or list of the project's own
    hands it to the next with the transaction still open.
    """
    session = failed.effect.session
    operations = project.run(scope).operations
    writes = any(
        each.effect.kind in _WRITES and each.effect.session == session for each in operations
    )
    if not writes or session.startswith(("p:", "a:", "g:")):
        return None
    for body in _behind(project, scope, node, handler):
        undone = _first_undone(operations, session, body)
        for call in calls_in(body):
            if undone is not None and undone <= call.at:
                return None
            if _puts_back(project, scope, call, session):
                place = step(project, scope, call.at, "returns it to the pool")
                return Left("goes back to its pool", "is still open", place)
        if undone is not None:
            return None
    return None


def left_to_commit(
    project: Project, scope: ScopeId, node: f.Try, handler: f.Handler, failed: Operation
) -> Left | None:
    """The block around a ``try`` that commits when it is left."""
    session = failed.effect.session
    operations = project.run(scope).operations
    if failed.effect.kind not in _WRITES or "raise" in project.failures.endings(
        scope, handler.body
    ):
        return None
    if any(_first_undone(operations, session, body) for body in (handler.body, node.final)):
        return None
    body = project.module(scope[0]).body(scope[1])
    blocks = [each.owner for each in frames_around(body, node.at) if isinstance(each.owner, f.With)]
    for each in operations:
        is_commit = each.effect.kind == "commit" and each.effect.session == session
        if is_commit and each.leaving and any(_opens(block, each.at) for block in blocks):
            place = step(project, scope, each.at, "leaving this block commits")
            return Left("is committed by the block around it", "has failed", place)
    return None


def _behind(project: Project, scope: ScopeId, node: f.Try, handler: f.Handler) -> Iterator[f.Body]:
    """The blocks that run behind the start of a clause, in order, as far as they are sure to."""
    yield handler.body
    yield node.final
    goes_on = "end" in project.failures.endings(scope, handler.body)
    frames = frames_around(project.module(scope[0]).body(scope[1]), node.at)
    for number in range(len(frames) - 1, -1, -1):
        frame = frames[number]
        if goes_on:
            yield frame.following
        goes_on = goes_on and not isinstance(frame.owner, (f.For, f.While))
        if isinstance(frame.owner, f.Try) and frame.part != "final":
            yield frame.owner.final


def _first_undone(operations: tuple[Operation, ...], session: str, body: f.Body) -> int | None:
    """Where a block first rolls a session back or closes it."""
    places = [(getattr(each, "at", 0), getattr(each, "end", 0)) for each in body]
    return min(
        (
            each.at
            for each in operations
            if each.effect.kind in _UNDOES and each.effect.session == session
            if any(start <= each.at < end for start, end in places)
        ),
        default=None,
    )


def _puts_back(project: Project, scope: ScopeId, call: f.Call, session: str) -> bool:
    """Whether a call is given the session and puts it into a container of the project."""
    callees = project.engine.anywhere(scope, call.func)
    return any(
        project.lives.ownership.taking(callees, position) == "returned"
        for position, argument in arguments_of(call)
        if any(
            getattr(value, "id", "") == session
            for value in project.engine.anywhere(scope, argument)
        )
    )


def _opens(block: f.With, at: int) -> bool:
    """Whether the context manager at a place is one of a block's."""
    first = block.body[0] if block.body else None
    return block.at <= at and (first is None or at < getattr(first, "at", at + 1))
