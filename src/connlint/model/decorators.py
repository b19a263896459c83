"""A decorated function in, what calling it really calls out: the project's decorators applied."""

from __future__ import annotations

from typing import Protocol

from connlint.model import values as v
from connlint.model.effects import Summary
from connlint.model.interpret import Interpreter
from connlint.model.program import Program
from connlint.model.relevance import Relevance
from connlint.model.seams import Run, Summaries


class Applying(Summaries, Protocol):
    """What applying decorators asks of the engine."""

    program: Program

    @property
    def relevance(self) -> Relevance:
        """Which functions are worth evaluating."""

    def summarise(
        self, caller: Run, function: v.Func, bound: dict[str, v.Values], *, anyway: bool = False
    ) -> tuple[Summary, dict[str, v.Values]]:
        """What a call does; ``anyway`` also for a function that is not worth evaluating."""


class Decorators:
    """Applies decorators, each function's once."""

    def __init__(self, engine: Applying) -> None:
        self._engine = engine
        self._program = engine.program
        self._applied: dict[v.Func, v.Values] = {}

    def applied(self, function: v.Func) -> v.Values:
        """What calling a function really calls."""
        if function.raw:
            return (function,)
        base = v.Func(function.module, function.scope)
        known = self._applied.get(base)
        if known is None:
            raw = v.Func(function.module, function.scope, None, (), True)
            self._applied[base] = (raw,)
            known = self._applied[base] = self._apply_all(raw)
        name = self._program.modules[function.module].facts.scopes[function.scope].qualname
        result = []
        for value in known:
            if isinstance(value, v.Func):
                wraps = value.scope != function.scope or value.module != function.module
                closure = value.closure if wraps else function.closure
                alias = name if wraps else ""
                result.append(
                    v.Func(value.module, value.scope, function.receiver, closure, True, alias)
                )
        return tuple(result) or (
            v.Func(function.module, function.scope, function.receiver, function.closure, True),
        )

    def _apply_all(self, raw: v.Func) -> v.Values:
        module = self._program.modules[raw.module]
        scope = module.facts.scopes[raw.scope]
        current: v.Values = (raw,)
        for decorator in reversed(scope.decorators):
            values = self._program.static(module, scope.parent, decorator)
            applied: v.Values = ()
            for value in values:
                if isinstance(value, v.Func):
                    applied = v.join(applied, self._apply(value, current))
            wrappers = tuple(value for value in applied if self._replaces(value, current))
            current = wrappers or current
        return current

    def _replaces(self, value: v.Value, decorated: v.Values) -> bool:
        """Whether a decorator's function says what calls do: a wrapper that is not worth evaluating
        leaves that to what it wraps."""
        if not isinstance(value, v.Func):
            return False
        wraps = any(held in decorated for _, values in value.closure for held in values)
        return not wraps or (value.module, value.scope) in self._engine.relevance

    def _apply(self, decorator: v.Func, argument: v.Values) -> v.Values:
        module = self._program.modules[decorator.module]
        scope = module.facts.scopes[decorator.scope]
        if scope.is_async or scope.is_generator or not scope.params:
            return ()
        params = [param for param in scope.params if param.kind in "po"]
        if decorator.receiver is not None and params:
            params = params[1:]
        if not params:
            return ()
        bound: dict[str, v.Values] = {params[0].name: argument}
        if decorator.receiver is not None:
            bound[scope.params[0].name] = (decorator.receiver,)
        # What a decorator gives back matters even where it touches no database itself.
        caller = Interpreter(self._engine, module, 0)
        summary, table = self._engine.summarise(caller, decorator, bound, anyway=True)
        return v.substitute(summary.returns, table)
