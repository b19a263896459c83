"""A series of audits in, how the numbers have developed out: one row for each, today's last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from connlint.audit.earlier import EarlierAudit, History
from connlint.audit.files import FileRow
from connlint.audit.points import Point
from connlint.findings import Finding

TODAY = "now"


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one audit. ``by_priority`` counts its findings; ``name`` is that of the file
    that holds it."""

    name: str
    files: int
    compliant: int
    points: int
    findings: int
    by_priority: dict[str, int]


def trend_of(
    history: History,
    points: Sequence[Point],
    findings: Sequence[Finding],
    files: Sequence[FileRow],
) -> tuple[Moment, ...]:
    """The numbers of all audits, the oldest first."""
    today = Moment(
        name=TODAY,
        files=len(files),
        compliant=sum(not row.findings for row in files),
        points=len(points),
        findings=len(findings),
        by_priority=dict(Counter(each.priority for each in findings)),
    )
    return (*(_moment(name, audit) for name, audit in history.audits), today)


def _moment(name: str, audit: EarlierAudit) -> Moment:
    return Moment(
        name=name,
        files=len(audit.files),
        compliant=sum(not each.findings for each in audit.files),
        points=len(audit.connection_points),
        findings=len(audit.findings),
        by_priority=dict(Counter(each.priority for each in audit.findings)),
    )
