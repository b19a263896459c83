"""Modules in, who uses and defines which names out, by the last part of each name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from connlint.model.name_parts import source_name
from connlint.model.names import Module


class Use(NamedTuple):
    """A scope that calls or hands on something; ``text`` is how it is written there."""

    module: Module
    scope: int
    text: str
    is_handed: bool


class NameIndex:
    """The names of a project. Built once, to find out what is relevant, and then dropped.

    ``uses``: who calls or hands on something of that last name; ``uses_through``: who does it on
    what goes by that name. ``definitions`` and ``decorated``: the scopes of that name, and those
    with a decorator of that name. ``below``: the names of the classes that derive from one of that
    name. ``renamed``: the names under which something of that name is imported.
    """

    def __init__(self, modules: Iterable[Module]) -> None:
        self.uses: dict[str, list[Use]] = {}
        self.uses_through: dict[str, list[Use]] = {}
        self.definitions: dict[str, list[tuple[Module, int]]] = {}
        self.decorated: dict[str, list[tuple[Module, int]]] = {}
        self.below: dict[str, set[str]] = {}
        self.renamed: dict[str, set[str]] = {}
        for module in modules:
            self._add(module)

    def _add(self, module: Module) -> None:
        for item in module.facts.imports:
            if item.attr and item.name != item.attr:
                self.renamed.setdefault(item.attr, set()).add(item.name)
        for number, scope in enumerate(module.facts.scopes):
            handed = frozenset(scope.handed)
            for index, text in enumerate(scope.called):
                use = Use(module, number, text, index in handed)
                first, *between, last = text.split(".") if "." in text else ("", text)
                self.uses.setdefault(last, []).append(use)
                for part in (first, *between):
                    if part and part not in ("self", "cls", "?"):
                        self.uses_through.setdefault(part, []).append(use)
            if number and scope.name:
                self.definitions.setdefault(scope.name, []).append((module, number))
            for decorator in scope.decorators:
                self.decorated.setdefault(source_name(decorator), []).append((module, number))
            for base in scope.bases:
                self.below.setdefault(source_name(base), set()).add(scope.name)
