"""Scopes in, interpreters that evaluate their expressions whatever the path out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connlint.model import values as v
from connlint.model.interpret import Interpreter
from connlint.model.names import Module, ScopeId
from connlint.model.state import State

if TYPE_CHECKING:
    from connlint.model.bindings import StaticRun
    from connlint.model.seams import Summaries

_MOST_FREE = 256
"""For how many functions static interpreters are kept that are not in use: each takes some 2 KB."""


class StaticInterpreter(Interpreter):
    """Evaluates expressions whatever the path: a local name stands for all that it may hold."""

    def local(self, name: str) -> v.Values:
        return self.program.static_local(self.module, self.number, name)


class StaticRuns:
    """The static interpreters of one engine; making one takes longer than most of what it does."""

    def __init__(self) -> None:
        self._free: dict[ScopeId, list[StaticInterpreter]] = {}

    def take(self, engine: Summaries, module: Module, scope: int) -> Interpreter:
        """A static interpreter of a scope; one that is not in use is taken again."""
        free = self._free.get((module.name, scope))
        if free:
            run = free.pop()
            run.state = State()
            run.effects.clear()
            run.dead = False
            return run
        return StaticInterpreter(engine, module, scope)

    def release(self, run: StaticRun) -> None:
        """A static interpreter has done its work."""
        if isinstance(run, StaticInterpreter):
            if len(self._free) >= _MOST_FREE:
                self._free.clear()
            self._free.setdefault((run.module.name, run.number), []).append(run)
