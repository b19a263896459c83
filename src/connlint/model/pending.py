"""A function's statements in, what is pending on the ways through them out: the union of all ways.

What is pending, and what adds to it or settles it, is the business of whoever asks.
"""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from connlint.facts import types as f

Item = TypeVar("Item")


class Doing(Protocol[Item]):
    """What one function does to what is pending."""

    def expression(self, root: f.Expr, pending: frozenset[Item]) -> frozenset[Item]:
        """What is pending behind an expression."""

    def statement(self, node: f.Stmt, pending: frozenset[Item]) -> frozenset[Item]:
        """What is pending behind a statement without blocks."""

    def enter(self, node: f.With, pending: frozenset[Item]) -> frozenset[Item]:
        """What is pending in a block."""

    def leave(self, node: f.With, pending: frozenset[Item]) -> frozenset[Item]:
        """What is pending behind a block."""

    def failed(self, pending: frozenset[Item]) -> frozenset[Item]:
        """What is pending in the handler of an exception."""

    def repeated(self, items: frozenset[Item]) -> frozenset[Item]:
        """What the rounds of a loop leave behind that leave these items each."""


class PendingWalk(Generic[Item]):
    """One walk through one function."""

    def __init__(self, doing: Doing[Item]) -> None:
        self._doing = doing
        self._returned: frozenset[Item] | None = None
        self._jumped: frozenset[Item] | None = None

    def run(self, body: f.Body) -> frozenset[Item]:
        """What is pending when the function returns."""
        ended = self._block(body, frozenset())
        return _either(ended, self._returned) or frozenset()

    def _block(self, body: f.Body, pending: frozenset[Item] | None) -> frozenset[Item] | None:
        for statement in body:
            if pending is None:
                return None
            pending = self._statement(statement, pending)
        return pending

    def _statement(self, node: f.Stmt, pending: frozenset[Item]) -> frozenset[Item] | None:
        if isinstance(node, f.If):
            return self._if(node, pending)
        if isinstance(node, (f.For, f.While)):
            return self._loop(node, pending)
        if isinstance(node, f.Try):
            return self._try(node, pending)
        if isinstance(node, f.With):
            return self._with(node, pending)
        if isinstance(node, f.Match):
            return self._match(node, pending)
        pending = self._doing.statement(node, pending)
        if isinstance(node, f.Return):
            self._returned = _either(self._returned, pending)
        elif isinstance(node, (f.Break, f.Continue)):
            self._jumped = _either(self._jumped, pending)
        elif not isinstance(node, f.Raise):
            return pending
        return None

    def _if(self, node: f.If, pending: frozenset[Item]) -> frozenset[Item] | None:
        after: frozenset[Item] | None = None
        for branch in node.branches:
            pending = self._doing.expression(branch.test, pending)
            after = _either(after, self._block(branch.body, pending))
        return _either(after, self._block(node.orelse, pending))

    def _match(self, node: f.Match, pending: frozenset[Item]) -> frozenset[Item] | None:
        pending = self._doing.expression(node.subject, pending)
        after: frozenset[Item] | None = pending
        for case in node.cases:
            after = _either(after, self._block(case.body, pending))
        return after

    def _loop(self, node: f.For | f.While, pending: frozenset[Item]) -> frozenset[Item] | None:
        source = node.iter if isinstance(node, f.For) else node.test
        pending = self._doing.expression(source, pending)
        outer = self._exchange_jumped(None)
        inside = pending
        for _ in range(2):
            ended = self._block(node.body, inside)
            inside = pending | (_either(ended, self._jumped) or frozenset())
        self._exchange_jumped(outer)
        return self._block(node.orelse, pending | self._doing.repeated(inside - pending))

    def _try(self, node: f.Try, pending: frozenset[Item]) -> frozenset[Item] | None:
        outer = self._exchange_returned(None)
        current: frozenset[Item] | None = pending
        failed = pending
        for statement in node.body:
            if current is None:
                break
            current = self._statement(statement, current)
            failed |= current or frozenset()
        after = self._block(node.orelse, current)
        for handler in node.handlers:
            after = _either(after, self._block(handler.body, self._doing.failed(failed)))
        if node.final:
            after = self._block(node.final, after)
            returned = self._exchange_returned(None)
            self._returned = _either(self._returned, self._block(node.final, returned))
        self._returned = _either(outer, self._returned)
        return after

    def _with(self, node: f.With, pending: frozenset[Item]) -> frozenset[Item] | None:
        outer = self._exchange_returned(None)
        after = self._block(node.body, self._doing.enter(node, pending))
        returned = self._exchange_returned(outer)
        if returned is not None:
            self._returned = _either(outer, self._doing.leave(node, returned))
        return self._doing.leave(node, after) if after is not None else None

    def _exchange_jumped(self, pending: frozenset[Item] | None) -> frozenset[Item] | None:
        """The same for what is pending where a round of a loop ends early."""
        before, self._jumped = self._jumped, pending
        return before

    def _exchange_returned(self, pending: frozenset[Item] | None) -> frozenset[Item] | None:
        """Take what is pending at the returns so far, and leave something else in its place."""
        before, self._returned = self._returned, pending
        return before


def _either(left: frozenset[Item] | None, right: frozenset[Item] | None) -> frozenset[Item] | None:
    """What may be pending where two ways meet; ``None`` is a way that does not get there."""
    if left is None or right is None:
        return right if left is None else left
    return left | right
