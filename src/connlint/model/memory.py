"""Expressions in, what they do to process memory out: to dictionaries of a module or of an instance
that outlive the call.

A container is named by its dotted path. What it holds is reached by key, through a local name for
that, or by going over its values.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.classes import ClassId
from connlint.model.expressions import descend, expressions_of, literal_text
from connlint.model.loop_items import bound_names
from connlint.model.name_parts import last_name
from connlint.model.names import Module, ScopeId, walk
from connlint.model.program import Program

Action = Literal["create", "read", "update", "delete"]

_MAKERS = frozenset({
    "dict", "defaultdict", "OrderedDict", "WeakValueDictionary", "TTLCache", "LRUCache", "LFUCache",
})  # fmt: skip
_TAKING = frozenset({"get", "setdefault"})
_GOING_OVER = frozenset({"values", "items"})
_REMOVING = frozenset({"pop", "popitem", "clear"})
ANY_FIELD = "*"
"""A field whose name is known when the code runs only."""


class Fact(NamedTuple):
    """A field that is written; ``value`` is the text of its new value when that is a constant."""

    name: str
    value: str = ""


Facts = frozenset[Fact]


class Access(NamedTuple):
    """One access of a container. ``facts`` are what it writes, ``key`` are the names in the
    container's key."""

    action: Action
    container: str
    at: int
    end: int
    facts: Facts = frozenset()
    key: frozenset[str] = frozenset()


class Memory:
    """The containers of one program, and what functions do to them."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._containers: dict[tuple[str, int, str], str] = {}

    def accesses(self, scope: ScopeId) -> dict[int, tuple[Access, ...]]:
        """What a function does to containers, by the place of the statement that does it."""
        function = _Function(self, self.program.modules[scope[0]], scope[1])
        return dict(function.accesses())

    def container(self, module: Module, scope: int, node: f.Expr) -> str:
        """The container that a name or an attribute of ``self`` is, or nothing."""
        if isinstance(node, f.Name):
            return self._named(module, scope, node.id)
        if isinstance(node, f.Attr) and isinstance(node.value, f.Name):
            owner = _owner(module, scope)
            params = module.facts.scopes[scope].params
            if owner is not None and params and params[0].name == node.value.id:
                return self._held(owner, node.attr)
        return ""

    def _named(self, module: Module, scope: int, name: str) -> str:
        key = (module.name, scope, name)
        known = self._containers.get(key)
        if known is None:
            known = self._containers[key] = self._resolved(module, scope, name)
        return known

    def _resolved(self, module: Module, scope: int, name: str) -> str:
        names = self.program.names
        targets = names.lookup(module.name, name)
        if scope and name in module.facts.scopes[scope].binds:
            targets = tuple(
                target
                for item in module.facts.imports
                if item.scope == scope and item.name == name
                for target in names.imported(module, item)
            )
        for target in targets:
            owner = self.program.modules.get(target.module)
            if target.kind != "variable" or owner is None or target.scope:
                continue
            if any(_is_container(each) for each in owner.assignments.get(target.name, ())):
                return target.dotted
        return ""

    def _held(self, owner: ClassId, attr: str) -> str:
        key = (owner.module, -owner.scope, attr)
        known = self._containers.get(key)
        if known is None:
            known = ""
            for defining, _, value in self.program.hierarchy.assigned(owner, attr):
                if _is_container(value):
                    module = self.program.modules[defining.module]
                    known = f"{module.symbol(defining.scope)}.{attr}"
            self._containers[key] = known
        return known


def _owner(module: Module, scope: int) -> ClassId | None:
    parent = module.facts.scopes[scope].parent
    is_method = parent and module.facts.scopes[parent].kind == "class"
    return ClassId(module.name, parent) if is_method else None


def _is_container(value: f.Expr) -> bool:
    if isinstance(value, f.DictLit):
        return True
    if isinstance(value, f.Call):
        return last_name(value.func) in _MAKERS
    return False


class _Item(NamedTuple):
    """Something that a container holds, or the ``field`` of that."""

    container: str
    key: frozenset[str]
    field: str = ""


class _Function:
    """The accesses of one function."""

    def __init__(self, memory: Memory, module: Module, scope: int) -> None:
        self._memory = memory
        self._module = module
        self._scope = scope
        self._held: dict[str, _Item] = {}
        self._sources = memory.program.assigned(module, scope)
        for statement in walk(module.body(scope)):
            self._alias(statement)

    def accesses(self) -> Iterator[tuple[int, tuple[Access, ...]]]:
        """Everything that the function does, statement by statement."""
        for statement in walk(self._module.body(self._scope)):
            found = (*self._stored(statement), *self._called(statement))
            at = getattr(statement, "at", None)
            if found and at is not None:
                yield at, found

    # what expressions stand for

    def _alias(self, statement: f.Stmt) -> None:
        """Remember local names for what a container holds."""
        if isinstance(statement, f.Assign):
            item = self._item(statement.value)
            targets = statement.targets
            if item is None and isinstance(statement.value, f.Name):
                # What is put into a container is what the container holds from then on.
                item = next((each for t in targets if (each := self._kept(t))), None)
                targets = (statement.value,)
            if item is None:
                return
        elif isinstance(statement, f.For):
            item = self._gone_over(statement.iter)
            targets = (statement.target,) if item is not None else ()
        else:
            return
        for target in targets:
            for name in bound_names(target):
                if item is not None:
                    self._held[name] = item

    def _kept(self, target: f.Expr) -> _Item | None:
        """The item of a container that an assignment makes."""
        item = self._item(target) if isinstance(target, f.Index) else None
        return item if item is not None and not item.field else None

    def _container(self, node: f.Expr) -> str:
        return self._memory.container(self._module, self._scope, node)

    def _item(self, node: f.Expr) -> _Item | None:
        """What a container holds: ``jobs[id]``, ``jobs.get(id)``, a name for it, a field of it."""
        if isinstance(node, f.Await):
            return self._item(node.value)
        if isinstance(node, f.Name):
            return self._held.get(node.id)
        if isinstance(node, f.Index):
            container = self._container(node.value)
            if container:
                return _Item(container, _names(node.index))
            inner = self._item(node.value)
            field = literal_text(node.index) or ANY_FIELD
            return inner and inner._replace(field=inner.field or field)
        if isinstance(node, f.Attr):
            inner = self._item(node.value)
            return inner and inner._replace(field=inner.field or node.attr)
        if isinstance(node, f.Call) and isinstance(node.func, f.Attr) and node.args:
            container = self._container(node.func.value) if node.func.attr in _TAKING else ""
            return _Item(container, _names(node.args[0])) if container else None
        return None

    def _gone_over(self, node: f.Expr) -> _Item | None:
        """The items of ``jobs.values()`` and ``jobs.items()``, also inside ``list(...)``."""
        for call in descend(node):
            if isinstance(call, f.Call) and isinstance(call.func, f.Attr):
                container = self._container(call.func.value)
                if container and call.func.attr in _GOING_OVER:
                    return _Item(container, frozenset())
        return None

    # what statements do

    def _stored(self, statement: f.Stmt) -> Iterator[Access]:
        if isinstance(statement, f.Assign):
            for target in statement.targets:
                yield from self._assigned(statement, target, statement.value)
        elif isinstance(statement, f.AugAssign):
            yield from self._assigned(statement, statement.target, statement.value)
        elif isinstance(statement, f.Delete):
            for target in statement.targets:
                if isinstance(target, f.Index) and (name := self._container(target.value)):
                    key = _names(target.index)
                    yield Access("delete", name, statement.at, statement.end, key=key)

    def _assigned(
        self, node: f.Assign | f.AugAssign, target: f.Expr, value: f.Expr
    ) -> Iterator[Access]:
        item = self._item(target) if isinstance(target, (f.Index, f.Attr)) else None
        if item is None:
            return
        if item.field:
            fact = Fact(item.field, constant_text(value) if isinstance(node, f.Assign) else "")
            facts = frozenset({fact})
            yield Access("update", item.container, node.at, node.end, facts, item.key)
        else:
            action: Action = "create" if isinstance(node, f.Assign) else "update"
            facts = self._facts(value)
            yield Access(action, item.container, node.at, node.end, facts, item.key)

    def _facts(self, value: f.Expr) -> Facts:
        """What something that is put into a container holds; also by its name."""
        if isinstance(value, f.Name):
            sources = self._sources.get(value.id, ())
            if len(sources) != 1:
                return frozenset()
            value = sources[0]
        if isinstance(value, f.Call) and not may_make(
            self._memory.program, self._module, self._scope, value
        ):
            return frozenset()
        return facts_in(value)

    def _called(self, statement: f.Stmt) -> Iterator[Access]:
        stored = statement.targets if isinstance(statement, (f.Assign, f.Delete)) else ()
        for expression in expressions_of(statement):
            for node in descend(expression):
                if isinstance(node, f.Call):
                    yield from self._call(node)
                elif any(node is target for target in stored):
                    continue
                elif isinstance(node, f.Index) and (name := self._container(node.value)):
                    yield Access("read", name, node.at, node.end, key=_names(node.index))

    def _call(self, node: f.Call) -> Iterator[Access]:
        func = node.func
        if isinstance(func, f.Name) and func.id == "setattr" and len(node.args) == 3:
            item = self._item(node.args[0])
            if item is not None:
                name = literal_text(node.args[1]) or ANY_FIELD
                facts = frozenset({Fact(name, constant_text(node.args[2]))})
                yield Access("update", item.container, node.at, node.end, facts, item.key)
            return
        if not isinstance(func, f.Attr):
            return
        container = self._container(func.value)
        if container:
            yield from self._method(container, func.attr, node)
        elif func.attr == "update" and (item := self._item(func.value)) is not None:
            facts = facts_given(node)
            yield Access("update", item.container, node.at, node.end, facts, item.key)

    def _method(self, container: str, method: str, node: f.Call) -> Iterator[Access]:
        key = _names(node.args[0]) if node.args else frozenset()
        if method in _REMOVING:
            yield Access("delete", container, node.at, node.end, key=key)
        elif method == "setdefault" and len(node.args) == 2:
            facts = self._facts(node.args[1])
            yield Access("create", container, node.at, node.end, facts, key)
        elif method in _TAKING or method in _GOING_OVER:
            yield Access("read", container, node.at, node.end, key=key)


def may_change(body: f.Body) -> bool:
    """Whether a body may write to what a container holds; a quick look, before a thorough one."""
    for statement in walk(body):
        if isinstance(statement, f.Assign):
            if any(_is_part(target) for target in statement.targets):
                return True
        elif isinstance(statement, f.AugAssign):
            if _is_part(statement.target):
                return True
        elif (
            isinstance(statement, f.Evaluate)
            and isinstance(statement.value, f.Call)
            and last_name(statement.value.func) in ("setattr", "setdefault", "update")
        ):
            return True
    return False


def _is_part(target: f.Expr) -> bool:
    """``x[key]``, ``x[key].field``, ``x.field``; not ``self.field``."""
    if isinstance(target, f.Attr):
        return not isinstance(target.value, f.Name) or target.value.id not in ("self", "cls")
    return isinstance(target, f.Index)


def facts_given(node: f.Call) -> Facts:
    """The facts in the keywords and dictionaries that a call is given."""
    found = {
        Fact(keyword.name, constant_text(keyword.value)) if keyword.name else Fact(ANY_FIELD)
        for keyword in node.keywords
    }
    for argument in node.args:
        if isinstance(argument, f.DictLit):
            found |= facts_in(argument)
    return frozenset(found)


def may_make(program: Program, module: Module, scope: int, call: f.Call) -> bool:
    """Whether a call may make the object that its keywords describe: a class, or a function of the
    project. What another library's function or a method is told are settings."""
    return any(
        isinstance(value, (v.Class, v.Func))
        or (
            isinstance(value, v.Ext)
            and (value.name == "builtins.dict" or value.name.rpartition(".")[2][:1].isupper())
        )
        for value in program.static(module, scope, call.func)
    )


def facts_in(value: f.Expr) -> Facts:
    """The facts in a dictionary that is written out, or in an object that is made."""
    if isinstance(value, f.DictLit):
        return frozenset(
            Fact(_field(key), constant_text(held))
            for key, held in zip(value.keys, value.values, strict=True)
        )
    return facts_given(value) if isinstance(value, f.Call) else frozenset()


def _field(key: f.Expr | None) -> str:
    """The field that a key of a dictionary names: a text, or a column as ``Job.status``."""
    return literal_text(key) or (key.attr if isinstance(key, f.Attr) else ANY_FIELD)


def constant_text(node: f.Expr) -> str:
    """What tells a constant or an enumeration's member from others; nothing for anything else."""
    if isinstance(node, f.Const):
        return repr(node.value)
    if isinstance(node, f.Attr) and node.attr == "value":
        node = node.value
    return node.attr if isinstance(node, f.Attr) and node.attr.isupper() else ""


def _names(node: f.Expr) -> frozenset[str]:
    """The names and attributes that an expression is made of."""
    found = set()
    for each in descend(node):
        if isinstance(each, f.Name):
            found.add(each.id)
        elif isinstance(each, f.Attr):
            found.add(each.attr)
    return frozenset(found)
