"""What the rules on sessions say of an opening: what it is, what opened it, where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import calls_in
from connlint.model.lifetimes.ownership import arguments_of
from connlint.model.name_parts import dotted
from connlint.model.names import walk
from connlint.rules.evidence import EXEMPT_ROLES

if TYPE_CHECKING:
    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


def openers(project: Project, *, known: bool = False) -> Iterator[ScopeId]:
    """The functions that open sessions or connections, or are handed open ones; tests left out.

    Those to report on, or all that are ``known``.
    """
    for scope, run in project.known_runs() if known else project.runs():
        own = f"s:{scope[0]}:{scope[1]}:"
        opens = any(
            each.effect.kind == "acquire" and each.effect.session.startswith(own)
            for each in run.operations
        )
        if opens and project.role(scope) not in EXEMPT_ROLES:
            yield scope


def own_openings(project: Project, scope: ScopeId) -> Iterator[Operation]:
    """Where a function opens sessions itself or is handed open ones, each place once."""
    own = f"s:{scope[0]}:{scope[1]}:"
    seen: set[int] = set()
    for operation in project.run(scope).operations:
        effect = operation.effect
        if effect.kind == "acquire" and effect.session.startswith(own) and operation.at not in seen:
            seen.add(operation.at)
            yield operation


def given_sessions(project: Project, scope: ScopeId) -> tuple[str, ...]:
    """The parameters in which a function is given a session; for a method without one, the
    attribute in which its object keeps the one that it was made with."""
    program = project.program
    module = project.module(scope[0])
    facts = module.facts.scopes[scope[1]]
    found = tuple(
        param.name
        for param in facts.params
        if any(
            program.is_session(value)
            for value in program.annotations.parameter(module, scope[1], param)
        )
    )
    if found or facts.name == "__init__":
        return found
    receiver = project.engine.receiver(module, scope[1])
    owner = program.class_of(receiver.type) if isinstance(receiver, v.Obj) else None
    maker = program.hierarchy.method(owner, "__init__") if owner is not None else None
    if maker is None:
        return ()
    summary = project.run((maker[0].module, maker[1])).summary
    return tuple(
        f"self.{name}"
        for (holder, name), values in summary.fields
        if holder == "self"
        and any(
            isinstance(each, v.Obj) and each.id.startswith("p:") and program.is_session(each)
            for each in values
        )
    )


def is_given(project: Project, scope: ScopeId, session: str) -> bool:
    """Whether a session is one that a function is given as a parameter."""
    params = project.module(scope[0]).facts.scopes[scope[1]].params
    return session[:2] == "p:" and any(param.name == session[2:] for param in params)


def arguments_at(project: Project, scope: ScopeId, at: int, end: int) -> frozenset[str]:
    """The names and attributes that are arguments of the call at a place, as dotted text.

    The connection of one, as in ``session.connection()``, counts as the thing itself.
    """
    for call in calls_in(project.module(scope[0]).body(scope[1])):
        if (call.at, call.end) == (at, end):
            return frozenset(dotted(_owner(each)) for _, each in arguments_of(call)) - {""}
    return frozenset()


def _owner(argument: f.Expr) -> f.Expr:
    """What a connection is asked of, else the argument itself."""
    if isinstance(argument, f.Await):
        argument = argument.value
    func = argument.func if isinstance(argument, f.Call) else None
    return func.value if isinstance(func, f.Attr) and func.attr == "connection" else argument


def joins_with_block(body: f.Body, call: f.Call) -> bool:
    """Whether a task is started on a group or an executor whose ``with`` block waits for it."""
    func = call.func
    if not isinstance(func, f.Attr) or not isinstance(func.value, f.Name):
        return False
    return any(
        isinstance(item.target, f.Name) and item.target.id == func.value.id
        for statement in walk(body)
        if isinstance(statement, f.With) and statement.at < call.at < statement.end
        for item in statement.items
    )


def is_of_thread(project: Project, operation: Operation) -> bool:
    """Whether a session comes from a ``scoped_session``, which keeps it for its thread."""
    values = project.program.target_values(project.targets(operation.effect.provider))
    return any(
        found.kind == "session" and project.program.catalog.called(found.name) is not None
        for value in (*values, *_called(project, operation))
        if (found := project.program.database_type(value)) is not None
    )


def _called(project: Project, operation: Operation) -> v.Values:
    """What is called where the session is made in the end."""
    last = operation.effect.chain[-1]
    calls = calls_in(project.module(last.module).body(last.scope))
    call = next((each for each in calls if (each.at, each.end) == (last.at, last.end)), None)
    if call is None:
        return ()
    return project.engine.anywhere((last.module, last.scope), call.func)


def kind_of(project: Project, operation: Operation) -> str:
    """``session`` or ``connection``, whichever is opened."""
    return project.acquired_kind(operation) or "session"


def opener_of(operation: Operation) -> str:
    """What the function itself calls to open it: a factory, or a function that hands it out."""
    return operation.effect.provider if operation.own else operation.effect.chain[0].text
