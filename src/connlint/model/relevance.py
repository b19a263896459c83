"""All scopes in, those worth evaluating out: an over-approximation of what can touch a database.

A scope is worth it when it mentions something that may be a session, factory, engine or driver, or
when it calls (by name, unless the name certainly means something else) a scope that is, or what
holds one. It decides what is computed, never what is found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from connlint.model.names import Module, ScopeId
from connlint.model.program import Program
from connlint.model.relevant.name_index import NameIndex
from connlint.model.relevant.slow_work import slow_work
from connlint.model.relevant.spreading import Spreading
from connlint.model.relevant.state_setters import state_setters


class Relevance:
    """Which scopes of a program are worth evaluating. Built once; ask with ``in``."""

    def __init__(self, program: Program, found: Collection[ScopeId] | None = None) -> None:
        """``found``: the scopes, where they are known already."""
        self._program = program
        self._found = frozenset(_found(program) if found is None else found)

    def carried_to(self, program: Program, changed: Collection[str]) -> Relevance:
        """The same for a program in which the modules of these names have changed: what mentions
        other names in them than it did is taken as worth evaluating."""
        found = {scope for scope in self._found if scope[0] not in changed}
        for name in changed:
            idle = {
                (scope.qualname, scope.called, scope.handed)
                for number, scope in enumerate(self._program.modules[name].facts.scopes)
                if (name, number) not in self._found
            }
            found.update(
                (name, number)
                for number, scope in enumerate(program.modules[name].facts.scopes)
                if (scope.qualname, scope.called, scope.handed) not in idle
            )
        return Relevance(program, found)

    def __contains__(self, scope: object) -> bool:
        return scope in self._found

    def __len__(self) -> int:
        return len(self._found)

    def scopes(self) -> list[ScopeId]:
        """All of them, in order."""
        return sorted(self._found)

    def calling(
        self, names: Collection[str], among: Iterable[Module] | None = None
    ) -> set[ScopeId]:
        """The scopes that call or hand on something whose last name is one of these; those of all
        modules, or of those ``among`` them."""
        return {
            (module.name, number)
            for module in (self._program.modules.values() if among is None else among)
            for number, scope in enumerate(module.facts.scopes)
            if any(text.rpartition(".")[2] in names for text in scope.called)
        }


def _found(program: Program) -> set[ScopeId]:
    index = NameIndex(program.modules.values())
    spreading = Spreading(program, index)
    found = spreading.found | state_setters(program)
    return found | slow_work(program, index, spreading.namesakes, found)
