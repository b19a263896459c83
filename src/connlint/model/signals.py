"""An ``except`` clause in, whether anybody can tell afterwards that something failed out.

A line in a log is no signal, and neither is what undoes or gives up the session. Signals are
raising, returning what no success returns, storing what is read elsewhere, calling the unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.effects import Operation
from connlint.model.enclosing import Ending, Frame, frames_around, tries_in
from connlint.model.engine import Engine
from connlint.model.expressions import descend, expressions_of
from connlint.model.failures import Failures
from connlint.model.guards import is_endless
from connlint.model.names import Module, ScopeId, walk

_MAX_DEPTH = 3
_UNDOES = frozenset({"rollback", "close"})
_WAITS = frozenset({"time.sleep", "asyncio.sleep"})


class Signals:
    """Answers for one program."""

    def __init__(self, engine: Engine, failures: Failures) -> None:
        self._engine = engine
        self._program = engine.program
        self._failures = failures
        self._quiet: dict[ScopeId, bool] = {}

    def is_signalled(self, scope: ScopeId, node: f.Try, handler: f.Handler) -> bool:
        """Whether a failure that ends in this clause of this ``try`` shows outside of it."""
        return _Clause(self, scope, node, handler).is_signalled()

    def operations_at(self, scope: ScopeId, call: f.Call) -> list[Operation]:
        """What a call of a function does to the database."""
        place = (call.at, call.end)
        return [op for op in self._engine.run(scope).operations if (op.at, op.end) == place]

    def module(self, scope: ScopeId) -> Module:
        return self._program.modules[scope[0]]

    def endings(self, scope: ScopeId, body: f.Body) -> frozenset[Ending]:
        return self._failures.endings(scope, body)

    def is_quiet(self, scope: ScopeId, node: f.Expr, depth: int = 0) -> bool:
        """Whether evaluating an expression for its own sake tells nobody but the log."""
        if isinstance(node, f.Await):
            node = node.value
        if not isinstance(node, f.Call):
            return not isinstance(node, (f.Yield, f.YieldFrom))
        operations = self.operations_at(scope, node) if depth == 0 else []
        if operations:
            return all(each.effect.kind in _UNDOES for each in operations)
        values = self._program.static(self.module(scope), scope[1], node.func)
        return bool(values) and all(self._is_quiet_callee(value, depth) for value in values)

    def _is_quiet_callee(self, value: v.Value, depth: int) -> bool:
        if isinstance(value, v.Func):
            return depth < _MAX_DEPTH and self._only_logs((value.module, value.scope), depth + 1)
        name = self._program.callable_name(value)
        if name in self._program.catalog.logs or name in _WAITS:
            return True
        if isinstance(value, v.Bound):
            method = self._program.catalog.method(value.receiver.type, value.method)
            return method is not None and bool(method.effects) and set(method.effects) <= _UNDOES
        return False

    def _only_logs(self, scope: ScopeId, depth: int) -> bool:
        """Whether all that a function does is to write to a log."""
        known = self._quiet.get(scope)
        if known is None:
            self._quiet[scope] = False
            known = self._quiet[scope] = self._reads_as_log(scope, depth)
        return known

    def _reads_as_log(self, scope: ScopeId, depth: int) -> bool:
        facts = self.module(scope).facts.scopes[scope[1]]
        if facts.is_generator:
            return False
        for statement in walk(self.module(scope).body(scope[1])):
            if isinstance(statement, (f.Raise, f.Outer, f.Delete)):
                return False
            if isinstance(statement, f.Evaluate) and not self.is_quiet(
                scope, statement.value, depth
            ):
                return False
            if any(not isinstance(target, f.Name) for target in _targets(statement)):
                return False
        return True


class _Clause:
    """One clause, with the function around it."""

    def __init__(self, signals: Signals, scope: ScopeId, node: f.Try, handler: f.Handler) -> None:
        self._signals = signals
        self._scope = scope
        self._node = node
        self._handler = handler
        self._body = signals.module(scope).body(scope[1])
        self._frames = frames_around(self._body, node.at)

    def is_signalled(self) -> bool:
        ways = self._signals.endings(self._scope, self._handler.body)
        if self._tells(self._handler.body) or self._is_told_around():
            return True
        if self._is_tried_again(ways) or self._shows_by_a_name():
            return True
        return "end" in ways and self._is_told_behind()

    def _tells(self, body: f.Body) -> bool:
        """Whether statements that only a failure leads to show it."""
        kept = set()
        for statement in walk(body):
            if isinstance(statement, (f.Raise, f.Outer)):
                return True
            if isinstance(statement, f.Return) and self._returns_failure(statement.value):
                return True
            if isinstance(statement, f.Evaluate) and not self._signals.is_quiet(
                self._scope, statement.value
            ):
                return True
            for target in _assigned(statement):
                if not isinstance(target, f.Name):
                    return True
                kept.add(target.id)
        inside = {id(each) for each in walk(body)}
        elsewhere = (each for each in walk(self._body) if id(each) not in inside)
        return bool(kept & _read_in(elsewhere))

    def _returns_failure(self, value: f.Expr | None) -> bool:
        """Whether a clause returns something that no success returns."""
        if value is not None and not isinstance(value, f.Const):
            return True
        returned = _constant(value)
        others = [_constant(other) for other in _returned_outside_clauses(self._body)]
        if not returned:
            return any(other != returned for other in others)
        return returned not in others

    def _shows_by_a_name(self) -> bool:
        """Whether a name that the ``try`` binds is read behind it: it tells how far that came."""
        bound = {
            target.id
            for statement in walk((*self._node.body, *self._node.orelse))
            for target in _assigned(statement)
            if isinstance(target, f.Name)
        }
        for frame in reversed(self._frames):
            for statement in walk(frame.following):
                if bound & _read_in((statement,)):
                    return True
                bound -= {each.id for each in _targets(statement) if isinstance(each, f.Name)}
        return False

    def _is_tried_again(self, ways: frozenset[Ending]) -> bool:
        """Whether the clause goes into the next round of a loop that success leaves, or of one that
        has to go on whatever happens."""
        loop = next((each for each in reversed(self._frames) if _is_loop(each)), None)
        if loop is None or not ways & {"end", "continue"}:
            return False
        if isinstance(loop.owner, f.While) and is_endless(loop.owner.test):
            return True
        success = self._signals.endings(
            self._scope, (*self._node.body, *self._node.orelse, *self._frames[-1].following)
        )
        return "end" not in success and bool(success & {"break", "return"})

    def _is_told_around(self) -> bool:
        """Whether the ``try`` stands in a clause that shows another failure behind it."""
        numbers = [n for n, frame in enumerate(self._frames) if frame.part == "handler"]
        return bool(numbers) and any(
            self._tells(frame.following) for frame in self._frames[numbers[-1] :]
        )

    def _is_told_behind(self) -> bool:
        """Whether only a failure leads behind the ``try``, and shows there."""
        success = self._signals.endings(self._scope, (*self._node.body, *self._node.orelse))
        return "end" not in success and self._tells(self._frames[-1].following)


def _is_loop(frame: Frame) -> bool:
    return isinstance(frame.owner, (f.For, f.While)) and frame.part == "body"


def _returned_outside_clauses(body: f.Body) -> Iterator[f.Expr | None]:
    """What a function returns where nothing has failed."""
    inside = {
        id(each)
        for statement in tries_in(body)
        for handler in statement.handlers
        for each in walk(handler.body)
    }
    for each in walk(body):
        if isinstance(each, f.Return) and id(each) not in inside:
            yield each.value


_Computed = object()


def _constant(value: f.Expr | None) -> object:
    """The constant that an expression is; something of its own for any other one."""
    if value is None:
        return None
    return value.value if isinstance(value, f.Const) else _Computed


def _assigned(statement: f.Stmt) -> Iterator[f.Expr]:
    """What a statement assigns to."""
    if isinstance(statement, f.Assign):
        yield from _unpacked(statement.targets)
    elif isinstance(statement, f.AugAssign) or (
        isinstance(statement, f.Annotated) and statement.value is not None
    ):
        yield statement.target


def _targets(statement: f.Stmt) -> Iterator[f.Expr]:
    """What a statement binds or stores into."""
    if isinstance(statement, f.For):
        yield from _unpacked((statement.target,))
    elif isinstance(statement, f.With):
        yield from _unpacked(item.target for item in statement.items if item.target is not None)
    else:
        yield from _assigned(statement)


def _unpacked(targets: Iterable[f.Expr]) -> Iterator[f.Expr]:
    found = list(targets)
    while found:
        target = found.pop()
        if isinstance(target, f.Seq):
            found.extend(target.items)
        elif isinstance(target, f.Starred):
            found.append(target.value)
        else:
            yield target


def _read_in(statements: Iterable[f.Stmt]) -> set[str]:
    """The names that statements read; nested functions left out."""
    names: set[str] = set()
    for statement in statements:
        stored = {id(target) for target in _targets(statement)}
        for expression in expressions_of(statement):
            for node in descend(expression):
                if isinstance(node, f.Name) and id(node) not in stored:
                    names.add(node.id)
        if isinstance(statement, f.AugAssign) and isinstance(statement.target, f.Name):
            names.add(statement.target.id)
    return names
