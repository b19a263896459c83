"""An expression in, whether it gives rows of the database as they are out, whatever the path.

A row is an object of a mapped class, or what a query or cursor hands out. Columns and counts are
plain values; whatever is made from a row is none.
"""

from __future__ import annotations

from collections.abc import Iterator

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import calls_of
from connlint.model.loop_items import bound_names
from connlint.model.name_parts import last_name
from connlint.model.names import ScopeId, walk
from connlint.model.program import Program
from connlint.model.roles import Roles

_MAX_DEPTH = 5
_FROM_SESSION = frozenset({"get", "get_one", "merge"})
_FROM_QUERY = frozenset({
    "all", "first", "one", "one_or_none", "get", "get_or_404", "first_or_404", "one_or_404",
    "fetchone", "fetchall", "fetchmany", "fetch", "fetchrow",
})  # fmt: skip
_ONE_COLUMN = frozenset({"scalar", "scalar_one", "scalar_one_or_none"})
_HANDING = frozenset({"session", "connection", "pool", "cursor", "query", "result"})
_SCALARS = "ScalarResult"
_COPIES = frozenset({"builtins.list", "builtins.tuple", "builtins.reversed", "builtins.sorted"})


class Rows:
    """Answers for one program."""

    def __init__(self, program: Program, roles: Roles) -> None:
        self._program = program
        self._roles = roles
        self._returned: dict[ScopeId, bool] = {}

    def are_given(self, scope: ScopeId, node: f.Expr, depth: int = 0) -> bool:
        """Whether an expression of a scope gives a row, rows, or a collection with rows in it."""
        if depth > _MAX_DEPTH:
            return False
        if isinstance(node, f.Await):
            return self.are_given(scope, node.value, depth)
        if isinstance(node, f.Name):
            return self._named(scope, node, depth)
        if isinstance(node, f.Call):
            return self._called(scope, node, depth)
        if isinstance(node, f.Comp):
            return self._comprehended(scope, node, depth)
        return any(self.are_given(scope, part, depth + 1) for part in _held(node))

    def _named(self, scope: ScopeId, node: f.Name, depth: int) -> bool:
        module = self._program.modules[scope[0]]
        sources = self._program.assigned(module, scope[1]).get(node.id, ())
        if sources:
            return any(self.are_given(scope, each, depth + 1) for each in sources)
        params = module.facts.scopes[scope[1]].params
        if any(param.name == node.id for param in params):
            return any(
                self._is_mapped(each) for each in self._program.static(module, scope[1], node)
            )
        return False

    def _comprehended(self, scope: ScopeId, node: f.Comp, depth: int) -> bool:
        """``[row for row in rows]``."""
        element = node.elements[-1]
        if not isinstance(element, f.Name):
            return self.are_given(scope, element, depth + 1)
        return any(
            self.are_given(scope, each.iter, depth + 1)
            for each in node.generators
            if element.id in bound_names(each.target) and isinstance(each.target, f.Name)
        )

    # calls

    def _called(self, scope: ScopeId, node: f.Call, depth: int) -> bool:
        module = self._program.modules[scope[0]]
        for value in self._program.static(module, scope[1], node.func):
            if isinstance(value, v.Func):
                if self._hands_out((value.module, value.scope), depth):
                    return True
            elif isinstance(value, v.Class):
                if self._roles.is_model((value.module, value.scope)):
                    return True
            elif isinstance(value, v.Bound):
                if self._fetches(scope, value, node):
                    return True
            elif isinstance(value, v.Ext) and value.name in _COPIES and node.args:
                return self.are_given(scope, node.args[0], depth + 1)
        return False

    def _hands_out(self, callee: ScopeId, depth: int) -> bool:
        """Whether a function of the project returns rows."""
        known = self._returned.get(callee)
        if known is None and depth < _MAX_DEPTH:
            self._returned[callee] = False
            module = self._program.modules[callee[0]]
            if module.facts.scopes[callee[1]].is_generator:
                return False
            known = self._returned[callee] = any(
                self.are_given(callee, each.value, depth + 1)
                for each in walk(module.body(callee[1]))
                if isinstance(each, f.Return) and each.value is not None
            )
        return bool(known)

    def _fetches(self, scope: ScopeId, method: v.Bound, node: f.Call) -> bool:
        """Whether a method of a session, cursor, query or result hands out rows."""
        found = self._program.database_type(method.receiver)
        if found is None or found.kind not in _HANDING:
            return False
        if found.kind == "session" and method.method in _FROM_SESSION:
            return True
        is_column = found.name.endswith(_SCALARS) or method.method in _ONE_COLUMN
        if is_column:
            return (
                method.method in _FROM_QUERY or method.method in _ONE_COLUMN
            ) and self._selects_objects(scope, node, 0)
        return found.kind != "session" and method.method in _FROM_QUERY

    def _selects_objects(self, scope: ScopeId, node: f.Expr, depth: int) -> bool:
        """Whether the statement behind a result selects mapped classes rather than columns."""
        if depth > _MAX_DEPTH:
            return False
        module = self._program.modules[scope[0]]
        if isinstance(node, f.Name):
            sources = self._program.assigned(module, scope[1]).get(node.id, ())
            return any(self._selects_objects(scope, each, depth + 1) for each in sources)
        if isinstance(node, f.Await):
            return self._selects_objects(scope, node.value, depth)
        for call in calls_of(node):
            if last_name(call.func) in ("select", "query") and call.args:
                selected = self._program.static(module, scope[1], call.args[0])
                return any(
                    isinstance(each, v.Class) and self._roles.is_model((each.module, each.scope))
                    for each in selected
                )
        return any(self._selects_objects(scope, each, depth + 1) for each in _sources(node))

    def _is_mapped(self, value: v.Value) -> bool:
        """Whether a value is an object of a mapped class."""
        owner = self._program.class_of(value.type) if isinstance(value, v.Obj) else None
        return owner is not None and self._roles.is_model((owner.module, owner.scope))


def _held(node: f.Expr) -> Iterator[f.Expr]:
    """What an expression may be, or holds as it is."""
    if isinstance(node, f.Seq):
        yield from node.items
    elif isinstance(node, f.DictLit):
        yield from node.values
    elif isinstance(node, f.Cond):
        yield from (node.body, node.orelse)
    elif isinstance(node, f.BoolOp):
        yield from node.values
    elif isinstance(node, (f.Starred, f.Bind)):
        yield node.value


def _sources(node: f.Expr) -> Iterator[f.Expr]:
    """The names that a chain of calls begins with or is given: where its statement may be."""
    while isinstance(node, (f.Call, f.Attr, f.Await)):
        if isinstance(node, f.Call):
            yield from (each for each in node.args if isinstance(each, f.Name))
            node = node.func
        else:
            node = node.value
    if isinstance(node, f.Name):
        yield node
