"""Places in a text in, the same places as the protocol counts them out.

The protocol counts from 0, and columns in units that client and server agree on: those of UTF-16
where they say nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lsprotocol.types import Position, Range

from connlint.location import Span

Units = Callable[[str], int]
"""How many units a text takes up."""


class Positions:
    """The places in one text."""

    def __init__(self, lines: Sequence[str], units: Units) -> None:
        self._lines = lines
        self._units = units

    def position(self, line: int, column: int) -> Position:
        """The place in ``line``, from 1, with ``column`` characters before it."""
        return Position(max(line - 1, 0), self._units(self._line(line)[:column]))

    def range(self, span: Span) -> Range:
        """The stretch of text that ``span`` covers."""
        start = self.position(span.line, span.column)
        return Range(start, self.position(span.end_line, span.end_column))

    def rest_of_line(self, line: int, column: int) -> Range:
        """The text from ``column`` to the end of ``line``."""
        return self.range(Span(line, column, line, len(self._line(line).rstrip())))

    def _line(self, line: int) -> str:
        return self._lines[line - 1] if 0 < line <= len(self._lines) else ""


def touches(one: Range, other: Range) -> bool:
    """Whether two ranges have a place in common; ends count, as that is where cursors stand."""
    return _key(one.start) <= _key(other.end) and _key(other.start) <= _key(one.end)


def _key(position: Position) -> tuple[int, int]:
    return position.line, position.character
