"""The audit's table of files in, inventory, classification and progress as Markdown out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from connlint.audit.files import FileRow
from connlint.report.audit_view import AuditView, connection_type, mark
from connlint.report.markdown_text import code, prose, table

_GROUPS = ("core configuration", "services", "routers", "tasks", "utilities", "scripts", "tests")


def inventory(view: AuditView) -> str:
    """The files by the part they play, each with how it uses the database."""
    parts = ["## File inventory\n"]
    for group in _GROUPS:
        rows = [row for row in view.files if row.group == group]
        if rows:
            parts.append(f"### {group.capitalize()}\n")
            shown = ([code(row.path), prose(row.usage), _compliance(row)] for row in rows)
            parts.append(table(["File", "Database usage pattern", "Standard"], shown))
    return "\n".join(parts)


def _compliance(row: FileRow) -> str:
    return f"{mark('fix')} {prose(row.issues)}" if row.findings else f"{mark('keep')} compliant"


def classification(view: AuditView) -> str:
    """The files by the way in which they get their connections."""
    parts = ["### By connection type\n"]
    rows = sorted(view.files, key=lambda row: (_type_rank(row), row.path))
    for number, (kind, group) in enumerate(_by_type(rows), start=1):
        lines = [f"{number}. **{kind.capitalize()}**\n"]
        for row in group:
            usage = f": {prose(row.usage)}" if row.usage else ""
            lines.append(f"   - {code(row.path)}{usage}\n")
        parts.append("".join(lines))
    return "\n".join(parts)


def _type_rank(row: FileRow) -> int:
    return _TYPES.index(row.connection_type)


def _by_type(rows: list[FileRow]) -> Iterator[tuple[str, list[FileRow]]]:
    for kind, group in groupby(rows, key=connection_type):
        yield kind, list(group)


_TYPES = (
    "main session factory",
    "session configuration",
    "redundant factory",
    "direct session creation",
    "direct factory call",
    "direct driver connection",
    "background-task session",
    "dependency injection",
    "provider session",
    "session parameter",
    "model",
    "migration",
    "none",
)
