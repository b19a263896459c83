"""Places in, the calls that stand there out, with what they call: for questions that few ask."""

from __future__ import annotations

from collections.abc import Iterator

from connlint.facts import types as f
from connlint.model import values as v
from connlint.model.catalog.types import Type
from connlint.model.effects import Step
from connlint.model.expressions import calls_in, descend, expressions_of
from connlint.model.names import ScopeId, walk
from connlint.model.program import Program

Place = tuple[str, int, int, int]


class Sites:
    """Looks calls up by where they stand, whatever the path; remembered."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._calls: dict[ScopeId, dict[tuple[int, int], f.Call]] = {}
        self._types: dict[Place, tuple[Type, ...]] = {}
        self._offloads: dict[Place, bool] = {}
        self._awaited: dict[ScopeId, frozenset[tuple[int, int]]] = {}

    def calls(self, scope: ScopeId) -> dict[tuple[int, int], f.Call]:
        """The calls that a scope makes itself, by start and end, in order."""
        known = self._calls.get(scope)
        if known is None:
            body = self._program.modules[scope[0]].body(scope[1])
            known = self._calls[scope] = {(call.at, call.end): call for call in calls_in(body)}
        return known

    def call(self, step: Step) -> f.Call | None:
        """The call that a step of a chain is."""
        return self.calls((step.module, step.scope)).get((step.at, step.end))

    def is_awaited(self, step: Step) -> bool:
        """Whether the call that a step is stands behind ``await``."""
        scope = (step.module, step.scope)
        known = self._awaited.get(scope)
        if known is None:
            body = self._program.modules[scope[0]].body(scope[1])
            known = self._awaited[scope] = frozenset(
                (node.value.at, node.value.end)
                for statement in walk(body)
                for expression in expressions_of(statement)
                for node in descend(expression)
                if isinstance(node, f.Await) and isinstance(node.value, f.Call)
            )
        return (step.at, step.end) in known

    def receiver_types(self, step: Step) -> tuple[Type, ...]:
        """The library types of what a step calls a method of, or constructs."""
        place = (step.module, step.scope, step.at, step.end)
        known = self._types.get(place)
        if known is None:
            call = self.call(step)
            known = self._types[place] = tuple(self._found(step, call)) if call else ()
        return known

    def _found(self, step: Step, call: f.Call) -> Iterator[Type]:
        program = self._program
        for value in program.static(program.modules[step.module], step.scope, call.func):
            name = ""
            if isinstance(value, v.Bound):
                name = value.receiver.type
            elif isinstance(value, v.Ext):
                function = program.catalog.function(value.name)
                name = function.returns if function is not None else value.name
            elif isinstance(value, v.Obj):
                kind = program.database_type(value)
                name = kind.name if kind is not None else ""
            found = program.catalog.type(name)
            if found is not None:
                yield found

    def is_offloaded(self, step: Step) -> bool:
        """Whether a step hands its callable to another thread, as ``to_thread(f)`` does."""
        place = (step.module, step.scope, step.at, step.end)
        known = self._offloads.get(place)
        if known is None:
            call = self.call(step)
            known = self._offloads[place] = call is not None and self._offloading(step, call.func)
        return known

    def _offloading(self, step: Step, func: f.Expr) -> bool:
        if isinstance(func, f.Call):  # sync_to_async(f)(x)
            return self._offloading(step, func.func)
        program = self._program
        values = program.static(program.modules[step.module], step.scope, func)
        return any(program.callable_name(value) in program.catalog.offloads for value in values)
