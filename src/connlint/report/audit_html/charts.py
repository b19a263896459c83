"""Numbers in, bars to scale out; the templates draw them, their colours are the style sheet's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_LONGEST = 960.0
_THINNEST = 6.0


class Slice(NamedTuple):
    """A part of a bar: what it counts, how many, and the class of its colour."""

    label: str
    number: int
    colour: str


class Bar(NamedTuple):
    """A bar with its label and its parts. ``choice`` is what a click on it narrows the page to, as
    ``section:facet:value`` (empty: nothing)."""

    label: str
    slices: Sequence[Slice]
    choice: str = ""

    @property
    def total(self) -> int:
        return sum(each.number for each in self.slices)

    @property
    def parts(self) -> Sequence[Slice]:
        """The slices that are not empty."""
        return [each for each in self.slices if each.number]


class Rect(NamedTuple):
    """A slice as drawn, in thousandths of the room. Something is never drawn as nothing, so a bar
    of thin slices can be longer than to scale."""

    x: float
    width: float
    slice: Slice


class Chart(NamedTuple):
    """Bars under a title."""

    title: str
    bars: Sequence[Bar]

    @property
    def legend(self) -> Sequence[tuple[str, str]]:
        """The labels of the parts with their colours; none where no bar has several."""
        if all(len(bar.parts) < 2 for bar in self.bars):
            return []
        shown = {part.label for bar in self.bars for part in bar.parts}
        every = dict.fromkeys((part.label, part.colour) for bar in self.bars for part in bar.slices)
        return [(label, colour) for label, colour in every if label in shown]

    def drawn(self) -> Iterator[tuple[Bar, Sequence[Rect]]]:
        """Each bar with its rectangles."""
        longest = max((bar.total for bar in self.bars), default=0)
        for bar in self.bars:
            yield bar, list(_rectangles(bar.parts, longest))


def _rectangles(slices: Iterable[Slice], longest: int) -> Iterator[Rect]:
    x = 0.0
    for each in slices:
        width = max(each.number / longest * _LONGEST, _THINNEST)
        yield Rect(round(x, 1), round(width, 1), each)
        x += width
