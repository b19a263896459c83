"""The audit's points, findings and files in, what the page shows of each, with its links, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from connlint.audit.points import Point
from connlint.audit.progress import Progress
from connlint.audit.remedies import Improvement
from connlint.audit.wording import entry_title, remedy, sentence
from connlint.findings import EntryPointRef, Finding, TraceStep
from connlint.report.audit_html.anchors import Anchors
from connlint.report.audit_html.source import Line, SourceBook
from connlint.report.audit_view import AuditView
from connlint.report.edits_text import unified
from connlint.report.view import ProposedFix


class Link(NamedTuple):
    """Something to read with what it leads to (empty: nothing)."""

    text: str
    anchor: str


class Reason(NamedTuple):
    """Why a connection point has its verdict, what is wanted instead (empty: nothing), and the
    finding that says so."""

    text: str
    should_be: str
    code: Link | None


class PointRow(NamedTuple):
    """A connection point as a row of the table."""

    number: int
    point: Point
    is_new: bool
    file: str
    flow: str
    entries: Sequence[Link]
    reasons: Sequence[Reason]


class Step(NamedTuple):
    """A hop of a call chain with the line of code that it is about."""

    step: TraceStep
    code: Markup


class FindingRow(NamedTuple):
    """A finding with what can be unfolded."""

    number: int
    finding: Finding
    is_new: bool
    is_regressed: bool
    file: str
    flow: str
    point: Link | None
    entry: Link | None
    excerpt: Sequence[Line]
    chain: Sequence[Step]
    fix: ProposedFix | None
    diff: Sequence[str]


class ImprovementRow(NamedTuple):
    """A finding worth mending first: the code as it is, and as it should be."""

    improvement: Improvement
    anchor: str
    what: str
    wanted: str
    excerpt: Sequence[Line]
    fix: ProposedFix | None
    diff: Sequence[str]


class SourceRow(NamedTuple):
    """The lines of a file that the page shows. ``progress`` is ``None`` for one without
    connections, ``flow`` where its first flow stands."""

    anchor: str
    path: str
    progress: Progress | None
    points: int
    findings: int
    flow: str
    stretches: Sequence[Sequence[Line]]


class Rows:
    """Makes the rows of one audit."""

    def __init__(self, view: AuditView, anchors: Anchors, book: SourceBook) -> None:
        self._view = view
        self._anchors = anchors
        self._book = book

    def points(self) -> Iterator[PointRow]:
        """The connection points, in the order of the table."""
        changes = self._view.tables.changes
        for number, point in enumerate(self._view.tables.points):
            yield PointRow(
                number=number,
                point=point,
                is_new=changes is not None and number in changes.added,
                file=self._anchors.file(point.path),
                flow=self._anchors.flow(point),
                entries=[self._entry(each) for each in point.entry_points],
                reasons=list(self._reasons(point)),
            )

    def findings(self) -> Iterator[FindingRow]:
        """The findings, in the order of the list."""
        changes = self._view.tables.changes
        for number, finding in enumerate(self._view.tables.findings):
            entry = finding.entry_point
            yield FindingRow(
                number=number,
                finding=finding,
                is_new=changes is not None and finding.fingerprint in changes.new,
                is_regressed=changes is not None and finding.fingerprint in changes.regressed,
                file=self._anchors.file(finding.path),
                flow=self._anchors.flow_of_finding(finding),
                point=self._point_of(finding),
                entry=self._entry(entry) if entry is not None else None,
                excerpt=self._book.excerpt(finding.path, finding.statement),
                chain=[Step(step, self._book.line(step.path, step.line)) for step in finding.trace],
                fix=self._view.fixes.get(finding.fingerprint),
                diff=self._diff(finding),
            )

    def sources(self) -> Iterator[SourceRow]:
        """The files of which the page shows lines, by path."""
        tables = self._view.tables
        progress = {each.file.path: each for each in tables.progress}
        points = Counter(point.path for point in tables.points)
        findings = Counter(finding.path for finding in tables.findings)
        flows = {
            section.path: f"flows-{number}" for number, section in enumerate(tables.sections, 1)
        }
        for path in self._anchors.paths:
            stretches = self._book.stretches(path)
            yield SourceRow(
                self._anchors.file(path), path, progress.get(path), points[path],
                findings[path], flows.get(path, ""), stretches,
            )  # fmt: skip

    def improvements(self) -> Iterator[ImprovementRow]:
        """What to mend first."""
        for each in self._view.tables.remedies.high_impact:
            finding = each.finding
            what, _, wanted = finding.message.rpartition("; ")
            yield ImprovementRow(
                improvement=each,
                anchor=self._anchors.finding(each.path, each.span.line, finding.code),
                what=sentence(what or finding.message),
                wanted=remedy(each.should_be or wanted),
                excerpt=self._book.excerpt(finding.path, finding.statement),
                fix=self._view.fixes.get(finding.fingerprint),
                diff=self._diff(finding),
            )

    def _diff(self, finding: Finding) -> Sequence[str]:
        """What fixing a finding would change in its file."""
        fix = self._view.fixes.get(finding.fingerprint)
        return unified(fix, self._view.source(finding.path), finding.path) if fix else ()

    def _entry(self, entry: EntryPointRef) -> Link:
        return Link(entry_title(entry.kind, entry.name), self._anchors.entry(entry))

    def _reasons(self, point: Point) -> Iterator[Reason]:
        """What each finding at a point says, or why the point has its verdict without one."""
        for each in point.complaints:
            anchor = self._anchors.finding(point.path, point.line, each.code)
            yield Reason(each.reason, each.should_be, Link(each.code, anchor))
        if not point.complaints:
            yield Reason(point.reason, point.should_be, None)
        elif point.saved:
            yield Reason(point.saved, "", None)

    def _point_of(self, finding: Finding) -> Link | None:
        """The connection point that a finding speaks about."""
        for number in self._anchors.points_at(finding.path, finding.span.line):
            point = self._view.tables.points[number]
            if finding.code in point.codes:
                return Link(point.place.call, f"point-{number}")
        return None
