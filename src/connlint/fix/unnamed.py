"""A session that is used where it is opened, without a name, in; a block that names it out."""

from __future__ import annotations

from itertools import count

import libcst as cst

from connlint.fix.derived import check_finished, reach_of
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.rewrite import Rewrite, Splice, Statements, indent_of, indented, leading_lines

_TRANSPARENT = (
    cst.Arg, cst.Attribute, cst.Await, cst.BinaryOperation, cst.Call, cst.Comparison,
    cst.ComparisonTarget, cst.Dict, cst.DictElement, cst.Element, cst.Index, cst.List, cst.Set,
    cst.Subscript, cst.SubscriptElement, cst.Tuple, cst.UnaryOperation,
)  # fmt: skip
"""What evaluates all that is in it, once, before it gives anything."""


def wrap_unnamed(
    expression: cst.BaseExpression,
    opened: cst.BaseExpression,
    name: str,
    place: Place,
    *,
    is_async: bool,
) -> Rewrite:
    """Open ``opened`` in a block around the statement in which ``expression`` stands for it so far.

    The block goes on for as long as what is made with the session is used. Raises :class:`Refused`
    where the session is not opened exactly once, or gets out.
    """
    statement = _statement_of(expression, place)
    block, at = place.tree.place_in_block(statement)
    rest = block.body[at:]
    reach = reach_of([expression], rest, place)
    check_finished([expression], rest[:reach], place)
    local = free_name(name, statement, place)
    rewrite = Rewrite()
    rewrite.replace(expression, cst.Name(local))

    def build(old: Statements) -> Statements:
        above = leading_lines(old[0])
        inside = [old[0].with_changes(leading_lines=()), *old[1:]]
        opening = cst.With(
            items=[cst.WithItem(opened, cst.AsName(cst.Name(local)))],
            body=indented(inside, cst.IndentedBlock(body=(), indent=indent_of(block))),
            asynchronous=cst.Asynchronous() if is_async else None,
            leading_lines=above,
        )
        return [opening]

    rewrite.splices.append(Splice(block, at, at + reach, build))
    return rewrite


def _statement_of(expression: cst.BaseExpression, place: Place) -> cst.BaseStatement:
    """The statement that evaluates ``expression`` exactly once, before all else of effect."""
    below: cst.CSTNode = expression
    for above in place.tree.ancestors(expression):
        match above:
            case cst.Expr() | cst.Return() | cst.Assign() | cst.AnnAssign() | cst.AugAssign():
                if above is place.tree.parent(expression) and not isinstance(above, cst.Expr):
                    raise Refused("it is handed on whole")
                line = place.tree.statement_of(above)
                if isinstance(line, cst.SimpleStatementLine) and len(line.body) > 1:
                    raise Refused("its statement shares a line with another one")
                return line
            case cst.For(iter=iterated) if iterated is below:
                return above
            case _ if not isinstance(above, _TRANSPARENT):
                raise Refused("it depends on the way whether, or how often, it is opened here")
            case _:
                below = above
    raise Refused("it is opened outside of any statement")


def free_name(name: str, statement: cst.BaseStatement, place: Place) -> str:
    """``name``, with a number where the function, or the module, has that name already."""
    names = place.names
    function = names.function(statement)

    def is_free(candidate: str) -> bool:
        return not any(
            each is function or place.tree.is_within(used, [function]) or each is place.tree.module
            for used in names.occurrences.get(candidate, ())
            for each in [names.owner(used)]
        )

    numbered = (name if number == 1 else f"{name}_{number}" for number in count(1))
    return next(filter(is_free, numbered))
