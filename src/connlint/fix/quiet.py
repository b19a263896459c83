"""Code in, whether anything would be missed without it out: what only looks, reports or undoes."""

from __future__ import annotations

import libcst as cst

from connlint.fix.tree import Tree

Try = cst.Try | cst.TryStar
LOGS = frozenset({"critical", "debug", "error", "exception", "info", "log", "print", "warning"})
_ACTS = (cst.Call, cst.Await, cst.NamedExpr, cst.Yield)


def name_called(call: cst.Call) -> str:
    """The last part of the name of what is called."""
    func = call.func
    name = func.attr if isinstance(func, cst.Attribute) else func
    return name.value if isinstance(name, cst.Name) else ""


def only_looks(expression: cst.BaseExpression, tree: Tree) -> bool:
    """Does evaluating ``expression`` call nothing, wait for nothing and bind nothing?"""
    return not any(isinstance(node, _ACTS) for node in tree.inside(expression))


def call_in(statement: cst.CSTNode) -> cst.Call | None:
    """The call that ``statement``, small or a line of its own, consists of; awaited or not."""
    if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
        statement = statement.body[0]
    value = statement.value if isinstance(statement, cst.Expr) else None
    call = value.expression if isinstance(value, cst.Await) else value
    return call if isinstance(call, cst.Call) else None


def only_undoes(suite: cst.BaseSuite) -> bool:
    """Does ``suite`` only roll back, write to a log and raise?"""
    return all(
        isinstance(small, cst.Pass | cst.Raise) or _undoes_or_reports(small)
        for statement in suite.body
        for small in (
            statement.body if isinstance(statement, cst.SimpleStatementLine) else [statement]
        )
    )


def ends_in_raise(body: cst.BaseSuite) -> bool:
    """Is the last statement of ``body`` one that raises?"""
    last = body.body[-1] if body.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    return isinstance(last, cst.Raise)


def _undoes_or_reports(statement: cst.CSTNode) -> bool:
    call = call_in(statement)
    return call is not None and name_called(call) in LOGS | {"rollback"}


def is_nothing(statement: cst.CSTNode) -> bool:
    """Is ``statement`` a line that only says that nothing is done (``pass``, ``...``)?"""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Pass() | cst.Expr(value=cst.Ellipsis())]):
            return True
        case _:
            return False
