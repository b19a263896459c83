"""``ast`` expressions in, fact expressions out, noting on the way what each scope calls."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any, cast

from connlint.facts import types as f
from connlint.location import COLUMN_BITS, LAST_COLUMN, pack
from connlint.source import CharacterColumns

MAX_DEPTH = 150
KEPT_TEXT = 200
KEPT_SQL = 20_000

_SQL = re.compile(
    r"\s*(--[^\n]*\n\s*|\(\s*)*(select|insert|update|delete|create|alter|drop|pragma|set|with|begin|listen|"
    r"notify|prepare|lock|truncate|replace|merge|savepoint|commit|rollback|vacuum|reset|explain|values)\b",
    re.IGNORECASE,
)

_COMPARISONS: dict[type, str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
OPERATORS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
    ast.LShift: "<<", ast.RShift: ">>",
}  # fmt: skip
_COMPREHENSIONS: dict[type, str] = {
    ast.ListComp: "l", ast.SetComp: "s", ast.DictComp: "d", ast.GeneratorExp: "g",
}  # fmt: skip


class Positions:
    """Turns the parser's UTF-8 byte columns into packed character positions."""

    def __init__(self, text: str) -> None:
        self._columns = None if text.isascii() else CharacterColumns(text)

    def pack(self, line: int, column: int) -> int:
        if self._columns is not None:
            column = self._columns.column(line, column)
        return pack(line, column)

    def start(self, node: Any) -> int:
        if self._columns is None and node.col_offset < LAST_COLUMN:
            return cast("int", node.lineno << COLUMN_BITS | node.col_offset)
        return self.pack(node.lineno, node.col_offset)

    def end(self, node: Any) -> int:
        if self._columns is None and node.end_col_offset < LAST_COLUMN:
            return cast("int", node.end_lineno << COLUMN_BITS | node.end_col_offset)
        return self.pack(node.end_lineno, node.end_col_offset)


def dotted(node: ast.expr) -> str:
    """``a.b.c`` for a chain of names, ``?.c`` for an attribute of anything else, else ``""``."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    elif parts:
        return "?." + parts[0]
    else:
        return ""
    return ".".join(reversed(parts))


def _container(func: ast.expr) -> ast.expr:
    """What is called, or the collection that holds it: ``FACTORIES`` of ``FACTORIES[name]()``."""
    while isinstance(func, ast.Subscript):
        func = func.value
    return func


class ExpressionCollector:
    """Converts expressions. Subclasses supply :meth:`lambda_scope` and own ``called``."""

    def __init__(self, text: str) -> None:
        self.positions = Positions(text)
        self.called: dict[str, bool] = {}
        self.bound: dict[str, None] = {}
        self.yields = False
        self._depth = 0

    def lambda_scope(self, node: ast.Lambda) -> int:
        """Open a scope for a lambda and give its number."""
        raise NotImplementedError

    def expression(self, node: ast.expr) -> f.Expr:
        """The fact expression for ``node``; flattened where it nests deeper than ``MAX_DEPTH``."""
        if self._depth >= MAX_DEPTH:
            return self._flatten(node)
        convert = _TABLE.get(type(node))
        if convert is None:
            return self._opaque(node)
        self._depth += 1
        try:
            return convert(self, node)
        finally:
            self._depth -= 1

    def expressions(self, nodes: list[ast.expr]) -> tuple[f.Expr, ...]:
        return tuple([self.expression(node) for node in nodes])

    def optional(self, node: ast.expr | None) -> f.Expr | None:
        return None if node is None else self.expression(node)

    def hand_on(self, node: ast.expr) -> None:
        """Note a name or attribute chain that is passed, returned or stored rather than called."""
        kind = type(node)
        if kind is ast.Name or kind is ast.Attribute:
            self.called[dotted(node)] = True

    def _name(self, node: ast.Name) -> f.Expr:
        return f.Name(node.id, self.positions.start(node))

    def _attribute(self, node: ast.Attribute) -> f.Expr:
        return f.Attr(
            self.expression(node.value),
            node.attr,
            self.positions.start(node),
            self.positions.end(node),
        )

    def _call(self, node: ast.Call) -> f.Expr:
        self.called.setdefault(dotted(_container(node.func)), False)
        for argument in node.args:
            self.hand_on(argument)
        keywords = []
        for keyword in node.keywords:
            self.hand_on(keyword.value)
            keywords.append(f.Keyword(keyword.arg, self.expression(keyword.value)))
        return f.Call(
            self.expression(node.func),
            self.expressions(node.args),
            tuple(keywords),
            self.positions.start(node),
            self.positions.end(node),
        )

    def _constant(self, node: ast.Constant) -> f.Expr:
        value = node.value
        if type(value) is str:
            return f.Const(keep_text(value))
        if value is None or type(value) is bool or type(value) is float:
            return f.Const(value)
        if type(value) is int and -(2**62) < value < 2**62:
            return f.Const(value)
        return f.Opaque(())

    def _starred(self, node: ast.Starred) -> f.Expr:
        return f.Starred(self.expression(node.value))

    def _dict(self, node: ast.Dict) -> f.Expr:
        for value in node.values:
            self.hand_on(value)
        return f.DictLit(
            tuple([self.optional(key) for key in node.keys]), self.expressions(node.values)
        )

    def _items(self, kind: str, nodes: list[ast.expr]) -> f.Expr:
        for node in nodes:
            self.hand_on(node)
        return f.Seq(kind, self.expressions(nodes))

    def _list(self, node: ast.List) -> f.Expr:
        return self._items("l", node.elts)

    def _tuple(self, node: ast.Tuple) -> f.Expr:
        return self._items("t", node.elts)

    def _set(self, node: ast.Set) -> f.Expr:
        return self._items("s", node.elts)

    def _cond(self, node: ast.IfExp) -> f.Expr:
        self.hand_on(node.body)
        self.hand_on(node.orelse)
        return f.Cond(
            self.expression(node.test), self.expression(node.body), self.expression(node.orelse)
        )

    def _bool(self, node: ast.BoolOp) -> f.Expr:
        for value in node.values:
            self.hand_on(value)
        return f.BoolOp("and" if type(node.op) is ast.And else "or", self.expressions(node.values))

    def _unary(self, node: ast.UnaryOp) -> f.Expr:
        operand = node.operand
        if type(node.op) is ast.Not:
            return f.Not(self.expression(operand))
        if type(node.op) is ast.USub and isinstance(operand, ast.Constant):
            value = operand.value
            if type(value) is float or (type(value) is int and value < 2**62):
                return f.Const(-value)
        return f.Opaque((self.expression(operand),))

    def _compare(self, node: ast.Compare) -> f.Expr:
        ops = tuple([_COMPARISONS[type(op)] for op in node.ops])
        return f.Compare(self.expression(node.left), ops, self.expressions(node.comparators))

    def _binary(self, node: ast.BinOp) -> f.Expr:
        return f.BinOp(
            OPERATORS[type(node.op)], self.expression(node.left), self.expression(node.right)
        )

    def _index(self, node: ast.Subscript) -> f.Expr:
        return f.Index(
            self.expression(node.value),
            self.expression(node.slice),
            self.positions.start(node),
            self.positions.end(node),
        )

    def _await(self, node: ast.Await) -> f.Expr:
        return f.Await(self.expression(node.value), self.positions.start(node))

    def _yield(self, node: ast.Yield) -> f.Expr:
        self.yields = True
        if node.value is not None:
            self.hand_on(node.value)
        return f.Yield(self.optional(node.value), self.positions.start(node))

    def _yield_from(self, node: ast.YieldFrom) -> f.Expr:
        self.yields = True
        return f.YieldFrom(self.expression(node.value), self.positions.start(node))

    def _lambda(self, node: ast.Lambda) -> f.Expr:
        return f.Lambda(self.lambda_scope(node))

    def _comp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> f.Expr:
        generators = tuple(
            [
                f.Generator(
                    self.expression(g.target),
                    self.expression(g.iter),
                    self.expressions(g.ifs),
                    bool(g.is_async),
                )
                for g in node.generators
            ]
        )
        elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for element in elements:
            self.hand_on(element)
        kind = _COMPREHENSIONS[type(node)]
        return f.Comp(kind, self.expressions(elements), generators, self.positions.start(node))

    def _bind(self, node: ast.NamedExpr) -> f.Expr:
        self.bound[node.target.id] = None
        self.hand_on(node.value)
        return f.Bind(node.target.id, self.expression(node.value), self.positions.start(node))

    def _text(self, node: ast.JoinedStr) -> f.Expr:
        parts = [
            self.expression(part.value)
            if isinstance(part, ast.FormattedValue)
            else self.expression(part)
            for part in node.values
        ]
        return f.Text(tuple(parts), self.positions.start(node), self.positions.end(node))

    def _opaque(self, node: ast.expr) -> f.Expr:
        children = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        return f.Opaque(self.expressions(children))

    def _flatten(self, node: ast.expr) -> f.Expr:
        """The calls below ``node``, side by side, innermost first, each without its arguments."""
        calls = []
        stack: list[ast.AST] = [node]
        while stack:
            current = stack.pop()
            if isinstance(current, ast.Call):
                self.called.setdefault(dotted(_container(current.func)), False)
                name = dotted(current.func).rpartition(".")[2]
                start = self.positions.start(current)
                end = self.positions.end(current)
                calls.append(f.Call(f.Attr(f.Opaque(()), name, start, end), (), (), start, end))
            elif isinstance(current, (ast.Lambda, ast.NamedExpr)):
                continue
            stack.extend(ast.iter_child_nodes(current))
        return f.Opaque(tuple(reversed(calls)))


_TABLE = cast(
    "dict[type, Callable[[ExpressionCollector, Any], f.Expr]]",
    {
        ast.Name: ExpressionCollector._name,
        ast.Attribute: ExpressionCollector._attribute,
        ast.Call: ExpressionCollector._call,
        ast.Constant: ExpressionCollector._constant,
        ast.Starred: ExpressionCollector._starred,
        ast.Dict: ExpressionCollector._dict,
        ast.List: ExpressionCollector._list,
        ast.Tuple: ExpressionCollector._tuple,
        ast.Set: ExpressionCollector._set,
        ast.IfExp: ExpressionCollector._cond,
        ast.BoolOp: ExpressionCollector._bool,
        ast.UnaryOp: ExpressionCollector._unary,
        ast.Compare: ExpressionCollector._compare,
        ast.BinOp: ExpressionCollector._binary,
        ast.Subscript: ExpressionCollector._index,
        ast.Await: ExpressionCollector._await,
        ast.Yield: ExpressionCollector._yield,
        ast.YieldFrom: ExpressionCollector._yield_from,
        ast.Lambda: ExpressionCollector._lambda,
        ast.ListComp: ExpressionCollector._comp,
        ast.SetComp: ExpressionCollector._comp,
        ast.DictComp: ExpressionCollector._comp,
        ast.GeneratorExp: ExpressionCollector._comp,
        ast.NamedExpr: ExpressionCollector._bind,
        ast.JoinedStr: ExpressionCollector._text,
    },
)


def keep_text(text: str) -> str:
    """Text as far as analysis needs it: all of a short one and of SQL, the start of the rest."""
    if len(text) > KEPT_TEXT:
        text = text[:KEPT_SQL] if _SQL.match(text) else text[:KEPT_TEXT]
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
