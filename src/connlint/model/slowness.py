"""Functions in, whether they wait for something else than the database out.

Asked for few functions only, so it follows calls on demand: as they were resolved where the
function was evaluated, and whatever the path elsewhere.
"""

from __future__ import annotations

from collections import deque

from connlint.model import values as v
from connlint.model.engine import Engine
from connlint.model.expressions import calls_in
from connlint.model.names import ScopeId

_MAX_FUNCTIONS = 300
_OWN_QUEUE = "queue."
"""Waiting for a queue of the process itself, as connection pools do, is no slow work."""


class Slowness:
    """Answers for one program, remembered."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._program = engine.program
        self._known: dict[ScopeId, bool] = {}
        self._callees: dict[ScopeId, tuple[ScopeId, ...] | None] = {}

    def is_slow(self, scope: ScopeId) -> bool:
        """Whether a function calls slow work, directly or through project functions.

        Where that many functions are within reach that not all can be asked, the nearest are.
        """
        known = self._known.get(scope)
        if known is None:
            known = self._known[scope] = self._reaches_slow_work(scope)
        return known

    def _reaches_slow_work(self, scope: ScopeId) -> bool:
        seen = {scope}
        work = deque([scope])
        while work:
            callees = self._callees_of(work.popleft())
            if callees is None:
                return True
            for callee in callees:
                if callee not in seen and len(seen) < _MAX_FUNCTIONS:
                    seen.add(callee)
                    work.append(callee)
        return False

    def _callees_of(self, scope: ScopeId) -> tuple[ScopeId, ...] | None:
        """What a function calls; ``None`` when slow work is among it."""
        if scope not in self._callees:
            is_evaluated = scope in self._engine.relevance
            found = self._evaluated(scope) if is_evaluated else self._written(scope)
            self._callees[scope] = found
        return self._callees[scope]

    def _evaluated(self, scope: ScopeId) -> tuple[ScopeId, ...] | None:
        run = self._engine.run(scope)
        for each in run.operations:
            if each.effect.kind == "slow" and not each.effect.chain[-1].text.startswith(_OWN_QUEUE):
                return None
        return tuple(dict.fromkeys(callee for _, _, callee in run.calls))

    def _written(self, scope: ScopeId) -> tuple[ScopeId, ...] | None:
        module = self._program.modules[scope[0]]
        found: dict[ScopeId, None] = {}
        for call in calls_in(module.body(scope[1])):
            for value in self._engine.anywhere(scope, call.func):
                name = self._program.callable_name(value)
                if name in self._program.catalog.slow and not name.startswith(_OWN_QUEUE):
                    return None
                if isinstance(value, v.Func):
                    found[value.module, value.scope] = None
        return tuple(found)
