"""Engines, pools, connections and URLs in, what each of them is configured with and what the
standard demands out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

from connlint.audit.configured import masked
from connlint.audit.excerpts import SourceLines, text_at
from connlint.audit.points import Point
from connlint.facts import types as f
from connlint.location import pack, span_between
from connlint.model import values as v
from connlint.model.expressions import calls_in, descend, expressions_of
from connlint.model.names import walk
from connlint.model.project import Project

Answer = Literal["yes", "no", "unknown"]

_CACHE_KEYS = ("statement_cache_size", "prepared_statement_cache_size", "prepare_threshold")
_SSL_KEYS = ("ssl", "sslmode", "ssl_context", "sslrootcert", "ssl_ca", "ssl_mode")
_USER_KEYS = ("user", "username")
_CACHING = re.compile(r"asyncpg|psycopg(?!2)")
_EMBEDDED = frozenset({"sqlite", "sqlite3", "aiosqlite", "duckdb"})
_NOT_SET = "not set"


class Check(msgspec.Struct, frozen=True):
    """One setting: what was found, what the standard demands, and whether it is so."""

    setting: str
    found: str
    wanted: str
    complies: Answer


class Configured(msgspec.Struct, frozen=True, kw_only=True):
    """One engine, pool, connection or URL with what it is configured with."""

    path: str
    line: int
    what: str
    checks: tuple[Check, ...]
    codes: tuple[str, ...]


def check_configuration(
    project: Project, points: Sequence[Point], source: SourceLines
) -> tuple[Configured, ...]:
    """A row for each place where a connection is configured, in order of place."""
    checker = _Checker(project, source)
    return tuple(row for point in points if (row := checker.row(point)) is not None)


class _Checker:
    def __init__(self, project: Project, source: SourceLines) -> None:
        self._project = project
        self._source = source
        self._wanted = project.standard.connection

    def row(self, point: Point) -> Configured | None:
        """What a point configures; ``None`` for one that configures nothing."""
        place = point.place
        is_engine = point.kind == "define" and self._makes_engine(point)
        is_driver = point.kind == "acquire" and self._is_driver(point)
        if not (is_engine or is_driver or point.kind == "configure"):
            return None
        node = self._call_at(point)
        checks: list[Check] = []
        if node is not None:
            if is_engine:
                checks += self._engine_arguments(point, node)
            checks += self._connection(point, node)
        elif (text := self._text_at(point)) and (url := _parsed(text)):
            checks += self._login(url.username, _host_and_port(url.host, url.port))
        return Configured(
            path=place.path, line=place.span.line, what=place.call, checks=tuple(checks),
            codes=tuple(code for code in point.codes if code.startswith("DBC4")),
        )  # fmt: skip

    def _makes_engine(self, point: Point) -> bool:
        name = point.place.provider
        program = self._project.program
        function = program.catalog.function(name)
        made = program.catalog.type(function.returns if function is not None else name)
        return made is not None and made.kind in ("engine", "pool", "extension")

    def _is_driver(self, point: Point) -> bool:
        function = self._project.program.catalog.function(point.place.provider)
        made = self._project.program.catalog.type(function.returns) if function else None
        return made is not None and made.kind == "connection"

    def _call_at(self, point: Point) -> f.Call | None:
        place = point.place
        module = self._project.module(place.scope[0])
        start, end = pack(*place.span[:2]), pack(*place.span[2:])
        for node in calls_in(module.body(place.scope[1])):
            if node.at == start and node.end == end:
                return node
        return None

    # settings

    def _engine_arguments(self, point: Point, node: f.Call) -> Iterator[Check]:
        given = {keyword.name: keyword.value for keyword in node.keywords if keyword.name}
        demanded = self._wanted.engine_arguments
        for name in [*demanded, *(each for each in given if each not in demanded)]:
            wanted = demanded.get(name)
            if name == "connect_args":
                continue
            values = self._constants(point, given[name]) if name in given else ()
            found = self._shown(point, given[name]) if name in given else _NOT_SET
            yield Check(
                name, found, "" if wanted is None else repr(wanted),
                _same(values, wanted, name in given) if wanted is not None else "yes",
            )  # fmt: skip

    def _connection(self, point: Point, node: f.Call) -> Iterator[Check]:
        """User, host, SSL and statement cache, as far as the standard has a say in them."""
        entries = dict(self._entries(point, node))
        url = self._url(point, node)
        if self._is_embedded(point, url):
            return
        wanted = self._wanted
        user = next((entries[key] for key in _USER_KEYS if key in entries), None)
        name = self._template(point, user) or (url.username if url is not None else "")
        host = self._host(point, url, entries)
        source = self._source_of_url(point, node)
        if (wanted.username or wanted.pooler_hosts) and not (name or host):
            yield Check("URL", f"from {source}" if source else "not known here", "", "unknown")
        yield from self._login(name, host)
        if point.kind == "configure":
            found = {key: entries[key] for key in _CACHE_KEYS if key in entries}
            if not found:
                return
        if wanted.ssl_verify and point.kind != "configure":
            ssl = next((entries[key] for key in _SSL_KEYS if key in entries), None)
            shown = self._shown(point, ssl) if ssl is not None else _NOT_SET
            yield Check("certificate", shown, f"verification {wanted.ssl_verify}", "unknown")
        if wanted.statement_cache:
            yield self._statement_cache(point, url, entries)

    def _login(self, name: str, host: str) -> Iterator[Check]:
        """User name and host, where they are known and the standard has a say in them."""
        wanted = self._wanted
        if wanted.username and name:
            pattern = re.sub(r"\\\[.*?\\\]", ".+", re.escape(wanted.username))
            holds = re.fullmatch(pattern, name) is not None
            yield Check("user name", name, wanted.username, "yes" if holds else "no")
        if wanted.pooler_hosts and host:
            hosts = ", ".join(wanted.pooler_hosts)
            yield Check("host", host, hosts, _host_answer(host, wanted.pooler_hosts))

    def _is_embedded(self, point: Point, url: _Url | None) -> bool:
        """Whether the database is a file in this process: nobody logs in there."""
        if url is not None:
            return url.scheme.partition("+")[0] in _EMBEDDED
        return point.place.provider.partition(".")[0] in _EMBEDDED

    def _statement_cache(self, point: Point, url: _Url | None, entries: dict[str, f.Expr]) -> Check:
        found = {key: entries[key] for key in _CACHE_KEYS if key in entries}
        wanted = self._wanted.statement_cache
        if not found:
            caches = url is not None and _CACHING.search(url.scheme) is not None
            if wanted == "enabled":
                return Check("statement cache", _NOT_SET, wanted, "yes")
            return Check("statement cache", _NOT_SET, wanted, "no" if caches else "unknown")
        shown = ", ".join(f"{key}={self._shown(point, node)}" for key, node in found.items())
        is_off = all(
            self._constants(point, node) in ((0,), (None,), ("0",)) for node in found.values()
        )
        complies: Answer = "yes" if is_off == (wanted == "disabled") else "no"
        return Check("statement cache", shown, wanted, complies)

    # values

    def _entries(self, point: Point, node: f.Call) -> Iterator[tuple[str, f.Expr]]:
        """Keyword arguments, and what dictionaries among them hold (``connect_args``)."""
        for keyword in node.keywords:
            if keyword.name:
                yield keyword.name, keyword.value
            if isinstance(keyword.value, f.DictLit):
                for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
                    if isinstance(key, f.Const) and isinstance(key.value, str):
                        yield key.value, value

    def _constants(self, point: Point, node: f.Expr) -> tuple[str | int | float | bool | None, ...]:
        scope = point.place.scope
        values = self._project.values(scope[0], scope[1], node)
        known = tuple(value.value for value in values if isinstance(value, v.Const))
        return known if len(known) == len(values) else ()

    def _shown(self, point: Point, node: f.Expr) -> str:
        """An expression's value where it is constant, else its text."""
        constants = self._constants(point, node)
        if constants:
            return " or ".join(repr(value) for value in constants)
        at, end = getattr(node, "at", None), getattr(node, "end", None)
        if at is None:
            return "set"
        if end is None:
            return getattr(node, "id", "set")
        return masked(text_at(self._source, point.path, span_between(at, end))) or "set"

    def _template(self, point: Point, node: f.Expr | None) -> str:
        """A text with the parts that are not constant in braces; nothing when none is."""
        if node is None:
            return ""
        if isinstance(node, f.Text):
            parts = [(part, self._constants(point, part)) for part in node.parts]
            if not any(constants for _, constants in parts):
                return ""
            return "".join(
                str(constants[0]) if constants else "{" + self._shown(point, part) + "}"
                for part, constants in parts
            )
        constants = self._constants(point, node)
        return str(constants[0]) if constants and constants[0] is not None else ""

    def _url(self, point: Point, node: f.Call) -> _Url | None:
        for candidate in _url_arguments(node):
            text = self._template(point, candidate)
            if "://" in text:
                return _parsed(text)
        return None

    def _source_of_url(self, point: Point, node: f.Call) -> str:
        candidate = next(iter(_url_arguments(node)), None)
        return f"`{self._shown(point, candidate)}`" if candidate is not None else ""

    def _host(self, point: Point, url: _Url | None, entries: dict[str, f.Expr]) -> str:
        given = entries.get("host")
        host = self._template(point, given) or (url.host if url is not None else "")
        port = self._template(point, entries.get("port")) or (url.port if url is not None else "")
        if not host and given is not None:
            host = "{" + self._shown(point, given) + "}"
        return _host_and_port(host, port)

    def _text_at(self, point: Point) -> str:
        """The URL that a point is, where it is a text and no call."""
        place = point.place
        module = self._project.module(place.scope[0])
        start = pack(*place.span[:2])
        for statement in walk(module.body(place.scope[1])):
            for expression in expressions_of(statement):
                for node in descend(expression):
                    if isinstance(node, f.Text) and node.at == start:
                        return self._template(point, node)
        return ""


def _host_and_port(host: str, port: str) -> str:
    return f"{host}:{port}" if host and port else host


def _url_arguments(node: f.Call) -> list[f.Expr]:
    """The arguments of a call that may be a URL."""
    named = [keyword.value for keyword in node.keywords if keyword.name in ("url", "dsn")]
    return [*named, *node.args]


class _Url(msgspec.Struct, frozen=True):
    scheme: str
    username: str
    host: str
    port: str


_PARTS = re.compile(
    r"(?P<scheme>[\w+]+)://(?:(?P<user>[^:@/]*)(?::[^@/]*)?@)?(?P<host>[^/?]*)", re.DOTALL
)


def _parsed(text: str) -> _Url | None:
    """A URL's parts; they may hold names in braces, which the standard library would refuse."""
    found = _PARTS.match(text)
    if found is None:
        return None
    host, _, port = (
        found["host"].rpartition(":") if ":" in found["host"] else (found["host"], "", "")
    )
    return _Url(found["scheme"], found["user"] or "", host, port)


def _host_answer(found: str, patterns: Sequence[str]) -> Answer:
    """Whether a host is one of those wanted; one that is not constant may be any."""
    host, _, port = found.partition(":")
    ports = [pattern.partition(":")[2] for pattern in patterns]
    if "{" in host:
        return "no" if port and all(each not in ("", port) for each in ports) else "unknown"
    fits = any(fnmatchcase(found if ":" in each else host, each) for each in patterns)
    return "yes" if fits else "no"


def _same(values: tuple[object, ...], wanted: object, is_given: bool) -> Answer:
    if not is_given:
        return "no"
    if not values:
        return "unknown"
    return "yes" if all(value == wanted for value in values) else "no"
