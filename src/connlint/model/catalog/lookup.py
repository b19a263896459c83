"""The catalogue as the analysis asks it. In: the library files. Out: :data:`CATALOG`.

What a library class inherits is found under its own name as well: methods, attributes, contexts,
registrars, slow calls. Tables are built when they are first needed, answers are remembered.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

from connlint.model.catalog import libraries
from connlint.model.catalog.types import (
    Base,
    Context,
    Function,
    Library,
    Method,
    ReceiveCall,
    Registrar,
    Type,
)

_Entry = TypeVar("_Entry")


def find_libraries() -> tuple[Library, ...]:
    """The ``LIBRARY`` of every file in ``libraries/``, in the order of the files' names."""
    names = sorted(info.name for info in pkgutil.iter_modules(libraries.__path__))
    modules = (importlib.import_module(f"{libraries.__name__}.{name}") for name in names)
    return tuple(module.LIBRARY for module in modules)


class Catalog:
    """What libraries mean, looked up by canonical dotted name.

    All methods but :meth:`canonical` expect canonical names. An unknown name raises nothing: the
    answer is ``None``, an empty string or an empty tuple.
    """

    def __init__(self, known: Iterable[Library] | None = None) -> None:
        """A catalogue of the ``known`` libraries; by default of every library file."""
        if known is not None:
            self.libraries = tuple(known)
        self._canonical: dict[str, str] = {}
        self._lines: dict[str, tuple[Type, ...]] = {}
        self._methods: dict[tuple[str, str], Method | None] = {}

    @cached_property
    def libraries(self) -> tuple[Library, ...]:
        """Everything that is known, one entry a library file."""
        return find_libraries()

    # --- names ------------------------------------------------------------------------------

    @cached_property
    def packages(self) -> frozenset[str]:
        """The top-level packages that the library files speak for."""
        return frozenset(name for library in self.libraries for name in library.packages)

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Every other public spelling of a name, to its canonical one."""
        return {name: to for each in self.libraries for name, to in each.aliases.items()}

    def canonical(self, dotted: str) -> str:
        """The canonical spelling of ``dotted``, also of a member of something spelled otherwise.

        ``sqlalchemy.orm.session.Session.begin`` gives ``sqlalchemy.orm.Session.begin``. Names that
        the catalogue does not know come back as they are.
        """
        known = self._canonical.get(dotted)
        if known is None:
            known = self._canonical[dotted] = self._respelled(dotted)
        return known

    def _respelled(self, dotted: str) -> str:
        if dotted.partition(".")[0] not in self.packages:
            return dotted
        owner, rest = dotted, ""
        while owner:
            canonical = self.aliases.get(owner)
            if canonical is not None:
                return canonical + rest
            owner, _, last = owner.rpartition(".")
            rest = f".{last}{rest}"
        return dotted

    # --- types and functions ----------------------------------------------------------------

    @cached_property
    def types(self) -> Mapping[str, Type]:
        """Every class that is known, by name."""
        return {each.name: each for library in self.libraries for each in library.types}

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        """Every function and constructor that is known, by name."""
        return {each.name: each for library in self.libraries for each in library.functions}

    @cached_property
    def values(self) -> Mapping[str, str]:
        """Objects kept in library modules, with the name of their type."""
        return {name: to for each in self.libraries for name, to in each.values.items()}

    def type(self, name: str) -> Type | None:
        """The class of this name."""
        return self.types.get(name)

    def value(self, name: str) -> str:
        """The type of an object that a library keeps in a module (``flask.current_app``)."""
        return self.values.get(name, "")

    def line(self, type_name: str) -> tuple[Type, ...]:
        """The class and all its known bases, nearest first."""
        line = self._lines.get(type_name)
        if line is None:
            found: dict[str, Type] = {}
            self._collect(type_name, found)
            line = self._lines[type_name] = tuple(found.values())
        return line

    def _collect(self, type_name: str, found: dict[str, Type]) -> None:
        known = self.types.get(type_name)
        if known is not None and type_name not in found:
            found[type_name] = known
            for base in known.bases:
                self._collect(base, found)

    def is_a(self, type_name: str, base: str) -> bool:
        """Whether a class is ``base`` or inherits from it."""
        return any(each.name == base for each in self.line(type_name))

    def autobegins(self, type_name: str) -> bool:
        """Whether beginning a transaction fails behind a statement that has begun one."""
        return any(each.autobegins for each in self.line(type_name))

    def method(self, type_name: str, method: str) -> Method | None:
        """What a method does, inherited ones included, with ``self`` resolved to ``type_name``.

        :meth:`returns_self` says whether the very same object comes back.
        """
        key = (type_name, method)
        if key not in self._methods:
            found = self._raw_method(type_name, method)
            if found is not None and found.returns == "self":
                found = replace(found, returns=type_name)
            self._methods[key] = found
        return self._methods[key]

    def returns_self(self, type_name: str, method: str) -> bool:
        """Whether a method gives back its receiver or a further version of it."""
        found = self._raw_method(type_name, method)
        return found is not None and found.returns == "self"

    def _raw_method(self, type_name: str, method: str) -> Method | None:
        for each in self.line(type_name):
            if method in each.methods:
                return each.methods[method]
        return None

    def attribute(self, type_name: str, attribute: str) -> str:
        """The type of an attribute, inherited ones included."""
        for each in self.line(type_name):
            if attribute in each.attributes:
                return each.attributes[attribute]
        return ""

    def context(self, type_name: str, is_async: bool) -> Context | None:
        """What ``with`` (or ``async with``) on an instance does.

        ``binds`` stays ``self`` where ``as`` binds the very same object.
        """
        for each in self.line(type_name):
            for context in each.contexts:
                if context.is_async == is_async:
                    return context
        return None

    def called(self, type_name: str) -> Method | None:
        """What calling an instance does."""
        return next((each.call for each in self.line(type_name) if each.call is not None), None)

    def function(self, name: str) -> Function | None:
        """What a function, constructor, class method or method of a module's object does."""
        known = self.functions.get(name)
        if known is None:
            owner, _, method = name.rpartition(".")
            found = self.method(self.values.get(owner, owner), method)
            if found is not None:
                known = Function(
                    name,
                    found.returns,
                    found.effects,
                    found.is_async,
                    found.is_startable,
                    found.subject,
                    found.passes,
                    autocommit_when=found.autocommit_when,
                )
        return known

    # --- entry points -----------------------------------------------------------------------

    @cached_property
    def _registrars(self) -> Mapping[str, tuple[Registrar, ...]]:
        table: dict[str, tuple[Registrar, ...]] = {}
        for library in self.libraries:
            for registrar in library.registrars:
                table[registrar.target] = (*table.get(registrar.target, ()), registrar)
        return table

    @cached_property
    def _receives(self) -> Mapping[str, ReceiveCall]:
        return {each.target: each for library in self.libraries for each in library.receives}

    @cached_property
    def _bases(self) -> Mapping[str, Base]:
        return {each.name: each for library in self.libraries for each in library.bases}

    def registrars_for(self, target: str) -> tuple[Registrar, ...]:
        """How calling or decorating with ``target`` registers handlers.

        ``target`` is a function, a class or ``TypeName.method``; a method that a base class
        registers with is found too.
        """
        return self._nearest(self._registrars, target) or ()

    def receive(self, target: str) -> ReceiveCall | None:
        """How ``TypeName.method``, or looping over a ``TypeName``, waits for the next event."""
        return self._nearest(self._receives, target)

    def bases_for(self, name: str) -> tuple[Base, ...]:
        """Which overridden methods of a subclass of ``name`` are entry points, nearest first."""
        if name in self.types:
            return tuple(
                self._bases[each.name] for each in self.line(name) if each.name in self._bases
            )
        return (self._bases[name],) if name in self._bases else ()

    def _nearest(self, table: Mapping[str, _Entry], target: str) -> _Entry | None:
        """The entry of ``target``, or of the nearest base class that has one."""
        found = table.get(target)
        if found is not None:
            return found
        owner, _, method = target.rpartition(".")
        for base in self.line(self.values.get(owner, owner)):
            found = table.get(f"{base.name}.{method}")
            if found is not None:
                return found
        return next((table[base.name] for base in self.line(target) if base.name in table), None)

    # --- calls that matter by what they do to time ------------------------------------------

    @cached_property
    def rows(self) -> frozenset[str]:
        """Objects in library modules that stand for a row of the application."""
        return frozenset(name for library in self.libraries for name in library.rows)

    @cached_property
    def slow(self) -> frozenset[str]:
        """Functions and ``TypeName.method`` that do slow work outside the database."""
        return self._spread(each.slow for each in self.libraries)

    @cached_property
    def spawns(self) -> frozenset[str]:
        """Functions and methods that run their callable argument concurrently or later."""
        return self._spread(each.spawns for each in self.libraries)

    @cached_property
    def gathers(self) -> frozenset[str]:
        """Functions that run their awaitable arguments concurrently, within the caller."""
        return self._spread(each.gathers for each in self.libraries)

    @cached_property
    def offloads(self) -> frozenset[str]:
        """Functions and methods that run their callable argument in another thread."""
        return self._spread(each.offloads for each in self.libraries)

    @cached_property
    def injects(self) -> frozenset[str]:
        """Functions that mark a parameter whose value comes from calling their argument."""
        return self._spread(each.injects for each in self.libraries)

    @cached_property
    def errors(self) -> frozenset[str]:
        """Exceptions of the database, after which a transaction has to be rolled back."""
        return frozenset(name for each in self.libraries for name in each.errors)

    @cached_property
    def base_errors(self) -> frozenset[str]:
        """Exceptions of the database from which others derive."""
        return frozenset(name for each in self.libraries for name in each.base_errors)

    @cached_property
    def logs(self) -> frozenset[str]:
        """Functions and ``TypeName.method`` that write to a log."""
        return self._spread(each.logs for each in self.libraries)

    @cached_property
    def _derived(self) -> Mapping[str, tuple[str, ...]]:
        """The known classes below each class."""
        below: dict[str, tuple[str, ...]] = {}
        for name, known in self.types.items():
            if known.bases:
                for base in self.line(name)[1:]:
                    below[base.name] = (*below.get(base.name, ()), name)
        return below

    def _spread(self, groups: Iterable[tuple[str, ...]]) -> frozenset[str]:
        """The targets, with those of a class repeated for each class below it."""
        targets: set[str] = set()
        for target in (target for group in groups for target in group):
            owner, _, method = target.rpartition(".")
            targets.add(target)
            targets.update(self._derived.get(target, ()))
            targets.update(f"{name}.{method}" for name in self._derived.get(owner, ()))
        return frozenset(targets)


CATALOG = Catalog()
