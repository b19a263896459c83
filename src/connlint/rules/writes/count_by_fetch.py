"""DBC306: rows are fetched only to be counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import calls_in, descend
from connlint.model.names import walk
from connlint.model.uses import is_used
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect
from connlint.rules.writes.counted_rows import counting

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.engine import FunctionRun
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_ROWS = "dbapi.Rows"
_RESULTS = frozenset({
    "sqlalchemy.engine.ScalarResult", "sqlalchemy.engine.CursorResult",
    "sqlalchemy.engine.MappingResult",
})  # fmt: skip
_COPIES = frozenset({"builtins.list", "builtins.tuple", "builtins.sorted"})
_MAX_DEPTH = 4
_PARTIAL = frozenset({"limit", "slice", "fetchmany", "paginate"})
"""Methods that fetch some of the rows: how many is known beforehand, or asked for on purpose."""


class CountByFetch(Rule):
    """``len()`` of fetched rows that nothing else needs, where the database could count."""

    code = "DBC306"
    severity = "warning"
    fixes = ("unsafe",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        for scope, run in project.runs():
            module = project.module(scope[0])
            if "len" not in module.facts.scopes[scope[1]].called or project.role(scope) == "test":
                continue
            counted: set[int] = set()
            for call in calls_in(module.body(scope[1])):
                if not _is_length(call):
                    continue
                fetch = _only_counted(project, scope, call.args[0])
                if fetch is None or fetch.at in counted or _writes(project, scope, run, fetch):
                    continue
                counted.add(fetch.at)
                yield self._suspect(project, scope, call, fetch)

    def _suspect(self, project: Project, scope: ScopeId, call: f.Call, fetch: f.Call) -> Suspect:
        callees = project.values(scope[0], scope[1], fetch.func)
        names = [project.program.callable_name(each) for each in callees if type(each) is v.Func]
        through = f" by {names[0].rpartition('.')[2]}()" if names else ""
        return suspect(
            project, self.code, scope, call.at, call.end, shape="call",
            message=f"all rows are fetched{through} only to be counted; count them in the "
            "database (SELECT count(*))",
            matched="len",
            intent=counting(project, scope, fetch),
        )  # fmt: skip


def _writes(
    project: Project, scope: ScopeId, run: FunctionRun, node: f.Expr, depth: int = 0
) -> bool:
    """Whether what is fetched comes of a call that also writes: then the rows say what it did."""
    while isinstance(node, (f.Attr, f.Call, f.Await)):
        if isinstance(node, f.Call):
            place = (node.at, node.end)
            kinds = {e.effect.kind for e in run.operations if (e.at, e.end) == place}
            if kinds & {"write", "flush", "commit"}:
                return True
        node = node.func if isinstance(node, f.Call) else node.value
    if not isinstance(node, f.Name) or depth > _MAX_DEPTH:
        return False
    sources = project.program.assigned(project.module(scope[0]), scope[1]).get(node.id, ())
    return any(_writes(project, scope, run, each, depth + 1) for each in sources)


def _is_length(node: f.Expr) -> bool:
    return (
        isinstance(node, f.Call)
        and isinstance(node.func, f.Name)
        and node.func.id == "len"
        and len(node.args) == 1
    )


def _only_counted(project: Project, scope: ScopeId, counted: f.Expr) -> f.Call | None:
    """The call that fetches the rows that are counted, when they are good for nothing else."""
    counted = _awaited(counted)
    if isinstance(counted, f.Name):
        module = project.module(scope[0])
        sources = project.program.assigned(module, scope[1]).get(counted.id, ())
        if len(sources) != 1 or _is_needed(project, scope, counted.id):
            return None
        counted = _awaited(sources[0])
    if isinstance(counted, f.Call) and _fetches_all(project, scope, counted, 0):
        return counted
    return None


def _awaited(node: f.Expr) -> f.Expr:
    return node.value if isinstance(node, f.Await) else node


def _fetches_all(project: Project, scope: ScopeId, node: f.Expr, depth: int) -> bool:
    """Whether an expression fetches all rows that it can get, and does nothing else with them."""
    node = _awaited(node)
    if depth > _MAX_DEPTH or _is_partial(node):
        return False
    if isinstance(node, f.Name):
        sources = project.program.assigned(project.module(scope[0]), scope[1]).get(node.id, ())
        return bool(sources) and any(
            _fetches_all(project, scope, each, depth + 1) for each in sources
        )
    if not isinstance(node, f.Call):
        return False
    callees = project.values(scope[0], scope[1], node.func)
    functions = [each for each in callees if isinstance(each, v.Func)]
    if functions:
        return all(_hands_out_all(project, each, depth + 1) for each in functions) and _are_rows(
            project, scope, node
        )
    if any(isinstance(each, v.Ext) and each.name in _COPIES for each in callees) and node.args:
        values = project.values(scope[0], scope[1], _awaited(node.args[0]))
        return any(_is_iterated(project, each) for each in values) or _fetches_all(
            project, scope, node.args[0], depth + 1
        )
    return _are_rows(project, scope, node)


def _is_iterated(project: Project, value: v.Value) -> bool:
    """Whether iterating over a value fetches the rows: a query, or a result."""
    is_result = isinstance(value, v.Obj) and value.type in _RESULTS
    return is_result or project.program.kind(value) == "query"


def _are_rows(project: Project, scope: ScopeId, node: f.Expr) -> bool:
    """Whether an expression gives fetched rows, if anything is known of it."""
    found = [
        each
        for each in project.values(scope[0], scope[1], node)
        if not v.is_unknown(each) and not _is_empty(each)
    ]
    return bool(found) and all(isinstance(each, v.Obj) and each.type == _ROWS for each in found)


def _is_empty(value: v.Value) -> bool:
    return value == v.NONE[0] or (isinstance(value, v.Items) and not value.items)


def _hands_out_all(project: Project, function: v.Func, depth: int) -> bool:
    """Whether a function returns what it fetches, and keeps it for nobody else."""
    module = project.module(function.module)
    scope = (function.module, function.scope)
    if any("cache" in name for name in project.program.decorator_names(module, function.scope)):
        return False
    returned = [
        each.value for each in walk(module.body(function.scope)) if isinstance(each, f.Return)
    ]
    given = [each for each in returned if each is not None]
    if any(_is_kept(each) for each in given):
        return False
    return any(_fetches_all(project, scope, each, depth) for each in given)


def _is_kept(node: f.Expr) -> bool:
    """Whether an expression is an attribute of the instance: others may use what it holds."""
    return isinstance(node, f.Attr) and isinstance(node.value, f.Name) and node.value.id == "self"


def _is_partial(node: f.Expr) -> bool:
    return any(
        (isinstance(each, f.Attr) and each.attr in _PARTIAL)
        or (isinstance(each, f.Call) and any(k.name in _PARTIAL for k in each.keywords))
        for each in descend(node)
    )


def _is_needed(project: Project, scope: ScopeId, name: str) -> bool:
    """Whether a function does more with a name than to count."""

    def only_counts(node: f.Expr) -> bool:
        return (
            isinstance(node, f.Call)
            and _is_length(node)
            and isinstance(node.args[0], f.Name)
            and node.args[0].id == name
        )

    return is_used(project.module(scope[0]), scope[1], name, only_counts)
