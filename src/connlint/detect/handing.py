"""A body and the texts in it that make sessions in, what the body does with them out: what it binds
them to, whether it hands them on, where it stores them."""

from __future__ import annotations

from collections.abc import Iterator

from connlint.facts import types as f
from connlint.model.expressions import descend, expressions_of
from connlint.model.name_parts import dotted, last_name
from connlint.model.names import walk

_OPENERS = frozenset({
    "acquire", "begin", "connect", "connection", "get", "getconn", "raw_connection", "session",
})  # fmt: skip
"""Methods of factories, engines and pools, and of dictionaries of them, that go on to a session."""
_WRAPPERS = frozenset({
    "next", "anext", "closing", "aclosing", "contextmanager", "asynccontextmanager",
    "enter_context", "enter_async_context", "scoped_session", "async_scoped_session",
})  # fmt: skip
"""What gives back, or lets in, the session that it is given."""


def locals_from(body: f.Body, texts: set[str]) -> set[str]:
    """The names and attributes that a body binds to what ``texts`` make, and to what that opens."""
    names: set[str] = set()
    for _ in range(2):
        for statement in walk(body):
            for target, value in _bindings(statement):
                if _is_opened(value, texts, names):
                    names.add(dotted(target))
    return names - {""}


def _bindings(statement: f.Stmt) -> Iterator[tuple[f.Expr, f.Expr]]:
    """What a statement binds, with the value that it is bound to or taken from."""
    if isinstance(statement, f.Assign):
        yield from ((target, statement.value) for target in statement.targets)
    elif isinstance(statement, f.Annotated) and statement.value is not None:
        yield statement.target, statement.value
    elif isinstance(statement, f.For):
        yield statement.target, statement.iter
    elif isinstance(statement, f.With):
        for item in statement.items:
            if item.target is not None:
                yield item.target, item.context


def _is_opened(node: f.Expr, texts: set[str], names: set[str]) -> bool:
    """Whether an expression stands for what was made or opened, and not for something computed."""
    if isinstance(node, (f.Name, f.Attr)):
        text = dotted(node)
        return text in names or text in texts
    if isinstance(node, f.Call):
        func = node.func
        if _is_opened(func, texts, names):
            return True
        if isinstance(func, f.Attr) and func.attr in _OPENERS:
            return _is_opened(func.value, texts, names)
        return last_name(func) in _WRAPPERS and any(
            _is_opened(each, texts, names) for each in node.args
        )
    if isinstance(node, (f.Await, f.Bind)):
        return _is_opened(node.value, texts, names)
    if isinstance(node, f.Index):
        return _is_opened(node.value, texts, names)
    if isinstance(node, f.Cond):
        return any(_is_opened(each, texts, names) for each in (node.body, node.orelse))
    if isinstance(node, (f.BoolOp, f.Seq)):
        parts = node.values if isinstance(node, f.BoolOp) else node.items
        return any(_is_opened(each, texts, names) for each in parts)
    return False


def hands_on(body: f.Body, texts: set[str], *, is_nested: bool) -> bool:
    """Whether a body returns, yields or stores what ``texts`` make, or passes it to a plain name,
    which in a nested function may be the function that it wraps."""
    names = locals_from(body, texts)
    for statement in walk(body):
        if isinstance(statement, f.Return) and statement.value is not None:
            if _is_opened(statement.value, texts, names):
                return True
        elif stored_under((statement,), texts, names):
            return True
        for node in _nodes_of(statement):
            if isinstance(node, (f.Yield, f.YieldFrom)) and node.value is not None:
                if _is_opened(node.value, texts, names):
                    return True
            elif is_nested and isinstance(node, f.Call) and _is_passed(node, names):
                return True
    return False


def _nodes_of(statement: f.Stmt) -> Iterator[f.Expr]:
    for expression in expressions_of(statement):
        yield from descend(expression)


def _is_passed(call: f.Call, names: set[str]) -> bool:
    """Whether a plain name is called with what was opened: it may be a decorated function."""
    if not isinstance(call.func, f.Name):
        return False
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(isinstance(value, f.Name) and value.id in names for value in values)


def stored_under(body: f.Body, texts: set[str], names: set[str]) -> set[str]:
    """The names under whose attributes a body stores what ``texts`` make."""
    return {
        dotted(target).partition(".")[0]
        for statement in walk(body)
        for target, value in _bindings(statement)
        if "." in dotted(target) and _is_opened(value, texts, names)
    }


def stored_in(body: f.Body, receiver: str, texts: set[str]) -> set[str]:
    """The attributes of ``receiver`` in which a body stores what ``texts`` make."""
    names = locals_from(body, texts)
    prefix = f"{receiver}."
    return {
        dotted(target)[len(prefix) :]
        for statement in walk(body)
        for target, value in _bindings(statement)
        if dotted(target).startswith(prefix) and _is_opened(value, texts, names)
    }


def passes_to(body: f.Body, names: set[str], around: f.Scope) -> bool:
    """Whether a nested function calls the function that was given to the one around it."""
    params = {param.name for param in around.params}
    return any(
        isinstance(node, f.Call)
        and isinstance(node.func, f.Name)
        and node.func.id in params
        and _is_passed(node, names)
        for statement in walk(body)
        for node in _nodes_of(statement)
    )
