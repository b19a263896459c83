"""Runs and entry points in, the call graph out: who calls whom, and what reaches a function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from connlint.model.engine import FunctionRun
from connlint.model.entry_points import EntryPoint
from connlint.model.names import ScopeId


class CallGraph:
    """The resolved calls of a project. ``callees`` are those of each function, once each."""

    def __init__(
        self,
        runs: Mapping[ScopeId, FunctionRun],
        entry_points: Iterable[EntryPoint],
        others: Mapping[ScopeId, tuple[ScopeId, ...]],
    ) -> None:
        """``others``: what functions call that have no run."""
        self.callees: dict[ScopeId, tuple[ScopeId, ...]] = {
            scope: tuple(dict.fromkeys(callee for _, _, callee in run.calls))
            for scope, run in runs.items()
        }
        self.callees.update(others)
        self._runs = runs
        self._entry_points = entry_points
        self._below: dict[ScopeId, frozenset[ScopeId]] = {}

    @cached_property
    def leading_to(self) -> dict[ScopeId, tuple[ScopeId, ...]]:
        """The functions that call each function, or do something through it that they have handed
        on to be called."""
        table: dict[ScopeId, dict[ScopeId, None]] = {}
        for scope, run in self._runs.items():
            below = dict.fromkeys(self.callees[scope])
            for operation in run.operations:
                below.update({(each.module, each.scope): None for each in operation.effect.chain})
            for callee in below:
                table.setdefault(callee, {})[scope] = None
        return {callee: tuple(found) for callee, found in table.items()}

    def calls_into(self, caller: ScopeId, callee: ScopeId) -> bool:
        """Whether a function calls another one, directly or through calls."""
        below = self._below.get(caller)
        if below is None:
            found = self._reached(self.callees.get(caller, ()))
            below = self._below[caller] = frozenset(found - {caller})
        return callee in below

    def entry_points_of(self, scope: ScopeId) -> tuple[EntryPoint, ...]:
        """The entry points through which a function is reached."""
        return self.reaching.get(scope, ())

    def reached_otherwise(self, other: CallGraph) -> Iterator[ScopeId]:
        """The functions that other entry points reach than in ``other``, whatever their lines."""
        now, then = self.reaching, other.reaching
        for scope in now.keys() | then.keys():
            if _names(now.get(scope, ())) != _names(then.get(scope, ())):
                yield scope

    @cached_property
    def reaching(self) -> dict[ScopeId, tuple[EntryPoint, ...]]:
        """The entry points through which each function is reached."""
        table: dict[ScopeId, list[EntryPoint]] = {}
        for entry in self._entry_points:
            for scope in self._reached([(entry.module, entry.scope)]):
                table.setdefault(scope, []).append(entry)
        return {scope: tuple(entries) for scope, entries in table.items()}

    def _reached(self, starts: Iterable[ScopeId]) -> set[ScopeId]:
        """The functions themselves and all that they call, directly or through calls."""
        found: set[ScopeId] = set()
        stack = list(starts)
        while stack:
            scope = stack.pop()
            if scope not in found:
                found.add(scope)
                stack.extend(self.callees.get(scope, ()))
        return found


def _names(entry_points: Iterable[EntryPoint]) -> list[tuple[str, str, str, bool]]:
    return [(each.kind, each.name, each.symbol, each.per_event) for each in entry_points]
