"""The project in, the places that configure a connection without opening one out: database URLs,
calls that build one, and statements that set a PRAGMA."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connlint.facts import types as f
from connlint.location import Span, span_between
from connlint.model.expressions import descend, expressions_of
from connlint.model.names import walk
from connlint.model.project import Project
from connlint.model.relevance import ScopeId

_URL = re.compile(
    r"(?:postgres(?:ql)?|mysql|mariadb|sqlite|oracle|mssql|cockroachdb|duckdb)(?:\+\w+)?://(.*)",
    re.DOTALL,
)
_PASSWORD = re.compile(r"(://[^\s:/@\"']*:)([^\s@\"'{}]+)(@)")
_SETS_PRAGMA = re.compile(r"PRAGMA\s+[\w.]+\s*=", re.IGNORECASE)
_URL_MAKER = ".URL.create"


def url_places(project: Project) -> Iterator[tuple[ScopeId, Span]]:
    """Statements that hold a database URL, and calls that build one, with their functions."""
    for module in project.program.modules.values():
        for number, scope in enumerate(module.facts.scopes):
            if b"://" not in module.facts.bodies[number] and not any(
                called.endswith(_URL_MAKER[1:]) for called in scope.called
            ):
                continue
            for statement in walk(module.body(number)):
                if span := _url_in(statement):
                    yield (module.name, number), span


def _url_in(statement: f.Stmt) -> Span | None:
    """Where a statement, without the blocks inside it, holds or builds a URL."""
    for expression in expressions_of(statement):
        call: f.Call | None = None
        for node in descend(expression):
            if isinstance(node, f.Call):
                call = node
                if isinstance(node.func, f.Attr) and _is_url_maker(node.func):
                    return span_between(node.at, node.end)
            if isinstance(node, f.Text) and node.parts and _is_url(node.parts[0], partial=True):
                return span_between(node.at, node.end)
            if isinstance(node, f.Const) and _is_url(node, partial=False):
                if call is not None:
                    return span_between(call.at, call.end)
                at, end = getattr(statement, "at", None), getattr(statement, "end", None)
                return span_between(at, end) if at is not None and end is not None else None
    return None


def _is_url_maker(node: f.Attr) -> bool:
    owner = node.value
    last = owner.attr if isinstance(owner, f.Attr) else getattr(owner, "id", "")
    return f".{last}.{node.attr}" == _URL_MAKER


def _is_url(node: f.Expr, *, partial: bool) -> bool:
    """Whether a text is a database URL; ``partial``: or the beginning of one."""
    if not isinstance(node, f.Const) or not isinstance(node.value, str):
        return False
    found = _URL.match(node.value)
    return found is not None and (partial or bool(found.group(1).strip("/")))


def sets_pragma(call: str) -> bool:
    """Whether a call's text executes a PRAGMA that sets something."""
    return _SETS_PRAGMA.search(call) is not None


def masked(text: str) -> str:
    """``text`` without the passwords of the URLs in it."""
    return _PASSWORD.sub(r"\1***\3", text)
