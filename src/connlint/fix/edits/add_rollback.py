"""``add-rollback``: an ``except`` clause begins by rolling the session back.

``session`` is the expression that names the session, ``async`` says that its rollback is awaited.
"""

from __future__ import annotations

import libcst as cst

from connlint.fix.names import binds
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.quiet import is_nothing
from connlint.fix.rewrite import Rewrite, Splice, Statements, indented, leading_lines, statements_of

Handler = cst.ExceptHandler | cst.ExceptStarHandler


def rewrite(place: Place) -> Rewrite:
    """The rewrite that puts the rollback first; raises :class:`Refused`."""
    handler = _handler(place)
    function = place.names.function(handler)
    is_async = place.data["async"] == "yes"
    if is_async and not (isinstance(function, cst.FunctionDef) and function.asynchronous):
        raise Refused("the function is synchronous and the session is asynchronous")
    _check_bound(place.data["session"].partition(".")[0], handler, place)
    new = _rollback(place, is_async=is_async)
    result = Rewrite(unsafe=["it undoes what came before in the same transaction as well"])
    body = handler.body
    if isinstance(body, cst.IndentedBlock):
        result.splices.append(Splice(body, 0, 1, lambda old: _in_front(new, old)))
    else:
        lines = _in_front(new, statements_of(body))
        result.changes[handler] = lambda updated: _with_body(updated, lines)
    return result


def _handler(place: Place) -> Handler:
    span = place.span
    for node in place.tree.nodes:
        if isinstance(node, Handler):
            own = place.tree.span(node)
            if (own.line, own.column) == (span.line, span.column):
                return node
    raise Refused("the code at this place has changed")


def _check_bound(name: str, handler: Handler, place: Place) -> None:
    """Raise :class:`Refused` unless ``name`` means in the clause what it means in the ``try``."""
    tree, names = place.tree, place.names
    owner = names.owner_from(names.scope(handler), name)
    statement = tree.parent(handler)
    function = names.function(handler)
    bindings = [each for each in names.of_variable(name, owner) if binds(each, tree)]
    if len(bindings) != 1:
        raise Refused(f"{name} is not bound once")
    (binding,) = bindings
    is_parameter = tree.enclosing(binding, cst.Param) is not None
    if names.function(binding) is not function or is_parameter:
        return
    if tree.is_within(binding, [statement]) or not tree.is_before(binding, statement):
        raise Refused(f"{name} may not be bound yet when the clause is run")
    around = tree.parent(tree.statement_of(binding))
    opened = tree.enclosing(binding, cst.With) if tree.enclosing(binding, cst.AsName) else None
    if not tree.is_within(statement, [opened or around]):
        raise Refused(f"{name} may be closed, or not bound yet, when the clause is run")


def _rollback(place: Place, *, is_async: bool) -> cst.SimpleStatementLine:
    text = f"{'await ' if is_async else ''}{place.data['session']}.rollback()"
    statement = cst.parse_statement(text, config=place.tree.module.config_for_parsing)
    assert isinstance(statement, cst.SimpleStatementLine)
    return statement


def _in_front(new: cst.SimpleStatementLine, old: Statements) -> Statements:
    """``new`` before the first statement of the clause; in its place where that does nothing."""
    (first,) = old
    if not is_nothing(first):
        return [new, first]
    assert isinstance(first, cst.SimpleStatementLine)
    return [
        new.with_changes(
            leading_lines=leading_lines(first), trailing_whitespace=first.trailing_whitespace
        )
    ]


def _with_body(handler: cst.CSTNode, statements: Statements) -> cst.CSTNode:
    assert isinstance(handler, Handler)
    return handler.with_changes(body=indented(statements))
