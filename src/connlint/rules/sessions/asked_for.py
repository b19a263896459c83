"""A function in, the sessions out that it asks a framework for where nobody answers: what marks a
parameter whose value is injected (``Depends(get_db)``), called in a body."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import descend, expressions_of, targets_of
from connlint.model.names import walk

_DRAINS = frozenset({"builtins.next", "builtins.anext"})

if TYPE_CHECKING:
    from connlint.model.names import ScopeId
    from connlint.model.project import Project


def asked_for(
    project: Project, scope: ScopeId, providers: Collection[ScopeId]
) -> Iterator[tuple[f.Call, ScopeId]]:
    """The calls whose result is used as a session, each with the provider that it names."""
    facts = project.module(scope[0]).facts.scopes[scope[1]]
    injectors = project.program.catalog.injects
    last = {name.rpartition(".")[2] for name in injectors}
    if facts.kind != "function" or not any(
        text.rpartition(".")[2] in last for text in facts.called
    ):
        return
    body = project.module(scope[0]).body(scope[1])
    for names, assigned in _assigned(body):
        inner = next((each for each in assigned.args if isinstance(each, f.Call)), assigned)
        call = inner if _is_one_of(project, scope, assigned, _DRAINS) else assigned
        if not _is_one_of(project, scope, call, injectors):
            continue
        for value in project.values(*scope, call.args[0]) if call.args else ():
            if (
                isinstance(value, v.Func)
                and (value.module, value.scope) in providers
                and _is_asked(body, names)
            ):
                yield call, (value.module, value.scope)


def _is_one_of(project: Project, scope: ScopeId, call: f.Call, names: Collection[str]) -> bool:
    callees = project.values(*scope, call.func)
    return any(isinstance(each, v.Ext) and each.name in names for each in callees)


def _assigned(body: f.Body) -> Iterator[tuple[set[str], f.Call]]:
    """The names that get the results of calls, and the calls."""
    for statement in walk(body):
        if isinstance(statement, (f.Assign, f.Annotated)) and isinstance(statement.value, f.Call):
            targets = targets_of(statement)
            yield {each.id for each in targets if isinstance(each, f.Name)}, statement.value


def _is_asked(body: f.Body, names: set[str]) -> bool:
    """Whether the function takes an attribute of one of the names, as of a session."""
    return any(
        isinstance(node, f.Attr) and isinstance(node.value, f.Name) and node.value.id in names
        for statement in walk(body)
        for expression in expressions_of(statement)
        for node in descend(expression)
    )
