"""Places in source text: what every layer uses to say where something is.

Internally lines start at 1 and columns at 0, both counted in characters (code points), as LibCST
counts them; outputs add one to columns.
"""

from __future__ import annotations

from typing import NamedTuple

COLUMN_BITS = 20
LAST_COLUMN = (1 << COLUMN_BITS) - 1


class Span(NamedTuple):
    """A half-open stretch of source text: lines from 1, columns from 0, in characters."""

    line: int
    column: int
    end_line: int
    end_column: int


def pack(line: int, column: int) -> int:
    """Put a position into one integer that sorts by line, then by column.

    A column beyond 2**20 - 1 is clamped: such lines are generated code, and the line still holds.
    """
    return line << COLUMN_BITS | min(column, LAST_COLUMN)


def unpack(position: int) -> tuple[int, int]:
    """The ``(line, column)`` that :func:`pack` put into ``position``."""
    return position >> COLUMN_BITS, position & LAST_COLUMN


def line_of(position: int) -> int:
    """The line of a packed position."""
    return position >> COLUMN_BITS


def span_between(start: int, end: int) -> Span:
    """The span between two packed positions."""
    return Span(*unpack(start), *unpack(end))
