"""A finding in, the expression that opens the session and how its result is held out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst

from connlint.fix.imports import dotted
from connlint.fix.names import binds
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.stepping import stepped

_CLOSERS = frozenset({"contextlib.closing", "contextlib.aclosing"})
_INJECTORS = frozenset(
    {
        "fastapi.Depends", "fastapi.Security",
        "fastapi.param_functions.Depends", "fastapi.param_functions.Security",
    }
)  # fmt: skip
_STACK_METHODS = frozenset({"enter_context", "enter_async_context"})
_CHOSEN = "the factory is chosen by a conditional expression"

Holder = cst.WithItem | cst.Assign | cst.AnnAssign | cst.Arg


@dataclass(frozen=True, slots=True)
class Site:
    """Where a factory is called.

    ``expression`` is what gives way to the provider: the call, with an ``await`` or ``closing()``
    around it. ``factory`` is what is called to make the session, ``begins`` that it is asked for a
    transaction at once (``factory.begin()``). ``holder`` keeps the result: an item of a ``with``,
    an assignment to one name, or the argument of an exit stack. ``root`` is the variable that the
    factory's name starts with, ``closers`` the names of the ``closing`` around the call.
    """

    call: cst.Call
    factory: cst.BaseExpression
    expression: cst.BaseExpression
    holder: Holder
    begins: bool = False
    root: cst.Name | None = None
    closers: list[cst.Name] = field(default_factory=list)


def site_of(place: Place) -> Site:
    """Where the factory of the finding is called; raises :class:`Refused` for other uses of it."""
    tree = place.tree
    call = tree.node_at(place.span, cst.Call)
    if call is None:
        reference = tree.node_at(place.span, cst.Name, cst.Attribute)
        if reference is None:
            raise Refused("the code at this place has changed")
        raise Refused("the factory itself is handed on, not a session")
    factory = call.func
    begins = isinstance(factory, cst.Attribute) and factory.attr.value == "begin"
    if begins and isinstance(factory, cst.Attribute):
        factory = factory.value
    if call.args or place.data.get("factory_arguments") == "yes":
        raise Refused("the provider has no place for the arguments that the factory is given")
    check_factory(factory, place)
    closers: list[cst.Name] = []
    expression: cst.BaseExpression = call
    while wrapper := _wrapper(expression, place, closers):
        expression = wrapper
    holder, root = holder_of(expression, place), root_of(factory)
    return Site(call, factory, expression, holder, begins, root, closers)


def call_at(place: Place) -> cst.Call:
    """The call that opens the session of the finding; raises :class:`Refused` when it is gone."""
    call = place.tree.node_at(place.span, cst.Call)
    if call is None:
        raise Refused("the session is not opened by a call, or the code at this place has changed")
    return call


def injected(place: Place) -> cst.BaseExpression | None:
    """The reference at the place of the finding when it is the argument of a ``Depends()``."""
    reference = place.tree.node_at(place.span, cst.Name, cst.Attribute)
    above = place.tree.parent(reference) if reference else None
    call = place.tree.parent(above) if isinstance(above, cst.Arg) else None
    if not isinstance(call, cst.Call):
        return None
    target = place.imports.target_of(call.func, place.names.scope(call))
    return reference if target in _INJECTORS else None


def injectors(place: Place) -> Iterator[cst.Call]:
    """The calls of ``Depends()`` in the file."""
    for node in place.tree.nodes:
        if isinstance(node, cst.Call):
            target = place.imports.target_of(node.func, place.names.scope(node))
            if target in _INJECTORS:
                yield node


def opened_value(call: cst.Call, place: Place) -> cst.BaseExpression:
    """What stands for the session that ``call`` opens: with the ``await``, ``closing()`` or
    ``next()`` around it."""
    value: cst.BaseExpression = stepped(call, place) or call
    while wrapper := _wrapper(value, place, []):
        value = wrapper
    return value


def check_factory(factory: cst.BaseExpression, place: Place) -> None:
    """Raise :class:`Refused` when it depends on the run which factory this is."""
    if isinstance(factory, cst.IfExp | cst.BooleanOperation):
        raise Refused(_CHOSEN)
    if isinstance(factory, cst.Call):
        raise Refused("the factory is made on the spot, with settings of its own")
    if isinstance(factory, cst.Subscript) and not _is_constant(factory):
        raise Refused("the factory is looked up while the code runs")
    root = root_of(factory)
    if root is None:
        return
    owner = place.names.owner(root)
    occurrences = place.names.of_variable(root.value, owner)
    bindings = [each for each in occurrences if binds(each, place.tree)]
    for binding in bindings:
        if place.tree.enclosing(binding, cst.Param):
            raise Refused("the factory is a parameter")
        assignment = place.tree.enclosing(binding, cst.Assign)
        if assignment and isinstance(assignment.value, cst.IfExp | cst.BooleanOperation):
            raise Refused(_CHOSEN)
    if len(bindings) > 1 and place.imports.binding(root.value, owner) is None:
        raise Refused(f"which factory {root.value} is depends on the run")


def _is_constant(subscript: cst.Subscript) -> bool:
    """Is it written which item is meant?"""
    match subscript.slice:
        case [cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() | cst.Integer()))]:
            return True
        case _:
            return False


def root_of(factory: cst.BaseExpression) -> cst.Name | None:
    """The variable that ``a.b.c`` starts with."""
    while isinstance(factory, cst.Attribute):
        factory = factory.value
    return factory if isinstance(factory, cst.Name) else None


def _wrapper(
    expression: cst.BaseExpression, place: Place, closers: list[cst.Name]
) -> cst.BaseExpression | None:
    """The ``await`` or the ``closing()`` directly around ``expression``, if there is one."""
    above = place.tree.parent(expression)
    if isinstance(above, cst.Await):
        return above
    call = place.tree.parent(above) if isinstance(above, cst.Arg) else None
    if isinstance(call, cst.Call) and len(call.args) == 1 and is_closing(call, place):
        if root := root_of(call.func):
            closers.append(root)
        return call
    return None


def is_closing(call: cst.Call, place: Place) -> bool:
    """Is this a call of ``contextlib.closing`` or ``aclosing``?"""
    return place.imports.target_of(call.func, place.names.scope(call)) in _CLOSERS


def holder_of(expression: cst.BaseExpression, place: Place) -> Holder:
    """What keeps the result of ``expression``; raises :class:`Refused` when it has no name."""
    above = place.tree.parent(expression)
    match above:
        case cst.WithItem():
            if above.asname and not isinstance(above.asname.name, cst.Name):
                raise Refused("the session is stored in an attribute or container")
            return above
        case cst.Assign() | cst.AnnAssign():
            return _assignment(above)
        case cst.Arg():
            call = place.tree.parent(above)
            func = call.func if isinstance(call, cst.Call) else None
            if isinstance(func, cst.Attribute) and func.attr.value in _STACK_METHODS:
                return above
            raise Refused("the session is handed on without a name for it")
        case _:
            raise Refused(_why_not(above))


def _assignment(assignment: cst.Assign | cst.AnnAssign) -> cst.Assign | cst.AnnAssign:
    if isinstance(assignment, cst.AnnAssign):
        target = assignment.target
    elif len(assignment.targets) == 1:
        target = assignment.targets[0].target
    else:
        raise Refused("the session is stored under several names")
    if isinstance(target, cst.Name):
        return assignment
    raise Refused(f"the session is stored in {dotted(target) or 'a container'}")


def _why_not(above: cst.CSTNode) -> str:
    match above:
        case cst.IfExp() | cst.BooleanOperation():
            return _CHOSEN
        case cst.Return():
            return "the session is returned"
        case cst.Lambda():
            return "the session is returned by a lambda"
        case cst.Yield() | cst.From():
            return "the session is yielded"
        case cst.Attribute() | cst.Expr():
            return "the session has no name: it is used where it is made"
        case cst.NamedExpr():
            return "the session is assigned inside an expression"
        case cst.Param():
            return "the session is stored as a default"
        case _:
            return "the session is stored in a container or passed on without a name"
