"""A write that nobody commits in, the intent to begin a transaction around it in the route out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.findings import FixIntent
from connlint.model.injections import dependencies
from connlint.model.names import walk
from connlint.model.session_names import session_name

if TYPE_CHECKING:
    from connlint.model.effects import Operation
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_WORKS = frozenset({"begin", "commit", "execute", "flush", "read", "write"})


def beginning(project: Project, scope: ScopeId, write: Operation) -> FixIntent:
    """The intent to wrap what the route does with the session in ``with session.begin():``."""
    named = session_name(project, scope, write.effect.session)
    begin = named.method(project, "begin", "begin") if named else None
    if named is None or begin is None or not project.program.catalog.autobegins(named.type):
        obstacle = "the session has no begin() that would commit"
        return FixIntent("begin-transaction", "unsafe", "begin a transaction", {}, obstacle)
    kind = project.program.catalog_type(named.type)
    is_async = kind is not None and kind.is_async
    return FixIntent(
        kind="begin-transaction",
        safety="unsafe",
        title=f"wrap it in {'async with' if is_async else 'with'} {named.text}.begin()",
        data={"session": named.text, "async": "yes" if is_async else "no"},
        obstacle=_begun_before(project, scope, write)
        or (next(_rows_returned(project, scope), "") if is_async else ""),
    )


def _begun_before(project: Project, scope: ScopeId, write: Operation) -> str:
    """Who may have worked on the session before the route does, in words."""
    provider = write.origin.name if write.origin is not None else ""
    for target in project.targets(provider):
        run = project.run((target.module, target.scope))
        if any(each.kind in _WORKS and not each.after_yield for each in run.summary.effects):
            return f"{provider} has begun a transaction by then"
    for dependency in dict.fromkeys(dependencies(project, scope)):
        for operation in project.run(dependency).operations:
            origin = operation.origin
            is_same = origin is not None and (origin.kind, origin.name) == ("injected", provider)
            if is_same and operation.effect.kind in _WORKS:
                return f"{project.symbol(dependency)} may have begun a transaction by then"
    return ""


def _rows_returned(project: Project, scope: ScopeId) -> Iterator[str]:
    """Where the route returns rows, which the commit may make unreadable, in words."""
    for statement in walk(project.module(scope[0]).body(scope[1])):
        value = statement.value if isinstance(statement, f.Return) else None
        if value is None:
            continue
        is_row = isinstance(value, f.Name) and project.expiry.may_be_row(scope, value.id)
        if is_row or project.rows.are_given(scope, value):
            yield "it returns a row, which may be unreadable after the commit"
