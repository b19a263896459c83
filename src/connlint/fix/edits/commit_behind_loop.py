"""``commit-behind-loop``: a commit for each round of a loop becomes one behind the loop.

``loop`` is where the loop starts, as ``line:column``. A commit that stands there already will do.
"""

from __future__ import annotations

import libcst as cst

from connlint.fix.names import binds
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.removal import remove, statement_of_call
from connlint.fix.rewrite import Rewrite, Splice, Statements
from connlint.fix.site import root_of


def rewrite(place: Place) -> Rewrite:
    """The rewrite that moves the commit; raises :class:`Refused`."""
    call = place.tree.node_at(place.span, cst.Call)
    loop = _loop(place)
    if call is None or not place.tree.is_within(call, [loop.body]):
        raise Refused("the code at this place has changed")
    statement = statement_of_call(call, place)
    _check_always_run(statement, loop, place)
    _check_session(call, loop, place)
    result = remove(statement, place, "commit")
    block, at = place.tree.place_in_block(loop)
    if not _is_same(block.body[at + 1 : at + 2], statement, place):
        line = cst.SimpleStatementLine([cst.Expr(statement.value.deep_clone())])
        result.splices.append(Splice(block, at + 1, at + 1, lambda _: [line]))
    result.unsafe.append("an error in one round then undoes all of them")
    return result


def _loop(place: Place) -> cst.For:
    line, _, column = place.data["loop"].partition(":")
    for node in place.tree.nodes:
        if isinstance(node, cst.For):
            span = place.tree.span(node)
            if (span.line, span.column) == (int(line), int(column)):
                return node
    raise Refused("the code at this place has changed")


def _check_always_run(statement: cst.Expr, loop: cst.For, place: Place) -> None:
    """Raise :class:`Refused` unless each round of ``loop`` comes to ``statement``."""
    for above in place.tree.ancestors(statement):
        if isinstance(above, cst.For):
            if above.orelse:
                raise Refused("what the else of the loop does would come before it")
            if above is loop:
                return
        elif not isinstance(
            above, cst.SimpleStatementLine | cst.SimpleStatementSuite | cst.IndentedBlock
        ):
            raise Refused("it stands in a block of its own inside the loop")


def _check_session(call: cst.Call, loop: cst.For, place: Place) -> None:
    """Raise :class:`Refused` unless the session is the same one in all rounds."""
    root = root_of(call.func)
    if root is None:
        raise Refused("the session has no name")
    owner = place.names.owner(root)
    for each in place.names.of_variable(root.value, owner):
        if binds(each, place.tree) and place.tree.is_within(each, [loop]):
            raise Refused(f"{root.value} is bound in the loop")


def _is_same(following: Statements, statement: cst.Expr, place: Place) -> bool:
    """Is the statement that comes behind the loop the very same one?"""
    match following:
        case [cst.SimpleStatementLine(body=[cst.Expr(value=value), *_])]:
            code = place.tree.module.code_for_node
            return code(value) == code(statement.value)
        case _:
            return False
