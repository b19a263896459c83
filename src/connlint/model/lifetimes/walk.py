"""A function's body in, what happens to each session on each way through it out.

Follows every way, the exceptional ones too: any call may raise, except while it closes, and a
``with`` or a ``finally`` sees all ways out. What a call does to sessions was found by the
interpreter; here it only has to be put in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, cast

from connlint.facts import types as f
from connlint.model.lifetimes.events import Events
from connlint.model.lifetimes.exits import Exits
from connlint.model.lifetimes.guarded import catches_all
from connlint.model.lifetimes.ways import (
    Way,
    Ways,
    asks_session,
    decide,
    is_decidable,
    limited,
)

if TYPE_CHECKING:
    from connlint.model.names import Module

_LOOP_ROUNDS = 3


class Walker:
    """Walks the body of one function. ``events`` says what calls do, and keeps what is noticed."""

    def __init__(self, module: Module, scope: int, events: Events) -> None:
        self._module = module
        self._scope = module.facts.scopes[scope]
        self._events = events
        self.exits = Exits()

    def run(self) -> Exits:
        """Walk from the first statement to every way out."""
        body = self._module.body(self._events.scope[1])
        self.exits.ended = self._block(body, {Way(): None})
        return self.exits

    # blocks

    def _block(self, body: f.Body, ways: Ways) -> Ways:
        for statement in body:
            if not ways:
                break
            ways = limited(_STATEMENTS[type(statement)](self, statement, ways))
        return ways

    def _within(self, body: f.Body, ways: Ways) -> tuple[Ways, Exits]:
        """Walk a block, with its ways out kept apart."""
        outer, self.exits = self.exits, Exits()
        ends = self._block(body, ways)
        inner, self.exits = self.exits, outer
        return ends, inner

    # expressions

    def _expression(self, node: Any, ways: Ways) -> Ways:
        """Evaluate an expression, calls in the order in which they happen."""
        kind = type(node)
        if kind is f.Name or kind is f.Const or not ways:
            return ways
        if kind is f.Call:
            return self._call(node, ways)
        if kind is f.Cond:
            yes, no = self._test(node.test, ways)
            return {**self._expression(node.body, yes), **self._expression(node.orelse, no)}
        if kind is f.BoolOp:
            return self._chain(node, ways)
        if kind is f.Await:
            return self._await(node, ways)
        if kind is f.Yield:
            if node.value is not None:
                ways = self._expression(node.value, ways)
            self._events.on_yield(node, ways)
            self.exits.raise_at(node.at, ways)
            return ways
        if kind is f.YieldFrom:
            ways = self._events.delegated(node, self._expression(node.value, ways))
            self.exits.raise_at(node.at, ways)
            return ways
        if kind is f.Bind:
            ways = self._expression(node.value, ways)
            return self._bind(f.Name(node.name, node.at), node.value, ways)
        if kind is f.Lambda:
            return self._events.define(node.scope, ways)
        for part in _parts(node):
            ways = self._expression(part, ways)
        return ways

    def _chain(self, node: f.BoolOp, ways: Ways) -> Ways:
        done: Ways = {}
        for value in node.values[:-1]:
            yes, no = self._test(value, ways)
            left, ways = (no, yes) if node.op == "and" else (yes, no)
            done = {**done, **left}
        return {**done, **self._expression(node.values[-1], ways)}

    def _await(self, node: f.Await, ways: Ways) -> Ways:
        if isinstance(node.value, f.Call):
            return self._call(node.value, ways, awaited=True)
        ways = self._expression(node.value, ways)
        self.exits.raise_at(node.at, ways)
        return ways

    def _call(
        self, node: f.Call, ways: Ways, *, awaited: bool = False, enters: bool = False
    ) -> Ways:
        ways = self._expression(node.func, ways)
        for argument in node.args:
            ways = self._expression(argument, ways)
        for keyword in node.keywords:
            ways = self._expression(keyword.value, ways)
        result: Ways = {}
        for way in ways:
            before, after = self._events.call(node, way, awaited=awaited, enters=enters)
            if before is not None:
                self.exits.raise_at(node.at, {before: None})
            if after is not None:
                result[after] = None
        return result

    def _test(self, test: f.Expr, ways: Ways) -> tuple[Ways, Ways]:
        ways = self._expression(test, ways)
        return decide(test, ways, self._events.watched)

    # simple statements

    def _assign(self, node: f.Assign, ways: Ways) -> Ways:
        return self._value(node.targets, node.value, ways)

    def _annotated(self, node: f.Annotated, ways: Ways) -> Ways:
        return self._value((node.target,), node.value, ways) if node.value is not None else ways

    def _value(self, targets: tuple[f.Expr, ...], value: f.Expr, ways: Ways) -> Ways:
        """Evaluate and bind; a conditional value and a test are taken apart into their ways."""
        if isinstance(value, f.Cond):
            yes, no = self._test(value.test, ways)
            return {
                **self._value(targets, value.body, yes),
                **self._value(targets, value.orelse, no),
            }
        if isinstance(value, f.BoolOp) and value.op == "or" and len(value.values) == 2:
            yes, no = self._test(value.values[0], ways)
            for target in targets:
                yes = self._bind(target, value.values[0], yes)
            return {**yes, **self._value(targets, value.values[1], no)}
        ways = self._expression(value, ways)
        if isinstance(value, (f.Compare, f.Not, f.BoolOp)) and is_decidable(value):
            return self._flag(targets, value, ways)
        for target in targets:
            ways = self._bind(target, value, ways)
        return ways

    def _flag(self, targets: tuple[f.Expr, ...], test: f.Expr, ways: Ways) -> Ways:
        """``owned = conn is None``: the flag and the test come out the same way."""
        yes, no = decide(test, ways, self._events.watched)
        for target in targets:
            yes = self._bind(target, f.Const(True), yes)
            no = self._bind(target, f.Const(False), no)
        return {**yes, **no}

    def _bind(self, target: f.Expr, value: f.Expr, ways: Ways) -> Ways:
        if isinstance(target, f.Name):
            return {self._events.bind(target.id, value, way): None for way in ways}
        if isinstance(target, f.Seq):
            pairs = isinstance(value, f.Seq) and len(value.items) == len(target.items)
            values = value.items if isinstance(value, f.Seq) and pairs else ()
            for item, held in zip_longest(target.items, values, fillvalue=f.Opaque(())):
                ways = self._bind(item, held, ways)
            return ways
        if isinstance(target, f.Starred):
            return self._bind(target.value, f.Opaque(()), ways)
        for part in _parts(target):
            ways = self._expression(part, ways)
        return {self._events.keep(target, value, way): None for way in ways}

    def _evaluate(self, node: f.Evaluate | f.AugAssign, ways: Ways) -> Ways:
        return self._expression(node.value, ways)

    def _return(self, node: f.Return, ways: Ways) -> Ways:
        if node.value is not None:
            ways = self._expression(node.value, ways)
            ways = {self._events.returned(node, node.value, way): None for way in ways}
        self.exits.return_at(node.at, ways)
        return {}

    def _raise(self, node: f.Raise, ways: Ways) -> Ways:
        if node.value is not None:
            ways = self._expression(node.value, ways)
        self.exits.raise_at(node.at, ways)
        return {}

    def _assert(self, node: f.Assert, ways: Ways) -> Ways:
        yes, no = self._test(node.test, ways)
        self.exits.raise_at(node.at, no)
        return yes

    def _delete(self, node: f.Delete, ways: Ways) -> Ways:
        return ways

    def _define(self, node: f.Define, ways: Ways) -> Ways:
        return self._events.define(node.scope, ways)

    def _nothing(self, node: f.Stmt, ways: Ways) -> Ways:
        return ways

    def _break(self, node: f.Break, ways: Ways) -> Ways:
        self.exits.broken.update(ways)
        return {}

    def _continue(self, node: f.Continue, ways: Ways) -> Ways:
        self.exits.continued.update(ways)
        return {}

    # branches and loops

    def _if(self, node: f.If, ways: Ways) -> Ways:
        ends: list[Ways] = []
        asked: frozenset[str] = frozenset()
        for branch in node.branches:
            for way in ways:
                asked |= asks_session(branch.test, way)
            yes, ways = self._test(branch.test, ways)
            ends.append(self._block(branch.body, yes))
        ends.append(self._block(node.orelse, ways))
        if asked:
            # `if conn.is_connected(): conn.close()`: what is not closed there needs no closing.
            asked = frozenset(
                each for each in asked if any(each not in w.opened for end in ends for w in end)
            )
        return {way.release(asked): None for end in ends for way in end}

    def _match(self, node: f.Match, ways: Ways) -> Ways:
        ways = self._expression(node.subject, ways)
        result: Ways = {}
        for case in node.cases:
            taken = ways
            if case.guard is not None:
                taken = self._expression(case.guard, taken)
            result.update(self._block(case.body, taken))
            if case.is_wildcard and case.guard is None:
                return result
        return {**result, **ways}

    def _for(self, node: f.For, ways: Ways) -> Ways:
        ways = self._expression(node.iter, ways)
        return self._loop(
            node.body, node.orelse, ways, lambda each: (self._bound(node, each), each)
        )

    def _bound(self, node: f.For, ways: Ways) -> Ways:
        return self._bind(node.target, f.Opaque(()), ways)

    def _while(self, node: f.While, ways: Ways) -> Ways:
        return self._loop(node.body, node.orelse, ways, lambda each: self._test(node.test, each))

    def _loop(
        self, body: f.Body, orelse: f.Body, ways: Ways, turn: Callable[[Ways], tuple[Ways, Ways]]
    ) -> Ways:
        seen: Ways = {}
        leaving: Ways = {}
        broken: Ways = {}
        for _ in range(_LOOP_ROUNDS):
            fresh = {way: None for way in ways if way not in seen}
            if not fresh:
                break
            seen.update(fresh)
            inside, done = turn(fresh)
            leaving.update(done)
            ends, inner = self._within(body, inside)
            broken.update(inner.broken)
            self.exits.take(inner, loops=False)
            ways = limited({**ends, **inner.continued})
        leaving.update(dict.fromkeys(turn(ways)[1]) if ways else {})
        return limited({**self._block(orelse, limited(leaving)), **broken})

    # try and with

    def _try(self, node: f.Try, ways: Ways) -> Ways:
        ends, inner = self._within(node.body, ways)
        failed = {way._replace(failed=True): None for way in inner.raised or ways}
        outer, self.exits = self.exits, Exits()
        rest = self.exits
        ends = self._block(node.orelse, ends)
        is_caught = False
        for handler in node.handlers:
            if not is_caught:
                ends = {**ends, **self._block(handler.body, limited(failed))}
            is_caught = is_caught or catches_all(handler)
        rest.take(inner, raised=not is_caught)
        self.exits = outer
        ends = limited(ends)
        if not node.final:
            outer.take(rest)
            return ends
        return self._finally(node.final, ends, rest)

    def _finally(self, final: f.Body, ends: Ways, rest: Exits) -> Ways:
        """Every way out goes through the ``finally``, and on from there."""
        self.exits.take(rest.through(lambda ways: self._block(final, limited(ways))))
        return self._block(final, ends)

    def _with(self, node: f.With, ways: Ways) -> Ways:
        blocks = []
        for item in node.items:
            context = item.context
            if isinstance(context, f.Await):
                context = context.value
            if isinstance(context, f.Call):
                ways = self._call(context, ways, awaited=True, enters=True)
            else:
                ways = self._expression(context, ways)
            block = self._events.block(node, context)
            blocks.append(block)
            ways = {block.enter(way): None for way in ways}
            if item.target is not None:
                ways = self._bind(item.target, context, ways)
        ends, inner = self._within(node.body, ways)

        def leave(left: Ways) -> Ways:
            for block in reversed(blocks):
                left = {block.leave(way): None for way in left}
            return left

        if any(block.suppresses for block in blocks):
            ends = {**ends, **dict.fromkeys(inner.raised)}
        self.exits.take(inner.through(leave))
        return leave(ends)


def _parts(node: Any) -> Iterable[Any]:
    """What is evaluated inside an expression, in order."""
    if isinstance(node, f.Comp):
        for generator in node.generators:
            yield generator.iter
            yield from generator.ifs
        yield from node.elements
        return
    for name in node.__struct_fields__:
        part = getattr(node, name)
        if isinstance(part, tuple):
            for each in part:
                if isinstance(each, f.Keyword):
                    yield each.value
                elif hasattr(each, "__struct_fields__"):
                    yield each
        elif hasattr(part, "__struct_fields__"):
            yield part


_STATEMENTS = cast(
    "dict[type, Callable[[Walker, Any, Ways], Ways]]",
    {
        f.Assign: Walker._assign, f.Annotated: Walker._annotated, f.AugAssign: Walker._evaluate,
        f.Evaluate: Walker._evaluate, f.Return: Walker._return, f.Raise: Walker._raise,
        f.If: Walker._if, f.For: Walker._for, f.While: Walker._while, f.Try: Walker._try,
        f.With: Walker._with, f.Match: Walker._match, f.Break: Walker._break,
        f.Continue: Walker._continue, f.Delete: Walker._delete, f.Outer: Walker._nothing,
        f.Define: Walker._define, f.ImportNames: Walker._nothing, f.Assert: Walker._assert,
    },
)  # fmt: skip
