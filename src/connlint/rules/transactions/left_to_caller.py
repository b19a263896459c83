"""A transaction that a service begins or ends in, the intent to leave it to the caller out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from msgspec.structs import replace

from connlint.facts import types as f
from connlint.findings import FixIntent
from connlint.location import line_of
from connlint.model.enclosing import frames_around
from connlint.model.names import walk
from connlint.model.reliance import read_back, work_started
from connlint.model.transaction_ends import without_end

if TYPE_CHECKING:
    from collections.abc import Callable

    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_TITLES = {
    "begin": "leave the transaction to the caller",
    "commit": "leave the commit to the caller",
    "rollback": "leave the rollback to the caller",
}
_NEW = frozenset({"given", "rows", "unknown"})


def leaving(
    project: Project, scope: ScopeId, operation: Operation, stays: Callable[[Operation], bool]
) -> FixIntent:
    """The intent to take the beginning or the end of a transaction out of a service.

    ``stays`` says whether a commit elsewhere is one that no fix of the same kind takes away.
    """
    kind = operation.effect.kind
    needs_rows = kind != "rollback" and _needs_rows(project, scope, operation)
    return FixIntent(
        kind="leave-transaction",
        safety="unsafe",
        title=_TITLES[kind],
        data={"flush": "yes" if needs_rows else "no"},
        obstacle=_obstacle(project, scope, operation, stays, needs_rows=needs_rows),
    )


def _obstacle(
    project: Project,
    scope: ScopeId,
    operation: Operation,
    stays: Callable[[Operation], bool],
    *,
    needs_rows: bool,
) -> str:
    kind = operation.effect.kind
    if kind == "rollback":
        found = _of_rollback(project, scope, operation)
        kept = (
            _obstacle(project, scope, each, stays, needs_rows=_needs_rows(project, scope, each))
            for each in project.run(scope).operations
            if each.own
            and each.effect.kind in ("begin", "commit")
            and each.effect.session == operation.effect.session
        )
        found = found or next(filter(None, kept), "")
    else:
        found = _of_commit(project, scope, operation)
        owner = operation.effect.chain[-1].text.rpartition(".")[0]
        if not found and needs_rows and project.program.catalog.method(owner, "flush") is None:
            found = "what follows may need what it writes"
    if not found and not project.is_only_called(scope):
        found = "something else than calls runs the function as well"
    return found or without_end(project, operation, stays)


def _of_rollback(project: Project, scope: ScopeId, rollback: Operation) -> str:
    """Why a rollback can't be left to the caller, in words."""
    body = project.module(scope[0]).body(scope[1])
    for frame in reversed(frames_around(body, rollback.at)):
        if frame.part == "handler" and isinstance(frame.owner, f.Try):
            if project.failures.endings(scope, frame.block) == {"raise"}:
                return ""
            return "its clause goes on after the error"
    return "it undoes what was done on purpose"


def _of_commit(project: Project, scope: ScopeId, operation: Operation) -> str:
    """Why a commit or a transaction can't be left to the caller, in words."""
    if operation.in_handler:
        return "it keeps what is written when something fails"
    if operation.effect.kind == "begin" and operation.tries:
        return "a try around it deals with its failure"
    body = project.module(scope[0]).body(scope[1])
    for frame in frames_around(body, operation.at):
        for statement in walk(frame.following):
            if isinstance(statement, f.Raise):
                line = line_of(statement.at)
                return f"line {line} raises behind it, which would undo what it keeps"
    for where, way in project.ways_to(operation.effect):
        if started := work_started(project, where, way, sys.maxsize):
            return started if where == scope else f"in {project.symbol(where)}, {started}"
    return ""


def _needs_rows(project: Project, scope: ScopeId, operation: Operation) -> bool:
    """Whether somebody may need what has been sent to the database by then: a constraint that is
    answered, keys of new rows, a row that is read back."""
    if operation.tries:
        return True
    body = project.module(scope[0]).body(scope[1])
    commit = operation
    statement = frames_around(body, operation.at)[-1].statement
    if isinstance(statement, f.With):
        commit = replace(operation, at=statement.end, end=statement.end)
    if read_back(project, scope, commit, sys.maxsize):
        return True
    returned = [
        each.value for each in walk(body) if isinstance(each, f.Return) and each.at > commit.at
    ]
    if any(each is not None and not isinstance(each, f.Const) for each in returned):
        return True
    # Leaving the block of a begin() commits where the block is entered.
    commits = project.written.of(scope).commits.items()
    contents = {each for (at, _), written in commits if at == operation.at for each in written}
    return not contents or any(each.what in _NEW for each in contents)
