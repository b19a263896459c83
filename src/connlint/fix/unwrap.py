"""A session that is there already in, the rewrite that no longer opens another one out."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from connlint.fix.body import Body
from connlint.fix.closes import closes_of
from connlint.fix.enter import entered_name
from connlint.fix.life import Entered, Held, held_by, life_of
from connlint.fix.names import binds
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.provider import Provider
from connlint.fix.rewrite import Rewrite, lift
from connlint.fix.wrap import Given, wrap


def unwrap_with(item: cst.WithItem, provider: Provider, place: Place, begin: str) -> Rewrite:
    """For ``with make() as session:``: the item goes, and its block when it opens nothing else.

    ``begin`` names the session on which the block has begun a transaction, if it has: that stays.
    Raises :class:`Refused` where the session gets out, or ``provider`` would commit what the block
    does not.
    """
    statement = place.tree.parent(item)
    assert isinstance(statement, cst.With)
    _, uses = entered_name(item, statement, place)
    terms = Body(place, list(statement.body.body), uses).terms(provider)
    result = Rewrite(removed=terms.removed, unsafe=terms.unsafe)
    if begin:
        method = cst.Attribute(cst.Name(begin), cst.Name("begin"))
        result.replace(item, item.with_changes(item=cst.Call(method), asname=None))
    elif len(statement.items) > 1:
        _drop_item(item, statement, result)
    else:
        result.splices.append(lift(statement, place.tree))
    return result


def _drop_item(item: cst.WithItem, statement: cst.With, result: Rewrite) -> None:
    result.changes[item] = lambda _: cst.RemoveFromParent()
    *_, before, last = statement.items
    if item is last:
        result.replace(before, before.with_changes(comma=last.comma))


def unwrap_assigned(
    assignment: cst.Assign | cst.AnnAssign, provider: Provider, place: Place
) -> tuple[str, Sequence[cst.Name], Rewrite]:
    """For ``session = make()``: the assignment goes, and all that closes the session.

    What comes out are the variable, its uses and the rewrite.
    """
    held = held_by(assignment, place)
    life = life_of(held, place)
    opening = Given(cst.Name(held.name), provider, held, place)
    if isinstance(life, Entered):
        result = _unwrap_entered(held, life, provider, place)
        opening.leave_out_assignment(result)
        return held.name, life.uses, result
    result = wrap(opening, life, closes_of(held, life, place))
    return held.name, life.uses, result


def _unwrap_entered(held: Held, life: Entered, provider: Provider, place: Place) -> Rewrite:
    if life.item.asname:
        raise Refused("the session goes by two names")
    terms = Body(place, list(life.statement.body.body), life.uses).terms(provider)
    result = Rewrite(removed=terms.removed, unsafe=terms.unsafe)
    if len(life.statement.items) > 1:
        _drop_item(life.item, life.statement, result)
    else:
        result.splices.append(lift(life.statement, place.tree))
    return result


def check_only(
    name: str,
    function: cst.FunctionDef,
    place: Place,
    gone: Sequence[cst.BaseStatement] = (),
) -> None:
    """Raise :class:`Refused` when ``name`` is bound more than once in ``function``.

    ``gone`` are statements that do so and are removed.
    """
    every = place.names.of_variable(name, function)
    staying = [each for each in every if not place.tree.is_within(each, gone)]
    if sum(binds(each, place.tree) for each in staying) > 1:
        raise Refused(f"{name} stands for other things in the function, too")
