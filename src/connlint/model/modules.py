"""The facts of all files in, the modules of a project out, to be linked under any standard."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from connlint.config.standard import Standard
from connlint.facts import types as f
from connlint.model.bodies import Keeper
from connlint.model.engine import Engine
from connlint.model.inner_roots import apply_inner_roots
from connlint.model.names import Module
from connlint.model.program import Program

_RECURSION = 12_000


class Modules(NamedTuple):
    """The readable files of a project as modules. ``inner`` are the import roots of some alone."""

    modules: tuple[Module, ...]
    also_named: Mapping[str, str]
    inner: Sequence[str] = ()

    @classmethod
    def of(
        cls,
        files: Iterable[tuple[str, str, f.FileFacts]],
        paths: Mapping[str, str] | None = None,
        inner: Sequence[str] = (),
    ) -> Modules:
        """Files and paths are those of :meth:`Project.link`, ``inner`` those of the layout."""
        paths = paths or {}
        modules: dict[str, Module] = {}
        keeper = Keeper()
        for path, name, facts in files:
            if facts.problem is None:
                is_hidden = name in modules or paths.get(name, path) != path
                unique = f"{name}@{len(modules)}" if is_hidden else name
                modules[unique] = Module(unique, path, facts, name, keeper)
        names = {module.path: name for name, module in modules.items()}
        also_named = {name: names[path] for name, path in paths.items() if path in names}
        apply_inner_roots(modules.values(), inner)
        return cls(tuple(modules.values()), also_named, inner)

    def engine(self, standard: Standard) -> Engine:
        """What runs single functions, without linking the whole."""
        sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION))
        return Engine(Program(self.modules, standard, also_named=self.also_named))

    def with_facts(self, facts: Mapping[str, f.FileFacts]) -> Modules:
        """The same modules, those of the files at these paths with other facts."""
        keeper = Keeper()
        modules = tuple(
            Module(each.name, each.path, facts[each.path], each.dotted, keeper)
            if each.path in facts
            else each
            for each in self.modules
        )
        apply_inner_roots(modules, self.inner)
        return self._replace(modules=modules)
