"""An expression in, the variable or attribute that it stands for and all its occurrences out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import libcst as cst

from connlint.fix.names import binds
from connlint.fix.place import Place
from connlint.fix.tree import Scope


class Store(NamedTuple):
    """Where values are kept: a variable of ``scope``, else an attribute of whatever object."""

    name: str
    scope: Scope | None = None

    @property
    def is_local(self) -> bool:
        """Is it out of reach for other files?"""
        return isinstance(self.scope, cst.FunctionDef | cst.Lambda | cst.BaseComp)

    def occurrences(self, place: Place) -> Iterator[cst.Name | cst.Attribute]:
        """Everywhere in the file where the store is named, class bodies among them."""
        if self.scope is not None:
            yield from place.names.of_variable(self.name, self.scope)
            return
        for node in place.tree.nodes:
            if isinstance(node, cst.Attribute) and node.attr.value == self.name:
                yield node
        for name in place.names.occurrences.get(self.name, ()):
            if isinstance(place.names.owner(name), cst.ClassDef):
                yield name


def store_of(node: cst.BaseExpression, place: Place) -> Store | None:
    """What ``node`` names, if it is a variable or an attribute."""
    if isinstance(node, cst.Attribute):
        return Store(node.attr.value)
    if isinstance(node, cst.Name):
        owner = place.names.owner(node)
        return Store(node.value, None if isinstance(owner, cst.ClassDef) else owner)
    return None


def iterated_target(node: cst.CSTNode, place: Place) -> cst.BaseExpression | None:
    """The dictionary that a loop takes the value ``node`` from, by ``values()`` or ``items()``."""
    above = place.tree.parent(node)
    method = "values"
    if isinstance(above, cst.Element):
        method = "items"
        above = place.tree.parent(place.tree.parent(above))
    if not isinstance(above, cst.For | cst.CompFor) or above.iter is node:
        return None
    if not place.tree.is_within(node, [above.target]):
        return None
    iterable = above.iter
    if isinstance(iterable, cst.Call) and isinstance(iterable.func, cst.Name):
        is_copy = iterable.func.value in {"list", "tuple"} and len(iterable.args) == 1
        iterable = iterable.args[0].value if is_copy else iterable
    match iterable:
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value=name))):
            return inner if name == method else None
        case _:
            return None


def is_declared_attribute(call: cst.Call, name: str, place: Place) -> bool:
    """Does ``call`` make an instance of a class here that declares ``name``, and do no more?"""
    if not isinstance(call.func, cst.Name):
        return False
    found = place.names.of_variable(call.func.value, place.names.owner(call.func))
    classes = [place.tree.parent(each) for each in found if binds(each, place.tree)]
    if len(classes) != 1 or not isinstance(classes[0], cst.ClassDef):
        return False
    inside = set(map(id, place.tree.inside(classes[0].body)))
    declared = any(
        id(each) in inside and isinstance(place.tree.parent(each), cst.AnnAssign)
        for each in place.names.occurrences.get(name, ())
    )
    has_own = any(
        isinstance(each, cst.FunctionDef) and each.name.value in {"__init__", "__new__"}
        for each in classes[0].body.body
    )
    return declared and not has_own


def keywords_named(name: str, place: Place) -> Iterator[cst.BaseExpression]:
    """What calls give as the keyword ``name``, which may end up in an attribute of that name."""
    for node in place.tree.nodes:
        if isinstance(node, cst.Arg) and node.keyword and node.keyword.value == name:
            yield node.value
