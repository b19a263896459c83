"""Functions in, whether they wait for something else than the database out.

Asked for few functions only, so it follows calls on demand, whatever the path.
"""

from __future__ import annotations

from connlint.model import values as v
from connlint.model.engine import Engine
from connlint.model.expressions import calls_in
from connlint.model.relevance import ScopeId

_MAX_DEPTH = 6


class Slowness:
    """Answers for one program, remembered."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._program = engine.program
        self._known: dict[ScopeId, bool] = {}

    def is_slow(self, scope: ScopeId, depth: int = 0) -> bool:
        """Whether a function calls slow work, directly or through project functions."""
        known = self._known.get(scope)
        if known is not None or depth > _MAX_DEPTH:
            return bool(known)
        self._known[scope] = False
        module = self._program.modules[scope[0]]
        catalog = self._program.catalog
        for call in calls_in(module.body(scope[1])):
            for value in self._engine.anywhere(scope, call.func):
                name = self._program.callable_name(value)
                if name in catalog.slow and not name.startswith("queue."):
                    self._known[scope] = True
                    return True
                if isinstance(value, v.Func) and self.is_slow(
                    (value.module, value.scope), depth + 1
                ):
                    self._known[scope] = True
                    return True
        return False
