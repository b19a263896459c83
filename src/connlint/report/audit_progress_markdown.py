"""The audit's progress, priorities and remedies in, their chapters as Markdown out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from textwrap import dedent

from connlint.audit.priorities import Item
from connlint.audit.remedies import Improvement, Mention
from connlint.audit.wording import listed, remedy
from connlint.report.audit_view import AuditView, connection_type, mark
from connlint.report.edits_text import lines_after
from connlint.report.markdown_text import at_lines, code, escape, fenced, prose, table

_MOST_LINES = 12
_SIGNS = {
    "critical": "\N{LARGE RED CIRCLE} Critical (do first)",
    "high": "\N{LARGE YELLOW CIRCLE} High (do next)",
    "medium": "\N{LARGE BLUE CIRCLE} Medium",
    "low": "\N{LARGE GREEN CIRCLE} Low",
}


def progress(view: AuditView) -> str:
    """The table of files: status, connection type, issues, fixed, verified."""
    rows = (
        [
            code(each.file.path),
            each.status.capitalize(),
            connection_type(each.file).capitalize(),
            prose(each.file.issues) or "Compliant",
            each.fixed.capitalize(),
            each.verified.capitalize(),
        ]
        for each in view.tables.progress
    )
    head = ["File", "Status", "Connection type", "Issues", "Fixed", "Verified"]
    return f"## Audit progress\n\n{table(head, rows)}{_legend(view)}"


def _legend(view: AuditView) -> str:
    lines = []
    if view.tables.changes is None:
        lines.append("No earlier audit was given: a file counts as fixed when it has no issue.")
    if not view.tables.has_coverage:
        lines.append("No coverage was given: nothing is verified.")
    return f"\n{' '.join(lines)}\n" if lines else ""


def priorities(view: AuditView) -> str:
    """What to do first, as a checklist with DONE and TODO."""
    if not view.tables.priorities:
        return ""
    parts = ["## Remediation priority\n"]
    for priority, group in groupby(view.tables.priorities, key=lambda item: item.priority):
        parts.append(f"### {_SIGNS[priority]}\n")
        parts.append("".join(_checkbox(item) for item in group))
    if compliant := _compliant(view):
        parts.append(f"### {mark('keep')} Nothing to do\n")
        parts.append("".join(compliant))
    return "\n".join(parts)


def _compliant(view: AuditView) -> list[str]:
    """The files that keep to the standard, by the way in which they get their connections."""
    kinds: dict[str, list[str]] = {}
    for row in view.files:
        if not row.findings:
            kinds.setdefault(connection_type(row), []).append(code(row.path))
    return [f"- {kind.capitalize()}: {listed(paths)}\n" for kind, paths in kinds.items()]


def _checkbox(item: Item) -> str:
    box, word = ("x", f"{mark('keep')} **DONE:**") if item.done else (" ", "**TODO:**")
    if item.gone and not item.done:
        word = f"**PARTIALLY DONE ({item.gone} of {item.gone + item.left}):**"
    where = at_lines(item.path, item.lines)
    wanted = f" SHOULD BE: {prose(item.should_be)}" if item.should_be else ""
    why = f"{prose(item.reason)} ({item.code}, {item.severity})"
    return f"- [{box}] {word} {where} {prose(item.what)}{wanted} Why: {why}\n"


def remedies(view: AuditView) -> str:
    """What has to stay, what can be made lighter, and what to mend first with excerpts."""
    found = view.tables.remedies
    parts = ["## Summary: what needs the database\n"]
    if found.essential:
        parts.append(f"### {mark('keep')} Essential (keep as it is)\n")
        for number, essential in enumerate(found.essential, start=1):
            names = "".join(f"   - {_mentioned(each)}\n" for each in essential.points)
            parts.append(f"{number}. **{escape(essential.reason)}**\n{names}")
    if found.optimise:
        parts.append(f"### {mark('move')} Optimise (move to a cache, batch or leave out)\n")
        parts.append(_numbered(found.optimise))
    if found.undecided:
        parts.append(f"### {mark('review')} To be looked at (the analysis can't decide)\n")
        parts.append(_numbered(found.undecided))
    if found.high_impact:
        parts.append("### \N{FIRE} High-impact fixes\n")
        for number, each in enumerate(found.high_impact, start=1):
            parts.append(_improvement(view, number, each))
        if found.more:
            parts.append(f"{found.more} more of high priority are in the appendix.\n")
    return "\n".join(parts) if len(parts) > 1 else ""


def _mentioned(mention: Mention) -> str:
    what = f": {prose(mention.text)}" if mention.text else ""
    return f"{escape(mention.title)}{what} ({at_lines(mention.path, mention.lines)})"


def _numbered(mentions: Sequence[Mention]) -> str:
    lines = []
    for number, each in enumerate(mentions, start=1):
        where = at_lines(each.path, each.lines)
        lines.append(f"{number}. **{escape(each.title)}** ({where}): {prose(each.text)}\n")
    return "".join(lines)


def _improvement(view: AuditView, number: int, each: Improvement) -> str:
    """A finding with the code as it is and as it should be."""
    finding = each.finding
    first = finding.statement.line
    last = min(finding.statement.end_line, first + _MOST_LINES - 1)
    current = dedent("\n".join(view.source(each.path)[first - 1 : last])).split("\n")
    what = finding.message.rpartition("; ")[0] or finding.message
    title = f"#### {number}. {escape(each.title)} ({at_lines(each.path, [each.span.line])})\n"
    lines = [f"# CURRENT: {what} ({finding.code})", *current]
    fix = view.fixes.get(finding.fingerprint)
    wanted = each.should_be or finding.message.rpartition("; ")[2]
    lines += ["", f"# FIX: {remedy(wanted).replace('`', '')}"]
    if fix is not None:
        changed = lines_after(fix, view.source(each.path), each.path)
        after = dedent("\n".join(changed[:_MOST_LINES])).split("\n")
        lines += [f"# PROPOSED ({fix.safety}): {fix.title}", *after]
    elif refusal := view.refusal(finding):
        lines.append(f"# {refusal}")
    return f"{title}\n{fenced(lines)}\n"
