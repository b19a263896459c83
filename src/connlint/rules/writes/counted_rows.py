"""A call that fetches rows only for their number in, the intent to count them instead out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.findings import FixIntent
from connlint.model import values as v
from connlint.model.expressions import descend

if TYPE_CHECKING:
    from connlint.model.project import Project
    from connlint.model.relevance import ScopeId

_QUERY = "sqlalchemy.orm.Query"
_RESULTS = frozenset({
    "sqlalchemy.engine.Result", "sqlalchemy.engine.CursorResult", "sqlalchemy.engine.ScalarResult",
})  # fmt: skip
_SENDING = frozenset({"execute", "scalars"})
_NARROWS = frozenset({"all", "filter", "filter_by", "options", "order_by", "where"})
"""Methods of a query that change neither what a row is nor how often it comes."""
_MAX_DEPTH = 4


def counting(project: Project, scope: ScopeId, fetch: f.Call) -> FixIntent:
    """The intent to let the database count what ``fetch`` fetches, with what is in its way."""
    form, obstacle = _form(project, scope, fetch)
    return FixIntent("count-rows", "unsafe", "count in the database", {"form": form}, obstacle)


def _form(project: Project, scope: ScopeId, fetch: f.Call) -> tuple[str, str]:
    """How the rows are asked for, ``query`` or ``select``, and why they can't be counted."""
    source = fetch.func.value if isinstance(fetch.func, f.Attr) else None
    source = source.value if isinstance(source, f.Await) else source
    if source is None or fetch.args or fetch.keywords:
        return "", "it is not known how to count what this fetches"
    types = {value.type for value in project.values(*scope, source) if isinstance(value, v.Obj)}
    if types == {_QUERY}:
        if _comes_once(project, scope, source, 0):
            return "query", ""
        return "query", "rows that come more than once would be counted as often"
    if types and types <= _RESULTS and _is_sent(source):
        return "select", ""
    return "", "it is not known how to count what this fetches"


def _is_sent(source: f.Expr) -> bool:
    """Whether a statement is sent by ``execute(s)``, ``execute(s).scalars()`` or ``scalars(s)``."""
    call = source.value if isinstance(source, f.Await) else source
    if not isinstance(call, f.Call) or not isinstance(call.func, f.Attr):
        return False
    if call.args:
        return call.func.attr in _SENDING and len(call.args) == 1 and not call.keywords
    return call.func.attr == "scalars" and not call.keywords and _is_sent(call.func.value)


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
