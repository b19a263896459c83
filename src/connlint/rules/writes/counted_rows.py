"""A call that fetches rows only for their number in, the intent to count them instead out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.findings import FixIntent
from connlint.model import values as v
from connlint.model.expressions import descend

if TYPE_CHECKING:
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_QUERY = "sqlalchemy.orm.Query"
_RESULTS = frozenset({
    "sqlalchemy.engine.Result", "sqlalchemy.engine.CursorResult", "sqlalchemy.engine.ScalarResult",
})  # fmt: skip
_SENDING = frozenset({"execute", "scalars"})
_NARROWS = frozenset({"all", "filter", "filter_by", "options", "order_by", "where"})
"""Methods of a query that change neither what a row is nor how often it comes."""
_MAX_DEPTH = 4
_NOT_KNOWN = "it is not known how to count what this fetches"


def counting(project: Project, scope: ScopeId, fetch: f.Call) -> FixIntent:
    """The intent to let the database count what ``fetch`` fetches, with what is in its way."""
    data, obstacle = _form(project, scope, fetch)
    return FixIntent("count-rows", "unsafe", "count in the database", data, obstacle)


def _form(project: Project, scope: ScopeId, fetch: f.Call) -> tuple[dict[str, str], str]:
    """How the rows are asked for, as data of the intent, and why they can't be counted."""
    source = fetch.func.value if isinstance(fetch.func, f.Attr) else None
    source = source.value if isinstance(source, f.Await) else source
    if source is None or fetch.args or fetch.keywords:
        return {}, _NOT_KNOWN
    types = {value.type for value in project.values(*scope, source) if isinstance(value, v.Obj)}
    if types == {_QUERY}:
        if _comes_once(project, scope, source, 0):
            return {"form": "query"}, ""
        return {"form": "query"}, "rows that come more than once would be counted as often"
    statement = _sent(source) if types and types <= _RESULTS else None
    if statement is None or not _is_select(project, scope, statement):
        return {}, _NOT_KNOWN
    is_entity = _is_of_entity(project, scope, statement)
    return {"form": "select", "entity": "yes" if is_entity else "no"}, ""


def _sent(source: f.Expr) -> f.Expr | None:
    """What is sent by ``execute(s)``, ``execute(s).scalars()`` or ``scalars(s)``."""
    call = source.value if isinstance(source, f.Await) else source
    if not isinstance(call, f.Call) or not isinstance(call.func, f.Attr) or call.keywords:
        return None
    if call.args:
        return call.args[0] if call.func.attr in _SENDING and len(call.args) == 1 else None
    return _sent(call.func.value) if call.func.attr == "scalars" else None


def _is_select(project: Project, scope: ScopeId, statement: f.Expr) -> bool:
    """Whether a statement is one that a subquery can be made of."""
    kinds = {project.program.kind(value) for value in project.values(*scope, statement)}
    return kinds == {"read-statement"}


def _is_of_entity(project: Project, scope: ScopeId, statement: f.Expr) -> bool:
    """Whether a statement selects the objects of one class."""
    first = next(reversed(list(_chain(statement))), None)
    asked = first.args if first is not None else ()
    values = project.values(*scope, asked[0]) if len(asked) == 1 else ()
    return bool(values) and all(isinstance(value, v.Class) for value in values)


def _comes_once(project: Project, scope: ScopeId, query: f.Expr, depth: int) -> bool:
    """Whether fetching a query gives as many rows as counting it.

    A query for objects leaves out those that it has given already: what may multiply rows, which a
    join or another table does, is then counted more often than it is given.
    """
    if isinstance(query, f.Name):
        sources = project.program.assigned(project.module(scope[0]), scope[1]).get(query.id, ())
        return (
            bool(sources)
            and depth < _MAX_DEPTH
            and all(_comes_once(project, scope, each, depth + 1) for each in sources)
        )
    calls = list(_chain(query))
    first = calls.pop() if calls else None
    if first is None or not isinstance(first.func, f.Attr):
        return False
    if first.func.attr == "query":
        asked = first.args
    elif isinstance(first.func.value, f.Attr) and first.func.value.attr == "query":
        asked = (first.func.value.value,)  # Model.query.filter(...)
        calls.append(first)
    else:
        return False
    if asked and all(_is_column(project, scope, each) for each in asked):
        return True
    return len(asked) == 1 and _is_of_one(project, scope, asked[0], calls)


def _is_column(project: Project, scope: ScopeId, asked: f.Expr) -> bool:
    """Whether a query is asked for a column: then each row of the database is given."""
    if not isinstance(asked, f.Attr):
        return False
    owners = project.values(*scope, asked.value)
    found = project.values(*scope, asked)
    return (
        bool(owners)
        and all(isinstance(value, v.Class) for value in owners)
        and not any(isinstance(value, v.Class) for value in found)
    )


def _is_of_one(project: Project, scope: ScopeId, entity: f.Expr, calls: Iterable[f.Call]) -> bool:
    """Whether a query is for the objects of one class, and mentions no other one."""
    entities = project.values(*scope, entity)
    if not entities or not all(isinstance(value, v.Class) for value in entities):
        return False
    for call in calls:
        if not isinstance(call.func, f.Attr) or call.func.attr not in _NARROWS:
            return False
        for node in (node for argument in call.args for node in descend(argument)):
            if isinstance(node, (f.Name, f.Attr)) and any(
                isinstance(value, v.Class) and value not in entities
                for value in project.values(*scope, node)
            ):
                return False
    return True


def _chain(query: f.Expr) -> Iterator[f.Call]:
    """The calls of ``a.query(b).filter(c)``, outermost first."""
    while isinstance(query, f.Call):
        yield query
        query = query.func.value if isinstance(query.func, f.Attr) else query.func
