"""``enter-provider``: a provider that is used against its shape is opened in a block.

Most of these uses fail when they are run, so that there is nothing to keep: the block is the one
form that works. Generators that are drained by hand, or looped over, do work: there it matters
what the provider does behind its ``yield``.
"""

from __future__ import annotations

import libcst as cst

from connlint.fix.access import Access, library
from connlint.fix.closes import closes_of
from connlint.fix.life import Entered, Held, held_by, life_of
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.provider import Provider
from connlint.fix.rewrite import Rewrite, Splice, Statements, leading_lines
from connlint.fix.site import call_at, holder_of
from connlint.fix.stepping import stepped
from connlint.fix.unnamed import wrap_unnamed
from connlint.fix.wrap import Opening, wrap

_MANAGERS = {"generator": "contextmanager", "async-generator": "asynccontextmanager"}


def rewrite(place: Place) -> Rewrite:
    """The rewrite that opens the provider of this place as it has to be.

    Raises :class:`Refused` where it can't be opened in this function, or its session gets out.
    """
    call = call_at(place)
    is_async = place.data.get("provider_shape", "").startswith("async")
    function = place.names.function(call)
    if is_async and not (isinstance(function, cst.FunctionDef) and function.asynchronous):
        raise Refused("the function is synchronous and the provider is asynchronous")
    value, works = _value(call, place)
    opened, access = _opened(call, place)
    above = place.tree.parent(value)
    match above:
        case cst.WithItem():
            result = _entered(above, opened, place, is_async=is_async)
        case cst.For(iter=iterated) if iterated is value:
            works = works or _is_generator(place)
            result = _looped(above, opened, place, is_async=is_async)
        case cst.Assign() | cst.AnnAssign():
            result = _named(value, opened, place, is_async=is_async)
        case _:
            result = wrap_unnamed(value, opened, "session", place, is_async=is_async)
            result.unsafe.append("nothing closes it so far")
    if not works:
        result.unsafe.clear()
    elif place.data.get("provider_commits") == "yes":
        result.unsafe.append("the provider commits when it is left, which never happened so far")
    if place.data.get("route") == "yes":
        result.unsafe.append("a route can have it injected, too")
    if access and access.request:
        result.imports.append(access.request)
    return result


def _is_generator(place: Place) -> bool:
    return place.data.get("provider_shape") in _MANAGERS


def _value(call: cst.Call, place: Place) -> tuple[cst.BaseExpression, bool]:
    """What stands for the session so far, and whether that works when it is run."""
    step = stepped(call, place)
    if step is not None:
        return step, _is_generator(place)
    above = place.tree.parent(call)
    return (above if isinstance(above, cst.Await) else call), False


def _opened(call: cst.Call, place: Place) -> tuple[cst.BaseExpression, Access | None]:
    """What a block has to open, and how a bare generator is made something that it can open."""
    manager = _MANAGERS.get(place.data.get("provider_shape", ""))
    if manager is None:
        return call, None
    access = library(call, "contextlib", manager, place.imports, place.known_as("manager"))
    return call.with_changes(func=cst.Call(access.expression, [cst.Arg(call.func)])), access


def _entered(
    item: cst.WithItem, opened: cst.BaseExpression, place: Place, *, is_async: bool
) -> Rewrite:
    """``with`` on an asynchronous provider, the reverse, or a ``with`` on a bare generator."""
    statement = place.tree.parent(item)
    assert isinstance(statement, cst.With)
    result = Rewrite()
    if opened is not item.item:
        old = item.item
        assert isinstance(old, cst.Call | cst.Await)
        result.replace(old, opened.with_changes(lpar=old.lpar, rpar=old.rpar))
    if bool(statement.asynchronous) != is_async:
        if len(statement.items) > 1:
            raise Refused("the block opens other things as well, which stay as they are")
        asynchronous = cst.Asynchronous() if is_async else None
        result.changes[statement] = lambda new: new.with_changes(asynchronous=asynchronous)
    return result


def _looped(loop: cst.For, opened: cst.BaseExpression, place: Place, *, is_async: bool) -> Rewrite:
    """``for session in get_db():``: a block in place of the loop, which is run once."""
    if loop.orelse or not isinstance(loop.target, cst.Name):
        raise Refused("the loop has an else, or more than one variable")
    ending = loop.body.body[-1] if loop.body.body else None
    is_last = isinstance(ending, cst.SimpleStatementLine) and isinstance(ending.body[0], cst.Break)
    for node in place.tree.inside(loop.body):
        is_other = isinstance(node, cst.Break | cst.Continue) and not (
            is_last and ending and place.tree.is_within(node, [ending])
        )
        if is_other and place.tree.enclosing(node, cst.For, cst.While) is loop:
            raise Refused(f"line {place.tree.line(node)} leaves the loop")
    block, at = place.tree.place_in_block(loop)
    result = Rewrite()
    if is_last and isinstance(ending, cst.SimpleStatementLine):
        result.removed.append(ending)
    target = loop.target

    def build(old: Statements) -> Statements:
        changed = old[0]
        assert isinstance(changed, cst.For)
        return [
            cst.With(
                items=[cst.WithItem(opened, cst.AsName(target))],
                body=changed.body,
                asynchronous=cst.Asynchronous() if is_async else None,
                leading_lines=leading_lines(changed),
            )
        ]

    result.splices.append(Splice(block, at, at + 1, build))
    return result


def _named(
    value: cst.BaseExpression, opened: cst.BaseExpression, place: Place, *, is_async: bool
) -> Rewrite:
    """``session = ...``: a block for as long as the session is used."""
    holder = holder_of(value, place)
    assert isinstance(holder, cst.Assign | cst.AnnAssign)
    held = held_by(holder, place)
    _check_session(held, place)
    life = life_of(held, place, entered_closes=False)
    provider = Provider(
        module="", attribute="the provider",
        shape="async-context-manager" if is_async else "context-manager",
        commits="no", is_async=is_async, expires="no",
    )  # fmt: skip
    opening = Opening(opened, provider, held, place)
    assert not isinstance(life, Entered)
    return wrap(opening, life, closes_of(held, life, place))


def _check_session(held: Held, place: Place) -> None:
    """Raise :class:`Refused` when the name is used as the provider that it holds, too."""
    for use in held.uses:
        above = place.tree.parent(use)
        if isinstance(above, cst.WithItem):
            raise Refused("what it gives is entered, and used without that as well")
        if stepped(use, place) is not None:
            raise Refused("the generator has a name, and is stepped through by hand")
