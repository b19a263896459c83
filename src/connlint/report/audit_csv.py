"""An audit's connection points as comma-separated values, one line each, for spreadsheets."""

from __future__ import annotations

import csv
import io

from connlint.audit.points import Point
from connlint.report.audit_view import AuditView

COLUMNS = (
    "path", "line", "end_line", "kind", "call", "purpose", "symbol", "role", "entry_points",
    "provider", "states", "verdict", "reason", "should_be", "codes",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(view: AuditView) -> str:
    """A header and a line for each connection point."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(cell) for cell in _cells(point)] for point in view.tables.points)
    return output.getvalue()


def _cells(point: Point) -> tuple[str | int, ...]:
    place = point.place
    return (
        place.path, place.span.line, place.extent.end_line, place.kind, place.call,
        point.purpose, place.symbol, place.role,
        "; ".join(f"{each.kind} {each.name}" for each in point.entry_points),
        place.provider, "; ".join(point.known_states), point.verdict, point.reason,
        point.should_be, " ".join(point.codes),
    )  # fmt: skip


def _harmless(cell: str | int) -> str | int:
    """A cell that no spreadsheet takes for a formula: the analysed code is no friend."""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell
