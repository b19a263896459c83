"""One assignment of a variable that is assigned several times in, the uses that it is for out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from connlint.fix.names import binds
from connlint.fix.place import Place
from connlint.fix.tree import Block

_Loop = cst.For | cst.While


def uses_of(
    target: cst.Name, line: cst.BaseStatement, others: Sequence[cst.Name], place: Place
) -> list[cst.Name]:
    """Those of ``others``, occurrences of the same variable, that mean what ``target`` is given.

    ``line`` is the statement of ``target``. What runs before it, or behind the next assignment,
    means something else. When in doubt, an occurrence is kept.
    """
    tree, names = place.tree, place.names
    function = names.function(line)
    if any(names.function(each) is not function for each in others):
        return list(others)
    rest = [each for each in others if not _has_own(each, line, place)]
    own = _reached(target, line, rest, place)
    # Another value on some of the ways to a use: whose use it is can't be told.
    behind = [each for each in others if each not in rest and tree.is_before(line, each)]
    if behind and any(tree.is_before(behind[0], each) for each in own):
        return _reached(target, line, others, place)
    return own


def _reached(
    target: cst.Name, line: cst.BaseStatement, others: Sequence[cst.Name], place: Place
) -> list[cst.Name]:
    """Those of ``others`` that are on the way from ``line`` to the next assignment."""
    tree = place.tree
    boundary = _next_assignment(target, line, others, place)
    own = [each for each in others if boundary is None or tree.is_before(each, boundary)]
    loop = _outermost_loop(line, place)
    goes_round = loop is not None and (boundary is None or not tree.is_within(boundary, [loop]))
    return [
        each
        for each in own
        if tree.is_before(line, each) or (goes_round and loop and tree.is_within(each, [loop]))
    ]


def _has_own(use: cst.Name, line: cst.BaseStatement, place: Place) -> bool:
    """Does a statement that ``line`` has no part in always give this use its value?"""
    tree = place.tree
    return any(
        _gives(statement, use.value, place)
        for block, at in _blocks_around(use, place)
        if not tree.is_within(line, [block])
        for statement in block.body[: at + 1]
    ) or any(
        _gives(statement, use.value, place) and tree.is_within(use, [statement])
        for block, at in _blocks_around(line, place)
        for statement in block.body
        if not tree.is_within(line, [statement])
    )


def _next_assignment(
    target: cst.Name, line: cst.BaseStatement, others: Sequence[cst.Name], place: Place
) -> cst.BaseStatement | None:
    """The next statement on the way from ``line`` that surely gives the variable a new value."""
    tree = place.tree
    bindings = [each for each in others if binds(each, tree)]
    for block, at in _blocks_around(line, place):
        for statement in block.body[at + 1 :]:
            if _gives(statement, target.value, place):
                return statement
            if any(tree.is_within(each, [statement]) for each in bindings):
                return None
    return None


def _blocks_around(node: cst.CSTNode, place: Place) -> Iterator[tuple[Block, int]]:
    """The blocks of the function that ``node`` is in, from the inside out, and where in them."""
    below: cst.CSTNode = node
    for above in place.tree.ancestors(node):
        if isinstance(above, cst.IndentedBlock | cst.Module):
            yield above, next(at for at, each in enumerate(above.body) if each is below)
        if isinstance(above, cst.FunctionDef | cst.ClassDef):
            return
        if isinstance(above, cst.BaseStatement):
            below = above


def _outermost_loop(line: cst.BaseStatement, place: Place) -> _Loop | None:
    loop: _Loop | None = None
    for above in place.tree.ancestors(line):
        if isinstance(above, cst.FunctionDef | cst.ClassDef):
            break
        if isinstance(above, cst.For | cst.While):
            loop = above
    return loop


def _gives(statement: cst.BaseStatement, name: str, place: Place) -> bool:
    """Does ``statement`` give ``name`` a value that has nothing to do with the one before?"""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Assign() as first, *_]):
            targets = [each.target for each in first.targets]
            return _is_only(targets, name, first.value, place)
        case cst.SimpleStatementLine(body=[cst.AnnAssign(value=cst.BaseExpression()) as first, *_]):
            assert first.value
            return _is_only([first.target], name, first.value, place)
        case cst.With():
            return any(
                _is_only([item.asname.name], name, item.item, place)
                for item in statement.items[:1]
                if item.asname
            )
        case cst.Try() | cst.TryStar():
            return isinstance(statement.body, cst.IndentedBlock) and _gives(
                statement.body.body[0], name, place
            )
        case _:
            return False


def _is_only(
    targets: Sequence[cst.BaseExpression], name: str, value: cst.BaseExpression, place: Place
) -> bool:
    """Is ``name`` among ``targets``, and not used in ``value``?"""
    if not any(isinstance(each, cst.Name) and each.value == name for each in targets):
        return False
    return not any(
        isinstance(node, cst.Name) and node.value == name and place.names.is_variable(node)
        for node in place.tree.inside(value)
    )
