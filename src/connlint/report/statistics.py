"""A check as counts: how often each rule was broken, the most broken first."""

from __future__ import annotations

import msgspec

from connlint.findings import Severity
from connlint.report.view import CheckView


class Count(msgspec.Struct, frozen=True):
    """How many findings a rule has, and how many of them connlint knows a fix for."""

    code: str
    name: str
    severity: Severity
    count: int
    fixable: int


def counts(view: CheckView) -> list[Count]:
    """One count for each rule that has findings."""
    found = []
    for code in view.by_code:
        group = [finding for finding in view.findings if finding.code == code]
        worst, fixable = group[0], sum(finding.proposal is not None for finding in group)
        found.append(Count(code, worst.name, worst.severity, len(group), fixable))
    return sorted(found, key=lambda count: (-count.count, count.code))


def render_text(view: CheckView) -> str:
    """A row for each rule: count, code, name and, where there are any, the number of fixes."""
    rows = counts(view)
    width = max((len(str(row.count)) for row in rows), default=0)
    return "".join(
        f"{row.count:>{width}}  {row.code}  {row.name}"
        + (f"  ({row.fixable} fixable)" if row.fixable else "")
        + "\n"
        for row in rows
    )


def render_json(view: CheckView) -> str:
    """The same as a JSON array of objects."""
    return msgspec.json.format(msgspec.json.encode(counts(view)), indent=2).decode() + "\n"
