"""What is accepted, what remains to be done and what is completed in, as Markdown out."""

from __future__ import annotations

from collections.abc import Iterator

from connlint.audit.completed import Completed
from connlint.audit.mixed import MixedFile
from connlint.audit.wording import listed
from connlint.report.audit_view import AuditView, mark
from connlint.report.markdown_text import at_lines, code, escape, prose, table


def plan(view: AuditView) -> str:
    """The plan of action as a checklist, and the files in which something is completed."""
    parts = ["### Action plan\n"]
    steps = view.tables.plan
    parts.append(
        "".join(
            f"- [{'x' if step.done else ' '}] {escape(step.what)}: {prose(step.state)}\n"
            for step in steps
        )
    )
    if view.tables.completed:
        parts.append("### Completed since the earlier audit\n")
        parts.append("".join(_completed(view.tables.completed)))
    return "\n".join(parts)


def _completed(rows: tuple[Completed, ...]) -> Iterator[str]:
    for row in rows:
        word = "fixed" if row.is_whole else f"partially fixed, {row.left} left"
        yield f"- {mark('removed')} {code(row.path)}: {word} ({gone(row)})\n"
        yield from (f"  - {prose(how)}\n" for how in row.how)


def gone(row: Completed) -> str:
    """The findings that are gone by rule: ``2 × DBC101 and DBC302``."""
    return listed(
        f"{number} \N{MULTIPLICATION SIGN} {name}" if number > 1 else name
        for name, number in row.codes.items()
    )


def accepted(view: AuditView) -> str:
    """The ways of connecting that the standard accepts."""
    rows = view.tables.accepted
    if not rows:
        return ""
    cells = (
        [prose(row.who), prose(row.form), code(row.source) if row.source else "-", row.transaction]
        for row in rows
    )
    head = ["Who", "How", "From", "Who ends the transaction"]
    return f"### Accepted ways to connect\n\n{table(head, cells)}"


def mixed(view: AuditView) -> str:
    """The files of which only some functions get their sessions as the standard wants."""
    rows = view.tables.mixed
    if not rows:
        return ""
    head = ["File", f"{mark('keep')} As the standard wants", f"{mark('fix')} Otherwise"]
    cells = ([code(row.path), _ways(row, True), _ways(row, False)] for row in rows)
    return f"### Converted in part\n\n{table(head, cells)}"


def _ways(row: MixedFile, complies: bool) -> str:
    return ", ".join(at_lines(way.name, way.lines) for way in row.ways if way.complies == complies)
