"""The project in, every place that says who logs in to which server out: URLs and connect calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from connlint.model.connections.texts import Text, is_known, shown
from connlint.model.connections.urls import EMBEDDED, is_local

if TYPE_CHECKING:
    from connlint.model.connections.places import Connections, Place
    from connlint.model.names import ScopeId
    from connlint.model.project import Project

_POOLED = frozenset({"", "postgres", "cockroachdb", "mysql", "mariadb"})
"""Dialects of servers that stand behind poolers; others are other databases altogether."""


class Address(NamedTuple):
    """A user name and a host with its port, as far as the code knows them; what may be several
    texts is all of them."""

    scope: ScopeId
    at: int
    end: int
    shape: str
    what: str
    usernames: tuple[Text, ...]
    hosts: tuple[Text, ...]


def addresses(project: Project) -> Iterator[Address]:
    """Every place that names a server over a network, tests and this very machine left out."""
    for written in project.written_urls:
        if any(url.is_template for url in written.urls):
            continue
        urls = [
            url
            for url in written.urls
            if url.dialect in _POOLED and not url.is_local and not url.is_example
        ]
        if urls and len(urls) == len(written.urls) and project.role(written.scope) != "test":
            users = tuple(url.username for url in urls if url.username is not None)
            hosts = tuple(host_and_port(url.host, url.port) for url in urls)
            yield Address(
                written.scope, written.at, written.end, written.shape, f"{urls[0].dialect} URL",
                users, tuple(host for host in hosts if host),
            )  # fmt: skip
    for place in project.connections.places:
        if place.kind != "engine" and project.role(place.scope) != "test":
            found = _of_place(project.connections, place)
            if found is not None:
                yield found


def _of_place(connections: Connections, place: Place) -> Address | None:
    """The address that a call is given in arguments of its own; URLs are judged where they are."""
    users: tuple[Text, ...]
    hosts: tuple[Text, ...]
    if place.package in EMBEDDED:
        return None
    if place.kind == "url":
        url = connections.created(place)
        if url.dialect not in _POOLED or url.is_local or url.is_example:
            return None
        users = (url.username,) if url.username is not None else ()
        hosts = (host_and_port(url.host, url.port),)
    else:
        users = _texts(connections, place, "user", "username")
        ports = _texts(connections, place, "port")
        hosts = tuple(
            host_and_port(host, ports[0] if ports else None)
            for host in _texts(connections, place, "host", "hostaddr")
        )
        if any(is_local(host) for host in _texts(connections, place, "host", "hostaddr")):
            return None
    hosts = tuple(host for host in hosts if host)
    if not users and not hosts:
        return None
    call = place.call
    return Address(place.scope, call.at, call.end, "call", place.name, users, hosts)


def _texts(connections: Connections, place: Place, *names: str) -> tuple[Text, ...]:
    sources = place.arguments.get(*names)
    return tuple(text for source in sources for text in connections.texts.of(source))


def host_and_port(host: Text | None, port: Text | None) -> Text:
    """A host with its port behind a colon; nothing for no host."""
    if not host:
        return ()
    return (*host, ":", *port) if port else host


def may_match(text: Text, pattern: tuple[str, str]) -> bool:
    """Whether a text may begin and end as a pattern with one gap does."""
    start, end = pattern
    if is_known(text):
        whole = shown(text)
        return (
            whole.startswith(start) and whole.endswith(end) and len(whole) > len(start) + len(end)
        )
    first = text[0] if isinstance(text[0], str) else ""
    last = text[-1] if isinstance(text[-1], str) else ""
    starts = first.startswith(start) or start.startswith(first)
    return starts and (last.endswith(end) or end.endswith(last))
