"""An expression in, whether only the project's own code decides on its text out.

Constants are: literals, what is made of them, names and attributes that hold nothing else, the
parts of constant maps and lists, generated placeholders, indices and other numbers, and names that
were checked against what is allowed, here or in every caller.
"""

from __future__ import annotations

from typing import NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import calls_in, descend
from connlint.model.name_parts import last_name
from connlint.model.names import Module, ScopeId, walk
from connlint.model.project import Project
from connlint.model.queries.bound import Bound, Given
from connlint.model.queries.checks import CHECKING, checked_names
from connlint.model.queries.constant_names import (
    GATHERS,
    INSPECTS,
    KEEPS,
    NUMBER_TYPES,
    NUMBERS,
    OF_MODELS,
)
from connlint.model.queries.texts import parts_of

MAX_DEPTH = 14
MAX_CALLERS = 100


class Where(NamedTuple):
    """The scope that an expression stands in."""

    module: Module
    number: int


class Constancy:
    """Answers for the expressions of a project; remembers scopes, not answers."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._bound: dict[ScopeId, Bound] = {}
        self._checked: dict[ScopeId, frozenset[str]] = {}
        self._callers: dict[ScopeId, list[tuple[ScopeId, int, int]]] | None = None
        self._made: dict[ScopeId, dict[tuple[int, int], f.Call]] = {}
        self._open: set[tuple[str, int, str]] = set()

    def bound(self, where: Where) -> Bound:
        """What the names of a scope are bound to."""
        key = (where.module.name, where.number)
        known = self._bound.get(key)
        if known is None:
            known = self._bound[key] = Bound(where.module, where.number)
            self._checked[key] = checked_names(where.module, where.number, known)
        return known

    def is_checked(self, where: Where, name: str) -> bool:
        """Whether a scope compares a name with what is allowed before it goes on."""
        self.bound(where)
        return name in self._checked[where.module.name, where.number]

    def first_foreign(self, where: Where, node: f.Expr) -> f.Expr | None:
        """The first value in a text that is not constant."""
        for part in parts_of(node):
            if not isinstance(part, str) and not self.holds(where, part):
                return part
        return None

    def holds(self, where: Where, node: f.Expr, depth: int = 0) -> bool:
        """Whether the text of an expression is constant."""
        if depth > MAX_DEPTH:
            return False
        depth += 1
        if isinstance(node, (f.Const, f.Compare, f.Not)):
            return True
        if isinstance(node, f.Name):
            return self._name(where, node, depth)
        if isinstance(node, f.Attr):
            return self._attribute(where, node)
        if isinstance(node, f.Call):
            return self._call(where, node, depth)
        if isinstance(node, f.Text):
            return all(self.holds(where, part, depth) for part in node.parts)
        if isinstance(node, f.Cond):
            return self.holds(where, node.body, depth) and self.holds(where, node.orelse, depth)
        if isinstance(node, (f.BoolOp, f.Seq)):
            inside = node.values if isinstance(node, f.BoolOp) else node.items
            return all(self.holds(where, part, depth) for part in inside)
        if isinstance(node, f.BinOp):
            return self._operator(where, node, depth)
        if isinstance(node, (f.Await, f.Starred, f.Bind)):
            return self.holds(where, node.value, depth)
        if isinstance(node, f.Index):
            return self._index(where, node, depth)
        return self.items_hold(where, node, None, depth)

    def _operator(self, where: Where, node: f.BinOp, depth: int) -> bool:
        left = self.holds(where, node.left, depth)
        if node.op in ("-", "/", "//", "**"):
            return True
        if node.op == "*":
            return left or self.holds(where, node.right, depth)
        if node.op == "&":
            return left or self.holds(where, node.right, depth)
        return left and self.holds(where, node.right, depth)

    def _index(self, where: Where, node: f.Index, depth: int) -> bool:
        if isinstance(node.index, f.Const) and isinstance(node.value, f.Name):
            stored = self.bound(where).names.get(node.value.id, ())
            if stored and all(given.how in ("stored", "key") for given in stored):
                return all(self.holds(where, given.expression, depth) for given in stored)
        return self.items_hold(where, node.value, 1, depth) or self.holds(where, node.value, depth)

    # names

    def _name(self, where: Where, node: f.Name, depth: int) -> bool:
        module, number = where
        scopes = module.facts.scopes
        while True:
            scope = scopes[number]
            here = Where(module, number)
            if node.id in scope.binds or any(p.name == node.id for p in scope.params):
                if number == 0:
                    break
                return self._local(here, node.id, depth, None)
            if node.id in self.bound(here).names and number:
                return self._local(here, node.id, depth, None)
            if not number:
                break
            number = scope.parent
        return node.id.isupper() or self._global(module, node, depth)

    def _global(self, module: Module, node: f.Name, depth: int) -> bool:
        values = self._project.program.global_values(module, node.id)
        if _are_constant(values):
            return True
        assigned = module.assignments.get(node.id, ())
        at_top = Where(module, 0)
        return bool(assigned) and all(self.holds(at_top, each, depth) for each in assigned)

    def _local(self, where: Where, name: str, depth: int, index: int | None) -> bool:
        if self.is_checked(where, name):
            return True
        key = (where.module.name, where.number, name)
        if key in self._open:
            return True
        self._open.add(key)
        try:
            scope = where.module.facts.scopes[where.number]
            param = next((p for p in scope.params if p.name == name), None)
            if param is not None and not self._parameter(where, param, depth):
                return False
            found = self.bound(where).names.get(name, ())
            if param is None and not found:
                return False
            return all(self._given(where, given, depth) for given in found)
        finally:
            self._open.discard(key)

    def _given(self, where: Where, given: Given, depth: int) -> bool:
        node = given.expression
        if given.how in ("item", "extended"):
            return self.items_hold(where, node, given.position, depth)
        if given.how == "part":
            if (
                isinstance(node, f.Seq)
                and given.position is not None
                and given.position < len(node.items)
            ):
                return self.holds(where, node.items[given.position], depth)
            return self.holds(where, node, depth)
        return given.how != "entered" and self.holds(where, node, depth)

    def _parameter(self, where: Where, param: f.Param, depth: int) -> bool:
        if param.annotation is not None and _is_numeric(param.annotation):
            return True
        if param.kind in ("a", "w") or param.name in ("self", "cls"):
            return False
        scope: ScopeId = (where.module.name, where.number)
        calls = self._calls_of(scope)
        if not calls or len(calls) > MAX_CALLERS:
            return False
        return all(self._argument(where, param, call, depth) for call in calls)

    def _argument(
        self, where: Where, param: f.Param, call: tuple[ScopeId, int, int], depth: int
    ) -> bool:
        """Whether one call of a function passes a constant for a parameter."""
        (module_name, number), at, end = call
        caller = Where(self._project.module(module_name), number)
        node = self._call_at(caller, at, end)
        if node is None or any(isinstance(each, f.Starred) for each in node.args):
            return False
        for keyword in node.keywords:
            if keyword.name == param.name:
                return self.holds(caller, keyword.value, depth)
            if keyword.name is None:
                return False
        params = where.module.facts.scopes[where.number].params
        position = next(i for i, each in enumerate(params) if each.name == param.name)
        if params and params[0].name in ("self", "cls"):
            position -= 1
        if param.kind != "k" and position < len(node.args):
            return self.holds(caller, node.args[position], depth)
        return param.default is not None and self.holds(where, param.default, depth)

    def _call_at(self, where: Where, at: int, end: int) -> f.Call | None:
        key = (where.module.name, where.number)
        known = self._made.get(key)
        if known is None:
            found = calls_in(where.module.body(where.number))
            known = self._made[key] = {(call.at, call.end): call for call in found}
        return known.get((at, end))

    def _calls_of(self, scope: ScopeId) -> list[tuple[ScopeId, int, int]]:
        if self._callers is None:
            self._callers = {}
            for caller, run in self._project.known_runs():
                for at, end, callee in run.calls:
                    self._callers.setdefault(callee, []).append((caller, at, end))
        return self._callers.get(scope, [])

    # attributes and calls

    def _attribute(self, where: Where, node: f.Attr) -> bool:
        if node.attr.isupper() or any(
            isinstance(each, f.Attr) and each.attr in OF_MODELS for each in descend(node)
        ):
            return True
        values = self._project.values(where.module.name, where.number, node)
        if _are_constant(values):
            return True
        if isinstance(node.value, f.Name) and node.attr in ("name", "value", "key"):
            name = node.value.id
            held = self._project.values(where.module.name, where.number, node.value)
            return self.is_checked(where, name) or _are_constant(held)
        return False

    def _call(self, where: Where, node: f.Call, depth: int) -> bool:
        name = last_name(node.func)
        if name in NUMBERS or name in INSPECTS or CHECKING.search(name):
            return True
        if name == "join" and node.args:
            return self.items_hold(where, node.args[0], None, depth)
        if name == "get" and isinstance(node.func, f.Attr) and node.args:
            rest = all(self.holds(where, each, depth) for each in node.args[1:])
            return rest and self.items_hold(where, node.func.value, 1, depth)
        values: list[f.Expr] = [*node.args, *(keyword.value for keyword in node.keywords)]
        if name in KEEPS and isinstance(node.func, f.Attr):
            return all(self.holds(where, each, depth) for each in (node.func.value, *values))
        if name in GATHERS:
            return all(self.holds(where, each, depth) for each in values)
        return self.items_hold(where, node, None, depth) or self._returns(where, node, depth)

    def _returns(self, where: Where, node: f.Call, depth: int) -> bool:
        """Whether all that the functions behind a call return is constant."""
        called = self._project.values(where.module.name, where.number, node.func)
        functions = [value for value in called if isinstance(value, v.Func)]
        if not functions or len(functions) != len(called):
            return False
        if not node.args and not node.keywords and not any(map(self._takes_anything, functions)):
            return True
        return all(self._function(value, depth) for value in functions)

    def _takes_anything(self, value: v.Func) -> bool:
        """Whether a function has parameters; one without is given nothing by anybody."""
        params = self._project.module(value.module).facts.scopes[value.scope].params
        return any(param.name not in ("self", "cls") for param in params)

    def _function(self, value: v.Func, depth: int) -> bool:
        inside = Where(self._project.module(value.module), value.scope)
        returned = [
            statement.value
            for statement in walk(inside.module.body(value.scope))
            if isinstance(statement, f.Return) and statement.value is not None
        ]
        return bool(returned) and all(self.holds(inside, each, depth) for each in returned)

    # collections

    def items_hold(self, where: Where, node: f.Expr, index: int | None, depth: int = 0) -> bool:
        """Whether the items of a collection are constant, or the part of each at ``index``."""
        if depth > MAX_DEPTH:
            return False
        depth += 1
        if isinstance(node, f.Const):
            return True
        if isinstance(node, f.Seq):
            return all(self._item(where, each, index, depth) for each in node.items)
        if isinstance(node, f.DictLit):
            keys = [key for key in node.keys if key is not None]
            if len(keys) < len(node.keys):
                return False
            chosen = node.values if index == 1 else tuple(keys)
            return all(self.holds(where, each, depth) for each in chosen)
        if isinstance(node, f.Comp):
            if node.kind == "d":
                return self.holds(where, node.elements[1 if index == 1 else 0], depth)
            return all(self._item(where, each, index, depth) for each in node.elements)
        if isinstance(node, f.Call):
            return self._items_of_call(where, node, index, depth)
        if isinstance(node, f.BinOp) and node.op == "*":
            return self.items_hold(where, node.left, index, depth)
        if isinstance(node, (f.BoolOp, f.BinOp)):
            inside = node.values if isinstance(node, f.BoolOp) else (node.left, node.right)
            return all(self.items_hold(where, each, index, depth) for each in inside)
        if isinstance(node, f.Name):
            return self._items_of_name(where, node, index, depth)
        if isinstance(node, (f.Attr, f.Cond, f.Await)):
            return self.holds(where, node, depth)
        return False

    def _item(self, where: Where, node: f.Expr, index: int | None, depth: int) -> bool:
        if index is not None and isinstance(node, f.Seq) and index < len(node.items):
            return self.holds(where, node.items[index], depth)
        if isinstance(node, f.Starred):
            return self.items_hold(where, node.value, index, depth)
        return self.holds(where, node, depth)

    def _items_of_call(self, where: Where, node: f.Call, index: int | None, depth: int) -> bool:
        name = last_name(node.func)
        args = node.args
        if name == "range" or name in INSPECTS:
            return True
        if name == "enumerate" and args:
            return index == 0 or self.items_hold(where, args[0], None, depth)
        if name == "zip" and args:
            chosen = args if index is None or index >= len(args) else (args[index],)
            return all(self.items_hold(where, each, None, depth) for each in chosen)
        if name == "map" and len(args) > 1:
            return last_name(args[0]) in NUMBERS or self.items_hold(where, args[1], None, depth)
        if name in ("items", "keys", "values") and isinstance(node.func, f.Attr):
            part = {"keys": 0, "values": 1}.get(name, index)
            return self.items_hold(where, node.func.value, part, depth)
        if name in GATHERS and args:
            return all(self.items_hold(where, each, index, depth) for each in args)
        return self._returns(where, node, depth)

    def _items_of_name(self, where: Where, node: f.Name, index: int | None, depth: int) -> bool:
        filled = self.bound(where).names.get(node.id, ())
        if index != 1 and {given.how for given in filled} == {"value", "key", "stored"}:
            return all(
                self.items_hold(where, given.expression, index, depth)
                if given.how == "value"
                else self.holds(where, given.expression, depth)
                for given in filled
                if given.how != "stored"
            )
        for each in self._held(where, node.id):
            if not self.items_hold(where, each, index, depth):
                break
        else:
            if self._held(where, node.id):
                return True
        return self._name(where, node, depth)

    def _held(self, where: Where, name: str) -> list[f.Expr]:
        """What a name holds if it is bound to collections only, at home or at module level."""
        found = self.bound(where).names.get(name)
        if found is None:
            return list(where.module.assignments.get(name, ()))
        if any(given.how not in ("value", "more") for given in found):
            return []
        if any(p.name == name for p in where.module.facts.scopes[where.number].params):
            return []
        return [given.expression for given in found]


def _are_constant(values: v.Values) -> bool:
    return bool(values) and all(
        isinstance(value, (v.Const, v.Member, v.Class, v.Func))
        or (isinstance(value, v.Items) and all(_are_constant(item) for item in value.items))
        or (isinstance(value, v.Table) and all(_are_constant(item) for _, item in value.entries))
        for value in values
    )


def _is_numeric(annotation: f.Expr) -> bool:
    """Whether an annotation promises a number, a date or one of several literals."""
    if isinstance(annotation, f.Index):
        name = last_name(annotation.value)
        if name in ("Optional", "Annotated"):
            index = annotation.index
            return _is_numeric(index.items[0] if isinstance(index, f.Seq) else index)
        if name == "Union" and isinstance(annotation.index, f.Seq):
            return all(_is_numeric(each) for each in annotation.index.items)
        return name in NUMBER_TYPES
    if isinstance(annotation, f.BinOp) and annotation.op == "|":
        return _is_numeric(annotation.left) and _is_numeric(annotation.right)
    if isinstance(annotation, f.Const):
        return annotation.value is None
    return last_name(annotation) in NUMBER_TYPES
