"""One table of an audit as comma-separated values, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import NamedTuple

from connlint.audit.points import WORST_FIRST
from connlint.audit.priorities import WORST_FIRST as PRIORITIES
from connlint.audit.wording import entry_title
from connlint.findings import EntryPointRef
from connlint.report.audit_view import AuditView

Cell = str | int
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CsvTable(NamedTuple):
    """A table: its columns, and what gives its rows."""

    columns: tuple[str, ...]
    rows: Callable[[AuditView], Iterable[tuple[Cell, ...]]]


def render(view: AuditView, name: str = "points") -> str:
    """A header and a line for each row of the table ``name``, one of :data:`TABLES`."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    table = TABLES[name]
    writer.writerow(table.columns)
    writer.writerows([_harmless(cell) for cell in row] for row in table.rows(view))
    return output.getvalue()


def _harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula: the analysed code is no friend."""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell


def _joined(numbers: Iterable[int]) -> str:
    return " ".join(map(str, numbers))


def _entries(entries: Iterable[EntryPointRef]) -> str:
    return "; ".join(entry_title(each.kind, each.name) for each in entries)


def _points(view: AuditView) -> Iterable[tuple[Cell, ...]]:
    for point in view.tables.points:
        place = point.place
        yield (
            place.path, place.span.line, place.extent.end_line, place.kind, place.call,
            point.purpose, place.symbol, place.role, _entries(point.entry_points),
            place.provider, "; ".join(point.known_states), point.verdict, point.reason,
            point.should_be, " ".join(point.codes),
        )  # fmt: skip


def _patterns(view: AuditView) -> Iterable[tuple[Cell, ...]]:
    for pattern in view.tables.patterns:
        for each in pattern.breaches:
            yield (
                pattern.code, pattern.title, pattern.severity, pattern.priority,
                pattern.explanation, each.path, _joined(each.lines), each.what,
                "; ".join(each.functions), _entries(each.entry_points), each.should_be,
            )  # fmt: skip


def _files(view: AuditView) -> Iterable[tuple[Cell, ...]]:
    for each in view.tables.progress:
        row = each.file
        yield (
            row.path, row.group, row.role, row.connection_type, row.usage, row.points,
            row.findings, row.issues, each.status, each.fixed, each.verified,
        )  # fmt: skip


def _priorities(view: AuditView) -> Iterable[tuple[Cell, ...]]:
    for item in view.tables.priorities:
        yield (
            item.priority, item.state, item.path, _joined(item.lines), item.code, item.severity,
            item.what, item.should_be, item.reason, item.gone, item.left,
        )  # fmt: skip


def _configuration(view: AuditView) -> Iterable[tuple[Cell, ...]]:
    for row in view.tables.configuration:
        for check in row.checks:
            complies = check.complies if check.wanted else ""
            yield (
                row.path, row.line, row.what, check.setting, check.found, check.wanted, complies,
                " ".join(row.codes),
            )  # fmt: skip


def _stores(view: AuditView) -> Iterable[tuple[Cell, ...]]:
    for store in view.tables.stores:
        held = "cache" if store.is_cache else "memory"
        for side, actions in ((held, store.memory), ("database", store.database)):
            for action, uses in actions.items():
                for use in uses:
                    yield store.name, store.phase, side, action, use.method, use.path, use.line


def _findings(view: AuditView) -> Iterable[tuple[Cell, ...]]:
    for each in view.tables.findings:
        entry = [each.entry_point] if each.entry_point is not None else []
        fix = view.fixes.get(each.fingerprint)
        yield (
            each.code, each.name, each.severity, each.priority, each.path, each.span.line,
            each.symbol, each.message, _entries(entry), fix.safety if fix else "",
            fix.title if fix else "", view.refusals.get(each.fingerprint, ""), each.fingerprint,
        )  # fmt: skip


def _trend(view: AuditView) -> Iterable[tuple[Cell, ...]]:
    for each in view.tables.trend:
        verdicts = (each.by_verdict.get(verdict, 0) for verdict in WORST_FIRST)
        priorities = (each.by_priority.get(priority, 0) for priority in PRIORITIES)
        yield (
            each.name, each.points, *verdicts, each.findings, *priorities, each.files,
            each.compliant,
        )  # fmt: skip


TABLES = {
    "points": CsvTable(
        ("path", "line", "end_line", "kind", "call", "purpose", "symbol", "role", "entry_points",
         "provider", "states", "verdict", "reason", "should_be", "codes"),
        _points,
    ),
    "patterns": CsvTable(
        ("code", "pattern", "severity", "priority", "explanation", "path", "lines", "what",
         "functions", "entry_points", "should_be"),
        _patterns,
    ),
    "files": CsvTable(
        ("path", "part", "role", "connection_type", "usage", "points", "findings", "issues",
         "status", "fixed", "verified"),
        _files,
    ),
    "priorities": CsvTable(
        ("priority", "status", "path", "lines", "code", "severity", "what", "should_be", "reason",
         "gone", "left"),
        _priorities,
    ),
    "configuration": CsvTable(
        ("path", "line", "what", "setting", "found", "standard", "complies", "codes"),
        _configuration,
    ),
    "stores": CsvTable(
        ("store", "phase", "side", "operation", "function", "path", "line"),
        _stores,
    ),
    "findings": CsvTable(
        ("code", "rule", "severity", "priority", "path", "line", "symbol", "message",
         "entry_point", "fix", "fix_title", "refusal", "fingerprint"),
        _findings,
    ),
    "trend": CsvTable(
        ("audit", "points", *WORST_FIRST, "findings", *PRIORITIES, "files", "compliant_files"),
        _trend,
    ),
}  # fmt: skip
"""The tables that there are, by name."""
