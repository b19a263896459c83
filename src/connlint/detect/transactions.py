"""Keepers in, the ``transactions`` settings out: classes that end the transaction of the session
that they opened."""

from __future__ import annotations

from collections.abc import Iterator

from connlint.detect.detection import Choice
from connlint.detect.search import Search

OWNERS = "transactions.owners"


class Transactions:
    """Finds who may end a transaction."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def choices(self) -> Iterator[Choice]:
        """The units of work that commit."""
        for target, keeper in self._search.keepers.items():
            if keeper.kind == "unit of work" and self._commits(target.module, target.scope):
                yield Choice(
                    OWNERS, target.dotted, "opens a session when it is entered and commits"
                )

    def _commits(self, module_name: str, owner: int) -> bool:
        """Whether any method of a class ends a transaction."""
        module = self._search.program.modules[module_name]
        return any(
            effect.kind == "commit"
            for number in module.children.get(owner, ())
            for effect in self._search.engine.run((module_name, number)).summary.effects
        )
