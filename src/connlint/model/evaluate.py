"""Expressions in, abstract values out: literals, operators and the forms that are made of them.

What a name, an attribute or an item holds comes from ``reading``, what a call does from subclasses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import id_of
from connlint.model.reading import Reader


class Evaluator(Reader):
    """Evaluates the expressions of one scope. Subclasses perform calls and follow paths."""

    def evaluate(self, expression: f.Expr) -> v.Values:
        """What the expression may stand for; performs the calls inside it."""
        return _TABLE[type(expression)](self, expression)

    # hooks

    def call(self, node: f.Call) -> v.Values:
        raise NotImplementedError

    def perform(self, values: v.Values, at: int, end: int) -> v.Values:
        """Run coroutines and generators that are only pending; other values stay as they are."""
        return values

    def delegate(self, value: v.Value, at: int) -> None:
        """Hand out what something that is iterated over gives (``yield from``)."""
        given = self.perform((value,), at, at)
        self.on_yield(self.items_of(given) or given)

    def on_yield(self, values: v.Values) -> None:
        """A generator hands out values."""

    def bind_target(self, target: f.Expr, values: v.Values) -> None:
        """Bind a comprehension's target."""

    def store_attribute(self, base: v.Values, attr: str, values: v.Values) -> None:
        """``base.attr = values`` on the path."""

    def enter_comprehension(self, node: f.Comp) -> None:
        """The elements of a comprehension are about to be evaluated, once per item."""

    def leave_comprehension(self, node: f.Comp) -> None:
        """The elements of a comprehension have been evaluated."""

    def entered(self, node: f.With, item: f.WithItem) -> v.Values:
        """What entering a context manager binds."""
        raise NotImplementedError

    # names and attributes

    def _name(self, node: f.Name) -> v.Values:
        return self.lookup(node.id)

    def _attr(self, node: f.Attr) -> v.Values:
        base = self.evaluate(node.value)
        return self.attribute(base, node.attr, node.at)

    # literals and operators

    def _const(self, node: f.Const) -> v.Values:
        return (v.Const(node.value),)

    def _starred(self, node: f.Starred) -> v.Values:
        self.evaluate(node.value)
        return ()

    def _dict(self, node: f.DictLit) -> v.Values:
        entries: list[tuple[str, v.Values]] = []
        for key, item in zip(node.keys, node.values, strict=True):
            values = self.evaluate(item)
            if key is None:
                for each in values:
                    if isinstance(each, v.Table):
                        entries.extend(each.entries)
            elif isinstance(key, f.Const) and isinstance(key.value, str):
                entries.append((key.value, values))
            else:
                for each in self.evaluate(key):
                    if isinstance(each, v.Const) and isinstance(each.value, str):
                        entries.append((each.value, values))
                    elif isinstance(each, v.Member):
                        entries.append((str(each.value), values))
                    elif isinstance(each, v.Obj) and isinstance(key, f.Attr):
                        # A column, as in ``query.update({Job.status: "DONE"})``.
                        entries.append((key.attr, values))
        return (v.Table(tuple(entries[:40]), f"new:{self.identity(id_of(node))}"),)

    def _seq(self, node: f.Seq) -> v.Values:
        exact = not any(isinstance(item, f.Starred) for item in node.items) and node.kind != "s"
        items = tuple(self.evaluate(item) for item in node.items)
        return (v.Items(items[:20], exact and len(items) <= 20),)

    def _cond(self, node: f.Cond) -> v.Values:
        truth = v.truth(self.evaluate(node.test))
        if truth is not None:
            return self.evaluate(node.body if truth else node.orelse)
        return v.join(self.evaluate(node.body), self.evaluate(node.orelse))

    def _bool(self, node: f.BoolOp) -> v.Values:
        result: v.Values = ()
        last = len(node.values) - 1
        for index, item in enumerate(node.values):
            values = self.evaluate(item)
            if node.op == "or" and index < last:
                values = tuple(each for each in values if not _is_falsy(each))
            result = v.join(result, values) if node.op == "or" else values
            if node.op == "or" and values and all(v.is_there(each) for each in values):
                break
        return result

    def _not(self, node: f.Not) -> v.Values:
        self.evaluate(node.value)
        return v.unknown("bool")

    def _compare(self, node: f.Compare) -> v.Values:
        left = self.evaluate(node.left)
        rights = [self.evaluate(right) for right in node.rights]
        if rights == [v.NONE] and node.ops[0] in ("is", "is not"):
            answers = {_is_none(each) for each in left}
            if len(answers) == 1 and (answer := answers.pop()) is not None:
                return (v.Const(answer == (node.ops[0] == "is")),)
        return v.unknown("bool")

    def _binary(self, node: f.BinOp) -> v.Values:
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        if node.op == "+":
            first, second = _text_of(left), _text_of(right)
            if first is not None and second is not None:
                return (v.Const((first + second)[:400]),)
        if node.op == "|" and any(isinstance(each, v.Table) for each in left):
            entries = [
                e for each in (*left, *right) if isinstance(each, v.Table) for e in each.entries
            ]
            return (v.Table(tuple(entries), f"new:{self.identity(id_of(node))}"),)
        return v.unknown("operator")

    def _index(self, node: f.Index) -> v.Values:
        base = self.evaluate(node.value)
        keys = self.evaluate(node.index)
        result: v.Values = ()
        for value in base:
            result = v.join(result, self.item_of(value, keys))
        return result or v.unknown(self.identity(node.at))

    def _await(self, node: f.Await) -> v.Values:
        values = self.evaluate(node.value)
        return self.perform(values, node.at, node.at)

    def _yield(self, node: f.Yield) -> v.Values:
        self.on_yield(self.evaluate(node.value) if node.value is not None else v.NONE)
        return v.unknown(self.identity(node.at))

    def _yield_from(self, node: f.YieldFrom) -> v.Values:
        for value in self.evaluate(node.value):
            self.delegate(value, node.at)
        return v.unknown(self.identity(node.at))

    def _lambda(self, node: f.Lambda) -> v.Values:
        return (v.Func(self.module.name, node.scope, None, self.captured(node.scope), True),)

    def _comp(self, node: f.Comp) -> v.Values:
        for index, generator in enumerate(node.generators):
            source = self.evaluate(generator.iter)
            if index == 0:
                self.enter_comprehension(node)
            self.bind_target(generator.target, self.items_of(source))
            for condition in generator.ifs:
                self.evaluate(condition)
        elements = [self.evaluate(element) for element in node.elements]
        self.leave_comprehension(node)
        return (v.Items((elements[-1],), exact=False),)

    def _bind(self, node: f.Bind) -> v.Values:
        values = self.evaluate(node.value)
        self.state.env[node.name] = values
        return values

    def _text(self, node: f.Text) -> v.Values:
        leading = ""
        constant = True
        for part in node.parts:
            values = self.evaluate(part)
            only = values[0] if len(values) == 1 else None
            if constant and isinstance(only, v.Const) and isinstance(only.value, str):
                leading += only.value
            else:
                constant = False
        if constant:
            return (v.Const(leading),)
        return (v.Obj("builtins.str", f"text:{leading[:60]}"),)

    def _opaque(self, node: f.Opaque) -> v.Values:
        for child in node.children:
            self.evaluate(child)
        return v.unknown("expression")


_TABLE = cast(
    "dict[type, Callable[[Evaluator, Any], v.Values]]",
    {
        f.Name: Evaluator._name, f.Attr: Evaluator._attr, f.Call: lambda run, node: run.call(node),
        f.Const: Evaluator._const, f.Starred: Evaluator._starred, f.DictLit: Evaluator._dict,
        f.Seq: Evaluator._seq, f.Cond: Evaluator._cond, f.BoolOp: Evaluator._bool,
        f.Not: Evaluator._not,
        f.Compare: Evaluator._compare, f.BinOp: Evaluator._binary, f.Index: Evaluator._index,
        f.Await: Evaluator._await, f.Yield: Evaluator._yield, f.YieldFrom: Evaluator._yield_from,
        f.Lambda: Evaluator._lambda, f.Comp: Evaluator._comp, f.Bind: Evaluator._bind,
        f.Text: Evaluator._text, f.Opaque: Evaluator._opaque,
    },
)  # fmt: skip


def _text_of(values: v.Values) -> str | None:
    """The one text that values can be."""
    only = values[0] if len(values) == 1 else None
    return only.value if isinstance(only, v.Const) and isinstance(only.value, str) else None


def _is_none(value: v.Value) -> bool | None:
    """Whether a value is ``None``, if that is known."""
    if isinstance(value, v.Const):
        return value.value is None
    return False if v.is_there(value) else None


def _is_falsy(value: v.Value) -> bool:
    return isinstance(value, v.Const) and not value.value
