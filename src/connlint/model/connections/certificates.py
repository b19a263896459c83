"""An SSL argument in, whether the server's certificate is verified out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.connections.places import Connections, Place
from connlint.model.connections.sources import Source
from connlint.model.name_parts import last_name
from connlint.model.names import blocks
from connlint.model.program import Program

Verified = Literal["yes", "no", "unknown"]

_MODES: dict[str, Verified] = {
    "disable": "no", "allow": "no", "prefer": "no", "require": "no",
    "verify-ca": "yes", "verify-full": "yes",
    "disabled": "no", "preferred": "no", "required": "no",
    "verify_ca": "yes", "verify_identity": "yes",
}  # fmt: skip
_ARGUMENTS = ("ssl", "sslmode", "ssl_context", "ssl_mode", "ssl_verify_cert")
_VERIFYING = frozenset({"ssl.create_default_context", "ssl._create_default_https_context"})
_TRUSTING = frozenset({"ssl._create_unverified_context"})


class Certificates:
    """Reads SSL settings."""

    def __init__(self, program: Program, connections: Connections) -> None:
        self._program = program
        self._connections = connections

    def of(self, place: Place) -> Verified | None:
        """Whether a place verifies; ``None`` where nothing is set and nothing is hidden."""
        connections = self._connections
        arguments = place.arguments
        nested = connections.entries.nested(arguments, "connect_args", "kwargs")
        found: list[Verified] = []
        for entries in (arguments, nested):
            for source in entries.get(*_ARGUMENTS):
                found += [self._argument(each) for each in connections.sources.of(source)]
        urls = connections.urls(place)
        for url in urls:
            known = dict(url.query)
            found += [self._mode(known[name]) for name in _ARGUMENTS if name in known]
        if found:
            return found[0] if len(set(found)) == 1 else "unknown"
        is_hidden = arguments.is_open or nested.is_open or any(url.query_open for url in urls)
        if not urls and connections.addresses(place):
            is_hidden = True
        return "unknown" if is_hidden else None

    def _argument(self, source: Source) -> Verified:
        node = source.node
        if isinstance(node, f.Const):
            if isinstance(node.value, str):
                return self._mode(node.value)
            return "yes" if node.value is True else "no"
        if isinstance(node, f.Call):
            return self._context(source, node)
        return "unknown"

    def _mode(self, text: str) -> Verified:
        return _MODES.get(text.lower(), "yes" if text.lower() == "true" else "unknown")

    def _context(self, source: Source, node: f.Call) -> Verified:
        """A context as it was made and, in the same scope, changed."""
        names = {
            value.name
            for value in self._program.static(source.module, source.scope, node.func)
            if isinstance(value, v.Ext)
        }
        verified: Verified
        if names & _TRUSTING:
            return "no"
        if names & _VERIFYING:
            verified = "yes"
        elif "ssl.SSLContext" in names:
            verified = "yes" if _is_client(node) else "no"
        else:
            return "unknown"
        body = source.module.body(source.scope)
        holders = _holders(body)
        mine = {name for block, name, value in holders if value == node}
        block = next((block for block, _, value in holders if value == node), body)
        modes: list[bool] = []
        for other, statement in _assignments(body):
            for target in statement.targets:
                if not _sets_mode(target, mine):
                    continue
                if other is block:
                    modes.append(_is_strict(statement.value))
                elif not any(each is other for each, name, _ in holders if name in mine):
                    return "unknown"
        if modes:
            return "yes" if modes[-1] else "no"
        return verified


def _is_client(node: f.Call) -> bool:
    return any(last_name(argument) == "PROTOCOL_TLS_CLIENT" for argument in node.args)


def _is_strict(value: f.Expr) -> bool:
    if isinstance(value, f.Const):
        return bool(value.value)
    return last_name(value) not in ("CERT_NONE", "CERT_OPTIONAL")


def _assignments(body: f.Body) -> Iterator[tuple[f.Body, f.Assign]]:
    """The assignments of a scope, each with the block that it stands in."""
    stack = [body]
    while stack:
        block = stack.pop()
        for statement in block:
            if isinstance(statement, f.Assign):
                yield block, statement
            stack.extend(blocks(statement))


def _holders(body: f.Body) -> list[tuple[f.Body, str, f.Expr]]:
    """The names that are given the result of a call, with the block where that happens."""
    return [
        (block, target.id, statement.value)
        for block, statement in _assignments(body)
        if isinstance(statement.value, f.Call)
        for target in statement.targets
        if isinstance(target, f.Name)
    ]


def _sets_mode(target: f.Expr, names: set[str]) -> bool:
    """Whether a target is the mode of one of these contexts. Without a check of the name alone,
    the certificate is still verified."""
    return (
        isinstance(target, f.Attr)
        and target.attr == "verify_mode"
        and isinstance(target.value, f.Name)
        and target.value.id in names
    )
