"""The engine in, its functions run out: those to report on, and all others that are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from connlint.facts.garbage import collector_paused
from connlint.model.effects import Operation
from connlint.model.engine import Engine, FunctionRun
from connlint.model.names import ScopeId

_STEP = 50
"""After how many functions to tell how far it is."""


class Runs:
    """The functions of one program, run once when somebody asks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._progress: Callable[[int, int], None] = lambda done, total: None
        self.earlier: dict[ScopeId, FunctionRun] = {}
        """Functions that need not be run: what they do is known from before a change."""

    def make(self, progress: Callable[[int, int], None]) -> None:
        """Run the functions now, and tell how many are done, of how many."""
        if "reported" not in self.__dict__:
            self._progress = progress
            _ = self.reported

    @cached_property
    def reported(self) -> dict[ScopeId, FunctionRun]:
        """The functions to report on, in order; those run again of whose parameters callers say
        more than was known when they were run."""
        with collector_paused():
            return self._run_all()

    def _run_all(self) -> dict[ScopeId, FunctionRun]:
        program = self._engine.program
        examined = {module.name for module in program.examined}
        scopes = [scope for scope in self._engine.relevance.scopes() if scope[0] in examined]
        before = {key: len(passed) for key, passed in program.passed.items()}
        for number, scope in enumerate(scopes):
            if number % _STEP == 0:
                self._progress(number, len(scopes))
            self._engine.run(scope)
        after = {key: len(passed) for key, passed in program.passed.items()}
        self._engine.run_again(before, after)
        return {scope: self._engine.run(scope) for scope in scopes}

    @cached_property
    def known(self) -> dict[ScopeId, FunctionRun]:
        """The functions to report on, and those from before, in order."""
        if not self.earlier:
            return self.reported
        return dict(sorted((self.earlier | self.reported).items()))

    def of(self, scope: ScopeId) -> FunctionRun:
        """What one function does."""
        return self.known.get(scope) or self._engine.run(scope)


def operations_of(runs: dict[ScopeId, FunctionRun]) -> Iterator[tuple[ScopeId, Operation]]:
    """Every operation of functions, in their order and that of their places."""
    for scope, run in runs.items():
        for operation in run.operations:
            yield scope, operation
