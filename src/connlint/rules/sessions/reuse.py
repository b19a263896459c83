"""A second session in a function that was given one in, the first in its place, as the intent of a
fix, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.findings import FixIntent
from connlint.location import line_of
from connlint.model import values as v

if TYPE_CHECKING:
    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_MORE_THAN_READS = {
    "write": "writes",
    "execute": "may write",
    "flush": "writes",
    "begin": "begins a transaction",
    "commit": "commits",
    "rollback": "rolls back",
}


def reuse_intent(project: Project, scope: ScopeId, opened: Operation, given: str) -> FixIntent:
    """The rewrite that works on the session ``given`` in place of the one that is ``opened``."""
    return FixIntent(
        kind="reuse-session",
        safety="unsafe",
        title=f"use {given} in place of a second session",
        data={"given": given},
        obstacle=_obstacle(project, scope, opened, given),
    )


def _obstacle(project: Project, scope: ScopeId, opened: Operation, given: str) -> str:
    """Why the session that is given can't stand in for the other, in words for the user."""
    values = _given_values(project, scope, given)
    if any(value == v.NONE[0] for value in values):
        return f"{given} may be None"
    found = (project.program.database_type(value) for value in values)
    types = [each for each in found if each is not None]
    if not types or any(each.name.startswith("generic.") for each in types):
        return f"it is not known what kind of session {given} is"
    is_async = project.acquired_async(opened)
    if any(each.is_async != is_async for each in types):
        return f"{given} and the second session are not both asynchronous, or both not"
    for operation in project.run(scope).operations:
        effect = operation.effect
        is_ours = effect.session == opened.effect.session
        how = _MORE_THAN_READS.get(effect.kind) if is_ours else None
        # What opens it may begin a transaction, and commits nothing when nothing is written.
        is_frame = operation.at == opened.at and effect.kind in ("begin", "commit", "rollback")
        if how and not (is_frame or operation.leaving or effect.implicit):
            return f"line {line_of(operation.at)} {how}, in a transaction of its own so far"
    return ""


def _given_values(project: Project, scope: ScopeId, given: str) -> v.Values:
    """What the parameter, or the attribute of the object, may hold."""
    program = project.program
    module = project.module(scope[0])
    holder, dot, attribute = given.rpartition(".")
    if dot:
        receiver = project.engine.receiver(module, scope[1])
        if holder != "self" or not isinstance(receiver, v.Obj):
            return ()
        return program.object_attribute(receiver, attribute)
    for param in module.facts.scopes[scope[1]].params:
        if param.name == given:
            may_be_none = isinstance(param.default, f.Const) and param.default.value is None
            known = program.annotations.parameter(module, scope[1], param)
            return (*known, v.NONE[0]) if may_be_none else known
    return ()
