"""The program in, who mentions what out: every name that code calls or hands on, resolved to what
it stands for, tests and migrations left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model.classes import ClassId
from connlint.model.expressions import descend
from connlint.model.name_parts import dotted, generic_name
from connlint.model.names import Module, ScopeId, Target
from connlint.model.program import Program
from connlint.model.roles import Roles

LEFT_OUT = frozenset({"test", "migration"})
"""Roles of files that say nothing about how the application gets its sessions."""


class Place(NamedTuple):
    """A mention: the scope that calls or hands on ``text``."""

    module: Module
    scope: int
    text: str

    @property
    def scope_id(self) -> ScopeId:
        return (self.module.name, self.scope)


class Reading(NamedTuple):
    """What a dotted text starts with, and the attributes of that which it goes on to."""

    target: Target
    rest: tuple[str, ...]


class Uses:
    """The mentions of a program's application code. Built once, in one pass over the names."""

    def __init__(self, program: Program) -> None:
        self.program = program
        roles = Roles(program, ())
        self.modules = [
            m for m in program.modules.values() if roles.of((m.name, 0)) not in LEFT_OUT
        ]
        self.attributes: set[Target] = set()
        """The attributes of classes that are followed, beside methods."""
        self._by_last: dict[str, list[Place]] = {}
        self._imports: dict[str, list[tuple[Module, f.Import]]] = {}
        self._aliases: dict[str, set[str]] = {}
        for module in self.modules:
            for number, scope in enumerate(module.facts.scopes):
                for text in scope.called:
                    place = Place(module, number, text)
                    self._by_last.setdefault(text.rpartition(".")[2], []).append(place)
            for item in module.facts.imports:
                name = item.attr or item.module.rpartition(".")[2]
                self._imports.setdefault(name, []).append((module, item))
                if item.name != name:
                    self._aliases.setdefault(name, set()).add(item.name)

    def named(self, name: str) -> Iterator[Place]:
        """Mentions of something called ``name``, also where it was imported under another name."""
        for each in self._also_called(name):
            yield from self._by_last.get(each, ())

    def importing(self, name: str) -> Iterator[tuple[Module, f.Import]]:
        """The imports of something called ``name``, under whichever name."""
        for each in self._also_called(name):
            yield from self._imports.get(each, ())

    def _also_called(self, name: str) -> list[str]:
        """``name`` and the names under which it is imported, and imported again from there."""
        known = {name: None}
        work = [name]
        while work:
            for alias in sorted(self._aliases.get(work.pop(), ())):
                if alias not in known:
                    known[alias] = None
                    work.append(alias)
        return list(known)

    def read(self, place: Place) -> tuple[Reading, ...]:
        """What a mention may stand for; nothing for a local variable or an unknown name."""
        root, *rest = place.text.split(".")
        return tuple(
            self._follow(target, tuple(rest))
            for target in self._roots(place.module, place.scope, root)
        )

    def _roots(self, module: Module, number: int, root: str) -> tuple[Target, ...]:
        scopes = module.facts.scopes
        innermost = number
        if root in ("self", "cls"):
            return self._receiver(module, number)
        while number:
            scope = scopes[number]
            if root in scope.binds and (scope.kind != "class" or number == innermost):
                return self._local(module, number, root)
            number = scope.parent
        return self.program.names.lookup(module.name, root)

    def _receiver(self, module: Module, number: int) -> tuple[Target, ...]:
        """The class whose method ``self`` or ``cls`` stands in."""
        scopes = module.facts.scopes
        while number and scopes[number].kind != "class":
            number = scopes[number].parent
        return (Target("class", module.name, scopes[number].qualname, number),) if number else ()

    def _local(self, module: Module, number: int, name: str) -> tuple[Target, ...]:
        """What a scope binds by an import, a definition or a parameter's annotation."""
        for item in module.facts.imports:
            if item.scope == number and item.name == name:
                return self.program.names.imported(module, item)
        for child in module.children.get(number, ()):
            scope = module.facts.scopes[child]
            if scope.name == name and scope.kind in ("function", "class"):
                return (Target(scope.kind, module.name, scope.qualname, child),)
        for param in module.facts.scopes[number].params:
            if param.name == name and isinstance(param.annotation, (f.Name, f.Attr)):
                found = self.program.hierarchy.resolve(module, param.annotation)
                return tuple(target for target in found if target.kind == "class")
        return ()

    def _follow(self, target: Target, rest: tuple[str, ...]) -> Reading:
        """Follow attributes of modules, classes and of variables that hold an instance."""
        while rest:
            members = self._members(target, rest[0])
            if not members:
                break
            target, rest = members[0], rest[1:]
        return Reading(target, rest)

    def _members(self, target: Target, attr: str) -> tuple[Target, ...]:
        if target.kind == "class":
            return self._method(ClassId(target.module, target.scope), attr)
        if target.kind == "variable" and not target.scope:
            for value in self.program.variable(target.module, target.name):
                owner = self.program.class_of(getattr(value, "type", ""))
                if owner is not None:
                    return self._method(owner, attr)
            return ()
        return self.program.names.member(target, attr)

    def _method(self, owner: ClassId, attr: str) -> tuple[Target, ...]:
        found = self.program.hierarchy.method(owner, attr)
        if found is not None:
            defining, number = found
            scope = self.program.modules[defining.module].facts.scopes[number]
            return (Target("function", defining.module, scope.qualname, number),)
        if self.attributes:
            for each in self.program.hierarchy.ancestors(owner):
                target = self.attribute(each, attr)
                if target in self.attributes:
                    return (target,)
        return ()

    def attribute(self, owner: ClassId, attr: str) -> Target:
        """An attribute of a class and its instances."""
        qualname = self.program.modules[owner.module].facts.scopes[owner.scope].qualname
        return Target("variable", owner.module, f"{qualname}.{attr}", owner.scope)

    def of(self, target: Target) -> Iterator[tuple[Place, tuple[str, ...]]]:
        """The mentions of a definition, each with the attributes that it goes on to."""
        seen: set[Place] = set()
        for place in (*self.named(target.name.rpartition(".")[2]), *self._beyond(target)):
            if place in seen:
                continue
            seen.add(place)
            for reading in self.read(place):
                if reading.target == target:
                    yield place, reading.rest
                    break

    def _beyond(self, target: Target) -> Iterator[Place]:
        """Mentions that go on to attributes of a variable (``db.session.add``)."""
        if target.kind != "variable":
            return
        roots: dict[str, set[str]] = {target.module: {target.name}}
        for module, item in self.importing(target.name):
            roots.setdefault(module.name, set()).add(item.name)
        for module, item in self.importing(target.module.rpartition(".")[2]):
            root = target.module if item.binds_root else item.name
            roots.setdefault(module.name, set()).add(f"{root}.{target.name}")
        for name, prefixes in roots.items():
            module = self.program.modules[name]
            starts = tuple(f"{prefix}." for prefix in prefixes)
            for number, scope in enumerate(module.facts.scopes):
                for text in scope.called:
                    if text.startswith(starts):
                        yield Place(module, number, text)

    def loosely(self, target: Target) -> Iterator[Place]:
        """Mentions of a method on an unknown receiver, where no other method has its name."""
        name = target.name.rpartition(".")[2]
        if "." in target.name and self._defined[name] == 1:
            for place in self._by_last.get(name, ()):
                if "." in place.text and not self.read(place):
                    yield place

    @cached_property
    def _defined(self) -> Counter[str]:
        """How many functions and classes have each name."""
        return Counter(scope.name for module in self.modules for scope in module.facts.scopes)

    @cached_property
    def injected(self) -> dict[Target, list[ScopeId]]:
        """What frameworks inject (``Depends(get_db)``), with the functions that want it."""
        markers = {name.rpartition(".")[2] for name in self.program.catalog.injects}
        found: dict[Target, list[ScopeId]] = {}
        for marker in sorted(markers):
            for module in dict.fromkeys(module for module, _ in self.importing(marker)):
                for target, scope in self._injected_in(module, markers):
                    found.setdefault(target, []).append(scope)
        return found

    def _injected_in(self, module: Module, markers: set[str]) -> Iterator[tuple[Target, ScopeId]]:
        for number, scope in enumerate(module.facts.scopes):
            for param in scope.params:
                for node in (param.default, param.annotation):
                    if node is not None:
                        for target in self._injected_by(module, scope.parent, node, markers):
                            yield target, (module.name, number)
        for name, values in module.assignments.items():
            for value in values:
                for target in self._injected_by(module, 0, value, markers):
                    alias = Target("variable", module.name, name)
                    yield from ((target, scope) for scope in self._annotated_with(alias))

    def _injected_by(
        self, module: Module, scope: int, node: f.Expr, markers: set[str]
    ) -> Iterator[Target]:
        for call in descend(node):
            if isinstance(call, f.Call) and call.args and generic_name(call.func) in markers:
                for reading in self.read(Place(module, scope, dotted(call.args[0]))):
                    if not reading.rest:
                        yield reading.target

    def _annotated_with(self, alias: Target) -> Iterator[ScopeId]:
        """The functions with a parameter that is annotated with an alias."""
        names = {alias.module: alias.name}
        for module, item in self.importing(alias.name):
            if alias in self.program.names.imported(module, item):
                names[module.name] = item.name
        for module_name, name in names.items():
            for number, scope in enumerate(self.program.modules[module_name].facts.scopes):
                if any(generic_name(param.annotation) == name for param in scope.params):
                    yield (module_name, number)
