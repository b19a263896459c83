"""``remove-argument``: an argument goes, with the parameter that takes it and all that is for both.

Each place of the fix is a part of its own: an ``argument`` of a call, the ``parameter`` of the
function, or the ``source``, a parameter of a route that was only there to be handed on.
"""

from __future__ import annotations

import libcst as cst

from connlint.fix.docstrings import docstring_of, undocumented
from connlint.fix.names import binds
from connlint.fix.outcome import Refused
from connlint.fix.parameters import without_argument, without_parameters
from connlint.fix.place import Place
from connlint.fix.quiet import LOGS, name_called
from connlint.fix.rewrite import Rewrite
from connlint.fix.site import root_of
from connlint.location import Span


def rewrite(place: Place) -> Rewrite:
    """The rewrite of one part; raises :class:`Refused` where something else needs the value."""
    if place.data.get("part") == "argument":
        return _without_argument(place)
    param = next(
        (
            node
            for node in place.tree.nodes
            if isinstance(node, cst.Param) and _starts(node.name, place)
        ),
        None,
    )
    function = place.tree.enclosing(param, cst.FunctionDef) if param else None
    if param is None or function is None:
        raise Refused("the parameter has changed")
    return _without_parameter(param, function, place)


def _starts(name: cst.Name, place: Place) -> bool:
    at = place.tree.span(name)
    return (at.line, at.column) == (place.span.line, place.span.column)


def _without_argument(place: Place) -> Rewrite:
    value = place.tree.node_at(place.span, cst.Name, cst.Attribute)
    argument = place.tree.parent(value) if value else None
    call = place.tree.parent(argument) if argument else None
    if value is None or not isinstance(argument, cst.Arg) or not isinstance(call, cst.Call):
        raise Refused("the argument has changed")
    at = next(at for at, each in enumerate(call.args) if each is argument)
    result = Rewrite(unsafe=["the function connects without what it was handed"])

    def without(changed: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(changed, cst.Call)
        return without_argument(changed, at)

    result.changes[call] = without
    if root := root_of(value):
        result.vanished.append(root)
    return result


def _without_parameter(param: cst.Param, function: cst.FunctionDef, place: Place) -> Rewrite:
    name = param.name.value
    is_source = place.data.get("part") == "source"
    result = Rewrite(unsafe=["the function connects without what it was handed"])
    going = _arguments(place)
    for use in place.names.of_variable(name, function):
        if use is param.name or place.tree.span(use) in going:
            continue
        if is_source:
            return Rewrite()
        if binds(use, place.tree) or not _is_logged(use, place):
            raise Refused(f"line {place.tree.line(use)} works with {name}")
        _fold(use, param, place, result)
    result.changes[function.params] = lambda changed: without_parameters(_as(changed), {name})
    _undocument(name, function, result)
    if is_source:
        parts = [each for each in (param.annotation, param.default) if each]
        gone = [each for each in place.tree.inside(*parts) if isinstance(each, cst.Name)]
        result.vanished += gone
    return result


def _undocument(name: str, function: cst.FunctionDef, result: Rewrite) -> None:
    """Take the parameter out of the docstring that describes it."""
    text = docstring_of(function)
    changed = undocumented(text, name) if text else None
    if text and changed:
        result.replace(text, changed)


def _as(parameters: cst.CSTNode) -> cst.Parameters:
    assert isinstance(parameters, cst.Parameters)
    return parameters


def _arguments(place: Place) -> set[Span]:
    """Where in this file arguments go, as parts of the same fix."""
    finding = place.finding
    parts = finding.intent.parts if finding.intent else ()
    path = place.file.target.path
    spans = {each.span for each in parts if each.path == path and each.data["part"] == "argument"}
    return spans | {finding.span} if finding.path == path else spans


def _is_logged(use: cst.Name, place: Place) -> bool:
    """Is this a part of a log line, which may say that there is none?"""
    for above in place.tree.ancestors(use):
        if isinstance(above, cst.BaseStatement):
            return False
        if isinstance(above, cst.Call):
            return name_called(above) in LOGS
    return False


def _fold(use: cst.Name, param: cst.Param, place: Place, result: Rewrite) -> None:
    """Let a log line say what it says without the parameter."""
    if not (isinstance(param.default, cst.Name) and param.default.value == "None"):
        raise Refused(f"line {place.tree.line(use)} logs {use.value}, which has no default")
    above = place.tree.parent(use)
    match above:
        case cst.BooleanOperation(left=left, operator=cst.Or()) if left is use:
            result.changes[above] = _right
        case cst.Arg():
            result.replace(use, cst.Name("None"))
        case _:
            raise Refused(f"line {place.tree.line(use)} works with {use.value}")


def _right(changed: cst.CSTNode) -> cst.CSTNode:
    assert isinstance(changed, cst.BooleanOperation)
    return changed.right
