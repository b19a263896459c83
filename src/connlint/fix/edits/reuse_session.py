"""``reuse-session``: a function works on the session that it was given, and opens no second one."""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from connlint.fix.enter import entered_name
from connlint.fix.names import binds, parameters
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.provider import Provider
from connlint.fix.rewrite import Rewrite
from connlint.fix.site import call_at, check_factory, opened_value, root_of
from connlint.fix.unwrap import check_only, unwrap_assigned, unwrap_with


def rewrite(place: Place) -> Rewrite:
    """The rewrite that removes the opening and works on the session of the intent.

    Raises :class:`Refused` where the second session gets out, or is another one.
    """
    call = call_at(place)
    function = place.names.function(call)
    if not isinstance(function, cst.FunctionDef):
        raise Refused("the session is not opened in the function itself")
    if call.args:
        raise Refused("the second session is opened with arguments of its own")
    if isinstance(call.func, cst.Attribute) and call.func.attr.value == "begin":
        raise Refused("the second session begins a transaction of its own")
    check_factory(call.func, place)
    given = _given(function, place)
    result = _without_opening(call, given, function, place)
    if root := root_of(call.func):
        result.vanished.append(root)
    result.unsafe.append("what is not committed yet is seen, and the caller's transaction goes on")
    return result


def _given(function: cst.FunctionDef, place: Place) -> cst.BaseExpression:
    """The session that the function was given; raises :class:`Refused` if it may be another."""
    holder, dot, last = place.data.get("given", "").rpartition(".")
    own = [each.name.value for each in parameters(function)]
    if dot:
        if own[:1] != [holder]:
            raise Refused("the object that keeps the session goes by another name here")
        return cst.Attribute(cst.Name(holder), cst.Name(last))
    if last not in own:
        raise Refused("the session is given to a function around this one")
    every = place.names.of_variable(last, function)
    bound = [each for each in every if binds(each, place.tree)]
    if any(place.tree.enclosing(each, cst.AugAssign, cst.Del) for each in bound):
        raise Refused(f"{last} is bound again")
    return cst.Name(last)


def _without_opening(
    call: cst.Call, given: cst.BaseExpression, function: cst.FunctionDef, place: Place
) -> Rewrite:
    value = opened_value(call, place)
    is_async = isinstance(place.tree.parent(value), cst.Await)
    provider = Provider("", "it", "function", "no", is_async, "no")
    above = place.tree.parent(value)
    match above:
        case cst.WithItem(asname=cst.AsName(name=cst.Name(value=name))):
            statement = place.tree.parent(above)
            assert isinstance(statement, cst.With)
            uses = entered_name(above, statement, place)[1]
            result = unwrap_with(above, provider, place, "")
        case (
            cst.Assign(targets=[cst.AssignTarget(target=cst.Name())])
            | cst.AnnAssign(target=cst.Name())
        ):
            name, found, result = unwrap_assigned(above, provider, place)
            uses = list(found)
        case cst.Arg() | cst.Attribute():
            result = Rewrite()
            result.replace(value, given)
            return result
        case _:
            raise Refused("the session has no variable of its own")
    if name == place.data.get("given"):
        raise Refused(f"{name} stands for both sessions")
    check_only(name, function, place)
    _rename(uses, given, result)
    return result


def _rename(uses: Iterable[cst.Name], given: cst.BaseExpression, result: Rewrite) -> None:
    for use in uses:
        result.replace(use, given.with_changes(lpar=use.lpar, rpar=use.rpar))
