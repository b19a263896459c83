"""``inject-session``: a route takes its session as a parameter in place of opening it.

The parameter is written as other routes of the file write theirs; what opened and closed the
session goes from the body, and its import with the last use.
"""

from __future__ import annotations

import itertools

import libcst as cst

from connlint.fix.access import Access, access, library
from connlint.fix.names import parameters
from connlint.fix.outcome import Refused
from connlint.fix.parameters import with_parameter
from connlint.fix.place import Place
from connlint.fix.provider import Provider
from connlint.fix.rewrite import Rewrite
from connlint.fix.site import call_at, check_factory, injectors, opened_value, root_of
from connlint.fix.unnamed import free_name
from connlint.fix.unwrap import check_only, unwrap_assigned, unwrap_with

_LOOPS = (cst.For, cst.While, cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)


def rewrite(place: Place) -> Rewrite:
    """The rewrite that adds the parameter and removes the opening.

    Raises :class:`Refused` where the injected session would be another one, or would end otherwise.
    """
    provider = Provider.of(place.data)
    call = call_at(place)
    function = place.names.function(call)
    if not isinstance(function, cst.FunctionDef):
        raise Refused("the session is not opened in the handler itself")
    factory, begins = _factory(call)
    if call.args:
        raise Refused("a dependency has no place for the arguments of the call")
    check_factory(factory, place)
    _check_way(call, function, place)
    if not begins and place.data.get("opened_commits") != "no" and provider.commits != "yes":
        raise Refused(f"what is opened commits when it is left, and {provider.name} does not")
    name, result = _without_opening(call, factory, function, provider, place, begins=begins)
    _check_name(name, function, place)
    _add_parameter(name, function, factory, provider, place, result)
    if root := root_of(factory):
        result.vanished.append(root)
    result.unsafe.append("the session lives as long as the request, and the handler takes it")
    return result


def _factory(call: cst.Call) -> tuple[cst.BaseExpression, bool]:
    """What is called to open the session, and whether that begins a transaction at once."""
    factory = call.func
    if isinstance(factory, cst.Attribute) and factory.attr.value == "begin":
        return factory.value, True
    return factory, False


def _check_way(call: cst.Call, function: cst.FunctionDef, place: Place) -> None:
    """Raise :class:`Refused` unless one session is opened for the whole request."""
    around = itertools.takewhile(lambda each: each is not function, place.tree.ancestors(call))
    if any(isinstance(each, _LOOPS) for each in around):
        raise Refused("it opens a session for each round of a loop")


def _without_opening(
    call: cst.Call,
    factory: cst.BaseExpression,
    function: cst.FunctionDef,
    provider: Provider,
    place: Place,
    *,
    begins: bool,
) -> tuple[str, Rewrite]:
    """The name that the session goes by, and the rewrite that no longer opens it."""
    value = opened_value(call, place)
    above = place.tree.parent(value)
    match above:
        case cst.WithItem(asname=cst.AsName(name=cst.Name(value=name))):
            check_only(name, function, place)
            return name, unwrap_with(above, provider, place, name if begins else "")
        case _ if begins:
            raise Refused("a transaction begun with the session has to be entered with it")
        case (
            cst.Assign(targets=[cst.AssignTarget(target=cst.Name())])
            | cst.AnnAssign(target=cst.Name())
        ):
            name, _, result = unwrap_assigned(above, provider, place)
            check_only(name, function, place)
            return name, result
        case cst.Arg() | cst.Attribute():
            if provider.may_commit:
                raise Refused(f"{provider.name} commits, and the session has no name yet")
            name = free_name(_usual_name(place) or "session", place.tree.statement_of(call), place)
            result = Rewrite()
            result.replace(value, cst.Name(name))
            return name, result
        case _:
            raise Refused("the session has no variable of its own")


def _check_name(name: str, function: cst.FunctionDef, place: Place) -> None:
    """Raise :class:`Refused` when a parameter ``name`` would mean something else to the route."""
    if any(each.name.value == name for each in parameters(function)):
        raise Refused(f"the handler has a parameter {name} already")
    for node in place.tree.inside(*function.decorators):
        if isinstance(node, cst.SimpleString) and f"{{{name}" in node.value:
            raise Refused(f"the path of the route has a part that is called {name}")


def _add_parameter(
    name: str,
    function: cst.FunctionDef,
    factory: cst.BaseExpression,
    provider: Provider,
    place: Place,
    result: Rewrite,
) -> None:
    like = _like(place)
    if like is not None and _is_known(like, function, place):
        new = cst.Param(
            name=cst.Name(name), annotation=like.annotation, default=like.default,
            equal=like.equal,
        )  # fmt: skip
    else:
        new = _new_parameter(name, function, factory, provider, place, result)
    changed = with_parameter(function, new)
    result.replace(function.params, changed)


def _new_parameter(
    name: str,
    function: cst.FunctionDef,
    factory: cst.BaseExpression,
    provider: Provider,
    place: Place,
    result: Rewrite,
) -> cst.Param:
    """``session: Session = Depends(get_db)``, or with ``Annotated`` where the file does that."""

    def named(found: Access) -> cst.BaseExpression:
        if found.request:
            result.imports.append(found.request)
        return found.expression

    imports, known_as = place.imports, place.known_as
    source = access(
        function, factory, provider.module, provider.attribute, imports, known_as("provider")
    )
    depends = named(library(function, "fastapi", "Depends", imports, known_as("injector")))
    injected = cst.Call(depends, [cst.Arg(named(source))])
    module, _, kind = place.data.get("session_type", "").rpartition(".")
    if not kind.isidentifier():
        return cst.Param(cst.Name(name), default=injected)
    annotation = named(library(function, module, kind, imports, known_as("session_type")))
    annotated = _annotated(place)
    if annotated is None:
        return cst.Param(cst.Name(name), cst.Annotation(annotation), default=injected)
    parts = [cst.SubscriptElement(cst.Index(each)) for each in (annotation, injected)]
    return cst.Param(cst.Name(name), cst.Annotation(cst.Subscript(annotated, parts)))


def _like(place: Place) -> cst.Param | None:
    """The parameter of the file that has the same session injected."""
    line, _, column = place.data.get("like", "").partition(",")
    for node in place.tree.nodes:
        if isinstance(node, cst.Param):
            at = place.tree.span(node.name)
            if (str(at.line), str(at.column)) == (line, column):
                return node
    return None


def _usual_name(place: Place) -> str:
    like = _like(place)
    return like.name.value if like else ""


def _is_known(like: cst.Param, function: cst.FunctionDef, place: Place) -> bool:
    """Is all that the parameter is written with defined before ``function`` is?"""
    parts = [each for each in (like.annotation, like.default) if each]
    names = place.names
    for node in place.tree.inside(*parts):
        if isinstance(node, cst.Name) and names.is_variable(node):
            first = next(iter(names.of_variable(node.value, place.tree.module)), None)
            if first is not None and not place.tree.is_before(first, function):
                return False
    return True


def _annotated(place: Place) -> cst.BaseExpression | None:
    """What ``Annotated`` is called where the file injects with it, if it does."""
    for call in injectors(place):
        subscript = place.tree.enclosing(call, cst.Subscript)
        if subscript and place.tree.enclosing(call, cst.Param, cst.Assign):
            target = place.imports.target_of(subscript.value, place.names.scope(subscript))
            if target in {"typing.Annotated", "typing_extensions.Annotated"}:
                return subscript.value
    return None
