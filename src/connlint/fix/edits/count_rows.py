"""``count-rows``: the database counts what was fetched only for its number.

``form`` is ``query`` (``query.all()`` becomes ``query.count()``) or ``select``, where a statement
that counts is sent in place of the one that fetches; ``entity`` says that it selects the objects of
one class. Rows that a variable holds give way to a variable that holds their number.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from connlint.fix.access import access
from connlint.fix.names import binds
from connlint.fix.outcome import Refused
from connlint.fix.place import Place
from connlint.fix.rewrite import Rewrite

_DROPPED = frozenset({"options", "order_by"})
_SELECTS = frozenset(
    {"sqlalchemy.select", "sqlalchemy.future.select", "sqlalchemy.sql.select", "sqlmodel.select"}
)
_KEPT = frozenset({"filter", "filter_by", "where"})


def rewrite(place: Place) -> Rewrite:
    """The rewrite of the ``len()`` at this place; raises :class:`Refused`."""
    length = place.tree.node_at(place.span, cst.Call)
    if length is None or len(length.args) != 1:
        raise Refused("the code at this place has changed")
    result = Rewrite(unsafe=["it is counted by the database, and not by what is fetched"])
    counted = length.args[0].value
    if isinstance(counted, cst.Name):
        _count_variable(counted, place, result)
    else:
        result.replace(length, _in_parentheses(_counted(counted, place, result), length, place))
    return result


def _count_variable(rows: cst.Name, place: Place, result: Rewrite) -> None:
    """Let the variable hold the number of rows, under another name."""
    name = f"{rows.value}_count"
    if not place.names.is_free(name):
        raise Refused(f"{name} means something else")
    owner = place.names.owner(rows)
    for each in place.names.of_variable(rows.value, owner):
        if place.names.is_declared_outside(rows.value, place.names.scope(each)):
            raise Refused("the rows are kept in a variable of an outer scope")
        if binds(each, place.tree):
            target = place.tree.parent(each)
            assignment = place.tree.parent(target)
            if not isinstance(assignment, cst.Assign) or len(assignment.targets) > 1:
                raise Refused("the rows are kept by more than an assignment")
            result.replace(each, cst.Name(name))
            result.replace(assignment.value, _counted(assignment.value, place, result))
        else:
            argument = place.tree.parent(each)
            length = place.tree.parent(argument)
            if not isinstance(length, cst.Call) or not isinstance(argument, cst.Arg):
                raise Refused(f"{rows.value} is used for more than its length")
            if not (isinstance(length.func, cst.Name) and length.func.value == "len"):
                raise Refused(f"{rows.value} is used for more than its length")
            result.replace(length, cst.Name(name, lpar=length.lpar, rpar=length.rpar))


def _counted(rows: cst.BaseExpression, place: Place, result: Rewrite) -> cst.BaseExpression:
    """The expression that gives the number of ``rows``."""
    fetch = rows
    if not isinstance(fetch, cst.Call) or not isinstance(fetch.func, cst.Attribute):
        raise Refused("the code at this place has changed")
    if place.data["form"] == "query":
        return fetch.with_changes(func=fetch.func.with_changes(attr=cst.Name("count")))
    sent = _sent(fetch.func.value)
    call = sent.expression if isinstance(sent, cst.Await) else sent
    assert isinstance(call, cst.Call)
    assert isinstance(call.func, cst.Attribute)
    statement = call.args[0]
    counting = call.with_changes(
        func=call.func.with_changes(attr=cst.Name("execute")),
        args=[statement.with_changes(value=_counting(statement.value, place, result))],
    )
    whole = sent.with_changes(expression=counting) if sent is not call else counting
    one = fetch.func.with_changes(value=whole, attr=cst.Name("scalar_one"))
    return fetch.with_changes(func=one)


def _sent(result: cst.BaseExpression) -> cst.BaseExpression:
    """The call, awaited or not, that sends the statement of which this is the result."""
    call = result.expression if isinstance(result, cst.Await) else result
    if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
        raise Refused("the code at this place has changed")
    return result if call.args else _sent(call.func.value)


def _counting(statement: cst.BaseExpression, place: Place, result: Rewrite) -> cst.BaseExpression:
    """The statement that counts what ``statement`` selects."""
    select = _select_in(statement, place)
    func = access(statement, select or statement, "sqlalchemy", "func", place.imports)
    name = access(statement, select or statement, "sqlalchemy", "select", place.imports)
    chosen = select or name.expression
    result.imports += filter(None, [func.request, None if select else name.request])
    count = cst.Call(chosen.deep_clone(), [cst.Arg(_call(func.expression, "count"))])
    calls = _chain(statement)
    first = calls[0] if calls else None
    methods = [each.func.attr.value for each in calls[1:] if isinstance(each.func, cst.Attribute)]
    is_plain = place.data["entity"] == "yes" and set(methods) <= _KEPT | _DROPPED
    if first and select and is_plain:
        built = _call(count, "select_from", [cst.Arg(first.args[0].value)])
        for call in calls[1:]:
            assert isinstance(call.func, cst.Attribute)
            if call.func.attr.value in _KEPT:
                built = call.with_changes(func=call.func.with_changes(value=built))
        return built.with_changes(lpar=statement.lpar, rpar=statement.rpar)
    rows = _call(statement, "subquery")
    return _call(count, "select_from", [cst.Arg(rows)])


def _chain(statement: cst.BaseExpression) -> list[cst.Call]:
    """The calls of ``select(a).where(b)``, innermost first."""
    found: list[cst.Call] = []
    while isinstance(statement, cst.Call):
        found.insert(0, statement)
        func = statement.func
        statement = func.value if isinstance(func, cst.Attribute) else func
    return found


def _select_in(statement: cst.BaseExpression, place: Place) -> cst.BaseExpression | None:
    """What is called as ``select`` at the start of ``statement``."""
    calls = _chain(statement)
    func = calls[0].func if calls else None
    target = place.imports.target_of(func, place.names.scope(statement)) if func else None
    return func if target in _SELECTS else None


def _call(value: cst.BaseExpression, method: str, arguments: Sequence[cst.Arg] = ()) -> cst.Call:
    return cst.Call(cst.Attribute(value, cst.Name(method)), arguments)


def _in_parentheses(
    count: cst.BaseExpression, length: cst.Call, place: Place
) -> cst.BaseExpression:
    """``count`` in the place of ``length``, with the parentheses of that when it needs some."""
    if length.lpar or "\n" not in place.tree.module.code_for_node(count):
        return count.with_changes(lpar=length.lpar or count.lpar, rpar=length.rpar or count.rpar)
    left = cst.LeftParen(whitespace_after=length.whitespace_before_args)
    right = cst.RightParen(whitespace_before=length.args[0].whitespace_after_arg)
    return count.with_changes(lpar=[left], rpar=[right])
