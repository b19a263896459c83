"""``close-session``: what is left open on some way out is closed on all of them.

By a ``with`` block where that closes it and does nothing else, by ``contextlib.closing`` where it
has a plain ``close()``, else by a ``finally``.
"""

from __future__ import annotations

import libcst as cst

from connlint.fix.access import library
from connlint.fix.closes import closes_of
from connlint.fix.enter import enter_later
from connlint.fix.imports import dotted
from connlint.fix.life import Entered, Held, held_by, life_of
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.provider import Provider
from connlint.fix.rewrite import ImportRequest, Rewrite
from connlint.fix.site import call_at, holder_of
from connlint.fix.unnamed import wrap_unnamed
from connlint.fix.wrap import Opening, Releasing, wrap


def rewrite(place: Place) -> Rewrite:
    """The rewrite that closes the session of this place.

    Raises :class:`Refused` where its life can't be told, or does not end in the function.
    """
    call = call_at(place)
    above = place.tree.parent(call)
    value: cst.BaseExpression = above if isinstance(above, cst.Await) else call
    _check_function(value, place)
    opened, request = _opened(value, call, place)
    if not isinstance(place.tree.parent(value), cst.Assign | cst.AnnAssign):
        result = _without_name(value, opened, place)
    else:
        holder = holder_of(value, place)
        assert isinstance(holder, cst.Assign | cst.AnnAssign)
        held = held_by(holder, place, place.data.get("release", ""))
        result = _with_name(held, opened, call, place)
    if request:
        result.imports.append(request)
    return result


def _opened(
    value: cst.BaseExpression, call: cst.Call, place: Place
) -> tuple[cst.BaseExpression, ImportRequest | None]:
    """What a ``with`` opens to have the session closed, and what has to be imported for it."""
    ending = place.data.get("ending")
    if ending == "closing":
        access = library(call, "contextlib", "closing", place.imports, place.known_as("closing"))
        return cst.Call(access.expression, [cst.Arg(value)]), access.request
    if ending == "with" and isinstance(value, cst.Await):
        if place.data.get("startable") != "yes":
            raise Refused("what is awaited here is open already: `async with` would open it again")
        return call, None
    return value, None


def _without_name(value: cst.BaseExpression, opened: cst.BaseExpression, place: Place) -> Rewrite:
    if place.data.get("ending") == "finally":
        raise Refused("it has no name to close it by")
    name = place.data.get("opened", "session")
    result = wrap_unnamed(value, opened, name, place, is_async=_is_async(place))
    result.unsafe.append("nothing closes it so far")
    return result


def _with_name(held: Held, opened: cst.BaseExpression, call: cst.Call, place: Place) -> Rewrite:
    ending = place.data.get("ending")
    provider = _provider(call, place)
    life = life_of(held, place, entered_closes=ending == "with")
    if isinstance(life, Entered):
        return enter_later(place, held, life, provider, call)
    closes = closes_of(held, life, place)
    if place.data.get("closes") == "yes" and not closes:
        raise Refused("something else closes it on one of the ways")
    if ending == "finally":
        opening: Opening = Releasing(_release(held, call, place), provider, held, place)
    else:
        opening = Opening(opened, provider, held, place)
    return wrap(opening, life, closes)


def _release(held: Held, call: cst.Call, place: Place) -> cst.BaseExpression:
    """The call that ends the session: its own ``close()``, or that of the pool that takes it."""
    ended: cst.BaseExpression
    if release := place.data.get("release"):
        if not isinstance(call.func, cst.Attribute) or dotted(call.func.value) is None:
            raise Refused("the pool has no name to give it back by")
        pool = call.func.value.deep_clone()
        ended = cst.Call(cst.Attribute(pool, cst.Name(release)), [cst.Arg(cst.Name(held.name))])
    else:
        ended = cst.Call(cst.Attribute(cst.Name(held.name), cst.Name("close")))
    return cst.Await(ended) if _is_async(place) else ended


def _provider(call: cst.Call, place: Place) -> Provider:
    """What opens the session, as a provider that closes it and does nothing else."""
    return Provider(
        module="",
        attribute=dotted(call.func) or "it",
        shape="async-context-manager" if _is_async(place) else "context-manager",
        commits="no",
        is_async=_is_async(place),
        expires="no",
    )


def _is_async(place: Place) -> bool:
    """Is ending it awaited?"""
    return place.data.get("ending_async") == "yes"


def _check_function(node: cst.CSTNode, place: Place) -> None:
    function = place.names.function(node)
    is_async = isinstance(function, cst.FunctionDef) and function.asynchronous
    if _is_async(place) and not is_async:
        raise Refused("the function is synchronous, and closing it has to be awaited")
