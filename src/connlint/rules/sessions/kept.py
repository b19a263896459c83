"""A project in, the sessions that it keeps where all calls share them out.

A module's global, an attribute of a class and a default argument are made once. That is sharing
when something that runs several times at once (a request, a task, a thread) works on the session
without holding a lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import targets_of
from connlint.model.name_parts import is_name
from connlint.model.names import walk
from connlint.rules.evidence import EXEMPT_ROLES
from connlint.rules.sessions.openings import own_openings

if TYPE_CHECKING:
    from connlint.model.effects import Operation
    from connlint.model.entry_points import EntryPoint
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_CONCURRENT = frozenset(
    {
        "route", "websocket", "socket-event", "message-consumer", "task", "scheduled-job",
        "middleware", "request-hook", "event-handler", "thread",
    }
)  # fmt: skip
_LOCKS = frozenset(
    {
        "threading.Lock",
        "threading.RLock",
        "threading.Semaphore",
        "asyncio.Lock",
        "asyncio.Semaphore",
    }
)
_USES = frozenset({"read", "write", "execute", "flush", "begin", "commit", "rollback"})


class SharedUse(NamedTuple):
    """A use of a session that several may make at the same time, through an entry point."""

    scope: ScopeId
    at: int
    entry: EntryPoint | None


class Kept(NamedTuple):
    """A session that is made once, at ``at`` .. ``end``, and kept in what ``where`` names."""

    scope: ScopeId
    at: int
    end: int
    where: str
    use: SharedUse


def kept_sessions(project: Project) -> Iterator[Kept]:
    """The sessions that are kept and shared, each once."""
    users: dict[str, list[tuple[ScopeId, Operation]]] = {}
    for scope, operation in project.known_operations():
        if operation.own and operation.effect.kind in _USES:
            users.setdefault(operation.effect.session, []).append((scope, operation))
    for session, uses in users.items():
        if session.startswith("g:"):
            yield from _global(project, session[2:], uses)
    yield from _class_attributes(project, users)
    yield from _defaults(project)


def _global(project: Project, dotted: str, uses: list[tuple[ScopeId, Operation]]) -> Iterator[Kept]:
    if not _is_plain_session(project, project.program.target_values(project.targets(dotted))):
        return
    shared = _shared_use(project, uses)
    module, _, name = dotted.rpartition(".")
    if shared is None or module not in project.program.modules:
        return
    for number in range(len(project.module(module).facts.scopes)):
        for place in _stored(project, (module, number), name):
            yield Kept((module, number), *place, f"the global {dotted}", shared)
            return


def _stored(project: Project, scope: ScopeId, name: str) -> Iterator[tuple[int, int]]:
    """Where a scope opens the session that it stores in a global."""
    body = project.module(scope[0]).body(scope[1])
    kind = project.module(scope[0]).facts.scopes[scope[1]].kind
    declared = any(isinstance(s, f.Outer) and name in s.names for s in walk(body))
    if kind != "module" and not declared:
        return
    opened = {(each.at, each.end) for each in own_openings(project, scope)}
    for place in _assigned_calls(body, name):
        if place in opened:
            yield place


def _assigned_calls(body: f.Body, name: str) -> Iterator[tuple[int, int]]:
    for statement in walk(body):
        if not isinstance(statement, (f.Assign, f.Annotated)) or statement.value is None:
            continue
        value = statement.value.value if isinstance(statement.value, f.Await) else statement.value
        if isinstance(value, f.Call) and any(is_name(each, name) for each in targets_of(statement)):
            yield value.at, value.end


def _class_attributes(
    project: Project, users: dict[str, list[tuple[ScopeId, Operation]]]
) -> Iterator[Kept]:
    for scope, _ in project.runs():
        module = project.module(scope[0])
        facts = module.facts.scopes[scope[1]]
        if facts.kind != "class" or project.role(scope) in EXEMPT_ROLES:
            continue
        opened = {(each.at, each.end): each for each in own_openings(project, scope)}
        for name in facts.binds if opened else ():
            for place in _assigned_calls(module.body(scope[1]), name):
                uses = [
                    (user, operation)
                    for user, operation in users.get(f"a:{name}", ())
                    if user[0] == scope[0] and module.facts.scopes[user[1]].parent == scope[1]
                ]
                shared = _shared_use(project, uses)
                if place in opened and shared is not None:
                    yield Kept(scope, *place, f"the class attribute {facts.name}.{name}", shared)


def _defaults(project: Project) -> Iterator[Kept]:
    for scope, run in project.runs():
        module = project.module(scope[0])
        facts = module.facts.scopes[scope[1]]
        for param in facts.params:
            if not isinstance(param.default, f.Call) or project.role(scope) in EXEMPT_ROLES:
                continue
            values = project.program.static(module, facts.parent, param.default)
            used = next(
                (
                    each
                    for each in run.operations
                    if each.effect.session == f"p:{param.name}" and each.effect.kind in _USES
                ),
                None,
            )
            made = tuple(value for value in values if _is_made(value))
            if used is not None and _is_plain_session(project, made):
                around = (module.name, facts.parent)
                where = f"the default of {param.name}"
                place = (param.default.at, param.default.end)
                yield Kept(around, *place, where, SharedUse(scope, used.at, None))


def _is_made(value: v.Value) -> bool:
    """Whether a value is a session that evaluating the expression opens."""
    return (
        isinstance(value, v.Obj)
        and value.origin is not None
        and value.origin.kind in ("factory", "constructor", "provider")
    )


def _is_plain_session(project: Project, values: v.Values) -> bool:
    """Whether values are sessions or connections, and not one for each thread."""
    for value in values:
        found = project.program.database_type(value)
        if found is not None and found.kind in ("session", "connection"):
            return project.program.catalog.called(found.name) is None
    return False


def _shared_use(project: Project, uses: list[tuple[ScopeId, Operation]]) -> SharedUse | None:
    """A use that several may make at the same time."""
    for scope, operation in uses:
        if project.role(scope) in EXEMPT_ROLES or _is_locked(project, scope, operation.at):
            continue
        for entry in project.entry_points_of(scope):
            if entry.kind in _CONCURRENT:
                return SharedUse(scope, operation.at, entry)
    return None


def _is_locked(project: Project, scope: ScopeId, at: int) -> bool:
    """Whether a place is inside a ``with`` on a lock."""
    for statement in walk(project.module(scope[0]).body(scope[1])):
        if isinstance(statement, f.With) and statement.at < at < statement.end:
            for item in statement.items:
                values = project.engine.anywhere(scope, item.context)
                if any(isinstance(each, v.Obj) and each.type in _LOCKS for each in values):
                    return True
    return False
