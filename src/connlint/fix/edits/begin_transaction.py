"""``begin-transaction``: all that a route does with a session happens in ``with session.begin():``.

``session`` is the parameter that holds the session, ``async`` says whether it is asynchronous. The
block reaches from the first use of the session to the last one of it and of what comes of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from connlint.fix.names import binds, parameters
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.quiet import Try, ends_in_raise
from connlint.fix.rewrite import Rewrite, Splice, Statements, indented, leading_lines
from connlint.fix.tree import Scope


def rewrite(place: Place) -> Rewrite:
    """The rewrite that begins the transaction; raises :class:`Refused`."""
    name, is_async = place.data["session"], place.data["async"] == "yes"
    function = _function(name, place)
    if is_async and not function.asynchronous:
        raise Refused("the function is synchronous and the session is asynchronous")
    body = function.body
    if not isinstance(body, cst.IndentedBlock):
        raise Refused("the function stands on the line of its header")
    uses = _uses(name, function, place)
    start, stop = _stretch(body, uses, place)
    _check_clauses(body.body[start:stop], uses, place)

    def build(old: Statements) -> Statements:
        first, *rest = old
        inside = [first.with_changes(leading_lines=()), *rest]
        like = cst.IndentedBlock(body=(), indent=body.indent)
        return [_block(name, indented(inside, like), leading_lines(first), is_async=is_async)]

    result = Rewrite(unsafe=["it commits what was thrown away so far"])
    result.splices.append(Splice(body, start, stop, build))
    return result


def _block(
    name: str, body: cst.IndentedBlock, above: Sequence[cst.EmptyLine], *, is_async: bool
) -> cst.With:
    begin = cst.Call(cst.Attribute(cst.Name(name), cst.Name("begin")))
    return cst.With(
        items=[cst.WithItem(begin)],
        body=body,
        asynchronous=cst.Asynchronous() if is_async else None,
        leading_lines=above,
    )


def _function(name: str, place: Place) -> cst.FunctionDef:
    """The function at the place, of which ``name`` is a parameter."""
    span = place.span
    found: cst.FunctionDef | None = None
    for node in place.tree.nodes:
        if isinstance(node, cst.FunctionDef):
            own = place.tree.span(node)
            if (own.line, own.column) <= (span.line, span.column) <= (own.end_line, own.end_column):
                found = node
    if found is None or all(each.name.value != name for each in parameters(found)):
        raise Refused("the session is no parameter of the route")
    return found


def _uses(name: str, function: cst.FunctionDef, place: Place) -> list[cst.Name]:
    """Where the function uses the session."""
    found = []
    for each in place.names.of_variable(name, function):
        if place.tree.enclosing(each, cst.Param) and place.names.function(each) is not function:
            continue
        if place.tree.is_within(each, [function.params]):
            continue
        if binds(each, place.tree):
            raise Refused(f"{name} is bound again")
        if place.names.function(each) is not function:
            raise Refused(f"{name} is used in a function of its own")
        found.append(each)
    if not found:
        raise Refused("the code at this place has changed")
    return found


def _stretch(body: cst.IndentedBlock, uses: Sequence[cst.Name], place: Place) -> tuple[int, int]:
    """The statements from the first use to the last one of the session and what comes of it."""
    tree, names = place.tree, place.names
    using = [
        at for at, each in enumerate(body.body) if any(tree.is_within(u, [each]) for u in uses)
    ]
    start, stop = using[0], using[-1] + 1
    bound = _bound(body.body[start:stop], place)
    for at in range(stop, len(body.body)):
        if any(
            isinstance(each, cst.Name)
            and names.is_variable(each)
            and (each.value, names.owner(each)) in bound
            for each in tree.inside(body.body[at])
        ):
            stop = at + 1
            bound |= _bound(body.body[start:stop], place)
    return start, stop


def _bound(statements: Sequence[cst.BaseStatement], place: Place) -> set[tuple[str, Scope]]:
    """The variables to which ``statements`` give values."""
    return {
        (each.value, place.names.owner(each))
        for each in place.tree.inside(*statements)
        if isinstance(each, cst.Name) and place.names.is_variable(each) and binds(each, place.tree)
    }


def _check_clauses(
    statements: Sequence[cst.BaseStatement], uses: Sequence[cst.Name], place: Place
) -> None:
    """Raise :class:`Refused` when an error of the session does not end the block."""
    for node in place.tree.inside(*statements):
        if isinstance(node, Try) and any(place.tree.is_within(use, [node.body]) for use in uses):
            for handler in node.handlers:
                if not ends_in_raise(handler.body):
                    line = place.tree.line(handler)
                    raise Refused(f"line {line} handles an error, behind which it would commit")
