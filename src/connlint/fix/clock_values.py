"""A reading of the wall clock in, every reading that is ever compared with it in the file out.

Values are followed both ways: where they are stored and read again, and what they are held against.
A value that leaves the file, or meets one that does not come from the clock, is a refusal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import libcst as cst

from connlint.fix.clock_stores import (
    Store,
    is_declared_attribute,
    iterated_target,
    keywords_named,
    store_of,
)
from connlint.fix.names import binds
from connlint.fix.outcome import Refused
from connlint.fix.place import Place

_CLOCKS = frozenset({"time.time", "time.time_ns"})
_PICKS = frozenset({"min", "max"})
_ELEMENT_METHODS = frozenset({"get", "pop", "setdefault"})
_KEYS_ONLY = frozenset({"len", "list", "sorted", "tuple", "set", "iter"})


@dataclass(slots=True)
class ClockValues:
    """The values of one clock. ``own`` are the attributes and globals that only this file names.

    ``readings`` are the calls of the clock, ``doubts`` why a person has to look at the result.
    """

    place: Place
    own: Collection[str]
    readings: list[cst.Call] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    _stores: dict[Store, bool] = field(default_factory=dict)
    _demanded: set[int] = field(default_factory=set)
    _consumed: set[int] = field(default_factory=set)

    def demand(self, node: cst.BaseExpression) -> None:
        """Follow what has to be a value of the clock to where it comes from."""
        if id(node) in self._demanded:
            return
        self._demanded.add(id(node))
        match node:
            case cst.Call() if self.is_reading(node):
                self.readings.append(node)
                self.consume(node)
            case cst.Call(func=cst.Name(value=name), args=args) if name in _PICKS:
                given = [arg.value for arg in args if not arg.keyword]
                self._demand_picked(given)
            case cst.Call(func=cst.Attribute(value=inner, attr=method)):
                if method.value not in _ELEMENT_METHODS:
                    raise self._unknown(node)
                self._keep(inner, holds_many=True)
            case cst.Subscript():
                self._keep(node.value, holds_many=True)
            case cst.Name(value="None"):
                pass
            case cst.Name() | cst.Attribute():
                self._keep(node, holds_many=False)
            case cst.Integer() | cst.Float():
                self.doubts.append(f"{node.value} is long ago by the wall clock only")
            case cst.BinaryOperation(operator=cst.Add()):
                self.demand(node.left)
            case cst.BinaryOperation(operator=cst.Subtract()) if _is_number(node.right):
                self.demand(node.left)
            case cst.IfExp():
                self._demand_each((node.body, node.orelse))
            case _:
                raise self._unknown(node)

    def consume(self, node: cst.BaseExpression) -> None:
        """Follow a value of the clock to what is done with it."""
        if id(node) in self._consumed:
            return
        self._consumed.add(id(node))
        above = self.place.tree.parent(node)
        match above:
            case cst.BinaryOperation(operator=cst.Subtract()) if above.right is node:
                self.demand(above.left)
            case cst.BinaryOperation(operator=cst.Subtract()):
                if _is_number(above.right):
                    self.consume(above)
                else:
                    self.demand(above.right)
            case cst.BinaryOperation(operator=cst.Add()):
                self.consume(above)
            case cst.Comparison():
                self._compared(above, node)
            case cst.ComparisonTarget():
                comparison = self.place.tree.parent(above)
                assert isinstance(comparison, cst.Comparison)
                self._compared(comparison, node)
            case cst.Assign():
                for target in above.targets:
                    self._store(target.target)
            case cst.AnnAssign():
                self._store(above.target)
            case cst.Arg():
                self._given(above, node)
            case cst.IfExp() if above.test is not node:
                self.consume(above)
            case cst.Lambda() if self._is_sort_key(above):
                pass
            case _ if self._is_test(above, node):
                pass
            case _:
                raise self._leaves(node)

    def is_reading(self, call: cst.Call) -> bool:
        """Does ``call`` read a clock that has a monotonic twin?"""
        scope = self.place.names.scope(call)
        return self.place.imports.target_of(call.func, scope) in _CLOCKS

    def _demand_picked(self, given: list[cst.BaseExpression]) -> None:
        """Follow what ``min`` or ``max`` picks from: the values of a dictionary, or these."""
        match given:
            case [cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value="values")))]:
                self._keep(inner, holds_many=True)
            case [_]:
                raise self._unknown(given[0])
            case _:
                self._demand_each(given)

    # what a value meets

    def _demand_each(self, nodes: Iterable[cst.BaseExpression]) -> None:
        for node in nodes:
            self.demand(node)

    def _compared(self, comparison: cst.Comparison, node: cst.BaseExpression) -> None:
        parts = [comparison.left, *(each.comparator for each in comparison.comparisons)]
        self._demand_each(tuple(each for each in parts if each is not node))

    def _given(self, arg: cst.Arg, node: cst.BaseExpression) -> None:
        call = self.place.tree.parent(arg)
        if not isinstance(call, cst.Call):
            raise self._leaves(node)
        if isinstance(call.func, cst.Name) and call.func.value in _PICKS and not arg.keyword:
            self.demand(call)
            self.consume(call)
        elif self._is_default(arg, call):
            pass  # the dictionary is followed by itself
        elif arg.keyword and is_declared_attribute(call, arg.keyword.value, self.place):
            self._add(Store(arg.keyword.value), holds_many=False, node=node)
        else:
            raise self._leaves(node)

    def _is_default(self, arg: cst.Arg, call: cst.Call) -> bool:
        """Is ``arg`` what ``get`` of a dictionary of values gives where there is none?"""
        if not isinstance(call.func, cst.Attribute) or call.args[0] is arg:
            return False
        store = store_of(call.func.value, self.place)
        return store is not None and store in self._stores

    def _is_sort_key(self, function: cst.Lambda) -> bool:
        arg = self.place.tree.parent(function)
        return isinstance(arg, cst.Arg) and arg.keyword is not None and arg.keyword.value == "key"

    def _is_test(self, above: cst.CSTNode, node: cst.CSTNode) -> bool:
        match above:
            case cst.If() | cst.While() | cst.IfExp():
                return above.test is node
            case cst.UnaryOperation():
                return isinstance(above.operator, cst.Not)
            case cst.BooleanOperation():
                return isinstance(above.operator, cst.And) and above.left is node
            case cst.Expr():
                return True
            case _:
                return False

    # where values are stored

    def _store(self, target: cst.BaseExpression) -> None:
        if isinstance(target, cst.Subscript):
            self._keep(target.value, holds_many=True)
        else:
            self._keep(target, holds_many=False)

    def _keep(self, node: cst.BaseExpression, *, holds_many: bool) -> None:
        store = store_of(node, self.place)
        if store is None:
            raise self._leaves(node)
        self._add(store, holds_many=holds_many, node=node)

    def _add(self, store: Store, *, holds_many: bool, node: cst.CSTNode) -> None:
        """Follow all that is done with ``store``, once."""
        if store in self._stores:
            if self._stores[store] != holds_many:
                raise Refused(f"{store.name} holds values of several kinds")
            return
        if not store.is_local and store.name not in self.own:
            raise Refused(f"other files may use {store.name} as a time of day")
        if store.scope is None and self._is_named_in_text(store.name):
            raise Refused(f"a string names {store.name}")
        self._stores[store] = holds_many
        for occurrence in store.occurrences(self.place):
            if holds_many:
                self._collection(occurrence, store)
            else:
                self._variable(occurrence)
        if store.scope is None:
            for value in keywords_named(store.name, self.place):
                self.demand(value)

    def _is_named_in_text(self, name: str) -> bool:
        nodes = self.place.tree.nodes
        return any(isinstance(n, cst.SimpleString) and n.raw_value == name for n in nodes)

    def _variable(self, node: cst.Name | cst.Attribute) -> None:
        """One place where a single value is stored or read."""
        above = self.place.tree.parent(node)
        match above:
            case cst.AssignTarget():
                assignment = self.place.tree.parent(above)
                assert isinstance(assignment, cst.Assign)
                self.demand(assignment.value)
            case cst.AnnAssign() if above.target is node:
                if above.value:
                    self.demand(above.value)
            case cst.Del() | cst.NameItem():
                pass
            case _ if iterated := iterated_target(node, self.place):
                self._keep(iterated, holds_many=True)
            case _ if isinstance(node, cst.Name) and binds(node, self.place.tree):
                raise self._unknown(node)
            case cst.AugAssign() if above.target is node:
                raise self._unknown(node)
            case _:
                self.consume(node)

    def _collection(self, node: cst.Name | cst.Attribute, store: Store) -> None:
        """One place where a dictionary of values is used."""
        tree = self.place.tree
        above = tree.parent(node)
        match above:
            case cst.AssignTarget():
                assignment = tree.parent(above)
                assert isinstance(assignment, cst.Assign)
                self._made(assignment.value)
            case cst.AnnAssign() if above.target is node:
                if above.value:
                    self._made(above.value)
            case cst.Subscript() if above.value is node:
                self._variable_element(above)
            case cst.Attribute() if above.value is node:
                self._method(above, store)
            case cst.ComparisonTarget(operator=cst.In() | cst.NotIn()):
                pass
            case cst.Arg():
                call = tree.parent(above)
                if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Name):
                    raise self._leaves(node)
                if call.func.value not in _KEYS_ONLY:
                    raise self._leaves(node)
            case cst.For() | cst.CompFor() if above.iter is node:
                pass
            case _ if self._is_test(above, node):
                pass
            case _:
                raise self._leaves(node)

    def _variable_element(self, node: cst.Subscript) -> None:
        above = self.place.tree.parent(node)
        match above:
            case cst.AssignTarget():
                assignment = self.place.tree.parent(above)
                assert isinstance(assignment, cst.Assign)
                self.demand(assignment.value)
            case cst.Del():
                pass
            case cst.AugAssign() if above.target is node:
                raise self._unknown(node)
            case _:
                self.consume(node)

    def _made(self, value: cst.BaseExpression) -> None:
        """What a dictionary of values holds at first."""
        match value:
            case cst.Dict():
                self._demand_each(tuple(each.value for each in value.elements))
            case cst.Call(func=cst.Name(value="dict"), args=[]):
                pass
            case _:
                raise self._unknown(value)

    def _method(self, attribute: cst.Attribute, store: Store) -> None:
        call = self.place.tree.parent(attribute)
        if not isinstance(call, cst.Call) or call.func is not attribute:
            raise self._leaves(attribute)
        method = attribute.attr.value
        if method in _ELEMENT_METHODS:
            self._demand_each(tuple(arg.value for arg in call.args[1:]))
            self.consume(call)
        elif method in {"values", "items"}:
            self._iterated(call, method)
        elif method not in {"clear", "keys"}:
            raise self._leaves(attribute)

    def _iterated(self, call: cst.Call, method: str) -> None:
        """``values()`` or ``items()`` of a dictionary of values, which a loop has to go through."""
        above = self.place.tree.parent(call)
        outer = self.place.tree.parent(above) if isinstance(above, cst.Arg) else None
        if isinstance(outer, cst.Call) and isinstance(outer.func, cst.Name):
            if outer.func.value in _PICKS and method == "values":
                self.consume(outer)
                return
            if outer.func.value in {"list", "tuple"}:
                above = self.place.tree.parent(outer)
        if not isinstance(above, cst.For | cst.CompFor):
            raise self._leaves(call)
        target: cst.BaseExpression = above.target
        if method == "items":
            if not isinstance(target, cst.Tuple) or len(target.elements) != 2:
                raise self._leaves(call)
            target = target.elements[1].value
        if not isinstance(target, cst.Name):
            raise self._leaves(call)
        self._keep(target, holds_many=False)

    def _leaves(self, node: cst.CSTNode) -> Refused:
        line = self.place.tree.line(node)
        return Refused(f"the time read is used for something else on line {line}")

    def _unknown(self, node: cst.CSTNode) -> Refused:
        line = self.place.tree.line(node)
        return Refused(f"it is not known whether line {line} has a time of the same clock")


def _is_number(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Integer | cst.Float)
