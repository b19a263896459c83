"""The project and what was found in it in, all tables of the audit out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec

from connlint.audit.excerpts import SourceLines
from connlint.audit.files import FileRow, describe_files
from connlint.audit.flows import Section, find_flows
from connlint.audit.inventory import take_inventory
from connlint.audit.points import WORST_FIRST, Point, PointVerdict
from connlint.findings import Finding
from connlint.model.entry_points import EntryPoint
from connlint.model.project import Project


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """The audit as data, whatever it is rendered as."""

    points: tuple[Point, ...]
    findings: tuple[Finding, ...]
    sections: tuple[Section, ...]
    files: tuple[FileRow, ...]
    entry_points: tuple[EntryPoint, ...]

    @property
    def by_verdict(self) -> dict[PointVerdict, int]:
        """How many connection points have each verdict, the worst first."""
        counts = Counter(point.verdict for point in self.points)
        return {each: counts[each] for each in WORST_FIRST if counts[each]}


def compute(
    project: Project,
    findings: Sequence[Finding],
    accepted: Mapping[Finding, str],
    source: SourceLines,
    covers: Callable[[str], bool],
) -> Tables:
    """All tables for the files that ``covers`` accepts.

    ``accepted`` are findings that do not count, each with the reason given for that.
    """
    inventory = take_inventory(project, findings, accepted, source, covers)
    files = describe_files(project, inventory.points, findings)
    return Tables(
        points=inventory.points,
        findings=tuple(findings),
        sections=find_flows(project, inventory),
        files=tuple(row for row in files if covers(row.path)),
        entry_points=tuple(each for each in project.entry_points if covers(each.path)),
    )
