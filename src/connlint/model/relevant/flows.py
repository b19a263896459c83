"""One scope in, where the callables that it hands on end up out: the names under which somebody
else may call them.

Only names are followed here, not values: what comes out is an over-approximation, cheap enough to
be asked of many scopes before any of them is evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from connlint.facts import types as f
from connlint.model.expressions import calls_of, expressions_of
from connlint.model.name_parts import source_name
from connlint.model.names import Module, walk

FlowKind = Literal[
    "held",  # an attribute, a global or a collection holds it
    "local",  # a variable of the function itself
    "given",  # the function returns or yields it
    "argument",  # it is passed to something called
    "default",  # a parameter of a function defined here has it as its default
]


_KEEPERS = frozenset({
    "partial", "partialmethod", "scoped_session", "async_scoped_session", "field", "Field", "ib",
    "attrib", "Factory", "staticmethod", "classmethod", "cast", "dict", "list", "tuple", "set",
    "wraps", "next", "iter",
})  # fmt: skip
"""Library calls whose result holds, or stands for, their arguments."""


class Flow(NamedTuple):
    """Where a callable goes. ``name`` is the holder, or what is called with it; ``parameter`` the
    keyword, or the parameter with the default; ``number`` the position of the argument (-1 where it
    is not known), or the scope that has the parameter."""

    kind: FlowKind
    name: str
    parameter: str = ""
    number: int = -1


Flows = dict[str, list[Flow]]
"""By the last part of the name under which the callable is mentioned; a call's result goes by the
name of what is called and ``()``."""


def result_of(name: str) -> str:
    """What the result of calling ``name`` is found under."""
    return f"{name}()"


def flows_of(module: Module, number: int) -> Flows:
    """Where everything goes that a scope hands on."""
    found: Flows = {}

    def add(node: f.Expr | None, flow: Flow) -> None:
        for name in _mentioned(node):
            found.setdefault(name, []).append(flow)

    scope = module.facts.scopes[number]
    for statement in walk(module.body(number)):
        for node, flow in _stored(statement, scope):
            add(node, flow)
        for expression in expressions_of(statement):
            for call in calls_of(expression):
                for node, flow in _arguments(call):
                    add(node, flow)
    for child in module.children.get(number, ()):
        inner = module.facts.scopes[child]
        for param in inner.params:
            add(param.default, Flow("default", "", param.name, child))
        for decorator in inner.decorators:
            for call in calls_of(decorator):
                for node, flow in _arguments(call):
                    add(node, flow)
    return found


def _arguments(call: f.Call) -> Iterator[tuple[f.Expr, Flow]]:
    name = source_name(call.func)
    known = not any(isinstance(argument, f.Starred) for argument in call.args)
    for position, argument in enumerate(call.args):
        yield argument, Flow("argument", name, number=position if known else -1)
    for keyword in call.keywords:
        yield keyword.value, Flow("argument", name, keyword.name or "")


def _stored(statement: f.Stmt, scope: f.Scope) -> Iterator[tuple[f.Expr | None, Flow]]:
    """The expressions whose value a statement keeps, with where it keeps it."""
    if isinstance(statement, f.Assign):
        for target in statement.targets:
            yield from _into(target, statement.value, scope)
    elif isinstance(statement, f.Annotated):
        yield from _into(statement.target, statement.value, scope)
    elif isinstance(statement, f.For):
        yield from _into(statement.target, statement.iter, scope)
    elif isinstance(statement, f.Return):
        yield statement.value, Flow("given", scope.name)
    elif isinstance(statement, f.Evaluate):
        value = statement.value
        if isinstance(value, f.Yield):
            yield value.value, Flow("given", scope.name)
    elif isinstance(statement, f.If):
        for branch in statement.branches:
            if isinstance(branch.test, f.Bind):
                yield branch.test.value, Flow("local", branch.test.name)


def _into(
    target: f.Expr, value: f.Expr | None, scope: f.Scope
) -> Iterator[tuple[f.Expr | None, Flow]]:
    if isinstance(target, f.Seq):
        for item in target.items:
            yield from _into(item, value, scope)
        return
    name = source_name(target)
    is_local = isinstance(target, f.Name) and scope.kind == "function" and name in scope.binds
    yield value, Flow("local" if is_local else "held", name)


def _mentioned(node: f.Expr | None) -> Iterator[str]:
    """The names of what an expression may stand for, or give when it is called."""
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, (f.Name, f.Attr, f.Index)):
            yield source_name(current)
        elif isinstance(current, f.Lambda):
            yield lambda_name(current.scope)
        elif isinstance(current, f.Call):
            yield result_of(source_name(current))
            if source_name(current) in _KEEPERS:
                stack.extend(current.args)
                stack.extend(keyword.value for keyword in current.keywords)
        elif isinstance(current, (f.Seq, f.Comp)):
            stack.extend(current.items if isinstance(current, f.Seq) else current.elements)
        elif isinstance(current, f.DictLit):
            stack.extend(current.values)
        elif isinstance(current, f.Cond):
            stack.extend((current.body, current.orelse))
        elif isinstance(current, f.BoolOp):
            stack.extend(current.values)
        elif isinstance(current, (f.Await, f.Bind, f.Starred)):
            stack.append(current.value)


def lambda_name(scope: int) -> str:
    """What a lambda is found under."""
    return f"lambda {scope}"
