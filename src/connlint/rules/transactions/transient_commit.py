"""A commit or persist call in a transient state in, its removal as the intent of a fix out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.findings import FixIntent, FixPart
from connlint.location import line_of
from connlint.model import values as v
from connlint.model.classes import ClassId
from connlint.model.expressions import targets_of
from connlint.model.names import walk
from connlint.model.reliance import next_commit, reliance
from connlint.model.written.statements import written_by

if TYPE_CHECKING:
    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

IsTransient = Callable[["Operation"], bool]


def removal(
    project: Project, scope: ScopeId, operation: Operation, is_transient: IsTransient
) -> FixIntent:
    """The intent to take the commit or persist call away, with what is in its way.

    ``is_transient`` says whether the rule judges another way to the same commit as it does this.
    """
    effect = operation.effect
    if effect.kind == "persist":
        title, caution = "remove the call", "who reads the database no longer sees the state"
        word = effect.chain[0].text.rpartition(".")[2]
    else:
        title, caution = "remove the commit", "what it wrote is lost unless a later commit comes"
        word = "commit"
    data = {"word": word, "caution": caution}
    if operation.own:
        obstacle = _obstacle(project, scope, operation, is_transient)
        return FixIntent("remove-commit", "unsafe", title, data, obstacle)
    obstacle = _obstacle_below(project, operation, is_transient)
    last = effect.chain[-1]
    path = project.path((last.module, last.scope))
    part = FixPart(path, project.span(last.at, last.end), {"here": "yes"})
    return FixIntent(
        "remove-commit", "unsafe", title, {**data, "here": "no"}, obstacle, parts=(part,)
    )


def _obstacle(
    project: Project, scope: ScopeId, operation: Operation, is_transient: IsTransient
) -> str:
    """Why a commit of the function itself can't go, in words."""
    effect = operation.effect
    if effect.kind == "autocommit":
        return "the write itself commits, in autocommit mode"
    if effect.implicit:
        return f"leaving the block of {effect.chain[-1].text} commits"
    if not all(is_transient(other) for _, other in project.ways_to(effect)):
        return "callers come here with other states, which need it"
    if effect.kind == "persist":
        return ""
    return _lost(project, scope, operation, is_transient)


def _obstacle_below(project: Project, operation: Operation, is_transient: IsTransient) -> str:
    """Why a commit that is reached through a call can't go, in words.

    It can where every way to it comes with transient states, and nothing but calls leads there.
    """
    effect = operation.effect
    last = effect.chain[-1]
    scope = (last.module, last.scope)
    where = project.symbol(scope)
    if effect.implicit:
        return f"leaving the block of {last.text} commits"
    ways = [way for way in project.ways_to(effect) if not way[1].own]
    own = [each for _, each in project.ways_to(effect) if each.own]
    if len(own) != 1 or not all(is_transient(way) for _, way in ways):
        return f"the commit is in {where}, and whoever else calls that counts on it"
    if not project.is_only_called(scope):
        return f"the commit is in {where}, which is not only called"
    lost = (_lost(project, caller, way, is_transient) for caller, way in ways)
    until = next_commit(project, scope, own[0], lambda other: not is_transient(other))
    return (
        _also_written(project, scope, own[0])
        or reliance(project, scope, own[0], until)
        or next(filter(None, lost), "")
    )


def _lost(project: Project, scope: ScopeId, commit: Operation, is_transient: IsTransient) -> str:
    """What would be missing without a commit, apart from the state, in words."""
    until = next_commit(project, scope, commit, lambda other: not is_transient(other))
    if other := _also_written(project, scope, commit) or reliance(project, scope, commit, until):
        return other
    if until < sys.maxsize:
        return ""
    key = (commit.at, commit.effect.place)
    written = project.written.of(scope).commits.get(key, frozenset())
    states = project.engine.vocabulary.fields
    others = [each for each in written if each.name not in states and each.what != "touch"]
    if not written or others:
        fields = {each.name for each in others if each.name and each.what != "given"}
        names = ", ".join(sorted(fields))
        return f"no other commit follows, so that {names or 'the row itself'} would be lost as well"
    return ""


def _also_written(project: Project, scope: ScopeId, commit: Operation) -> str:
    """What else the commit writes than the entity whose state is transient, in words."""
    calls = project.sites.calls(scope)
    for operation in project.run(scope).operations:
        if operation.effect.kind != "write" or operation.at >= commit.at:
            continue
        call = calls.get((operation.at, operation.end))
        line = line_of(operation.at)
        if call is None or not operation.own:
            return f"it also writes what line {line} does"
        if not _writes_a_state(project, scope, call):
            return f"it also writes what line {line} does"
    for at, name in _stored(project, scope):
        if at < commit.at:
            return f"it also writes {name}, which line {line_of(at)} changes"
    return ""


def _writes_a_state(project: Project, scope: ScopeId, call: f.Call) -> bool:
    """Whether a writing call of the function writes an entity that has a state."""
    fields = project.engine.vocabulary.fields
    method = call.func.attr if isinstance(call.func, f.Attr) else ""
    if method not in ("add", "merge"):
        return any(each.name in fields for each in written_by(project.program, scope, call))
    argument = call.args[0] if call.args else None
    if argument is None:
        return False
    for value in project.values(*scope, argument):
        owner = project.program.class_of(value.type) if isinstance(value, v.Obj) else None
        if owner is not None and not _has_state(project, owner):
            return False
    return True


def _has_state(project: Project, owner: ClassId) -> bool:
    hierarchy = project.program.hierarchy
    return any(
        hierarchy.assigned(owner, field) or hierarchy.annotated(owner, field)
        for field in project.engine.vocabulary.fields
    )


def _stored(project: Project, scope: ScopeId) -> Iterator[tuple[int, str]]:
    """The attributes of what may be other rows that a function assigns, and where."""
    targets = [
        (statement.at, target)
        for statement in walk(project.module(scope[0]).body(scope[1]))
        if isinstance(statement, (f.Assign, f.AugAssign))
        for target in targets_of(statement)
        if isinstance(target, f.Attr) and isinstance(target.value, f.Name)
    ]
    fields = project.engine.vocabulary.fields
    entities = {t.value.id for _, t in targets if isinstance(t.value, f.Name) and t.attr in fields}
    for at, target in targets:
        assert isinstance(target.value, f.Name)
        name = target.value.id
        if name not in entities and entities and project.expiry.may_be_row(scope, name):
            yield at, f"{name}.{target.attr}"
