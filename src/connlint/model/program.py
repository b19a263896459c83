"""All files and the standard in, static knowledge out: what names, attributes, annotations and
parameters stand for when no particular path is followed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from connlint.config.standard import Standard
from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.annotations import Annotations
from connlint.model.bindings import Bindings
from connlint.model.catalog.lookup import CATALOG, Catalog
from connlint.model.catalog.types import Type
from connlint.model.classes import ClassId
from connlint.model.names import Module, walk

DATABASE_KINDS = frozenset(
    {
        "session",
        "connection",
        "cursor",
        "engine",
        "pool",
        "session-factory",
        "transaction",
        "extension",
    }
)
SESSION_KINDS = frozenset({"session", "connection"})
DISTINCTIVE = frozenset({
    "commit", "rollback", "flush", "execute", "executemany", "query", "add_all", "scalars",
    "scalar", "refresh", "merge", "expunge", "cursor", "begin_nested", "bulk_save_objects",
    "bulk_insert_mappings", "fetchrow", "fetchval", "executescript", "in_transaction", "expire",
})  # fmt: skip
_PROPERTIES = frozenset({"property", "cached_property", "hybrid_property", "reify"})
_ENUMS = frozenset({"enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"})


class Program(Bindings):
    """Static knowledge of the whole project. Call :meth:`connect` before evaluating anything."""

    def __init__(
        self,
        modules: Iterable[Module],
        standard: Standard,
        catalog: Catalog = CATALOG,
        also_named: Mapping[str, str] | None = None,
    ) -> None:
        """``also_named``: further names under which modules can be imported."""
        super().__init__(modules, standard, catalog, also_named)
        self._classes: dict[str, ClassId | None] = {}
        self._types: dict[str, Type | None] = {}
        self._attributes: dict[tuple[ClassId, str], v.Values] = {}
        self.annotations = Annotations(self)

    def examine(self, names: Collection[str]) -> None:
        """Ask about the code of the modules of these names only."""
        self.examined = tuple(m for m in self.modules.values() if m.name in names)

    # types

    def class_of(self, key: str) -> ClassId | None:
        """The project class that an object's type names, or ``None`` for an external type."""
        if key not in self._classes:
            module, colon, scope = key.rpartition(":")
            is_class = colon and module in self.modules
            self._classes[key] = ClassId(module, int(scope)) if is_class else None
        return self._classes[key]

    def database_type(self, value: v.Value) -> Type | None:
        """The catalogue's type of a session, connection, factory, engine and so on."""
        if not isinstance(value, v.Obj) or not value.type:
            return None
        return self.catalog_type(value.type)

    def catalog_type(self, name: str) -> Type | None:
        """The catalogue's type of an external class, or of what a project class derives from."""
        if name not in self._types:
            owner = self.class_of(name)
            bases = (name,) if owner is None else self.hierarchy.external_bases(owner)
            known = (self.catalog.type(base) for base in bases)
            self._types[name] = next((each for each in known if each is not None), None)
        return self._types[name]

    def kind(self, value: v.Value) -> str:
        """``session``, ``connection``, ``session-factory`` ... or empty for anything else."""
        found = self.database_type(value)
        return found.kind if found is not None else ""

    def is_session(self, value: v.Value) -> bool:
        return self.kind(value) in SESSION_KINDS

    def forget_parameters(self) -> None:
        """Drop what hangs on parameters: callers have said more of them."""
        self.annotations.forget_parameters()
        self._locals.clear()
        for key in [key for key in self._attributes if key[1] != "@"]:
            del self._attributes[key]

    def used_as_session(self, module: Module, scope: int, name: str) -> bool:
        """Whether a function, or one inside it, calls what only sessions have on a name."""
        stack = [scope]
        prefix = f"{name}."
        while stack:
            number = stack.pop()
            for called in module.facts.scopes[number].called:
                if called.startswith(prefix) and called[len(prefix) :] in DISTINCTIVE:
                    return True
            stack.extend(module.children.get(number, ()))
        return False

    def is_enum(self, owner: ClassId) -> bool:
        return any(base in _ENUMS for base in self.hierarchy.external_bases(owner))

    # attributes

    def class_attribute(self, owner: ClassId, attr: str, receiver: v.Value | None) -> v.Values:
        """``attr`` looked up on a class (``receiver`` is ``None``) or on an instance of it."""
        found = self.hierarchy.method(owner, attr)
        if found is None:
            return self._stored_attribute(owner, attr)
        if self.hierarchy.is_abstract(found[0].module, found[1]):
            overriding = self._overriding(owner, attr, receiver)
            if overriding:
                return overriding
        return self._member(*found, owner, receiver)

    def _overriding(self, owner: ClassId, attr: str, receiver: v.Value | None) -> v.Values:
        """The methods below a class that give an abstract one its meaning."""
        result: v.Values = ()
        for below in self.hierarchy.subclasses(owner):
            number = self.hierarchy.own_member(below, attr)
            if number is not None and not self.hierarchy.is_abstract(below.module, number):
                result = v.join(result, self._member(below, number, below, receiver))
        return result

    def _member(
        self, defining: ClassId, number: int, owner: ClassId, receiver: v.Value | None
    ) -> v.Values:
        module = self.modules[defining.module]
        scope = module.facts.scopes[number]
        if scope.kind == "class":
            return (v.Class(module.name, number),)
        decorators = self.decorator_names(module, number)
        if "builtins.staticmethod" in decorators:
            return (v.Func(module.name, number),)
        if "builtins.classmethod" in decorators:
            return (v.Func(module.name, number, v.Class(owner.module, owner.scope)),)
        function = v.Func(module.name, number, receiver)
        if receiver is not None and any(
            name.rpartition(".")[2] in _PROPERTIES for name in decorators
        ):
            return self._property(function, scope.name, owner)
        return (function,)

    def _property(self, function: v.Func, attr: str, owner: ClassId) -> v.Values:
        module = self.modules[function.module]
        scope = module.facts.scopes[function.scope]
        declared = (
            self.annotations.values(module, function.scope, scope.returns) if scope.returns else ()
        )
        if any(self.is_session(value) for value in declared):
            return tuple(self._held_in(value, attr, owner) for value in declared)
        key = (ClassId(function.module, function.scope), "()")
        known = self._attributes.get(key)
        if known is None:
            self._attributes[key] = ()
            result: v.Values = ()
            for statement in walk(module.body(function.scope)):
                if isinstance(statement, f.Return) and statement.value is not None:
                    result = v.join(result, self.static(module, function.scope, statement.value))
            known = self._attributes[key] = result
        if not any(self.kind(value) or not v.is_unknown(value) for value in known):
            return self._by_name(attr, owner) or known
        return known

    def _stored_attribute(self, owner: ClassId, attr: str) -> v.Values:
        key = (owner, attr)
        known = self._attributes.get(key)
        if known is not None:
            return known
        self._attributes[key] = ()
        result: v.Values = ()
        is_enum = self.is_enum(owner)
        for defining, scope, expression in self.hierarchy.assigned(owner, attr):
            module = self.modules[defining.module]
            if is_enum and scope == defining.scope:
                constant = expression.value if isinstance(expression, f.Const) else None
                value = constant if isinstance(constant, (str, int)) else None
                result = v.join(result, (v.Member(module.symbol(scope), attr, value),))
            else:
                result = v.join(result, self.static(module, scope, expression))
        result = tuple(self._held_in(value, attr, owner) for value in result if value != v.NONE[0])
        if all(v.is_unknown(value) or _is_empty(value) for value in result):
            result = self._declared(owner, attr) or self._by_name(attr, owner) or result
        if any(isinstance(value, v.Const) for value in result):
            is_default = not is_enum and self.hierarchy.is_field(owner, attr)
            result += v.unknown(f"f:{attr}") if is_default else ()
        self._attributes[key] = tuple(dict.fromkeys(result))
        return self._attributes[key]

    def _declared(self, owner: ClassId, attr: str) -> v.Values:
        declared = self.hierarchy.annotated(owner, attr)
        if declared is not None:
            module = self.modules[declared[0].module]
            found = self.annotations.values(module, declared[0].scope, declared[1])
            if found:
                return tuple(self._held_in(value, attr, owner) for value in found)
        for base in self.hierarchy.external_bases(owner):
            name = self.catalog.attribute(base, attr)
            if name:
                return (v.Obj(name, f"a:{owner.key}.{attr}", v.Origin("attribute", attr)),)
            if self.catalog.method(base, attr) is not None:
                return (v.Bound(v.Obj(base, f"a:{owner.key}"), attr),)
        return ()

    def _by_name(self, attr: str, owner: ClassId) -> v.Values:
        """A session by its name and its use as one anywhere in the class or above or below it."""
        if attr not in self.standard.sessions.names:
            return ()
        line = {*self.hierarchy.ancestors(owner), *self.hierarchy.subclasses(owner)}
        suffixes = tuple(f".{attr}.{name}" for name in DISTINCTIVE)
        for each in line:
            module = self.hierarchy.module(each)
            for number in module.children.get(each.scope, ()):
                for called in module.facts.scopes[number].called:
                    if called.startswith("self.") and called[4:] in suffixes:
                        return (self._named(f"a:{attr}", attr),)
        return ()

    def _named(self, identity: str, name: str) -> v.Obj:
        kind = "generic.Cursor" if name == "cursor" else "generic.Session"
        return v.Obj(kind, identity, v.Origin("name", name))

    def _held_in(self, value: v.Value, attr: str, owner: ClassId) -> v.Value:
        if isinstance(value, v.Obj):
            keeps = value.origin is not None and value.origin.kind in (
                "global",
                "provider",
                "injected",
            )
            held = v.Origin("attribute", attr, v.commits_by_origin(value))
            origin = value.origin if keeps else held
            is_handed = self.kind(value) == "session-factory" or not keeps
            return v.Obj(value.type, f"a:{attr}" if is_handed else value.id, origin)
        return value

    def object_attribute(self, value: v.Obj, attr: str) -> v.Values:
        """``value.attr`` for an instance."""
        owner = self.class_of(value.type) if value.type else None
        is_global = value.origin is not None and value.origin.kind == "global"
        # What a library gives to an object that the project keeps is that object's own.
        if owner is not None and not (is_global and self._is_inherited(owner, attr)):
            found = self.class_attribute(owner, attr, value)
            if found:
                return found
        base = self.catalog_type(value.type) if value.type else None
        if base is not None:
            name = self.catalog.attribute(base.name, attr)
            if name:
                origin = value.origin or v.Origin("attribute", attr)
                return (v.Obj(name, f"{value.id}.{attr}", origin),)
            if self.catalog.method(base.name, attr) is not None:
                return (v.Bound(v.Obj(base.name, value.id, value.origin), attr),)
        if value.type and owner is None:
            return (v.Bound(value, attr),)
        return ()

    def _is_inherited(self, owner: ClassId, attr: str) -> bool:
        """Whether no class of the project defines, assigns or declares an attribute."""
        hierarchy = self.hierarchy
        return (
            hierarchy.method(owner, attr) is None
            and not any(True for _ in hierarchy.assigned(owner, attr))
            and hierarchy.annotated(owner, attr) is None
        )

    def parent_attribute(self, parent: v.Parent, attr: str) -> v.Values:
        """``super().attr``."""
        owner = ClassId(parent.module, parent.scope)
        start = self.class_of(parent.receiver.type) if isinstance(parent.receiver, v.Obj) else None
        found = self.hierarchy.method(start or owner, attr, after=owner)
        if found is not None:
            return self._member(found[0], found[1], owner, parent.receiver)
        for base in self.hierarchy.external_bases(owner):
            if self.catalog.method(base, attr) is not None:
                identity = parent.receiver.id if isinstance(parent.receiver, v.Obj) else "self"
                return (v.Bound(v.Obj(base, identity), attr),)
        return ()

    def function_attribute(self, function: v.Func, attr: str) -> v.Values:
        """An attribute that a registering decorator gives to a function (``.delay``)."""
        module = self.modules[function.module]
        for name in self.decorator_names(module, function.scope):
            registrar = self.catalog.function(name)
            given = registrar.returns if registrar is not None else ""
            if given and self.catalog.method(given, attr) is not None:
                return (v.Bound(v.Obj(given, module.symbol(function.scope)), attr),)
        return ()

    def receiver(self, module: Module, scope: int) -> v.Value | None:
        """What the first parameter of a method holds: an instance, or the class."""
        facts = module.facts.scopes[scope]
        parent = facts.parent
        if not parent or module.facts.scopes[parent].kind != "class" or facts.kind != "function":
            return None
        decorators = self.decorator_names(module, scope)
        if "builtins.staticmethod" in decorators:
            return None
        if "builtins.classmethod" in decorators or facts.name in ("__new__", "__init_subclass__"):
            return v.Class(module.name, parent)
        return v.Obj(ClassId(module.name, parent).key, "self")

    def decorator_names(self, module: Module, scope: int) -> tuple[str, ...]:
        """The canonical dotted names of a function's decorators, ``Type.method`` for instances."""
        key = (ClassId(module.name, scope), "@")
        known = self._attributes.get(key)
        if known is None:
            self._attributes[key] = ()
            found = []
            for decorator in module.facts.scopes[scope].decorators:
                callee = decorator.func if isinstance(decorator, f.Call) else decorator
                parent = module.facts.scopes[scope].parent
                for value in self.static(module, parent, callee):
                    found.append(v.Const(self.callable_name(value)))
            known = self._attributes[key] = tuple(found)
        return tuple(
            str(value.value) for value in known if isinstance(value, v.Const) and value.value
        )

    def callable_name(self, value: v.Value) -> str:
        """The dotted name of something that can be called, or nothing."""
        if isinstance(value, v.Ext):
            return value.name
        if isinstance(value, v.Bound):
            return f"{value.receiver.type}.{value.method}"
        if isinstance(value, (v.Func, v.Class)):
            return self.modules[value.module].symbol(value.scope)
        if isinstance(value, v.Obj) and value.origin is not None and value.origin.kind == "global":
            return value.origin.name
        return ""


def _is_empty(value: v.Value) -> bool:
    """An empty dictionary or sequence display: its annotation says more."""
    return (isinstance(value, v.Table) and not value.entries) or (
        isinstance(value, v.Items) and not value.items
    )
