"""Facts built node by node, without any source text: what the model is tested on by itself.

A node's place is a line of its own, counted up as nodes are made, so that nodes made one after the
other stand in that order and ``node.at`` names one node only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import msgspec

from connlint.config.standard import Standard
from connlint.facts import types as f
from connlint.location import pack
from connlint.model.effects import Operation
from connlint.model.project import Project
from model.written import operations

_lines = count(10)

Part = f.Expr | str
"""An expression; a dotted name may be given as its text."""


def _place() -> int:
    return pack(next(_lines), 0)


# expressions


def ref(dotted: str) -> f.Name | f.Attr:
    """A name, or a chain of attributes of one."""
    first, *attributes = dotted.split(".")
    at = _place()
    node: f.Name | f.Attr = f.Name(first, at)
    for attribute in attributes:
        node = f.Attr(node, attribute, at, _place())
    return node


def part(given: Part) -> f.Expr:
    return ref(given) if isinstance(given, str) else given


def attr(value: f.Expr, name: str) -> f.Attr:
    """An attribute of what is no plain chain of names."""
    return f.Attr(value, name, getattr(value, "at", 0) or _place(), _place())


def call(func: Part, *args: Part, **keywords: Part) -> f.Call:
    made = part(func)
    return f.Call(
        made,
        tuple(part(each) for each in args),
        tuple(f.Keyword(name, part(value)) for name, value in keywords.items()),
        getattr(made, "at", 0) or _place(),
        _place(),
    )


def const(value: str | int | bool | None) -> f.Const:
    return f.Const(value)


def several(*items: Part) -> f.Seq:
    return f.Seq("t", tuple(part(item) for item in items))


def table(**items: Part) -> f.DictLit:
    keys: tuple[f.Expr | None, ...] = tuple(f.Const(key) for key in items)
    return f.DictLit(keys, tuple(part(value) for value in items.values()))


def item(value: Part, key: Part) -> f.Index:
    return f.Index(part(value), part(key), _place(), _place())


def same(left: Part, right: Part) -> f.Compare:
    return f.Compare(part(left), ("==",), (part(right),))


def wait(value: Part) -> f.Await:
    return f.Await(part(value), _place())


def hand_out(value: Part | None = None) -> f.Yield:
    return f.Yield(part(value) if value is not None else None, _place())


# statements


def do(value: Part) -> f.Evaluate:
    return f.Evaluate(part(value), _place(), _place())


def let(target: Part, value: Part) -> f.Assign:
    return f.Assign((part(target),), part(value), _place(), _place())


def typed(target: Part, annotation: Part, value: Part | None = None) -> f.Annotated:
    given = part(value) if value is not None else None
    return f.Annotated(part(target), part(annotation), given, _place(), _place())


def give(value: Part | None = None) -> f.Return:
    return f.Return(part(value) if value is not None else None, _place(), _place())


def fail(value: Part = "ValueError") -> f.Raise:
    return f.Raise(part(value), None, _place(), _place())


def when(test: Part, body: Sequence[f.Stmt], orelse: Sequence[f.Stmt] = ()) -> f.If:
    return f.If((f.Branch(part(test), tuple(body)),), tuple(orelse), _place(), _place())


def each(target: str, items: Part, body: Sequence[f.Stmt]) -> f.For:
    return f.For(part(target), part(items), tuple(body), (), False, _place(), _place())


def repeat(test: Part, body: Sequence[f.Stmt]) -> f.While:
    return f.While(part(test), tuple(body), (), _place(), _place())


def attempt(
    body: Sequence[f.Stmt],
    *handlers: tuple[str, Sequence[f.Stmt]],
    orelse: Sequence[f.Stmt] = (),
    final: Sequence[f.Stmt] = (),
) -> f.Stmt:
    caught = tuple(
        f.Handler(part(kind), None, tuple(block), _place(), _place()) for kind, block in handlers
    )
    return f.Try(tuple(body), caught, tuple(orelse), tuple(final), _place(), _place())


def inside(context: Part, target: str, body: Sequence[f.Stmt], *, is_async: bool = False) -> f.With:
    entered = f.WithItem(part(context), part(target) if target else None)
    return f.With((entered,), tuple(body), is_async, _place(), _place())


def case(values: Sequence[Part], body: Sequence[f.Stmt]) -> f.Case:
    """A ``case`` that compares with values; without any it matches everything."""
    return f.Case(tuple(part(v) for v in values), (), not values, None, tuple(body))


def match(subject: Part, *cases: f.Case) -> f.Match:
    return f.Match(part(subject), cases, _place(), _place())


# scopes and files


def param(name: str, annotation: Part | None = None, default: Part | None = None) -> f.Param:
    return f.Param(
        name,
        "p",
        part(annotation) if annotation is not None else None,
        part(default) if default is not None else None,
        _place(),
        _place(),
    )


@dataclass
class _Scope:
    kind: f.ScopeKind
    name: str
    body: tuple[f.Stmt, ...]
    params: tuple[f.Param, ...] = ()
    decorators: tuple[f.Expr, ...] = ()
    bases: tuple[f.Expr, ...] = ()
    is_async: bool = False
    at: int = 0
    end: int = 0
    parent: int = 0


@dataclass
class File:
    """One file that is being built. Its scopes may be made in any order; the module comes last."""

    path: str
    name: str
    exports: tuple[str, ...] | None = None
    scopes: list[_Scope] = field(default_factory=lambda: [_Scope("module", "", ())])
    imports: list[f.Import] = field(default_factory=list)

    def take(
        self, module: str, *names: str, level: int = 0, checking: bool = False,
        fallback: bool = False, **renamed: str,
    ) -> f.ImportNames:  # fmt: skip
        """``from module import names, new=old``."""
        pairs = [(name, name) for name in names] + list(renamed.items())
        return f.ImportNames(
            tuple(
                self._import(new, module, old, level, checking=checking, fallback=fallback)
                for new, old in pairs
            )
        )

    def load(self, module: str, name: str = "") -> f.ImportNames:
        """``import module as name``."""
        bound = name or module.partition(".")[0]
        return f.ImportNames((self._import(bound, module, None, 0, root=not name),))

    def _import(
        self, name: str, module: str, attribute: str | None, level: int, *, root: bool = False,
        checking: bool = False, fallback: bool = False,
    ) -> int:  # fmt: skip
        places = (_place(), _place(), _place(), _place())
        self.imports.append(
            f.Import(name, module, attribute, level, root, 0, checking, fallback, *places)
        )
        return len(self.imports) - 1

    def function(
        self,
        name: str,
        params: Iterable[f.Param | str],
        *body: f.Stmt,
        decorators: Sequence[Part] = (),
        is_async: bool = False,
    ) -> f.Define:
        made = tuple(param(p) if isinstance(p, str) else p for p in params)
        around = tuple(part(each) for each in decorators)
        return self._define(_Scope("function", name, body, made, around, is_async=is_async))

    def class_(
        self, name: str, bases: Sequence[Part], *body: f.Stmt, decorators: Sequence[Part] = ()
    ) -> f.Define:
        around = tuple(part(each) for each in decorators)
        below = tuple(part(base) for base in bases)
        return self._define(_Scope("class", name, body, decorators=around, bases=below))

    def function_of(self, params: Iterable[str], value: Part) -> f.Lambda:
        """A lambda."""
        made = tuple(param(name) for name in params)
        scope = _Scope("lambda", "<lambda>", (give(value),), made, at=_place(), end=_place())
        self.scopes.append(scope)
        return f.Lambda(len(self.scopes) - 1)

    def _define(self, scope: _Scope) -> f.Define:
        scope.at, scope.end = _place(), _place()
        self.scopes.append(scope)
        return f.Define(len(self.scopes) - 1, scope.at)

    def holds(self, *body: f.Stmt) -> File:
        """Say what the module consists of; the file is complete then."""
        self.scopes[0].body = body
        for number, scope in enumerate(self.scopes):
            for node in _nodes(scope.body):
                if isinstance(node, f.Define | f.Lambda):
                    self.scopes[node.scope].parent = number
                elif isinstance(node, f.ImportNames):
                    for imported in node.imports:
                        self.imports[imported] = msgspec.structs.replace(
                            self.imports[imported], scope=number
                        )
        return self

    def facts(self) -> f.FileFacts:
        definitions: dict[str, tuple[tuple[str, int], ...]] = {}
        for name, kind, number in self._bound(0):
            definitions[name] = (*definitions.get(name, ()), (kind, number))
        return f.FileFacts(
            None,
            tuple(self.imports),
            tuple(self._scope(number) for number in range(len(self.scopes))),
            tuple(f.encode_body(scope.body) for scope in self.scopes),
            definitions,
            self.exports,
            (),
            0,
            (),
        )

    def _scope(self, number: int) -> f.Scope:
        scope = self.scopes[number]
        called = _called(scope)
        inner = [node.scope for node in _nodes(scope.body) if isinstance(node, f.Define)]
        for define in inner:
            called.update(dict.fromkeys(map(_dotted, self.scopes[define].decorators), False))
        named = [name for name in called if name]
        yields = any(isinstance(node, f.Yield | f.YieldFrom) for node in _nodes(scope.body))
        bound = dict.fromkeys(p.name for p in scope.params)
        bound.update(dict.fromkeys(name for name, _, _ in self._bound(number)))
        line = scope.at
        return f.Scope(
            scope.kind, scope.name, self._qualified(number), scope.parent, scope.params,
            scope.decorators, None, scope.bases, (), scope.is_async,
            yields and scope.kind == "function", tuple(named), tuple(bound), 0, line, scope.end,
            line, tuple(n for n, name in enumerate(named) if called[name]),
        )  # fmt: skip

    def _qualified(self, number: int) -> str:
        scope = self.scopes[number]
        if not number or not scope.parent:
            return scope.name
        joint = "." if self.scopes[scope.parent].kind == "class" else ".<locals>."
        return self._qualified(scope.parent) + joint + scope.name

    def _bound(self, number: int) -> Iterator[tuple[str, str, int]]:
        for node in _nodes(self.scopes[number].body):
            if isinstance(node, f.Define):
                yield self.scopes[node.scope].name, "s", node.scope
            elif isinstance(node, f.ImportNames):
                for imported in node.imports:
                    if self.imports[imported].attr != "*":
                        yield self.imports[imported].name, "i", imported
            elif isinstance(node, f.Bind):
                yield node.name, "a", 0
            else:
                for target in _targets(node):
                    yield target, "a", 0


def _targets(node: object) -> Iterator[str]:
    """The names that a statement binds."""
    given: tuple[f.Expr | None, ...] = ()
    if isinstance(node, f.Assign):
        given = node.targets
    elif isinstance(node, f.Annotated | f.AugAssign | f.For | f.WithItem):
        given = (node.target,)
    for target in given:
        for part_of in target.items if isinstance(target, f.Seq) else (target,):
            if isinstance(part_of, f.Name):
                yield part_of.id


def _nodes(value: object) -> Iterator[object]:
    """Everything inside a body, in order."""
    if isinstance(value, tuple):
        for entry in value:
            yield from _nodes(entry)
    elif isinstance(value, msgspec.Struct):
        yield value
        for name in value.__struct_fields__:
            yield from _nodes(getattr(value, name))


def _dotted(node: object) -> str:
    if isinstance(node, f.Call):
        return _dotted(node.func)
    if isinstance(node, f.Index):
        return _dotted(node.value)
    if isinstance(node, f.Name):
        return node.id
    if isinstance(node, f.Attr):
        before = _dotted(node.value) if isinstance(node.value, f.Name | f.Attr) else "?"
        return f"{'?' if before.startswith('?') else before}.{node.attr}"
    return ""


def _called(scope: _Scope) -> dict[str, bool]:
    """What a scope calls (false) or mentions otherwise (true)."""
    found: dict[str, bool] = {}
    nodes = list(_nodes((scope.body, tuple(p.default for p in scope.params))))
    callees = {id(node.func) for node in nodes if isinstance(node, f.Call)}
    for node in nodes:
        if isinstance(node, f.Call):
            found.setdefault(_dotted(node.func), False)
        elif isinstance(node, f.Name | f.Attr) and id(node) not in callees:
            found[_dotted(node)] = True
    return found


def linked(*files: File, standard: Standard | None = None) -> Project:
    """The project that these files make up."""
    triples = [(file.path, file.name, file.facts()) for file in files]
    return Project.link(triples, standard or Standard())


def commits(project: Project, symbol: str) -> list[Operation]:
    """The commits of a function, by itself and through calls."""
    return operations(project, symbol, "commit")
