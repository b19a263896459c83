"""A tree in, the variables of the file out: which names mean the same one, and what binds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst

from connlint.fix.tree import Scope, Tree

_FUNCTIONS = (cst.FunctionDef, cst.Lambda)
_SCOPES = (cst.Module, cst.FunctionDef, cst.ClassDef, cst.Lambda, cst.BaseComp)
_TARGET_PARTS = (cst.Tuple, cst.List, cst.Element, cst.StarredElement)


@dataclass(slots=True)
class Names:
    """Every occurrence of every name that is a variable: no attributes, no keywords of calls."""

    tree: Tree
    occurrences: dict[str, list[cst.Name]] = field(default_factory=lambda: defaultdict(list))
    _bound: dict[Scope, set[str]] = field(default_factory=lambda: defaultdict(set))
    _global: set[tuple[Scope, str]] = field(default_factory=set)
    _outer: set[tuple[Scope, str]] = field(default_factory=set)

    def add(self, name: cst.Name) -> None:
        """Take up one occurrence of a variable, in the order of the source."""
        self.occurrences[name.value].append(name)
        scope = self.scope(name)
        declaration = self.tree.enclosing(name, cst.Global, cst.Nonlocal)
        if declaration:
            self._outer.add((scope, name.value))
            if isinstance(declaration, cst.Global):
                self._global.add((scope, name.value))
        elif binds(name, self.tree):
            self._bound[scope].add(name.value)

    def of_variable(self, name: str, owner: Scope) -> list[cst.Name]:
        """All occurrences of the variable ``name`` of the scope ``owner``, in order."""
        return [each for each in self.occurrences.get(name, ()) if self.owner(each) is owner]

    def owner(self, occurrence: cst.Name) -> Scope:
        """The scope whose variable this is; the module for a name that nothing binds."""
        return self.owner_from(self.scope(occurrence), occurrence.value)

    def owner_from(self, scope: Scope, name: str) -> Scope:
        """The scope whose variable ``name`` is when it is used in ``scope``."""
        at = scope
        while not isinstance(at, cst.Module):
            if (at, name) in self._global:
                break
            is_visible = at is scope or not isinstance(at, cst.ClassDef)
            if is_visible and name in self._bound[at] and (at, name) not in self._outer:
                return at
            at = self.scope(at)
        return self.tree.module

    def scope(self, node: cst.CSTNode) -> Scope:
        """The scope in which ``node`` is evaluated; for a scope, the one around it."""
        below: cst.CSTNode = node
        for above in self.tree.ancestors(node):
            if isinstance(above, _SCOPES) and _is_evaluated_in(below, above, node):
                return above
            below = above
        return self.tree.module

    def function(self, node: cst.CSTNode) -> cst.Module | cst.FunctionDef | cst.Lambda:
        """The function that ``node`` runs in, or the module."""
        scope = self.scope(node)
        while isinstance(scope, cst.BaseComp | cst.ClassDef):
            scope = self.scope(scope)
        return scope

    def value_of(self, name: str, scope: Scope) -> cst.BaseExpression | None:
        """What ``name`` is in ``scope`` when one plain assignment alone gives it its value."""
        owner = self.owner_from(scope, name)
        bindings = [each for each in self.of_variable(name, owner) if binds(each, self.tree)]
        above = self.tree.parent(bindings[0]) if len(bindings) == 1 else None
        assignment = self.tree.parent(above) if isinstance(above, cst.AssignTarget) else None
        return assignment.value if isinstance(assignment, cst.Assign) else None

    def is_variable(self, name: cst.Name) -> bool:
        """Does ``name`` stand for a variable, and not for an attribute, keyword or module?"""
        parent = self.tree.parent(name)
        match parent:
            case cst.Attribute():
                return parent.value is name and not _in_import_path(parent, self.tree)
            case cst.Arg():
                return parent.keyword is not name
            case cst.ImportFrom():
                return False
            case cst.ImportAlias():
                return parent.asname is None
            case cst.MatchKeywordElement():
                return parent.key is not name
            case _:
                return True

    def is_free(self, name: str) -> bool:
        """Is ``name`` no variable anywhere in the file?"""
        return not self.occurrences.get(name)

    def is_declared_outside(self, name: str, scope: Scope) -> bool:
        """Does ``scope`` declare ``name`` as ``global`` or ``nonlocal``?"""
        return (scope, name) in self._outer


def names_of(tree: Tree) -> Names:
    """The names of the file that ``tree`` is of."""
    names = Names(tree)
    for node in tree.nodes:
        if isinstance(node, cst.Name) and names.is_variable(node):
            names.add(node)
    return names


def binds(name: cst.Name, tree: Tree) -> bool:
    """Does this occurrence give the variable a value, or take it away?"""
    below: cst.CSTNode = name
    for above in tree.ancestors(name):
        if isinstance(above, cst.Attribute):
            return tree.enclosing(above, cst.ImportAlias) is not None
        if not isinstance(above, _TARGET_PARTS):
            return _binds_directly(below, above)
        below = above
    return False


def parameters(function: cst.FunctionDef | cst.Lambda) -> Iterator[cst.Param]:
    """All parameters of ``function``, whatever their kind."""
    every = function.params
    yield from every.posonly_params
    yield from every.params
    if isinstance(every.star_arg, cst.Param):
        yield every.star_arg
    yield from every.kwonly_params
    if every.star_kwarg:
        yield every.star_kwarg


def _in_import_path(attribute: cst.Attribute, tree: Tree) -> bool:
    """Is this ``a.b`` of ``from a.b import c`` or of ``import a.b as c``, which binds no ``a``?"""
    for above in tree.ancestors(attribute):
        if isinstance(above, cst.ImportAlias):
            return above.asname is not None
        if not isinstance(above, cst.Attribute):
            return isinstance(above, cst.ImportFrom)
    return False


def _binds_directly(below: cst.CSTNode, above: cst.CSTNode) -> bool:
    match above:
        case cst.AssignTarget() | cst.Del() | cst.ImportAlias() | cst.AsName():
            return True
        case cst.AnnAssign() | cst.AugAssign() | cst.NamedExpr() | cst.For() | cst.CompFor():
            return above.target is below
        case cst.MatchMapping():
            return above.rest is below
        case (
            cst.Param() | cst.FunctionDef() | cst.ClassDef() | cst.MatchAs() | cst.MatchStar()
            | cst.TypeAlias() | cst.TypeVar() | cst.TypeVarTuple() | cst.ParamSpec()
        ):  # fmt: skip
            return above.name is below
        case _:
            return False


def _is_evaluated_in(below: cst.CSTNode, scope: Scope, node: cst.CSTNode) -> bool:
    """Does the part ``below`` of ``scope``, with ``node`` in it, belong to its inside?

    Decorators, defaults, annotations, bases and the name itself belong to the scope around it.
    """
    match scope:
        case cst.FunctionDef() | cst.Lambda():
            is_parameter = any(each.name is node for each in parameters(scope))
            return below is scope.body or is_parameter
        case cst.ClassDef():
            return below is scope.body
        case _:
            return True
