"""``leave-transaction``: a service leaves the beginning and the end of a transaction to its caller.

A commit or rollback goes, a block that begins a transaction is dissolved. ``flush`` says that rows
have to be sent all the same: then a flush takes the place of the commit.
"""

from __future__ import annotations

import libcst as cst

from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.removal import remove, statement_of_call
from connlint.fix.rewrite import Rewrite, Splice, Statements, gone, leading_lines, statements_of


def rewrite(place: Place) -> Rewrite:
    """The rewrite of the commit, rollback or beginning here; raises :class:`Refused`."""
    call = place.tree.node_at(place.span, cst.Call)
    if call is None or not isinstance(call.func, cst.Attribute):
        raise Refused("the code at this place has changed")
    item = place.tree.parent(call)
    method = call.func.attr.value
    if isinstance(item, cst.WithItem):
        result = _without_block(item, call, place)
    elif place.data.get("flush") == "yes" and method == "commit":
        statement_of_call(call, place)
        result = Rewrite()
        result.replace(call.func.attr, cst.Name("flush"))
    else:
        result = remove(statement_of_call(call, place), place, method)
    result.unsafe.append("its callers end the transaction from now on")
    return result


def _without_block(item: cst.WithItem, call: cst.Call, place: Place) -> Rewrite:
    """The rewrite without the transaction that ``item`` begins."""
    statement = place.tree.parent(item)
    assert isinstance(statement, cst.With)
    if item.asname:
        raise Refused("the transaction has a name")
    result = Rewrite()
    flush = [_flush(call, statement)] if place.data.get("flush") == "yes" else []
    if len(statement.items) > 1:
        if flush:
            raise Refused("what follows may need what it writes")
        result.changes[statement] = lambda updated: _without_item(updated, at)
        at = next(at for at, each in enumerate(statement.items) if each is item)
        return result
    block, number = place.tree.place_in_block(statement)

    def build(old: Statements) -> Statements:
        (opened,) = old
        assert isinstance(opened, cst.With)
        inside = statements_of(opened.body)
        return [gone(leading_lines(opened)), *inside, *flush]

    result.splices.append(Splice(block, number, number + 1, build))
    return result


def _flush(call: cst.Call, statement: cst.With) -> cst.SimpleStatementLine:
    assert isinstance(call.func, cst.Attribute)
    flush: cst.BaseExpression = cst.Call(
        cst.Attribute(call.func.value.deep_clone(), cst.Name("flush"))
    )
    if statement.asynchronous:
        flush = cst.Await(flush)
    return cst.SimpleStatementLine([cst.Expr(flush)])


def _without_item(statement: cst.CSTNode, at: int) -> cst.CSTNode:
    assert isinstance(statement, cst.With)
    kept = [*statement.items[:at], *statement.items[at + 1 :]]
    kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return statement.with_changes(items=kept)
