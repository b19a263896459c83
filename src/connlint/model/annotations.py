"""Annotations and parameters in, values out: what a declared type or an injected default
promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from connlint.config.standard import Standard
from connlint.facts import types as f
from connlint.facts.extract import parse_expression
from connlint.model import values as v
from connlint.model.classes import ClassId, Hierarchy
from connlint.model.name_parts import last_name
from connlint.model.names import Module

INJECTORS = frozenset({"fastapi.Depends", "fastapi.Security"})
_UNIONS = frozenset({"Union", "Optional"})
_WRAPPERS = frozenset(
    {"Annotated", "Awaitable", "Coroutine", "Final", "ClassVar", "Mapped", "Required"}
)
_MANY = frozenset({
    "list", "tuple", "set", "frozenset", "List", "Tuple", "Set", "FrozenSet", "Sequence",
    "Iterable", "Collection", "Generator", "Iterator", "AsyncGenerator", "AsyncIterator",
    "AsyncIterable", "MutableSequence",
})  # fmt: skip
_MAPPINGS = frozenset(
    ["dict", "Dict", "Mapping", "MutableMapping", "DefaultDict", "defaultdict", "OrderedDict"]
)
_MAX_DEPTH = 8


class Statics(Protocol):
    """What reading annotations asks of the static knowledge of the project."""

    standard: Standard
    hierarchy: Hierarchy
    passed: dict[tuple[str, int, str], dict[v.Value, None]]
    provided_by: Callable[[v.Value], v.Values]

    @property
    def modules(self) -> Mapping[str, Module]:
        """The modules by name."""

    def static(self, module: Module, scope: int, expression: f.Expr) -> v.Values:
        """The values of an expression of a scope, whatever the path."""

    def callable_name(self, value: v.Value) -> str:
        """The dotted name of something that can be called."""

    def kind(self, value: v.Value) -> str:
        """``session``, ``connection`` and so on."""

    def used_as_session(self, module: Module, scope: int, name: str) -> bool:
        """Whether a function calls what only sessions have on a name."""


class Annotations:
    """Reads annotations in the module and scope where they stand."""

    def __init__(self, program: Statics) -> None:
        self._program = program
        self._known: dict[tuple[str, int, f.Expr], v.Values] = {}
        self._parameters: dict[tuple[str, int, str], v.Values] = {}

    def forget_parameters(self) -> None:
        """Parameters may mean more now: callers have been seen."""
        self._parameters.clear()

    # annotations

    def values(self, module: Module, scope: int, annotation: f.Expr | None) -> v.Values:
        """Instances of the declared type; nothing when it says nothing."""
        if annotation is None:
            return ()
        key = (module.name, scope, annotation)
        known = self._known.get(key)
        if known is None:
            self._known[key] = ()
            known = self._known[key] = self._read(module, scope, annotation, 0)
        return known

    def _read(self, module: Module, scope: int, node: f.Expr, depth: int) -> v.Values:
        if depth > _MAX_DEPTH:
            return ()
        if isinstance(node, f.Const):
            if isinstance(node.value, str):
                parsed = parse_expression(node.value)
                return self._read(module, scope, parsed, depth + 1) if parsed is not None else ()
            return v.NONE if node.value is None else ()
        if isinstance(node, f.BinOp) and node.op == "|":
            left = self._read(module, scope, node.left, depth + 1)
            return v.join(left, self._read(module, scope, node.right, depth + 1))
        if isinstance(node, f.Index):
            return self._generic(module, scope, node, depth)
        if isinstance(node, (f.Name, f.Attr)):
            return self._named(module, scope, node, depth)
        return ()

    def _generic(self, module: Module, scope: int, node: f.Index, depth: int) -> v.Values:
        name = last_name(node.value)
        parts = node.index.items if isinstance(node.index, f.Seq) else (node.index,)
        if name in _UNIONS:
            result: v.Values = ()
            for part in parts:
                result = v.join(result, self._read(module, scope, part, depth + 1))
            return v.join(result, v.NONE) if name == "Optional" else result
        if name in _WRAPPERS and parts:
            for part in parts[1:]:
                injected = self.injected(module, scope, part, "injected")
                if injected:
                    return injected
            part = parts[-1] if name == "Coroutine" else parts[0]
            return self._read(module, scope, part, depth + 1)
        if name in _MANY and parts:
            items = self._read(module, scope, parts[0], depth + 1)
            return (v.Items((items,), exact=False),) if items else ()
        if name in _MAPPINGS and len(parts) == 2:
            held = self._read(module, scope, parts[1], depth + 1)
            return (v.Table(((v.ANY_KEY, held),), f"t:{name}"),) if held else ()
        if name in ("type", "Type") and parts:
            return self._classes(module, scope, parts[0], depth)
        if name == "Callable":
            return ()
        return self._read(module, scope, node.value, depth + 1)

    def _classes(self, module: Module, scope: int, node: f.Expr, depth: int) -> v.Values:
        """The classes themselves that ``type[...]`` promises."""
        result: list[v.Value] = []
        for value in self._read(module, scope, node, depth + 1):
            if not isinstance(value, v.Obj) or not value.type:
                continue
            owner, colon, number = value.type.rpartition(":")
            is_known = colon and owner in self._program.modules
            result.append(v.Class(owner, int(number)) if is_known else v.Ext(value.type))
        return tuple(result)

    def _named(self, module: Module, scope: int, node: f.Name | f.Attr, depth: int) -> v.Values:
        alias = self._alias(module, node)
        if alias is not None:
            return self._read(alias[0], 0, alias[1], depth + 1)
        result: list[v.Value] = []
        for value in self._program.static(module, scope, node):
            if isinstance(value, v.Class):
                key = ClassId(value.module, value.scope).key
                result.append(v.Obj(key, f"t:{key}"))
            elif isinstance(value, v.Ext) and not value.name.startswith("builtins."):
                if value.name not in ("typing.Any", "typing.Self"):
                    result.append(v.Obj(value.name, f"t:{value.name}"))
            elif isinstance(value, v.Ext) and value.name in (
                "builtins.str",
                "builtins.int",
                "builtins.dict",
            ):
                result.append(v.Obj(value.name, f"t:{value.name}"))
        return tuple(result)

    def _alias(self, module: Module, node: f.Name | f.Attr) -> tuple[Module, f.Expr] | None:
        """The expression behind a type alias (``SessionDep = Annotated[...]``) or a type that is
        distinct for type checkers only (``NewType``), and its module."""
        program = self._program
        for target in program.hierarchy.resolve(module, node):
            owner = program.modules.get(target.module)
            if target.kind == "variable" and owner is not None and not target.scope:
                for expression in owner.assignments.get(target.name, ()):
                    if isinstance(expression, (f.Index, f.BinOp)):
                        return owner, expression
                    if isinstance(expression, f.Call) and last_name(expression.func) == "NewType":
                        return owner, expression.args[-1] if expression.args else expression.func
        return None

    # parameters

    def parameter(self, module: Module, scope: int, param: f.Param) -> v.Values:
        """What a parameter holds when nothing is known of the caller."""
        key = (module.name, scope, param.name)
        known = self._parameters.get(key)
        if known is None:
            self._parameters[key] = ()
            known = self._parameters[key] = self._parameter(module, scope, param)
        return known

    def _parameter(self, module: Module, scope: int, param: f.Param) -> v.Values:
        program = self._program
        identity = f"p:{param.name}"
        parent = module.facts.scopes[scope].parent
        declared = self.values(module, parent, param.annotation)
        result = tuple(
            _held(value, identity, v.Origin("parameter", param.name)) for value in declared
        )
        if any(
            isinstance(value, v.Obj) and value.origin and value.origin.kind == "injected"
            for value in declared
        ):
            return result
        if param.default is not None:
            injected = self.injected(module, parent, param.default, identity)
            if injected:
                sessions = [value for value in injected if program.kind(value)]
                return tuple(sessions) or result or injected
            default = program.static(module, parent, param.default)
            default = tuple(value for value in default if not v.is_unknown(value))
            result = v.join(result, default)
        if not declared:
            result = v.join(result, self._undeclared(module, scope, param, identity))
        says_nothing = all(value == v.NONE[0] for value in result) or param.default is not None
        if says_nothing and not any(isinstance(value, v.Obj) for value in result):
            result = v.join(result, v.unknown(identity))
        return result

    def is_open(self, module: Module, scope: int, param: f.Param) -> bool:
        """Whether a parameter's annotation leaves open what it holds."""
        if param.annotation is None:
            return True
        return not self.values(module, module.facts.scopes[scope].parent, param.annotation)

    def _undeclared(self, module: Module, scope: int, param: f.Param, identity: str) -> v.Values:
        """A parameter without annotation: what callers pass, else its name and use."""
        program = self._program
        passed = tuple(program.passed.get((module.name, scope, param.name), ()))
        origin = v.Origin("parameter", param.name)
        if passed:
            return tuple(
                v.Obj(value.type, identity, value.origin)
                if isinstance(value, v.Obj) and program.kind(value) == "session-factory"
                else _held(value, identity, origin)
                for value in passed[: v.MAX_VALUES]
            )
        if param.annotation is not None:
            return ()
        if param.name in program.standard.sessions.names and program.used_as_session(
            module, scope, param.name
        ):
            kind = "generic.Cursor" if param.name == "cursor" else "generic.Session"
            return (v.Obj(kind, identity, origin),)
        return ()

    def providers(self, module: Module, scope: int, param: f.Param) -> v.Values:
        """The callables that injectors of a parameter name, in its default or its annotation."""
        nodes: list[f.Expr] = []
        if param.default is not None:
            nodes.append(param.default)
        annotation = param.annotation
        if isinstance(annotation, (f.Name, f.Attr)):
            alias = self._alias(module, annotation)
            if alias is not None:
                module, annotation, scope = alias[0], alias[1], 0
        if isinstance(annotation, f.Index) and last_name(annotation.value) == "Annotated":
            nodes.extend(annotation.index.items if isinstance(annotation.index, f.Seq) else ())
        result: v.Values = ()
        for node in nodes:
            result = v.join(result, self.provider_of(module, scope, node))
        return result

    def provider_of(self, module: Module, scope: int, node: f.Expr) -> v.Values:
        """The callable that ``Depends(provider)`` names; nothing for any other expression."""
        owner, inside, call = self._call_behind(module, scope, node)
        if call is not None and call.args and self._is_injector(owner, inside, call):
            return self._program.static(owner, inside, call.args[0])
        return ()

    def _call_behind(
        self, module: Module, scope: int, node: f.Expr
    ) -> tuple[Module, int, f.Call | None]:
        """The call that an expression is, also as a variable of a module (``DB = Depends(...)``);
        with where to look up the names in it."""
        if isinstance(node, f.Call):
            return module, scope, node
        if isinstance(node, (f.Name, f.Attr)):
            for target in self._program.hierarchy.resolve(module, node):
                owner = self._program.modules.get(target.module)
                if target.kind == "variable" and owner is not None and not target.scope:
                    assigned = owner.assignments.get(target.name, ())
                    if len(assigned) == 1 and isinstance(assigned[0], f.Call):
                        return owner, 0, assigned[0]
        return module, scope, None

    def _is_injector(self, module: Module, scope: int, node: f.Call) -> bool:
        callee = self._program.static(module, scope, node.func)
        return any(isinstance(value, v.Ext) and value.name in INJECTORS for value in callee)

    def injected(self, module: Module, scope: int, node: f.Expr, identity: str) -> v.Values:
        """What ``Depends(provider)`` puts into a parameter; nothing for any other expression."""
        program = self._program
        module, scope, call = self._call_behind(module, scope, node)
        if call is None or not call.args or not self._is_injector(module, scope, call):
            return ()
        result: v.Values = ()
        for provider in program.static(module, scope, call.args[0]):
            name = program.callable_name(provider)
            for value in program.provided_by(provider):
                result = v.join(result, (_held(value, identity, v.Origin("injected", name)),))
        return result


def _held(value: v.Value, identity: str, origin: v.Origin) -> v.Value:
    """The value as the parameter holds it: under the parameter's identity."""
    if isinstance(value, v.Obj):
        if value.origin is not None and value.origin.kind == "injected":
            origin = value.origin
        return v.Obj(value.type, identity, origin)
    return value
