"""A ``with`` that opens a session in, the rewrite that makes it open the provider out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from connlint.fix.body import Body, check_kept, method_call
from connlint.fix.life import Entered, Held
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.provider import Provider
from connlint.fix.rewrite import Rewrite, lift
from connlint.fix.wrap import Opening

_PLAIN_COMMA = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))


@dataclass(frozen=True, slots=True)
class Entering:
    """A session entered by ``item`` of ``statement``.

    ``name`` is the variable that holds it (empty: none) and ``uses`` are its occurrences in the
    statement. ``begins`` when entering begins a transaction at once.
    """

    place: Place
    statement: cst.With
    item: cst.WithItem
    name: str
    uses: Sequence[cst.Name]
    begins: bool = False


def enter(entering: Entering, expression: cst.BaseExpression, provider: Provider) -> Rewrite:
    """Make the item open ``expression``, a call of ``provider``; raises :class:`Refused`.

    A transaction that the statement begins by itself stays under a provider that does not commit,
    and goes under one that does.
    """
    statement = entering.statement
    if provider.is_block and bool(statement.asynchronous) != provider.is_async:
        right = "async with" if provider.is_async else "with"
        raise Refused(f"{provider.name} has to be opened with `{right}`")
    begun = [each for each in statement.items if _begin_of(each, entering)]
    lifted = _begun_inside(entering)
    owns = bool(entering.begins or begun or lifted)
    if not (owns and provider.may_commit):
        rewrite = _kept(entering, expression)
        terms = Body(entering.place, _body(statement), entering.uses).terms(provider)
        rewrite.removed += terms.removed
        rewrite.unsafe += terms.unsafe
        return rewrite
    if provider.commits == "unknown":
        raise Refused(f"the block commits when it is left, and {provider.name} may not")
    # The block committed when it was left, and so does the provider: exits mean the same.
    check_kept(entering.uses, entering.place)
    rewrite = _without_begins(entering, expression, begun)
    if lifted:
        rewrite.splices.append(lift(lifted, entering.place.tree))
    if begun or lifted:
        rewrite.unsafe.append(f"its begin() is removed, because {provider.name} begins by itself")
    return rewrite


def entered_name(
    item: cst.WithItem, statement: cst.With, place: Place
) -> tuple[str, list[cst.Name]]:
    """The variable that ``item`` binds, and where ``statement`` uses it."""
    target = item.asname.name if item.asname else None
    if not isinstance(target, cst.Name):
        return "", []
    every = place.names.of_variable(target.value, place.names.owner(target))
    inside = (each for each in every if place.tree.is_within(each, [statement]))
    return target.value, [each for each in inside if each is not target]


def enter_later(
    place: Place, held: Held, life: Entered, provider: Provider, call: cst.Call
) -> Rewrite:
    """``s = factory()``, then ``with s:``: the ``with`` opens the session itself."""
    asname = life.item.asname
    uses = list(life.uses)
    if asname and isinstance(asname.name, cst.Name) and asname.name.value != held.name:
        if uses:
            raise Refused("the session goes by two names")
        name, uses = entered_name(life.item, life.statement, place)
    else:
        name = held.name
        uses = [each for each in uses if not asname or each is not asname.name]
    result = enter(Entering(place, life.statement, life.item, name, uses), call, provider)
    Opening(call, provider, held, place).leave_out_assignment(result)
    if held.block.body[held.at + 1] is not life.statement:
        result.unsafe.append("it is opened later, where it is entered")
    return result


def _begin_of(item: cst.WithItem, entering: Entering) -> bool:
    """Is ``item`` the ``session.begin()`` of this session?"""
    calls = (method_call(use, entering.place, "begin") for use in entering.uses)
    return any(call is item.item for call in calls if call)


def _begun_inside(entering: Entering) -> cst.With | None:
    """A ``with session.begin():`` that is all that the block holds."""
    body = entering.statement.body
    if not isinstance(body, cst.IndentedBlock) or len(body.body) != 1:
        return None
    only = body.body[0]
    if not isinstance(only, cst.With) or len(only.items) != 1:
        return None
    item = only.items[0]
    return only if not item.asname and _begin_of(item, entering) else None


def _new_item(entering: Entering, expression: cst.BaseExpression) -> cst.WithItem:
    item = entering.item
    asname = item.asname
    if asname is None and entering.name:
        asname = cst.AsName(cst.Name(entering.name))
    old = item.item
    expression = expression.with_changes(lpar=old.lpar, rpar=old.rpar)
    return item.with_changes(item=expression, asname=asname)


def _kept(entering: Entering, expression: cst.BaseExpression) -> Rewrite:
    """The item alone changes; a transaction begun with it gets an item of its own."""
    rewrite = Rewrite()
    new = _new_item(entering, expression)
    if not entering.begins:
        rewrite.replace(entering.item, new)
        return rewrite
    if not entering.name:
        raise Refused("the session has no name to begin a transaction on")
    method = cst.Attribute(cst.Name(entering.name), cst.Name("begin"))
    begin = cst.WithItem(cst.Call(method), comma=new.comma)
    pair = cst.FlattenSentinel([new.with_changes(comma=_PLAIN_COMMA), begin])
    rewrite.changes[entering.item] = lambda _: pair
    return rewrite


def _without_begins(
    entering: Entering, expression: cst.BaseExpression, begun: Sequence[cst.WithItem]
) -> Rewrite:
    """The item changes, and the items ``begun`` go."""
    if any(item.asname for item in begun):
        raise Refused("the transaction has a name of its own")
    rewrite = Rewrite()
    staying = [item for item in entering.statement.items if item not in begun]
    ending = entering.statement.items[-1].comma
    for item in staying:
        new = _new_item(entering, expression) if item is entering.item else item
        if item is staying[-1]:
            new = new.with_changes(comma=ending)
        if new is not item:
            rewrite.replace(item, new)
    for item in begun:
        rewrite.changes[item] = lambda _: cst.RemoveFromParent()
    return rewrite


def _body(statement: cst.With) -> Sequence[cst.BaseStatement | cst.BaseSmallStatement]:
    return statement.body.body
