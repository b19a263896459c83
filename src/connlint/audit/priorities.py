"""Findings in, what to do first out: one item for each rule that a file breaks, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from connlint.audit.advice import complaint, wanted_by
from connlint.audit.changes import Changes
from connlint.audit.earlier import EarlierFinding
from connlint.audit.files import ConnectionType, FileRow, Group
from connlint.audit.points import Point
from connlint.audit.wording import entry_title, sentence, some
from connlint.findings import PRIORITY_ORDER, EntryPointRef, Finding, Priority
from connlint.model.entry_points import EntryPoint

State = Literal["todo", "partially done", "done"]
WORST_FIRST: tuple[Priority, ...] = ("critical", "high", "medium", "low")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Something to do, or done: what is wrong in ``path`` at ``lines``, what is wanted instead
    (empty: nothing says it), and why it has its priority. ``gone`` counts those of its findings
    that an earlier audit had and the code has no longer, ``left`` the others."""

    priority: Priority
    code: str
    severity: str
    path: str
    lines: tuple[int, ...]
    what: str
    should_be: str
    reason: str
    gone: int = 0
    left: int = 0
    done: bool = False

    @property
    def state(self) -> State:
        """How far it has come."""
        if self.done:
            return "done"
        return "partially done" if self.gone else "todo"


def prioritise(
    findings: Sequence[Finding],
    points: Sequence[Point],
    files: Sequence[FileRow],
    entries: Sequence[EntryPoint],
    changes: Changes | None,
) -> tuple[Item, ...]:
    """Items by priority, then path and code; those of the earlier audit that are done included."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.path, finding.code), []).append(finding)
    ranker = _Ranker(points, files, entries)
    items = [ranker.item(group) for group in groups.values()]
    if changes is not None:
        items = [
            msgspec.structs.replace(item, gone=changes.fixed_in(item.path, item.code))
            for item in items
        ]
        done: dict[tuple[str, str], list[EarlierFinding]] = {}
        for fixed in changes.fixed:
            done.setdefault((fixed.path, fixed.code), []).append(fixed)
        items += [_done(fixed_group, changes) for fixed_group in done.values()]
    return tuple(
        sorted(items, key=lambda i: (WORST_FIRST.index(i.priority), i.path, i.code, i.done))
    )


class _Ranker:
    def __init__(
        self, points: Sequence[Point], files: Sequence[FileRow], entries: Sequence[EntryPoint]
    ) -> None:
        self._per_event = {EntryPointRef(e.kind, e.name) for e in entries if e.per_event}
        self._files = {row.path: row for row in files}
        self._wanted = {
            (point.path, point.line, each.code): each.should_be
            for point in points
            for each in point.complaints
        }
        self._reached = {
            (point.path, point.line): point.entry_points for point in points if point.entry_points
        }

    def item(self, group: Sequence[Finding]) -> Item:
        """The findings of one rule in one file as something to do."""
        hot = [each for each in group if each.entry_point in self._per_event]
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
            severity=first.severity,
            path=first.path,
            lines=tuple(dict.fromkeys(each.span.line for each in group)),
            what=what,
            should_be=self._should_be(first),
            reason=sentence(self._reason(group, hot)),
            left=len(group),
        )

    def _should_be(self, finding: Finding) -> str:
        known = self._wanted.get((finding.path, finding.span.line, finding.code))
        if known is not None:
            return known
        return wanted_by(finding)

    def _reason(self, group: Sequence[Finding], hot: Sequence[Finding]) -> str:
        """Which part of the application it is in, and who runs into it."""
        reached = [entry for each in hot or group for entry in self._entries_of(each)]
        names = some([entry_title(each.kind, each.name) for each in dict.fromkeys(reached)], 2)
        part = self._part(group[0])
        if hot:
            return f"{part} that runs for every event ({names})"
        return f"{part} reached from {names}" if names else part

    def _entries_of(self, finding: Finding) -> Iterable[EntryPointRef]:
        if finding.entry_point is not None:
            return (finding.entry_point,)
        return self._reached.get((finding.path, finding.span.line), ())

    def _part(self, finding: Finding) -> str:
        """``service with direct session creation``."""
        row = self._files.get(finding.path)
        if row is None:
            return "utility code"
        part = _PARTS.get(row.role) or _PARTS_BY_GROUP.get(row.group, "utility code")
        how = _TYPES.get(row.connection_type, "")
        return f"{part} with {how}" if how and finding.code.startswith("DBC1") else part


_PARTS = {
    "owner": "core configuration",
    "router": "API endpoint",
    "service": "service",
    "repository": "repository",
    "task": "background task",
    "event": "event handler",
    "middleware": "middleware",
    "model": "model",
    "migration": "migration",
    "script": "script",
    "test": "test",
}
_PARTS_BY_GROUP: dict[Group, str] = {"core configuration": "core configuration"}
_TYPES: dict[ConnectionType, str] = {
    "main session factory": "the main session factory",
    "redundant factory": "a redundant factory",
    "direct session creation": "direct session creation",
    "direct factory call": "a direct factory call",
    "direct driver connection": "a direct driver connection",
    "background-task session": "a session of its own",
    "dependency injection": "dependency injection",
    "session parameter": "a session parameter",
}


def _done(group: Sequence[EarlierFinding], changes: Changes) -> Item:
    first = group[0]
    known: list[Priority] = [each for each in WORST_FIRST if each == first.priority]
    return Item(
        priority=known[0] if known else "medium",
        code=first.code,
        severity=first.severity,
        path=first.path,
        lines=tuple(each.range.start.line for each in group),
        what=sentence(first.message.rpartition("; ")[0] or first.message),
        should_be="",
        reason=_why_gone(group, changes),
        gone=len(group),
        done=True,
    )


def _why_gone(group: Sequence[EarlierFinding], changes: Changes) -> str:
    """How it came that findings are gone: mended, or with the code that they were about."""
    with_code = [each for each in group if each.fingerprint in changes.with_code]
    if len(with_code) == len(group):
        return "The code is gone that the earlier audit had it in."
    if with_code:
        return "In the earlier audit, gone now; some of it with its code."
    return "In the earlier audit, gone now."
