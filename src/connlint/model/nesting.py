"""Operations in, transactions that are begun or ended inside another one out.

That is: beginning one while one is open on the session, and ending one by hand inside the block
that will end it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from connlint.model.effects import Begun, Operation, Step
from connlint.model.enclosing import frames_around
from connlint.model.engine import Engine, FunctionRun
from connlint.model.failures import Failures
from connlint.model.names import ScopeId
from connlint.model.providers import Provider
from connlint.model.values import Origin

Injector = Callable[[Origin | None], Provider | None]
"""The provider from which a framework injects a session of this origin."""


class Nesting(NamedTuple):
    """A transaction that is begun or ended inside another one.

    ``inner`` is the operation as the function ``scope`` does it, itself or through calls; ``place``
    is where it happens, or where the context manager is entered that does it. ``outer`` is what
    opened the transaction around it; where the session came with one, ``provider`` names the
    provider that injected it.
    """

    scope: ScopeId
    inner: Operation
    place: Step
    outer: Begun | None
    provider: str = ""


class Nestings:
    """Finds them for one program."""

    def __init__(self, engine: Engine, failures: Failures, injector: Injector) -> None:
        self._engine = engine
        self._catalog = engine.program.catalog
        self._failures = failures
        self._injector = injector

    def among(self, runs: Iterable[tuple[ScopeId, FunctionRun]]) -> Iterator[Nesting]:
        """All that the functions do, themselves or through calls."""
        for scope, run in runs:
            for operation in run.operations:
                effect = operation.effect
                if effect.joins or operation.leaving or effect.kind not in _JUDGED:
                    continue
                found = self._judge(scope, operation)
                if found is not None:
                    yield found

    def _judge(self, scope: ScopeId, operation: Operation) -> Nesting | None:
        begun = operation.begun
        provider = None
        if begun is None or begun.how == "statement":
            provider = self._injector(operation.origin)
            if provider is not None and provider.begins:
                return self._inside_block(scope, operation, None, provider.name)
        if begun is None:
            return None
        if operation.effect.kind == "begin":
            kind = operation.effect.gives
            if begun.how == "statement" and not self._catalog.autobegins(kind):
                return None
            if kind.startswith("generic."):
                return None
            return Nesting(scope, operation, self._place(operation), begun)
        if begun.how == "block":
            return self._inside_block(scope, operation, begun, "")
        return None

    def _inside_block(
        self, scope: ScopeId, operation: Operation, begun: Begun | None, provider: str
    ) -> Nesting | None:
        effect = operation.effect
        found = self._catalog.type(effect.gives)
        if effect.implicit or (found is not None and found.kind == "transaction"):
            return None
        if effect.kind == "rollback" and not self._goes_on(scope, operation):
            return None
        return Nesting(scope, operation, self._place(operation), begun, provider)

    def _place(self, operation: Operation) -> Step:
        modules = self._engine.program.modules
        chain = operation.effect.chain
        number = len(chain) - 1
        while (
            number and modules[chain[number].module].facts.scopes[chain[number].scope].is_generator
        ):
            number -= 1
        return chain[number]

    def _goes_on(self, scope: ScopeId, operation: Operation) -> bool:
        """Whether a rollback leaves the block to go on, rather than raising out of it."""
        if not operation.own:
            return False
        if not operation.in_handler:
            return True
        body = self._engine.program.modules[scope[0]].body(scope[1])
        around = [each for each in frames_around(body, operation.at) if each.part == "handler"]
        return "end" in self._failures.endings(scope, around[-1].following) if around else True


_JUDGED = frozenset({"begin", "commit", "rollback"})
