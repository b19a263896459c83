"""A parsed module in, its imports, scopes and bodies out: one walk over the statements."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, cast

from connlint.facts import types as f
from connlint.facts.expressions import OPERATORS, ExpressionCollector, dotted
from connlint.facts.open_scope import OpenScope
from connlint.facts.patterns import read_pattern

_Function = ast.FunctionDef | ast.AsyncFunctionDef


class Collector(ExpressionCollector):
    """Collects one module. Call :meth:`module` once, then read the results."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.imports: list[f.Import] = []
        self.bodies: list[bytes] = []
        self.definitions: dict[str, list[tuple[str, int]]] = {}
        self.exports: tuple[str, ...] | None = None
        self._scopes: list[OpenScope] = []
        self._pending: list[tuple[int, list[ast.stmt]]] = []
        self._current = 0
        self._type_checking = 0
        self._fallback = 0

    def module(self, tree: ast.Module) -> None:
        """Collect the module and, scope by scope, everything defined in it."""
        self._open(OpenScope("module", "", "", 0, tree), tree.body)
        while self._pending:
            number, body = self._pending.pop()
            self._collect(number, body)

    def finished_scopes(self) -> list[f.Scope]:
        """All scopes, in the order of their numbers."""
        return [scope.finished() for scope in self._scopes]

    # scopes

    def _open(self, scope: OpenScope, body: list[ast.stmt]) -> int:
        number = len(self._scopes)
        self._scopes.append(scope)
        self.bodies.append(b"")
        self._pending.append((number, body))
        return number

    def _collect(self, number: int, body: list[ast.stmt]) -> None:
        scope = self._scopes[number]
        self._current = number
        self.called, self.bound, self.yields = scope.called, scope.bound, False
        for param in scope.params:
            self.bound[param.name] = None
        self.bodies[number] = f.encode_body(self._block(body))
        scope.yields = self.yields
        for name in scope.outer:
            scope.bound.pop(name, None)

    def _qualify(self, name: str) -> str:
        scope = self._scopes[self._current]
        if scope.kind == "module":
            return name
        joint = "." if scope.kind == "class" else ".<locals>."
        return scope.qualname + joint + name

    def lambda_scope(self, node: ast.Lambda) -> int:
        start, end = self.positions.start(node), self.positions.end(node)
        value = ast.Return(value=node.body)
        ast.copy_location(value, node.body)
        scope = OpenScope(
            "lambda", "<lambda>", self._qualify("<lambda>"), self._current, node,
            params=self._params(node.args), first=node.lineno, at=start, end=end, name_at=start,
        )  # fmt: skip
        return self._open(scope, [value])

    def _params(self, arguments: ast.arguments) -> tuple[f.Param, ...]:
        params: list[f.Param] = []
        positional = [*arguments.posonlyargs, *arguments.args]
        gap = len(positional) - len(arguments.defaults)
        for index, argument in enumerate(positional):
            kind = "o" if index < len(arguments.posonlyargs) else "p"
            default = arguments.defaults[index - gap] if index >= gap else None
            params.append(self._param(argument, kind, default))
        if arguments.vararg:
            params.append(self._param(arguments.vararg, "a", None))
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            params.append(self._param(argument, "k", default))
        if arguments.kwarg:
            params.append(self._param(arguments.kwarg, "w", None))
        return tuple(params)

    def _param(self, argument: ast.arg, kind: str, default: ast.expr | None) -> f.Param:
        if default is not None:
            self.hand_on(default)
        return f.Param(
            argument.arg, kind, self.optional(argument.annotation), self.optional(default),
            self.positions.start(argument), self.positions.end(argument),
        )  # fmt: skip

    # blocks and statements

    def _block(self, nodes: list[ast.stmt]) -> f.Body:
        statements = []
        for node in nodes:
            statement = _STATEMENTS[type(node)](self, node)
            if statement is not None:
                statements.append(statement)
        return tuple(statements)

    def _at(self, node: Any) -> tuple[int, int]:
        return self.positions.start(node), self.positions.end(node)

    def _define(self, name: str, kind: str, number: int) -> None:
        self.bound[name] = None
        if self._scopes[self._current].kind == "module":
            self.definitions.setdefault(name, []).append((kind, number))

    def _bind_target(self, target: ast.expr) -> None:
        stack = [target]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.Name):
                self._define(node.id, "a", 0)
            elif isinstance(node, (ast.Tuple, ast.List)):
                stack.extend(node.elts)
            elif isinstance(node, ast.Starred):
                stack.append(node.value)
            elif isinstance(node, ast.Attribute):
                self._store_into(node)

    def _store_into(self, target: ast.Attribute) -> None:
        """Note the name of an outer scope whose object gets an attribute."""
        name = dotted(target).partition(".")[0]
        if name != "?" and name not in self.bound:
            self.called.setdefault(name, False)

    def _assign(self, node: ast.Assign) -> f.Stmt:
        for target in node.targets:
            self._bind_target(target)
            if isinstance(target, ast.Name) and target.id == "__all__":
                self._export(node.value)
        self.hand_on(node.value)
        return f.Assign(
            self.expressions(node.targets), self.expression(node.value), *self._at(node)
        )

    def _export(self, value: ast.expr) -> None:
        if isinstance(value, (ast.List, ast.Tuple)) and not self._current:
            names = [item.value for item in value.elts if isinstance(item, ast.Constant)]
            self.exports = (self.exports or ()) + tuple(
                name for name in names if isinstance(name, str)
            )

    def _annotated(self, node: ast.AnnAssign) -> f.Stmt:
        self._bind_target(node.target)
        if node.value is not None:
            self.hand_on(node.value)
        return f.Annotated(
            self.expression(node.target),
            self.expression(node.annotation),
            self.optional(node.value),
            *self._at(node),
        )

    def _augmented(self, node: ast.AugAssign) -> f.Stmt:
        self._bind_target(node.target)
        if isinstance(node.target, ast.Name) and node.target.id == "__all__":
            self._export(node.value)
        value = self.expression(node.value)
        return f.AugAssign(
            self.expression(node.target), OPERATORS[type(node.op)], value, *self._at(node)
        )

    def _evaluate(self, node: ast.Expr) -> f.Stmt | None:
        if isinstance(node.value, ast.Constant):
            return None
        return f.Evaluate(self.expression(node.value), *self._at(node))

    def _return(self, node: ast.Return) -> f.Stmt:
        if node.value is not None:
            self.hand_on(node.value)
        return f.Return(self.optional(node.value), *self._at(node))

    def _raise(self, node: ast.Raise) -> f.Stmt:
        return f.Raise(self.optional(node.exc), self.optional(node.cause), *self._at(node))

    def _if(self, node: ast.If) -> f.Stmt:
        at, end = self._at(node)
        branches = []
        while True:
            checking = _is_type_checking(node.test)
            test = self.expression(node.test)
            self._type_checking += checking
            branches.append(f.Branch(test, self._block(node.body)))
            self._type_checking -= checking
            if len(node.orelse) != 1 or not isinstance(node.orelse[0], ast.If):
                break
            node = node.orelse[0]
        return f.If(tuple(branches), self._block(node.orelse), at, end)

    def _for(self, node: ast.For | ast.AsyncFor) -> f.Stmt:
        self._bind_target(node.target)
        self.hand_on(node.iter)
        return f.For(
            self.expression(node.target),
            self.expression(node.iter),
            self._block(node.body),
            self._block(node.orelse),
            isinstance(node, ast.AsyncFor),
            *self._at(node),
        )

    def _while(self, node: ast.While) -> f.Stmt:
        test = self.expression(node.test)
        return f.While(test, self._block(node.body), self._block(node.orelse), *self._at(node))

    def _try(self, node: ast.Try) -> f.Stmt:
        body = self._block(node.body)
        handlers = []
        for handler in node.handlers:
            if handler.name:
                self._define(handler.name, "a", 0)
            importing = _catches_import_error(handler.type)
            self._fallback += importing
            block = self._block(handler.body)
            self._fallback -= importing
            handlers.append(
                f.Handler(self.optional(handler.type), handler.name, block, *self._at(handler))
            )
        return f.Try(
            body,
            tuple(handlers),
            self._block(node.orelse),
            self._block(node.finalbody),
            *self._at(node),
        )

    def _with(self, node: ast.With | ast.AsyncWith) -> f.Stmt:
        items = []
        for item in node.items:
            self.hand_on(item.context_expr)
            if item.optional_vars is not None:
                self._bind_target(item.optional_vars)
            items.append(
                f.WithItem(self.expression(item.context_expr), self.optional(item.optional_vars))
            )
        return f.With(
            tuple(items), self._block(node.body), isinstance(node, ast.AsyncWith), *self._at(node)
        )

    def _match(self, node: ast.Match) -> f.Stmt:
        subject = self.expression(node.subject)
        cases = []
        for case in node.cases:
            values, binds, wildcard = read_pattern(case.pattern, self.expression)
            for name in binds:
                self._define(name, "a", 0)
            guard = self.optional(case.guard)
            cases.append(f.Case(values, binds, wildcard, guard, self._block(case.body)))
        return f.Match(subject, tuple(cases), *self._at(node))

    def _break(self, node: ast.Break) -> f.Stmt:
        return f.Break(self.positions.start(node))

    def _continue(self, node: ast.Continue) -> f.Stmt:
        return f.Continue(self.positions.start(node))

    def _delete(self, node: ast.Delete) -> f.Stmt:
        return f.Delete(self.expressions(node.targets), *self._at(node))

    def _outer(self, node: ast.Global | ast.Nonlocal) -> f.Stmt:
        self._scopes[self._current].outer.update(node.names)
        is_global = isinstance(node, ast.Global)
        if is_global:
            for name in node.names:
                self.definitions.setdefault(name, [])
        return f.Outer(tuple(node.names), is_global)

    def _assert(self, node: ast.Assert) -> f.Stmt:
        return f.Assert(self.expression(node.test), *self._at(node))

    def _type_alias(self, node: Any) -> f.Stmt:
        self._bind_target(node.name)
        return f.Assign((self.expression(node.name),), self.expression(node.value), *self._at(node))

    # statements that define or import

    def _function(self, node: _Function) -> f.Stmt:
        decorators = self.expressions(node.decorator_list)
        for decorator in node.decorator_list:
            self.called.setdefault(dotted_decorator(decorator), False)
        at, end = self._at(node)
        scope = OpenScope(
            "function", node.name, self._qualify(node.name), self._current, node,
            params=self._params(node.args), decorators=decorators,
            returns=self.optional(node.returns),
            is_async=isinstance(node, ast.AsyncFunctionDef), first=_first_line(node),
            at=at, end=end, name_at=at,
        )  # fmt: skip
        number = self._open(scope, node.body)
        self._define(node.name, "s", number)
        return f.Define(number, at)

    def _class(self, node: ast.ClassDef) -> f.Stmt:
        at, end = self._at(node)
        keywords = tuple([f.Keyword(k.arg, self.expression(k.value)) for k in node.keywords])
        scope = OpenScope(
            "class", node.name, self._qualify(node.name), self._current, node,
            decorators=self.expressions(node.decorator_list), bases=self.expressions(node.bases),
            keywords=keywords, first=_first_line(node), at=at, end=end, name_at=at,
        )  # fmt: skip
        number = self._open(scope, node.body)
        self._define(node.name, "s", number)
        return f.Define(number, at)

    def _record(
        self, node: Any, alias: ast.alias, name: str, module: str, attr: str | None, level: int
    ) -> int:
        number = len(self.imports)
        start, end = self._at(node)
        self.imports.append(
            f.Import(
                name, module, attr, level, attr is None and alias.asname is None, self._current,
                self._type_checking > 0, self._fallback > 0, self.positions.start(alias),
                self.positions.end(alias), start, end,
            )
        )  # fmt: skip
        if attr != "*":
            self._define(name, "i", number)
        return number

    def _import(self, node: ast.Import) -> f.Stmt:
        numbers = []
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            numbers.append(self._record(node, alias, name, alias.name, None, 0))
        return f.ImportNames(tuple(numbers))

    def _import_from(self, node: ast.ImportFrom) -> f.Stmt:
        module = node.module or ""
        numbers = []
        for alias in node.names:
            name = alias.asname or alias.name
            numbers.append(self._record(node, alias, name, module, alias.name, node.level))
        return f.ImportNames(tuple(numbers))


def _skip(collector: Collector, node: ast.stmt) -> None:
    """Nothing to keep of a ``pass``."""


_STATEMENTS = cast(
    "dict[type, Callable[[Collector, Any], f.Stmt | None]]",
    {
        ast.Assign: Collector._assign, ast.AnnAssign: Collector._annotated,
        ast.AugAssign: Collector._augmented, ast.Expr: Collector._evaluate,
        ast.Return: Collector._return, ast.Raise: Collector._raise, ast.If: Collector._if,
        ast.For: Collector._for, ast.AsyncFor: Collector._for, ast.While: Collector._while,
        ast.Try: Collector._try, ast.With: Collector._with, ast.AsyncWith: Collector._with,
        ast.Match: Collector._match, ast.Break: Collector._break,
        ast.Continue: Collector._continue, ast.Delete: Collector._delete,
        ast.Global: Collector._outer, ast.Nonlocal: Collector._outer,
        ast.FunctionDef: Collector._function, ast.AsyncFunctionDef: Collector._function,
        ast.ClassDef: Collector._class, ast.Import: Collector._import,
        ast.ImportFrom: Collector._import_from, ast.Assert: Collector._assert, ast.Pass: _skip,
    },
)  # fmt: skip
for _name, _convert in (("TryStar", Collector._try), ("TypeAlias", Collector._type_alias)):
    if _kind := getattr(ast, _name, None):
        _STATEMENTS[_kind] = _convert


def dotted_decorator(node: ast.expr) -> str:
    """The dotted text of a decorator, called or not."""
    return dotted(node.func if isinstance(node, ast.Call) else node)


def _first_line(node: _Function | ast.ClassDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _is_type_checking(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


def _catches_import_error(node: ast.expr | None) -> bool:
    if node is None:
        return True
    names = node.elts if isinstance(node, ast.Tuple) else [node]
    wanted = {"ImportError", "ModuleNotFoundError", "Exception"}
    return any(
        (n.attr if isinstance(n, ast.Attribute) else getattr(n, "id", "")) in wanted for n in names
    )
