"""An audit as JSON: what a check reports, with the standard, every connection point, files, entry
points and the other tables; the types are the published schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from connlint.audit.accepted import Accepted
from connlint.audit.completed import Completed
from connlint.audit.files import ConnectionType
from connlint.audit.mixed import MixedFile
from connlint.audit.plan import Step
from connlint.audit.points import Point, PointKind, PointVerdict
from connlint.audit.progress import Answer, Progress
from connlint.findings import EntryPointRef
from connlint.model.entry_points import EntryPoint
from connlint.report.audit_flows_json import SectionItem, section_items
from connlint.report.audit_tables_json import (
    ChangesItem,
    ConfigurationItem,
    MomentItem,
    PatternItem,
    PriorityItem,
    StoreItem,
    changes_item,
    configuration_item,
    moment_item,
    pattern_item,
    priority_item,
    store_item,
)
from connlint.report.audit_view import AuditView
from connlint.report.check_json import CheckReport, Range, range_of, report_of
from connlint.report.view import CheckView


class Setting(msgspec.Struct, frozen=True):
    """One setting of the standard and where its value comes from."""

    key: str
    value: Any
    origin: str


class StandardItem(msgspec.Struct, frozen=True):
    """The standard in force. ``file`` is relative to the project root, empty without one."""

    title: str
    file: str
    declared: bool
    settings: list[Setting]


class PointItem(msgspec.Struct, frozen=True):
    """One connection point.

    ``range`` reaches to the end of the ``with`` block or to where the connection is closed;
    ``line`` is where the call itself stands, ``call`` its text and ``purpose`` what it is there
    for. ``at_exit`` is what leaving the
    block does besides. ``through`` names the functions on the way where a callee does it.
    """

    kind: PointKind
    path: str
    range: Range
    line: int
    call: str
    purpose: str
    symbol: str
    role: str
    entry_points: list[EntryPointRef]
    provider: str
    states: list[str]
    at_exit: list[PointKind]
    through: list[str]
    verdict: PointVerdict
    reason: str
    should_be: str
    codes: list[str]


class FileItem(msgspec.Struct, frozen=True):
    """One file. ``fixed`` compares with the earlier audit, ``verified`` with the coverage."""

    path: str
    role: str
    connection_type: ConnectionType
    usage: str
    points: int
    findings: int
    issues: str
    status: Literal["audited", "not audited"]
    fixed: Answer
    verified: Answer


class EntryPointItem(msgspec.Struct, frozen=True):
    """What starts the code from outside; ``points`` counts the connection points it reaches."""

    kind: str
    name: str
    path: str
    line: int
    symbol: str
    per_event: bool
    points: int


class AuditReport(CheckReport, frozen=True):
    """What ``connlint audit --format json`` prints. ``refusals`` say, by fingerprint, why a finding
    has no fix. ``changes`` is null and ``trend`` empty without an earlier audit."""

    standard: StandardItem
    connection_points: list[PointItem]
    files: list[FileItem]
    entry_points: list[EntryPointItem]
    refusals: dict[str, str]
    flows: list[SectionItem]
    patterns: list[PatternItem]
    priorities: list[PriorityItem]
    stores: list[StoreItem]
    configuration: list[ConfigurationItem]
    changes: ChangesItem | None
    trend: list[MomentItem]
    accepted: list[Accepted]
    mixed: list[MixedFile]
    plan: list[Step]
    completed: list[Completed]


def render(view: AuditView) -> str:
    """The whole report as one indented document."""
    return msgspec.json.format(msgspec.json.encode(_report(view)), indent=2).decode() + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema of the document that :func:`render` writes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "connlint audit --format json",
        **msgspec.json.schema(AuditReport),
    }


def _report(view: AuditView) -> AuditReport:
    check = report_of(CheckView(view.verdict, (), view.source, view.fixes, view.version))
    tables = view.tables
    reached: dict[EntryPointRef, int] = {}
    for point in tables.points:
        for entry in point.entry_points:
            reached[entry] = reached.get(entry, 0) + 1
    return AuditReport(
        schema_version=check.schema_version,
        tool=check.tool,
        summary=check.summary,
        findings=check.findings,
        errors=check.errors,
        standard=_standard(view),
        connection_points=[_point(point) for point in tables.points],
        files=[_file(row) for row in tables.progress],
        entry_points=_entry_points(tables.entry_points, reached),
        refusals=dict(sorted(view.refusals.items())),
        flows=section_items(tables.sections, tables.points),
        patterns=[pattern_item(each) for each in tables.patterns],
        priorities=[priority_item(each) for each in tables.priorities],
        stores=[store_item(each) for each in tables.stores],
        configuration=[configuration_item(each) for each in tables.configuration],
        changes=changes_item(tables.changes) if tables.changes is not None else None,
        trend=[moment_item(each) for each in tables.trend],
        accepted=list(tables.accepted),
        mixed=list(tables.mixed),
        plan=list(tables.plan),
        completed=list(tables.completed),
    )


def _standard(view: AuditView) -> StandardItem:
    loaded = view.loaded
    settings = [Setting(row.key, row.value, row.origin) for row in view.settings]
    file = loaded.file.name if loaded.file else ""
    return StandardItem(view.title, file, loaded.declared, settings)


def _point(point: Point) -> PointItem:
    place = point.place
    return PointItem(
        kind=place.kind,
        path=place.path,
        range=range_of(place.extent),
        line=place.span.line,
        call=place.call,
        purpose=point.purpose,
        symbol=place.symbol,
        role=place.role,
        entry_points=list(point.entry_points),
        provider=place.provider,
        states=list(point.known_states),
        at_exit=list(place.at_exit),
        through=list(place.through),
        verdict=point.verdict,
        reason=point.reason,
        should_be=point.should_be,
        codes=list(point.codes),
    )


def _file(progress: Progress) -> FileItem:
    row = progress.file
    return FileItem(
        path=row.path,
        role=row.role,
        connection_type=row.connection_type,
        usage=row.usage.replace("`", ""),
        points=row.points,
        findings=row.findings,
        issues=row.issues,
        status=progress.status,
        fixed=progress.fixed,
        verified=progress.verified,
    )


def _entry_points(
    entries: Sequence[EntryPoint], reached: dict[EntryPointRef, int]
) -> list[EntryPointItem]:
    return [
        EntryPointItem(
            kind=entry.kind,
            name=entry.name,
            path=entry.path,
            line=entry.line,
            symbol=entry.symbol,
            per_event=entry.per_event,
            points=reached.get(EntryPointRef(entry.kind, entry.name), 0),
        )
        for entry in entries
    ]
