"""All files in, what their names stand for out, when no particular path is followed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from connlint.config.standard import Standard
from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.annotations import Annotations
from connlint.model.catalog.lookup import Catalog
from connlint.model.classes import ClassId, Hierarchy
from connlint.model.name_parts import is_name
from connlint.model.names import Module, Names, Target, collect_assignments, walk

MAX_STATIC_DEPTH = 24


GROWING = frozenset({"append", "extend", "insert", "add", "update", "appendleft", "extendleft"})
"""The methods by which a sequence comes to hold more."""


class StaticRun(Protocol):
    """An evaluator for the expressions of one scope, whatever the path."""

    def evaluate(self, expression: f.Expr) -> v.Values:
        """What an expression may stand for."""

    def items_of(self, values: v.Values) -> v.Values:
        """What iterating over values gives."""

    def entered(self, node: f.With, item: f.WithItem) -> v.Values:
        """What entering a context manager binds."""


class Bindings:
    """Resolved names and what they hold. Call :meth:`connect` before evaluating anything."""

    annotations: Annotations

    def __init__(
        self,
        modules: Iterable[Module],
        standard: Standard,
        catalog: Catalog,
        also_named: Mapping[str, str] | None,
    ) -> None:
        self.modules = {module.name: module for module in modules}
        self.examined: tuple[Module, ...] = tuple(self.modules.values())
        """The modules whose own code is asked about; names lead into the others as well."""
        importable = dict(self.modules)
        for other, name in (also_named or {}).items():
            if name in self.modules:
                importable.setdefault(other, self.modules[name])
        self.standard = standard
        self.catalog = catalog
        self.names = Names(importable, catalog.canonical)
        self.hierarchy = Hierarchy(self.names, self._types_of)
        self._evaluator: Callable[[Module, int], StaticRun] | None = None
        self._release: Callable[[StaticRun], None] = lambda _: None
        self.provided_by: Callable[[v.Value], v.Values] = lambda _: ()
        self._global_names: dict[tuple[str, str], v.Values] = {}
        self._open = 0
        self._globals: dict[tuple[str, str], v.Values] = {}
        self._locals: dict[tuple[str, int, str], v.Values] = {}
        self._free: dict[tuple[str, int], tuple[str, ...]] = {}
        self._assigned: dict[tuple[str, int], dict[str, list[f.Expr]]] = {}
        self._depth = 0
        self.passed: dict[tuple[str, int, str], dict[v.Value, None]] = {}

    @abstractmethod
    def object_attribute(self, value: v.Obj, attr: str) -> v.Values:
        """``value.attr`` for an instance."""

    @abstractmethod
    def receiver(self, module: Module, scope: int) -> v.Value | None:
        """What the first parameter of a method holds: an instance, or the class."""

    @abstractmethod
    def class_attribute(self, owner: ClassId, attr: str, receiver: v.Value | None) -> v.Values:
        """An attribute looked up on a class, or on an instance of it."""

    def target_values(self, targets: Iterable[Target]) -> v.Values:
        """What resolved names stand for."""
        result: v.Values = ()
        for target in targets:
            if target.kind == "function":
                module = self.modules[target.module]
                parent = module.facts.scopes[target.scope].parent
                is_class = module.facts.scopes[parent].kind == "class" and parent
                found: v.Values = (v.Func(target.module, target.scope),)
                if is_class:
                    found = self.class_attribute(
                        ClassId(target.module, parent), target.name.rpartition(".")[2], None
                    )
            elif target.kind == "class":
                found = (v.Class(target.module, target.scope),)
            elif target.kind == "module":
                found = (v.Mod(target.module),)
            elif target.kind == "external":
                found = self.external(target.module)
            elif target.scope:
                found = self.class_attribute(
                    ClassId(target.module, target.scope), target.name.rpartition(".")[2], None
                )
            else:
                found = self.variable(target.module, target.name)
            result = v.join(result, found)
        return result

    def _types_of(self, target: Target, attr: str) -> tuple[Target, ...]:
        """The classes that a variable holds: one made by a function, such as a model base.

        With ``attr``, those that an attribute of it holds.
        """
        found: list[Target] = []
        values = self.target_values((target,))
        if attr:
            held = [self.object_attribute(each, attr) for each in values if isinstance(each, v.Obj)]
            values = tuple(value for each in held for value in each)
        for value in values:
            if isinstance(value, v.Obj) and value.type:
                found.append(Target("external", value.type))
            elif isinstance(value, v.Ext):
                found.append(Target("external", value.name))
            elif isinstance(value, v.Class) and attr:
                symbol = self.modules[value.module].facts.scopes[value.scope].qualname
                found.append(Target("class", value.module, symbol, value.scope))
        return tuple(found)

    def external(self, dotted: str) -> v.Values:
        """A name outside the project: what it is, or the object that a library keeps under it."""
        name = self.catalog.canonical(dotted)
        if name in self.catalog.rows:
            return (v.Obj("", f"g:{name}"),)
        held = self.catalog.value(name)
        if held:
            return (v.Obj(held, f"g:{name}", v.Origin("global", name)),)
        return (v.Ext(name),)

    def global_values(self, module: Module, name: str) -> v.Values:
        """What a name means at module level, built-in names included."""
        key = (module.name, name)
        known = self._global_names.get(key)
        if known is None:
            targets = self.names.lookup(module.name, name)
            known = self.target_values(targets) if targets else (v.Ext(f"builtins.{name}"),)
            if not self._open:
                self._global_names[key] = known
        return known

    def variable(self, module_name: str, name: str) -> v.Values:
        """The values of a variable at module level."""
        key = (module_name, name)
        known = self._globals.get(key)
        if known is not None:
            return known
        self._globals[key] = ()
        self._open += 1
        module = self.modules.get(module_name)
        dotted = f"{module_name}.{name}"
        result: v.Values = ()
        if module is not None:
            scopes = [(0, value) for value in module.assignments.get(name, ())]
            scopes.extend(self._global_stores(module, name))
            for scope, value in scopes:
                result = v.join(result, self.static(module, scope, value))
        result = tuple(self._held_globally(value, dotted) for value in result)
        if result != v.NONE or module is None:
            result = tuple(value for value in result if value != v.NONE[0])
        self._open -= 1
        self._globals[key] = result or v.unknown(f"g:{dotted}")
        return self._globals[key]

    def _global_stores(self, module: Module, name: str) -> list[tuple[int, f.Expr]]:
        """What functions that declare the name ``global`` assign to it."""
        found: list[tuple[int, f.Expr]] = []
        for number, scope in enumerate(module.facts.scopes):
            if scope.kind != "function" or name in scope.binds:
                continue
            if not self._mentions_global(module, number, name):
                continue
            found.extend((number, value) for value in self.assigned(module, number).get(name, ()))
        return found

    def _mentions_global(self, module: Module, number: int, name: str) -> bool:
        if name.encode() not in module.facts.bodies[number]:
            return False
        return any(
            isinstance(s, f.Outer) and s.is_global and name in s.names
            for s in walk(module.body(number))
        )

    def _held_globally(self, value: v.Value, dotted: str) -> v.Value:
        if isinstance(value, v.Obj) and (value.origin is None or value.origin.kind != "global"):
            if value.type:
                origin = v.Origin("global", dotted, v.commits_by_origin(value))
                return v.Obj(value.type, f"g:{dotted}", origin)
            return v.Obj("", f"g:{dotted}")
        return value

    def assigned(self, module: Module, scope: int) -> dict[str, list[f.Expr]]:
        """Everything that a scope assigns to its names."""
        key = (module.name, scope)
        known = self._assigned.get(key)
        if known is None:
            known = self._assigned[key] = collect_assignments(module.body(scope))
        return known

    def static_local(self, module: Module, scope: int, name: str) -> v.Values:
        """What a local name of a function may hold, whatever the path."""
        key = (module.name, scope, name)
        known = self._locals.get(key)
        if known is not None:
            return known
        self._locals[key] = ()
        result: v.Values = ()
        facts = module.facts.scopes[scope]
        for index, param in enumerate(facts.params):
            if param.name == name:
                receiver = self.receiver(module, scope) if index == 0 else None
                result = (
                    (receiver,)
                    if receiver is not None
                    else self.annotations.parameter(module, scope, param)
                )
        for number in module.children.get(scope, ()):
            child = module.facts.scopes[number]
            if child.name == name and child.kind != "lambda":
                value: v.Value = v.Func(module.name, number)
                if child.kind == "class":
                    value = v.Class(module.name, number)
                result = v.join(result, (value,))
        for item in module.facts.imports:
            if item.scope == scope and item.name == name:
                result = v.join(result, self.target_values(self.names.imported(module, item)))
        for expression in self.assigned(module, scope).get(name, ()):
            result = v.join(result, self.static(module, scope, expression))
        if not GROWING.isdisjoint(_methods_called(facts, name)):
            result = tuple(
                v.Items(value.items, exact=False) if isinstance(value, v.Items) else value
                for value in result
            )
        if not result:
            result = self._bound_by_block(module, scope, name)
        self._locals[key] = result or v.unknown(f"l:{module.name}:{scope}:{name}")
        return self._locals[key]

    def connect(
        self,
        evaluator: Callable[[Module, int], StaticRun],
        release: Callable[[StaticRun], None],
        provided_by: Callable[[v.Value], v.Values],
    ) -> None:
        """Hand in what the engine adds: static evaluators, and what a dependency hands out."""
        self._evaluator = evaluator
        self._release = release
        self.provided_by = provided_by

    def _bound_by_block(self, module: Module, scope: int, name: str) -> v.Values:
        """What ``with ... as name`` binds, and what ``for name in ...`` gives."""
        for statement in walk(module.body(scope)):
            if isinstance(statement, f.With):
                for item in statement.items:
                    if is_name(item.target, name):
                        return self.evaluator(module, scope).entered(statement, item)
            elif isinstance(statement, f.For) and is_name(statement.target, name):
                evaluator = self.evaluator(module, scope)
                return evaluator.items_of(evaluator.evaluate(statement.iter))
        return ()

    def static(self, module: Module, scope: int, expression: f.Expr) -> v.Values:
        """The values of an expression of a scope, whatever the path."""
        if self._depth >= MAX_STATIC_DEPTH:
            return ()
        self._depth += 1
        run = self.evaluator(module, scope)
        try:
            return run.evaluate(expression)
        finally:
            self._depth -= 1
            self._release(run)

    def free_names(self, module: Module, scope: int) -> tuple[str, ...]:
        """The names that a nested function may take from the functions around it."""
        key = (module.name, scope)
        known = self._free.get(key)
        if known is not None:
            return known
        scopes = module.facts.scopes
        around: set[str] = set()
        number = scopes[scope].parent
        while number:
            if scopes[number].kind != "class":
                around.update(scopes[number].binds)
            number = scopes[number].parent
        used: set[str] = set()
        stack = [scope]
        while stack:
            current = stack.pop()
            used.update(name.partition(".")[0] for name in scopes[current].called)
            stack.extend(module.children.get(current, ()))
        self._free[key] = tuple(sorted((used & around) - set(scopes[scope].binds)))
        return self._free[key]

    def evaluator(self, module: Module, scope: int) -> StaticRun:
        """A static evaluator for the expressions of a scope."""
        assert self._evaluator is not None
        return self._evaluator(module, scope)


def _methods_called(scope: f.Scope, name: str) -> set[str]:
    """The methods that a function calls on a name."""
    prefix = f"{name}."
    return {text[len(prefix) :] for text in scope.called if text.startswith(prefix)}
