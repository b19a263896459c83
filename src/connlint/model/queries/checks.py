"""A function in, the names out that it compares with what is allowed before it goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connlint.facts import types as f
from connlint.model.expressions import descend, expressions_of
from connlint.model.name_parts import last_name
from connlint.model.names import Module, walk
from connlint.model.queries.bound import Bound

CHECKING = re.compile(
    r"valid|sanit|allow|whitelist|check|assert|ensure|verify|quote|escape|identifier|safe|literal"
    r"|placeholder|is_(?:column|table|field)|is_known",
    re.IGNORECASE,
)
"""Names of functions that check or quote what they are given."""
_MATCHES = frozenset({
    "match", "fullmatch", "isidentifier", "isalnum", "isdigit", "isalpha", "isnumeric", "isdecimal",
    "issubset", "issuperset", "difference",
})  # fmt: skip
_ENDS = (f.Raise, f.Return, f.Continue, f.Break)


def checked_names(module: Module, number: int, bound: Bound) -> frozenset[str]:
    """The names that a scope checks: against a list or pattern, ending where they do not pass.

    A name that only reaches code behind a membership test counts as checked too, and so does a
    list whose items are checked.
    """
    found: set[str] = set()
    for statement in walk(module.body(number)):
        if isinstance(statement, f.If):
            for branch in statement.branches:
                ends = bool(branch.body) and isinstance(branch.body[-1], _ENDS)
                names = set(_by_test(branch.test, bound, ends))
                found.update(names if ends else names & _used(branch.body))
                if not ends:
                    replaced = _replaced(branch.body)
                    found.update(replaced & set(_by_test(branch.test, bound, True)))
        elif isinstance(statement, f.Assert):
            found.update(_by_test(statement.test, bound, True))
        elif isinstance(statement, f.Evaluate):
            found.update(_by_call(statement.value))
        for expression in expressions_of(statement):
            for node in descend(expression):
                if isinstance(node, f.Generator):
                    for test in node.ifs:
                        found.update(_by_test(test, bound, False))
                elif isinstance(node, f.Cond):
                    found.update(_by_test(node.test, bound, False))
    return frozenset(found | set(_iterated(found, bound)))


def _used(body: f.Body) -> set[str]:
    """The names that the expressions of a block mention."""
    return {
        name
        for statement in walk(body)
        for expression in expressions_of(statement)
        for name in _roots(expression)
    }


def _replaced(body: f.Body) -> set[str]:
    """The names that a block sets to a constant: ``if column not in ALLOWED: column = "id"``."""
    return {
        target.id
        for statement in body
        if isinstance(statement, f.Assign) and isinstance(statement.value, f.Const)
        for target in statement.targets
        if isinstance(target, f.Name)
    }


def _iterated(checked: set[str], bound: Bound) -> Iterator[str]:
    """The collections whose items are checked."""
    for name in checked:
        for given in bound.names.get(name, ()):
            if given.how == "item":
                yield from _roots(given.expression)


def _roots(node: f.Expr) -> Iterator[str]:
    for each in descend(node):
        if isinstance(each, f.Name):
            yield each.id


def _by_test(test: f.Expr, bound: Bound, ends: bool) -> Iterator[str]:
    """The names that a test checks; ``ends``: what follows the test leaves the code behind it."""
    nodes = list(descend(test))
    if ends and isinstance(test, (f.Name, f.Not)):
        for name in list(_roots(test)):
            for given in bound.names.get(name, ()):
                nodes.extend(descend(given.expression))
    for node in nodes:
        if isinstance(node, f.Compare):
            yield from _by_comparison(node, ends)
        elif isinstance(node, f.Call) and ends:
            name = last_name(node.func)
            if name in _MATCHES or CHECKING.search(name):
                yield from _roots(node)
        elif isinstance(node, f.BinOp) and node.op == "-" and ends:
            yield from _roots(node.left)


def _by_comparison(node: f.Compare, ends: bool) -> Iterator[str]:
    op, right = node.ops[0], node.rights[0]
    if isinstance(right, f.Const):
        return
    if (op == "not in" and ends) or (op == "in" and not ends):
        if not isinstance(node.left, f.Const):
            yield from _roots(node.left)
    elif op in ("<=", "<", ">=", ">") and ends:
        for side in (node.left, right):
            if isinstance(side, f.Call) and last_name(side.func) in ("set", "frozenset"):
                yield from _roots(side)


def _by_call(node: f.Expr) -> Iterator[str]:
    """The arguments of a call that is made for its check alone."""
    if isinstance(node, f.Await):
        node = node.value
    if isinstance(node, f.Call) and CHECKING.search(last_name(node.func)):
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            yield from _roots(argument)
