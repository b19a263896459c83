"""A commit of a function in, what behind it relies on its having happened out.

Whoever takes a commit away, or moves it behind what follows, has to know: rows that are read back,
keys that the database gives out, work that is started and will look for what was written.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.location import line_of
from connlint.model import values as v
from connlint.model.enclosing import frames_around
from connlint.model.expressions import descend, expressions_of, parts
from connlint.model.name_parts import dotted
from connlint.model.names import walk

if TYPE_CHECKING:
    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

IsOther = Callable[["Operation"], bool]
_SENDS = frozenset({"flush", "commit"})


def reliance(project: Project, scope: ScopeId, commit: Operation, until: int = sys.maxsize) -> str:
    """What relies on a commit behind it in the same function, in words; nothing if nothing does.

    ``until``: where the next commit stands, which serves what comes behind it.
    """
    return work_started(project, scope, commit, until) or read_back(project, scope, commit, until)


def work_started(project: Project, scope: ScopeId, commit: Operation, until: int) -> str:
    """Where work is started behind a commit, in words; nothing where none is."""
    for handover in project.run(scope).handovers:
        if commit.at < handover.at < until:
            return f"line {line_of(handover.at)} starts work that may look for what it writes"
    return ""


def read_back(project: Project, scope: ScopeId, commit: Operation, until: int) -> str:
    """What behind a commit reads that a flush would do for as well, in words."""
    for operation in project.run(scope).operations:
        is_same = operation.effect.session == commit.effect.session
        is_behind = commit.at < operation.at < until
        if is_same and is_behind and operation.effect.chain[-1].text.endswith(".refresh"):
            return f"line {line_of(operation.at)} reads back what it writes"
    for name, known in _new_rows(project, scope, commit):
        for at in _reads(project, scope, name, known):
            if commit.end < at < until:
                return f"line {line_of(at)} reads {name}, whose key it may give out"
    return ""


def next_commit(project: Project, scope: ScopeId, commit: Operation, other: IsOther) -> int:
    """Where the first commit or flush stands that always comes behind an operation on the same
    session, if ``other`` says that it counts; beyond everything when there is none."""
    body = project.module(scope[0]).body(scope[1])
    around = {id(frame.block) for frame in frames_around(body, commit.at)}
    behind = [
        each.at
        for each in project.run(scope).operations
        if each.at > commit.at
        and each.effect.kind in _SENDS
        and each.effect.session == commit.effect.session
        and not each.leaving
        and other(each)
        and id(frames_around(body, each.at)[-1].block) in around
    ]
    return min(behind, default=sys.maxsize)


def _new_rows(
    project: Project, scope: ScopeId, commit: Operation
) -> Iterator[tuple[str, Mapping[str, int]]]:
    """The names of rows that are sent for the first time with the commit, and the attributes that
    the function itself gives them, each with the first place where it does."""
    module = project.module(scope[0])
    for name, sources in project.program.assigned(module, scope[1]).items():
        for source in sources:
            call = source.value if isinstance(source, f.Await) else source
            if not isinstance(call, f.Call) or call.at > commit.at:
                continue
            for value in project.values(*scope, call.func):
                if isinstance(value, v.Class) and project.roles.is_model(
                    (value.module, value.scope)
                ):
                    if not _is_sent(project, scope, name, commit):
                        given = {each.name: call.at for each in call.keywords if each.name}
                        yield name, {**_stored(project, scope, name), **given}
                elif isinstance(value, v.Func) and _leaves_rows(project, value):
                    yield name, {}


def _is_sent(project: Project, scope: ScopeId, name: str, commit: Operation) -> bool:
    """Whether a row is sent before the commit, or never given to the session at all."""
    calls = project.sites.calls(scope)
    added = 0
    for operation in sorted(project.run(scope).operations, key=lambda each: each.at):
        if operation.at >= commit.at:
            break
        call = calls.get((operation.at, operation.end))
        if operation.effect.kind == "write" and call is not None and _takes(call, name):
            added = operation.at
        elif operation.effect.kind in _SENDS and added:
            return True
    return not added


def _takes(call: f.Call, name: str) -> bool:
    arguments = (*call.args, *(each.value for each in call.keywords))
    return any(
        isinstance(node, f.Name) and node.id == name for each in arguments for node in descend(each)
    )


def _stored(project: Project, scope: ScopeId, name: str) -> dict[str, int]:
    """The attributes of ``name`` that are assigned, with the first place where they are."""
    found: dict[str, int] = {}
    for statement in walk(project.module(scope[0]).body(scope[1])):
        if isinstance(statement, f.Assign):
            for target in statement.targets:
                if isinstance(target, f.Attr) and dotted(target.value) == name:
                    found[target.attr] = min(statement.at, found.get(target.attr, sys.maxsize))
    return found


def _leaves_rows(project: Project, function: v.Func) -> bool:
    """Whether a function may give back a row that it leaves to its caller to send."""
    summary = project.run((function.module, function.scope)).summary
    kinds = {effect.kind for effect in summary.effects}
    return bool(summary.unsettled) and "write" in kinds and not kinds & _SENDS


def _reads(project: Project, scope: ScopeId, name: str, known: Mapping[str, int]) -> Iterator[int]:
    """Where a function reads a name, but for attributes where they are ``known`` by then."""
    for statement in walk(project.module(scope[0]).body(scope[1])):
        stored = {id(target) for target in getattr(statement, "targets", ())}
        stack: list[f.Expr] = list(expressions_of(statement))
        while stack:
            node = stack.pop()
            if id(node) in stored and dotted(node).rpartition(".")[0] in ("", name):
                continue
            if isinstance(node, f.Name) and node.id == name:
                yield node.at
            is_known = isinstance(node, f.Attr) and known.get(node.attr, sys.maxsize) < node.at
            if is_known and isinstance(node, f.Attr) and dotted(node.value) == name:
                continue
            stack.extend(parts(node))
