"""The project in, the places that configure a connection without opening one out: database URLs,
calls that build one, and statements that set a PRAGMA."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from connlint.location import Span, pack, span_between
from connlint.model.connections.urls import Url
from connlint.model.names import ScopeId
from connlint.model.project import Project

_PASSWORD = re.compile(r"(://[^\s:/@\"']*:)([^\s@\"'{}]+)(@)")
_PRAGMA = re.compile(r"PRAGMA\s+(?P<name>[\w.]+)\s*=\s*['\"]?(?P<value>\w*)", re.IGNORECASE)


def url_places(project: Project) -> Iterator[tuple[ScopeId, Span]]:
    """Where database URLs are written down or built, with their functions."""
    for written in project.written_urls:
        yield written.scope, span_between(written.at, written.end)
    for place in project.connections.places:
        if place.kind == "url":
            yield place.scope, span_between(place.call.at, place.call.end)


def pragma_set(call: str) -> tuple[str, str] | None:
    """The name and value that a call's text sets with a PRAGMA; ``None`` when it sets none."""
    found = _PRAGMA.search(call)
    return (found["name"], found["value"]) if found is not None else None


class Addresses:
    """What the places that hold a database URL lead to, in words."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def at(self, scope: ScopeId, span: Span) -> str:
        """``postgres with asyncpg``; empty for a place that holds no URL."""
        return databases(self._known.get((scope, pack(span.line, span.column)), ()))

    @cached_property
    def _known(self) -> dict[tuple[ScopeId, int], tuple[Url, ...]]:
        connections = self._project.connections
        found = {(each.scope, each.at): each.urls for each in self._project.written_urls}
        for place in connections.places:
            if place.kind == "url":
                found[place.scope, place.call.at] = (connections.created(place),)
        return found


def databases(urls: Sequence[Url]) -> str:
    """The databases and drivers of URLs: ``postgres with asyncpg``."""
    words = (f"{url.dialect} with {url.driver}" if url.driver else url.dialect for url in urls)
    return " or ".join(dict.fromkeys(words))


def masked(text: str) -> str:
    """``text`` without the passwords of the URLs in it."""
    return _PASSWORD.sub(r"\1***\3", text)
