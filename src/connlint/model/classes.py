"""Class definitions in, the class hierarchy out: bases, linearisation, methods, attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model.name_parts import callee_of, last_name
from connlint.model.names import Module, Names, ScopeId, Target, walk

MAX_ANCESTORS = 40
_ABSTRACT = frozenset({"abstractmethod", "abstractproperty"})
_SHORT = 400
_DATA_CLASSES = frozenset({"dataclass", "define", "frozen", "mutable", "attrs", "s"})
_CONSTANT = frozenset({"ClassVar", "Final"})


class ClassId(NamedTuple):
    """A project class: its module and the number of its scope."""

    module: str
    scope: int

    @property
    def key(self) -> str:
        """The text that stands for the class in ``Obj.type``."""
        return f"{self.module}:{self.scope}"


class Hierarchy:
    """Bases and members of project classes, resolved on demand and remembered."""

    def __init__(self, names: Names, types_of: Callable[[Target, str], tuple[Target, ...]]) -> None:
        """``types_of``: the classes that a variable used as a base class stands for, or that an
        attribute of it does."""
        self._names = names
        self.types_of = types_of
        self._bases: dict[ClassId, tuple[tuple[ClassId, ...], tuple[str, ...]]] = {}
        self._external: dict[ClassId, tuple[str, ...]] = {}
        self._members: dict[ClassId, dict[str, int]] = {}
        self._lines: dict[ClassId, tuple[ClassId, ...]] = {}
        self._children: dict[ClassId, list[ClassId]] | None = None
        self._notes: dict[ClassId, dict[str, f.Expr]] = {}
        self._stored: dict[ClassId, dict[str, list[tuple[int, f.Expr]]]] = {}
        self._abstract: dict[tuple[str, int], bool] = {}

    def module(self, owner: ClassId) -> Module:
        return self._names.modules[owner.module]

    def scope(self, owner: ClassId) -> f.Scope:
        return self.module(owner).facts.scopes[owner.scope]

    def classes(self) -> Iterator[ClassId]:
        """Every class of the project."""
        for module in self._names.modules.values():
            for number, scope in enumerate(module.facts.scopes):
                if scope.kind == "class":
                    yield ClassId(module.name, number)

    def resolve(self, module: Module, expression: f.Expr | None) -> tuple[Target, ...]:
        """What a base class, decorator or annotation written at module or class level names."""
        if isinstance(expression, f.Name):
            return self._names.lookup(module.name, expression.id) or (
                self._names.external(expression.id),
            )
        if isinstance(expression, f.Attr):
            owners = self.resolve(module, expression.value)
            return tuple(t for o in owners for t in self._names.member(o, expression.attr))
        if isinstance(expression, f.Index):
            return self.resolve(module, expression.value)
        if isinstance(expression, f.Call):
            return self.resolve(module, expression.func)
        return ()

    def bases(self, owner: ClassId) -> tuple[tuple[ClassId, ...], tuple[str, ...]]:
        """The direct bases: project classes, and canonical names of external ones."""
        known = self._bases.get(owner)
        if known is not None:
            return known
        self._bases[owner] = ((), ())
        own: list[ClassId] = []
        external: list[str] = []
        module = self.module(owner)
        for base in self.scope(owner).bases:
            for target in self.resolve(module, base) or self._held_by(module, base):
                if target.kind == "class":
                    own.append(ClassId(target.module, target.scope))
                elif target.kind == "external":
                    external.append(target.module)
                elif target.kind == "variable":
                    held = [each.module for each in self.types_of(target, "")]
                    external.extend(held or (target.dotted,))
        self._bases[owner] = (tuple(own), tuple(external))
        return self._bases[owner]

    def _held_by(self, module: Module, base: f.Expr) -> tuple[Target, ...]:
        """A base class that is an attribute of an object, as ``db.Model``."""
        if not isinstance(base, f.Attr):
            return ()
        return tuple(
            held
            for target in self.resolve(module, base.value)
            if target.kind == "variable"
            for held in self.types_of(target, base.attr)
        )

    def ancestors(self, owner: ClassId) -> tuple[ClassId, ...]:
        """The class itself and its project ancestors, nearest first: depth first, left to right."""
        known = self._lines.get(owner)
        if known is not None:
            return known
        line: list[ClassId] = []
        stack = [owner]
        while stack and len(line) < MAX_ANCESTORS:
            current = stack.pop()
            if current not in line:
                line.append(current)
                stack.extend(reversed(self.bases(current)[0]))
        self._lines[owner] = tuple(line)
        return self._lines[owner]

    def external_bases(self, owner: ClassId) -> tuple[str, ...]:
        """The external classes that the class derives from, directly or through its ancestors."""
        known = self._external.get(owner)
        if known is None:
            found: dict[str, None] = {}
            for ancestor in self.ancestors(owner):
                for name in self.bases(ancestor)[1]:
                    found[name] = None
            known = self._external[owner] = tuple(found)
        return known

    def subclasses(self, owner: ClassId) -> tuple[ClassId, ...]:
        """All project classes below this one, in order of definition."""
        if self._children is None:
            self._children = {}
            for each in self.classes():
                for base in self.bases(each)[0]:
                    self._children.setdefault(base, []).append(each)
        found: dict[ClassId, None] = {}
        stack = list(self._children.get(owner, ()))
        while stack:
            current = stack.pop(0)
            if current not in found:
                found[current] = None
                stack.extend(self._children.get(current, ()))
        return tuple(found)

    def own_member(self, owner: ClassId, name: str) -> int | None:
        """The scope of a function or class that the class body itself defines, the last one."""
        members = self._members.get(owner)
        if members is None:
            module = self.module(owner)
            scopes = module.facts.scopes
            members = self._members[owner] = {
                scopes[number].name: number
                for number in module.children.get(owner.scope, ())
                if scopes[number].kind != "lambda"
            }
        return members.get(name)

    def is_abstract(self, module: str, number: int) -> bool:
        """Whether a method only says that subclasses have to have it."""
        key = (module, number)
        known = self._abstract.get(key)
        if known is None:
            owner = self._names.modules[module]
            scope = owner.facts.scopes[number]
            known = any(last_name(callee_of(each)) in _ABSTRACT for each in scope.decorators)
            # Only the shortest bodies can consist of one raise.
            if not known and scope.kind == "function" and len(owner.facts.bodies[number]) < _SHORT:
                known = _only_refuses(owner.body(number))
            self._abstract[key] = known
        return known

    def method(
        self, owner: ClassId, name: str, after: ClassId | None = None
    ) -> tuple[ClassId, int] | None:
        """Where a method is found: the class that defines it and its scope.

        ``after``: start behind this ancestor, as ``super()`` does.
        """
        line = self.ancestors(owner)
        if after is not None and after in line:
            line = line[line.index(after) + 1 :]
        for ancestor in line:
            number = self.own_member(ancestor, name)
            if number is not None:
                return ancestor, number
        return None

    def overrides(self, method: ScopeId, other: ScopeId) -> bool:
        """Whether a method overrides another one of an ancestor's."""
        owner, above = self._owner_of(method), self._owner_of(other)
        return owner is not None and above is not None and above in self.ancestors(owner)

    def _owner_of(self, method: ScopeId) -> ClassId | None:
        scopes = self._names.modules[method[0]].facts.scopes
        parent = scopes[method[1]].parent
        return ClassId(method[0], parent) if parent and scopes[parent].kind == "class" else None

    def assigned(self, owner: ClassId, name: str) -> list[tuple[ClassId, int, f.Expr]]:
        """The values that class bodies and methods of the line store in an attribute.

        Each comes with the class and the scope (class body or method) in which it is written.
        """
        found = []
        for ancestor in self.ancestors(owner):
            for scope, value in self._stores(ancestor).get(name, ()):
                found.append((ancestor, scope, value))
        return found

    def annotated(self, owner: ClassId, name: str) -> tuple[ClassId, f.Expr] | None:
        """The annotation of an attribute, in a class body or a method of the line."""
        for ancestor in self.ancestors(owner):
            self._stores(ancestor)
            annotation = self._notes[ancestor].get(name)
            if annotation is not None:
                return ancestor, annotation
        return None

    def is_field(self, owner: ClassId, name: str) -> bool:
        """Whether instances are made with a value of their own for an attribute of the class body,
        which then only has the default: in data classes and in models of libraries."""
        found = self.annotated(owner, name)
        if found is None or not self._is_written_in_body(found[0], name):
            return False
        if _names_of(found[1]) & _CONSTANT:
            return False
        decorators = {last_name(callee_of(each)) for each in self.scope(found[0]).decorators}
        return bool(decorators & _DATA_CLASSES) or bool(self.external_bases(found[0]))

    def _is_written_in_body(self, owner: ClassId, name: str) -> bool:
        return any(scope == owner.scope for scope, _ in self._stores(owner).get(name, ()))

    def _stores(self, owner: ClassId) -> dict[str, list[tuple[int, f.Expr]]]:
        known = self._stored.get(owner)
        if known is not None:
            return known
        table: dict[str, list[tuple[int, f.Expr]]] = {}
        module = self.module(owner)
        notes = self._notes[owner] = {}
        self._collect(module, owner.scope, None, table, notes)
        for number in module.children.get(owner.scope, ()):
            scope = module.facts.scopes[number]
            if scope.kind == "function" and scope.params:
                self._collect(module, number, scope.params[0].name, table, notes)
        self._stored[owner] = table
        return table

    def _collect(
        self,
        module: Module,
        number: int,
        receiver: str | None,
        table: dict[str, list[tuple[int, f.Expr]]],
        notes: dict[str, f.Expr],
    ) -> None:
        for statement in walk(module.body(number)):
            if isinstance(statement, f.Annotated):
                notes.setdefault(_stored_name(statement.target, receiver), statement.annotation)
            if isinstance(statement, f.Assign):
                pairs = [(target, statement.value) for target in statement.targets]
            elif isinstance(statement, f.Annotated) and statement.value is not None:
                pairs = [(statement.target, statement.value)]
            else:
                continue
            for target, value in pairs:
                name = _stored_name(target, receiver)
                if name:
                    table.setdefault(name, []).append((number, value))


def _only_refuses(body: f.Body) -> bool:
    """Whether a body is nothing but ``raise NotImplementedError``."""
    only = body[0] if len(body) == 1 else None
    if not isinstance(only, f.Raise) or only.value is None:
        return False
    return last_name(callee_of(only.value)) == "NotImplementedError"


def _names_of(annotation: f.Expr) -> set[str]:
    """The last names in an annotation, as far as it is written with subscripts and names."""
    if isinstance(annotation, f.Index):
        return {last_name(callee_of(annotation.value)), *_names_of(annotation.index)}
    return {last_name(callee_of(annotation))}


def _stored_name(target: f.Expr, receiver: str | None) -> str:
    """The attribute that an assignment target stores into, or nothing."""
    if receiver is None:
        return target.id if isinstance(target, f.Name) else ""
    if (
        isinstance(target, f.Attr)
        and isinstance(target.value, f.Name)
        and target.value.id == receiver
    ):
        return target.attr
    return ""
