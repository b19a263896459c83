"""The ways out of a block: which leave by an exception, a ``return``, a ``break`` or its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from connlint.model.lifetimes.ways import Way, Ways

CATCH_ALL = frozenset({"Exception", "BaseException"})
"""Handlers of these end every exception that this analysis reckons with."""

MAX_EXITS = 96


class Exits:
    """Ways out, each with the place at which the block was left first on that way."""

    __slots__ = ("broken", "continued", "ended", "raised", "returned")

    def __init__(self) -> None:
        self.raised: dict[Way, int] = {}
        self.returned: dict[Way, int] = {}
        self.broken: Ways = {}
        self.continued: Ways = {}
        self.ended: Ways = {}

    def raise_at(self, place: int, ways: Iterable[Way]) -> None:
        _add(self.raised, place, ways)

    def return_at(self, place: int, ways: Iterable[Way]) -> None:
        _add(self.returned, place, ways)

    def take(self, inner: Exits, *, raised: bool = True, loops: bool = True) -> None:
        """The ways out of an inner block are ways out of this one, as far as they get here."""
        if raised:
            for way, place in inner.raised.items():
                _add(self.raised, place, (way,))
        for way, place in inner.returned.items():
            _add(self.returned, place, (way,))
        if loops:
            self.broken.update(inner.broken)
            self.continued.update(inner.continued)

    def through(self, leave: Callable[[Ways], Ways]) -> Exits:
        """The same ways out, after what leaving a ``with`` or running a ``finally`` does."""
        after = Exits()
        for place, ways in _by_place(self.raised).items():
            _add(after.raised, place, leave(ways))
        for place, ways in _by_place(self.returned).items():
            _add(after.returned, place, leave(ways))
        after.broken = leave(self.broken) if self.broken else {}
        after.continued = leave(self.continued) if self.continued else {}
        return after


def _add(table: dict[Way, int], place: int, ways: Iterable[Way]) -> None:
    for way in ways:
        if way not in table and len(table) < MAX_EXITS:
            table[way] = place


def _by_place(table: dict[Way, int]) -> dict[int, Ways]:
    grouped: dict[int, Ways] = {}
    for way, place in table.items():
        grouped.setdefault(place, {})[way] = None
    return grouped
