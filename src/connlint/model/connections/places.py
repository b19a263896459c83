"""The program in, every call that configures a connection out: those that make an engine, a pool,
a driver connection or a URL, with what they are given."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Literal, NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.connections.entries import Entries, EntryReader
from connlint.model.connections.sources import Source, Sources
from connlint.model.connections.texts import Text, Texts
from connlint.model.connections.urls import SCHEME, Url, parse_url
from connlint.model.expressions import calls_in
from connlint.model.name_parts import last_name
from connlint.model.names import Module, ScopeId
from connlint.model.program import Program

Kind = Literal["engine", "pool", "connection", "url"]

_MAKES: dict[str, Kind] = {"engine": "engine", "pool": "pool", "connection": "connection"}
_URL_MAKERS = frozenset({"sqlalchemy.engine.URL.create"})
_CREATE = "create"
_URL_NAMES = ("url", "dsn", "conninfo", "name_or_url", "conn_string", "uri")
_OPEN = frozenset(
    {"sqlalchemy.engine_from_config", "sqlalchemy.ext.asyncio.async_engine_from_config"}
)


class Place(NamedTuple):
    """One call that configures. ``name`` is the canonical name of what is called."""

    kind: Kind
    name: str
    scope: ScopeId
    source: Source
    call: f.Call
    arguments: Entries

    @property
    def package(self) -> str:
        """The library that is called."""
        return self.name.partition(".")[0]


class Connections:
    """Where a program configures its connections. Everything is read on demand."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.sources = Sources(program)
        self.texts = Texts(program, self.sources)
        self.entries = EntryReader(self.sources)
        self._urls: dict[tuple[ScopeId, int], tuple[Url, ...]] = {}

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """All calls that configure, in order of module and place."""
        makers = self._maker_names
        found: list[Place] = []
        for module in self._program.modules.values():
            for number, scope in enumerate(module.facts.scopes):
                if any(_may_make(text, makers) for text in scope.called):
                    found.extend(self._in_scope(module, number))
        return tuple(found)

    @cached_property
    def _maker_names(self) -> frozenset[str]:
        """The last words of everything that makes an engine, a pool or a connection."""
        catalog = self._program.catalog
        names = {"connect"}
        for function in catalog.functions.values():
            made = catalog.type(function.returns)
            if made is None or made.kind not in _MAKES:
                continue
            if made.kind != "connection" or "acquire" in function.effects:
                names.add(function.name.rpartition(".")[2])
        names.discard("get_bind")  # gives the engine that is there
        for each in catalog.types.values():
            if each.kind == "pool":
                names.add(each.name.rpartition(".")[2])
        renamed = {
            item.name
            for module in self._program.modules.values()
            for item in module.facts.imports
            if item.attr in names and item.name != item.attr
        }
        return frozenset(names | renamed)

    def _in_scope(self, module: Module, number: int) -> Iterator[Place]:
        for call in calls_in(module.body(number)):
            func = call.func
            last = last_name(func)
            if last not in self._maker_names and last != _CREATE:
                continue
            for value in self._program.static(module, number, func):
                kind = self._kind(value)
                if kind is None or not isinstance(value, v.Ext):
                    continue
                source = Source(module, number, call)
                arguments = self.entries.arguments(source, call)
                arguments.is_open = arguments.is_open or value.name in _OPEN
                yield Place(kind, value.name, (module.name, number), source, call, arguments)
                break

    def _kind(self, value: v.Value) -> Kind | None:
        if not isinstance(value, v.Ext):
            return None
        if value.name in _URL_MAKERS:
            return "url"
        catalog = self._program.catalog
        function = catalog.function(value.name)
        made = catalog.type(function.returns if function is not None else value.name)
        if made is None:
            return None
        if made.kind == "connection" and (function is None or "acquire" not in function.effects):
            return None
        return _MAKES.get(made.kind)

    # what a place is given

    def addresses(self, place: Place) -> tuple[Source, ...]:
        """The arguments that may hold a URL or a DSN."""
        found = [*place.arguments.get(*_URL_NAMES)]
        if place.call.args and not isinstance(place.call.args[0], f.Starred):
            found.append(place.source.at(place.call.args[0]))
        return tuple(found)

    def address_texts(self, place: Place) -> tuple[Text, ...]:
        """The texts that the address may be."""
        return tuple(text for source in self.addresses(place) for text in self.texts.of(source))

    def urls(self, place: Place) -> tuple[Url, ...]:
        """The URLs that a place may go to, as far as they are known."""
        key = (place.scope, place.call.at)
        known = self._urls.get(key)
        if known is None:
            known = self._urls[key] = tuple(self._urls_of(place))
        return known

    def _urls_of(self, place: Place) -> Iterator[Url]:
        if place.kind == "url":
            yield self.created(place)
            return
        for source in self.addresses(place):
            for each in self.sources.of(source):
                maker = self._url_maker(each)
                if maker is not None:
                    yield self.created(maker)
                    continue
                for text in self.texts.of(each):
                    if (url := parse_url(text)) is not None:
                        yield url

    def _url_maker(self, source: Source) -> Place | None:
        if not isinstance(source.node, f.Call):
            return None
        for place in self.places:
            if place.call == source.node and place.source.module is source.module:
                return place if place.kind == "url" else None
        return None

    def created(self, place: Place) -> Url:
        """What ``URL.create`` is told."""
        arguments = place.arguments
        given = list(place.call.args)
        names = ("drivername", "username", "password", "host", "port", "database", "query")
        by_name = {
            name: [place.source.at(value)] for name, value in zip(names, given, strict=False)
        } | arguments.named
        texts = {name: self._first(sources) for name, sources in by_name.items()}
        scheme = "".join(p for p in texts.get("drivername") or () if isinstance(p, str))
        found = SCHEME.match(scheme + "://")
        query = self.entries.nested(arguments, "query") if "query" in arguments.named else Entries()
        known = tuple(
            (name, "".join(str(part) for part in text if isinstance(part, str)))
            for name, values in query.named.items()
            if (text := self._first(values)) is not None
        )
        return Url(
            found["dialect"].lower().replace("postgresql", "postgres") if found else scheme,
            (found["driver"] or "").lower() if found else "",
            texts.get("username"), texts.get("password"), texts.get("host"), texts.get("port"),
            known, query.is_open or arguments.is_open,
        )  # fmt: skip

    def _first(self, sources: list[Source]) -> Text | None:
        """The one text that a value may be; its first where there are several."""
        for source in sources:
            for text in self.texts.of(source):
                return text
        return None


def _may_make(text: str, makers: frozenset[str]) -> bool:
    """Whether what a scope calls may be a maker, by the words it is called by."""
    owner, _, last = text.rpartition(".")
    return last in makers or (last == _CREATE and owner.upper().endswith("URL"))
