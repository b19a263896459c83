"""``use-provider``: open the session with the provider in place of a forbidden factory.

Where the session's life is a ``with`` block or ends in a ``finally``, the provider's block takes
over and the code does what it did. Elsewhere the life has to be guessed, which is unsafe.
"""

from __future__ import annotations

import libcst as cst

from connlint.fix.access import Access, library, provider_access
from connlint.fix.body import check_kept
from connlint.fix.decorate import decorate
from connlint.fix.enter import Entering, enter, enter_later, entered_name
from connlint.fix.life import Entered, Finally, Held, held_by, life_of
from connlint.fix.names import binds
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.provider import Provider
from connlint.fix.rewrite import Rewrite
from connlint.fix.site import Site, injected, root_of, site_of
from connlint.fix.wrap import Opening, wrap_finally, wrap_straight

_MANAGERS = {"generator": "contextmanager", "async-generator": "asynccontextmanager"}


def rewrite(place: Place) -> Rewrite:
    """The rewrite that opens the session of this place with the provider of the intent.

    Raises :class:`Refused` where that would change what the code does, or can't be told.
    """
    provider = Provider.of(place.data)
    if reference := injected(place):
        return _inject(reference, provider, place)
    site = site_of(place)
    provider.check_session(_factory_is_async(site, place))
    result = (
        decorate(place, site, provider) if provider.is_decorator else _open(place, site, provider)
    )
    if not provider.is_called:
        result.vanished += site.closers
    if site.root:
        result.vanished.append(site.root)
    _drop_alias(site, result, place)
    return result


def _open(place: Place, site: Site, provider: Provider) -> Rewrite:
    """The session is opened where it was, with the provider."""
    found = _access(site.call, site.factory, provider, place)
    opened, managers = found.expression, []
    if provider.is_injected:
        manager = library(
            site.call,
            "contextlib",
            _MANAGERS[provider.shape],
            place.imports,
            place.known_as("manager"),
        )
        opened = cst.Call(manager.expression, [cst.Arg(opened)])
        managers = [manager.request] if manager.request else []
    call = cst.Call(opened)
    if provider.is_block:
        result = _open_block(place, site, provider, call)
        result.imports += managers
        if provider.is_injected:
            result.unsafe.append(f"{provider.name} is there to be injected")
        if provider.shape == "scoped":
            result.unsafe.append(f"the session of {provider.name} is that of the whole thread")
    elif provider.is_called:
        result = _call_function(place, site, provider, call)
    else:
        raise Refused(f"the shape of {provider.name} is not known")
    if found.request:
        result.imports.append(found.request)
    return result


def _access(
    at: cst.CSTNode, replaced: cst.BaseExpression, provider: Provider, place: Place
) -> Access:
    known_as = place.known_as("provider")
    return provider_access(at, replaced, provider, place.imports, known_as)


def _factory_is_async(site: Site, place: Place) -> bool:
    """Does the factory make asynchronous sessions? Where the model can't tell, the code does."""
    if (known := place.data.get("factory_async")) in {"yes", "no"}:
        return known == "yes"
    holder = site.holder
    if isinstance(holder, cst.WithItem):
        statement = place.tree.parent(holder)
        return isinstance(statement, cst.With) and bool(statement.asynchronous)
    if isinstance(holder, cst.Assign | cst.AnnAssign):
        return any(_is_awaited(use, place) for use in held_by(holder, place).uses)
    return isinstance(place.tree.parent(site.call), cst.Await)


def _is_awaited(use: cst.Name, place: Place) -> bool:
    """Is this ``await session.method()``?"""
    attribute = place.tree.parent(use)
    call = place.tree.parent(attribute) if isinstance(attribute, cst.Attribute) else None
    return isinstance(call, cst.Call) and isinstance(place.tree.parent(call), cst.Await)


def _inject(reference: cst.BaseExpression, provider: Provider, place: Place) -> Rewrite:
    """``Depends(forbidden)``: another dependency is injected."""
    if (provider.is_block and not provider.is_injected) or provider.is_decorator:
        kind = "decorator" if provider.is_decorator else "context manager"
        raise Refused(f"{provider.name} is a {kind}, which can't be injected")
    known = place.data.get("factory_async")
    if known in {"yes", "no"}:
        provider.check_session(known == "yes")
    found = _access(reference, reference, provider, place)
    result = Rewrite()
    result.replace(reference, found.expression)
    if found.request:
        result.imports.append(found.request)
    if root := root_of(reference):
        result.vanished.append(root)
    if provider.is_async is None or known not in {"yes", "no"}:
        result.unsafe.append(f"it is not known whether {provider.name} gives the same session")
    if provider.commits != "no":
        result.unsafe.append(f"{provider.name} may commit when the request is done")
    return result


def _open_block(place: Place, site: Site, provider: Provider, call: cst.Call) -> Rewrite:
    holder = site.holder
    if isinstance(holder, cst.WithItem):
        statement = place.tree.parent(holder)
        assert isinstance(statement, cst.With)
        name, uses = entered_name(holder, statement, place)
        entering = Entering(place, statement, holder, name, uses, site.begins)
        return enter(entering, call, provider)
    if site.begins:
        raise Refused("a transaction begun with the session has to be entered with it")
    if isinstance(holder, cst.Arg):
        return _enter_stack(place, holder, provider, call)
    _check_function(holder, provider, place)
    held = held_by(holder, place)
    life = life_of(held, place)
    if isinstance(life, Entered):
        return enter_later(place, held, life, provider, call)
    opening = Opening(call, provider, held, place)
    if isinstance(life, Finally):
        return wrap_finally(opening, life)
    return wrap_straight(opening, life)


def _enter_stack(place: Place, holder: cst.Arg, provider: Provider, call: cst.Call) -> Rewrite:
    """``stack.enter_context(factory())``: closed when the stack is, as before."""
    above = place.tree.parent(holder)
    assert isinstance(above, cst.Call)
    assert isinstance(above.func, cst.Attribute)
    right = "enter_async_context" if provider.is_async else "enter_context"
    if above.func.attr.value != right:
        raise Refused(f"{provider.name} has to be entered with `{right}`")
    result = Rewrite()
    result.replace(holder.value, call)
    if provider.may_commit:
        result.unsafe.append(f"{provider.name} may commit when the exit stack is closed")
    return result


def _check_function(node: cst.CSTNode, provider: Provider, place: Place) -> None:
    """Raise :class:`Refused` unless ``provider`` can be opened in the function of ``node``."""
    function = place.names.function(node)
    is_async = isinstance(function, cst.FunctionDef) and function.asynchronous
    if (provider.is_async or provider.is_awaited) and not is_async:
        raise Refused(f"the function is synchronous and {provider.name} is asynchronous")


def _call_function(place: Place, site: Site, provider: Provider, call: cst.Call) -> Rewrite:
    """A plain function: called where the factory was, closed as the session was."""
    if site.begins:
        raise Refused(f"{provider.name} gives a session, and the factory begins a transaction")
    if provider.is_awaited:
        _check_function(site.call, provider, place)
    result = Rewrite()
    above = place.tree.parent(site.call)
    old: cst.BaseExpression = above if isinstance(above, cst.Await) else site.call
    new: cst.BaseExpression = cst.Await(call) if provider.is_awaited else call
    result.replace(old, new.with_changes(lpar=old.lpar, rpar=old.rpar))
    holder = site.holder
    if isinstance(holder, cst.WithItem):
        statement = place.tree.parent(holder)
        assert isinstance(statement, cst.With)
        check_kept(entered_name(holder, statement, place)[1], place)
    elif isinstance(holder, cst.Assign | cst.AnnAssign):
        held = held_by(holder, place)
        check_kept(held.uses, place)
        if not _has_end(held, place):
            result.unsafe.append("nothing closes it on every path so far")
    return result


def _has_end(held: Held, place: Place) -> bool:
    """Is the session closed whatever happens?"""
    try:
        return isinstance(life_of(held, place), Entered | Finally)
    except Refused:
        return False


def _drop_alias(site: Site, result: Rewrite, place: Place) -> None:
    """Remove ``make = SessionLocal`` from a function that calls ``make`` no more."""
    root = site.root
    owner = place.names.owner(root) if root else None
    if root is None or root is not site.factory or not isinstance(owner, cst.FunctionDef):
        return
    others = [each for each in place.names.of_variable(root.value, owner) if each is not root]
    if len(others) != 1 or not binds(others[0], place.tree):
        return
    line = place.tree.statement_of(others[0])
    match line:
        case cst.SimpleStatementLine(body=[cst.Assign(targets=[_], value=value)]):
            source = root_of(value)
            if source:
                result.removed.append(line)
                result.vanished.append(source)
        case _:
            return
