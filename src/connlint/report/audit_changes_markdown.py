"""What has changed since earlier audits in, as Markdown out: numbers, rows, the trend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connlint.audit.changes import Changes
from connlint.audit.earlier import EarlierFinding
from connlint.audit.trend import Moment, verdicts_of
from connlint.audit.wording import counted, sentence
from connlint.findings import Finding
from connlint.report.audit_view import AuditView, action, mark
from connlint.report.markdown_text import code, escape, table

_PRIORITIES = ("critical", "high", "medium", "low")


def changes(view: AuditView) -> str:
    """The chapter about what has changed; nothing without an earlier audit."""
    found = view.tables.changes
    if found is None:
        return ""
    parts = ["### Changes since the earlier audit\n", f"{numbers(view, found)}\n"]
    parts += [f"{escape(remark)}\n" for remark in found.remarks]
    if found.moved:
        names = (f"{code(old)} is now {code(new)}" for old, new in sorted(found.moved.items()))
        parts.append(f"Renamed: {', '.join(names)}.\n")
    parts.append(_by_rule(found))
    rows = [*_gone(found), *_come(view, found)]
    if rows:
        parts.append(table(["Change", "Place", "Rule", "What"], rows))
    parts += [
        "### Trend\n",
        _points_over_time(view.tables.trend),
        _findings_over_time(view.tables.trend),
    ]
    return "\n".join(parts)


def numbers(view: AuditView, found: Changes) -> str:
    """What has changed, in a few sentences."""
    partly = sum(1 for item in view.tables.priorities if item.gone and not item.done)
    new = len(found.new) - len(found.regressed)
    return (
        f"{counted(len(found.fixed), 'finding')} fixed, {len(found.with_code)} of them with the "
        f"code that they were in; {new} new, {len(found.regressed)} regressed. "
        f"{counted(partly, 'item')} partially fixed. "
        f"{counted(len(found.removed), 'connection point')} removed, {len(found.replaced)} of them "
        f"replaced; {len(found.added)} added."
    )


def _by_rule(found: Changes) -> str:
    rows = (
        [each.code, str(each.before), str(each.now), f"{each.now - each.before:+d}"]
        for each in found.by_rule
        if each.before != each.now
    )
    shown = list(rows)
    return table(["Rule", "Before", "Now", "Change"], shown) if shown else ""


def _gone(found: Changes) -> Iterable[list[str]]:
    """The findings that are gone: removed with their code, or fixed in it."""
    for each in found.fixed:
        word = "removed" if each.fingerprint in found.with_code else "fixed"
        yield [f"{mark('removed')} {word}", *_cells(each, each.range.start.line)]


def _come(view: AuditView, found: Changes) -> Iterable[list[str]]:
    """The findings that the earlier audit did not have."""
    for finding in view.tables.findings:
        if finding.fingerprint in found.new:
            word = "regressed" if finding.fingerprint in found.regressed else "new"
            yield [f"{mark('fix')} {word}", *_cells(finding, finding.span.line)]


def _cells(each: EarlierFinding | Finding, line: int) -> list[str]:
    what = each.message.rpartition("; ")[0] or each.message
    return [code(f"{each.path}:{line}"), each.code, escape(sentence(what))]


def _points_over_time(trend: Sequence[Moment]) -> str:
    verdicts = verdicts_of(trend)
    rows = (
        [
            escape(each.name),
            str(each.points),
            *(str(each.by_verdict.get(verdict, 0)) for verdict in verdicts),
        ]
        for each in trend
    )
    named = [f"{mark(each)} {action(each)}" for each in verdicts]
    return table(["Audit", "Connection points", *named], rows)


def _findings_over_time(trend: Sequence[Moment]) -> str:
    rows = (
        [
            escape(each.name),
            str(each.findings),
            *(str(each.by_priority.get(priority, 0)) for priority in _PRIORITIES),
            f"{each.compliant} of {each.files}",
        ]
        for each in trend
    )
    head = ["Audit", "Findings", *map(str.capitalize, _PRIORITIES), "Compliant files"]
    return table(head, rows)
