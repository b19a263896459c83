"""A database URL in, possibly with gaps, its parts out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from connlint.model.connections.texts import Gap, Part, Text, is_known, joined, shown

_SCHEMES = (
    "postgres|postgresql|mysql|mariadb|sqlite|oracle|mssql|cockroachdb|duckdb|redshift|snowflake|"
    "clickhouse|db2|firebird|hive|trino|presto"
)
SCHEME = re.compile(rf"(?P<dialect>{_SCHEMES})(?:\+(?P<driver>\w+))?://", re.IGNORECASE)
EMBEDDED = frozenset({"sqlite", "duckdb", "aiosqlite", "sqlite3"})
"""Databases that are a file in this process: nobody logs in there and no network is between."""
_TEMPLATE = re.compile(r"[{<]+(?P<name>[^{}<>]*)[}>]+|%\((?P<key>\w+)\)s|%s")
_EXAMPLE = re.compile(
    r"(?:host(?:_?name)?|server|address|your[-_.].*|(?:.*\.)?example\.(?:com|org|net))",
    re.IGNORECASE,
)
_LOCAL = re.compile(r"localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[?::1\]?|host\.docker\.internal")


class Url(NamedTuple):
    """The parts of a database URL. A part that is not there is ``None``; ``query`` has the known
    parameters, and ``query_open`` says whether there may be more. ``is_template``: it has blanks
    that somebody else fills in."""

    dialect: str
    driver: str
    username: Text | None
    password: Text | None
    host: Text | None
    port: Text | None
    query: tuple[tuple[str, str], ...] = ()
    query_open: bool = False
    is_template: bool = False

    @property
    def is_embedded(self) -> bool:
        return self.dialect in EMBEDDED

    @property
    def is_local(self) -> bool:
        """Whether the server is certainly on this very machine."""
        return self.host is not None and is_local(self.host)

    @property
    def is_example(self) -> bool:
        """Whether the URL only shows what one looks like: it leads nowhere."""
        if self.port is not None and is_known(self.port) and not shown(self.port).isdigit():
            return True
        host = self.host or ()
        return is_known(host) and _EXAMPLE.fullmatch(shown(host)) is not None


def is_local(host: Text) -> bool:
    """Whether a host is certainly this very machine."""
    return host == () or (is_known(host) and _LOCAL.fullmatch(shown(host)) is not None)


def parse_url(text: Text) -> Url | None:
    """The parts of a text that is a database URL; ``None`` for any other text."""
    if not text or not isinstance(text[0], str):
        return None
    found = SCHEME.match(text[0])
    if found is None:
        return None
    dialect = found["dialect"].lower().replace("postgresql", "postgres")
    is_template = any(isinstance(part, str) and _TEMPLATE.search(part) for part in text)
    rest = joined(_gaps([text[0][found.end() :], *text[1:]]))
    if any(isinstance(part, str) and "://" in part for part in rest):
        return None  # a URL put behind a scheme: what it becomes depends on the path
    authority, path = _split(rest, "/")
    if path is None:
        authority, query = _split(authority, "?")
    else:
        _, query = _split(path, "?")
    # A gap behind the last constant may hold anything, parameters included.
    tail = path if path is not None else authority
    is_open = query is None and bool(tail) and isinstance(tail[-1], Gap)
    known, more = _query(query or ())
    user, host_part = _split_last(authority, "@")
    username: Text | None
    host: Text | None
    username, password = _split(user, ":") if user is not None else (None, None)
    host, port = _split(host_part, ":")
    if user is None and host_part and isinstance(host_part[0], Gap) and len(host_part) == 1:
        # One gap alone between the slashes may hold the login too.
        username, password, host, port, is_open = None, None, None, None, True
    return Url(
        dialect, (found["driver"] or "").lower(), username, password, host, port, known,
        is_open or more, is_template,
    )  # fmt: skip


def _gaps(parts: list[Part]) -> Iterator[Part]:
    """Parts with the blanks of templates that nobody fills in here as gaps."""
    for part in parts:
        if isinstance(part, Gap):
            yield part
            continue
        start = 0
        for blank in _TEMPLATE.finditer(part):
            yield part[start : blank.start()]
            yield Gap(blank["name"] or blank["key"] or "")
            start = blank.end()
        yield part[start:]


def _query(text: Text) -> tuple[tuple[tuple[str, str], ...], bool]:
    pairs = []
    is_open = False
    for pair in shown(text).split("&"):
        name, equals, value = pair.partition("=")
        if equals:
            pairs.append((name, value))
        elif name:
            is_open = True
    return tuple(pairs), is_open


def _split(text: Text, mark: str) -> tuple[Text, Text | None]:
    """The parts before and behind the first ``mark``; ``None`` behind when there is none."""
    for index, part in enumerate(text):
        if isinstance(part, str) and mark in part:
            before, _, behind = part.partition(mark)
            return joined([*text[:index], before]), joined([behind, *text[index + 1 :]])
    return text, None


def _split_last(text: Text, mark: str) -> tuple[Text | None, Text]:
    """The parts before and behind the last ``mark``; ``None`` before when there is none."""
    for index in range(len(text) - 1, -1, -1):
        part: Part = text[index]
        if isinstance(part, str) and mark in part:
            before, _, behind = part.rpartition(mark)
            return joined([*text[:index], before]), joined([behind, *text[index + 1 :]])
    return None, text
