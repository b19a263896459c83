"""Operations that may fail in, the ``except`` clauses that their failures end in out."""

from __future__ import annotations

from typing import NamedTuple

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.builtin_calls import NEVER_RETURN
from connlint.model.classes import ClassId
from connlint.model.effects import Effect, Operation
from connlint.model.enclosing import Ending, endings, frames_around
from connlint.model.engine import Engine
from connlint.model.names import ScopeId

_EVERYTHING = frozenset({"builtins.Exception", "builtins.BaseException"})


class Caught(NamedTuple):
    """What an ``except`` clause catches: some failures of the database, or even most of them."""

    database: bool
    broad: bool


class Failures:
    """Answers for one program, remembered."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._program = engine.program
        self._clauses: dict[tuple[ScopeId, int], f.Handler | None] = {}
        self._swallowed: dict[tuple[ScopeId, int], bool] = {}

    def statement(self, scope: ScopeId, at: int) -> f.Try | None:
        """The ``try`` statement at a place of a function."""
        frames = frames_around(self._body(scope), at)
        found = frames[-1].statement if frames else None
        return found if isinstance(found, f.Try) else None

    def caught(self, scope: ScopeId, handler: f.Handler) -> Caught:
        """What an ``except`` clause catches."""
        if handler.type is None:
            return Caught(True, True)
        module = self._program.modules[scope[0]]
        values = self._program.static(module, scope[1], handler.type)
        catalog = self._program.catalog
        names = {name for value in v.flattened(values) for name in self._names(value)}
        broad = bool(names & (_EVERYTHING | catalog.base_errors))
        return Caught(broad or bool(names & catalog.errors), broad)

    def _names(self, value: v.Value) -> tuple[str, ...]:
        """An exception class by its name; one of the project's also by those it stands for."""
        if isinstance(value, v.Ext):
            return (value.name,)
        if isinstance(value, v.Class):
            bases = self._program.hierarchy.external_bases(ClassId(value.module, value.scope))
            return tuple(name for name in bases if name not in _EVERYTHING)
        return ()

    def ending(self, scope: ScopeId, at: int) -> f.Handler | None:
        """The clause of the ``try`` at this place that ends most failures of the database: it
        catches them and never raises again."""
        key = (scope, at)
        if key not in self._clauses:
            self._clauses[key] = self._ending(scope, self.statement(scope, at))
        return self._clauses[key]

    def _ending(self, scope: ScopeId, node: f.Try | None) -> f.Handler | None:
        for handler in node.handlers if node is not None else ():
            if self.caught(scope, handler).broad:
                return None if self.may_raise(scope, handler.body) else handler
        return None

    def may_raise(self, scope: ScopeId, body: f.Body) -> bool:
        """Whether a block can end by raising, as far as its own statements say."""
        return "raise" in self.endings(scope, body)

    def endings(self, scope: ScopeId, body: f.Body) -> frozenset[Ending]:
        """How a block of a function can be left."""
        return endings(body, lambda call: self.never_returns(scope, call))

    def never_returns(self, scope: ScopeId, call: f.Call) -> bool:
        """Whether a call always ends the path: by an exception, or with the process."""
        module = self._program.modules[scope[0]]
        values = self._program.static(module, scope[1], call.func)
        return bool(values) and all(self._always_raises(value) for value in values)

    def _always_raises(self, value: v.Value) -> bool:
        if isinstance(value, v.Ext):
            return value.name in NEVER_RETURN
        if not isinstance(value, v.Func):
            return False
        scope = (value.module, value.scope)
        facts = self._program.modules[value.module].facts.scopes[value.scope]
        if facts.is_generator or scope not in self._engine.relevance:
            return False
        return not self._engine.run(scope).summary.returns_normally

    def ends_in(self, scope: ScopeId, operation: Operation) -> int | None:
        """Where the ``try`` of this function stands in whose clause a failure of the operation
        ends; ``None`` when it ends below, or leaves the function."""
        tries = operation.tries
        if not tries or self._ends_below(operation.effect):
            return None
        return next((at for at in reversed(tries) if self.ending(scope, at) is not None), None)

    def _ends_below(self, effect: Effect) -> bool:
        return any(
            self._is_swallowed((step.module, step.scope), step.at) for step in effect.chain[1:]
        )

    def _is_swallowed(self, scope: ScopeId, at: int) -> bool:
        """Whether a failure at this place of a function does not leave the function."""
        key = (scope, at)
        known = self._swallowed.get(key)
        if known is None:
            known = self._swallowed[key] = any(
                isinstance(frame.owner, f.Try)
                and frame.part == "body"
                and self._ending(scope, frame.owner) is not None
                for frame in frames_around(self._body(scope), at)
            )
        return known

    def can_fail(self, effect: Effect) -> bool:
        """Whether an operation goes to the database, rather than marking something for later."""
        if effect.kind in ("read", "execute", "flush", "commit"):
            return True
        owner, _, name = effect.chain[-1].text.rpartition(".")
        method = self._program.catalog.method(owner, name)
        return effect.kind == "write" and (method is None or not method.defers)

    def _body(self, scope: ScopeId) -> f.Body:
        return self._program.modules[scope[0]].body(scope[1])
