"""The program in, every mention of what a predicate asks for out: imports, and references that are
handed on (argument, return, default, attribute, container) rather than called."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import end_of, expressions_of, parts
from connlint.model.names import Module, ScopeId, Target, walk
from connlint.model.program import Program

Wanted = Callable[[v.Value], str]
"""Gives the dotted name of a value that is asked for, else an empty text."""


class Mention(NamedTuple):
    """One place. ``name`` is the dotted name of what is mentioned there; ``is_injected``: it is
    given to an injector such as ``Depends``."""

    module: Module
    scope: int
    at: int
    end: int
    name: str
    is_injected: bool = False


class Mentions:
    """Finds mentions. ``wanted`` decides by value, so aliases and re-exports are seen through."""

    def __init__(self, program: Program, relevance: Container[ScopeId], wanted: Wanted) -> None:
        self._program = program
        self._relevance = relevance
        self._wanted = wanted
        self._leading: dict[tuple[str, str], bool] = {}
        self._imported_modules: dict[str, frozenset[str]] = {}
        self._names: dict[str, dict[str, str]] = {}

    def imports(self) -> Iterator[tuple[Module, f.Import, str]]:
        """Imports of wanted names, except for annotations alone; a star import when one is used."""
        for module in self._program.examined:
            for item in module.facts.imports:
                if item.type_checking or item.attr is None:
                    continue
                if item.attr == "*":
                    name = self._through_star(module, item)
                else:
                    name = self._first(
                        self._program.target_values(self._program.names.imported(module, item))
                    )
                if name:
                    yield module, item, name

    def _through_star(self, module: Module, item: f.Import) -> str:
        source = self._program.names.modules.get(module.imported_from(item))
        if source is None:
            return ""
        used = {
            called.partition(".")[0] for scope in module.facts.scopes for called in scope.called
        }
        for exported in source.exported():
            if exported in used and exported not in module.facts.definitions:
                name = self._first(self._program.global_values(source, exported))
                if name:
                    return name
        return ""

    def _first(self, values: v.Values) -> str:
        return next((name for value in values if (name := self._wanted(value))), "")

    def handed_on(self) -> Iterator[Mention]:
        """References to wanted names that are handed on instead of called."""
        for module in self._program.examined:
            tainted = self._tainted(module)
            for number, scope in enumerate(module.facts.scopes):
                if self._may_mention(module, number, scope, tainted):
                    yield from self._in_scope(module, number)

    def _tainted(self, module: Module) -> frozenset[str]:
        """The names bound in a file, at any level, that lead to something wanted."""
        found: set[str] = set()
        for item in module.facts.imports:
            if item.attr == "*":
                source = self._program.names.modules.get(module.imported_from(item))
                if source is not None:
                    exported = source.exported()
                    values = self._program.global_values
                    found.update(n for n in exported if self._first(values(source, n)))
            elif item.name not in found:
                targets = self._program.names.imported(module, item)
                if self._first(self._program.target_values(targets)):
                    found.add(item.name)
        may_define = (module.name, 0) in self._relevance
        for name, how in module.facts.definitions.items():
            kinds = {kind for kind, _ in how}
            if name in found or not ("s" in kinds or ("a" in kinds and may_define)):
                continue
            if self._first(self._program.global_values(module, name)):
                found.add(name)
        return frozenset(found)

    def _may_mention(
        self, module: Module, number: int, scope: f.Scope, tainted: frozenset[str]
    ) -> bool:
        for called in scope.called:
            root, dot, _ = called.partition(".")
            if root in tainted or (dot and self._leads(module, called)):
                return True
        modules = self._module_names(module)
        return any(
            root in tainted or root in modules
            for param in scope.params
            for root in _roots(param.default, param.annotation)
        ) or any(
            root in tainted or root in modules
            for decorator in scope.decorators
            for root in _roots(decorator)
        )

    def _module_names(self, module: Module) -> frozenset[str]:
        """The names under which a file imports modules of the project."""
        known = self._imported_modules.get(module.name)
        if known is None:
            imported = self._program.names.imported
            known = frozenset(
                item.name
                for item in module.facts.imports
                if item.attr != "*" and any(t.kind == "module" for t in imported(module, item))
            )
            self._imported_modules[module.name] = known
        return known

    def _leads(self, module: Module, called: str) -> bool:
        """Whether ``module_name.attribute`` leads to something wanted."""
        key = (module.name, called)
        known = self._leading.get(key)
        if known is None:
            names = self._program.names
            root, *attributes = called.split(".")
            targets = names.lookup(module.name, root) or self._local_imports(module, root)
            targets = tuple(target for target in targets if target.kind == "module")
            for attribute in attributes:
                targets = tuple(t for target in targets for t in names.member(target, attribute))
            known = bool(targets) and bool(self._first(self._program.target_values(targets)))
            self._leading[key] = known
        return known

    def _local_imports(self, module: Module, name: str) -> tuple[Target, ...]:
        imported = self._program.names.imported
        items = (i for i in module.facts.imports if i.scope and i.name == name)
        return tuple(target for item in items for target in imported(module, item))

    def _in_scope(self, module: Module, number: int) -> Iterator[Mention]:
        scope = module.facts.scopes[number]
        for param in scope.params:
            for node in (param.default, param.annotation):
                if node is not None:
                    yield from self._handed(
                        module, scope.parent, node, owner=number, is_handed=node is param.default
                    )
        for decorator in scope.decorators:
            if isinstance(decorator, f.Call):
                yield from self._handed(module, scope.parent, decorator, owner=number)
        for statement in walk(module.body(number)):
            plain = isinstance(statement, f.Assign) and all(
                isinstance(t, f.Name) for t in statement.targets
            )
            plain = plain or (
                isinstance(statement, f.Annotated) and isinstance(statement.target, f.Name)
            )
            plain = plain and scope.kind != "class"
            for expression in expressions_of(statement):
                handed = not plain and not isinstance(
                    statement, (f.Evaluate, f.If, f.While, f.Assert)
                )
                stored = isinstance(statement, f.Assign) and expression in statement.targets
                yield from self._handed(
                    module, number, expression, owner=number, is_handed=handed and not stored
                )

    def _handed(
        self, module: Module, scope: int, node: f.Expr, *, owner: int, is_handed: bool = False
    ) -> Iterator[Mention]:
        """Mentions in an expression; ``is_handed``: the expression itself is handed on."""
        stack: list[tuple[f.Expr, bool]] = [(node, is_handed)]
        injected: set[int] = set()
        while stack:
            current, handed = stack.pop()
            if isinstance(current, (f.Name, f.Attr)):
                if handed:
                    name = self._first(self._program.static(module, scope, current))
                    if name:
                        is_injected = id(current) in injected
                        yield Mention(module, owner, current.at, end_of(current), name, is_injected)
                continue
            if isinstance(current, f.Call):
                partial = _is_partial(current)
                if current.args and self._injects(module, scope, current):
                    injected.add(id(current.args[0]))
                stack.append((current.func, False))
                stack.extend((argument, not partial) for argument in current.args)
                stack.extend((keyword.value, True) for keyword in current.keywords)
                continue
            stack.extend(_inside(current, handed))

    def _injects(self, module: Module, scope: int, call: f.Call) -> bool:
        """Whether a call asks a framework to inject what its first argument provides."""
        injectors = self._program.catalog.injects
        callee = self._program.static(module, scope, call.func)
        return any(isinstance(value, v.Ext) and value.name in injectors for value in callee)


def _inside(node: f.Expr, handed: bool) -> Iterator[tuple[f.Expr, bool]]:
    """The expressions in one that is no call, and whether each of them is handed on."""
    if isinstance(node, f.Cond):
        yield node.test, False
        yield node.body, handed
        yield node.orelse, handed
    elif isinstance(node, (f.BoolOp, f.Bind)):
        for part in parts(node):
            yield part, handed
    elif isinstance(node, f.Comp):
        for element in node.elements:
            yield element, True
        for generator in node.generators:
            yield generator.iter, False
            for condition in generator.ifs:
                yield condition, False
    else:
        is_kept = isinstance(node, (f.Seq, f.DictLit, f.Starred, f.Yield))
        for part in parts(node):
            yield part, is_kept


def _is_partial(node: f.Call) -> bool:
    func = node.func
    name = func.attr if isinstance(func, f.Attr) else getattr(func, "id", "")
    return name in ("partial", "getattr", "isinstance", "issubclass", "type", "cast", "hasattr")


def _roots(*nodes: f.Expr | None) -> Iterator[str]:
    """The names that expressions mention."""
    stack: list[object] = [node for node in nodes if node is not None]
    while stack:
        current = stack.pop()
        if isinstance(current, f.Name):
            yield current.id
        elif hasattr(current, "__struct_fields__"):
            stack.extend(parts(current))
            if isinstance(current, f.Call):
                stack.extend(keyword.value for keyword in current.keywords)
