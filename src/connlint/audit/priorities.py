"""Findings in, what to do first out: one item for each rule that a file breaks, with the reason."""

from __future__ import annotations

from collections.abc import Container, Sequence

import msgspec

from connlint.audit.advice import complaint
from connlint.audit.earlier import Changes, EarlierFinding
from connlint.audit.wording import entry_word, sentence, some
from connlint.findings import PRIORITY_ORDER, EntryPointRef, Finding, Priority
from connlint.model.entry_points import EntryPoint

WORST_FIRST: tuple[Priority, ...] = ("critical", "high", "medium", "low")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Something to do, or done: what is wrong in ``path`` at ``lines``, and why it matters."""

    priority: Priority
    code: str
    path: str
    lines: tuple[int, ...]
    what: str
    reason: str
    done: bool = False


def prioritise(
    findings: Sequence[Finding], entries: Sequence[EntryPoint], changes: Changes | None
) -> tuple[Item, ...]:
    """Items by priority, then path and code; those of the earlier audit that are done included."""
    per_event = {EntryPointRef(e.kind, e.name) for e in entries if e.per_event}
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.path, finding.code), []).append(finding)
    items = [_item(group, per_event) for group in groups.values()]
    if changes is not None:
        done: dict[tuple[str, str], list[EarlierFinding]] = {}
        for fixed in changes.fixed:
            done.setdefault((fixed.path, fixed.code), []).append(fixed)
        items += [_done(fixed_group) for fixed_group in done.values()]
    return tuple(
        sorted(items, key=lambda i: (WORST_FIRST.index(i.priority), i.path, i.code, i.done))
    )


def _item(group: Sequence[Finding], per_event: Container[EntryPointRef | None]) -> Item:
    hot = [each for each in group if each.entry_point in per_event]
    priority = max((each.priority for each in group), key=PRIORITY_ORDER.__getitem__)
    if hot and priority == "high":
        priority = "critical"
    first = group[0]
    what = sentence(complaint(first))
    more = {complaint(each) for each in group} - {complaint(first)}
    if more:
        what = f"{what} {len(more)} more of this kind."
    return Item(
        priority=priority,
        code=first.code,
        path=first.path,
        lines=tuple(dict.fromkeys(each.span.line for each in group)),
        what=what,
        reason=_reason(group, hot),
    )


def _reason(group: Sequence[Finding], hot: Sequence[Finding]) -> str:
    """Why it has its priority: how severe it is, and who runs into it."""
    entries = list(dict.fromkeys(each.entry_point for each in group if each.entry_point))
    shown = some([f"{entry_word(each.kind)} {each.name}" for each in entries], 2)
    severity = group[0].severity
    if hot:
        return f"{severity}; runs for every event ({shown})"
    return f"{severity}; reached from {shown}" if shown else severity


def _done(group: Sequence[EarlierFinding]) -> Item:
    first = group[0]
    known: list[Priority] = [each for each in WORST_FIRST if each == first.priority]
    return Item(
        priority=known[0] if known else "medium",
        code=first.code,
        path=first.path,
        lines=tuple(each.range.start.line for each in group),
        what=sentence(first.message.rpartition("; ")[0] or first.message),
        reason="in the earlier audit, gone now",
        done=True,
    )
