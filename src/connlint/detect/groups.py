"""Everything that makes sessions in, groups of modules out: a group makes its sessions from the
same engines, so it stands or falls together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from connlint.detect.databases import Database, Databases, merged
from connlint.detect.search import Search
from connlint.detect.sources import DEFINING, OPENED, Site, opens_async
from connlint.model.names import ScopeId, Target

ADDRESSED = frozenset({"engine", "pool", "connection"})
"""What is made with the address of a database."""
_DELIBERATE = frozenset({
    "poolclass", "pool", "pool_size", "max_overflow", "isolation_level", "execution_options",
    "creator",
})  # fmt: skip
"""Arguments with which an engine is made for a purpose of its own."""


class Group(NamedTuple):
    """Modules that build on one another to make sessions.

    ``users`` are the functions elsewhere that use what they offer; ``sides`` say whether they make
    synchronous or asynchronous sessions; ``engine_options`` are the arguments that engines are
    given for a purpose of their own. ``is_raw``: it opens nothing but driver connections.
    """

    modules: frozenset[str]
    users: frozenset[ScopeId]
    database: Database
    sides: frozenset[bool]
    engine_options: frozenset[str]
    makes_sessions: bool
    is_raw: bool


class Things:
    """What the modules of a program define for sessions, and who uses it."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.program = search.program
        self._databases = Databases(search.uses)
        self._users: dict[Target, frozenset[ScopeId]] = {}
        self._roots: dict[Target, frozenset[Target]] = {}
        self.defining: dict[str, list[ScopeId]] = {}
        """By module, the scopes in which it makes or offers something."""
        for scope in self._offering():
            self.defining.setdefault(scope[0], []).append(scope)

    def _offering(self) -> Iterator[ScopeId]:
        search = self.search
        for site in search.sites:
            if site.defines:
                yield (site.module.name, site.scope)
        for target in (*search.held, *search.ways):
            yield (target.module, target.scope)
        yield from ((m.target.module, m.target.scope) for m in search.makers.values() if m.is_own)
        yield from (keeper.scope for keeper in search.keepers.values())

    @property
    def offered(self) -> Iterator[Target]:
        """What there is for others to use."""
        search = self.search
        yield from search.held
        yield from (target for target, maker in search.makers.items() if maker.is_own)
        yield from search.ways
        yield from search.keepers

    def users(self, target: Target) -> frozenset[ScopeId]:
        """The functions of other modules that use something."""
        known = self._users.get(target)
        if known is None:
            places = {place.scope_id for place in self.search.openings.get(target, ())}
            if target in self.search.ways:
                places.update(place.scope_id for place in self.search.uses.loosely(target))
            injected = self.search.uses.injected.get(target, ())
            # The marker of an injection is mentioned where the function is defined.
            markers = {(module, self._around(module, scope)) for module, scope in injected}
            places = (places - markers) | set(injected)
            known = frozenset(place for place in places if place[0] != target.module)
            self._users[target] = known
        return known

    @cached_property
    def used_ways(self) -> frozenset[str]:
        """The dotted names of the functions that hand out sessions to other modules."""
        return frozenset(way.name for way in self.search.ways.values() if self.users(way.target))

    def users_inside(self, target: Target) -> frozenset[ScopeId]:
        """The functions of the same module that use something, those that offer it on left out."""
        offering = {scope for scopes in self.defining.values() for scope in scopes}
        places = {place.scope_id for place in self.search.openings.get(target, ())}
        places.update(self.search.uses.injected.get(target, ()))
        return frozenset(
            (module, scope)
            for module, scope in places - offering
            if module == target.module and scope
        )

    def _around(self, module: str, scope: int) -> int:
        return self.program.modules[module].facts.scopes[scope].parent

    def built_from(self, target: Target) -> Iterator[Target]:
        """The functions that hand out sessions from a factory or engine, directly or not."""
        for way in self.search.ways:
            if target in self.roots(way):
                yield way

    def roots(self, target: Target) -> frozenset[Target]:
        """The variables that something gets its sessions from, itself included if it is one."""
        known = self._roots.get(target)
        if known is None:
            self._roots[target] = frozenset()
            found = {target} & set(self.search.held)
            for each in self.search.built_on((target.module, target.scope)):
                if each.kind != "external" and each != target:
                    found |= self.roots(each)
            known = self._roots[target] = frozenset(found)
        return known

    def database(self, modules: Iterable[str]) -> Database:
        """The database that the engines and driver connections of modules go to."""
        names = set(modules)
        addressed = (s for s in self.search.sites if s.module.name in names)
        return merged(self.database_of(s) for s in addressed if s.type.kind in ADDRESSED)

    def database_of(self, site: Site) -> Database:
        """The database of one site; where the caller decides, that of the callers."""
        found = self._databases.of(site)
        if not found.given:
            return found
        facts = site.module.facts.scopes[site.scope]
        target = Target("function", site.module.name, facts.qualname, site.scope)
        places = self.search.openings.get(target, ())
        return merged([found, *(self._databases.passed(place) for place in places)])


def group(things: Things) -> list[Group]:
    """The groups of a program, the most used first."""
    search = things.search
    leader = {module: module for module in things.defining}

    def lead(module: str) -> str:
        while leader[module] != module:
            module = leader[module]
        return module

    for module, scopes in things.defining.items():
        for scope in scopes:
            for target in search.built_on(scope):
                if target.module in leader and target.kind != "external":
                    leader[lead(target.module)] = lead(module)
    members: dict[str, set[str]] = {}
    for module in leader:
        members.setdefault(lead(module), set()).add(module)
    groups = [_group(things, frozenset(each)) for each in members.values()]
    return sorted(groups, key=lambda each: (-len(each.users), sorted(each.modules)))


def _group(things: Things, modules: frozenset[str]) -> Group:
    search, program = things.search, things.program
    users: set[ScopeId] = set()
    for target in things.offered:
        if target.module in modules:
            users.update(user for user in things.users(target) if user[0] not in modules)
    sites = [site for site in search.sites if site.module.name in modules]
    made = [site.type for site in sites]
    made += [held.type for target, held in search.held.items() if target.module in modules]
    made += [way.made for target, way in search.ways.items() if target.module in modules]
    options = {
        keyword.name
        for site in sites
        if site.type.kind == "engine"
        for keyword in site.call.keywords
        if keyword.name in _DELIBERATE
    }
    return Group(
        modules,
        frozenset(users),
        things.database(modules),
        frozenset(opens_async(program, each) for each in made if each.kind in DEFINING | OPENED),
        frozenset(name for name in options if name),
        any(each.kind in ("session", "session-factory", "extension") for each in made),
        all(each.kind in ("connection", "pool") for each in made),
    )


def counted(number: int, noun: str) -> str:
    """``1 function``, ``3 functions``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
