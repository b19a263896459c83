"""The wrapper of a decorator in, whether it calls the function once and gives that back out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.expressions import descend, expressions_of
from connlint.model.name_parts import is_name
from connlint.model.names import walk

_LOOKING = frozenset({"copy", "count", "get", "index", "items", "keys", "values"})
"""Methods of positional and keyword arguments that change nothing."""


class Delivery(NamedTuple):
    """The call in a wrapper that hands a session to the decorated function."""

    wrapper: int
    function: str
    call: f.Call
    session: v.Value


class WrappedCall:
    """Goes through the body of a wrapper."""

    def __init__(self, delivery: Delivery, wrapper: f.Scope, keyword: str) -> None:
        self._delivery = delivery
        self._wrapper = wrapper
        self._keyword = keyword
        self._given = {each.name for each in wrapper.params}
        self._loose = {each.name for each in wrapper.params if each.kind in "aw"}
        self._before: list[f.Stmt] = []
        self.depends = False

    def is_kept(self, body: f.Body) -> bool:
        """Whether the body calls the function once, and returns or raises just what that does."""
        return (
            not self._wrapper.is_generator
            and self._is_reached(body)
            and not any(isinstance(each, f.Raise) and each.value for each in walk(body))
            and all(
                self._is_result(each.value, body)
                for each in walk(body)
                if isinstance(each, f.Return)
            )
            and self._calls_alone(body)
            and not any(map(self._changes_arguments, walk(body)))
            and self._has_session(body)
        )

    def _is_reached(self, body: Sequence[f.Stmt], *, returned: bool = False) -> bool:
        """Whether running ``body`` comes to the call, and then to a ``return`` of what it gives.

        ``returned``: what comes behind ``body`` returns it.
        """
        at = next((at for at, each in enumerate(body) if self._holds(each)), None)
        if at is None or not all(self._passes_by(each) for each in body[:at]):
            return False
        statement, after = body[at], body[at + 1 :]
        self._before += [*body[:at], statement]
        last = after[-1] if after else None
        returned = returned or (isinstance(last, f.Return) and isinstance(last.value, f.Name))
        if isinstance(statement, f.Return):
            return True
        if isinstance(statement, f.Assign):
            return returned
        if isinstance(statement, f.With):
            return self._is_reached(statement.body, returned=returned)
        if isinstance(statement, f.Try):
            leaves = any(isinstance(each, f.Return) for each in walk(statement.final))
            clauses = all(_raises_again(each.body) for each in statement.handlers)
            inside = (*statement.body, *statement.orelse)
            return clauses and not leaves and self._is_reached(inside, returned=returned)
        if isinstance(statement, f.If) and len(statement.branches) == 1:
            (branch,) = statement.branches
            is_else = any(map(self._holds, statement.orelse))
            inside = statement.orelse if is_else else branch.body
            is_asked = self._asks(branch.test, "in" if is_else else "not in")
            return is_asked and self._is_reached(inside, returned=returned)
        return False

    def _holds(self, statement: f.Stmt) -> bool:
        return any(
            node is self._delivery.call
            for each in walk((statement,))
            for expression in expressions_of(each)
            for node in descend(expression)
        )

    def _passes_by(self, statement: f.Stmt) -> bool:
        """Whether ``statement`` goes on behind it, where the caller gives no session itself."""
        if not any(isinstance(each, f.Return) for each in walk((statement,))):
            return not isinstance(statement, (f.Raise, f.While))
        if not isinstance(statement, f.If) or statement.orelse or len(statement.branches) > 1:
            return False
        return self._asks(statement.branches[0].test, "in")

    def _asks(self, test: f.Expr, operator: str) -> bool:
        """Whether ``test`` asks for a session among the arguments, and nothing else."""
        is_known = (
            isinstance(test, f.Compare)
            and test.ops == (operator,)
            and isinstance(test.left, f.Const)
            and bool(self._keyword)
            and test.left.value == self._keyword
            and is_name(test.rights[0], *self._given)
        )
        if is_known:
            return True
        self.depends = True
        names = {each.id for each in descend(test) if isinstance(each, f.Name)}
        return operator == "in" and bool(names & self._given)

    def _has_session(self, body: f.Body) -> bool:
        """Whether the session is always there when the function is called with it."""
        call = self._delivery.call
        handed = [*call.args, *(each.value for each in call.keywords)]
        used: list[tuple[f.Expr, int]] = [(each, call.at) for each in handed]
        for statement in walk(body):
            if isinstance(statement, f.Assign) and isinstance(statement.targets[0], f.Index):
                if statement not in self._before or self._is_asked_behind(body, statement.at):
                    return False
                used.append((statement.value, statement.at))
        return all(
            not isinstance(each, f.Name) or each.id in self._given or self._is_bound(each.id, at)
            for each, at in used
        )

    def _is_asked_behind(self, body: f.Body, at: int) -> bool:
        """Whether a test behind a place looks at the arguments, to which the session was added."""
        return any(
            isinstance(node, f.Name) and node.id in self._given
            for statement in walk(body)
            if isinstance(statement, f.If) and statement.at > at
            for branch in statement.branches
            for node in descend(branch.test)
        )

    def _is_bound(self, name: str, at: int) -> bool:
        """Whether a variable has a value wherever ``at`` is come to."""
        targets = (
            target
            for each in self._before
            if isinstance(each, (f.Assign, f.With)) and each.at < at
            for target in (
                each.targets
                if isinstance(each, f.Assign)
                else [item.target for item in each.items if item.target is not None]
            )
        )
        return any(is_name(target, name) for target in targets)

    def _changes_arguments(self, statement: f.Stmt) -> bool:
        """Whether a statement makes something else of what the wrapper was called with."""
        if isinstance(statement, f.Assign):
            targets: tuple[f.Expr, ...] = statement.targets
        elif isinstance(statement, f.Delete):
            targets = tuple(
                each.value if isinstance(each, f.Index) else each for each in statement.targets
            )
        else:
            targets = (statement.target,) if isinstance(statement, f.AugAssign) else ()
        called = (
            node.func
            for expression in expressions_of(statement)
            for node in descend(expression)
            if isinstance(node, f.Call)
        )
        return any(is_name(each, *self._given) for each in targets) or any(
            isinstance(each, f.Attr)
            and is_name(each.value, *self._loose)
            and each.attr not in _LOOKING
            for each in called
        )

    def _is_result(self, value: f.Expr | None, body: f.Body) -> bool:
        """Whether ``value`` is what the function gave."""
        call = value.value if isinstance(value, f.Await) else value
        if isinstance(call, f.Call):
            is_awaited = isinstance(value, f.Await)
            return self._is_call(call) and is_awaited == self._wrapper.is_async
        if not isinstance(value, f.Name):
            return False
        assigned = [
            each.value
            for each in walk(body)
            if isinstance(each, f.Assign) and any(is_name(t, value.id) for t in each.targets)
        ]
        return len(assigned) == 1 and self._is_result(assigned[0], ())

    def _is_call(self, call: f.Call) -> bool:
        return is_name(call.func, self._delivery.function)

    def _calls_alone(self, body: f.Body) -> bool:
        """Whether the function is nowhere but where its result is returned or kept for that."""
        wanted = 0
        for statement in walk(body):
            if isinstance(statement, (f.Return, f.Assign)):
                value = statement.value
                call = value.value if isinstance(value, f.Await) else value
                wanted += isinstance(call, f.Call) and self._is_call(call)
        found = sum(
            is_name(node, self._delivery.function)
            for statement in walk(body)
            for expression in expressions_of(statement)
            for node in descend(expression)
        )
        return found == wanted


def _raises_again(body: Sequence[f.Stmt]) -> bool:
    """Whether a handler ends by raising the very error that it was run for."""
    last = body[-1] if body else None
    leaves = any(isinstance(each, f.Return) for each in walk(tuple(body)))
    return isinstance(last, f.Raise) and last.value is None and not leaves
