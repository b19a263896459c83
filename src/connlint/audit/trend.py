"""A series of audits in, how the numbers have developed out: one row for each, today's last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from connlint.audit.earlier import EarlierAudit, History
from connlint.audit.files import FileRow
from connlint.audit.points import WORST_FIRST, Point, PointVerdict
from connlint.findings import Finding

TODAY = "now"


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one audit. ``by_priority`` counts its findings, ``by_verdict`` its connection
    points; ``name`` is that of the file that holds it."""

    name: str
    files: int
    compliant: int
    points: int
    findings: int
    by_priority: dict[str, int]
    by_verdict: dict[str, int]


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
        by_verdict=_counted(point.verdict for point in points),
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
        by_verdict=_counted(each.verdict for each in audit.connection_points),
    )


def _counted(verdicts: Iterable[str]) -> dict[str, int]:
    """How many points have each verdict, the worst first."""
    counts = Counter(verdicts)
    return {each: counts[each] for each in WORST_FIRST if counts[each]}


def verdicts_of(trend: Sequence[Moment]) -> tuple[PointVerdict, ...]:
    """The verdicts that any of the audits has, the worst first."""
    return tuple(each for each in WORST_FIRST if any(m.by_verdict.get(each) for m in trend))
