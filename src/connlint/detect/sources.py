"""Mentions in, what makes sessions out: the calls of libraries that make engines, factories,
sessions and connections, and the variables that hold what they make."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from connlint.detect.uses import Place, Reading, Uses
from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.catalog.lookup import Catalog
from connlint.model.catalog.types import Type
from connlint.model.classes import ClassId
from connlint.model.expressions import calls_in, descend
from connlint.model.name_parts import dotted, generic_name
from connlint.model.names import Module, Target
from connlint.model.program import Program

DEFINING = frozenset({"engine", "pool", "session-factory", "extension"})
"""What sessions come from."""
OPENED = frozenset({"session", "connection"})
MADE = DEFINING | OPENED


class Site(NamedTuple):
    """A call that makes something. ``library`` is the canonical name of what is called."""

    module: Module
    scope: int
    call: f.Call
    library: str
    type: Type

    @property
    def defines(self) -> bool:
        """Whether it makes what sessions come from, and not a session or connection itself."""
        return self.type.kind in DEFINING or is_scoped(self.type)


class Held(NamedTuple):
    """A variable of a module that holds what sessions come from, or a shared session."""

    target: Target
    type: Type

    @property
    def name(self) -> str:
        return self.target.dotted


def is_scoped(made: Type) -> bool:
    """Whether a session is one of many behind a proxy (``scoped_session``)."""
    return made.kind == "session" and made.call is not None


def opens_async(program: Program, made: Type) -> bool:
    """Whether the sessions and connections that come from this are asynchronous."""
    called = program.catalog.called(made.name)
    given = program.catalog.type(called.returns) if called is not None else None
    return made.is_async or (given is not None and given.is_async)


@cache
def made_by(catalog: Catalog, name: str) -> Type | None:
    """What calling a library's function or class makes, where that is a beginning of a session."""
    function = catalog.functions.get(name)
    made = catalog.type(function.returns if function is not None else name)
    if made is None or made.kind not in MADE:
        return None
    if function is not None and made.kind in OPENED and not is_scoped(made):
        return made if "acquire" in function.effects else None
    return made if "(" not in name and not name.startswith("generic.") else None


@cache
def _calling_names(catalog: Catalog) -> frozenset[str]:
    """The last parts of the names under which code calls what makes something."""
    names = {*catalog.functions, *catalog.types}
    found = {name.rpartition(".")[2] for name in names if made_by(catalog, name)}
    found.update(
        alias.rpartition(".")[2]
        for alias, name in catalog.aliases.items()
        if made_by(catalog, name)
    )
    return frozenset(found)


class Sources:
    """What a program makes sessions from."""

    def __init__(self, uses: Uses) -> None:
        self.program = uses.program
        self._uses = uses
        self.mentioned: dict[tuple[str, int], dict[str, Target]] = {}
        """By scope, the texts that mention something that makes sessions, and what they mean."""
        self.sites: list[Site] = []
        for place, target in self._library_mentions():
            self.mentioned.setdefault(place.scope_id, {})[place.text] = target
        for scope, texts in self.mentioned.items():
            self.sites.extend(self._sites_of(scope, texts))

    def _library_mentions(self) -> Iterator[tuple[Place, Target]]:
        catalog = self.program.catalog
        subclasses = self._own_classes()
        names = dict.fromkeys([*sorted(_calling_names(catalog)), *(t.name for t in subclasses)])
        for name in names:
            for place in self._uses.named(name.rpartition(".")[2]):
                for reading in self._uses.read(place):
                    if self._makes(reading, subclasses):
                        yield place, reading.target
                        break

    def _makes(self, reading: Reading, subclasses: dict[Target, Type]) -> bool:
        target = reading.target
        if target.kind == "external":
            return not reading.rest and made_by(self.program.catalog, target.module) is not None
        return not reading.rest and target in subclasses

    def _own_classes(self) -> dict[Target, Type]:
        """The project's classes that derive from a session, a connection or an extension."""
        catalog, hierarchy = self.program.catalog, self.program.hierarchy
        found: dict[Target, Type] = {}
        calling = _calling_names(catalog)
        for module in self._uses.modules:
            renamed = {each.name for each in module.facts.imports if each.attr in calling}
            for number, scope in enumerate(module.facts.scopes):
                if scope.kind != "class" or not scope.bases:
                    continue
                names = {generic_name(base) for base in scope.bases}
                if names.isdisjoint(calling) and names.isdisjoint(renamed):
                    continue
                owner = ClassId(module.name, number)
                for each in (owner, *hierarchy.subclasses(owner)):
                    made = self.program.catalog_type(each.key)
                    if made is not None and made.kind in MADE:
                        scopes = self.program.modules[each.module].facts.scopes
                        name = scopes[each.scope].qualname
                        found[Target("class", each.module, name, each.scope)] = made
        return found

    def _sites_of(self, scope: tuple[str, int], texts: dict[str, Target]) -> Iterator[Site]:
        module = self.program.modules[scope[0]]
        for call in calls_in(module.body(scope[1])):
            target = texts.get(dotted(call.func))
            if target is None:
                continue
            for value in self.program.static(module, scope[1], call):
                made = self.program.database_type(value)
                if made is not None and made.kind in MADE:
                    yield Site(module, scope[1], call, target.dotted, made)
                    break

    def held(self, module: Module, texts: set[str]) -> Iterator[Held]:
        """The variables of a module that are assigned something in which a text is mentioned."""
        for name, expressions in module.assignments.items():
            if not any(_mentions(expression, texts) for expression in expressions):
                continue
            target = Target("variable", module.name, name)
            for value in self.program.variable(module.name, name):
                made = self.program.database_type(value)
                if made is not None and made.kind in MADE and _is_held_as(value, target.dotted):
                    yield Held(target, made)
                    break


def _mentions(expression: f.Expr, texts: set[str]) -> bool:
    return any(
        dotted(node) in texts for node in descend(expression) if isinstance(node, (f.Name, f.Attr))
    )


def _is_held_as(value: v.Value, name: str) -> bool:
    """Whether the variable is the first name of what it holds, no second one."""
    return isinstance(value, v.Obj) and value.origin is not None and value.origin.name == name
