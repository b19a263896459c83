"""An engine, pool or connection in, whether its driver keeps prepared statements out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from connlint.audit.demands import Answer
from connlint.model.connections.entries import Entries
from connlint.model.connections.places import Place
from connlint.model.connections.urls import Url
from connlint.model.project import Project

_OFF: dict[str, tuple[object, ...]] = {
    "statement_cache_size": (0, "0"),
    "prepared_statement_cache_size": (0, "0"),
    "prepare_threshold": (None,),
}
_CACHING = ("asyncpg", "psycopg", "psycopg_async", "psycopg_pool")


class StatementCache(NamedTuple):
    """What is set, what the standard wants, and whether it is so."""

    found: str
    wanted: str
    complies: Answer


class StatementCaches:
    """Answers for one project."""

    def __init__(self, project: Project) -> None:
        self._connections = project.connections
        self._wanted = project.standard.connection.statement_cache

    def of(self, place: Place) -> StatementCache | None:
        """The cache of a place; ``None`` where the standard or the driver has nothing to say."""
        urls = self._connections.urls(place)
        drivers = {url.driver for url in urls} if urls else {_driver(place)}
        if not self._wanted or not drivers & {"", *_CACHING}:
            return None
        given = self._given(place)
        values = self._settings(given, urls)
        if not values:
            found = "not shown here" if given.is_open else "not set"
            is_on: Answer = "unknown" if given.is_open or drivers == {""} else "yes"
        else:
            found = ", ".join(f"{name}={_words(each)}" for name, each in values.items())
            is_on = _is_on(values)
        if is_on == "unknown":
            return StatementCache(found, self._wanted, "unknown")
        complies: Answer = "yes" if (is_on == "yes") == (self._wanted == "enabled") else "no"
        return StatementCache(found, self._wanted, complies)

    def _given(self, place: Place) -> Entries:
        """The arguments that reach the driver."""
        found = Entries()
        found.absorb(place.arguments)
        for name in ("connect_args", "kwargs"):
            found.absorb(self._connections.entries.nested(place.arguments, name))
        return found

    def _settings(self, given: Entries, urls: Sequence[Url]) -> dict[str, list[object] | None]:
        """The settings that are there, each with its constants (``None``: not known)."""
        found: dict[str, list[object] | None] = {}
        for name in _OFF:
            sources = given.named.get(name, [])
            constants = [self._connections.texts.constants(source) for source in sources]
            if sources:
                known = [each.value for values in constants if values for each in values]
                found[name] = None if any(values is None for values in constants) else [*known]
            in_urls = [dict(url.query)[name] for url in urls if name in dict(url.query)]
            if in_urls and name not in found:
                found[name] = [*in_urls]
        return found


def _driver(place: Place) -> str:
    """The driver of a place without a known URL: its library's, none for an engine."""
    return "" if place.kind == "engine" else place.package


def _words(values: list[object] | None) -> str:
    return " or ".join(map(repr, values)) if values else "not known"


def _is_on(settings: dict[str, list[object] | None]) -> Answer:
    """Whether a cache is on: one setting that leaves it on does."""
    answers: set[Answer] = set()
    for name, values in settings.items():
        if not values:
            answers.add("unknown")
        else:
            answers |= {"no" if each in _OFF[name] else "yes" for each in values}
    return "yes" if "yes" in answers else "unknown" if "unknown" in answers else "no"
