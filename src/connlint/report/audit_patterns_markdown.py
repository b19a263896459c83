"""The patterns that do not comply in, their chapter as Markdown out."""

from __future__ import annotations

from connlint.audit.patterns import Breach, Pattern
from connlint.audit.wording import counted, entry_title, some
from connlint.report.audit_view import AuditView, mark
from connlint.report.markdown_text import at_lines, escape, prose, table

_MOST_ENTRIES = 2
_MOST_FUNCTIONS = 4


def patterns(view: AuditView) -> str:
    """Each rule that is broken: what it is about, what is wanted, which file does what."""
    found = view.tables.patterns
    if not found:
        return ""
    parts = ["## Non-compliant patterns\n"]
    parts += [_pattern(number, each) for number, each in enumerate(found, start=1)]
    return "\n".join(parts)


def _pattern(number: int, pattern: Pattern) -> str:
    places = counted(pattern.findings, "place")
    files = counted(pattern.files, "file")
    lines = [
        f"### {number}. {escape(pattern.title)}: {places} in {files}\n",
        f"{pattern.code}, {pattern.severity}. {prose(explanation(pattern))}".rstrip() + "\n",
    ]
    lines.append(
        "".join(f"- {mark('keep')} SHOULD BE: {prose(each)}\n" for each in pattern.remedies)
    )
    lines.append(
        table(
            ["Place", "What it does", "In", "Reached from"],
            (_cells(each) for each in pattern.breaches),
        )
    )
    return "\n".join(line for line in lines if line)


def explanation(pattern: Pattern) -> str:
    """What a pattern is about, and why that matters."""
    return f"{pattern.explanation} {pattern.motive}".strip()


def _cells(breach: Breach) -> list[str]:
    entries = [entry_title(each.kind, each.name) for each in breach.entry_points]
    return [
        at_lines(breach.path, breach.lines),
        prose(breach.what),
        escape(some(breach.functions, _MOST_FUNCTIONS)),
        escape(some(entries, _MOST_ENTRIES)) or "-",
    ]
