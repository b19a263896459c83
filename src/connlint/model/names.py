"""Module tables in, resolved names out: what a dotted name stands for, across the whole project.

Follows imports of every kind (aliased, relative, star with ``__all__``, conditional, in
``try/except ImportError`` and under ``TYPE_CHECKING``) and re-exports to the definition. A name
that leaves the project ends as an external dotted name in its canonical spelling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model.bodies import Bodies, Keeper

MAX_ALTERNATIVES = 6

ScopeId = tuple[str, int]
"""A function, class or module body: the name of its module and its number there."""


class Target(NamedTuple):
    """What a name stands for.

    ``kind`` is ``module``, ``function``, ``class``, ``variable`` (bound at module level) or
    ``external``. ``module`` is the defining module (for ``external`` the whole dotted name),
    ``name`` the qualified name inside it, ``scope`` the number of its scope.
    """

    kind: str
    module: str
    name: str = ""
    scope: int = 0

    @property
    def dotted(self) -> str:
        return f"{self.module}.{self.name}" if self.name else self.module


class Module:
    """One analysed file: its module name, path and facts, with bodies decoded on demand.

    ``name`` is unique in the project; ``dotted`` is what the file calls itself, which several files
    may do.
    """

    __slots__ = (
        "__dict__", "_bodies", "dotted", "facts",
        "inner_roots", "is_package", "local_names", "name", "path",
    )  # fmt: skip

    def __init__(
        self, name: str, path: str, facts: f.FileFacts, dotted: str, keeper: Keeper
    ) -> None:
        self.name = name
        self.dotted = dotted
        self.path = path
        self.facts = facts
        self.is_package = path.endswith("__init__.py")
        self.inner_roots: tuple[str, ...] = ()
        """The folders around the file that are import roots for what is below them alone."""
        self.local_names: Mapping[str, str] = {}
        """The modules that this file imports by names which mean something else in others."""
        self._bodies = Bodies(facts.bodies, keeper)

    def body(self, scope: int) -> f.Body:
        """The statements of a scope."""
        return self._bodies[scope]

    def forget(self, scope: int) -> None:
        """Drop a decoded body; it is decoded again when it is asked for."""
        self._bodies.forget(scope)

    def symbol(self, scope: int) -> str:
        """The dotted path of a scope: the module's name and the qualified name."""
        qualname = self.facts.scopes[scope].qualname
        return f"{self.dotted}.{qualname}" if qualname else self.dotted

    @cached_property
    def children(self) -> dict[int, list[int]]:
        """Scope number to the numbers of the scopes defined directly inside it."""
        table: dict[int, list[int]] = {}
        for number, scope in enumerate(self.facts.scopes):
            if number:
                table.setdefault(scope.parent, []).append(number)
        return table

    @cached_property
    def package(self) -> str:
        """The package that relative imports start from."""
        return self.dotted if self.is_package else self.dotted.rpartition(".")[0]

    @cached_property
    def star_imports(self) -> tuple[f.Import, ...]:
        return tuple(i for i in self.facts.imports if i.attr == "*")

    @cached_property
    def assignments(self) -> dict[str, list[f.Expr]]:
        """Names bound at module level by plain assignments, with the values in order."""
        return collect_assignments(self.body(0))

    def imported_from(self, item: f.Import) -> str:
        """The absolute name of the module that an import statement names."""
        if not item.level:
            return self.local_names.get(item.module, item.module)
        parts = self.package.split(".") if self.package else []
        drop = item.level - 1
        base = parts[: len(parts) - drop] if drop else parts
        return ".".join([*base, item.module] if item.module else base)

    def exported(self) -> Iterator[str]:
        """The names that a star import of this module binds."""
        if self.facts.exports is not None:
            yield from self.facts.exports
        else:
            yield from (name for name in self.facts.definitions if not name.startswith("_"))


def blocks(statement: f.Stmt) -> tuple[f.Body, ...]:
    """The blocks directly inside a statement."""
    if isinstance(statement, f.If):
        return (*(branch.body for branch in statement.branches), statement.orelse)
    if isinstance(statement, (f.For, f.While)):
        return (statement.body, statement.orelse)
    if isinstance(statement, f.Try):
        handlers = tuple(handler.body for handler in statement.handlers)
        return (statement.body, *handlers, statement.orelse, statement.final)
    if isinstance(statement, f.With):
        return (statement.body,)
    if isinstance(statement, f.Match):
        return tuple(case.body for case in statement.cases)
    return ()


def walk(body: f.Body) -> Iterator[f.Stmt]:
    """Every statement of a body and of the blocks inside it, in source order."""
    stack = list(reversed(body))
    while stack:
        statement = stack.pop()
        yield statement
        for block in reversed(blocks(statement)):
            stack.extend(reversed(block))


def collect_assignments(body: f.Body) -> dict[str, list[f.Expr]]:
    """Name to assigned values, for the plain and annotated assignments anywhere in ``body``."""
    table: dict[str, list[f.Expr]] = {}
    for statement in walk(body):
        for target, value in _stored(statement):
            if isinstance(target, f.Name):
                table.setdefault(target.id, []).append(value)
    return table


def _stored(statement: f.Stmt) -> Iterator[tuple[f.Expr, f.Expr]]:
    """The targets of an assignment with their values; tuples on both sides are taken apart."""
    if isinstance(statement, f.Annotated) and statement.value is not None:
        yield statement.target, statement.value
    elif isinstance(statement, f.Assign):
        for target in statement.targets:
            if isinstance(target, f.Seq) and isinstance(statement.value, f.Seq):
                yield from zip(target.items, statement.value.items, strict=False)
            else:
                yield target, statement.value


class Names:
    """Resolves names over all modules. ``canonical`` spells external names canonically.

    ``modules`` are all that can be imported, by every name that they can be imported by.
    """

    def __init__(self, modules: Mapping[str, Module], canonical: Callable[[str], str]) -> None:
        self.modules = modules
        self._canonical = canonical
        self._globals: dict[tuple[str, str], tuple[Target, ...]] = {}
        self._also: dict[str, list[str]] = {}
        for name, module in modules.items():
            if name != module.name:
                self._also.setdefault(module.name, []).append(name)
        self._packages = {
            ".".join(name.split(".")[:end])
            for name in modules
            for end in range(1, name.count(".") + 1)
        }

    def external(self, dotted: str) -> Target:
        return Target("external", self._canonical(dotted))

    def is_module(self, name: str) -> bool:
        return name in self.modules or name in self._packages

    def lookup(self, module: str, name: str) -> tuple[Target, ...]:
        """What ``name`` at module level of ``module`` stands for; several when it depends."""
        key = (module, name)
        known = self._globals.get(key)
        if known is None:
            self._globals[key] = ()  # an import cycle ends here
            known = self._globals[key] = tuple(dict.fromkeys(self._lookup(module, name)))
        return known

    def _lookup(self, module_name: str, name: str) -> Iterator[Target]:
        module = self.modules.get(module_name)
        if module is None:
            if self.is_module(f"{module_name}.{name}"):
                yield Target("module", f"{module_name}.{name}")
            return
        bindings = module.facts.definitions.get(name)
        if bindings is not None:
            yield from self._bindings(module, name, bindings)
            return
        if self.is_module(f"{module_name}.{name}"):
            yield Target("module", f"{module_name}.{name}")
            return
        for star in module.star_imports:
            source = self.modules.get(module.imported_from(star))
            if source is None or source is module:
                continue
            if source.facts.exports is not None and name not in source.facts.exports:
                continue
            if source.facts.exports is None and name.startswith("_"):
                continue
            found = self.lookup(source.name, name)
            if found:
                yield from found
                return

    def _bindings(
        self, module: Module, name: str, bindings: tuple[tuple[str, int], ...]
    ) -> Iterator[Target]:
        imports = module.facts.imports
        runtime = [b for b in bindings if not (b[0] == "i" and imports[b[1]].type_checking)]
        firm = [b for b in runtime if not (b[0] == "i" and imports[b[1]].fallback)]
        chosen = (firm or runtime or list(bindings))[-MAX_ALTERNATIVES:]
        if not bindings:
            yield Target("variable", module.name, name)
        found = [target for binding in chosen for target in self._bound(module, name, binding)]
        if len(firm) < len(runtime) and all(target.kind == "external" for target in found):
            fallbacks = [binding for binding in runtime if binding not in firm]
            found.extend(t for binding in fallbacks for t in self._bound(module, name, binding))
        yield from found

    def _bound(self, module: Module, name: str, binding: tuple[str, int]) -> tuple[Target, ...]:
        kind, number = binding
        if kind == "s":
            scope = module.facts.scopes[number]
            what = "class" if scope.kind == "class" else "function"
            return (Target(what, module.name, scope.qualname, number),)
        if kind == "i":
            return self.imported(module, module.facts.imports[number])
        return (Target("variable", module.name, name),)

    def imported(self, module: Module, item: f.Import) -> tuple[Target, ...]:
        """What an import binds."""
        source = module.imported_from(item)
        if item.attr is None:
            name = self._first(module, item) if item.binds_root else source
            return (Target("module", name) if self.is_module(name) else self.external(name),)
        if item.attr == "*":
            return ()
        if self.is_module(source):
            found = self.lookup(source, item.attr)
            if found:
                return found
            submodule = f"{source}.{item.attr}"
            if self.is_module(submodule):
                return (Target("module", submodule),)
            if source in self.modules:
                return (Target("variable", source, item.attr),)
        return (self.external(f"{source}.{item.attr}"),)

    def _first(self, module: Module, item: f.Import) -> str:
        """The package that ``import a.b.c`` binds."""
        first = item.module.partition(".")[0]
        return module.local_names.get(first, first)

    def spellings(self, dotted: str) -> tuple[str, ...]:
        """A definition's dotted name, first as it is, then under the other names of its module."""
        module = dotted
        while module and module not in self.modules:
            module = module.rpartition(".")[0]
        owner = self.modules.get(module)
        rest = dotted[len(module) :]
        others = self._also.get(owner.name, ()) if owner is not None else ()
        return (dotted, *(f"{name}{rest}" for name in others))

    def member(self, target: Target, attr: str) -> tuple[Target, ...]:
        """``target.attr`` for modules, classes and external names; nothing for other targets."""
        if target.kind == "module":
            found = self.lookup(target.module, attr)
            if found or target.module in self.modules:
                return found
            return (self.external(f"{target.module}.{attr}"),)
        if target.kind == "external":
            return (self.external(f"{target.module}.{attr}"),)
        if target.kind == "class":
            module = self.modules[target.module]
            for number in module.children.get(target.scope, ()):
                scope = module.facts.scopes[number]
                if scope.name == attr:
                    what = "class" if scope.kind == "class" else "function"
                    return (Target(what, target.module, scope.qualname, number),)
            if attr in module.facts.scopes[target.scope].binds:
                return (Target("variable", target.module, f"{target.name}.{attr}", target.scope),)
        return ()

    def resolve_dotted(self, dotted: str) -> tuple[Target, ...]:
        """What an absolute dotted name (from a configuration, say) stands for.

        Nothing when its module is analysed and does not define it; an external target when the
        module is not part of the project.
        """
        parts = dotted.split(".")
        for end in range(len(parts), 0, -1):
            prefix = ".".join(parts[:end])
            if not self.is_module(prefix):
                continue
            targets: tuple[Target, ...] = (Target("module", prefix),)
            for attr in parts[end:]:
                targets = tuple(t for target in targets for t in self.member(target, attr))
            return targets
        return (self.external(dotted),)
