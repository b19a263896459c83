"""A name, an attribute or an item in, the values that it holds in one scope out.

The same code serves two ways: on a path (the state holds the variables) and statically (a name
stands for everything that its scope assigns to it).
"""

from __future__ import annotations

from typing import cast

from connlint.model import values as v
from connlint.model.classes import ClassId
from connlint.model.names import Module, Target
from connlint.model.program import DISTINCTIVE, Program
from connlint.model.state import State


class Reader:
    """Reads what is held in one scope; ``closure`` are the values that the scope closes over."""

    def __init__(self, program: Program, module: Module, scope: int) -> None:
        self.program = program
        self.module = module
        self.number = scope
        self.scope = module.facts.scopes[scope]
        self.state = State()
        self.closure: dict[str, v.Values] = {}

    def identity(self, at: int) -> str:
        """The identity of the object that the expression at ``at`` makes."""
        return f"{self.module.name}:{self.number}:{at}"

    def lookup(self, name: str) -> v.Values:
        """The values of a name here: local, enclosing, module level, built in."""
        found = self.state.env.get(name)
        if found is not None:
            return found
        found = self.closure.get(name)
        if found is not None:
            return found
        if name in self.scope.binds and self.scope.kind != "module":
            return self.local(name)
        number = self.scope.parent
        scopes = self.module.facts.scopes
        while number and self.number:
            scope = scopes[number]
            if scope.kind in ("function", "lambda") and name in scope.binds:
                return self.program.static_local(self.module, number, name)
            number = scope.parent
        return self.program.global_values(self.module, name)

    def local(self, name: str) -> v.Values:
        """A local name that the path has not bound."""
        return v.unknown(f"{self.module.name}:{self.number}:{name}")

    def captured(self, scope: int) -> tuple[tuple[str, v.Values], ...]:
        """The values of the names that a nested function takes from the scopes around it."""
        wanted = self.program.free_names(self.module, scope)
        found = []
        for name in wanted:
            held = self.state.env.get(name) or self.closure.get(name)
            if held:
                found.append((name, held))
        return tuple(found)

    def attribute(self, base: v.Values, attr: str, at: int) -> v.Values:
        """``base.attr`` over all alternatives of ``base``."""
        result: v.Values = ()
        for value in base:
            result = v.join(result, self._attribute_of(value, attr, at))
        return result

    def _attribute_of(self, value: v.Value, attr: str, at: int) -> v.Values:
        kind = type(value)
        program = self.program
        if kind is v.Obj:
            return self._attribute_of_object(cast(v.Obj, value), attr, at)
        if kind is v.Mod:
            targets = program.names.member(Target("module", cast(v.Mod, value).name), attr)
            return program.target_values(targets) or v.unknown(self.identity(at))
        if kind is v.Ext:
            return program.external(f"{cast(v.Ext, value).name}.{attr}")
        if kind is v.Class:
            owner = ClassId(cast(v.Class, value).module, cast(v.Class, value).scope)
            return program.class_attribute(owner, attr, None) or v.unknown(f"{owner.key}.{attr}")
        if kind is v.Parent:
            parent = cast(v.Parent, value)
            return program.parent_attribute(parent, attr) or v.unknown(self.identity(at))
        if kind is v.Member:
            member = cast(v.Member, value)
            return (member,) if attr in ("value", "name") else v.unknown(self.identity(at))
        if kind is v.Func and attr in ("__wrapped__", "__func__"):
            return (value,)
        if kind is v.Func:
            return program.function_attribute(cast(v.Func, value), attr) or v.unknown(
                self.identity(at)
            )
        if isinstance(value, v.Table):
            return (v.TableMethod(value, attr),)
        if kind is v.Items or kind is v.Const:
            return (v.Bound(v.Obj("builtins.object", self.identity(at)), attr),)
        return v.unknown(self.identity(at))

    def _attribute_of_object(self, value: v.Obj, attr: str, at: int) -> v.Values:
        held = self.state.fields.get((value.id, attr))
        if held is not None:
            return held
        if not value.type:
            named = self._named_session(value, attr)
            if named:
                return named
        found = self.program.object_attribute(value, attr)
        return found if found else v.unknown(f"{value.id}.{attr}"[-160:])

    def _named_session(self, value: v.Obj, attr: str) -> v.Values:
        """A method of ``x.session``, where nothing is known of ``x``: by name and use."""
        name = value.id.rpartition(".")[2]
        if name not in self.program.standard.sessions.names:
            return ()
        kind = "generic.Cursor" if name == "cursor" else "generic.Session"
        if self.program.catalog.method(kind, attr) is None:
            return ()
        used = attr in DISTINCTIVE or any(
            each.rpartition(".")[2] in DISTINCTIVE for each in self.scope.called
        )
        return (v.Bound(v.Obj(kind, value.id, v.Origin("name", name)), attr),) if used else ()

    def item_of(self, value: v.Value, keys: v.Values) -> v.Values:
        """What ``value[key]`` gives."""
        key = keys[0] if len(keys) == 1 else None
        constant = key.value if isinstance(key, v.Const) else None
        if isinstance(value, v.Table):
            held = (
                self.state.fields.get((value.id, str(constant))) if constant is not None else None
            )
            if held is not None:
                return held
            matches = [
                item
                for name, item in value.entries
                if constant is None or name in (constant, v.ANY_KEY)
            ]
            return tuple(dict.fromkeys(each for item in matches for each in item))[: v.MAX_VALUES]
        if isinstance(value, v.Items):
            if (
                value.exact
                and isinstance(constant, int)
                and -len(value.items) <= constant < len(value.items)
            ):
                return value.items[constant]
            return tuple(dict.fromkeys(each for item in value.items for each in item))[
                : v.MAX_VALUES
            ]
        if isinstance(value, v.Obj) and isinstance(constant, str):
            return self.state.fields.get((value.id, constant), ())
        if isinstance(value, v.Class) and isinstance(constant, str):
            owner = ClassId(value.module, value.scope)
            return self.program.class_attribute(owner, constant, None)
        return (value,) if isinstance(value, (v.Class, v.Ext)) else ()

    def items_of(self, values: v.Values) -> v.Values:
        """What iterating over values gives."""
        result: v.Values = ()
        for value in values:
            if isinstance(value, v.Items):
                for item in value.items:
                    result = v.join(result, item)
            elif isinstance(value, v.Table):
                result = v.join(
                    result,
                    tuple(v.Const(n) for n, _ in value.entries[: v.MAX_VALUES] if n != v.ANY_KEY),
                )
        return result
