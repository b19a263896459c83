"""``with`` items: which sessions the end of the block closes, and which transactions it ends."""

from __future__ import annotations

from connlint.model.lifetimes.ways import Way


class Block:
    """A ``with`` item: which sessions its end closes, and which transactions it ends."""

    __slots__ = ("_closes", "_ends", "suppresses")

    def __init__(self, closes: frozenset[str], ends: frozenset[str], *, suppresses: bool) -> None:
        self._closes = closes
        self._ends = ends
        self.suppresses = suppresses

    def enter(self, way: Way) -> Way:
        if not self._closes:
            return way
        return way._replace(opened=way.opened - self._closes, scoped=way.scoped | self._closes)

    def leave(self, way: Way) -> Way:
        if self._ends:
            way = way._replace(busy=way.busy - self._ends)
        if not self._closes:
            return way
        return way._replace(scoped=way.scoped - self._closes).end(self._closes, "scope")
