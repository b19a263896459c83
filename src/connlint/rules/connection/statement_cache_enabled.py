"""DBC403: a driver behind a pooler goes on caching prepared statements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from connlint.findings import FixIntent
from connlint.rules.base import Rule
from connlint.rules.evidence import suspect

if TYPE_CHECKING:
    from connlint.findings import Suspect
    from connlint.model.connections.entries import Entries
    from connlint.model.connections.places import Connections, Place
    from connlint.model.connections.urls import Url
    from connlint.model.project import Project

_INTO = {"engine": "connect_args", "psycopg_pool": "kwargs"}
"""The argument that holds the driver's own, where these are not those of the call itself."""
_ASYNC_ENGINE = "create_async_engine"
_UNIQUE_NAMES = "prepared_statement_name_func"


class _Switch(NamedTuple):
    """An argument that turns a cache off by having one of these values."""

    name: str
    off: tuple[object, ...]

    @property
    def shown(self) -> str:
        return f"{self.name}={self.off[0]}"


_DRIVER_CACHE = _Switch("statement_cache_size", (0, "0"))
_DIALECT_CACHE = _Switch("prepared_statement_cache_size", (0, "0"))
_THRESHOLD = _Switch("prepare_threshold", (None,))


class StatementCacheEnabled(Rule):
    """Connections through asyncpg or psycopg 3 that leave the cache of prepared statements on."""

    code = "DBC403"
    severity = "error"
    fixes = ("safe", "unsafe")
    needs = ("connection.statement-cache",)

    def suspects(self, project: Project) -> Iterator[Suspect]:
        if project.standard.connection.statement_cache != "disabled":
            return
        connections = project.connections
        only_driver = _only_async_driver(project)
        for place in connections.places:
            if place.kind == "url" or project.role(place.scope) == "test":
                continue
            urls = connections.urls(place)
            if urls and all(url.is_local or url.is_embedded for url in urls):
                continue
            given, switches = _switches(connections, place, urls, only_driver)
            missing = [each for each in switches if not _is_off(connections, given, urls, each)]
            if not missing:
                continue
            needed = " and ".join(each.shown for each in missing)
            yield suspect(
                project, self.code, place.scope, place.call.at, place.call.end, shape="call",
                message=f"caches prepared statements, which the pooler can't keep; set {needed}"
                f"{_misplaced(connections, given, missing)}",
                matched=place.name, priority="high",
                intent=_intent(place, urls, missing),
            )  # fmt: skip


def _intent(place: Place, urls: tuple[Url, ...], missing: list[_Switch]) -> FixIntent:
    """The fix that turns the caches of a place off, with what speaks against it."""
    into = _INTO.get(place.package if place.kind != "engine" else place.kind, "")
    written = [f"{switch.name}={switch.off[0]!r}" for switch in missing]
    data = {"arguments": "\n".join(written), "into": into}
    own = {keyword.name for keyword in place.call.keywords}
    needed = {into} if into else {switch.name for switch in missing}
    inherited = sorted(needed & place.arguments.named.keys() - own)
    obstacle = ""
    if inherited:
        obstacle = f"{inherited[0]} comes from a mapping: it has to be set there"
    elif embedded := [url.dialect for url in urls if url.is_embedded]:
        obstacle = f"the engine may open {embedded[0]} as well, which takes no such arguments"
    elif place.kind == "engine" and not urls:
        data["doubt"] = "the URL is not known: the engine may use another driver"
    title = f"set {', '.join(written)}{f' in {into}' if into else ''}"
    return FixIntent("set-arguments", "safe", title, data, obstacle)


def _switches(
    connections: Connections, place: Place, urls: tuple[Url, ...], only_driver: str
) -> tuple[Entries, tuple[_Switch, ...]]:
    """Where a place's driver looks for its arguments, and which of them turn its caches off."""
    if place.kind == "engine":
        given = connections.entries.nested(place.arguments, "connect_args")
        given.is_open = given.is_open or place.arguments.is_open
        drivers = {url.driver for url in urls if not url.is_embedded}
        if not drivers and not urls and place.name.endswith(_ASYNC_ENGINE):
            drivers = {only_driver}
        if drivers == {"asyncpg"}:
            return given, (_DRIVER_CACHE, _DIALECT_CACHE)
        if drivers and drivers <= {"psycopg", "psycopg_async"}:
            return given, (_THRESHOLD,)
        return given, ()
    if place.package == "asyncpg":
        return place.arguments, (_DRIVER_CACHE,)
    if place.package == "psycopg":
        return place.arguments, (_THRESHOLD,)
    if place.package == "psycopg_pool":
        given = connections.entries.nested(place.arguments, "kwargs")
        given.is_open = given.is_open or place.arguments.is_open
        return given, (_THRESHOLD,)
    return place.arguments, ()


def _is_off(
    connections: Connections, given: Entries, urls: tuple[Url, ...], switch: _Switch
) -> bool:
    """Whether a cache is off, or may be: what is not known counts as right."""
    if given.is_open:
        return True
    if urls and all(_in_query(url, switch) for url in urls):
        return True
    if switch is _DIALECT_CACHE and _UNIQUE_NAMES in given.named:
        return True
    sources = given.named.get(switch.name)
    if not sources:
        return False
    for source in sources:
        constants = connections.texts.constants(source)
        if constants is None or any(each.value in switch.off for each in constants):
            return True
    return False


def _in_query(url: Url, switch: _Switch) -> bool:
    found = dict(url.query).get(switch.name)
    return found in switch.off if found is not None else url.query_open and not url.host


def _misplaced(connections: Connections, given: Entries, missing: list[_Switch]) -> str:
    """A word on arguments that stand where the driver does not look."""
    settings = connections.entries.nested(given, "server_settings")
    found = [each.name for each in missing if each.name in settings.named]
    return f" (in server_settings {found[0]} is sent to the server)" if found else ""


def _only_async_driver(project: Project) -> str:
    """The one asynchronous PostgreSQL driver that the project's URLs name, if it is one."""
    drivers = {
        url.driver
        for written in project.written_urls
        for url in written.urls
        if url.driver in ("asyncpg", "psycopg", "psycopg_async")
    }
    drivers |= {
        project.connections.created(place).driver
        for place in project.connections.places
        if place.kind == "url"
    } & {"asyncpg", "psycopg", "psycopg_async"}
    return drivers.pop() if len(drivers) == 1 else ""
