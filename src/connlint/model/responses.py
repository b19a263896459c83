"""Routes in, what they declare and what they return out: response models with their fields, and the
dictionaries that handlers build."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from connlint.facts import types as f
from connlint.facts.extract import parse_expression
from connlint.model import values as v
from connlint.model.classes import ClassId
from connlint.model.entry_points import EntryPoint
from connlint.model.expressions import end_of
from connlint.model.name_parts import last_name
from connlint.model.names import ScopeId, walk
from connlint.model.program import Program

_WRAPPERS = frozenset({"jsonify", "dict", "JSONResponse", "ORJSONResponse", "make_response"})
"""What turns a dictionary into a response and leaves it as it is."""
_MAX_DEPTH = 4


class Route(NamedTuple):
    """A handler. ``decorator`` is FastAPI's, ``None`` for handlers of other frameworks; ``model``
    is the declared response model, ``excluded`` are the fields that it leaves out here."""

    entry: EntryPoint
    decorator: f.Call | None
    model: f.Expr | None
    excluded: frozenset[str]

    @property
    def scope(self) -> ScopeId:
        return (self.entry.module, self.entry.scope)


class ModelField(NamedTuple):
    """A field of a response model, where the class that declares it says so."""

    owner: ClassId
    name: str
    at: int
    end: int


class Entry(NamedTuple):
    """An entry of a dictionary in a response: its key, and where its value stands."""

    scope: ScopeId
    key: str
    value: f.Expr
    at: int
    end: int


class Responses:
    """Reads the routes of one program."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def routes(self, entries: tuple[EntryPoint, ...]) -> Iterator[Route]:
        """The HTTP routes among entry points, with what their decorators declare."""
        for entry in entries:
            if entry.kind == "route":
                yield self._route(entry)

    def _route(self, entry: EntryPoint) -> Route:
        module = self._program.modules[entry.module]
        scope = module.facts.scopes[entry.scope]
        for decorator in scope.decorators:
            if not isinstance(decorator, f.Call):
                continue
            callees = self._program.static(module, scope.parent, decorator.func)
            names = [self._program.callable_name(each) for each in callees]
            if not any(name.startswith("fastapi.") for name in names):
                continue
            given = {each.name: each.value for each in decorator.keywords if each.name}
            model = given.get("response_model", scope.returns)
            if isinstance(model, f.Const) and model.value is None:
                model = None
            excluded = _texts(given.get("response_model_exclude"))
            return Route(entry, decorator, None if _is_any(model) else model, excluded)
        return Route(entry, None, None, frozenset())

    # models

    def fields(self, route: Route) -> Iterator[ModelField]:
        """The fields of a route's response model and of the models inside it."""
        if route.model is None:
            return
        module = self._program.modules[route.entry.module]
        parent = module.facts.scopes[route.entry.scope].parent
        seen: set[ClassId] = set()
        work = list(self._classes(route.entry.module, parent, route.model, 0))
        while work:
            owner = work.pop()
            if owner in seen:
                continue
            seen.add(owner)
            for defining, field in self._declared(owner):
                if not _is_left_out(field.value):
                    name = field.target.id if isinstance(field.target, f.Name) else ""
                    yield ModelField(defining, name, field.at, field.end)
                    work.extend(self._classes(defining.module, defining.scope, field.annotation, 0))

    def _declared(self, owner: ClassId) -> Iterator[tuple[ClassId, f.Annotated]]:
        """The fields of a model, each where the nearest class declares it."""
        taken: set[str] = set()
        for defining in self._program.hierarchy.ancestors(owner):
            declared = {}
            for statement in walk(self._program.modules[defining.module].body(defining.scope)):
                if isinstance(statement, f.Annotated) and isinstance(statement.target, f.Name):
                    declared[statement.target.id] = statement
            for name, statement in declared.items():
                if name not in taken:
                    yield defining, statement
            taken.update(declared)

    def _classes(
        self, module: str, scope: int, annotation: f.Expr, depth: int
    ) -> Iterator[ClassId]:
        """The project's classes that an annotation mentions."""
        if depth > _MAX_DEPTH:
            return
        if isinstance(annotation, f.Const) and isinstance(annotation.value, str):
            parsed = parse_expression(annotation.value)
            if parsed is not None:
                yield from self._classes(module, scope, parsed, depth + 1)
        elif isinstance(annotation, (f.Name, f.Attr)):
            for value in self._program.static(self._program.modules[module], scope, annotation):
                if isinstance(value, v.Class):
                    yield ClassId(value.module, value.scope)
        elif isinstance(annotation, f.Index):
            yield from self._classes(module, scope, annotation.value, depth + 1)
            yield from self._classes(module, scope, annotation.index, depth + 1)
        elif isinstance(annotation, f.Seq):
            for item in annotation.items:
                yield from self._classes(module, scope, item, depth + 1)
        elif isinstance(annotation, f.BinOp):
            yield from self._classes(module, scope, annotation.left, depth + 1)
            yield from self._classes(module, scope, annotation.right, depth + 1)

    # dictionaries

    def entries(self, scope: ScopeId, depth: int = 0) -> Iterator[Entry]:
        """The entries of the dictionaries that a function returns, through what it calls too."""
        module = self._program.modules[scope[0]]
        for statement in walk(module.body(scope[1])):
            if isinstance(statement, f.Return) and statement.value is not None:
                yield from self._entries(scope, statement.value, depth)

    def _entries(self, scope: ScopeId, node: f.Expr, depth: int) -> Iterator[Entry]:
        if depth > _MAX_DEPTH:
            return
        if isinstance(node, f.DictLit):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, f.Const) and isinstance(key.value, str):
                    yield from _entry(scope, key.value, value)
                yield from self._entries(scope, value, depth + 1)
        elif isinstance(node, f.Seq):
            for item in node.items:
                yield from self._entries(scope, item, depth + 1)
        elif isinstance(node, f.Comp):
            yield from self._entries(scope, node.elements[-1], depth + 1)
        elif isinstance(node, f.Await):
            yield from self._entries(scope, node.value, depth)
        elif isinstance(node, f.Cond):
            yield from self._entries(scope, node.body, depth + 1)
            yield from self._entries(scope, node.orelse, depth + 1)
        elif isinstance(node, f.Name):
            module = self._program.modules[scope[0]]
            for source in self._program.assigned(module, scope[1]).get(node.id, ()):
                yield from self._entries(scope, source, depth + 1)
        elif isinstance(node, f.Call):
            yield from self._from_call(scope, node, depth)

    def _from_call(self, scope: ScopeId, node: f.Call, depth: int) -> Iterator[Entry]:
        module = self._program.modules[scope[0]]
        callees = self._program.static(module, scope[1], node.func)
        functions = [each for each in callees if isinstance(each, v.Func)]
        for each in functions:
            yield from self.entries((each.module, each.scope), depth + 1)
        last = last_name(node.func)
        if not functions and last in _WRAPPERS:
            for keyword in node.keywords:
                if keyword.name is not None and last in ("jsonify", "dict"):
                    yield from _entry(scope, keyword.name, keyword.value)
                yield from self._entries(scope, keyword.value, depth + 1)
            for argument in node.args:
                yield from self._entries(scope, argument, depth + 1)


def _entry(scope: ScopeId, key: str, value: f.Expr) -> Iterator[Entry]:
    """The entry, if its value is written where it can be pointed at."""
    if isinstance(value, (f.Name, f.Attr)):
        yield Entry(scope, key, value, value.at, end_of(value))
    elif isinstance(value, f.Call):
        yield Entry(scope, key, value, value.at, value.end)


def _is_any(node: f.Expr | None) -> bool:
    """``Any`` declares nothing."""
    return last_name(node) == "Any"


def _is_left_out(value: f.Expr | None) -> bool:
    """``Field(exclude=True)``, or a field that goes by another name outside."""
    return isinstance(value, f.Call) and any(
        (each.name == "exclude" and each.value == f.Const(True))
        or each.name in ("alias", "serialization_alias")
        for each in value.keywords
    )


def _texts(node: f.Expr | None) -> frozenset[str]:
    items = node.items if isinstance(node, f.Seq) else ()
    return frozenset(
        each.value for each in items if isinstance(each, f.Const) and isinstance(each.value, str)
    )
