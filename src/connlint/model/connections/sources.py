"""An expression in, the expressions that it takes its value from out: through variables,
attributes, imports, helper functions and their arguments, whatever the path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.classes import ClassId
from connlint.model.expressions import targets_of
from connlint.model.name_parts import is_name, last_name
from connlint.model.names import Module, Target, walk
from connlint.model.program import Program

MAX_DEPTH = 10
MAX_SOURCES = 8
_PROPERTIES = frozenset({"property", "cached_property", "computed_field"})


class Source(NamedTuple):
    """An expression and the scope that it is written in, with what a call there was given."""

    module: Module
    scope: int
    node: f.Expr
    given: tuple[tuple[str, Source], ...] = ()

    def at(self, node: f.Expr) -> Source:
        """Another expression of the same scope."""
        return self._replace(node=node)


class Sources:
    """Follows expressions. What can't be followed further comes out as it is."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._added: dict[tuple[str, int], frozenset[str]] = {}

    def of(self, source: Source, depth: int = 0) -> tuple[Source, ...]:
        """The alternatives that an expression may stand for, as the expressions that say so."""
        node = source.node
        if depth > MAX_DEPTH:
            return (source,)
        found: list[Source] = []
        for step in self._steps(source):
            if step == source:
                found.append(step)
            else:
                found.extend(self.of(step, depth + 1))
        if isinstance(node, (f.Name, f.Attr)) and not found:
            found.append(source)
        return tuple(found[:MAX_SOURCES])

    def _steps(self, source: Source) -> Iterator[Source]:
        node = source.node
        if isinstance(node, f.Name):
            yield from self.bound(source, node.id) or (source,)
        elif isinstance(node, f.Attr):
            yield from self._attribute(source, node) or (source,)
        elif isinstance(node, f.Cond):
            yield source.at(node.body)
            yield source.at(node.orelse)
        elif isinstance(node, f.BoolOp):
            yield from (source.at(each) for each in node.values)
        elif isinstance(node, (f.Await, f.Bind)):
            yield source.at(node.value)
        elif isinstance(node, f.Call):
            yield from self.returned(source, node) or (source,)
        else:
            yield source

    # names

    def bound(self, source: Source, name: str) -> list[Source]:
        """What is assigned to a name, wherever it is bound; nothing when that is not known."""
        module, number = source.module, source.scope
        scopes = module.facts.scopes
        while True:
            scope = scopes[number]
            if number and scope.kind in ("function", "lambda") and name in scope.binds:
                return self._local(source, number, name)
            if not number:
                break
            number = scope.parent
        if scopes[source.scope].kind == "class" and name in scopes[source.scope].binds:
            return self._assigned(module, source.scope, name)
        return [
            each
            for target in self._program.names.lookup(module.name, name)
            for each in self._defined(target)
        ]

    def _local(self, source: Source, number: int, name: str) -> list[Source]:
        module = source.module
        found: list[Source] = []
        for param in module.facts.scopes[number].params:
            if param.name == name and param.kind not in ("a", "w"):
                found.extend(self._argument(source, number, param))
        for item in module.facts.imports:
            if item.scope == number and item.name == name and item.attr is not None:
                for target in self._program.names.imported(module, item):
                    found.extend(self._defined(target))
        given = source.given if number == source.scope else ()
        found.extend(each._replace(given=given) for each in self._assigned(module, number, name))
        return found

    def _argument(self, source: Source, number: int, param: f.Param) -> Iterator[Source]:
        """What a parameter is given: by the call that led here, else by default or by others."""
        if number == source.scope:
            for name, argument in source.given:
                if name == param.name:
                    yield argument
                    return
        if param.default is not None and param.default != f.Const(None):
            yield Source(source.module, source.module.facts.scopes[number].parent, param.default)
        if not (number == source.scope and source.given):
            yield Source(source.module, number, f.Opaque(()))

    def _assigned(self, module: Module, number: int, name: str) -> list[Source]:
        values = self._program.assigned(module, number).get(name, ())
        found = [Source(module, number, value) for value in values]
        if found and self._is_added_to(module, number, name):
            found.append(Source(module, number, f.Opaque(())))
        return found

    def _is_added_to(self, module: Module, number: int, name: str) -> bool:
        key = (module.name, number)
        known = self._added.get(key)
        if known is None:
            known = self._added[key] = frozenset(
                each.target.id
                for each in walk(module.body(number))
                if isinstance(each, f.AugAssign) and isinstance(each.target, f.Name)
            )
        return name in known

    def _defined(self, target: Target) -> list[Source]:
        """What a variable of a module or class is assigned."""
        module = self._program.modules.get(target.module)
        if module is None or target.kind != "variable":
            return []
        return self._assigned(module, target.scope, target.name.rpartition(".")[2])

    # attributes

    def _attribute(self, source: Source, node: f.Attr) -> list[Source]:
        found: list[Source] = []
        for value in self._program.static(source.module, source.scope, node.value):
            if isinstance(value, v.Mod):
                for target in self._program.names.member(Target("module", value.name), node.attr):
                    found.extend(self._defined(target))
            elif isinstance(value, v.Class):
                found.extend(self._member(ClassId(value.module, value.scope), node.attr))
            elif isinstance(value, v.Obj):
                owner = self._program.class_of(value.type) if value.type else None
                if owner is not None:
                    found.extend(self._member(owner, node.attr))
        return found

    def _member(self, owner: ClassId, attr: str) -> list[Source]:
        """What instances of a class have under a name: class values, properties, stores."""
        found: list[Source] = []
        for each in self._program.hierarchy.ancestors(owner):
            module = self._program.modules[each.module]
            found.extend(self._assigned(module, each.scope, attr))
            method = self._program.hierarchy.own_member(each, attr)
            if method is not None and _is_property(module.facts.scopes[method]):
                found.extend(_returns(module, method, ()))
            for number in module.children.get(each.scope, ()):
                if module.facts.scopes[number].kind == "function" and (
                    attr.encode() in module.facts.bodies[number]
                ):
                    found.extend(_stored(module, number, attr))
            if found:
                break
        return found

    # calls

    def returned(self, source: Source, node: f.Call) -> list[Source]:
        """What a call of a function of the project returns; nothing for any other call."""
        found: list[Source] = []
        for value in self._program.static(source.module, source.scope, node.func):
            if not isinstance(value, v.Func):
                continue
            module = self._program.modules[value.module]
            scope = module.facts.scopes[value.scope]
            if scope.is_generator or (value.module, value.scope) == (
                source.module.name,
                source.scope,
            ):
                continue
            skipped = 1 if value.receiver is not None else 0
            found.extend(_returns(module, value.scope, _given(source, node, scope, skipped)))
        return found


def _given(
    source: Source, node: f.Call, scope: f.Scope, skipped: int
) -> tuple[tuple[str, Source], ...]:
    """What a call gives to parameters; those it leaves out have their defaults."""
    plain = [param for param in scope.params if param.kind in ("p", "o")][skipped:]
    found = {
        param.name: source.at(argument)
        for param, argument in zip(plain, node.args, strict=False)
        if not isinstance(argument, f.Starred)
    }
    found |= {each.name: source.at(each.value) for each in node.keywords if each.name}
    is_open = any(each.name is None for each in node.keywords) or any(
        isinstance(argument, f.Starred) for argument in node.args
    )
    if is_open:
        for param in scope.params:
            found.setdefault(param.name, source.at(f.Opaque(())))
    # A mark that this scope was entered by a call: parameters that are not given keep defaults.
    found.setdefault("", source.at(f.Opaque(())))
    return tuple(found.items())


def _returns(
    module: Module, number: int, given: tuple[tuple[str, Source], ...]
) -> Iterator[Source]:
    for statement in walk(module.body(number)):
        if isinstance(statement, f.Return) and statement.value is not None:
            yield Source(module, number, statement.value, given)


def _is_property(scope: f.Scope) -> bool:
    return any(last_name(each) in _PROPERTIES for each in scope.decorators)


def _stored(module: Module, number: int, attr: str) -> Iterator[Source]:
    """What a method assigns to an attribute of its instance."""
    for statement in walk(module.body(number)):
        if not isinstance(statement, (f.Assign, f.Annotated)) or statement.value is None:
            continue
        for target in targets_of(statement):
            if (
                isinstance(target, f.Attr)
                and target.attr == attr
                and is_name(target.value, "self", "cls")
            ):
                yield Source(module, number, statement.value)
