"""``await-call``: a coroutine that is called and dropped, or taken for its result, is awaited."""

from __future__ import annotations

import libcst as cst

from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.rewrite import Rewrite


def rewrite(place: Place) -> Rewrite:
    """The rewrite that awaits the call of this place.

    Raises :class:`Refused` where nothing can be awaited, or it is not known what is awaited then.
    """
    call = place.tree.node_at(place.finding.span, cst.Call)
    if call is None:
        raise Refused("the call has changed")
    _check_place(call, place)
    result = Rewrite()
    awaited = _awaited(call, place)
    outer = _await_around(call, place)
    if outer is None:
        result.replace(call, awaited)
        return result
    # ``await session.execute(q).all()`` awaits what the result gives in place of the result.
    if place.data.get("awaits_more") != "no":
        raise Refused("what its result gives is awaited, which may be right")
    inner = outer.expression.deep_replace(call, awaited)
    assert isinstance(inner, cst.BaseExpression)
    if "\n" in place.tree.module.code_for_node(outer):
        inner = inner.with_changes(lpar=outer.lpar, rpar=outer.rpar)
    result.replace(outer, inner)
    return result


def _awaited(call: cst.Call, place: Place) -> cst.Await:
    """``await call``, in parentheses where more is asked of what it gives."""
    lpar, rpar = call.lpar, call.rpar
    if _starts(call, place.tree.parent(call)) and not lpar:
        lpar, rpar = [cst.LeftParen()], [cst.RightParen()]
    return cst.Await(call.with_changes(lpar=(), rpar=()), lpar=lpar, rpar=rpar)


def _await_around(call: cst.Call, place: Place) -> cst.Await | None:
    """The ``await`` of the chain of attributes and calls that starts with ``call``."""
    below: cst.CSTNode = call
    for above in place.tree.ancestors(call):
        if isinstance(above, cst.Await):
            return above
        if not _starts(below, above):
            return None
        below = above
    return None


def _starts(inner: cst.CSTNode, outer: cst.CSTNode) -> bool:
    """Is ``outer`` an attribute, an item or a call of ``inner``?"""
    match outer:
        case cst.Attribute() | cst.Subscript():
            return outer.value is inner
        case cst.Call():
            return outer.func is inner
        case _:
            return False


def _check_place(call: cst.Call, place: Place) -> None:
    """Raise :class:`Refused` where ``await`` is no Python, or would change when things happen."""
    for above in place.tree.ancestors(call):
        if isinstance(above, cst.FunctionDef | cst.Lambda):
            break
        is_inside = isinstance(above, cst.BaseComp) and not place.tree.is_within(
            call, [above.for_in.iter]
        )
        if is_inside:
            raise Refused("in a comprehension `await` would change what that gives")
    function = place.names.function(call)
    if not isinstance(function, cst.FunctionDef):
        where = "a lambda" if isinstance(function, cst.Lambda) else "the body of the module"
        raise Refused(f"nothing can be awaited in {where}")
    if not function.asynchronous:
        raise Refused("the function is synchronous: nothing can be awaited in it")
