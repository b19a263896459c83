"""The program in, the database URLs that its code writes down out: texts that stand where their
value is used, and not in messages, examples or comparisons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model.connections.places import Connections
from connlint.model.connections.sources import Source
from connlint.model.connections.texts import Text
from connlint.model.connections.urls import SCHEME, Url, parse_url
from connlint.model.expressions import descend, expressions_of, targets_of
from connlint.model.name_parts import last_name
from connlint.model.names import Module, ScopeId, walk
from connlint.model.program import Program

_EXAMPLE = re.compile(
    r"(^|_)(example|examples|placeholder|template|sample|help|description|desc|doc|docs|title|"
    r"message|msg|hint|pattern|regex|prefix|prefixes|schemes?|dummy|mock|fake|redacted|masked|"
    r"safe|usage)(_|$)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(^|_)(url|uri|dsn|conninfo|database|connection_string)(_|$)", re.IGNORECASE)
_TAKES_FIRST = frozenset({
    "make_url", "connect", "create_engine", "create_async_engine", "create_pool", "Field",
    "ConnectionPool", "AsyncConnectionPool", "Database", "quote", "str", "PostgresDsn",
    "MySQLDsn", "AnyUrl",
})  # fmt: skip
_TAKES_LATER = frozenset({
    "getenv", "get", "setdefault", "getattr", "config", "env", "set_main_option",
    "set_section_option", "pop", "setenv", "str",
})  # fmt: skip
_TALKS = frozenset({
    "print", "debug", "info", "warning", "warn", "error", "exception", "critical", "log", "echo",
    "secho", "ValueError", "RuntimeError", "sub", "match", "search", "compile", "startswith",
})  # fmt: skip


class WrittenUrl(NamedTuple):
    """A database URL as it stands in the code: the node to report, and what it may be."""

    scope: ScopeId
    at: int
    end: int
    shape: str
    urls: tuple[Url, ...]


class _Spot(NamedTuple):
    """What stands around an expression: the node to report."""

    at: int
    end: int
    shape: str


def written_urls(program: Program, connections: Connections) -> Iterator[WrittenUrl]:
    """Every URL that is written down, in order of module and place."""
    for module in program.examined:
        for number, scope in enumerate(module.facts.scopes):
            for param in scope.params:
                if param.default is not None and not _EXAMPLE.search(param.name):
                    spot = _Spot(scope.name_at, scope.name_at + len(scope.name), "def")
                    if scope.kind == "function":
                        source = Source(module, scope.parent, param.default)
                        yield from _found(connections, source, number, spot)
            if b"://" in module.facts.bodies[number] and not _EXAMPLE.search(scope.name):
                yield from _in_scope(connections, module, number)


def _in_scope(connections: Connections, module: Module, number: int) -> Iterator[WrittenUrl]:
    body = module.body(number)
    continued = _continued(body)
    for statement in walk(body):
        if isinstance(statement, (f.Assign, f.Annotated, f.Return, f.Evaluate)):
            if statement.value is None or _is_example(statement):
                continue
            if isinstance(statement, f.Assign) and any(
                _last(target) in continued for target in statement.targets
            ):
                continue
            spot = _Spot(statement.at, statement.end, "statement")
            yield from _found(connections, Source(module, number, statement.value), number, spot)


def _continued(body: f.Body) -> frozenset[str]:
    """The names of texts that are only the beginning of others."""
    return frozenset(
        node.id
        for statement in walk(body)
        for expression in expressions_of(statement)
        for each in descend(expression)
        if isinstance(each, f.BinOp) and isinstance(node := _leftmost(each), f.Name)
    )


def _leftmost(node: f.Expr) -> f.Expr:
    """What a concatenation begins with."""
    while isinstance(node, f.BinOp) and node.op == "+":
        node = node.left
    return node


def _is_example(statement: f.Stmt) -> bool:
    return isinstance(statement, (f.Assign, f.Annotated)) and any(
        _EXAMPLE.search(_last(target)) for target in targets_of(statement)
    )


def _last(node: f.Expr) -> str:
    if isinstance(node, f.Index) and isinstance(node.index, f.Const):
        return str(node.index.value)
    return last_name(node)


def _found(
    connections: Connections, source: Source, number: int, spot: _Spot
) -> Iterator[WrittenUrl]:
    """The URLs in an expression whose value is used; ``source`` knows the scope to look names up
    in, ``number`` is the scope that the URL belongs to."""
    stack: list[tuple[f.Expr, _Spot]] = [(source.node, spot)]
    while stack:
        node, where = stack.pop()
        begins = _leftmost(node)
        sources = connections.sources.of(source.at(begins)) if begins is not node else ()
        if _begins_url(node) or any(_begins_url(each.node) for each in sources):
            urls = tuple(_urls(connections.texts.of(source.at(node))))
            if urls:
                yield WrittenUrl((source.module.name, number), *where, urls)
        elif isinstance(node, f.Cond):
            stack += [(node.body, where), (node.orelse, where)]
        elif isinstance(node, f.BoolOp):
            stack += [(each, where) for each in node.values]
        elif isinstance(node, (f.Await, f.Bind, f.Starred)):
            stack.append((node.value, where))
        elif isinstance(node, f.DictLit):
            for key, value in zip(node.keys, node.values, strict=True):
                if not (isinstance(key, f.Const) and _EXAMPLE.search(str(key.value))):
                    stack.append((value, where))
        elif isinstance(node, f.Call):
            inside = _Spot(node.at, node.end, "call")
            stack += [(argument, inside) for argument in _used(node)]


def _used(node: f.Call) -> Iterator[f.Expr]:
    """The arguments of a call that are values to work with, URLs perhaps."""
    name = _last(node.func)
    if name in _TALKS or _EXAMPLE.search(name):
        return
    if isinstance(node.func, f.Attr) and isinstance(node.func.value, f.Call):
        yield node.func.value
    if name in _TAKES_FIRST:
        yield from node.args[:1]
    if name in _TAKES_LATER:
        yield from node.args[1:]
    for keyword in node.keywords:
        if keyword.name is not None and (
            keyword.name == "default" or _ADDRESS.search(keyword.name)
        ):
            yield keyword.value


def _begins_url(node: f.Expr) -> bool:
    """Whether an expression is a text that starts as a database URL does."""
    while True:
        if isinstance(node, f.Const):
            return isinstance(node.value, str) and SCHEME.match(node.value) is not None
        if isinstance(node, f.Text) and node.parts:
            node = node.parts[0]
        elif isinstance(node, f.BinOp) and node.op in ("+", "%"):
            node = node.left
        elif (
            isinstance(node, f.Call)
            and isinstance(node.func, f.Attr)
            and node.func.attr in ("format", "replace", "strip")
        ):
            node = node.func.value
        else:
            return False


def _urls(texts: tuple[Text, ...]) -> Iterator[Url]:
    for text in texts:
        if (url := parse_url(text)) is not None:
            yield url
