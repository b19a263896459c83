"""All scopes in, those worth evaluating out: an over-approximation of what can touch a database.

A scope is worth it when it mentions something that may be a session, factory, engine or driver, or
when it calls (by name, unless the name certainly means something else) a scope that is. It decides
what is computed, never what is found.
"""

from __future__ import annotations

from connlint.facts import types as f
from connlint.model.names import Module, walk
from connlint.model.program import DISTINCTIVE, Program

ScopeId = tuple[str, int]

_BUILT_IN = frozenset({
    "get", "items", "keys", "values", "pop", "replace", "format", "decode", "encode", "read",
    "copy", "strip", "split", "join", "index", "count", "find", "lower", "upper", "append",
    "extend", "insert", "sort", "setdefault", "startswith", "endswith", "isoformat",
    "total_seconds", "set", "name", "data",
})  # fmt: skip
"""Methods that strings, dictionaries and lists have: too common to follow where nothing is known of
the receiver."""
_PROPERTIES = frozenset({"property", "cached_property", "hybrid_property"})


class Relevance:
    """Which scopes of a program are worth evaluating. Built once; ask with ``in``."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._names = frozenset(program.standard.sessions.names)
        self._callers: dict[str, list[tuple[Module, int, str]]] = {}
        self._found: set[ScopeId] = set()
        self._spread_names: set[str] = set()
        self._work: list[str] = []
        self._renamed: dict[str, set[str]] = {}
        self._packages = frozenset(
            package
            for library in program.catalog.libraries
            if any(each.kind for each in library.types)
            for package in library.packages
        )
        self._collect()
        self._spread()
        self._found |= self._state_setters()

    def __contains__(self, scope: object) -> bool:
        return scope in self._found

    def __len__(self) -> int:
        return len(self._found)

    def scopes(self) -> list[ScopeId]:
        """All of them, in order."""
        return sorted(self._found)

    def _collect(self) -> None:
        standard = self._program.standard
        for module in self._program.modules.values():
            for item in module.facts.imports:
                if item.attr and item.name != item.attr:
                    self._renamed.setdefault(item.attr, set()).add(item.name)
        for dotted in (
            *standard.sessions.providers, *standard.sessions.dependencies,
            *standard.sessions.task_providers,
            *standard.states.persist_functions,
            *(name for name in standard.sessions.forbidden if not name.endswith("*")),
        ):  # fmt: skip
            self._add_name(dotted.rpartition(".")[2])
        for module in self._program.modules.values():
            libraries = self._database_names(module)
            for number, scope in enumerate(module.facts.scopes):
                for text in scope.called:
                    self._callers.setdefault(text.rpartition(".")[2], []).append(
                        (module, number, text)
                    )
                if self._is_seed(module, scope, libraries):
                    self._add(module, number)

    def _state_setters(self) -> set[ScopeId]:
        """Functions that store a state: callers need to know, but they touch no database."""
        states = self._program.standard.states
        if not states.persist and not states.transient:
            return set()
        found = set()
        for module in self._program.modules.values():
            for number, scope in enumerate(module.facts.scopes):
                if scope.kind != "function":
                    continue
                body = module.facts.bodies[number]
                if not any(name.encode() in body for name in (*states.fields, "setattr")):
                    continue
                if any(_stores(each, states.fields) for each in walk(module.body(number))):
                    found.add((module.name, number))
        return found

    def _database_names(self, module: Module) -> frozenset[str]:
        """The imported names of a file that lead to a database library or to one of its types."""
        found = set()
        for item in module.facts.imports:
            if item.level:
                continue
            if item.module.partition(".")[0] in self._packages:
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
                if any(part in self._names for part in parts[:-1]):
                    return True
        if not libraries:
            return False
        return any(
            param.annotation is not None and _mentions(param.annotation, libraries)
            for param in scope.params
        )

    def _add(self, module: Module, number: int) -> None:
        key = (module.name, number)
        if key in self._found:
            return
        self._found.add(key)
        scope = module.facts.scopes[number]
        if scope.kind == "module":
            for name, values in module.assignments.items():
                if any(isinstance(value, (f.Call, f.Name, f.Attr, f.Index)) for value in values):
                    self._add_name(name)
        elif scope.kind == "class":
            self._add_name(scope.name)
        else:
            if not any(_last_name(each) in _PROPERTIES for each in scope.decorators):
                self._add_name(scope.name)
            parent = module.facts.scopes[scope.parent]
            if parent.kind == "class" and scope.name.startswith("__"):
                self._add_name(parent.name)
            elif parent.kind in ("function", "lambda"):
                self._add(module, scope.parent)

    def _add_name(self, name: str) -> None:
        if name and name not in self._spread_names:
            self._spread_names.add(name)
            self._work.append(name)
            for other in sorted(self._renamed.get(name, ())):
                self._add_name(other)

    def _spread(self) -> None:
        while self._work:
            name = self._work.pop()
            for module, number, text in self._callers.get(name, ()):
                if (module.name, number) not in self._found and not self._means_other(
                    module, number, text
                ):
                    self._add(module, number)

    def _extends_relevant(self, module: Module, scope: f.Scope) -> bool:
        """Whether a method's class derives from one whose construction is worth evaluating."""
        owner = module.facts.scopes[scope.parent]
        return any(_last_name(base) in self._spread_names for base in owner.bases)

    def _means_other(self, module: Module, number: int, text: str) -> bool:
        """Whether a called name certainly stands for something outside the project."""
        root, _, rest = text.partition(".")
        scope = module.facts.scopes[number]
        if root == "?":
            if rest == "__init__":
                return not self._extends_relevant(module, scope)
            return rest in _BUILT_IN
        if root in ("self", "cls"):
            return False
        if rest in _BUILT_IN and root in scope.binds:
            return True
        if root in scope.binds and scope.kind != "module":
            return not rest
        if root not in module.facts.definitions:
            return not rest and not module.star_imports
        targets = self._program.names.lookup(module.name, root)
        return bool(targets) and all(target.kind == "external" for target in targets)


def _last_name(node: f.Expr) -> str:
    if isinstance(node, f.Call):
        node = node.func
    return node.attr if isinstance(node, f.Attr) else node.id if isinstance(node, f.Name) else ""


def _stores(statement: f.Stmt, fields: tuple[str, ...]) -> bool:
    """Whether a statement stores into one of the fields, by assignment or by ``setattr``."""
    if isinstance(statement, f.Assign):
        return any(
            isinstance(target, f.Attr) and target.attr in fields for target in statement.targets
        )
    if isinstance(statement, f.Evaluate) and isinstance(statement.value, f.Call):
        call = statement.value
        return isinstance(call.func, f.Name) and call.func.id == "setattr"
    return False


def _mentions(annotation: f.Expr, names: frozenset[str]) -> bool:
    stack: list[f.Expr] = [annotation]
    while stack:
        node = stack.pop()
        if isinstance(node, f.Name):
            if node.id in names:
                return True
        elif isinstance(node, f.Attr):
            stack.append(node.value)
        elif isinstance(node, f.Index):
            stack.extend((node.value, node.index))
        elif isinstance(node, f.BinOp):
            stack.extend((node.left, node.right))
        elif isinstance(node, f.Seq):
            stack.extend(node.items)
        elif isinstance(node, f.Const) and isinstance(node.value, str):
            text = node.value
            if any(name in text for name in names):
                return True
    return False
