"""All scopes in, those worth evaluating out: an over-approximation of what can touch a database.

A scope is worth it when it mentions something that may be a session, factory, engine or driver, or
when it calls (by name, unless the name certainly means something else) a scope that is, or what
holds one. It decides what is computed, never what is found.
"""

from __future__ import annotations

from collections.abc import Collection

from connlint.model.names import ScopeId
from connlint.model.program import Program
from connlint.model.relevant.name_index import NameIndex
from connlint.model.relevant.slow_work import slow_work
from connlint.model.relevant.spreading import Spreading
from connlint.model.relevant.state_setters import state_setters


class Relevance:
    """Which scopes of a program are worth evaluating. Built once; ask with ``in``."""

    def __init__(self, program: Program) -> None:
        self._program = program
        index = NameIndex(program.modules.values())
        spreading = Spreading(program, index)
        found = spreading.found | state_setters(program)
        self._found = found | slow_work(program, index, spreading.namesakes, found)

    def __contains__(self, scope: object) -> bool:
        return scope in self._found

    def __len__(self) -> int:
        return len(self._found)

    def scopes(self) -> list[ScopeId]:
        """All of them, in order."""
        return sorted(self._found)

    def calling(self, names: Collection[str]) -> set[ScopeId]:
        """The scopes that call or hand on something whose last name is one of these."""
        return {
            (module.name, number)
            for module in self._program.modules.values()
            for number, scope in enumerate(module.facts.scopes)
            if any(text.rpartition(".")[2] in names for text in scope.called)
        }
