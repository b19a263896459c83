"""Engines, pools, connections and URLs in, what each of them is configured with and what the
standard demands out: as the rules about connections read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from connlint.audit import demands
from connlint.audit.configured import databases, masked, pragma_set
from connlint.audit.demands import Answer
from connlint.audit.excerpts import SourceLines, text_at
from connlint.audit.points import Point
from connlint.audit.statement_caches import StatementCaches
from connlint.location import pack, span_between
from connlint.model.connections.certificates import Certificates
from connlint.model.connections.places import Place
from connlint.model.connections.sources import Source
from connlint.model.connections.texts import Text, shown
from connlint.model.connections.urls import EMBEDDED, Url, is_local
from connlint.model.name_parts import last_name
from connlint.model.names import ScopeId
from connlint.model.project import Project
from connlint.rules.connection.addresses import host_and_port
from connlint.rules.evidence import EXEMPT_ROLES

_NOT_SET = "not set"
_HIDDEN = "not shown here"
_ELSEWHERE = frozenset({
    "connect_args", "kwargs", "server_settings", "user", "username", "host", "hostaddr", "port",
    "url", "dsn", "ssl", "sslmode", "ssl_context", "ssl_mode", "query", "drivername", "database",
    "statement_cache_size", "prepared_statement_cache_size", "prepare_threshold",
})  # fmt: skip
"""Arguments that have rows of their own."""
_SECRET = re.compile(r"pass|pwd|secret|token", re.IGNORECASE)
_NO_POOL = ("NullPool", "StaticPool")


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
        self._connections = project.connections
        self._wanted = project.standard.connection
        self._certificates = Certificates(project.program, project.connections)
        self._caches = StatementCaches(project)
        self._places = {(each.scope, each.call.at): each for each in project.connections.places}
        self._written = {(each.scope, each.at): each for each in project.written_urls}

    def row(self, point: Point) -> Configured | None:
        """What a point configures; ``None`` for one that configures nothing."""
        key = (point.place.scope, pack(*point.place.span[:2]))
        place = self._places.get(key)
        written = self._written.get(key)
        if place is None and written is None and point.kind != "configure":
            return None
        if place is not None:
            checks = tuple(self._of_place(place))
        elif written is not None:
            checks = tuple(self._of_urls(written.scope, written.urls))
        else:
            checks = tuple(_of_pragma(point))
        if "DBC405" in point.codes:
            checks = (*checks, Check("password", "in the code", "not in the code", "no"))
        return Configured(
            path=point.path, line=point.line, what=point.place.call, checks=checks,
            codes=tuple(code for code in point.codes if code.startswith("DBC4")),
        )  # fmt: skip

    # places

    def _of_place(self, place: Place) -> Iterator[Check]:
        """An engine, a pool, a connection or a call that builds a URL."""
        urls = self._connections.urls(place)
        embedded = place.package in EMBEDDED or (
            bool(urls) and all(url.is_embedded for url in urls)
        )
        yield from self._arguments(place, embedded)
        if embedded:
            if urls:
                yield Check("database", databases(urls), "", "yes")
            return
        users, hosts = self._given(place, "user", "username"), self._hosts(place)
        if urls:
            yield Check("database", databases(urls), "", "yes")
            users = users or tuple(url.username for url in urls if url.username)
            hosts = hosts or tuple(
                found for url in urls if (found := host_and_port(url.host, url.port))
            )
        elif not users and not hosts and self._connections.addresses(place):
            yield Check("database", f"from {self._address(place)}", "", "unknown")
        yield from self._login(place.scope, users, hosts)
        is_there = bool(hosts) and all(is_local(each) for each in hosts)
        if place.kind != "url" and not is_there and self._is_judged(place.scope, "test"):
            yield from self._certificate(place)
            if (cache := self._caches.of(place)) is not None:
                yield Check("statement cache", cache.found, cache.wanted, cache.complies)

    def _arguments(self, place: Place, embedded: bool) -> Iterator[Check]:
        arguments = place.arguments
        is_judged = place.kind == "engine" and not embedded
        demanded = dict(self._wanted.engine_arguments)
        if not is_judged or not self._is_judged(place.scope, *EXEMPT_ROLES):
            demanded = {}
        if _has_no_pool(place):
            demanded = {name: v for name, v in demanded.items() if not name.startswith("pool_")}
        for name, wanted in demanded.items():
            sources = arguments.named.get(name, [])
            answer = demands.value(
                self._values(sources), wanted,
                is_given=bool(sources), is_open=arguments.is_open,
            )  # fmt: skip
            missing = _HIDDEN if arguments.is_open else _NOT_SET
            yield Check(name, self._shown(sources) or missing, repr(wanted), answer)
        for name, sources in arguments.named.items():
            if name not in demanded and name not in _ELSEWHERE:
                found = "***" if _SECRET.search(name) else self._shown(sources)
                yield Check(name, found, "", "yes")

    def _certificate(self, place: Place) -> Iterator[Check]:
        wanted = self._wanted.ssl_verify
        if wanted:
            verified = self._certificates.of(place)
            words = {None: "no SSL asked for", "yes": "verified", "no": "not verified"}
            found = words.get(verified, "not known")
            answer = demands.certificate(verified, wanted)
            yield Check("certificate", found, f"verification {wanted}", answer)

    def _hosts(self, place: Place) -> tuple[Text, ...]:
        ports = self._given(place, "port")
        port = ports[0] if ports else None
        return tuple(
            found
            for host in self._given(place, "host", "hostaddr")
            if (found := host_and_port(host, port))
        )

    def _given(self, place: Place, *names: str) -> tuple[Text, ...]:
        if place.kind == "url":
            return ()
        sources = place.arguments.get(*names)
        return tuple(text for source in sources for text in self._connections.texts.of(source))

    # URLs

    def _of_urls(self, scope: ScopeId, urls: Sequence[Url]) -> Iterator[Check]:
        yield Check("database", databases(urls), "", "yes")
        served = [url for url in urls if not url.is_embedded]
        users = tuple(url.username for url in served if url.username)
        hosts = [host_and_port(url.host, url.port) for url in served]
        yield from self._login(scope, users, tuple(host for host in hosts if host))

    def _login(
        self, scope: ScopeId, users: Sequence[Text], hosts: Sequence[Text]
    ) -> Iterator[Check]:
        """User name and host, where they are known."""
        is_here = bool(hosts) and all(is_local(each) for each in hosts)
        is_judged = self._is_judged(scope, "test") and not is_here
        if users:
            wanted = self._wanted.username if is_judged else ""
            answer = demands.user_name(users, wanted) if wanted else "yes"
            yield Check("user name", _alternatives(users), wanted, answer)
        if hosts:
            poolers = self._wanted.pooler_hosts if is_judged else ()
            complies = demands.host(hosts, poolers) if poolers else "yes"
            yield Check("host", _alternatives(hosts), ", ".join(poolers), complies)

    # values

    def _is_judged(self, scope: ScopeId, *exempt: str) -> bool:
        return self._project.role(scope) not in exempt

    def _values(self, sources: Sequence[Source]) -> list[object] | None:
        """The constants that an argument may be; ``None`` when it may be anything else."""
        found: list[object] = []
        for source in sources:
            constants = self._connections.texts.constants(source)
            if constants is None:
                return None
            found += [each.value for each in constants]
        return found

    def _shown(self, sources: Sequence[Source]) -> str:
        """Values where they are constant, else the text of the code."""
        values = self._values(sources)
        if values:
            return " or ".join(dict.fromkeys(repr(each) for each in values))
        return " or ".join(dict.fromkeys(self._text(each) for each in sources))

    def _text(self, source: Source) -> str:
        node = source.node
        at, end = getattr(node, "at", None), getattr(node, "end", None)
        if at is None or end is None:
            return getattr(node, "id", "set")
        return masked(text_at(self._source, source.module.path, span_between(at, end))) or "set"

    def _address(self, place: Place) -> str:
        return f"`{self._text(self._connections.addresses(place)[0])}`"


def _alternatives(texts: Sequence[Text]) -> str:
    return " or ".join(dict.fromkeys(shown(text) for text in texts))


def _has_no_pool(place: Place) -> bool:
    return any(
        last_name(source.node) in _NO_POOL for source in place.arguments.named.get("poolclass", ())
    )


def _of_pragma(point: Point) -> Iterator[Check]:
    """What a PRAGMA sets, and whether its answer is looked at where that can be seen."""
    found = pragma_set(point.place.call)
    if found is not None:
        unverified = "DBC407" in point.codes
        wanted = "its answer compared" if unverified else ""
        complies: Answer = "no" if unverified else "yes"
        yield Check(*found, wanted, complies)
