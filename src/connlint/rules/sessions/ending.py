"""A session that is left open in, the way to end it, as the intent of a fix, out.

How a session is ended depends on what was opened: a ``with`` on it may close it, only end its
transaction, or commit besides, and what comes from a pool goes back there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.findings import FixIntent
from connlint.location import line_of
from connlint.model import values as v
from connlint.model.expressions import calls_in
from connlint.model.lifetimes.ownership import arguments_of
from connlint.model.names import walk
from connlint.rules.sessions.known_names import known_as
from connlint.rules.sessions.openings import kind_of

if TYPE_CHECKING:
    from connlint.model.catalog.types import Function, Type
    from connlint.model.effects import Operation
    from connlint.model.lifetimes.noticed import Leak
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})


def ending_intent(project: Project, scope: ScopeId, leak: Leak) -> FixIntent | None:
    """The rewrite that closes what ``leak`` leaves open, or ``None`` when nobody can say how.

    A generator that is taken apart by hand is another rule's business.
    """
    opened = leak.acquired
    given = project.program.catalog_type(opened.effect.gives)
    callee = _callee(opened)
    if given is None or (callee and _facts(project, callee).is_generator):
        return None
    known = _known(project, scope, opened) if callee is None else None
    ending = _ending(project, given, known, callee)
    if ending is None:
        return None
    kind = kind_of(project, opened)
    return FixIntent(
        kind="close-session",
        safety="unsafe",
        title=f"close the {kind} on every way out",
        data={
            **ending,
            "opened": kind,
            "closes": "yes" if leak.ever_closes else "no",
            "closing_known_as": known_as(project, scope, "contextlib.closing"),
        },
        obstacle=_obstacle(project, scope, opened, callee),
    )


def _callee(opened: Operation) -> ScopeId | None:
    """The function of the project that hands out what is opened, if it is not opened here."""
    if opened.own or len(opened.effect.chain) < 2:
        return None
    inner = opened.effect.chain[1]
    return (inner.module, inner.scope)


def _facts(project: Project, scope: ScopeId) -> f.Scope:
    return project.module(scope[0]).facts.scopes[scope[1]]


def _known(project: Project, scope: ScopeId, opened: Operation) -> Function | None:
    """What the catalogue says of the function or method that opens it."""
    call = project.sites.calls(scope).get((opened.at, opened.end))
    callees = project.engine.anywhere(scope, call.func) if call is not None else ()
    names = (project.program.callable_name(value) for value in callees)
    known = (project.program.catalog.function(name) for name in names)
    return next((each for each in known if each is not None), None)


def _ending(
    project: Project,
    given: Type,
    known: Function | None,
    callee: ScopeId | None,
) -> dict[str, str] | None:
    """``with``, ``closing`` or ``finally``, and in a ``finally`` what is called there."""
    catalog = project.program.catalog
    block = catalog.context(given.name, given.is_async)
    is_coroutine = callee is not None and _facts(project, callee).is_async
    closes = block is not None and block.binds == "self" and set(block.on_exit) == {"close"}
    if closes and not is_coroutine and not (known and known.is_async):
        is_startable = known is not None and known.is_startable
        return _data("with", is_async=given.is_async, is_startable=is_startable)
    if known is not None and (release := _release(project, known)):
        return _data("finally", is_async=release.is_async or release.is_startable,
                     release=release.name.rpartition(".")[2])  # fmt: skip
    close = catalog.method(given.name, "close")
    if close is None or "close" not in close.effects:
        return None
    is_awaited = close.is_async or close.is_startable
    is_plain = not is_awaited and not is_coroutine
    return _data("closing" if is_plain else "finally", is_async=is_awaited)


def _data(
    ending: str, *, is_async: bool, is_startable: bool = False, release: str = ""
) -> dict[str, str]:
    return {
        "ending": ending,
        "ending_async": "yes" if is_async else "no",
        "startable": "yes" if is_startable else "no",
        "release": release,
    }


def _release(project: Project, known: Function) -> Function | None:
    """The method of the pool that takes back what another method of it gave."""
    catalog = project.program.catalog
    owner = known.name.rpartition(".")[0]
    for each in catalog.line(owner):
        if each.kind == "pool":
            for name, method in each.methods.items():
                if method.subject == 0 and "close" in method.effects:
                    return catalog.function(f"{each.name}.{name}")
    return None


def _obstacle(project: Project, scope: ScopeId, opened: Operation, callee: ScopeId | None) -> str:
    """Why closing it here may be wrong, in words for the user."""
    program = project.program
    if program.class_of(opened.effect.gives) is not None:
        return "its class is the project's own, which may have an end of its own for it"
    if callee is not None and not _is_fresh(project, callee):
        return f"{opened.effect.chain[0].text} may hand out one that others go on using"
    for name in _names(project, scope, opened):
        calls = list(calls_in(project.module(scope[0]).body(scope[1])))
        is_closed = any(_closes(call, name) for call in calls)
        for call in calls:
            for position, argument in arguments_of(call):
                if isinstance(argument, f.Name) and argument.id == name:
                    reason = _kept_by(project, scope, call, position, is_closed=is_closed)
                    if reason:
                        return f"line {line_of(call.at)} hands it {reason}"
    return ""


def _closes(call: f.Call, name: str) -> bool:
    """Is this ``name.close()``?"""
    func = call.func
    return (
        isinstance(func, f.Attr)
        and func.attr in ("close", "aclose")
        and isinstance(func.value, f.Name)
        and func.value.id == name
    )


def _is_fresh(project: Project, callee: ScopeId) -> bool:
    """Is all that a function returns opened by that very call?"""
    returned = project.run(callee).summary.returns
    own = f"s:{callee[0]}:{callee[1]}:"
    return bool(returned) and all(
        isinstance(value, v.Obj) and value.id.startswith(own) for value in returned
    )


def _names(project: Project, scope: ScopeId, opened: Operation) -> Iterator[str]:
    """The variables that what is opened is put into."""
    for statement in walk(project.module(scope[0]).body(scope[1])):
        if isinstance(statement, f.Assign):
            value, targets = statement.value, statement.targets
        elif isinstance(statement, f.Annotated) and statement.value is not None:
            value, targets = statement.value, (statement.target,)
        else:
            continue
        value = value.value if isinstance(value, f.Await) else value
        if isinstance(value, f.Call) and value.at == opened.at:
            yield from (each.id for each in targets if isinstance(each, f.Name))


def _kept_by(
    project: Project, scope: ScopeId, call: f.Call, position: int | str, *, is_closed: bool
) -> str:
    """Why what a call is handed there may be used after the call, in words; nothing if it isn't.

    Who closes it by hand (``is_closed``) does not leave that to those that it is handed to.
    """
    callees = project.engine.anywhere(scope, call.func)
    if not is_closed and project.lives.ownership.taking(callees, position):
        return "on to what may keep it"
    for value in callees:
        if isinstance(value, v.Func):
            facts = _facts(project, (value.module, value.scope))
            module = project.module(value.module)
            decorators = set(project.program.decorator_names(module, value.scope))
            if facts.is_generator and not decorators & _MANAGERS:
                return f"to {facts.name}, which works on it while somebody reads from it"
    return ""
