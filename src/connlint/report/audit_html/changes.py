"""An audit view in, what has changed since earlier audits out: rows of a table, charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from connlint.audit.changes import Changes, RuleChange
from connlint.audit.trend import Moment, verdicts_of
from connlint.audit.wording import sentence
from connlint.report.audit_html.anchors import Anchors
from connlint.report.audit_html.charts import Bar, Chart, Slice
from connlint.report.audit_view import AuditView, action

_PRIORITIES = {"critical": "remove", "high": "fix", "medium": "move", "low": "batch"}


class ChangeRow(NamedTuple):
    """A finding that has gone or come since the earlier audit."""

    word: str
    is_gone: bool
    path: str
    line: int
    code: str
    what: str
    anchor: str


def change_rows(view: AuditView, anchors: Anchors) -> Sequence[ChangeRow]:
    """What is fixed or removed, then what is new or regressed; none without an earlier audit."""
    changes = view.tables.changes
    return [] if changes is None else [*_gone(changes), *_come(view, changes, anchors)]


def changed_rules(view: AuditView) -> Sequence[RuleChange]:
    """The rules of which there are more or fewer findings now."""
    changes = view.tables.changes
    return [each for each in changes.by_rule if each.before != each.now] if changes else []


def _gone(changes: Changes) -> Iterator[ChangeRow]:
    for each in changes.fixed:
        word = "removed" if each.fingerprint in changes.with_code else "fixed"
        what = _complaint(each.message)
        yield ChangeRow(word, True, each.path, each.range.start.line, each.code, what, "")


def _come(view: AuditView, changes: Changes, anchors: Anchors) -> Iterator[ChangeRow]:
    for each in view.tables.findings:
        if each.fingerprint in changes.new:
            word = "regressed" if each.fingerprint in changes.regressed else "new"
            line = each.span.line
            anchor = anchors.finding(each.path, line, each.code)
            what = _complaint(each.message)
            yield ChangeRow(word, False, each.path, line, each.code, what, anchor)


def _complaint(message: str) -> str:
    """What is wrong, without what is wanted instead."""
    return sentence(message.rpartition("; ")[0] or message)


def trend_charts(trend: Sequence[Moment]) -> Sequence[Chart]:
    """How findings, files and connection points have developed, the oldest audit first."""
    if len(trend) < 2:
        return []
    findings = [
        Bar(each.name, [Slice(p, each.by_priority.get(p, 0), c) for p, c in _PRIORITIES.items()])
        for each in trend
    ]
    files = [
        Bar(
            each.name,
            [
                Slice("with findings", each.files - each.compliant, "fix"),
                Slice("compliant", each.compliant, "keep"),
            ],
        )
        for each in trend
    ]
    points = [
        Bar(each.name, [Slice(action(v), each.by_verdict.get(v, 0), v) for v in verdicts_of(trend)])
        for each in trend
    ]
    return [
        Chart("Connection points over time, by verdict", points),
        Chart("Findings over time, by priority", findings),
        Chart("Files over time", files),
    ]
