"""Sites in, the database that each goes to out, as far as the code names it: environment variables,
settings, constants. Two that name the same go to the same database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from connlint.detect.sources import Site
from connlint.detect.uses import Place, Uses
from connlint.facts import types as f
from connlint.model.expressions import calls_in, descend, expressions_of, parts
from connlint.model.name_parts import dotted
from connlint.model.names import Module, Target, walk

_URL = re.compile(r"[a-z][a-z0-9+]*://(?:[^@/]*@)?(?P<rest>[^?{%]*)", re.IGNORECASE)
_SETTING = re.compile(r"[A-Z][A-Z0-9_]{2,}")
_TELLING = re.compile(
    r"(?:^|_)(?:db|dbname|database|databases|uri|url|dsn|path|file|schema|connection|conn)(?:_|$)"
)
_WHERE = re.compile(r"(?:^|_)(?:host|hostname|server|address|port|user|username|ref)(?:_|$)")
_GENERIC = frozenset({
    "db", "database", "connection", "conn", "url", "uri", "dsn", "path", "file", "schema", "host",
    "hostname", "port", "user", "username", "server", "address", "base_url", "connection_string",
    "db_config", "database_config",
})  # fmt: skip
"""Names that any code base has, and more than once: they tell nothing."""
_ADDRESSES = frozenset({
    "url", "dsn", "database", "dbname", "db", "host", "conninfo", "connection_string", "filename",
    "uri",
})  # fmt: skip
_MAX_DEPTH = 4


class Database(NamedTuple):
    """What the code calls a database. ``given``: the caller decides which one it is."""

    names: frozenset[str]
    given: bool

    def is_same_as(self, other: Database) -> bool:
        """Whether both certainly name one database."""
        mine, theirs = self.telling or self.names, other.telling or other.names
        common = mine & theirs
        return bool(common) and 2 * len(common) >= min(len(mine), len(theirs))

    @property
    def telling(self) -> frozenset[str]:
        """The names that say which database, and not who connects or where the server is."""
        return frozenset(name for name in self.names if not _WHERE.search(name))


def merged(databases: Iterable[Database]) -> Database:
    """Several databases as one: what any of them is called."""
    known = list(databases)
    names = frozenset(name for each in known for name in each.names)
    return Database(names, not names and any(each.given for each in known))


class Databases:
    """Reads which database a site goes to."""

    def __init__(self, uses: Uses) -> None:
        self._uses = uses
        self._program = uses.program
        self._seen: set[tuple[str, int, str]] = set()
        self._given = False

    def of(self, site: Site) -> Database:
        """The database of an engine, a pool or a driver connection."""
        self._seen = set()
        self._given = False
        names = frozenset(
            name
            for node in _address(site.call)
            for name in self._names(site.module, site.scope, node, 0)
            if name not in _GENERIC
        )
        return Database(names, self._given and not names)

    def passed(self, place: Place) -> Database:
        """The database that a caller names in the arguments of what it calls."""
        self._seen = set()
        self._given = False
        names = frozenset(
            name
            for call in calls_in(place.module.body(place.scope))
            if dotted(call.func) == place.text
            for argument in (*call.args, *(keyword.value for keyword in call.keywords))
            for name in self._names(place.module, place.scope, argument, 0)
            if name not in _GENERIC
        )
        return Database(names, self._given and not names)

    def _names(self, module: Module, scope: int, node: f.Expr, depth: int) -> Iterator[str]:
        """The names of settings and databases in an expression and in what it is made from."""
        if isinstance(node, f.Const):
            if isinstance(node.value, str):
                yield from _of_text(node.value)
        elif isinstance(node, f.Name):
            yield from _if_setting(node.id)
            yield from self._behind(module, scope, node.id, depth)
        elif isinstance(node, f.Attr):
            yield from _if_named(node.attr.lower())
            yield from self._behind(module, scope, dotted(node), depth)
        elif isinstance(node, f.Call):
            yield from self._names(module, scope, node.func, depth)
            if isinstance(node.func, f.Attr):
                yield from self._names(module, scope, node.func.value, depth)
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                yield from self._names(module, scope, argument, depth)
        elif isinstance(node, f.Text):
            for part in node.parts:
                if not isinstance(part, f.Const):
                    yield from self._names(module, scope, part, depth)
        else:
            for part in parts(node):
                if not isinstance(part, (f.Keyword, f.Generator)):
                    yield from self._names(module, scope, part, depth)

    def _behind(self, module: Module, scope: int, text: str, depth: int) -> Iterator[str]:
        """The names in what a variable is assigned or a function returns."""
        key = (module.name, scope, text)
        if not text or key in self._seen or depth > _MAX_DEPTH:
            return
        self._seen.add(key)
        local = self._local(module, scope, text)
        if local is not None:
            for node in local:
                yield from self._names(module, scope, node, depth + 1)
            return
        for reading in self._uses.read(Place(module, scope, text)):
            if not reading.rest:
                yield from self._defined(reading.target, depth)

    def _local(self, module: Module, number: int, text: str) -> list[f.Expr] | None:
        """What a function assigns to a name of its own; what a parameter is, its caller decides."""
        facts = module.facts.scopes[number]
        if facts.kind != "function" or text not in facts.binds:
            return None
        if any(item.scope == number and item.name == text for item in module.facts.imports):
            return None
        assigned = [value for name, value in bindings(module.body(number)) if name == text]
        for param in facts.params:
            if param.name == text:
                if param.default is not None and param.default != f.Const(None):
                    assigned.append(param.default)
                self._given = True
        return assigned

    def _defined(self, target: Target, depth: int) -> Iterator[str]:
        module = self._program.modules.get(target.module)
        if module is None:
            return
        if target.kind == "variable" and not target.scope:
            yield from _if_setting(target.name)
            for node in module.assignments.get(target.name, ()):
                yield from self._names(module, 0, node, depth + 1)
        elif target.kind == "function":
            for statement in walk(module.body(target.scope)):
                if isinstance(statement, f.Return) and statement.value is not None:
                    yield from self._names(module, target.scope, statement.value, depth + 1)
                for node in expressions_of(statement):
                    yield from _environment(node)


def bindings(body: f.Body) -> Iterator[tuple[str, f.Expr]]:
    """The names that a body assigns, with the values, also where several are unpacked at once."""
    for statement in walk(body):
        if isinstance(statement, f.Assign):
            for target in statement.targets:
                items = target.items if isinstance(target, f.Seq) else (target,)
                for item in items:
                    if isinstance(item, f.Name):
                        yield item.id, statement.value
        elif isinstance(statement, f.Annotated) and statement.value is not None:
            yield dotted(statement.target), statement.value


def _address(call: f.Call) -> Iterator[f.Expr]:
    """The arguments of a call that say where it goes."""
    yield from call.args[:1]
    for keyword in call.keywords:
        if keyword.name in _ADDRESSES or keyword.name is None:
            yield keyword.value


def _environment(node: f.Expr) -> Iterator[str]:
    """The environment variables that an expression names."""
    for each in descend(node):
        if isinstance(each, f.Const) and isinstance(each.value, str):
            yield from _if_setting(each.value)


def _of_text(text: str) -> Iterator[str]:
    url = _URL.match(text)
    if url is None:
        yield from _if_setting(text)
    elif rest := url["rest"].strip("/").lower():
        yield f"/{rest}"


def _if_setting(text: str) -> Iterator[str]:
    if _SETTING.fullmatch(text):
        yield from _if_named(text.lower())


def _if_named(name: str) -> Iterator[str]:
    if _TELLING.search(name) or _WHERE.search(name):
        yield name
