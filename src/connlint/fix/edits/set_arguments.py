"""``set-arguments``: a call is given arguments, or other values for those that it has.

The intent says ``arguments``, each as ``name=value`` on a line of its own; ``into``, the argument
that holds them as a dictionary (empty: they are the call's own); and ``doubt``, why a person has to
look at the result.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

import libcst as cst

from connlint.fix.brackets import Brackets
from connlint.fix.imports import dotted
from connlint.fix.names import binds
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.rewrite import Rewrite


def rewrite(place: Place) -> Rewrite:
    """The rewrite that gives the call of this place the arguments of the intent.

    Raises :class:`Refused` where an argument gets its value from elsewhere.
    """
    call = place.tree.node_at(place.finding.span, cst.Call)
    if call is None:
        raise Refused("the call has changed")
    wanted = dict(line.split("=", 1) for line in place.data["arguments"].splitlines())
    result = Rewrite()
    changed = Brackets(place.tree, call)
    if into := place.data.get("into"):
        inner = _set_inside(changed, into, wanted, place)
    else:
        inner = None
        _set_keywords(changed, wanted)
    for each in filter(None, (changed, inner)):
        if each.added and (mapping := _unpacked(each.node)):
            result.unsafe.append(f"{mapping} may come to hold the same arguments")
    if doubt := place.data.get("doubt"):
        result.unsafe.append(doubt)
    result.replace(call, changed.expression())
    return result


def _set_keywords(changed: Brackets, wanted: Mapping[str, str]) -> None:
    """Set keyword arguments of a call."""
    assert isinstance(changed.node, cst.Call)
    given = {arg.keyword.value: arg.value for arg in changed.node.args if arg.keyword}
    for name, value in wanted.items():
        if name in given:
            _correct(changed, name, given[name], value)
        else:
            changed.added.append(f"{name}={value}")


def _set_inside(
    changed: Brackets, into: str, wanted: Mapping[str, str], place: Place
) -> Brackets | None:
    """Set entries of the dictionary that is the argument ``into`` of a call, and return it."""
    assert isinstance(changed.node, cst.Call)
    found = [arg.value for arg in changed.node.args if arg.keyword and arg.keyword.value == into]
    if not found:
        entries = ", ".join(f'"{name}": {value}' for name, value in wanted.items())
        changed.added.append(f"{into}={{{entries}}}")
        return None
    inner = found[0]
    if isinstance(inner, cst.Call) and _is_dict_call(inner, place):
        nested = Brackets(changed.tree, inner)
        _set_keywords(nested, wanted)
    elif isinstance(inner, cst.Dict):
        nested = Brackets(changed.tree, inner)
        _set_entries(nested, wanted)
    else:
        shown = dotted(inner) or "an expression"
        raise Refused(f"{into} comes from {shown}: it has to be set there")
    changed.replaced[inner] = nested
    return nested


def _set_entries(changed: Brackets, wanted: Mapping[str, str]) -> None:
    """Set entries of a dictionary display; those that come last in it win."""
    assert isinstance(changed.node, cst.Dict)
    given: dict[str, cst.BaseExpression] = {}
    for element in changed.node.elements:
        if isinstance(element, cst.StarredDictElement):
            given = {}
        elif isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString):
            given[str(element.key.evaluated_value)] = element.value
    for name, value in wanted.items():
        if name in given:
            _correct(changed, name, given[name], value)
        else:
            changed.added.append(f'"{name}": {value}')


def _correct(changed: Brackets, name: str, old: cst.BaseExpression, value: str) -> None:
    """Replace a value that is written here; raises :class:`Refused` for others."""
    text = changed.tree.module.code_for_node(old)
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError) as error:
        shown = dotted(old) or "an expression"
        raise Refused(f"{name} comes from {shown}: it has to be set there") from error
    changed.replaced[old] = value


def _is_dict_call(call: cst.Call, place: Place) -> bool:
    """Is this ``dict(a=1)``, with the builtin and no positional arguments?"""
    if dotted(call.func) != "dict":
        return False
    is_builtin = not any(binds(each, place.tree) for each in place.names.occurrences["dict"])
    return is_builtin and all(arg.keyword or arg.star for arg in call.args)


def _unpacked(node: cst.Call | cst.Dict) -> str:
    """What a call unpacks with ``**``, where what is given twice is an error."""
    given = node.args if isinstance(node, cst.Call) else ()
    found = [arg.value for arg in given if arg.star == "**"]
    return (dotted(found[0]) or "what is unpacked") if found else ""
