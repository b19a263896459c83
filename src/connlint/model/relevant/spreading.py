"""Names in, the scopes that may touch a database out.

It starts from those that mention a session, factory, engine or driver. From there it spreads, by
name, to whoever calls one, and to wherever callables are handed on.
"""

from __future__ import annotations

from connlint.facts import types as f
from connlint.model.name_parts import source_name
from connlint.model.names import Module, ScopeId
from connlint.model.program import DISTINCTIVE, Program
from connlint.model.relevant.flows import Flow, Flows, flows_of, lambda_name, result_of
from connlint.model.relevant.name_index import NameIndex, Use
from connlint.model.relevant.namesakes import BUILT_IN, Namesakes, annotation_words

_MADE = frozenset({"session-factory", "engine", "pool", "extension", "session", "connection"})
_QUERY = "query"
"""The attribute by which models of several libraries start a query: ``User.query.all()``."""
_PROPERTIES = ("property", "reify", "setter", "getter", "deleter", "expression", "declared_attr")


class Spreading:
    """What is relevant, once it has spread. ``found`` are the scopes."""

    def __init__(self, program: Program, index: NameIndex) -> None:
        self.found: set[ScopeId] = set()
        self._program = program
        self._index = index
        self._names = frozenset(program.standard.sessions.names)
        self._spread_names: set[str] = set()
        self.namesakes = Namesakes(program, self._spread_names)
        self._callables: set[str] = set()
        self._factories: set[str] = set()
        self._work: list[str] = []
        self._flows: dict[ScopeId, Flows] = {}
        self._followed: set[tuple[str, int, str, bool]] = set()
        self._bound: set[tuple[str, int, str, bool]] = set()
        self._makers = _makers(program)
        self._openers = _openers(program)
        self._packages = frozenset(
            package
            for library in program.catalog.libraries
            if any(each.kind for each in library.types)
            for package in library.packages
        )
        self._seed()
        self._spread()

    # where to start

    def _seed(self) -> None:
        standard = self._program.standard
        for dotted in (
            *standard.sessions.providers, *standard.sessions.dependencies,
            *standard.sessions.task_providers,
            *standard.states.persist_functions,
            *(name for name in standard.sessions.forbidden if not name.endswith("*")),
        ):  # fmt: skip
            self._hold(dotted.rpartition(".")[2], is_factory=True)
        for module in self._program.modules.values():
            libraries = self._database_names(module)
            for number, scope in enumerate(module.facts.scopes):
                if self._is_seed(module, scope, libraries):
                    self._add(module, number)
                    for text in scope.called if libraries else ():
                        root, _, rest = text.partition(".")
                        last = rest.rpartition(".")[2] or root
                        if root in libraries and last in self._makers:
                            self._follow(module, number, result_of(last), is_factory=True)

    def _database_names(self, module: Module) -> frozenset[str]:
        """The imported names of a file that lead to a database library or to one of its types."""
        found = set()
        for item in module.facts.imports:
            if not item.level and item.module.partition(".")[0] in self._packages:
                found.add(item.name)
        return frozenset(found)

    def _is_seed(self, module: Module, scope: f.Scope, libraries: frozenset[str]) -> bool:
        for text in scope.called:
            root, _, rest = text.partition(".")
            if root in libraries:
                return True
            if rest:
                parts = text.split(".")
                if parts[-1] in DISTINCTIVE and (len(parts) > 2 or root not in ("self", "cls")):
                    return True
                if any(part in self._names for part in parts[:-1]) or _QUERY in parts[1:-1]:
                    return True
        if not libraries:
            return False
        return any(
            param.annotation is not None
            and not libraries.isdisjoint(annotation_words(param.annotation))
            for param in scope.params
        )

    # how it spreads

    def _add(self, module: Module, number: int) -> None:
        key = (module.name, number)
        if key in self.found:
            return
        self.found.add(key)
        scope = module.facts.scopes[number]
        if scope.kind == "module":
            for name, values in module.assignments.items():
                if any(isinstance(value, (f.Call, f.Name, f.Attr, f.Index)) for value in values):
                    self._add_name(name)
        elif scope.kind == "class":
            self._add_name(scope.name)
        elif scope.kind == "lambda":
            self._follow(module, scope.parent, lambda_name(number), is_factory=False)
            self._add_parent(module, scope)
        else:
            if not _is_property(scope):
                self._hold(scope.name, is_factory=False)
            if scope.name in self._index.decorated:
                # A decorator stands for what it wraps: all of it has to be evaluated, or nothing.
                for child in module.children.get(number, ()):
                    self._add(module, child)
            self._add_parent(module, scope)

    def _add_parent(self, module: Module, scope: f.Scope) -> None:
        parent = module.facts.scopes[scope.parent]
        if parent.kind == "class":
            if scope.name.startswith("__"):
                self._hold(parent.name, is_factory=False)
            if scope.name in BUILT_IN:
                self._add_owner(scope.name, parent.name)
        elif parent.kind in ("function", "lambda"):
            self._add(module, scope.parent)

    def _add_owner(self, method: str, owner: str) -> None:
        """A class has a relevant method that is called like one of the built-in types'."""
        owners = self.namesakes.owners.setdefault(method, set())
        stack = [owner]
        while stack:
            name = stack.pop()
            if name not in owners:
                owners.add(name)
                stack.extend(sorted(self._index.below.get(name, ())))
        self._work.append(method)

    def _add_name(self, name: str) -> None:
        if name and name not in self._spread_names:
            self._spread_names.add(name)
            self._work.append(name)
            for other in sorted(self._index.renamed.get(name, ())):
                self._add_name(other)

    def _hold(self, name: str, *, is_factory: bool) -> None:
        """Something of this name is, or holds, a relevant callable, or even a session factory."""
        known = self._factories if is_factory else self._callables
        if name and name not in known:
            known.add(name)
            self._add_name(name)
            self._work.append(name)
            for other in sorted(self._index.renamed.get(name, ())):
                self._hold(other, is_factory=is_factory)

    def _spread(self) -> None:
        while self._work:
            name = self._work.pop()
            is_factory = name in self._factories and name not in self._names
            for use in self._index.uses.get(name, ()):
                self._use(use, name, is_factory=is_factory)
            for use in self._index.uses_through.get(name, ()) if is_factory else ():
                self._use_through(use)
            for module, number in self._index.decorated.get(name, ()):
                self._add(module, number)

    def _use(self, use: Use, name: str, *, is_factory: bool) -> None:
        is_handed = use.is_handed and (is_factory or name in self._callables)
        is_new = (use.module.name, use.scope) not in self.found
        if (is_new or is_handed) and not self.namesakes.means_other(
            use.module, use.scope, use.text
        ):
            if is_factory or not use.is_handed or name in self._index.definitions:
                self._add(use.module, use.scope)
            if is_handed:
                self._follow(use.module, use.scope, name, is_factory=is_factory)

    def _use_through(self, use: Use) -> None:
        """A method or attribute of a factory, an engine or a pool is used."""
        if not self.namesakes.means_other(use.module, use.scope, use.text):
            self._add(use.module, use.scope)
            last = use.text.rpartition(".")[2]
            if last in self._openers:
                self._follow(use.module, use.scope, result_of(last), is_factory=True)

    # where callables go that are handed on

    def _follow(
        self, module: Module, number: int, name: str, *, is_factory: bool, is_bound: bool = False
    ) -> None:
        """What a scope mentions under this name goes wherever the scope hands it.

        A factory is followed all the way; another callable, once it is bound to a variable or
        parameter, only to where it is kept.
        """
        key = (module.name, number, name, is_factory)
        if key in self._followed:
            return
        self._followed.add(key)
        scope = (module.name, number)
        flows = self._flows.get(scope)
        if flows is None:
            flows = self._flows[scope] = flows_of(module, number)
        for flow in flows.get(name, ()):
            if is_bound and not is_factory and flow.kind not in ("held", "local"):
                continue
            if flow.kind == "held":
                if is_factory or any(
                    not use.is_handed for use in self._index.uses.get(flow.name, ())
                ):
                    self._hold(flow.name, is_factory=is_factory)
            elif flow.kind == "local":
                self._bind(module, number, flow.name, is_factory=is_factory)
            elif flow.kind == "given":
                self._give(module, number, is_factory=is_factory)
            elif flow.kind == "default":
                self._bind(module, flow.number, flow.parameter, is_factory=is_factory)
            else:
                self._pass(flow, is_factory=is_factory)

    def _bind(self, module: Module, number: int, name: str, *, is_factory: bool) -> None:
        """A variable or parameter of a function holds something relevant."""
        key = (module.name, number, name, is_factory)
        if key in self._bound:
            return
        self._bound.add(key)
        self._follow(module, number, name, is_factory=is_factory, is_bound=True)
        stack = [number]
        while stack:
            current = stack.pop()
            scope = module.facts.scopes[current]
            handed = frozenset(scope.handed)
            for index, text in enumerate(scope.called):
                if text != name and not (is_factory and text.partition(".")[0] == name):
                    continue
                if index in handed:
                    self._follow(module, current, name, is_factory=is_factory, is_bound=True)
                if index not in handed or is_factory:
                    self._add(module, current)
            stack.extend(module.children.get(current, ()))

    def _give(self, module: Module, number: int, *, is_factory: bool) -> None:
        """A function hands something relevant to its callers."""
        scope = module.facts.scopes[number]
        if _is_property(scope):
            self._hold(scope.name, is_factory=is_factory)
            return
        for use in self._index.uses.get(scope.name, ()):
            if not self.namesakes.means_other(use.module, use.scope, use.text):
                self._follow(use.module, use.scope, result_of(scope.name), is_factory=is_factory)

    def _pass(self, flow: Flow, *, is_factory: bool) -> None:
        """Something relevant is an argument of whatever goes by the name that is called."""
        for module, number in self._index.definitions.get(flow.name, ()):
            scope = module.facts.scopes[number]
            if scope.kind == "class":
                self._pass_to_class(module, number, flow, is_factory=is_factory)
            else:
                self._pass_to_function(module, number, flow, is_factory=is_factory)

    def _pass_to_class(self, module: Module, number: int, flow: Flow, *, is_factory: bool) -> None:
        scope = module.facts.scopes[number]
        for child in module.children.get(number, ()):
            if module.facts.scopes[child].name == "__init__":
                self._pass_to_function(module, child, flow, is_factory=is_factory)
                return
        for field in _chosen(scope.binds, flow):
            self._hold(field, is_factory=is_factory)

    def _pass_to_function(
        self, module: Module, number: int, flow: Flow, *, is_factory: bool
    ) -> None:
        names = tuple(param.name for param in module.facts.scopes[number].params)
        for name in _chosen(names[names[:1] in (("self",), ("cls",)) :], flow):
            self._bind(module, number, name, is_factory=is_factory)


def _is_property(scope: f.Scope) -> bool:
    """Whether a function is looked up rather than called: a property of any make."""
    return any(source_name(each).endswith(_PROPERTIES) for each in scope.decorators)


def _chosen(names: tuple[str, ...], flow: Flow) -> tuple[str, ...]:
    """The parameters that an argument may be for."""
    if flow.parameter:
        return (flow.parameter,)
    return names[flow.number : flow.number + 1] if flow.number >= 0 else names


def _makers(program: Program) -> frozenset[str]:
    """The last names of what makes session factories, engines and sessions in libraries."""
    catalog = program.catalog
    made = {
        function.name
        for library in catalog.libraries
        for function in library.functions
        if (found := catalog.type(function.returns)) is not None and found.kind in _MADE
    }
    types = {
        kind.name for library in catalog.libraries for kind in library.types if kind.kind in _MADE
    }
    return frozenset(name.rpartition(".")[2] for name in made | types)


def _openers(program: Program) -> frozenset[str]:
    """The methods that open a session or connection."""
    return frozenset(
        name
        for library in program.catalog.libraries
        for kind in library.types
        for name, method in kind.methods.items()
        if "acquire" in method.effects
    )
