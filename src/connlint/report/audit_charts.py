"""Numbers in, small bar charts as inline SVG out; their colours are classes of the style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

_WIDTH = 640
_LABELS = 280
_HEIGHT = 18
_GAP = 8
_STACK = 28


class Slice(NamedTuple):
    """A part of a bar: what it counts, how many, and the class of its colour."""

    label: str
    number: int
    colour: str


class Bar(NamedTuple):
    """A bar with its label and its parts."""

    label: str
    slices: Sequence[Slice]

    @property
    def total(self) -> int:
        return sum(each.number for each in self.slices)


def stacked(slices: Sequence[Slice], title: str) -> Markup:
    """One bar over the whole width."""
    total = sum(each.number for each in slices)
    if not total:
        return Markup("")
    parts = []
    x = 0.0
    for each in slices:
        width = each.number / total * _WIDTH
        parts.append(_part(each, x, 0, width, _STACK))
        x += width
    return _svg(_STACK, title, parts)


def bars(rows: Sequence[Bar], title: str) -> Markup:
    """A bar below the other, labels on the left, totals behind."""
    longest = max((row.total for row in rows), default=0)
    if not longest:
        return Markup("")
    room = _WIDTH - _LABELS - 50
    parts = []
    for index, row in enumerate(rows):
        y = index * (_HEIGHT + _GAP)
        base = y + _HEIGHT - 5
        parts.append(
            Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(
                _LABELS - 8, base, row.label
            )
        )
        x = float(_LABELS)
        for each in row.slices:
            width = each.number / longest * room
            if each.number:
                parts.append(_part(each, x, y, width, _HEIGHT))
            x += width
        parts.append(Markup('<text x="{:.1f}" y="{}">{}</text>').format(x + 6, base, row.total))
    return _svg(len(rows) * (_HEIGHT + _GAP), title, parts)


def _part(each: Slice, x: float, y: float, width: float, height: float) -> Markup:
    return Markup(
        '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">'
        "<title>{}: {}</title></rect>"
    ).format(each.colour, x, y, max(width, 1.0), height, each.label, each.number)


def _svg(height: float, title: str, parts: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg class="chart" role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>'
    ).format(title, _WIDTH, int(height), Markup("").join(parts))
